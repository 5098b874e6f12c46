"""The counting kernels: tallies over combined category numbers, and distinct counts without a sort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tumen.columns.arrays import Array, Bools, Int32s, Int64s
from tumen.columns.classes import Axis
from tumen.columns.fields import Unit
from tumen.columns.scope import Scope, limited

_BLOCK = 1 << 16
_SMALL = 1 << 12
_FACTORS = (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9)


@dataclass(frozen=True, eq=False)
class Counted:
    """What a unit counts among chosen acts.

    Attributes:
        rows: principal rows, ascending unless `entities` repeat them; their values place the count in a cell.
        entities: beside each row the entity to be counted once a cell; None if each row counts once itself.
        weights: beside each row what it adds; None for 1.
        uncounted: chosen acts that name nothing of this kind.
    """

    rows: Array
    entities: Int32s | None
    weights: Int64s | None
    uncounted: int


def counted(scope: Scope, unit: Unit, chosen: Bools) -> Counted:
    """Find what a unit counts among the chosen principal rows."""
    only = limited(scope.snapshot, unit)
    rows = np.flatnonzero(chosen)
    if unit.counts is None:
        kept = rows if only is None else rows[only[rows]]
        weights = scope.amounts(unit.sums)[kept] if unit.sums else None
        return Counted(kept, None, weights, len(rows) - len(kept))
    entities = scope.entities(unit.counts)
    tellings: Array = rows
    if unit.every_telling and scope.grouping is not None:
        tellings = scope.tellings[chosen[scope.head_of_row[scope.tellings]]]
    named = entities[tellings] >= 0 if only is None else (entities[tellings] >= 0) & only[tellings]
    if not named.all():
        tellings = tellings[np.flatnonzero(named)]
    heads = scope.head_of_row[tellings] if tellings is not rows else rows
    naming = np.zeros(len(chosen), bool)
    naming[heads] = True
    return Counted(heads, entities[tellings], None, len(rows) - int(np.count_nonzero(naming)))


def named_by_neither(chosen: Bools, what: Counted, others: Counted) -> int:
    """Chosen acts that name neither a unit nor one of those beside it."""
    rest = chosen.copy()
    rest[what.rows] = False
    rest[others.rows] = False
    return int(np.count_nonzero(rest))


def total_of(what: Counted) -> int:
    """How many of the unit, each counted once."""
    if what.weights is not None:
        return int(what.weights.sum())
    if what.entities is None:
        return len(what.rows)
    found = np.zeros(int(what.entities.max(initial=-1)) + 1, bool)
    found[what.entities] = True
    return int(np.count_nonzero(found))


def first_of_each(keys: Int64s) -> Int64s:
    """Positions at which each distinct key stands once, in no particular order.

    Every key writes its position into a slot of a table; the last writer holds the slot. Keys equal to the holder's
    are done; those that merely share the slot go into the next round with another hash. Linear, where a sort is not.
    """
    parts: list[Int64s] = []
    left = np.arange(len(keys), dtype=np.int64)
    for factor in _FACTORS:
        if len(left) <= _SMALL:
            break
        bits = len(left).bit_length() + 1
        now = keys[left]
        slots = (now.view(np.uint64) * np.uint64(factor) >> np.uint64(64 - bits)).view(np.int64)
        table = np.empty(1 << bits, np.int32)
        table[slots] = np.arange(len(left), dtype=np.int32)
        holders = table[slots]
        parts.append(left[np.flatnonzero(holders == np.arange(len(left), dtype=np.int32))])
        left = left[np.flatnonzero(now[holders] != now)]
    if len(left):
        parts.append(left[np.unique(keys[left], return_index=True)[1]])
    return np.concatenate(parts) if parts else left


def once(entities: Array) -> Bools:
    """Pairs whose entity occurs nowhere else among these pairs: they need no deduplication in any cell or margin."""
    if not len(entities):
        return np.zeros(0, bool)
    single: Bools = (np.bincount(entities) == 1)[entities]
    return single


def distinct_by(entities: Array, categories: Array, size: int) -> tuple[Array, Array]:
    """The distinct pairs (entity, category)."""
    kept = first_of_each(entities.astype(np.int64) * size + categories)
    return entities[kept], categories[kept]


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
    if what.entities is None and all(axis.offsets is None for axis in axes):
        return [_with_sums(_tally(axes, shape, what))]
    rows, owners = what.rows, np.arange(len(what.rows))
    columns: list[Array] = []
    for axis in axes:
        repeats, found = categories_at(axis, rows)
        if repeats is not None:
            rows, owners = rows[repeats], owners[repeats]
            columns = [column[repeats] for column in columns]
        columns.append(found)
    entities = owners if what.entities is None else what.entities[owners]
    own = [what.weights] if what.weights is not None else []
    return _distinct_cube(entities, columns, shape, [*own, *weights])


def _tally(axes: Sequence[Axis], shape: tuple[int, ...], what: Counted) -> Int64s:
    """Counts of rows that fall into one cell each, block by block so that the intermediate numbers stay in cache."""
    cells = int(np.prod(shape))
    counts = np.zeros(cells, np.int64)
    strides = [int(np.prod(shape[place + 1 :])) for place in range(len(shape))]
    lookups = [
        (axis.lookup.astype(np.int64) * stride).astype(np.intp) for axis, stride in zip(axes, strides, strict=True)
    ]
    block = max(_BLOCK, 4 * cells)
    for start in range(0, len(what.rows), block):
        rows = what.rows[start : start + block]
        cell = lookups[0][axes[0].codes[rows]]
        for axis, lookup in zip(axes[1:], lookups[1:], strict=True):
            cell += lookup[axis.codes[rows]]
        weights = None if what.weights is None else what.weights[start : start + block]
        counts += np.bincount(cell, weights, cells).astype(np.int64)
    return counts.reshape(shape)


def _with_sums(counts: Int64s) -> Int64s:
    for axis in range(counts.ndim):
        counts = np.concatenate((counts, counts.sum(axis=axis, keepdims=True)), axis=axis)
    return counts


def _distinct_cube(
    entities: Array, columns: Sequence[Array], shape: tuple[int, ...], weights: Sequence[Int64s]
) -> list[Int64s]:
    """Distinct counts for every cell and every margin. Entities that occur once are tallied and summed like rows."""
    results = [np.zeros(tuple(size + 1 for size in shape), np.int64) for _ in range(len(weights) or 1)]
    single = once(entities)
    alone, rest = np.flatnonzero(single), np.flatnonzero(~single)
    flat = _flat([column[alone] for column in columns], shape)
    for result, counts in zip(results, _bincounts(entities[alone], flat, int(np.prod(shape)), weights), strict=True):
        result += _with_sums(counts.reshape(shape))
    every = tuple(range(len(shape)))
    reduced: dict[tuple[int, ...], tuple[Array, dict[int, Array]]] = {
        every: (entities[rest], {axis: columns[axis][rest] for axis in every})
    }
    for size in range(len(shape), -1, -1):
        for kept in combinations(every, size):
            wider = [have for have in reduced if set(kept) <= set(have)]
            who, where = reduced[min(wider, key=lambda have: len(reduced[have][0]))]
            part = tuple(shape[axis] for axis in kept)
            cell = _flat([where[axis] for axis in kept], part) if kept else np.zeros(len(who), np.int64)
            cells = int(np.prod(part)) if kept else 1
            unique = first_of_each(who.astype(np.int64) * cells + cell)
            reduced[kept] = (who[unique], {axis: where[axis][unique] for axis in kept})
            place = tuple(slice(0, shape[axis]) if axis in kept else shape[axis] for axis in every)
            for result, counts in zip(results, _bincounts(who[unique], cell[unique], cells, weights), strict=True):
                result[place] += counts.reshape(part) if kept else counts[0]
    return results


def _flat(columns: Sequence[Array], shape: tuple[int, ...]) -> Int64s:
    cell = columns[0].astype(np.int64)
    for column, size in zip(columns[1:], shape[1:], strict=True):
        cell *= size
        cell += column
    return cell


def _bincounts(entities: Array, cell: Array, cells: int, weights: Sequence[Int64s]) -> list[Int64s]:
    if not weights:
        return [np.bincount(cell, minlength=cells)]
    return [np.bincount(cell, weight[entities], cells).astype(np.int64) for weight in weights]
