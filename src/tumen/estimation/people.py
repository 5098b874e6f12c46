"""The people behind a capture table, one row each: their pattern, their cluster, their stratum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadTable, UnknownList

# 1 equals True and 0 equals False, so numbers are among them.
_YES = {True, "1", "true", "True", "TRUE"}
_NO = {False, "0", "false", "False", "FALSE", "", None}


@dataclass(frozen=True)
class People:
    """One entry a person: `pattern` (a bitmask of lists), `cluster` (codes from 0) and `stratum` (a code into
    `strata`, -1 for unknown); the last two are None where the data have none."""

    pattern: NDArray[np.int64]
    cluster: NDArray[np.int64] | None = None
    stratum: NDArray[np.int64] | None = None
    strata: tuple[str, ...] = ()

    def counts(self, cells: int) -> NDArray[np.int64]:
        """People by pattern."""
        return np.bincount(self.pattern, minlength=cells).astype(np.int64)

    def where(self, keep: NDArray[np.bool_]) -> Self:
        """Only these people; clusters are numbered anew without gaps."""
        cluster = None if self.cluster is None else np.unique(self.cluster[keep], return_inverse=True)[1]
        stratum = None if self.stratum is None else self.stratum[keep]
        return replace(self, pattern=self.pattern[keep], cluster=cluster, stratum=stratum)

    def renumbered(self, new: NDArray[np.int64]) -> Self:
        """With pattern m called `new[m]`; people left on no list are dropped."""
        pattern = new[self.pattern]
        return replace(self, pattern=pattern).where(pattern > 0)


def people_from_columns(df: Any, lists: tuple[str, ...], strata: str | None, cluster: str | None) -> People:
    """Read the columns of a data frame or mapping. Raises `BadTable` (naming the row) and `UnknownList`."""
    pattern: NDArray[np.int64] | None = None
    for j, name in enumerate(lists):
        bits = _bits(_column(df, name), name)
        if pattern is None:
            pattern = np.zeros(bits.size, np.int64)
        if bits.size != pattern.size:
            raise BadTable(f"Column {name} has {bits.size} entries, the one before it {pattern.size}.")
        pattern |= bits << j
    if pattern is None or not pattern.size:
        raise BadTable("There are no people, or no lists.")
    if not pattern.all():
        row = int(np.flatnonzero(pattern == 0)[0])
        raise BadTable("This person is on no list. Take out people whom no list recorded.", row=row + 2)
    strata_codes, strata_labels = _codes(_column(df, strata), pattern.size) if strata else (None, ())
    cluster_codes = _clusters(_column(df, cluster), pattern.size) if cluster else None
    return People(pattern, cluster_codes, strata_codes, strata_labels)


def _column(df: Any, name: str) -> Sequence[Any]:
    try:
        return list(df[name])
    except (KeyError, IndexError) as error:
        raise UnknownList(f"There is no column {name}.") from error


def _bits(values: Iterable[Any], name: str) -> NDArray[np.int64]:
    bits = []
    for row, value in enumerate(values, 2):
        plain = value.item() if isinstance(value, np.generic) else value
        if plain in _YES:
            bits.append(1)
        elif plain in _NO:
            bits.append(0)
        else:
            raise BadTable(f"List {name} says {plain!r}; it must say 0 or 1.", row=row)
    return np.array(bits, np.int64)


def _is_unknown(value: Any) -> bool:
    return value is None or value == "" or value != value  # NaN differs from itself


def _codes(values: Sequence[Any], size: int) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    if len(values) != size:
        raise BadTable(f"The strata have {len(values)} entries for {size} people.")
    labels = tuple(sorted({str(value) for value in values if not _is_unknown(value)}))
    code = {label: at for at, label in enumerate(labels)}
    return np.array([-1 if _is_unknown(value) else code[str(value)] for value in values], np.int64), labels


def _clusters(values: Sequence[Any], size: int) -> NDArray[np.int64]:
    if len(values) != size:
        raise BadTable(f"The clusters have {len(values)} entries for {size} people.")
    code: dict[object, int] = {}
    return np.array(
        [code.setdefault(("alone", at) if _is_unknown(value) else value, len(code)) for at, value in enumerate(values)],
        np.int64,
    )
