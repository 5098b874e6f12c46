"""Snapshot: one moment of a frame's columns, which readers count over, and what they have worked out from it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar, cast

import numpy as np

from tumen.columns.arrays import Array, Bools, Int64s
from tumen.columns.conditions import BadQuery
from tumen.columns.consents import Consents
from tumen.columns.fields import Field, Unit
from tumen.columns.grouping import Grouping, UnknownRun
from tumen.columns.query import RECORDS, Query
from tumen.columns.storage import Codes, Multi, Refs, Spans, View

_T = TypeVar("_T")
_KEPT = 32  # derived arrays a snapshot keeps; the oldest goes first


@dataclass(frozen=True)
class Inherited:
    """The key of a derived value that outlives edits to other fields than these.

    Attributes:
        rows: whether it also depends on which rows are live, checked, and in which compartment.
    """

    what: object
    fields: tuple[str, ...]
    rows: bool = False


@dataclass(frozen=True, eq=False)
class Snapshot:
    """All columns at one moment. It never changes, whatever the writer does; threads may share it.

    Attributes:
        ids: the record id of each row, in order of arrival.
        live: rows that are not retracted.
        checked: rows a second person has checked.
        compartments: for each row a code into `compartment_ids`.
        order: the order key by which the first telling of an act is found.
        columns: the view of each field.
        version: grows with every write to the frame.
        change: the change number of the archive the columns stand at.
        others: the frames that fields of this one number rows of, at the same moment.
        consents: how far rows may be used, as of now whatever the moment of the columns; None where nobody said.
    """

    name: str
    fields: Mapping[str, Field]
    units: Mapping[str, Unit]
    version: int
    change: int
    ids: Int64s
    live: Bools
    checked: Bools
    compartments: Array
    compartment_ids: tuple[int, ...]
    order: Int64s
    columns: Mapping[str, View]
    groupings: Mapping[int, Grouping]
    ascending: bool
    others: Mapping[str, Snapshot] = field(default_factory=dict)
    consents: Consents | None = None
    _derived: OrderedDict[object, Any] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def __len__(self) -> int:
        return len(self.ids)

    def snapshot(self) -> Snapshot:
        """Itself: reading functions take a frame or a snapshot."""
        return self

    def codes(self, name: str) -> Codes:
        """The view of a single or hierarchy field."""
        return cast(Codes, self.columns[name])

    def multi(self, name: str) -> Multi:
        """The view of a multi field."""
        return cast(Multi, self.columns[name])

    def spans(self, name: str) -> Spans:
        """The view of an interval or number field."""
        return cast(Spans, self.columns[name])

    def refs(self, name: str) -> Refs:
        """The view of a ref field."""
        return cast(Refs, self.columns[name])

    def unit(self, name: str) -> Unit:
        """The unit of this name; BadQuery if these rows cannot be counted in it."""
        if name not in self.units:
            raise BadQuery("the rows of {rows!r} cannot be counted in {unit!r}", self.units, rows=self.name, unit=name)
        return self.units[name]

    def grouping(self, query: Query) -> Grouping | None:
        """The clusters a query asks for, None for records; UnknownRun if the run is not loaded."""
        if query.resolution == RECORDS:
            return None
        if query.resolution not in self.groupings:
            loaded = ", ".join(map(str, self.groupings)) or "none"
            raise UnknownRun(f"run {query.resolution} is not loaded for {self.name!r} (loaded: {loaded})")
        return self.groupings[int(query.resolution)]

    def inherit(self, older: Snapshot) -> None:
        """Take over the orders of entities an older snapshot worked out, where nothing they depend on has changed."""
        if older.groupings is not self.groupings or len(older) != len(self):
            return
        with older._lock:
            known = [(key, value) for key, value in older._derived.items() if isinstance(key, Inherited)]
        still = (
            np.array_equal(older.live, self.live)
            and np.array_equal(older.checked, self.checked)
            and np.array_equal(older.compartments, self.compartments)
        )
        for key, value in known:
            same = all(_same(older.columns[name], self.columns[name]) for name in key.fields)
            if same and (still or not key.rows):
                self._derived[key] = value

    def derived(self, key: object, make: Callable[[], _T]) -> _T:
        """A value computed from this snapshot alone, kept for the next reader. Two threads may both compute it."""
        with self._lock:
            if key in self._derived:
                self._derived.move_to_end(key)
                return cast(_T, self._derived[key])
        value = make()
        with self._lock:
            self._derived[key] = value
            while len(self._derived) > _KEPT:
                self._derived.popitem(last=False)
        return value


def _same(one: View, other: View) -> bool:
    """Whether two views of a column of one length show the same buffers: a column is copied before it changes."""
    return all(
        mine.ctypes.data == theirs.ctypes.data for mine, theirs in zip(_buffers(one), _buffers(other), strict=True)
    )


def _buffers(view: View) -> tuple[Array, ...]:
    if isinstance(view, Codes):
        return (view.values,)
    if isinstance(view, Multi):
        return view.offsets, view.values
    return (view.lower, view.upper) if isinstance(view, Spans) else (view.codes,)
