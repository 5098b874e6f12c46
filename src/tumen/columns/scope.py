"""Scope: the rows a mask lets through, the principal row of each act among them, and what stays hidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

import numpy as np

from tumen.columns.arrays import OPEN_LOW, Array, Bools, Int32s, Int64s, Kept
from tumen.columns.conditions import BadQuery, Condition
from tumen.columns.consents import Asked
from tumen.columns.fields import Across, Field, Unit
from tumen.columns.grouping import Grouping
from tumen.columns.joining import Joined, differences, leading, ored, sums, tied, union
from tumen.columns.mask import Everything, Mask, Masked
from tumen.columns.query import Query
from tumen.columns.snapshot import Inherited, Snapshot
from tumen.columns.storage import Codes, Multi, Spans

_T = TypeVar("_T")


@dataclass(frozen=True, eq=False)
class Scope:
    """What may be counted for one mask and resolution. Everything later is computed from `visible` rows alone.

    Its columns are those of the snapshot, but that the principal row of a cluster speaks for all visible rows of it
    where a field says so (`Across`).

    Attributes:
        key: what sets it apart from other scopes over the snapshot: compartments, run, checked or all, consent.
        visible: rows that are live, in the mask's compartments and, if the query says so, checked, and usable as asked.
        heads: of these the principal row of each act: its first visible telling. With records every visible row.
        joined: the visible rows of clusters.
        sizes: how large each unit's entities are, kept by `size_weights`.
        leaders: for each of the grouping's members the principal row of its cluster, -1 if none is visible.
    """

    snapshot: Snapshot
    grouping: Grouping | None
    key: tuple[object, ...]
    visible: Bools
    heads: Bools
    leaders: Int32s
    joined: Joined
    sizes: dict[Unit, tuple[Int64s, Int64s, Int64s, Int64s]] = field(default_factory=dict)
    _amounts: dict[str, Int64s] = field(default_factory=dict)

    def codes(self, name: str) -> Codes:
        """The view of a single or hierarchy field."""
        codes, item = self.snapshot.codes(name), self.snapshot.fields[name]
        if self.grouping is None or item.across is Across.FIRST:
            return codes
        if item.across is Across.LEADING:
            return self._joined(name, lambda: leading(codes, self.joined))
        return self._joined(name, lambda: ored(codes, self.joined, item.joins))

    def multi(self, name: str) -> Multi:
        """The view of a multi field."""
        item = self.snapshot.fields[name]
        if item.across is Across.DIFFERENCES:
            about = tuple(other for other in item.terms.keys if other in self.snapshot.columns)
            return self._joined(name, lambda: differences(self.snapshot, item, self.joined), about)
        multi = self.snapshot.multi(name)
        if self.grouping is None:
            return multi
        return union(multi, self.joined, item.terms, item.rest, self.key)

    def spans(self, name: str) -> Spans:
        """The view of an interval or number field."""
        item = self.snapshot.fields[name]
        if item.tally is not None:
            return self.snapshot.derived(("tally", name, self.key), lambda: tally(self, *item.tally or ("", "")))
        spans = self.snapshot.spans(name)
        if item.across is not Across.SUM or self.grouping is None:
            return spans
        return self._joined(name, lambda: sums(spans, self.joined))

    def _joined(self, name: str, make: Callable[[], _T], fields: tuple[str, ...] = ()) -> _T:
        return self.snapshot.derived(Inherited(("joined", name, self.key), fields or (name,), True), make)

    def by_entity(self, unit: Unit) -> tuple[Int32s, Int32s]:
        """The rows that name one of a unit, in the order of its resolved code, and these codes: ascending."""
        assert unit.counts is not None
        name = unit.counts

        def make() -> tuple[Int32s, Int32s]:
            entities, only = self.entities(name), limited(self.snapshot, unit)
            naming = entities >= 0
            rows = np.flatnonzero(naming if only is None else naming & only).astype(np.int32)
            rows = rows[by_number(entities[rows])]
            return rows, entities[rows]

        fields = (name, unit.only[0]) if unit.only else (name,)
        return self._of_entities(("by entity", unit), name, fields, make)

    @property
    def allowed(self) -> Bools | None:
        """The rows of the mask's compartments, checked or not; None where it holds all of them."""
        allowed = cast("frozenset[int] | Everything", self.key[0])
        if isinstance(allowed, Everything):
            return None
        return kept_scope(self.snapshot, self.grouping, False, allowed).visible

    @cached_property
    def names(self) -> Int64s:
        """The id each row's cluster goes by; its own where it stands alone."""
        names = self.snapshot.ids
        if self.grouping is None:
            return names
        return np.concatenate((self.grouping.names, names[len(self.grouping.names) :]))

    @cached_property
    def head_of_row(self) -> Int32s:
        """The principal row of each row's act; itself for a row that stands alone, -1 where no telling is visible."""
        heads = np.arange(len(self.visible), dtype=np.int32)
        if self.grouping is not None:
            heads[self.grouping.members] = self.leaders
        return heads

    @cached_property
    def tellings(self) -> Int32s:
        """The visible rows, each of which tells of the act at its head."""
        return np.flatnonzero(self.visible).astype(np.int32)

    def amounts(self, name: str) -> Int64s:
        """For each principal row the sum of a number field over the act's visible tellings (low bounds, unknown 0)."""
        if name not in self._amounts:
            lower = self.snapshot.spans(name).lower[self.tellings]
            amounts = np.where(lower != OPEN_LOW, lower, 0)
            sums = np.bincount(self.head_of_row[self.tellings], amounts, len(self.visible))
            self._amounts[name] = sums.astype(np.int64)
        return self._amounts[name]

    def spread(self, hits: Bools) -> Bools:
        """The principal rows of acts of which any visible telling is hit."""
        found = hits & self.visible
        if self.grouping is not None:
            in_cluster = found[self.grouping.members]
            found[self.leaders[in_cluster]] = True
            found &= self.heads
        return found

    def entities(self, name: str) -> Int32s:
        """For each row the resolved code of a ref field, -1 for none."""
        codes, meant = self.snapshot.refs(name).codes, self.meant(name)
        if meant is None:
            return codes
        resolved = meant

        def make() -> Int32s:
            # -1 picks the appended last element, which is -1 again.
            return np.append(resolved, np.int32(-1))[codes]

        return self._of_entities(("entities", name), name, (name,), make)

    def meant(self, name: str) -> Int32s | None:
        """From the code of an id of a ref field to that of the entity it means; None where each means itself."""
        if self.grouping is None:
            return None
        refs, by = self.snapshot.refs(name), self.snapshot.fields[name].tied_by
        if not by:
            return self.grouping.meant(name, len(refs.ids))
        whose = self.entities(by)
        return self._joined(name, lambda: tied(refs.codes, len(refs.ids), whose, self.joined), (name, by))

    def _of_entities(self, what: tuple[object, ...], name: str, fields: tuple[str, ...], make: Callable[[], _T]) -> _T:
        """What follows from a ref's entities: one for all masks, unless visible rows decide which ids are one."""
        by = self.snapshot.fields[name].tied_by
        if by and self.grouping is not None:
            return self.snapshot.derived(Inherited((*what, self.key), (*fields, by), True), make)
        return self.snapshot.derived(Inherited((*what, self.grouping.run if self.grouping else None), fields), make)


def tally(scope: Scope, frame: str, name: str) -> Spans:
    """For each row how many of another frame's principal rows refer by `name` to it or to its cluster."""
    snapshot, other = scope.snapshot, scope.snapshot.others[frame]
    compartments, run, checked, asked = scope.key
    grouping = None if run is None else other.groupings.get(cast(int, run))
    if isinstance(asked, Asked):
        asked = asked.of(other.consents)
    there = kept_scope(
        other, grouping, bool(checked), cast("frozenset[int] | Everything", compartments), cast("Asked | None", asked)
    )
    left = left_out(there, next((unit for unit in other.units.values() if unit.name == frame), None))
    rows = there.heads if left is None else there.heads & ~left
    ids = other.refs(name).ids
    entities = there.entities(name)[rows]
    numbers = np.bincount(entities[entities >= 0], minlength=len(ids))
    found = snapshot.derived(
        Inherited(("code in", frame, name, run, len(ids)), ()), lambda: _places_in(scope.names, ids)
    )
    counts = np.append(numbers, 0)[found].astype(np.int32)
    return Spans(counts, counts, Kept())


def _places_in(names: Int64s, ids: Int64s) -> Int64s:
    """Where in `ids` each name stands, -1 where it does not."""
    if not len(ids):
        return np.full(len(names), -1, np.int64)
    order = np.argsort(ids)
    ordered = ids[order]
    at = np.minimum(np.searchsorted(ordered, names), len(ids) - 1)
    return np.where(ordered[at] == names, order[at], -1)


def left_out(scope: Scope, unit: Unit | None) -> Bools | None:
    """The rows a unit leaves out unless it is asked for them, None if it leaves out none."""
    if unit is None or unit.left_out is None:
        return None
    return _with_term(scope.codes(unit.left_out[0]), scope.snapshot.fields[unit.left_out[0]], unit.left_out[1])


def by_number(numbers: Array) -> Int32s:
    """A stable argsort of numbers from 0 below 2^31: two radix passes, three times as fast as comparing."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    high = (numbers >> 16).astype(np.uint16)
    if high.any():
        order = order[np.argsort(high[order], kind="stable")]
    return order.astype(np.int32)


def scope_of(snapshot: Snapshot, query: Query, mask: Mask) -> Scope:
    """The scope of a query under a mask; kept with the snapshot, since every part of a page needs it."""
    asked = asked_of(snapshot, query)
    return kept_scope(snapshot, snapshot.grouping(query), query.checked, mask.compartments, asked)


def asked_of(snapshot: Snapshot, query: Query) -> Asked | None:
    """What a query asks of consent that decides which rows are there at all; None where it asks nothing of the kind.

    Why rows may not be used is a matter of the joined records; where every telling counts for itself, of each row.
    """
    if query.purpose is None or query.audience is None:
        return None
    unit = snapshot.unit(query.unit)
    if query.because is not None and not (unit.every_telling or unit.sums):
        return None
    return Asked.made(snapshot.consents, query.purpose, query.audience, query.grain, query.because)


def kept_scope(
    snapshot: Snapshot,
    grouping: Grouping | None,
    checked: bool,
    compartments: frozenset[int] | Everything,
    asked: Asked | None = None,
) -> Scope:
    """The scope of these compartments, run, quality and consent."""
    key = (compartments, grouping.run if grouping else None, checked, asked)
    return snapshot.derived(("scope", *key), lambda: _scope(snapshot, grouping, checked, compartments, asked, key))


def _scope(
    snapshot: Snapshot,
    grouping: Grouping | None,
    checked: bool,
    compartments: frozenset[int] | Everything,
    asked: Asked | None,
    key: tuple[object, ...],
) -> Scope:
    visible = snapshot.live.copy()
    if not isinstance(compartments, Everything):
        allowed = np.array([c in compartments for c in snapshot.compartment_ids], bool)
        visible &= pick(snapshot.compartments, allowed)
    if checked:
        visible &= snapshot.checked
    if asked is not None:
        visible &= asked.rows(snapshot)
    if grouping is None:
        none = np.empty(0, np.int32)
        return Scope(snapshot, None, key, visible, visible, none, Joined(none, np.empty(0, np.int64)))
    members, cluster = grouping.members, grouping.cluster
    seen = np.flatnonzero(visible[members])
    begins = np.flatnonzero(np.diff(cluster[seen], prepend=-1))
    first = seen[begins]
    leader = np.full(int(cluster[-1]) + 1 if len(cluster) else 0, -1, np.int32)
    leader[cluster[first]] = members[first]
    heads = visible.copy()
    heads[members] = False
    heads[members[first]] = True
    return Scope(snapshot, grouping, key, visible, heads, leader[cluster], Joined(members[seen], begins))


def pick(codes: Array, wanted: Bools) -> Bools:
    """Rows whose code is wanted; `wanted` has an element for each code that occurs.

    Few runs of wanted codes are compared range by range, which runs at memory speed; many go through a lookup table.
    """
    edges = np.flatnonzero(np.diff(wanted, prepend=False, append=False))
    starts, ends = edges[::2], edges[1::2]
    if len(starts) == 0:
        return np.zeros(len(codes), bool)
    if len(starts) > 12:
        return wanted[codes]
    kind: Any = codes.dtype.type
    found = np.zeros(len(codes), bool)
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        # Unsigned wrap-around turns two comparisons into one.
        found |= (codes - kind(start)) < end - start if start else codes < end
    return found


def check(snapshot: Snapshot, query: Query, mask: Mask, *names: str) -> Unit:
    """Everything that must hold before a row is looked at; the query's unit is returned.

    Args:
        names: further fields that are about to be read (facets, dimensions).

    Raises:
        BadQuery: the query does not fit the fields, or asks for another moment than the columns stand at.
        Masked: it uses a field whose class the mask does not contain, or a place finer than it tells.
    """
    unit = snapshot.unit(query.unit)
    query.check(snapshot.fields)
    if query.as_of is not None and query.as_of != snapshot.change:
        raise BadQuery("these columns stand at change {now}, not at {then}", now=snapshot.change, then=query.as_of)
    used = [condition.field for condition in query.where]
    used += [name.removeprefix("-") for name in query.sort] + [*query.columns, *names]
    for name in used:
        if name != "id":
            mask.allow(name, query.field(name, snapshot.fields).field_class)
    for condition in query.where:
        _refuse_finer(query.field(condition.field, snapshot.fields), condition, mask)
    besides = snapshot.units[unit.beside].reads if unit.beside else ()
    for name in (*unit.reads, *besides):
        mask.allow(name, snapshot.fields[name].field_class)
    return unit


def _refuse_finer(field: Field, condition: Condition, mask: Mask) -> None:
    """Raise Masked for a term that no compartment tells: its name is not shown, and it would find nothing."""
    if not field.told or "" in mask.caps:
        return
    terms = [term for term in condition.values if isinstance(term, str) and term in field.terms]
    codes = [field.terms.code(term) for term in terms]
    if any(all(field.told[cap][code] != code for cap in mask.caps if cap in field.told) for code in codes):
        raise Masked(field.name, "finer")


def limited(snapshot: Snapshot, unit: Unit) -> Bools | None:
    """The rows a unit is limited to, None if to all."""
    if unit.only is None:
        return None
    name, term = unit.only
    return _with_term(snapshot.codes(name), snapshot.fields[name], term)


def _with_term(codes: Codes, item: Field, term: str) -> Bools:
    """The rows with a term or one below it."""
    domain = item.terms
    wanted = np.zeros(len(domain), bool)
    wanted[domain.code(term) : domain.end[domain.code(term)]] = True
    return pick(codes.values, wanted)
