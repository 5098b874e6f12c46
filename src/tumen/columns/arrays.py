"""The array types the package speaks in, and the two containers that let columns grow: a buffer and an id index."""

from __future__ import annotations

from collections.abc import Hashable
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Bools = NDArray[np.bool_]
Int32s = NDArray[np.int32]
Int64s = NDArray[np.int64]

OPEN_LOW: int = int(np.iinfo(np.int32).min)
"""Lower bound of an interval or number that has none."""
OPEN_HIGH: int = int(np.iinfo(np.int32).max)
"""Upper bound of an interval or number that has none. Both open together mean: unknown."""


def code_type(size: int) -> np.dtype[Any]:
    """The narrowest unsigned type that holds the codes 0 to size - 1."""
    return np.min_scalar_type(max(size - 1, 0))


def starts(keys: Array) -> Bools:
    """Whether each key differs from the one before it."""
    first = np.ones(len(keys), bool)
    np.not_equal(keys[1:], keys[:-1], out=first[1:])
    return first


def places(firsts: Array, lengths: Array) -> Int64s:
    """The numbers firsts[i], firsts[i] + 1, ... of each stretch of so many, stretch after stretch."""
    ends = np.cumsum(lengths, dtype=np.int64)
    return np.arange(int(ends[-1]) if len(ends) else 0) + np.repeat(firsts - (ends - lengths), lengths)


def replaced(offsets: Array, values: Array, rows: Array, counts: Array, given: Array) -> tuple[Array, Array]:
    """The offsets and values of a column of several values a row, those of ascending `rows` replaced.

    Args:
        offsets, values: row i has values[offsets[i]:offsets[i + 1]].
        rows: which rows get others, ascending.
        counts: how many each of them gets.
        given: these values, row after row.
    """
    lengths = np.diff(offsets)
    changed = np.zeros(len(lengths), bool)
    changed[rows] = True
    kept = values[~np.repeat(changed, lengths)]
    lengths[rows] = counts
    merged = np.empty(int(lengths.sum()), values.dtype)
    place = np.repeat(changed, lengths)
    merged[place] = given
    merged[~place] = kept
    return np.concatenate(([0], np.cumsum(lengths, dtype=np.int64))), merged


class Growing:
    """A one-dimensional array that grows at the end (capacity doubles) and is copied before a seen value changes.

    A view handed out is bounded by the length of its moment, so values appended later lie outside it; a change in
    place first replaces the buffer if any view of it was handed out. Readers therefore never see a torn value.
    """

    def __init__(self, dtype: Any, values: Array | None = None) -> None:
        self._data: Array = np.empty(0, dtype) if values is None else np.ascontiguousarray(values, dtype)
        self._seen = values is not None
        self.size = len(self._data)

    def append(self, values: Array) -> None:
        """Add values at the end; amortised constant time each."""
        if not len(values):
            return
        end = self.size + len(values)
        if end > len(self._data):
            larger = np.empty(max(end, 2 * len(self._data), 16), self._data.dtype)
            larger[: self.size] = self._data[: self.size]
            self._data, self._seen = larger, False
        self._data[self.size : end] = values
        self.size = end

    def put(self, rows: Array, values: Array) -> bool:
        """Replace the values at `rows`; True if any of them differed. The buffer is copied if a view is out."""
        if np.array_equal(self._data[rows], values):
            return False
        if self._seen:
            self._data, self._seen = self._data.copy(), False
        self._data[rows] = values
        return True

    def view(self) -> Array:
        """A read-only view of the values so far, which no later append or put changes."""
        self._seen = True
        view = self._data[: self.size]
        view.flags.writeable = False
        return view


class Kept:
    """What is computed row by row from one column, kept while the column only grows, and grown with it.

    Every view of a column carries the same `Kept` until a value changes in place; then the column starts a new one.
    """

    def __init__(self) -> None:
        self.lock = Lock()
        self.held: dict[Hashable, Any] = {}


class Index:
    """From a 53-bit id to a position, vectorised: sorted keys beside their positions.

    New ids are usually larger than all before them and are appended; ids that fall between (another laptop's) cost
    one copy of the index a batch, about 3 ms at 1.5 million.
    """

    def __init__(self) -> None:
        self._keys = Growing(np.int64)
        self._positions = Growing(np.int32)

    def find(self, keys: Array) -> Int64s:
        """The position of each key, -1 where the key is not here."""
        known, positions = self._keys.view(), self._positions.view()
        if not len(known):
            return np.full(len(keys), -1, np.int64)
        slots = np.minimum(np.searchsorted(known, keys), len(known) - 1)
        return np.where(known[slots] == keys, positions[slots], -1).astype(np.int64)

    def add(self, keys: Array, positions: Array) -> None:
        """Add keys that are not here yet, each at its position."""
        order = np.argsort(keys, kind="stable")
        keys, positions = np.asarray(keys)[order], np.asarray(positions)[order]
        known = self._keys.view()
        if len(known) and len(keys) and keys[0] < known[-1]:
            slots = np.searchsorted(known, keys)
            merged = np.insert(known, slots, keys), np.insert(self._positions.view(), slots, positions)
            self._keys, self._positions = Growing(np.int64), Growing(np.int32)
            keys, positions = merged
        self._keys.append(keys)
        self._positions.append(positions)
