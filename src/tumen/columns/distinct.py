"""Distinct counts in the order of entities: count every row, then take away those that repeat.

A row repeats when an earlier row of the same entity says the same. Most entities have few rows: these are compared with
one another, one place with one place over all entities of a size at once, and never sorted. The rest (entities with
many rows, and sizes that few have) are sorted; a sorted key is sorted by each of its beginnings, so that three sorts
give all eight margins of a table of three dimensions.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import prod

import numpy as np

from tumen.columns.arrays import Array, Bools, Int32s, Int64s, starts

COMPARED = 6
"""Entities with up to so many rows are compared; the work grows with the square of the rows."""
WORTH = 1000
"""Fewer entities of one size than this are sorted with the rest, which costs less than the calls."""

FEW = 500
"""Up to so many rows are sorted at once for all margins: more keys, fewer calls."""

Axes = tuple[int, ...]
Places = dict[int, list[Array]]


@dataclass(frozen=True, eq=False)
class Sized:
    """The rows of ascending entities, by how many rows an entity has.

    Attributes:
        begins: for some sizes the first row of each entity with exactly so many.
        rest: the rows of all other entities with several rows, ascending.
    """

    begins: dict[int, Int64s]
    rest: Int64s

    @classmethod
    def of(cls, entities: Array) -> Sized:
        """Split ascending entities."""
        begin = starts(entities).nonzero()[0]
        lengths = np.append(begin[1:], len(entities)) - begin
        sizes = np.minimum(lengths, COMPARED + 1).astype(np.uint8)
        numbers = np.bincount(sizes, minlength=COMPARED + 2)
        compared = [size for size in range(2, COMPARED + 1) if numbers[size] >= WORTH]
        others = sizes > 1
        for size in compared:
            others &= sizes != size
        many = others.nonzero()[0]
        begins = {size: begin.take((sizes == size).nonzero()[0]) for size in compared}
        return cls(begins, ranges(begin.take(many), lengths.take(many)))

    def places(self, column: Array) -> Places:
        """What a column says at the first, second... row of the compared entities, by their size."""
        return {size: [column.take(begin + place) for place in range(size)] for size, begin in self.begins.items()}

    def repeats(self, said: Sequence[Places], wanted: Sequence[Axes]) -> list[Int64s]:
        """For each combination of columns the compared rows which say in all of them what an earlier one said.

        In no columns at all every later row says the same.
        """
        found: list[list[Array]] = [[np.zeros(0, np.int64)] for _ in wanted]
        for size, begin in self.begins.items():
            for later in range(1, size):
                again = [np.zeros(len(begin), bool) for _ in wanted]
                for earlier in range(later):
                    same = [column[size][earlier] == column[size][later] for column in said]
                    for known, axes in zip(again, wanted, strict=True):
                        known |= _all_of(same, axes)
                for listed, repeated in zip(found, again, strict=True):
                    listed.append(begin.take(repeated.nonzero()[0]) + later)
        return [np.concatenate(listed) if len(listed) > 1 else listed[0] for listed in found]


def ranges(begin: Int64s, lengths: Int64s) -> Int64s:
    """The numbers from each beginning on, one range after another."""
    ends = np.cumsum(lengths)
    numbers: Int64s = np.arange(int(ends[-1]) if len(ends) else 0)
    numbers += np.repeat(begin - (ends - lengths), lengths)
    return numbers


def _all_of(same: Sequence[Bools], axes: Axes) -> Bools | bool:
    if not axes:
        return True
    found = same[axes[0]]
    for axis in axes[1:]:
        found = found & same[axis]
    return found


# For each number of axes the orders in which to sort: their beginnings are all the margins there are.
_SEQUENCES: dict[int, tuple[Axes, ...]] = {
    1: ((0,),),
    2: ((0, 1), (1,)),
    3: ((0, 1, 2), (1, 2), (2, 0)),
}


def distinct_cube(
    entities: Int32s,
    groups: Sized,
    columns: Sequence[Array],
    shape: tuple[int, ...],
    weights: Sequence[Int64s],
) -> Int64s:
    """Count distinct entities in every cell and every margin of one to three axes.

    Args:
        entities: of each row, ascending.
        groups: the same, by how many rows each has.
        columns: for each axis the category of each row.
        shape: how many categories each axis has.
        weights: by entity code, sums that are formed beside the count.

    Returns:
        The counts, then the sums of each weight: an axis for these, and each other one longer than its categories,
        for the margin.
    """
    cell = flat(columns, shape)
    rest = groups.rest
    amounts = np.stack([weight.take(entities) for weight in weights]) if weights else None
    result = with_sums(tally(cell, amounts, shape) - tally(cell.take(rest), _at(amounts, rest), shape))
    wanted = [axes for length in range(len(shape) + 1) for axes in combinations(range(len(shape)), length)]
    for axes, rows in zip(wanted, groups.repeats([groups.places(column) for column in columns], wanted), strict=True):
        if len(rows):
            part, place = _margin(shape, axes)
            found = flat([columns[axis].take(rows) for axis in axes], part) if axes else np.zeros(len(rows), np.int32)
            result[place] -= tally(found, _at(amounts, rows), part)
    if 0 < len(rest) <= FEW:
        _add_few(result, entities.take(rest), [column.take(rest) for column in columns], _at(amounts, rest))
    elif len(rest):
        _add_sorted(result, entities.take(rest), cell.take(rest), shape, _at(amounts, rest))
    return result


def _add_few(result: Int64s, who: Int32s, columns: Sequence[Array], amounts: Array | None) -> None:
    """Add distinct counts of few rows: all their cells and margins are sorted as one."""
    places = np.zeros((1, len(who)), np.int64)
    for column, size in zip(columns, result.shape[1:], strict=True):
        # Each place so far, once with the row's category on this axis and once in its margin.
        places = np.concatenate((places * size + column, places * size + (size - 1)))
    size = prod(result.shape[1:])
    keys, found = np.unique(who * np.int64(size) + places, return_index=True)
    result += tally(keys % size, _at(amounts, found % len(who)), result.shape[1:])


def _add_sorted(result: Int64s, who: Int32s, cell: Int32s, shape: tuple[int, ...], amounts: Array | None) -> None:
    """Add distinct counts of rows that are sorted for the purpose."""
    every = tuple(range(len(shape)))
    other = starts(who)
    for axes in _SEQUENCES[len(shape)]:
        cells = prod(shape[axis] for axis in axes)
        here = in_order(who, cell if axes == every else _reordered(cell, shape, axes), cells)
        for length in range(len(axes), -1 if axes == every else 0, -1):
            kept = axes[:length]
            part, place = _margin(shape, kept)
            found = here // np.int32(cells // prod(part)) if length < len(axes) else here
            first = (other | starts(found)).nonzero()[0]
            counts = tally(found.take(first), _at(amounts, first), part)
            result[place] += counts.transpose(0, *(np.argsort(kept) + 1)) if kept != tuple(sorted(kept)) else counts
            if kept == every:
                who, here, amounts = who.take(first), here.take(first), _at(amounts, first)
                cell, other = here, starts(who)


def _margin(shape: tuple[int, ...], axes: Axes) -> tuple[tuple[int, ...], tuple[slice | int, ...]]:
    """The shape of some axes, and where their margin stands in a cube."""
    place = (slice(None), *(slice(0, size) if axis in axes else size for axis, size in enumerate(shape)))
    return tuple(shape[axis] for axis in axes), place


def _at(amounts: Array | None, rows: Array) -> Array | None:
    return None if amounts is None else amounts.take(rows, axis=1)


def in_order(entities: Array, cell: Array, cells: int) -> Int32s:
    """The cells of ascending entities, sorted within each entity: most stand so already, which a merge sort uses."""
    base = entities.astype(np.int64) * cells
    keys = base + cell
    keys.sort(kind="stable")
    keys -= base
    return keys.astype(np.int32)


def _reordered(cell: Int32s, shape: tuple[int, ...], axes: Axes) -> Int32s:
    """Cell numbers combined of some axes in another order, from those of all axes."""
    columns: list[Array] = [cell] * len(shape)
    for axis in axes:
        outer = cell // np.int32(prod(shape[axis + 1 :]))
        columns[axis] = outer - outer // np.int32(shape[axis]) * np.int32(shape[axis]) if axis else outer
    return flat([columns[axis] for axis in axes], tuple(shape[axis] for axis in axes))


def flat(columns: Sequence[Array], shape: tuple[int, ...]) -> Int32s:
    """Combined cell numbers of the categories on each axis."""
    cell = columns[0].astype(np.int32)
    for column, size in zip(columns[1:], shape[1:], strict=True):
        cell *= np.int32(size)
        cell += column
    return cell


def tally(cell: Array, amounts: Array | None, shape: tuple[int, ...]) -> Int64s:
    """How many rows fall into each cell, then how much of each amount does: an axis for these before the others."""
    size = prod(shape)
    counts = np.bincount(cell, minlength=size)
    if amounts is not None:
        places = cell + np.arange(0, size * len(amounts), size)[:, np.newaxis]
        sums = np.bincount(places.ravel(), amounts.ravel(), size * len(amounts))
        counts = np.concatenate((counts, sums.astype(np.int64)))
    return counts.reshape(-1, *shape)


def with_sums(counts: Int64s) -> Int64s:
    """Add to each axis but the first the sum over it."""
    for axis in range(1, counts.ndim):
        counts = np.concatenate((counts, counts.sum(axis=axis, keepdims=True)), axis=axis)
    return counts
