"""Frame: the growing columns of one kind of row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np

from tumen.columns.arrays import Array, Growing, Index, Int32s, Int64s, places
from tumen.columns.consents import Consents
from tumen.columns.fields import BadField, Field, Kind, Unit
from tumen.columns.grouping import Grouping
from tumen.columns.snapshot import Snapshot
from tumen.columns.storage import BadRows, RefStore, Store, store_for, whole_numbers

_T = TypeVar("_T")
_KEPT = 24  # derived arrays a snapshot keeps; the oldest goes first


class Frame:
    """The columns of one kind of row, by id, held in memory by one writer at a time and any number of readers.

    Args:
        name: the kind of row.
        fields: its columns.
        units: in what its rows can be counted.

    Readers call `snapshot()`: views bounded by the length of that moment. Rows appended later lie behind the bound;
    a column is copied whole before one of its values changes in place, and only if the value differs.
    """

    def __init__(self, name: str, fields: Iterable[Field], units: Iterable[Unit]) -> None:
        self.name = name
        self.fields = {item.name: item for item in fields}
        self.units = {unit.name: unit for unit in units}
        for unit in self.units.values():
            _check_unit(unit, self.fields, self.units)
        self.version = 0
        self.change = 0
        self._stores: dict[str, Store] = {item.name: store_for(item) for item in self.fields.values() if item.stored}
        self._ids, self._order = Growing(np.int64), Growing(np.int64)
        self._retracted, self._checked = Growing(np.bool_), Growing(np.bool_)
        self._compartments, self._compartment_ids = Growing(np.uint16), list[int]()
        self._index = Index()
        self._groupings: dict[int, Grouping] = {}
        self._ascending = True
        self._lock = Lock()
        self._snapshot: Snapshot | None = None
        self._before: Snapshot | None = None
        self._others: dict[str, Frame] = {}
        self._consents: Consents | None = None

    def __len__(self) -> int:
        return self._ids.size

    def rows(self, ids: Array) -> Int64s:
        """The row of each id, -1 where there is none."""
        with self._lock:
            return self._index.find(np.asarray(ids, np.int64))

    def upsert(self, ids: Array, columns: Mapping[str, Any], change: int | None = None) -> None:
        """Append the rows whose ids are new and update the others; only the columns given are updated.

        Args:
            ids: record ids, none twice.
            columns: for each field an array of codes (single, hierarchy), a pair of arrays (interval, number: lower,
                upper; multi: number of terms a row, codes row after row), or an array of ids with -1 for none (ref);
                besides "compartment" (needed for new rows), "order" (the row's id if not given), "retracted" and
                "checked".
            change: the change number the columns stand at afterwards.

        Raises:
            BadRows: nothing has been written.
        """
        ids = whole_numbers(ids, len(ids), np.int64, "ids", 0, 2**53 - 1)
        order = np.argsort(ids, kind="stable")
        if (np.diff(ids[order]) == 0).any():
            raise BadRows("an id comes twice in one batch")
        if stray := set(columns) - set(self._stores) - _ROW_COLUMNS:
            raise BadRows(f"the rows of {self.name!r} have no column {', '.join(sorted(stray))}")
        with self._lock:
            found = self._index.find(ids)
            fresh = np.flatnonzero(found < 0)
            known = np.flatnonzero(found >= 0)
            known = known[np.argsort(found[known], kind="stable")]
            if len(fresh) and "compartment" not in columns:
                raise BadRows("new rows need a compartment")
            count = len(ids)
            values = {
                name: self._stores[name].read(given, count) for name, given in columns.items() if name in self._stores
            }
            rows = {name: _row_column(name, columns[name], count) for name in _ROW_COLUMNS & set(columns)}
            if len(known):
                self._update(found[known], known, values, rows)
            if len(fresh):
                self._append(ids[fresh], fresh, values, rows)
            self.version += 1
            self.change = self.change if change is None else change
            self._snapshot = None

    def _append(
        self, ids: Int64s, pick: Array, values: Mapping[str, tuple[Array, ...]], rows: Mapping[str, Array]
    ) -> None:
        start = self._ids.size
        last = int(self._ids.view()[-1]) if start else -1
        self._ascending = self._ascending and bool(ids[0] > last) and bool((np.diff(ids) > 0).all())
        self._ids.append(ids)
        self._index.add(ids, np.arange(start, start + len(ids), dtype=np.int32))
        self._order.append(rows["order"][pick] if "order" in rows else ids)
        for name, buffer in (("retracted", self._retracted), ("checked", self._checked)):
            buffer.append(rows[name][pick] if name in rows else np.zeros(len(ids), bool))
        self._compartments.append(self._compartment_codes(rows["compartment"][pick]))
        for name, store in self._stores.items():
            given = _picked(self.fields[name], values[name], pick) if name in values else store.read(None, len(ids))
            store.append(given)

    def _update(
        self, at: Int64s, pick: Array, values: Mapping[str, tuple[Array, ...]], rows: Mapping[str, Array]
    ) -> None:
        for name, given in values.items():
            self._stores[name].update(at, _picked(self.fields[name], given, pick))
        for name, buffer in (("retracted", self._retracted), ("checked", self._checked)):
            if name in rows:
                buffer.put(at, rows[name][pick])
        if "compartment" in rows:
            self._compartments.put(at, self._compartment_codes(rows["compartment"][pick]))
        if "order" in rows and self._order.put(at, rows["order"][pick]):
            order, ids = self._order.view(), self._ids.view()
            self._groupings = {run: held.reordered(order, ids) for run, held in self._groupings.items()}

    def _compartment_codes(self, compartments: Array) -> Array:
        distinct, inverse = np.unique(compartments, return_inverse=True)
        self._compartment_ids += [int(c) for c in distinct if int(c) not in self._compartment_ids]
        codes = np.array([self._compartment_ids.index(int(c)) for c in distinct], np.uint16)
        return cast(Array, codes[inverse])

    def retract(self, ids: Array, change: int | None = None) -> None:
        """Mark rows as retracted: they are counted nowhere, not even as hidden. BadRows if one is not here."""
        if len(ids) and (self.rows(ids) < 0).any():
            raise BadRows("a row to retract is not here")
        self.upsert(ids, {"retracted": np.ones(len(ids), bool)}, change)

    def resolve(self, run: int, records: Array, clusters: Array) -> None:
        """Load or replace a linkage run.

        Args:
            run: its number.
            records: ids of rows and of the persons and incidents they refer to; those left out stand alone.
            clusters: beside each record the id its cluster goes by.
        """
        records = whole_numbers(records, len(records), np.int64, "records", 0, 2**53 - 1)
        clusters = whole_numbers(clusters, len(records), np.int64, "clusters", 0, 2**53 - 1)
        with self._lock:
            ids, names = self._ids.view(), self._ids.view().copy()
            at = self._index.find(records)
            names[at[at >= 0]] = clusters[at >= 0]
            refs: dict[str, Int32s] = {}
            for item in self.fields.values():
                if item.resolved:
                    store = cast(RefStore, self._stores[item.name])
                    store.code(clusters[store.find(records) >= 0])
                    # All records of a person who is referred to, those too that no row names: a question may.
                    near = store.find(clusters) >= 0
                    codes, named = store.code(records[near]), store.code(clusters[near])
                    meant = np.arange(len(store.view().ids), dtype=np.int32)
                    meant[codes] = named
                    refs[item.name] = meant
            self._groupings = {**self._groupings, run: Grouping.build(run, names, self._order.view(), ids, refs)}
            self.version += 1
            self._snapshot = None

    def forget(self, run: int) -> None:
        """Unload a linkage run; its queries raise UnknownRun from now on."""
        with self._lock:
            self._groupings = {kept: held for kept, held in self._groupings.items() if kept != run}
            self.version += 1
            self._snapshot = None

    def buffers(self) -> tuple[dict[str, Array], dict[str, Any]]:
        """All arrays and what else a snapshot file must hold."""
        with self._lock:
            arrays = {f"row {name}": buffer.view() for name, buffer in self._row_buffers().items()}
            for name, store in self._stores.items():
                arrays |= {f"{name} {part}": array for part, array in store.buffers().items()}
            return arrays, {"name": self.name, "change": self.change, "compartments": list(self._compartment_ids)}

    def fill(self, arrays: Mapping[str, Array], about: Mapping[str, Any]) -> None:
        """Take over what `buffers` gave; for `load` alone, on an empty frame."""
        with self._lock:
            self._ids, self._order = Growing(np.int64, arrays["row ids"]), Growing(np.int64, arrays["row order"])
            self._retracted = Growing(np.bool_, arrays["row retracted"])
            self._checked = Growing(np.bool_, arrays["row checked"])
            self._compartments = Growing(np.uint16, arrays["row compartments"])
            self._compartment_ids, self.change = list(about["compartments"]), about["change"]
            for name, store in self._stores.items():
                prefix = f"{name} "
                store.fill({key.removeprefix(prefix): array for key, array in arrays.items() if key.startswith(prefix)})
            ids = self._ids.view()
            self._ascending = bool((np.diff(ids) > 0).all())
            self._index.add(ids, np.arange(len(ids), dtype=np.int32))
            self.version += 1
            self._snapshot = None

    def _row_buffers(self) -> dict[str, Growing]:
        return {
            "ids": self._ids,
            "order": self._order,
            "retracted": self._retracted,
            "checked": self._checked,
            "compartments": self._compartments,
        }

    def beside(self, other: Frame) -> None:
        """Have a frame whose rows refer to those of this one at hand for the fields that number them."""
        with self._lock:
            self._others[other.name] = other

    def consent(self, consents: Consents | None) -> None:
        """Have at hand how far rows may be used; to be told again whenever anything bears on it."""
        with self._lock:
            if consents != self._consents:
                self._consents, self._snapshot = consents, None

    def snapshot(self) -> Snapshot:
        """The columns as they stand. The same object until the next write, so that what readers derive is shared."""
        with self._lock:
            others = {name: other.snapshot() for name, other in self._others.items()}
            if self._snapshot is None or self._snapshot.others != others:
                live = ~self._retracted.view()
                live.flags.writeable = False
                self._snapshot = Snapshot(
                    name=self.name,
                    fields=self.fields,
                    units=self.units,
                    version=self.version,
                    change=self.change,
                    ids=self._ids.view(),
                    live=live,
                    checked=self._checked.view(),
                    compartments=self._compartments.view(),
                    compartment_ids=tuple(self._compartment_ids),
                    order=self._order.view(),
                    columns={name: store.view() for name, store in self._stores.items()},
                    groupings=self._groupings,
                    ascending=self._ascending,
                    others=others,
                    consents=self._consents,
                )
                if self._before is not None:
                    self._snapshot.inherit(self._before)
                self._before = self._snapshot
            return self._snapshot


_ROW_COLUMNS = frozenset(("compartment", "order", "retracted", "checked"))


def _row_column(name: str, given: Any, count: int) -> Array:
    if name in ("retracted", "checked"):
        return whole_numbers(given, count, np.bool_, name, 0, 1)
    low = -(2**62) if name == "order" else 0
    return whole_numbers(given, count, np.int64, name, low, 2**62)


def _picked(item: Field, values: tuple[Array, ...], pick: Array) -> tuple[Array, ...]:
    """The part of a batch's values that belongs to the picked rows, in their order."""
    if item.kind is not Kind.MULTI:
        return tuple(value[pick] for value in values)
    counts, codes = values
    firsts = np.cumsum(counts, dtype=np.int64) - counts
    lengths = counts[pick]
    return lengths, codes[places(firsts[pick], lengths)]


def _check_unit(unit: Unit, fields: Mapping[str, Field], units: Mapping[str, Unit]) -> None:
    if unit.counts and unit.sums:
        raise BadField(f"the unit {unit.name!r} either counts or sums")
    if unit.beside and unit.beside not in units:
        raise BadField(f"the unit {unit.name!r} stands beside {unit.beside!r}, which is no unit")
    needs: dict[str | None, tuple[Kind, ...]] = {
        unit.counts: (Kind.REF,),
        unit.sums: (Kind.NUMBER,),
        unit.size: (Kind.NUMBER,),
        unit.only[0] if unit.only else None: (Kind.SINGLE, Kind.HIERARCHY),
    }
    for name, kinds in needs.items():
        if name and (name not in fields or fields[name].kind not in kinds):
            raise BadField(f"the unit {unit.name!r} needs a {' or '.join(kinds)} field {name!r}")
    if unit.only and unit.only[1] not in fields[unit.only[0]].terms:
        raise BadField(f"the unit {unit.name!r} is limited to {unit.only[1]!r}, which is no term of {unit.only[0]!r}")
