"""What every feed needs: statements at one moment, and values brought to the form of their columns."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from tumen.archive import versions
from tumen.archive.models import Batch, Record
from tumen.columns import OPEN_HIGH, OPEN_LOW, Domain, Field
from tumen.counting.fields import DAY_ONE

Ints = NDArray[np.int64]
Wanted = Ints | tuple[int, int] | None
Columns = dict[str, Any]
Fetched = tuple[Sequence[Any], ...]
"""A statement's answer, column by column."""

STANDING = """
JOIN coding_coding k ON k.id = {row}.coding_id
JOIN sources_source s ON s.id = k.source_id
"""
GONE = "{row}.retracted OR k.retracted OR s.retracted OR NOT k.adopted"
"""A claim counts while it, its coding and its source stand and the coding is the adopted one."""


@dataclass(frozen=True)
class Feed:
    """How one frame is read.

    Attributes:
        key: the column by which `rows` are narrowed, such as `a.id`.
        rows: the statement for one row a record: id, gone, checked, compartment, then the feed's own columns.
        touched: statements for the ids of rows affected by a change to some table; `{since}` is the condition.
        models: the tables all of this reads, for the past.
        columns: from the fetched columns to the frame's.
    """

    key: str
    rows: str
    touched: tuple[str, ...]
    models: tuple[type[Record], ...]
    columns: Callable[[Reader, Fetched], Columns]


class Reader:
    """Reads the rows of `ids` (all when None; those between its ends when a pair), now or as known at `as_of`."""

    def __init__(
        self, fields: dict[str, Field], models: Sequence[type[Record]], ids: Wanted, as_of: int | None
    ) -> None:
        self.fields = fields
        self._narrow, self._values = "", list[Any]()
        if isinstance(ids, tuple):
            self._narrow, self._values = "{key} BETWEEN %s AND %s", list(ids)
        elif ids is not None:
            self._narrow, self._values = "{key} IN (SELECT value FROM json_each(%s))", [json.dumps(ids.tolist())]
        self._clause, self._parameters = versions.known_at(models, as_of) if as_of is not None else ("", [])

    def fetch(self, statement: str, key: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement that has no WHERE, narrowed by `key` to the ids asked for, if any were."""
        return self._run(statement, "", key)

    def fetch_live(self, statement: str, row: str, key: str) -> list[tuple[Any, ...]]:
        """Return the rows of a statement whose `row` is not retracted, narrowed like those of `fetch`."""
        return self._run(statement, f"NOT {row}.retracted", key)

    def _run(self, statement: str, condition: str, key: str) -> list[tuple[Any, ...]]:
        parameters = [*self._parameters, *self._values]
        conditions = [each for each in (condition, self._narrow.format(key=key)) if each]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        with connection.cursor() as cursor:
            cursor.execute(f"{self._clause} {statement}{where}", parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def codes(self, name: str, values: Iterable[Any]) -> NDArray[Any]:
        """Return the codes of terms; an empty term, or one that its list does not hold, is `unknown`."""
        return encode(self.fields[name].terms, values)

    def one(self, name: str, values: Sequence[Any]) -> tuple[Any, Any]:
        """Return what `several` does for a multi field of which each row has one term, or none."""
        codes = self.codes(name, values)
        return (codes > 0).astype(np.int64), codes[codes > 0]

    def several(self, name: str, ids: Sequence[int], pairs: Iterable[tuple[int, str]]) -> tuple[Any, Any]:
        """Return (number of terms a row, codes row after row) of a multi field from (record, term) pairs."""
        domain = self.fields[name].terms
        listed = [(record, term) for record, term in pairs if term]
        owners, order = np.asarray(ids, np.int64), np.argsort(ids, kind="stable")
        records = np.fromiter((record for record, _ in listed), np.int64, len(listed))
        codes = encode(domain, (term for _, term in listed)).astype(np.int64)
        ordered = owners[order]
        at = np.minimum(np.searchsorted(ordered, records), len(ordered) - 1)
        known = (ordered[at] == records) & (codes > 0)
        # One entry for each term of a row, however many tellings repeat it; terms that no list holds are left out.
        keys = np.unique(order[at[known]] * len(domain) + codes[known])
        return np.bincount(keys // len(domain), minlength=len(ids)).astype(np.int64), keys % len(domain)


_UNSEEN = "({})".format(", ".join(f"'{state}'" for state in Batch.State.unseen()))
_SETTLED = (
    "IN (SELECT c.seq FROM archive_change c LEFT JOIN archive_batch b ON b.id = c.batch_id "
    f"WHERE (b.id IS NULL AND c.seq > %s) OR (b.state NOT IN {_UNSEEN} AND (c.seq > %s OR b.closed_seq > %s)))"
)
_OPEN = f"IN (SELECT c.seq FROM archive_change c JOIN archive_batch b ON b.id = c.batch_id WHERE b.state IN {_UNSEEN})"


def changed_since(statements: Iterable[str], since: int) -> Ints:
    """Return the ids that statements give for changes after `since`, or of bulk work that closed after it.

    Bulk work that is still open, or is being dropped, is left out; it counts from its close.
    """
    return _found(statements, _SETTLED, [since, since, since])


def held(statements: Iterable[str], ids: Ints) -> Ints:
    """Return those of `ids` that bulk work has a hand in which is still open or is being dropped."""
    return np.intersect1d(_found(statements, _OPEN, []), ids)


def _found(statements: Iterable[str], condition: str, parameters: list[int]) -> Ints:
    found: set[int] = set()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement.format(since=condition), parameters)
            found.update(record for (record,) in cursor.fetchall() if record is not None)
    return np.asarray(sorted(found), np.int64)


def encode(domain: Domain, values: Iterable[Any]) -> NDArray[Any]:
    """Return the codes of terms in a domain, 0 for what is not in it."""
    known = domain_codes(domain)
    return np.fromiter((known.get(value, 0) for value in values), domain.dtype)


@lru_cache(maxsize=64)
def domain_codes(domain: Domain) -> dict[str | None, int]:
    """Return the code of each term."""
    return {key: code for code, key in enumerate(domain.keys)}


def common(rows: Fetched) -> Columns:
    """Return the columns that every frame has."""
    return {"retracted": bools(rows[1]), "checked": bools(rows[2]), "compartment": np.asarray(rows[3], np.int64)}


def bools(values: Sequence[Any]) -> NDArray[np.bool_]:
    """Return SQLite's 0 and 1 as booleans."""
    return np.fromiter(map(bool, values), np.bool_, len(values))


def refs(values: Sequence[Any]) -> Ints:
    """Return ids, -1 for none."""
    return np.fromiter((-1 if value is None else value for value in values), np.int64, len(values))


def spans(low: Sequence[Any], high: Sequence[Any]) -> tuple[Ints, Ints]:
    """Return lower and upper bounds, open ones as columns write them."""
    return (
        np.fromiter((OPEN_LOW if value is None else value for value in low), np.int64, len(low)),
        np.fromiter((OPEN_HIGH if value is None else value for value in high), np.int64, len(high)),
    )


def days(low: Sequence[Any], high: Sequence[Any]) -> tuple[Ints, Ints]:
    """Return bounds in days since 1970; records count them from 0001-01-01."""
    lower, upper = spans(low, high)
    lower[lower != OPEN_LOW] -= DAY_ONE
    upper[upper != OPEN_HIGH] -= DAY_ONE
    return lower, upper
