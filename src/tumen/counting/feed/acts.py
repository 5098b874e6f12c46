"""Acts: one row an act, with what its victim, source, tellings, involvements and marks say."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tumen.coding import reference
from tumen.coding.models import Act, Coding, Involvement, Mark, Party, Telling
from tumen.counting.feed.reading import (
    GONE,
    STANDING,
    Columns,
    Feed,
    Fetched,
    Ints,
    Reader,
    common,
    days,
    refs,
    spans,
)
from tumen.counting.fields import STANCES
from tumen.sources.models import Source
from tumen.vocabularies import Vocabularies

_ROWS = f"""
SELECT a.id, {GONE.format(row="a")}, k.checked, s.compartment_id, a.type, a.low, a.high, a.place, a.place_type,
  a.cause, a.specificity, a.status_after, a.age_low, a.age_high, a.victim_id, a.incident_id, a.episode_id,
  s.id, s.kind, s.language, p.kind, p.sex, p.occupation, p.fate, p.size_low, p.size_high
FROM coding_act a {STANDING.format(row="a")} LEFT JOIN coding_party p ON p.id = a.victim_id
"""
_TELLINGS = "SELECT t.claim, t.evidence_form, t.connection, t.stance FROM coding_telling t"
_INVOLVEMENTS = (
    "SELECT i.act_id, i.agency, i.degree, v.sex FROM coding_involvement i LEFT JOIN coding_party v ON v.id = i.party_id"
)
_MARKS = "SELECT m.record, m.field, m.term FROM coding_mark m"
_STANCE = {"": 1, "supports": 1, "contradicts": 2, "denies": 2}
"""What each stance adds to the code of an act; an unclear one adds nothing."""
_MARKED = {"method": "methods", "circumstance": "circumstances", "consequence": "consequences"}
"""Fields of lists, and what their marks are called."""


def columns(reader: Reader, rows: Fetched) -> Columns:
    """Return the frame's columns."""
    ids, code, several = rows[0], reader.codes, reader.several
    tellings = reader.fetch_live(_TELLINGS, "t", "t.claim")
    involved = reader.fetch_live(_INVOLVEMENTS, "i", "i.act_id")
    marks: dict[str, list[tuple[int, str]]] = {}
    for record, field, term in reader.fetch_live(_MARKS, "m", "m.record"):
        marks.setdefault(field, []).append((record, term))
    told = _numbers(ids, [row[0] for row in tellings])
    nkdb = _nkdb(reference.vocabularies())
    return {
        **common(rows),
        "type": code("type", rows[4]),
        "nkdb": code("nkdb", map(nkdb.get, rows[4])),
        "period": days(rows[5], rows[6]),
        "place": code("place", rows[7]),
        "place_type": code("place_type", rows[8]),
        "cause": code("cause", rows[9]),
        "specificity": code("specificity", rows[10]),
        "status_after": code("status_after", rows[11]),
        "age": spans(rows[12], rows[13]),
        "victim": refs(rows[14]),
        "incident": refs(rows[15]),
        "episode": refs(rows[16]),
        "source": refs(rows[17]),
        "source_kind": code("source_kind", rows[18]),
        "source_kinds": reader.one("source_kinds", rows[18]),
        "source_language": code("source_language", rows[19]),
        "victim_kind": code("victim_kind", ("person" if kind == "person" else kind and "group" for kind in rows[20])),
        "sex": code("sex", rows[21]),
        "occupation": code("occupation", rows[22]),
        "fate": code("fate", rows[23]),
        "victim_size": spans(rows[24], rows[25]),
        "tellings_told": (told, told),
        "stance": _stances(ids, tellings),
        "evidence": several("evidence", ids, ((row[0], row[1]) for row in tellings)),
        "connection": several("connection", ids, ((row[0], row[2]) for row in tellings)),
        "agency": several("agency", ids, ((row[0], row[1]) for row in involved)),
        "degree": several("degree", ids, ((row[0], row[2]) for row in involved)),
        "perpetrator_sex": several("perpetrator_sex", ids, ((row[0], row[3] or "") for row in involved)),
        **{name: several(name, ids, marks.get(called, ())) for name, called in _MARKED.items()},
    }


def _stances(ids: Sequence[int], tellings: Sequence[Sequence[Any]]) -> Ints:
    """The code of what each act's tellings say of it; see `fields.STANCES`."""
    said: dict[int, int] = {}
    for claim, *_, stance in tellings:
        said[claim] = said.get(claim, 0) | _STANCE.get(stance, 0)
    untold = STANCES.index("untold") + 1
    return np.fromiter((said.get(record, untold) for record in ids), np.int64, len(ids))


@lru_cache(maxsize=2)
def _nkdb(lists: Vocabularies) -> dict[str, str]:
    """From types of act to NKDB's types."""
    types = lists["act_type"]
    return {term.code: codes[0] for term in types if (codes := types.crosswalk(term.code, "nkdb"))}


def _numbers(ids: Sequence[int], claims: list[int]) -> Ints:
    """How many tellings each act has; one without any is told once, by its source."""
    owners, order = np.asarray(ids, np.int64), np.argsort(ids, kind="stable")
    ordered = owners[order]
    records = np.asarray(claims, np.int64)
    at = np.minimum(np.searchsorted(ordered, records), len(ordered) - 1)
    found = np.bincount(order[at[ordered[at] == records]], minlength=len(owners))
    return np.maximum(found, 1).astype(np.int64)


FEED = Feed(
    "a.id",
    _ROWS,
    (
        "SELECT a.id FROM coding_act a WHERE a.change {since}",
        "SELECT a.id FROM coding_party p JOIN coding_act a ON a.victim_id = p.id WHERE p.change {since}",
        "SELECT a.id FROM coding_coding k JOIN coding_act a ON a.coding_id = k.id WHERE k.change {since}",
        "SELECT a.id FROM sources_source s JOIN coding_coding k ON k.source_id = s.id "
        "JOIN coding_act a ON a.coding_id = k.id WHERE s.change {since}",
        "SELECT i.act_id FROM coding_party v JOIN coding_involvement i ON i.party_id = v.id WHERE v.change {since}",
        "SELECT t.claim FROM coding_telling t WHERE t.change {since}",
        "SELECT i.act_id FROM coding_involvement i WHERE i.change {since}",
        "SELECT m.record FROM coding_mark m WHERE m.change {since}",
        # A part that now belongs to another act: the act it belonged to.
        "SELECT json_extract(o.data, '$.claim') FROM archive_superseded o "
        "WHERE o.model = 'coding.telling' AND o.to_change {since}",
        "SELECT json_extract(o.data, '$.act_id') FROM archive_superseded o "
        "WHERE o.model = 'coding.involvement' AND o.to_change {since}",
        "SELECT json_extract(o.data, '$.record') FROM archive_superseded o "
        "WHERE o.model = 'coding.mark' AND o.to_change {since}",
    ),
    (Act, Coding, Source, Party, Telling, Involvement, Mark),
    columns,
)
