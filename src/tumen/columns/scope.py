"""Scope: the rows a mask lets through, the principal row of each act among them, and what stays hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from tumen.columns.arrays import OPEN_LOW, Array, Bools, Int32s, Int64s
from tumen.columns.fields import Unit
from tumen.columns.frame import Inherited, Snapshot
from tumen.columns.grouping import Grouping
from tumen.columns.mask import ALL, Everything, Mask
from tumen.columns.query import BadQuery, Query


@dataclass(frozen=True, eq=False)
class Scope:
    """What may be counted for one mask and resolution. Everything later is computed from `visible` rows alone.

    Attributes:
        visible: rows that are live, in the mask's compartments and, if the query says so, checked.
        heads: of these the principal row of each act: its first visible telling. With records every visible row.
        sizes: how large each unit's entities are, kept by `size_weights`.
        leaders: for each of the grouping's members the principal row of its cluster, -1 if none is visible.
    """

    snapshot: Snapshot
    grouping: Grouping | None
    visible: Bools
    heads: Bools
    leaders: Int32s
    sizes: dict[Unit, tuple[Int64s, Int64s, Int64s, Int64s]] = field(default_factory=dict)
    _amounts: dict[str, Int64s] = field(default_factory=dict)

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

        run = self.grouping.run if self.grouping else None
        fields = (name, unit.only[0]) if unit.only else (name,)
        return self.snapshot.derived(Inherited(("by entity", unit, run), fields), make)

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
        refs = self.snapshot.refs(name)
        meant = self.grouping.meant(name, len(refs.ids)) if self.grouping else None
        if meant is None:
            return refs.codes
        resolved = meant

        def make() -> Int32s:
            # -1 picks the appended last element, which is -1 again.
            return np.append(resolved, np.int32(-1))[refs.codes]

        assert self.grouping is not None
        return self.snapshot.derived(Inherited(("entities", name, self.grouping.run), (name,)), make)


def by_number(numbers: Array) -> Int32s:
    """A stable argsort of numbers from 0 below 2^31: two radix passes, three times as fast as comparing."""
    order = np.argsort(numbers.astype(np.uint16), kind="stable")
    high = (numbers >> 16).astype(np.uint16)
    if high.any():
        order = order[np.argsort(high[order], kind="stable")]
    return order.astype(np.int32)


def scope_of(snapshot: Snapshot, query: Query, mask: Mask) -> Scope:
    """The scope of a query under a mask; kept with the snapshot, since every part of a page needs it."""
    return _kept_scope(snapshot, snapshot.grouping(query), query.checked, mask)


def _kept_scope(snapshot: Snapshot, grouping: Grouping | None, checked: bool, mask: Mask) -> Scope:
    key = ("scope", mask.compartments, grouping.run if grouping else None, checked)
    return snapshot.derived(key, lambda: _scope(snapshot, grouping, checked, mask))


def _scope(snapshot: Snapshot, grouping: Grouping | None, checked: bool, mask: Mask) -> Scope:
    visible = snapshot.live.copy()
    if not isinstance(mask.compartments, Everything):
        allowed = np.array([c in mask.compartments for c in snapshot.compartment_ids], bool)
        visible &= pick(snapshot.compartments, allowed)
    if checked:
        visible &= snapshot.checked
    if grouping is None:
        return Scope(snapshot, None, visible, visible, np.empty(0, np.int32))
    members, cluster = grouping.members, grouping.cluster
    seen = np.flatnonzero(visible[members])
    first = seen[np.flatnonzero(np.diff(cluster[seen], prepend=-1))]
    leader = np.full(int(cluster[-1]) + 1 if len(cluster) else 0, -1, np.int32)
    leader[cluster[first]] = members[first]
    heads = visible.copy()
    heads[members] = False
    heads[members[first]] = True
    return Scope(snapshot, grouping, visible, heads, leader[cluster])


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
        Masked: it uses a field whose class the mask does not contain.
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
    besides = snapshot.units[unit.beside].reads if unit.beside else ()
    for name in (*unit.reads, *besides):
        mask.allow(name, snapshot.fields[name].field_class)
    return unit


def limited(snapshot: Snapshot, unit: Unit) -> Bools | None:
    """The rows a unit is limited to, None if to all."""
    if unit.only is None:
        return None
    name, term = unit.only
    domain = snapshot.fields[name].terms
    wanted = np.zeros(len(domain), bool)
    wanted[domain.code(term) : domain.end[domain.code(term)]] = True
    return pick(snapshot.codes(name).values, wanted)


def hidden(snapshot: Snapshot, query: Query, mask: Mask) -> int:
    """How many of the unit exist only in compartments this user may not see.

    It depends on unit, resolution and moment alone, never on a filter: otherwise it would answer "does she occur?".
    """
    unit, grouping = snapshot.unit(query.unit), snapshot.grouping(query)
    if isinstance(mask.compartments, Everything):
        return 0
    key = ("hidden", mask.compartments, grouping.run if grouping else None, unit.name)
    return snapshot.derived(key, lambda: _hidden(snapshot, unit, grouping, mask))


def _hidden(snapshot: Snapshot, unit: Unit, grouping: Grouping | None, mask: Mask) -> int:
    scope = _kept_scope(snapshot, grouping, False, mask)
    rest = snapshot.live & ~scope.visible
    only = limited(snapshot, unit)
    if only is not None:
        rest &= only
    if unit.sums:
        amounts = snapshot.spans(unit.sums).lower[rest]
        return int(amounts[amounts != OPEN_LOW].sum(dtype=np.int64))
    if unit.counts:
        # What a reader of everything would count, less what this one does: an act names its unit where it is principal.
        whole = _kept_scope(snapshot, grouping, False, Mask(ALL, mask.classes))
        counted, shown = (whole.visible, scope.visible) if unit.every_telling else (whole.heads, scope.heads)
        if only is not None:
            counted, shown = counted & only, shown & only
        entities = scope.entities(unit.counts)
        elsewhere = np.flatnonzero(counted & ~shown)
        return _only_in(entities.take(elsewhere), entities.take(np.flatnonzero(shown)))
    if grouping is None:
        return int(np.count_nonzero(rest))
    in_cluster = rest[grouping.members]
    alone = np.count_nonzero(rest) - np.count_nonzero(in_cluster)
    unseen = grouping.cluster[in_cluster & (scope.leaders < 0)]
    return int(alone) + int(np.count_nonzero(np.diff(unseen, prepend=-1)))


def _only_in(some: Array, others: Array) -> int:
    """How many codes (not -1) occur among `some` and not among `others`."""
    size = int(max(some.max(initial=-1), others.max(initial=-1))) + 1
    found = np.zeros(size + 1, bool)
    found[some] = True
    found[others] = False
    found[size] = False  # -1 was written to the last element
    return int(np.count_nonzero(found))
