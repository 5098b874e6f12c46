"""Where a query hits a text: positions in the ORIGINAL text, and snippets around them.

The index is asked in folded text, whose length differs (NFKC, dropped apostrophes); every folded character here
remembers the stretch of the original it came from.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from tumen.text.query import Phrase, parse
from tumen.text.tokens import ASPIRATE, CJK, MARKED_LATIN, WORD, fold_letters, is_cjk

# Characters that NFKC may join to the one before, besides combining marks: Jamo, compatibility and half-width forms.
_joins_jamo = re.compile("[\u1160-\u11ff\u3131-\u318e\ud7b0-\ud7ff\uff9e\uff9f\uffa0-\uffdc]").match
_GAP = rf"(?:(?![{CJK}])[\W_])*"
_CUT = "…"
_WORD_REACH = 12  # how far a snippet's edge moves to avoid cutting a word


@dataclass(frozen=True)
class Snippet:
    """A stretch of a text on one line, `…` where it was cut, and the hits in it as (start, end) in `text`."""

    text: str
    marks: tuple[tuple[int, int], ...]


def find(text: str, query: str) -> list[tuple[int, int]]:
    """Where the query's terms stand in `text`: (start, end) in code points, in order, overlaps merged.

    Every term that occurs is reported, also when others do not: which passages match is the index's answer.
    """
    phrases = [phrase for group in parse(query).groups for phrase in group]
    if not phrases:
        return []
    folded, origins = _folded_with_origins(text)
    hits = sorted(found.span() for phrase in phrases for found in _pattern(phrase).finditer(folded))
    merged: list[tuple[int, int]] = []
    for first, after in hits:
        start, end = (first, after) if origins is None else (origins[first][0], origins[after - 1][1])
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def snippet(text: str, query: str, width: int = 160) -> Snippet:
    """The stretch of about `width` code points that holds the most hits; the beginning when there are none."""
    hits = find(text, query)
    start, end = _window(hits, len(text), width)
    start, end = _to_word_edges(text, start, end, hits)
    before, after = _CUT * (start > 0), _CUT * (end < len(text))
    shift = len(before) - start
    marks = tuple(
        (max(first, start) + shift, min(last, end) + shift) for first, last in hits if first < end and last > start
    )
    one_line = re.sub(r"\s", " ", text[start:end])  # one for one, so that the marks stay right
    return Snippet(before + one_line + after, marks)


def _window(hits: list[tuple[int, int]], length: int, width: int) -> tuple[int, int]:
    if length <= width:
        return 0, length
    best, most, last = 0, 0, 0
    for first, (start, _) in enumerate(hits):
        while last < len(hits) and hits[last][1] <= start + width:
            last += 1
        if last - first > most:
            best, most = first, last - first
    if not hits:
        return 0, width
    covered_start, covered_end = hits[best][0], hits[best + max(most, 1) - 1][1]
    room = max(0, width - (covered_end - covered_start))
    start = max(0, min(covered_start - room // 2, length - width))
    return start, start + width


def _to_word_edges(text: str, start: int, end: int, hits: list[tuple[int, int]]) -> tuple[int, int]:
    """Move both edges inwards to a blank nearby, never past a hit."""
    if start > 0:
        blank = re.compile(r"\s").search(text, start, min(start + _WORD_REACH, end))
        if blank and not any(first < blank.end() and last > start for first, last in hits):
            start = blank.end()
    if end < len(text):
        tail = re.compile(r"\s\S*\Z").search(text[max(start, end - _WORD_REACH) : end])
        if tail:
            cut = max(start, end - _WORD_REACH) + tail.start()
            if not any(first < end and last > cut for first, last in hits):
                end = cut
    return start, end


@lru_cache(maxsize=256)
def _pattern(phrase: Phrase) -> re.Pattern[str]:
    """The phrase as a regular expression over folded text: what the FTS5 phrase over its tokens means."""
    parts = []
    for number, run in enumerate(phrase.runs, start=1):
        last = number == len(phrase.runs)
        if is_cjk(run):
            parts.append(re.escape(run) + ("" if last else f"(?![{CJK}])"))
        else:
            parts.append(f"(?<!{WORD}){re.escape(run)}" + ("" if last and phrase.open_ended else f"(?!{WORD})"))
    return re.compile(_GAP.join(parts))


_fold_piece = lru_cache(maxsize=8192)(fold_letters)  # pieces are mostly single characters, and repeat


def _folded_with_origins(text: str) -> tuple[str, list[tuple[int, int]] | None]:
    """`fold(text)`, and for each of its characters the stretch of `text` it came from; None when it is one for one."""
    folded = text.casefold()
    plain = text.isascii() or (unicodedata.is_normalized("NFKC", text) and not MARKED_LATIN.search(folded))
    if plain and len(folded) == len(text) and not ASPIRATE.search(folded):
        return folded, None

    edges = [i for i, c in enumerate(text) if i == 0 or not _joins_previous(c)] + [len(text)]
    letters: list[str] = []
    origins: list[tuple[int, int]] = []
    for start, end in pairwise(edges):
        piece = _fold_piece(text[start:end])
        letters.append(piece)
        origins += [(start, end)] * len(piece)
    folded = "".join(letters)
    for found in reversed(list(ASPIRATE.finditer(folded))):
        del origins[found.start()]
    return ASPIRATE.sub("", folded), origins


def _joins_previous(char: str) -> bool:
    return char > "\u02ff" and (unicodedata.category(char)[0] == "M" or _joins_jamo(char) is not None)
