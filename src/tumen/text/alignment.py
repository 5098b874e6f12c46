"""Which stretches two versions of a text have in common, in time that no input can blow up.

Lines that are unique in both versions are matched first, then words in what lies between ("patience" matching: a
longest increasing run of unique pieces), and what is small enough by a longest common subsequence. difflib is quadratic
on repetitive text; here the work on subsequences is capped, and what is beyond the cap stays unmatched.
"""

import re
from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from itertools import accumulate

_LINES = re.compile(r"[^\n]*\n|[^\n]+")
# Han and Kana one by one, since they have no blanks between words; Korean and Latin by word; the rest by character.
_WORDS = re.compile(r"[\u3041-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003134a]|\w+|\s+|.")
_LEVELS = (_LINES, _WORDS)
_MOST_CELLS = 2_000_000  # of the subsequence tables, in one alignment: about a second of work


@dataclass(frozen=True)
class Block:
    """`length` equal characters, at `old` in the old text and at `new` in the new one."""

    old: int
    new: int
    length: int


@dataclass(frozen=True)
class _Gap:
    """Stretches of both texts that are still to be matched with each other, by pieces of a level."""

    old: int
    old_end: int
    new: int
    new_end: int
    level: int = 0


def align(old: str, new: str) -> list[Block]:
    """The common stretches, in order and non-overlapping in both texts."""
    blocks: list[Block] = []
    gaps = [_Gap(0, len(old), 0, len(new))]
    cells = _MOST_CELLS
    while gaps:
        gap = _without_common_ends(old, new, gaps.pop(), blocks)
        if gap.old == gap.old_end or gap.new == gap.new_end or gap.level == len(_LEVELS):
            continue
        a, b = (_LEVELS[gap.level].findall(s) for s in (old[gap.old : gap.old_end], new[gap.new : gap.new_end]))
        pairs = _unique_pairs(a, b)
        next_level = gap.level
        if not pairs:
            next_level += 1
            if len(a) * len(b) <= cells:
                cells -= len(a) * len(b)
                pairs = _common_subsequence(a, b)
        gaps += _cut(gap, a, b, pairs, next_level, blocks)
    return _joined(blocks)


def _without_common_ends(old: str, new: str, gap: _Gap, blocks: list[Block]) -> _Gap:
    a, b = old[gap.old : gap.old_end], new[gap.new : gap.new_end]
    head = _common_prefix(a, b)
    tail = _common_prefix(a[head:][::-1], b[head:][::-1])
    if head:
        blocks.append(Block(gap.old, gap.new, head))
    if tail:
        blocks.append(Block(gap.old_end - tail, gap.new_end - tail, tail))
    return _Gap(gap.old + head, gap.old_end - tail, gap.new + head, gap.new_end - tail, gap.level)


def _common_prefix(a: str, b: str) -> int:
    low, high = 0, min(len(a), len(b))
    while low < high:
        middle = (low + high + 1) // 2
        if a[low:middle] == b[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _unique_pairs(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    """Indexes of equal pieces that occur once in each list, thinned to the longest run that rises in both."""
    once = {piece for piece, n in Counter(a).items() if n == 1} & {piece for piece, n in Counter(b).items() if n == 1}
    place = {piece: i for i, piece in enumerate(b) if piece in once}
    candidates = [(i, place[piece]) for i, piece in enumerate(a) if piece in once]
    ends: list[int] = []  # the smallest last index in b of a rising run of each length
    best: list[int] = []  # which candidate that is
    previous: list[int] = []
    for number, (_, j) in enumerate(candidates):
        at = bisect_left(ends, j)
        previous.append(best[at - 1] if at else -1)
        ends[at : at + 1] = [j]
        best[at : at + 1] = [number]
    run = []
    number = best[-1] if best else -1
    while number >= 0:
        run.append(candidates[number])
        number = previous[number]
    return run[::-1]


def _common_subsequence(a: list[str], b: list[str]) -> list[tuple[int, int]]:
    lengths = [[0] * (len(b) + 1)]
    for x in reversed(a):
        below, row = lengths[-1], [0]
        for j in range(len(b) - 1, -1, -1):
            row.append(1 + below[j + 1] if x == b[j] else max(below[j], row[-1]))
        lengths.append(row[::-1])
    lengths.reverse()
    pairs = []
    i = j = 0
    while i < len(a) and j < len(b):
        if a[i] == b[j]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return pairs


def _cut(
    gap: _Gap, a: list[str], b: list[str], pairs: list[tuple[int, int]], level: int, blocks: list[Block]
) -> list[_Gap]:
    """Turn matched pieces into blocks; give back the gaps between them."""
    a_starts = list(accumulate(map(len, a), initial=gap.old))
    b_starts = list(accumulate(map(len, b), initial=gap.new))
    gaps = []
    at_old, at_new = gap.old, gap.new
    for i, j in pairs:
        gaps.append(_Gap(at_old, a_starts[i], at_new, b_starts[j], level))
        blocks.append(Block(a_starts[i], b_starts[j], len(a[i])))
        at_old, at_new = a_starts[i + 1], b_starts[j + 1]
    gaps.append(_Gap(at_old, gap.old_end, at_new, gap.new_end, level))
    return gaps


def _joined(blocks: list[Block]) -> list[Block]:
    joined: list[Block] = []
    for block in sorted(blocks, key=lambda b: b.old):
        last = joined[-1] if joined else None
        if last and last.old + last.length == block.old and last.new + last.length == block.new:
            joined[-1] = Block(last.old, last.new, last.length + block.length)
        else:
            joined.append(block)
    return joined
