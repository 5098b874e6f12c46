"""The counting kernels: tallies over combined category numbers, and distinct counts in the order of entities.

Rows are brought into the order of their entities once (`Scope.by_entity`); how they are counted there is the subject of
`distinct`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tumen.columns.arrays import Array, Bools, Int32s, Int64s, code_type, starts
from tumen.columns.classes import Axis
from tumen.columns.distinct import Sized, distinct_cube, ranges, with_sums
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

    @cached_property
    def sized(self) -> Sized:
        """The rows by how many their entity has."""
        assert self.entities is not None
        return Sized.of(self.entities)

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
    heads = scope.head_of_row.take(order) if unit.every_telling else order
    taken = chosen.take(heads)
    if unit.every_telling:
        taken &= scope.visible.take(order)
    places = np.flatnonzero(taken)
    return Counted(heads.take(places), entities.take(places), None)


def unnamed(chosen: Bools, *counts: Counted) -> int:
    """How many chosen acts name none of what is counted."""
    rest = chosen.copy()
    for what in counts:
        rest[what.rows] = False
    return int(np.count_nonzero(rest))


def categories_at(axis: Axis, rows: Array) -> tuple[Array | None, Array]:
    """The categories of rows: (None, one a row), or for a multi axis (position in `rows`, category) pairs.

    A row without any value has the category 0, unknown.
    """
    if axis.offsets is None:
        narrow = axis.lookup.astype(code_type(len(axis.headers)))
        return None, narrow.take(axis.codes.take(rows))
    begin = axis.offsets.take(rows).astype(np.int64)
    counts = axis.offsets[1:].take(rows) - begin
    narrow = axis.lookup.astype(code_type(len(axis.headers)))
    filled = (counts > 0).nonzero()[0]
    several = narrow.take(axis.codes.take(ranges(begin.take(filled), counts.take(filled))))
    if len(filled) == len(rows):
        return np.repeat(np.arange(len(rows)), counts), several
    lengths = np.maximum(counts, 1)
    found = np.zeros(int(lengths.sum()), narrow.dtype)
    found[np.repeat(counts > 0, lengths)] = several
    return np.repeat(np.arange(len(rows)), lengths), found


def cube(axes: Sequence[Axis], what: Counted, weights: Sequence[Int64s] = ()) -> Int64s:
    """Counts by one to three axes, with totals.

    Args:
        axes: the dimensions.
        what: what is counted.
        weights: sums to be formed beside the count of entities, one weight for each entity code.

    Returns:
        The counts, then the sums of each weight: an axis for these, and each other one longer than its categories. The
        last place is the total, computed as a distinct count and not as a sum wherever units can repeat.
    """
    shape = tuple(len(axis.headers) for axis in axes)
    plain = all(axis.offsets is None for axis in axes)
    if what.entities is None and plain:
        return with_sums(_tally(axes, shape, what)[np.newaxis])
    rows, owners = what.rows, None
    columns: list[Array] = []
    for axis in axes:
        repeats, found = categories_at(axis, rows)
        if repeats is not None:
            rows, owners = rows.take(repeats), repeats if owners is None else owners.take(repeats)
            columns = [column.take(repeats) for column in columns]
        columns.append(found)
    entities = np.arange(len(what.rows), dtype=np.int32) if what.entities is None else what.entities
    entities = entities if owners is None else entities.take(owners)
    groups = what.sized if plain else Sized.of(entities)
    if what.weights is not None:
        return distinct_cube(entities, groups, columns, shape, [what.weights])[1:]
    return distinct_cube(entities, groups, columns, shape, weights)


def _cell_of(axes: Sequence[Axis], shape: tuple[int, ...], rows: Array | slice) -> Array:
    """The combined cell numbers of some rows."""
    cell: Array = np.zeros(0, np.intp)
    for place, axis in enumerate(axes):
        share = (axis.lookup * int(np.prod(shape[place + 1 :]))).astype(np.intp)[axis.codes[rows]]
        cell = share if not place else np.add(cell, share, out=cell)
    return cell


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
