"""What is read from rows for one page of a list: who a party is to this user, titles, dates as told, hits.

A page costs a fixed number of statements, however many rows it has. In the past the rows are read as they were known
then, and shown under today's mask.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding.models import Act, Anchor, Figure, Interview, Involvement, Name, Party
from tumen.columns import Mask
from tumen.counting.queries.cells import Cell, unknown
from tumen.counting.queries.labels import Language
from tumen.dates import describe, try_parse
from tumen.guard import reading
from tumen.guard.masks import NARRATIVE, REVIEWED
from tumen.sources import queries as sources
from tumen.sources.models import Passage, Source, Text
from tumen.text import snippet

Rows = list[tuple[Any, ...]]
Piece = tuple[str, bool]
"""A stretch of a snippet, and whether it is a hit."""

_CHUNK = 4000  # code points of a long text that are searched at once for its first hit


def fetch(models: Sequence[type[Record]], statement: str, ids: Iterable[int], as_of: int | None) -> Rows:
    """Return the rows of a statement over `models`, now or as known at `as_of`; its only `%s` is the list of ids."""
    clause, parameters = versions.known_at(models, as_of) if as_of is not None else ("", [])
    with connection.cursor() as cursor:
        cursor.execute(f"{clause} {statement}", [*parameters, json.dumps(sorted(set(ids)))])
        rows: Rows = cursor.fetchall()
    return rows


_AMONG = "IN (SELECT value FROM json_each(%s))"


def parties(ids: Iterable[int], mask: Mask, roles: dict[int, str], as_of: int | None) -> dict[int, Cell]:
    """Return who each party is to this user: its first name, else how the source describes it, else its role.

    `roles` gives the word shown in brackets where name and description are sealed from this user or absent.
    """
    ids = [number for number in set(ids) if number >= 0]
    if not ids:
        return {}
    anyone = _("person")
    found: dict[int, Cell] = {number: Cell(f"[{roles.get(number) or anyone}]", "masked") for number in ids}
    statement = f"SELECT n.id, n.party_id, n.text FROM coding_name n WHERE NOT n.retracted AND n.party_id {_AMONG}"
    names = [Name(id=row[0], party_id=row[1], text=sealed(row[2])) for row in fetch((Name,), statement, ids, as_of)]
    shown = reading.read(mask, names, "text")
    for name in sorted(names, key=lambda name: -name.pk):
        if shown[name.pk]:
            found[name.party_id] = Cell(str(shown[name.pk]))
    nameless = [number for number in ids if found[number].kind == "masked"]
    statement = f"SELECT p.id, p.description FROM coding_party p WHERE p.description IS NOT NULL AND p.id {_AMONG}"
    described = [Party(id=row[0], description=sealed(row[1])) for row in fetch((Party,), statement, nameless, as_of)]
    for number, text in reading.read(mask, described, "description").items():
        if text:
            found[number] = Cell(str(text))
    return found


def source_titles(ids: Iterable[int], as_of: int | None) -> dict[int, str]:
    """Return the titles of sources, which name nobody at risk."""
    statement = f"SELECT s.id, s.title FROM sources_source s WHERE s.id {_AMONG}"
    return sources.opened_titles((row[0], sealed(row[1])) for row in fetch((Source,), statement, ids, as_of))


_DATES: dict[str, tuple[type[Record], str]] = {
    "period": (Act, f"SELECT a.id, a.date FROM coding_act a WHERE a.id {_AMONG}"),
    "birth": (Party, f"SELECT p.id, p.birth FROM coding_party p WHERE p.id {_AMONG}"),
    "published": (Source, f"SELECT s.id, s.published FROM sources_source s WHERE s.id {_AMONG}"),
    "interview_date": (Interview, f"SELECT i.id, i.date FROM coding_interview i WHERE i.id {_AMONG}"),
    "figure_period": (Figure, f"SELECT f.id, f.date FROM coding_figure f WHERE f.id {_AMONG}"),
}


def dates(field: str, records: Sequence[int], language: Language, as_of: int | None) -> list[Cell] | None:
    """Return a date field of records in words, as told; None for a field whose words are not kept."""
    if field not in _DATES:
        return None
    model, statement = _DATES[field]
    told: dict[int, str] = dict(fetch((model,), statement, records, as_of))
    return [date_cell(told.get(record) or "", language) for record in records]


def date_cell(text: str, language: Language) -> Cell:
    """Return a date as told, in words."""
    if not text:
        return unknown("nowrap")
    read = try_parse(text)
    return Cell(text if read is None else describe(read, language, "tabular"), set="nowrap")


_ANCHORS = f"SELECT n.record, n.passage_id FROM coding_anchor n WHERE NOT n.retracted AND n.record {_AMONG}"
_PASSAGES = f'SELECT p.id, p.text_id, p.start, p."end" FROM sources_passage p WHERE NOT p.retracted AND p.id {_AMONG}'
_ACTS_OF = (
    "WITH asked(id) AS (SELECT value FROM json_each(%s)) "
    "SELECT a.victim_id, a.id FROM asked JOIN coding_act a ON a.victim_id = asked.id WHERE NOT a.retracted "
    "UNION SELECT i.party_id, i.act_id FROM asked JOIN coding_involvement i ON i.party_id = asked.id "
    "WHERE NOT i.retracted"
)


def snippets(frame: str, told: Mapping[int, Sequence[int]], words: str, mask: Mask) -> dict[int, tuple[Piece, ...]]:
    """Return for each record the stretch of testimony in which the words stand, hits apart; nothing if masked.

    `told` names, for each record, those whose passages are looked into: itself and others that tell of the same.
    """
    if not mask.somewhere(NARRATIVE) and not mask.somewhere(REVIEWED):
        return {}
    owners: dict[int, list[int]] = {}
    for record, tellings in told.items():
        for telling in tellings:
            owners.setdefault(telling, []).append(record)
    if frame == "sources":
        return _in_texts(list(owners), words, mask)
    if frame == "persons":
        for party, act in fetch((Act, Involvement), _ACTS_OF, owners, None):
            owners.setdefault(act, []).extend(owners[party])
    anchors = fetch((Anchor,), _ANCHORS, owners, None)
    places = {row[0]: row[1:] for row in fetch((Passage,), _PASSAGES, (row[1] for row in anchors), None)}
    texts = list(Text.objects.filter(pk__in={text for text, _, _ in places.values() if text is not None}))
    bodies = reading.read(mask, texts, "body")
    found: dict[int, tuple[Piece, ...]] = {}
    for record, passage in anchors:
        text, start, end = places.get(passage, (None, None, None))
        if text not in bodies or start is None or all(owner in found for owner in owners[record]):
            continue
        hit = snippet(bodies[text].words(start, end), words)
        if hit.marks:
            for owner in owners[record]:
                found.setdefault(owner, _pieces(hit.text, hit.marks))
    return found


def _in_texts(sources: Sequence[int], words: str, mask: Mask) -> dict[int, tuple[Piece, ...]]:
    texts = list(versions.visible(Text.objects.filter(source__in=sources)).order_by("-pk"))
    found: dict[int, tuple[Piece, ...]] = {}
    for text, body in zip(texts, reading.read(mask, texts, "body").values(), strict=True):
        if text.source_id in found:
            continue
        for start in range(0, len(str(body)), _CHUNK):
            hit = snippet(str(body)[start : start + _CHUNK + 200], words)
            if hit.marks:
                found[text.source_id] = _pieces(hit.text, hit.marks)
                break
    return found


def _pieces(text: str, marks: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = 0
    for start, end in marks:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return tuple(piece for piece in pieces if piece[0])


def sealed(value: Any) -> bytes | None:
    """Return a sealed value as a row of now or of the past gives it."""
    return bytes.fromhex(value) if isinstance(value, str) else value
