"""The counting kernels: tallies over combined category numbers, and distinct counts in the order of entities.

Rows are brought into the order of their entities once (`Scope.by_entity`). There an entity that occurs once is seen by
comparing neighbours and is tallied like a row; the keys (entity, cell) of the rest are sorted already but for the few
rows of each entity, which a merge sort puts right at a sixth of the cost of sorting anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tumen.columns.arrays import Array, Bools, Int32s, Int64s, starts
from tumen.columns.classes import Axis
from tumen.columns.fields import Unit
from tumen.columns.scope import Scope, limited

_BLOCK = 1 << 16


@dataclass(frozen=True, eq=False)
class Counted:
    """What a unit counts among chosen acts.

    Attributes:
        rows: principal rows, whose values place the count in a cell; ascending if `entities` is None.
        entities: beside each row the entity to be counted once a cell, ascending; None if each row counts once itself.
        weights: beside each row what it adds; None for 1.
    """

    rows: Array
    entities: Int32s | None
    weights: Int64s | None

    @property
    def total(self) -> int:
        """How many of the unit, each counted once."""
        if self.weights is not None:
            return int(self.weights.sum())
        return len(self.rows) if self.entities is None else int(np.count_nonzero(starts(self.entities)))


def counted(scope: Scope, unit: Unit, chosen: Bools) -> Counted:
    """Find what a unit counts among the chosen principal rows."""
    if unit.counts is None:
        only = limited(scope.snapshot, unit)
        rows = np.flatnonzero(chosen if only is None else chosen & only)
        return Counted(rows, None, scope.amounts(unit.sums)[rows] if unit.sums else None)
    order, entities = scope.by_entity(unit)
    heads = scope.head_of_row[order] if unit.every_telling else order
    taken = chosen[heads]
    if unit.every_telling:
        taken &= scope.visible[order]
    places = np.flatnonzero(taken)
    return Counted(heads[places], entities[places], None)


def unnamed(chosen: Bools, *counts: Counted) -> int:
    """How many chosen acts name none of what is counted."""
    rest = chosen.copy()
    for what in counts:
        rest[what.rows] = False
    return int(np.count_nonzero(rest))


def once(entities: Array) -> Bools:
    """Of ascending entities those that occur once: they need no deduplication in any cell or margin."""
    first = starts(entities)
    single: Bools = first & np.append(first[1:], True)[: len(first)]
    return single


def total_of(what: Counted) -> int:
    """How many of the unit, each counted once."""
    if what.weights is not None:
        return int(what.weights.sum())
    return len(what.rows) if what.entities is None else int(np.count_nonzero(starts(what.entities)))


def categories_at(axis: Axis, rows: Array) -> tuple[Array | None, Array]:
    """The categories of rows: (None, one a row), or for a multi axis (position in `rows`, category) pairs.

    A row without any value has the category 0, unknown.
    """
    if axis.offsets is None:
        return None, axis.lookup[axis.codes[rows]]
    starts = axis.offsets[rows].astype(np.int64)
    counts = axis.offsets[rows + 1] - starts
    lengths = np.maximum(counts, 1)
    owners = np.repeat(np.arange(len(rows)), lengths)
    ends = np.cumsum(lengths)
    places = np.arange(len(owners)) + np.repeat(starts - (ends - lengths), lengths)
    found = np.zeros(len(owners), np.int32)
    filled = (counts > 0)[owners]
    found[filled] = axis.lookup[axis.codes[places[filled]]]
    return owners, found


def cube(axes: Sequence[Axis], what: Counted, weights: Sequence[Int64s] = ()) -> list[Int64s]:
    """Counts by one to three axes, with totals.

    Args:
        axes: the dimensions.
        what: what is counted.
        weights: instead of the count, sums of these weights, one for each entity code.

    Returns:
        One array for each weight (one array of counts if none is given), each axis one longer than its categories:
        the last place is the total, computed as a distinct count and not as a sum wherever units can repeat.
    """
    shape = tuple(len(axis.headers) for axis in axes)
    plain = all(axis.offsets is None for axis in axes)
    if what.entities is None and plain:
        return [_with_sums(_tally(axes, shape, what))]
    own = [what.weights] if what.weights is not None else []
    if plain:
        assert what.entities is not None
        return _distinct_cube(what.entities, _cells_of(axes, shape, what.rows), shape, [*own, *weights])
    rows, owners = what.rows, np.arange(len(what.rows), dtype=np.int32)
    columns: list[Array] = []
    for axis in axes:
        repeats, found = categories_at(axis, rows)
        if repeats is not None:
            rows, owners = rows[repeats], owners[repeats]
            columns = [column[repeats] for column in columns]
        columns.append(found)
    entities = owners if what.entities is None else what.entities[owners]
    return _distinct_cube(entities, _flat(columns, shape), shape, [*own, *weights])


def _cell_of(axes: Sequence[Axis], shape: tuple[int, ...], rows: Array | slice) -> Array:
    """The combined cell numbers of some rows."""
    cell: Array = np.zeros(0, np.intp)
    for place, axis in enumerate(axes):
        share = (axis.lookup * int(np.prod(shape[place + 1 :]))).astype(np.intp)[axis.codes[rows]]
        cell = share if not place else np.add(cell, share, out=cell)
    return cell


def _cells_of(axes: Sequence[Axis], shape: tuple[int, ...], rows: Array) -> Int32s:
    """The combined cell numbers of many rows in any order."""
    size = len(axes[0].codes)
    most = 2 * len(rows) > size
    cell = np.empty(size if most else len(rows), np.int32)
    for start in range(0, len(cell), _BLOCK):
        block = slice(start, start + _BLOCK)
        cell[block] = _cell_of(axes, shape, block if most else rows[block])
    # When most rows are asked for, all of them in order and then one jump each is cheaper than a jump for every axis.
    return cell[rows] if most else cell


def _tally(axes: Sequence[Axis], shape: tuple[int, ...], what: Counted) -> Int64s:
    """Counts of rows that fall into one cell each."""
    cells = int(np.prod(shape))
    counts = np.zeros(cells, np.int64)
    # Block by block the intermediate numbers stay in cache, unless the table itself is larger.
    step = max(_BLOCK, 4 * cells)
    for start in range(0, len(what.rows), step):
        cell = _cell_of(axes, shape, what.rows[start : start + step])
        weights = None if what.weights is None else what.weights[start : start + step]
        counts += np.bincount(cell, weights, cells).astype(np.int64)
    return counts.reshape(shape)


def _with_sums(counts: Int64s) -> Int64s:
    for axis in range(counts.ndim):
        counts = np.concatenate((counts, counts.sum(axis=axis, keepdims=True)), axis=axis)
    return counts


def _distinct_cube(entities: Int32s, cell: Int32s, shape: tuple[int, ...], weights: Sequence[Int64s]) -> list[Int64s]:
    """Distinct counts for every cell and every margin; `entities` ascend."""
    results = [np.zeros(tuple(size + 1 for size in shape), np.int64) for _ in range(len(weights) or 1)]
    single = once(entities)
    alone, rest = np.flatnonzero(single), np.flatnonzero(~single)
    counted_alone = _bincounts(entities[alone], cell[alone], int(np.prod(shape)), weights)
    for result, counts in zip(results, counted_alone, strict=True):
        result += _with_sums(counts.reshape(shape))
    who, cell = entities[rest], cell[rest]
    every = tuple(range(len(shape)))
    for axes in _SEQUENCES[len(shape)]:
        part = tuple(shape[axis] for axis in axes)
        cells = int(np.prod(part))
        base = who.astype(np.int64) * cells
        keys = base + _reordered(cell, shape, axes)
        # Only rows of the same entity change places, so that `who` still stands beside its keys.
        keys.sort(kind="stable")
        cell_here = (keys - base).astype(np.int32)
        for length in range(len(axes), -1 if axes == every else 0, -1):
            kept, wide = axes[:length], int(np.prod(part[:length]))
            found = cell_here // np.int32(cells // wide)
            first = np.flatnonzero(starts(who) | starts(found))
            counts_here = _bincounts(who[first], found[first], wide, weights)
            place = tuple(slice(0, shape[axis]) if axis in kept else shape[axis] for axis in every)
            for result, counts in zip(results, counts_here, strict=True):
                line = counts.reshape(part[:length])
                result[place] += line.transpose(np.argsort(kept)) if kept else line
            if kept == every:
                who, cell_here = who[first], found[first]
                cell = cell_here
    return results


# For each number of axes the orders in which to sort: their beginnings are all the margins there are.
_SEQUENCES: dict[int, tuple[tuple[int, ...], ...]] = {
    1: ((0,),),
    2: ((0, 1), (1,)),
    3: ((0, 1, 2), (1, 2), (2, 0)),
}


def _reordered(cell: Int32s, shape: tuple[int, ...], axes: tuple[int, ...]) -> Int32s:
    """Cell numbers combined of some axes in another order, from those of all axes."""
    if axes == tuple(range(len(shape))):
        return cell
    columns = []
    for axis in axes:
        inner = np.int32(np.prod(shape[axis + 1 :]))
        outer = cell // inner
        columns.append(outer - outer // np.int32(shape[axis]) * np.int32(shape[axis]))
    return _flat(columns, tuple(shape[axis] for axis in axes))


def _flat(columns: Sequence[Array], shape: tuple[int, ...]) -> Int32s:
    """Combined cell numbers of the categories on each axis."""
    cell = columns[0].astype(np.int32)
    for column, size in zip(columns[1:], shape[1:], strict=True):
        cell *= np.int32(size)
        cell += column
    return cell


def _bincounts(entities: Array, cell: Array, cells: int, weights: Sequence[Int64s]) -> list[Int64s]:
    if not weights:
        return [np.bincount(cell, minlength=cells)]
    return [np.bincount(cell, weight[entities], cells).astype(np.int64) for weight in weights]
