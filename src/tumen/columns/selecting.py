"""select: the rows a query means; page: one screenful of them in order, without sorting the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Bools, Int64s, starts
from tumen.columns.conditions import BadQuery
from tumen.columns.consents import Asked
from tumen.columns.counting import Counted, counted, unnamed
from tumen.columns.fields import Kind, Unit
from tumen.columns.frame import Frame
from tumen.columns.hiding import hidden
from tumen.columns.mask import Mask
from tumen.columns.masking import under
from tumen.columns.matching import rows_where
from tumen.columns.query import Query
from tumen.columns.scope import Scope, by_number, check, left_out, scope_of
from tumen.columns.snapshot import Snapshot
from tumen.columns.withheld import because_of, withheld_rows

_NONE_LAST = np.iinfo(np.int64).max
Key = Callable[[Array], Array]


@dataclass(frozen=True, eq=False)
class Filtered:
    """A query's conditions over a scope, each field's kept apart so that a facet can leave its own out.

    Attributes:
        unasked: the field by which the unit leaves rows out although the query does not speak of it; "" for none.
        because: what is asked of consent once rows are chosen, of what they are counted in.
    """

    scope: Scope
    unit: Unit
    by_field: dict[str, Bools]
    text: Bools | None
    unasked: str = ""
    because: Asked | None = None

    @property
    def left_out(self) -> int:
        """How many principal rows meet every condition and are left out unasked."""
        if not self.unasked:
            return 0
        return int(np.count_nonzero(self.chosen(self.unasked) & ~self.by_field[self.unasked]))

    def chosen(self, without: str | None = None) -> Bools:
        """The principal rows that meet all conditions, those on one field left out."""
        rows = self.scope.heads if self.text is None else self.scope.heads & self.text
        for name, found in self.by_field.items():
            if name != without:
                rows = rows & found
        return rows if self.because is None else withheld_rows(self.scope, self.unit, self.because, rows)


@dataclass(frozen=True, eq=False)
class Sizes:
    """Units shown beside and never added: how many, and how large they are taken together, as a range.

    Attributes:
        total: distinct groups.
        low, high: the sums of their lower and upper sizes; a group counts with its first visible act's size.
        low_unknown, high_unknown: groups whose lower or upper size is not known and adds nothing.
    """

    unit: str
    total: int
    low: int
    high: int
    low_unknown: int
    high_unknown: int


@dataclass(frozen=True, eq=False)
class Selection:
    """What a query means under a mask.

    Attributes:
        chosen: for each row whether it is a chosen principal row.
        total: how many of the unit.
        hidden: how many of the unit lie in compartments this user may not see, whatever the query's conditions.
        uncounted: chosen acts that name nothing of the unit (no victim recorded, no incident).
        left_out: acts that meet the query and are left out unless it asks for them.
        beside: the unit's companion, such as groups beside victims.
    """

    snapshot: Snapshot
    query: Query
    mask: Mask
    scope: Scope
    unit: Unit
    chosen: Bools
    what: Counted
    total: int
    hidden: int
    uncounted: int
    left_out: int
    beside: Sizes | None

    def entries(self) -> tuple[Array, Int64s]:
        """What a list shows: for each of the unit its first chosen row, ascending, and its id."""
        if self.what.entities is None:
            rows = self.what.rows
            return rows, self.scope.names[rows]
        assert self.unit.counts is not None
        first = np.flatnonzero(starts(self.what.entities))
        rows, codes = self.what.rows.take(first), self.what.entities.take(first)
        order = by_number(rows)
        return rows.take(order), self.snapshot.refs(self.unit.counts).ids.take(codes.take(order))


@dataclass(frozen=True, eq=False)
class Page:
    """One part of a list.

    Attributes:
        rows: row numbers in the snapshot, in the order asked for.
        records: the record ids of these rows.
        entities: what the unit's entries go by: a cluster's id, a person's id; with records the same as `records`.
        number, pages: which part of how many (at least 1).
        entries: how many entries the whole list has.
    """

    rows: Array
    records: Int64s
    entities: Int64s
    number: int
    pages: int
    entries: int


def filtered(
    snapshot: Snapshot, query: Query, mask: Mask, text_rows: Array | None, spoken_of: Sequence[str] = ()
) -> Filtered:
    """Evaluate every condition of a checked query once; `spoken_of` are the dimensions of a table."""
    if text_rows is None and (query.text is not None or query.token is not None):
        raise BadQuery("the query holds free text: search it and give the rows found as text_rows")
    scope = scope_of(snapshot, query, mask)
    by_field: dict[str, Bools] = {}
    for condition in query.where:
        found = rows_where(scope, condition)
        known = by_field.get(condition.field)
        by_field[condition.field] = found if known is None else known & found
    text = None
    if text_rows is not None:
        text = scope.spread(_hits(text_rows, len(snapshot)))
    unit = snapshot.unit(query.unit)
    rows, because = left_out(scope, unit), because_of(snapshot, query)
    if unit.left_out is None or rows is None or unit.left_out[0] in (*by_field, *spoken_of) or not rows.any():
        return Filtered(scope, unit, by_field, text, because=because)
    by_field[unit.left_out[0]] = ~rows
    return Filtered(scope, unit, by_field, text, unit.left_out[0], because)


def _hits(found: Array, size: int) -> Bools:
    if found.dtype == bool and len(found) == size:
        return found
    hits = np.zeros(size, bool)
    # Rows the search knows and this moment does not yet (or that are no rows, -1) are left out.
    numbers = np.flatnonzero(found) if found.dtype == bool else found
    hits[numbers[(numbers >= 0) & (numbers < size)]] = True
    return hits


def select(frame: Frame | Snapshot, query: Query, mask: Mask, text_rows: Array | None = None) -> Selection:
    """The rows a query means, counted in its unit.

    Args:
        frame: the columns.
        query: the question.
        mask: what this user may see.
        text_rows: the rows (numbers, or a boolean for each row) in which the free text was found; needed if the query
            holds free text, and welcome for any other search done outside (names).

    Raises:
        BadQuery, Masked, UnknownRun: before any row is looked at.
    """
    snapshot = under(frame.snapshot(), mask)
    unit = check(snapshot, query, mask)
    parts = filtered(snapshot, query, mask, text_rows)
    chosen = parts.chosen()
    what = counted(parts.scope, unit, chosen)
    beside, besides = None, []
    if unit.beside:
        companion = snapshot.unit(unit.beside)
        besides = [counted(parts.scope, companion, chosen)]
        beside = _sizes(parts.scope, companion, besides[0])
    uncounted = unnamed(chosen, what, *besides)
    return Selection(
        snapshot,
        query,
        mask,
        parts.scope,
        unit,
        chosen,
        what,
        what.total,
        hidden(snapshot, query, mask),
        uncounted,
        parts.left_out,
        beside,
    )


def size_weights(scope: Scope, unit: Unit) -> tuple[Int64s, Int64s, Int64s, Int64s] | None:
    """For each entity code its low and high size, and 1 where either is unknown; None if the unit has no size.

    An entity's size is that of its first visible act by order key, so that it does not change with the filter.
    """
    if unit.size is None or unit.counts is None:
        return None
    if unit not in scope.sizes:
        scope.sizes[unit] = _size_weights(scope, unit, unit.counts, unit.size)
    return scope.sizes[unit]


def _size_weights(scope: Scope, unit: Unit, counts: str, size_field: str) -> tuple[Int64s, Int64s, Int64s, Int64s]:
    snapshot = scope.snapshot
    everyone = counted(scope, unit, scope.heads)
    assert everyone.entities is not None
    sequence = np.lexsort((snapshot.ids[everyone.rows], snapshot.order[everyone.rows]))[::-1]
    spans = snapshot.spans(size_field)
    sizes = []
    for side, unset in ((spans.lower, OPEN_LOW), (spans.upper, OPEN_HIGH)):
        size = np.full(len(snapshot.refs(counts).ids), unset, np.int64)
        size[everyone.entities[sequence]] = side[everyone.rows[sequence]]
        sizes.append((np.where(size == unset, 0, size), (size == unset).astype(np.int64)))
    return sizes[0][0], sizes[1][0], sizes[0][1], sizes[1][1]


def _sizes(scope: Scope, unit: Unit, what: Counted) -> Sizes:
    weights = size_weights(scope, unit)
    if weights is None or what.entities is None:
        return Sizes(unit.name, what.total, 0, 0, 0, 0)
    codes = what.entities[starts(what.entities)]
    return Sizes(unit.name, len(codes), *(int(weight[codes].sum()) for weight in weights))


def page(
    selection: Selection, sort: Sequence[str] | None = None, size: int | None = None, number: int | None = None
) -> Page:
    """One page of a selection; sort, size and number are the query's own unless given.

    Ties keep the order of record ids; unknowns come last, ascending or descending.

    Raises:
        Masked: the order would tell of a field the mask does not open.
        BadQuery: a sort field does not exist or has no order (multi fields).
    """
    query, snapshot = selection.query, selection.snapshot
    names = query.sort if sort is None else tuple(sort)
    size, number = size or query.page_size, number or query.page
    rows, entities = selection.entries()
    keys = [_key(selection, name, rows, entities) for name in names]
    if not snapshot.ascending:
        keys.append(lambda places: snapshot.ids[rows[places]])
    places = _window(np.arange(len(rows)), keys, (number - 1) * size, number * size)
    return Page(
        rows[places], snapshot.ids[rows[places]], entities[places], number, max(1, -(-len(rows) // size)), len(rows)
    )


def _key(selection: Selection, name: str, rows: Array, entities: Int64s) -> Key:
    """A sort key in which smaller comes first and unknown is largest, for ascending and descending alike."""
    down, name = name.startswith("-"), name.removeprefix("-")
    snapshot = selection.snapshot
    if name == "id":
        return lambda places: -entities[places] if down else entities[places]
    field = selection.query.field(name, snapshot.fields)
    selection.mask.allow(name, field.field_class)
    if field.kind is Kind.MULTI:
        raise BadQuery("{field} can hold several terms and has no order", field=name)
    if field.kind is Kind.REF:
        ids, codes = snapshot.refs(name).ids, selection.scope.entities(name)

        def by_id(places: Array) -> Array:
            found = codes[rows[places]]
            known = ids[found] if len(ids) else found
            return np.where(found < 0, _NONE_LAST, -known if down else known)

        return by_id
    scope = selection.scope
    values: Array = scope.spans(name).lower if field.kind.ranged else scope.codes(name).values
    one: Any = values.dtype.type(1)
    # Unknown is the smallest value: complement makes it the largest, and so does the wrap-around of subtracting one.
    return lambda places: ~values[rows[places]] if down else values[rows[places]] - one


def _window(places: Array, keys: Sequence[Key], start: int, stop: int) -> Array:
    """The places start to stop of the sorted order: two selections by rank instead of a sort, ties by the next key."""
    stop = min(stop, len(places))
    if start >= stop:
        return places[:0]
    if not keys:
        return places[start:stop]
    values = keys[0](places)
    ranked = np.partition(values, (start, stop - 1))
    low, high = ranked[start], ranked[stop - 1]
    before = int(np.count_nonzero(values < low))
    lowest = places[np.flatnonzero(values == low)]
    if low == high:
        return _window(lowest, keys[1:], start - before, stop - before)
    middle = places[np.flatnonzero((values > low) & (values < high))]
    middle = middle[np.lexsort([key(middle) for key in reversed(keys)])]
    highest = places[np.flatnonzero(values == high)]
    up_to_high = int(np.count_nonzero(values < high))
    return np.concatenate(
        (
            _window(lowest, keys[1:], start - before, len(lowest)),
            middle,
            _window(highest, keys[1:], 0, stop - up_to_high),
        )
    )
