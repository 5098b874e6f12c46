"""Columns: the growing form the writer holds, and the frozen views that readers count over.

Every kind of field has a pair of classes: a store that appends and updates whole batches, and a view of one moment.
A store accepts codes, never terms: callers translate once, with `Domain.encode`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Growing, Index, Int32s, Int64s, Kept, replaced
from tumen.columns.domains import Domain
from tumen.columns.fields import Field, Kind


class BadRows(ValueError):
    """A batch cannot be written: lengths differ, a code is outside its domain, bounds are reversed, an id comes twice.

    Nothing of the batch is written.
    """


@dataclass(frozen=True, eq=False)
class Codes:
    """One term for each row; 0 is unknown."""

    values: Array


@dataclass(frozen=True, eq=False)
class Multi:
    """Any number of terms for each row: row i has values[offsets[i]:offsets[i + 1]], ascending, none twice."""

    offsets: Int32s
    values: Array
    kept: Kept


@dataclass(frozen=True, eq=False)
class Spans:
    """A lower and an upper bound for each row; both open is unknown."""

    lower: Int32s
    upper: Int32s
    kept: Kept


@dataclass(frozen=True, eq=False)
class Refs:
    """For each row the dense code of another record, -1 for none; ids[code] is the record's id."""

    codes: Int32s
    ids: Int64s


View = Codes | Multi | Spans | Refs


class Store(Protocol):
    """What every growing column can do. Values are checked by `read` before anything is written."""

    def read(self, given: Any, count: int) -> tuple[Array, ...]:
        """Check a batch's values and bring them to the column's types; None means unknown throughout."""

    def append(self, values: tuple[Array, ...]) -> None:
        """Add rows at the end."""

    def update(self, rows: Array, values: tuple[Array, ...]) -> bool:
        """Replace the values of ascending rows; True if anything differed."""

    def view(self) -> View:
        """The column as it stands, unaffected by later writes."""

    def buffers(self) -> dict[str, Array]:
        """The arrays a snapshot file holds."""

    def fill(self, buffers: Mapping[str, Array]) -> None:
        """Take over the arrays of a snapshot file."""


def whole_numbers(given: Any, count: int, dtype: Any, what: str, low: int, high: int) -> Array:
    """Bring a batch of integers to `dtype`; BadRows unless there are `count` of them between low and high."""
    values = np.asarray(given)
    if values.shape != (count,) or (count and values.dtype.kind not in "iub"):
        raise BadRows(f"{what}: {count} whole numbers are needed, got {values.dtype} of shape {values.shape}")
    if count and (int(values.min()) < low or int(values.max()) > high):
        raise BadRows(f"{what}: values must lie between {low} and {high}")
    return values.astype(dtype)


class CodeStore:
    """Growing column of one term a row."""

    def __init__(self, name: str, domain: Domain) -> None:
        self._name, self._top = name, len(domain) - 1
        self._values = Growing(domain.dtype)
        self._dtype = domain.dtype

    def read(self, given: Any, count: int) -> tuple[Array, ...]:
        """One code a row."""
        if given is None:
            return (np.zeros(count, self._dtype),)
        return (whole_numbers(given, count, self._dtype, self._name, 0, self._top),)

    def append(self, values: tuple[Array, ...]) -> None:
        """Add rows at the end."""
        self._values.append(values[0])

    def update(self, rows: Array, values: tuple[Array, ...]) -> bool:
        """Replace the codes of rows."""
        return self._values.put(rows, values[0])

    def view(self) -> Codes:
        """The column as it stands."""
        return Codes(self._values.view())

    def buffers(self) -> dict[str, Array]:
        """The arrays a snapshot file holds."""
        return {"values": self._values.view()}

    def fill(self, buffers: Mapping[str, Array]) -> None:
        """Take over the arrays of a snapshot file."""
        self._values = Growing(self._dtype, buffers["values"])


class SpanStore:
    """Growing column of a lower and an upper bound a row."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._lower, self._upper = Growing(np.int32), Growing(np.int32)
        self._kept = Kept()

    def read(self, given: Any, count: int) -> tuple[Array, ...]:
        """A pair (lower, upper) of arrays, or one array where both are the same."""
        if given is None:
            return np.full(count, OPEN_LOW, np.int32), np.full(count, OPEN_HIGH, np.int32)
        pair = given if isinstance(given, tuple) else (given, given)
        if len(pair) != 2:
            raise BadRows(f"{self._name}: give lower and upper bounds")
        lower, upper = (whole_numbers(side, count, np.int32, self._name, OPEN_LOW, OPEN_HIGH) for side in pair)
        if (lower > upper).any():
            raise BadRows(f"{self._name}: a lower bound lies above its upper bound")
        return lower, upper

    def append(self, values: tuple[Array, ...]) -> None:
        """Add rows at the end."""
        self._lower.append(values[0])
        self._upper.append(values[1])

    def update(self, rows: Array, values: tuple[Array, ...]) -> bool:
        """Replace the bounds of rows."""
        lower_changed = self._lower.put(rows, values[0])
        changed = self._upper.put(rows, values[1]) or lower_changed
        if changed:
            self._kept = Kept()
        return changed

    def view(self) -> Spans:
        """The column as it stands."""
        return Spans(self._lower.view(), self._upper.view(), self._kept)

    def buffers(self) -> dict[str, Array]:
        """The arrays a snapshot file holds."""
        return {"lower": self._lower.view(), "upper": self._upper.view()}

    def fill(self, buffers: Mapping[str, Array]) -> None:
        """Take over the arrays of a snapshot file."""
        self._lower, self._upper = Growing(np.int32, buffers["lower"]), Growing(np.int32, buffers["upper"])


class RefStore:
    """Growing column of ids of other records, kept as dense codes in order of first appearance."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._codes, self._ids, self._index = Growing(np.int32), Growing(np.int64), Index()

    def read(self, given: Any, count: int) -> tuple[Array, ...]:
        """One id a row, -1 for none."""
        if given is None:
            return (np.full(count, -1, np.int64),)
        return (whole_numbers(given, count, np.int64, self._name, -1, 2**53 - 1),)

    def code(self, ids: Array) -> Int32s:
        """The codes of ids, new ones being given a code; -1 stays -1."""
        codes = self._index.find(ids)
        missing = (codes < 0) & (ids >= 0)
        if missing.any():
            fresh = np.unique(ids[missing])
            start = self._ids.size
            self._ids.append(fresh)
            self._index.add(fresh, np.arange(start, start + len(fresh), dtype=np.int32))
            codes[missing] = start + np.searchsorted(fresh, ids[missing])
        return codes.astype(np.int32)

    def find(self, ids: Array) -> Int64s:
        """The codes of ids, -1 where an id is not referred to."""
        return self._index.find(ids)

    def append(self, values: tuple[Array, ...]) -> None:
        """Add rows at the end."""
        self._codes.append(self.code(values[0]))

    def update(self, rows: Array, values: tuple[Array, ...]) -> bool:
        """Replace the ids of rows."""
        return self._codes.put(rows, self.code(values[0]))

    def view(self) -> Refs:
        """The column as it stands."""
        return Refs(self._codes.view(), self._ids.view())

    def buffers(self) -> dict[str, Array]:
        """The arrays a snapshot file holds."""
        return {"codes": self._codes.view(), "ids": self._ids.view()}

    def fill(self, buffers: Mapping[str, Array]) -> None:
        """Take over the arrays of a snapshot file."""
        self._codes, self._ids = Growing(np.int32, buffers["codes"]), Growing(np.int64, buffers["ids"])
        self._index = Index()
        self._index.add(buffers["ids"], np.arange(len(buffers["ids"]), dtype=np.int32))


class MultiStore:
    """Growing column of any number of terms a row. An update rebuilds the column, in one vectorised pass."""

    def __init__(self, name: str, domain: Domain) -> None:
        self._name, self._top, self._dtype = name, len(domain) - 1, domain.dtype
        self._offsets, self._values = Growing(np.int32, np.zeros(1, np.int32)), Growing(domain.dtype)
        self._kept = Kept()

    def read(self, given: Any, count: int) -> tuple[Array, ...]:
        """A pair (how many terms each row has, all terms row after row)."""
        if given is None:
            return np.zeros(count, np.int32), np.zeros(0, self._dtype)
        if not isinstance(given, tuple) or len(given) != 2:
            raise BadRows(f"{self._name}: give (number of terms a row, codes row after row)")
        counts = whole_numbers(given[0], count, np.int32, self._name, 0, len(np.asarray(given[1])))
        total = int(counts.sum())
        codes = whole_numbers(given[1], total, np.int64, self._name, 1, self._top)
        # Sorted and unique within each row: then roll-ups to any level are sorted too and repeat only side by side.
        keys = np.unique(np.repeat(np.arange(count, dtype=np.int64), counts) * (self._top + 1) + codes)
        return np.bincount(keys // (self._top + 1), minlength=count).astype(np.int32), (keys % (self._top + 1)).astype(
            self._dtype
        )

    def append(self, values: tuple[Array, ...]) -> None:
        """Add rows at the end."""
        counts, codes = values
        self._offsets.append(self._values.size + np.cumsum(counts, dtype=np.int64))
        self._values.append(codes)

    def update(self, rows: Array, values: tuple[Array, ...]) -> bool:
        """Replace the terms of ascending rows."""
        counts, codes = values
        offsets, old = self._offsets.view(), self._values.view()
        lengths = np.diff(offsets)
        changed = np.zeros(len(lengths), bool)
        changed[rows] = True
        if np.array_equal(lengths[rows], counts) and np.array_equal(old[np.repeat(changed, lengths)], codes):
            return False
        offsets, merged = replaced(offsets, old, rows, counts, codes)
        self._offsets, self._values = Growing(np.int32, offsets), Growing(self._dtype, merged)
        self._kept = Kept()
        return True

    def view(self) -> Multi:
        """The column as it stands."""
        return Multi(self._offsets.view(), self._values.view(), self._kept)

    def buffers(self) -> dict[str, Array]:
        """The arrays a snapshot file holds."""
        return {"offsets": self._offsets.view(), "values": self._values.view()}

    def fill(self, buffers: Mapping[str, Array]) -> None:
        """Take over the arrays of a snapshot file."""
        self._offsets = Growing(np.int32, buffers["offsets"])
        self._values = Growing(self._dtype, buffers["values"])


def store_for(field: Field) -> Store:
    """An empty store for the values of a field."""
    if field.kind is Kind.MULTI:
        return MultiStore(field.name, field.terms)
    if field.kind.coded:
        return CodeStore(field.name, field.terms)
    return RefStore(field.name) if field.kind is Kind.REF else SpanStore(field.name)
