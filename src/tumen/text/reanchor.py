"""A corrected rendition of a text keeps its passages: each is found again, or said to be lost.

The two renditions are aligned; a passage goes where its characters went. When that does not give the same words, the
same words are looked for nearest to where they should be. Nothing is placed by likeness of meaning.
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from tumen.text.alignment import Block, align
from tumen.text.positions import OutsideText

SURE = 0.8
"""A person should look at every `Moved` whose confidence is lower."""

_LEAST_KEPT = 0.5  # a passage of which less than half is left is lost
_DISTINCTIVE = 12  # characters: a passage this long that stands once in the text is no chance find


@dataclass(frozen=True)
class Moved:
    """Where the passage stands in the new text.

    `confidence` is 1.0 for the same words in the same surroundings, lower when the same words stand elsewhere or more
    than once, and the share of characters kept when the words themselves were corrected.
    """

    start: int
    end: int
    confidence: float


@dataclass(frozen=True)
class Lost:
    """The passage could not be placed, and why, as a sentence for the person who has to place it."""

    reason: str


def reanchor(old_text: str, new_text: str, spans: Iterable[tuple[int, int]]) -> list[Moved | Lost]:
    """Place each (start, end) of `old_text`, in code points, in `new_text`; answers in the order of `spans`.

    Raises `OutsideText` for a span that is empty or does not lie in `old_text`. The work on what was rewritten is
    capped, so that no pair of texts takes long.
    """
    blocks = align(old_text, new_text)
    starts = [block.old for block in blocks]
    answers: list[Moved | Lost] = []
    for start, end in spans:
        if not 0 <= start < end <= len(old_text):
            raise OutsideText(f"No passage can run from {start} to {end} in a text of {len(old_text)} characters.")
        at = max(0, bisect_right(starts, start) - 1)
        answers.append(_place(old_text[start:end], new_text, start, blocks, at))
    return answers


def _place(words: str, new: str, start: int, blocks: list[Block], at: int) -> Moved | Lost:
    end = start + len(words)
    kept: list[Block] = []
    following = len(blocks)
    for number in range(at, len(blocks)):
        block = blocks[number]
        if block.old >= end:
            following = number
            break
        first, last = max(start, block.old), min(end, block.old + block.length)
        if first < last:
            kept.append(Block(first, block.new + first - block.old, last - first))
            if len(words) == last - first:
                in_context = block.length > len(words) or new.count(words) == 1
                return Moved(kept[0].new, kept[0].new + len(words), 1.0 if in_context else 0.75)
    before = next((b for b in reversed(blocks[: at + 1]) if b.old + b.length <= start), None)
    reached = before.new + before.length if before else 0
    if elsewhere := _same_words(words, new, kept[0].new if kept else reached):
        return elsewhere
    if not kept:
        return Lost("None of its words are left in the new text.")
    after = blocks[following].new if following < len(blocks) else len(new)
    # What replaced the passage's own first or last characters belongs to it; what was inserted beside it does not.
    new_start = kept[0].new - min(kept[0].new - reached, kept[0].old - start)
    last_kept = kept[-1]
    new_end = last_kept.new + last_kept.length
    new_end += min(max(0, after - new_end), end - last_kept.old - last_kept.length)
    left = sum(block.length for block in kept)
    likeness = 2 * left / (len(words) + new_end - new_start)
    if left < _LEAST_KEPT * len(words) or likeness < _LEAST_KEPT:
        return Lost(f"Only {left} of its {len(words)} characters are left in the new text.")
    return Moved(new_start, new_end, round(min(likeness, 0.99), 2))


def _same_words(words: str, new: str, expected: int) -> Moved | None:
    """The same words nearest to where they were expected."""
    after = new.find(words, expected)
    before = new.rfind(words, 0, expected + len(words))
    places = sorted((abs(place - expected), place) for place in {before, after} if place >= 0)
    if not places:
        return None
    place = places[0][1]
    alone = new.count(words) == 1
    return Moved(place, place + len(words), 0.9 if alone and len(words) >= _DISTINCTIVE else 0.6 if alone else 0.3)
