"""From rows to columns: what each frame holds of each record, read in a few wide statements.

The same statements serve the present and the past: for the past (and while bulk work is open) each table is replaced by
a view of its rows as they were known, in a WITH clause under the table's own name.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding.models import Act, Coding, Figure, Involvement, Mark, Party, Telling
from tumen.columns import OPEN_HIGH, OPEN_LOW, Domain, Field
from tumen.counting.fields import ACTS, DAY_ONE, FIGURES, PERSONS, SOURCES
from tumen.sources.models import Source

Ints = NDArray[np.int64]
Columns = dict[str, Any]

_STANDING = """
JOIN coding_coding k ON k.id = {row}.coding_id
JOIN sources_source s ON s.id = k.source_id
"""
_GONE = "{row}.retracted OR k.retracted OR s.retracted OR NOT k.adopted"

_ACTS = f"""
SELECT a.id, {_GONE.format(row="a")}, k.checked, s.compartment_id, a.type, a.low, a.high, a.place, a.place_type,
  a.cause, a.specificity, a.status_after, a.age_low, a.age_high, a.victim_id, a.incident_id, a.episode_id,
  s.id, s.kind, s.language, p.kind, p.sex, p.occupation, p.fate, p.size_low, p.size_high
FROM coding_act a {_STANDING.format(row="a")} LEFT JOIN coding_party p ON p.id = a.victim_id
"""
_PERSONS = f"""
SELECT p.id, {_GONE.format(row="p")}, k.checked, s.compartment_id, p.kind, p.sex, p.birth_low, p.birth_high, p.origin,
  p.occupation, p.fate, p.marital, s.id, s.kind,
  (SELECT COUNT(*) FROM coding_act a WHERE a.victim_id = p.id AND NOT a.retracted)
FROM coding_party p {_STANDING.format(row="p")}
"""
_SOURCES = """
SELECT s.id, s.retracted, s.status = 'checked', s.compartment_id, s.kind, s.language, s.published, s.status,
  s.reliability,
  (SELECT COUNT(*) FROM coding_coding k JOIN coding_act a ON a.coding_id = k.id
   WHERE k.source_id = s.id AND k.adopted AND NOT k.retracted AND NOT a.retracted)
FROM sources_source s
"""
_FIGURES = f"""
SELECT f.id, {_GONE.format(row="f")}, k.checked, s.compartment_id, f.unit, f.qualifier, f.low_milli, f.high_milli,
  f.low, f.high, f.place, s.id, s.kind
FROM coding_figure f {_STANDING.format(row="f")}
"""


@dataclass(frozen=True)
class Feed:
    """How one frame is read.

    Attributes:
        key: the column that `ids` narrow, such as `a.id`.
        rows: the statement for one row a record.
        touched: statements that give ids of rows affected by a change to some table; `{since}` is the condition.
        models: the tables all of this reads, for the past.
        columns: from fetched tuples to the frame's columns.
    """

    key: str
    rows: str
    touched: tuple[str, ...]
    models: tuple[type[Record], ...]
    columns: Callable[[Reader, Sequence[tuple[Any, ...]]], Columns]


@dataclass
class Reader:
    """Reads at one moment: the present, or the past under a WITH clause."""

    fields: dict[str, Field]
    with_clause: str = ""
    parameters: list[Any] = field(default_factory=list)

    def fetch(self, statement: str, key: str, ids: Ints | None) -> list[tuple[Any, ...]]:
        """Return the rows of a statement, narrowed to `ids` of `key`."""
        parameters = list(self.parameters)
        if ids is not None:
            statement += f" WHERE {key} IN (SELECT value FROM json_each(%s))"
            parameters.append(json.dumps(ids.tolist()))
        with connection.cursor() as cursor:
            cursor.execute(f"{self.with_clause} {statement}", parameters)
            rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows

    def codes(self, name: str, values: Iterable[Any]) -> NDArray[Any]:
        """Return the codes of terms; an empty or unknown term is `unknown`."""
        return self._encode(self.fields[name].terms, values)

    def several(self, name: str, ids: Sequence[int], pairs: Iterable[tuple[int, str]]) -> tuple[Any, Any]:
        """Return (number of terms a row, codes row after row) of a multi field from (record, term) pairs."""
        domain = self.fields[name].terms
        place = {record: n for n, record in enumerate(ids)}
        owners, terms = [], []
        for record, term in pairs:
            at = place.get(record)
            if at is not None and term:
                owners.append(at)
                terms.append(term)
        rows = np.asarray(owners, np.int64)
        codes = self._encode(domain, terms).astype(np.int64)
        # One entry for each term of a row, whatever number of tellings repeat it; terms we do not know are left out.
        keys = np.unique((rows * len(domain) + codes)[codes > 0])
        rows, codes = keys // len(domain), keys % len(domain)
        return np.bincount(rows, minlength=len(ids)).astype(np.int64), codes

    @staticmethod
    def _encode(domain: Domain, values: Iterable[Any]) -> NDArray[Any]:
        known = {key: code for code, key in enumerate(domain.keys)}
        return np.fromiter((known.get(value, 0) for value in values), domain.dtype)


def _common(rows: tuple[Sequence[Any], ...]) -> Columns:
    return {"retracted": _bools(rows[1]), "checked": _bools(rows[2]), "compartment": np.asarray(rows[3], np.int64)}


def _acts(reader: Reader, fetched: Sequence[tuple[Any, ...]]) -> Columns:
    rows = tuple(zip(*fetched, strict=True))
    ids = rows[0]
    narrow = np.asarray(ids, np.int64) if len(ids) < 5000 else None
    code = reader.codes
    crosswalk = _nkdb()
    tellings = reader.fetch(
        "SELECT t.claim, t.evidence_form, t.connection FROM coding_telling t", "NOT t.retracted AND t.claim", narrow
    ) if narrow is not None else reader.fetch(
        "SELECT t.claim, t.evidence_form, t.connection FROM coding_telling t WHERE NOT t.retracted", "", None
    )  # fmt: skip
    involved = (
        "SELECT i.act_id, i.agency, i.degree, v.sex FROM coding_involvement i "
        "LEFT JOIN coding_party v ON v.id = i.party_id"
    )
    involvements = (
        reader.fetch(involved, "NOT i.retracted AND i.act_id", narrow)
        if narrow is not None
        else reader.fetch(f"{involved} WHERE NOT i.retracted", "", None)
    )
    marks = _marks(reader, narrow)
    counts = np.zeros(len(ids), np.int64)
    place = {record: n for n, record in enumerate(ids)}
    for claim, _, _ in tellings:
        if (at := place.get(claim)) is not None:
            counts[at] += 1
    told = np.maximum(counts, 1)
    return {
        **_common(rows),
        "type": code("type", rows[4]),
        "nkdb": code("nkdb", (crosswalk.get(term) for term in rows[4])),
        "period": _days(rows[5], rows[6]),
        "place": code("place", rows[7]),
        "place_type": code("place_type", rows[8]),
        "cause": code("cause", rows[9]),
        "specificity": code("specificity", rows[10]),
        "status_after": code("status_after", rows[11]),
        "age": _range(rows[12], rows[13]),
        "victim": _refs(rows[14]),
        "incident": _refs(rows[15]),
        "episode": _refs(rows[16]),
        "source": _refs(rows[17]),
        "source_kind": code("source_kind", rows[18]),
        "source_language": code("source_language", rows[19]),
        "victim_kind": code("victim_kind", ("person" if kind == "person" else kind and "group" for kind in rows[20])),
        "sex": code("sex", rows[21]),
        "occupation": code("occupation", rows[22]),
        "fate": code("fate", rows[23]),
        "victim_size": _range(rows[24], rows[25]),
        "tellings_told": (told, told),
        "evidence": reader.several("evidence", ids, ((row[0], row[1]) for row in tellings)),
        "connection": reader.several("connection", ids, ((row[0], row[2]) for row in tellings)),
        "agency": reader.several("agency", ids, ((row[0], row[1]) for row in involvements)),
        "degree": reader.several("degree", ids, ((row[0], row[2]) for row in involvements)),
        "perpetrator_sex": reader.several("perpetrator_sex", ids, ((row[0], row[3] or "") for row in involvements)),
        "method": reader.several("method", ids, marks.get("methods", ())),
        "circumstance": reader.several("circumstance", ids, marks.get("circumstances", ())),
    }


def _marks(reader: Reader, narrow: Ints | None) -> dict[str, list[tuple[int, str]]]:
    statement = "SELECT m.record, m.field, m.term FROM coding_mark m"
    if narrow is not None:
        rows = reader.fetch(statement, "NOT m.retracted AND m.record", narrow)
    else:
        rows = reader.fetch(f"{statement} WHERE NOT m.retracted", "", None)
    by_field: dict[str, list[tuple[int, str]]] = {}
    for record, name, term in rows:
        by_field.setdefault(name, []).append((record, term))
    return by_field


def _persons(reader: Reader, fetched: Sequence[tuple[Any, ...]]) -> Columns:
    rows = tuple(zip(*fetched, strict=True))
    ids, code = rows[0], reader.codes
    acting = reader.fetch("SELECT DISTINCT i.party_id FROM coding_involvement i WHERE NOT i.retracted", "", None)
    telling = reader.fetch("SELECT DISTINCT t.informant_id FROM coding_telling t WHERE NOT t.retracted", "", None)
    victims = [record for record, count in zip(ids, rows[14], strict=True) if count]
    perpetrators = {record for (record,) in acting}
    informants = {record for (record,) in telling}
    others = set(ids) - set(victims) - perpetrators - informants
    roles = chain(
        ((record, "victim") for record in victims),
        ((record, "perpetrator") for record in perpetrators),
        ((record, "informant") for record in informants),
        ((record, "other") for record in others),
    )
    return {
        **_common(rows),
        "party_kind": code("party_kind", rows[4]),
        "sex": code("sex", rows[5]),
        "birth": _days(rows[6], rows[7]),
        "origin": code("origin", rows[8]),
        "occupation": code("occupation", rows[9]),
        "fate": code("fate", rows[10]),
        "marital": code("marital", rows[11]),
        "source": _refs(rows[12]),
        "source_kind": code("source_kind", rows[13]),
        "acts_told": _range(rows[14], rows[14]),
        "role": reader.several("role", ids, roles),
    }


def _sources(reader: Reader, fetched: Sequence[tuple[Any, ...]]) -> Columns:
    from tumen.dates import bounds_many

    rows = tuple(zip(*fetched, strict=True))
    code = reader.codes
    published = [bounds if text else None for text, bounds in zip(rows[6], _dates(rows[6], bounds_many), strict=True)]
    return {
        **_common(rows),
        "kind": code("kind", rows[4]),
        "language": code("language", rows[5]),
        "published": _days([b and b.low for b in published], [b and b.high for b in published]),
        "status": code("status", rows[7]),
        "reliability": code("reliability", rows[8]),
        "acts_coded": _range(rows[9], rows[9]),
    }


def _figures(_reader: Reader, fetched: Sequence[tuple[Any, ...]]) -> Columns:
    rows = tuple(zip(*fetched, strict=True))
    code = _reader.codes
    return {
        **_common(rows),
        "figure_unit": code("figure_unit", rows[4]),
        "qualifier": code("qualifier", rows[5]),
        "value": _range([_whole(v) for v in rows[6]], [_whole(v) for v in rows[7]]),
        "figure_period": _days(rows[8], rows[9]),
        "figure_place": code("figure_place", rows[10]),
        "source": _refs(rows[11]),
        "source_kind": code("source_kind", rows[12]),
    }


_SINCE_ACT = tuple(
    f"SELECT a.id FROM coding_act a {join} WHERE {row}.change {{since}}"
    for row, join in (
        ("a", ""),
        ("p", "JOIN coding_party p ON p.id = a.victim_id"),
        ("k", "JOIN coding_coding k ON k.id = a.coding_id"),
        ("s", "JOIN coding_coding k ON k.id = a.coding_id JOIN sources_source s ON s.id = k.source_id"),
        ("v", "JOIN coding_involvement i ON i.act_id = a.id JOIN coding_party v ON v.id = i.party_id"),
    )
)
_SINCE_CODING = (
    "JOIN coding_coding k ON k.id = x.coding_id WHERE k.change {since}",
    "JOIN coding_coding k ON k.id = x.coding_id JOIN sources_source s ON s.id = k.source_id WHERE s.change {since}",
)

FEEDS: dict[str, Feed] = {
    ACTS: Feed(
        "a.id",
        _ACTS,
        (
            *_SINCE_ACT,
            "SELECT t.claim FROM coding_telling t WHERE t.change {since}",
            "SELECT i.act_id FROM coding_involvement i WHERE i.change {since}",
            "SELECT m.record FROM coding_mark m WHERE m.change {since}",
        ),
        (Act, Coding, Source, Party, Telling, Involvement, Mark),
        _acts,
    ),
    PERSONS: Feed(
        "p.id",
        _PERSONS,
        (
            "SELECT x.id FROM coding_party x WHERE x.change {since}",
            *(f"SELECT x.id FROM coding_party x {since}" for since in _SINCE_CODING),
            "SELECT a.victim_id FROM coding_act a WHERE a.change {since}",
            "SELECT i.party_id FROM coding_involvement i WHERE i.change {since} AND i.party_id IS NOT NULL",
            "SELECT t.informant_id FROM coding_telling t WHERE t.change {since} AND t.informant_id IS NOT NULL",
        ),
        (Party, Coding, Source, Act, Involvement, Telling),
        _persons,
    ),
    SOURCES: Feed(
        "s.id",
        _SOURCES,
        (
            "SELECT s.id FROM sources_source s WHERE s.change {since}",
            "SELECT k.source_id FROM coding_coding k WHERE k.change {since}",
            "SELECT k.source_id FROM coding_act a JOIN coding_coding k ON k.id = a.coding_id WHERE a.change {since}",
        ),
        (Source, Coding, Act),
        _sources,
    ),
    FIGURES: Feed(
        "f.id",
        _FIGURES,
        (
            "SELECT x.id FROM coding_figure x WHERE x.change {since}",
            *(f"SELECT x.id FROM coding_figure x {since}" for since in _SINCE_CODING),
        ),
        (Figure, Coding, Source),
        _figures,
    ),
}


def read(
    name: str, fields: dict[str, Field], ids: Ints | None = None, as_of: int | None = None
) -> tuple[Ints, Columns]:
    """Return (ids, columns) of a frame: all rows, or those of `ids`; now, or as known at change `as_of`."""
    feed = FEEDS[name]
    reader = Reader(fields)
    if as_of is not None:
        reader.with_clause, reader.parameters = versions.known_at(feed.models, as_of)
    fetched = reader.fetch(feed.rows, feed.key, ids)
    if not fetched:
        return np.zeros(0, np.int64), {}
    return np.asarray([row[0] for row in fetched], np.int64), feed.columns(reader, fetched)


def touched(name: str, since: int) -> Ints:
    """Return the ids of rows that changes after `since` affect, those of bulk work closed after it included."""
    condition = (
        "IN (SELECT c.seq FROM archive_change c LEFT JOIN archive_batch b ON b.id = c.batch_id "
        "WHERE c.seq > %s OR b.closed_seq > %s)"
    )
    found: set[int] = set()
    with connection.cursor() as cursor:
        for statement in FEEDS[name].touched:
            cursor.execute(statement.format(since=condition), [since, since])
            found.update(record for (record,) in cursor.fetchall())
    return np.asarray(sorted(found), np.int64)


def _nkdb() -> dict[str, str]:
    from tumen.coding import reference

    types = reference.vocabularies()["act_type"]
    return {term.code: codes[0] for term in types if (codes := types.crosswalk(term.code, "nkdb"))}


def _bools(values: Sequence[Any]) -> NDArray[np.bool_]:
    return np.fromiter((bool(value) for value in values), np.bool_, len(values))


def _refs(values: Sequence[Any]) -> Ints:
    return np.fromiter((-1 if value is None else value for value in values), np.int64, len(values))


def _range(low: Sequence[Any], high: Sequence[Any]) -> tuple[Ints, Ints]:
    return (
        np.fromiter((OPEN_LOW if value is None else value for value in low), np.int64, len(low)),
        np.fromiter((OPEN_HIGH if value is None else value for value in high), np.int64, len(high)),
    )


def _days(low: Sequence[Any], high: Sequence[Any]) -> tuple[Ints, Ints]:
    return _range([None if v is None else v - DAY_ONE for v in low], [None if v is None else v - DAY_ONE for v in high])


def _whole(milli: int | None) -> int | None:
    """Thousandths to whole numbers, held to what a column can: figures are compared by size there, shown exactly."""
    return None if milli is None else max(-(2**31) + 2, min(2**31 - 2, round(milli / 1000)))


def _dates(texts: Sequence[str], bounds_many: Callable[[list[str]], list[Any]]) -> list[Any]:
    return bounds_many([text or "XXXX" for text in texts])
