"""A text without some of its stretches: each gives way to a word, and positions in the one are found in the other.

A word is the same whatever stood there, so that nothing of the stretch, not even its length, can be told from what is
left. Positions are code points.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from tumen.text.positions import OutsideText
from tumen.text.tokens import index_tokens

BLANK = "\ue000"
"""What stands in an index for a blank: a token to FTS5, and one that no search can ask for, since it is no letter."""


@dataclass(frozen=True)
class Blanked:
    """A text with blanks.

    Attributes:
        text: what is left, with a word for each blank.
        starts: where each blank began in the whole text; `ends` where it ended.
        places: where the words stand in `text`, as (start, end).
    """

    text: str
    starts: tuple[int, ...] = ()
    ends: tuple[int, ...] = ()
    places: tuple[tuple[int, int], ...] = ()

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the whole text stands here; one that cuts into a blank takes in its word."""
        before = bisect_right(self.starts, start) - 1
        if before < 0:
            left = start
        elif start < self.ends[before]:
            left = self.places[before][0]
        else:
            left = start + self.places[before][1] - self.ends[before]
        last = bisect_left(self.starts, end) - 1
        if last < 0:
            right = end
        elif end <= self.ends[last]:
            right = self.places[last][1]
        else:
            right = end + self.places[last][1] - self.ends[last]
        return left, right


def joined(length: int, spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return spans (start, end, word) in order, those that overlap as one under the first one's word.

    Raises `OutsideText` for one that is empty or does not lie in a text of this length.
    """
    found: list[tuple[int, int, str]] = []
    for start, end, word in sorted(spans):
        if not 0 <= start < end <= length:
            raise OutsideText(f"Nothing can run from {start} to {end} in a text of {length} characters.")
        if found and start < found[-1][1]:
            first, last, kept = found[-1]
            found[-1] = (first, max(last, end), kept)
        else:
            found.append((start, end, word))
    return found


def blank(text: str, spans: Iterable[tuple[int, int, str]]) -> Blanked:
    """Return `text` with a word in the place of each span (start, end, word). Raises `OutsideText`."""
    listed = joined(len(text), spans)
    pieces: list[str] = []
    places: list[tuple[int, int]] = []
    at = length = 0
    for start, end, word in listed:
        pieces += [text[at:start], word]
        begin = length + start - at
        length = begin + len(word)
        places.append((begin, length))
        at = end
    pieces.append(text[at:])
    return Blanked("".join(pieces), tuple(s for s, _, _ in listed), tuple(e for _, e, _ in listed), tuple(places))


def tokens_around(text: str, spans: Iterable[tuple[int, int, str]], start: int = 0, end: int | None = None) -> str:
    """Return the search tokens of `text` from `start` to `end`, of spans only that something stood there.

    No phrase runs across a blank, and no search finds one. Raises `OutsideText`.
    """
    stop = len(text) if end is None else end
    pieces: list[str] = []
    at = start
    for first, last, _word in joined(len(text), spans):
        if last <= start or first >= stop:
            continue
        pieces += [index_tokens(text[at : max(first, at)]), BLANK]
        at = last
    pieces.append(index_tokens(text[at:stop]))
    return " ".join(piece for piece in pieces if piece)
