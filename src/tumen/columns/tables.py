"""crosstab: a unit counted by one to three dimensions, with totals that are right and cells that open to their rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tumen.columns.arrays import Array, Int64s
from tumen.columns.classes import Axis, Dim, Header, axis_of
from tumen.columns.conditions import BadQuery, Condition, Op
from tumen.columns.counting import Counted, counted, cube, unnamed
from tumen.columns.fields import Kind, Unit
from tumen.columns.frame import Frame
from tumen.columns.hiding import hidden
from tumen.columns.mask import Mask
from tumen.columns.masking import under
from tumen.columns.query import Query
from tumen.columns.scope import check, scope_of
from tumen.columns.selecting import Filtered, filtered, size_weights
from tumen.columns.snapshot import Snapshot

MAX_CELLS = 4_000_000
"""Cells of a table before empty rows and columns are dropped; 32 MB of counts."""

PRINCIPAL_TELLING = "What several records tell of is counted once, by the first of them that you may see."
UNITED_TERMS = "Where several terms can hold, those of all records joined that you may see are taken together."
PRINCIPAL_PERIOD = "A date that reaches over a class boundary is counted under 'spans several', not in a class."
PRINCIPAL_NUMBER = (
    "A number told as a range, such as an age between 17 and 19, is counted in a band if all of it lies there, "
    "and under 'spans several' if it reaches over the band's edge."
)
PRINCIPAL_TERM = "A record coded less deeply than the table looks is counted under its own, wider term."
MULTIPLE_RESPONSE = "Multiple response: one of the unit can fall into several cells; cells do not add up to the total."


class TableTooLarge(ValueError):
    """The dimensions make more cells than can be counted or read; a level higher up or fewer dimensions are needed."""

    def __init__(self, cells: int, limit: int, dims: Sequence[Dim]) -> None:
        super().__init__(
            f"{' by '.join(map(str, dims))} makes {cells:,} cells, more than {limit:,}: "
            "choose a higher level or fewer dimensions"
        )
        self.cells, self.limit = cells, limit


@dataclass(frozen=True, eq=False)
class Beside:
    """The companion of the table's unit in the same cells, never added: groups, and their sizes as a range.

    Attributes:
        unit: the companion.
        counts, low, high: arrays shaped like the table's `counts`.
        low_unknown, high_unknown: groups whose lower or upper size is unknown and adds nothing.
    """

    unit: str
    counts: Int64s
    low: Int64s
    high: Int64s
    low_unknown: Int64s
    high_unknown: Int64s


@dataclass(frozen=True, eq=False)
class Table:
    """A cross-tabulation.

    Attributes:
        query: what was asked, in the unit of the measure.
        dims: rows, columns, layers.
        headers: the categories of each dimension; `unknown` is always there and last.
        counts: one axis a dimension, each one longer than its headers: the last place holds the total, which is a
            distinct count and not a sum.
        overlap: whether one of the unit can fall into several cells ("multiple response").
        rules: the principal rules and warnings the table has to state, as messages to be translated.
        hidden: how many of the unit the mask hides, whatever the filter.
        uncounted: acts that meet the query and name nothing of the unit.
        left_out: acts that meet the query and are left out unless it asks for them.
        beside: the companion unit, or None.
        multiple: for each dimension whether one of the unit's records can have several of its categories.
        lifted: a condition that every record meets, needed by the list behind a total over the dimension of its field:
            the table counts by the field for which the unit leaves out rows, and so leaves out none.
    """

    query: Query
    dims: tuple[Dim, ...]
    headers: tuple[tuple[Header, ...], ...]
    counts: Int64s
    overlap: bool
    rules: tuple[str, ...]
    hidden: int
    uncounted: int
    left_out: int
    beside: Beside | None
    multiple: tuple[bool, ...]
    lifted: Condition | None

    @property
    def cells(self) -> Int64s:
        """The counts without totals."""
        return self.counts[tuple(slice(0, -1) for _ in self.dims)]

    @property
    def total(self) -> int:
        """How many of the unit the table counts, each once."""
        return int(self.counts[(-1,) * len(self.dims)])

    @property
    def unknown(self) -> tuple[int, ...]:
        """For each dimension how many of the unit have no known value there."""
        ends = (-1,) * len(self.dims)
        return tuple(int(self.counts[(*ends[:axis], -2, *ends[axis + 1 :])]) for axis in range(len(self.dims)))

    def percent(self, of: Literal["row", "column", "all"]) -> NDArray[np.float64]:
        """Percentages shaped like `counts`; the base is a distinct total with unknowns in it, and 0 of 0 is 0.

        Args:
            of: "row": of each row's total (within a layer); "column": of each column's; "all": of the grand total.
        """
        if of == "all":
            base: Array = self.counts[(slice(-1, None),) * len(self.dims)]
        elif of == "column":
            base = self.counts[-1:]
        elif len(self.dims) == 1:
            base = self.counts
        else:
            base = self.counts[:, -1:]
        share = np.zeros(self.counts.shape)
        np.divide(100.0 * self.counts, base, out=share, where=base != 0)
        return share

    def cell_query(self, *place: int | None) -> Query:
        """The query whose list is exactly what one cell counts.

        Args:
            place: the number of the header in each dimension; None for the total over a dimension.
        """
        if len(place) != len(self.dims):
            raise IndexError(f"the table has {len(self.dims)} dimensions, not {len(place)}")
        conditions = [self.headers[axis][at].condition() for axis, at in enumerate(place) if at is not None]
        if self.lifted is not None and self.lifted.field not in {condition.field for condition in conditions}:
            conditions.append(self.lifted)
        return self.query.narrowed(*conditions)


def crosstab(
    frame: Frame | Snapshot,
    query: Query,
    mask: Mask,
    dims: Sequence[Dim | str],
    measure: str | None = None,
    text_rows: Array | None = None,
) -> Table:
    """Count a unit by one to three dimensions.

    Args:
        frame: the columns.
        query: which rows.
        mask: what this user may see.
        dims: dimensions, or their text form ("type:1", "period:decade").
        measure: the unit to count; the query's own if not given.
        text_rows: as for `select`.

    Raises:
        BadQuery, Masked, UnknownRun, TableTooLarge: before any row is looked at.
    """
    snapshot = under(frame.snapshot(), mask)
    query = replace(query, unit=measure or query.unit)
    wanted = tuple(dim if isinstance(dim, Dim) else Dim.parse(dim) for dim in dims)
    if not 1 <= len(wanted) <= 3 or len({dim.field for dim in wanted}) < len(wanted):
        raise BadQuery("a table has one to three dimensions, each of another field")
    unit = check(snapshot, query, mask, *(dim.field for dim in wanted))
    axes = [axis_of(scope_of(snapshot, query, mask), dim) for dim in wanted]
    if (cells := int(np.prod([len(axis.headers) for axis in axes]))) > MAX_CELLS:
        raise TableTooLarge(cells, MAX_CELLS, wanted)
    parts = filtered(snapshot, query, mask, text_rows, [dim.field for dim in wanted])
    chosen = parts.chosen()
    what = counted(parts.scope, unit, chosen)
    counts = cube(axes, what)[0]
    beside, besides = None, []
    if unit.beside:
        companion = snapshot.unit(unit.beside)
        besides = [counted(parts.scope, companion, chosen)]
        beside = _beside(parts, companion, axes, besides[0])
    kept = [_kept(axis, number, counts, beside) for number, axis in enumerate(axes)]
    where = np.ix_(*kept)
    return Table(
        query=query,
        dims=wanted,
        headers=tuple(
            tuple(axis.headers[place] for place in places[:-1]) for axis, places in zip(axes, kept, strict=True)
        ),
        counts=counts[where],
        overlap=_overlap(unit, axes),
        rules=_rules(parts, unit, axes),
        hidden=hidden(snapshot, query, mask),
        uncounted=unnamed(chosen, what, *besides),
        left_out=parts.left_out,
        beside=None if beside is None else _cut(beside, where),
        multiple=tuple(axis.offsets is not None for axis in axes),
        lifted=_lifted(snapshot, query, unit, wanted),
    )


def _lifted(snapshot: Snapshot, query: Query, unit: Unit, dims: Sequence[Dim]) -> Condition | None:
    if unit.left_out is None:
        return None
    name = unit.left_out[0]
    if name not in {dim.field for dim in dims} or name in {condition.field for condition in query.where}:
        return None
    return Condition(name, Op.IN, snapshot.fields[name].terms.keys)


def _beside(parts: Filtered, companion: Unit, axes: Sequence[Axis], what: Counted) -> Beside:
    weights = size_weights(parts.scope, companion)
    counts, *sizes = cube(axes, what, weights or ())
    return Beside(companion.name, counts, *(sizes or [np.zeros_like(counts)] * 4))


def _kept(axis: Axis, number: int, counts: Int64s, beside: Beside | None) -> list[int]:
    """The places of an axis to be shown: those that occur, classes between others too, then unknown, then the total."""
    others = (-1,) * number, (-1,) * (counts.ndim - number - 1)
    line: tuple[Any, ...] = (*others[0], slice(None), *others[1])
    occurs = counts[line] != 0
    if beside is not None:
        occurs |= beside.counts[line] != 0
    places = (np.flatnonzero(occurs[1:-1]) + 1).tolist()
    if axis.ordered:
        classes = [place for place in places if place >= 2]
        spans = [place for place in places if place < 2]
        places = (list(range(classes[0], classes[-1] + 1)) if classes else []) + spans
    return [*places, 0, len(axis.headers)]


def _cut(beside: Beside, where: tuple[Array, ...]) -> Beside:
    return Beside(
        beside.unit,
        beside.counts[where],
        beside.low[where],
        beside.high[where],
        beside.low_unknown[where],
        beside.high_unknown[where],
    )


def _overlap(unit: Unit, axes: Sequence[Axis]) -> bool:
    return unit.counts is not None or any(axis.offsets is not None for axis in axes)


def _rules(parts: Filtered, unit: Unit, axes: Sequence[Axis]) -> tuple[str, ...]:
    """What the table has to say about how units were put into cells."""
    headers = [header for axis in axes for header in axis.headers]
    joined = parts.scope.grouping is not None
    cut = {parts.scope.snapshot.fields[axis.dim.field].kind for axis in axes if axis.ordered}
    stated = (
        (joined, PRINCIPAL_TELLING),
        (joined and any(axis.offsets is not None for axis in axes), UNITED_TERMS),
        (Kind.INTERVAL in cut, PRINCIPAL_PERIOD),
        (Kind.NUMBER in cut, PRINCIPAL_NUMBER),
        (any(header.kind == "exactly" for header in headers), PRINCIPAL_TERM),
        (_overlap(unit, axes), MULTIPLE_RESPONSE),
    )
    return tuple(rule for holds, rule in stated if holds)
