"""The demonstration's rows as the archive stores them: ids, bounds of dates, sealed values, tokens, clusters.

Pure work on one chunk at a time, done in a process of its own beside the one that writes. Ids are fixed by kind and
index, so that no map from one to the other is kept.
"""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from tumen.archive import wrapping
from tumen.archive.sealed import blind, seal_value
from tumen.coding.consent import Grid
from tumen.coding.kinds.model import LINK
from tumen.dates import bounds_many
from tumen.demonstration import Chunk, Demonstration, Table
from tumen.text import index_tokens, tokens_around
from tumen.workbench.demo_names import is_reviewed, names_in_texts
from tumen.workbench.demo_tables import TABLES, UNIT

Row = tuple[Any, ...]
SPACE = 1 << 24
"""Ids kept for each kind of record: room for archives two hundred times the published size."""

KINDS = (
    "units", "sources", "citations", "lists", "texts", "passages", "codings", "parties", "names", "relations",
    "incidents", "episodes", "acts", "involvements", "transfers", "life_events", "tellings", "practice_statements",
    "figures", "quotations", "anchors", "marks", "identifiers", "interviews", "consents", "names_in_texts",
)  # fmt: skip

_FIELD_NAMES = {"interval": "date", "last_residence": "residence", "marital_status": "marital", "begins": "date"}
INDEX = "INSERT INTO {} (rowid, body) VALUES (?, ?)"
BLIND = "INSERT INTO archive_blindindex (purpose, digest, record, owner) VALUES (?, ?, ?, ?)"
RESOLVE = "INSERT INTO linking_resolution (run_id, record, cluster) VALUES (?, ?, ?)"


@dataclass
class Piece:
    """What one chunk writes, in this order: keys first, then rows, then what is derived from them."""

    keys: list[Row] = field(default_factory=list)
    inserts: list[tuple[str, tuple[str, ...], list[Row]]] = field(default_factory=list)
    derived: list[tuple[str, list[Row]]] = field(default_factory=list)
    records: int = 0


class Writer:
    """Turns chunks into pieces. Not shared; remembers what later chunks refer to."""

    def __init__(
        self, first: int, compartment: int, coder: int, run: int, forms: Sequence[int] = (), axes: Grid | None = None
    ) -> None:
        self._first = {kind: first + n * SPACE for n, kind in enumerate(KINDS)}
        self._compartment, self._coder, self._run = compartment, coder, run
        self._forms, self._axes = forms, axes
        self._answers: dict[Row, str] = {}
        self._source_of_text: list[int] = []
        self._coding: dict[str, list[int]] = {"parties": [], "acts": [], "life_events": []}
        self._citations = 0
        self._clusters: dict[str, dict[int, int]] = {"parties": {}, "acts": {}, "incidents": {}}

    def pieces(self, demonstration: Demonstration) -> Iterator[Piece]:
        """Yield the units, then every chunk."""
        piece = Piece()
        units = demonstration.units()
        self._insert(piece, units, "coding.unit", UNIT, self._units(units))
        yield piece
        for chunk in demonstration.chunks():
            yield self._piece(chunk)

    def _piece(self, chunk: Chunk) -> Piece:
        piece = Piece()
        self._keys: dict[int, bytes] = {}
        self._names_in = names_in_texts(chunk)
        for kind, table in chunk.tables.items():
            if table.rows and kind in TABLES:
                label, columns = TABLES[kind]
                self._insert(piece, table, label, columns, getattr(self, f"_{kind}")(table, piece))
        wrap = wrapping.known().wrap
        piece.keys = [(owner, wrap(owner, key)) for owner, key in self._keys.items()]
        self._resolve(piece, chunk)
        return piece

    def _insert(self, piece: Piece, table: Table, label: str, columns: tuple[str, ...], rows: list[Row]) -> None:
        first = self._first[table.kind] + table.first
        piece.inserts.append((label, columns, [(first + n, *row) for n, row in enumerate(rows)]))
        piece.records += len(rows)

    def _id(self, kind: str, index: int | None) -> int | None:
        return None if index is None else self._first[kind] + index

    def _seal(self, owner: int, record: int, name: str, value: str | None) -> bytes | None:
        if not value:
            return None
        key = self._keys.get(owner)
        if key is None:
            key = self._keys[owner] = secrets.token_bytes(32)
        return seal_value(key, record, name, 1, value)

    def _resolve(self, piece: Piece, chunk: Chunk) -> None:
        """A cluster goes by its first record; a record that stands alone needs no row."""
        rows = []
        for kind, clusters in self._clusters.items():
            first = self._first[kind] + chunk.tables[kind].first
            for n, entity in enumerate(chunk.truth[kind].tolist()):
                cluster = clusters.setdefault(entity, first + n)
                if cluster != first + n:
                    rows.append((self._run, first + n, cluster))
        piece.derived.append((RESOLVE, rows))

    def _units(self, table: Table, _: Piece | None = None) -> list[Row]:
        return [
            (en, agency, self._id("units", parent), place or "", _json({"ko": ko, "zh": zh}), "", "", "")
            for agency, en, ko, zh, parent, place, _type in table.rows
        ]

    def _sources(self, table: Table, piece: Piece) -> list[Row]:
        rows, tokens, lists, cited = [], [], [], []
        for n, row in enumerate(table.rows):
            kind, title, publisher, language, published, channel, name, collector, reliability, cites = row
            number = self._first["sources"] + table.first + n
            title_of, said_by, how, by = (
                self._seal(number, number, field, value)
                for field, value in (
                    ("title", title), ("publisher", publisher), ("channel", channel), ("collector", collector)
                )
            )  # fmt: skip
            rows.append(
                (kind, title_of, said_by, language or "", published or "", how, by, reliability or "",
                 self._compartment, "coded", None, "", None, None)
            )  # fmt: skip
            tokens.append((number, index_tokens(f"{title} {publisher or ''}")))
            if name:
                lists.append((self._first["lists"] + table.first + n, number, "list", name))
            if cites is not None:
                cited.append((self._first["citations"] + self._citations, number, self._id("sources", cites)))
                self._citations += 1
        piece.derived += [(INDEX.format(table), tokens) for table in ("text_tokens", "nameless_text_tokens")]
        # Which named list a source belongs to: what capture histories are made of.
        piece.inserts.append(("coding.mark", ("record", "field", "term"), lists))
        if cited:
            piece.inserts.append(("sources.citation", ("source_id", "cites_id"), cited))
        return rows

    def _texts(self, table: Table, piece: Piece) -> list[Row]:
        rows, tokens, nameless, marks = [], [], [], []
        self._bodies: dict[int, str] = {}
        for n, (source, rendition, language, body) in enumerate(table.rows):
            index = table.first + n
            number = self._first["texts"] + index
            sealed = self._seal(number, number, "body", body)
            kind = "translation" if rendition == "translation" else "read"
            rows.append((self._id("sources", source), None, kind, 1, language or "", len(body), "[]", sealed))
            tokens.append((number, index_tokens(body)))
            if is_reviewed(index):
                nameless.append((number, tokens_around(body, self._names_in[index])))
                record = self._first["names_in_texts"] + index
                said = " ".join(f"{start}-{end}:name" for start, end, _word in self._names_in[index])
                marks.append((record, number, self._seal(number, record, "marks", said), 1, 1))
            self._bodies[index] = body
            self._source_of_text.append(source)
        piece.derived += [(INDEX.format("text_tokens"), tokens), (INDEX.format("nameless_text_tokens"), nameless)]
        piece.inserts.append(("sources.namemarks", ("text_id", "marks", "marked", "reviewed"), marks))
        piece.records += len(marks)
        return rows

    def _passages(self, table: Table, piece: Piece) -> list[Row]:
        rows, tokens, nameless = [], [], []
        for n, (text, start, end) in enumerate(table.rows):
            source = self._id("sources", self._source_of_text[text])
            rows.append((source, self._id("texts", text), start, end, "", "", "", 0))
            if start is not None:
                number = self._first["passages"] + table.first + n
                tokens.append((number, index_tokens(self._bodies[text][start:end])))
                if is_reviewed(text):
                    nameless.append((number, tokens_around(self._bodies[text], self._names_in[text], start, end)))
        piece.derived += [(INDEX.format("passage_tokens"), tokens), (INDEX.format("nameless_passage_tokens"), nameless)]
        return rows

    def _codings(self, table: Table, _: Piece) -> list[Row]:
        return [
            (self._id("sources", source), self._coder, int(bool(adopted)), int((table.first + n) % 3 == 0))
            for n, (source, _coder, adopted) in enumerate(table.rows)
        ]

    def _parties(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        bounds = _bounds(table.column("birth"))
        for n, row in enumerate(table.rows):
            (coding, kind, sex, birth, birthplace, residence, origin, occupation, education, religion, marital, fate,
             fate_as_of, low, high, features, _unit, gaps) = row  # fmt: skip
            number = self._first["parties"] + table.first + n
            self._coding["parties"].append(coding)
            rows.append(
                (self._id("codings", coding), _gaps(gaps), kind, sex or "", birth or "", *bounds[n], None, origin or "",
                 birthplace or "", residence or "", occupation or "", education or "", "", religion or "",
                 marital or "", low, high, fate or "", fate_as_of or "",
                 self._seal(number, number, "description", features), None, None, None)
            )  # fmt: skip
        return rows

    def _names(self, table: Table, piece: Piece) -> list[Row]:
        rows, index = [], []
        for n, (party, text, script, kind) in enumerate(table.rows):
            number = self._first["names"] + table.first + n
            owner = self._first["parties"] + party
            coding = self._id("codings", self._coding["parties"][party])
            rows.append((coding, "{}", owner, self._seal(owner, number, "text", text), script or "", kind or ""))
            index.append(("name", blind("name", text), number, owner))
        piece.derived.append((BLIND, index))
        return rows

    def _relations(self, table: Table, _: Piece) -> list[Row]:
        dates = [_interval(row[6], row[7]) for row in table.rows]
        rows = []
        for n, ((coding, party, other, kind, unit, post, _from, _to), date) in enumerate(
            zip(table.rows, _dated(dates), strict=True)
        ):
            number, owner = self._first["relations"] + table.first + n, self._first["parties"] + party
            rows.append(
                (self._id("codings", coding), "{}", *date, owner, self._id("parties", other), self._id("units", unit),
                 kind, self._seal(owner, number, "post", post), None, None)
            )  # fmt: skip
        return rows

    def _incidents(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        dates = _dated([row[1] for row in table.rows])
        for n, (coding, _date, place, title) in enumerate(table.rows):
            owner = self._first["codings"] + coding
            sealed = self._seal(owner, self._first["incidents"] + table.first + n, "title", title)
            rows.append((owner, "{}", *dates[n], sealed, place or ""))
        return rows

    def _episodes(self, table: Table, _: Piece) -> list[Row]:
        return [(self._id("codings", coding), "{}", self._id("parties", victim), None) for coding, victim in table.rows]

    def _acts(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        dates = _dated(table.column("interval"))
        for n, row in enumerate(table.rows):
            (coding, incident, episode, victim, kind, _date, told, place, precision, place_type, specificity, low, high,
             part_of, cause, age, reckoning, after, gaps) = row  # fmt: skip
            number, owner = self._first["acts"] + table.first + n, self._first["parties"] + victim
            self._coding["acts"].append(coding)
            # A Korean counting age is one or two years above the international one.
            ages = (None, None) if age is None else (age - 2, age - 1) if reckoning == "korean" else (age, age)
            rows.append(
                (self._id("codings", coding), _gaps(gaps), *dates[n], self._id("incidents", incident),
                 self._id("episodes", episode), owner, kind, self._seal(owner, number, "place_told", told), place or "",
                 precision or "", place_type or "", specificity or "", low, high, self._id("acts", part_of), None,
                 cause or "", *ages, after or "", None, None)
            )  # fmt: skip
        return rows

    def _involvements(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        for n, (act, party, unit, degree, agency, rank, post) in enumerate(table.rows):
            number, coding = self._first["involvements"] + table.first + n, self._coding_of("acts", act)
            rows.append(
                (coding, "{}", self._id("acts", act), self._id("parties", party), self._id("units", unit),
                 degree or "", agency or "", self._seal(coding, number, "rank", rank),
                 self._seal(coding, number, "post", post))
            )  # fmt: skip
        return rows

    def _transfers(self, table: Table, _: Piece) -> list[Row]:
        return [
            (self._coding_of("acts", act), "{}", self._id("acts", act), kind or "", start or "", to or "",
             self._id("parties", seller), self._id("parties", buyer), low, high, currency or "")
            for act, kind, start, to, seller, buyer, low, high, currency in table.rows
        ]  # fmt: skip

    def _life_events(self, table: Table, _: Piece) -> list[Row]:
        dates = _dated(table.column("interval"))
        self._coding["life_events"].extend(table.column("coding"))
        return [
            (self._id("codings", coding), "{}", *dates[n], self._id("parties", party), kind, start or "", to or "", "",
             "", sequence, None)
            for n, (coding, party, kind, start, to, _date, sequence) in enumerate(table.rows)
        ]  # fmt: skip

    def _tellings(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        for n, row in enumerate(table.rows):
            claim_kind, claim, informant, connection, chain, form, stance, credibility = row
            number, coding = self._first["tellings"] + table.first + n, self._coding_of(claim_kind, claim)
            rows.append(
                (coding, "{}", self._id(claim_kind, claim), self._id("parties", informant), connection or "",
                 form or "", stance or "", credibility or "", self._chain(coding, number, chain))
            )  # fmt: skip
        return rows

    def _practice_statements(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        dates = _dated(table.column("interval"))
        for n, (coding, kind, _date, place, summary) in enumerate(table.rows):
            owner = self._first["codings"] + coding
            sealed = self._seal(owner, self._first["practice_statements"] + table.first + n, "summary", summary)
            rows.append((owner, "{}", *dates[n], kind or "", place or "", None, None, sealed))
        return rows

    def _figures(self, table: Table, _: Piece) -> list[Row]:
        dates = _dated(table.column("period"))
        rows = []
        for n, row in enumerate(table.rows):
            coding, low, high, unit, counted, population, place, _period, qualifier, said, chain = row
            number, owner = self._first["figures"] + table.first + n, self._first["codings"] + coding
            rows.append(
                (owner, "{}", *dates[n], _milli(low), _milli(high), unit,
                 self._seal(owner, number, "counted", counted), self._seal(owner, number, "population", population),
                 place or "", "", qualifier or "", self._seal(owner, number, "attributed_to", said),
                 self._chain(owner, number, chain))
            )  # fmt: skip
        return rows

    def _quotations(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        for n, (coding, speaker, role, chain) in enumerate(table.rows):
            number, owner = self._first["quotations"] + table.first + n, self._first["codings"] + coding
            rows.append(
                (owner, "{}", self._id("parties", speaker), None, self._seal(owner, number, "role", role),
                 self._chain(owner, number, chain))
            )  # fmt: skip
        return rows

    def _anchors(self, table: Table, _: Piece) -> list[Row]:
        return [
            (self._id(kind, record), _FIELD_NAMES.get(name, name), self._id("passages", passage))
            for kind, record, name, passage in table.rows
        ]

    def _marks(self, table: Table, _: Piece) -> list[Row]:
        return [(self._id(kind, record), name, term) for kind, record, name, term in table.rows]

    def _identifiers(self, table: Table, _: Piece) -> list[Row]:
        rows = []
        for n, (kind, record, scheme, value) in enumerate(table.rows):
            owner = self._first[kind] + record
            number = self._first["identifiers"] + table.first + n
            rows.append((owner, scheme, self._seal(owner, number, "value", value)))
        return rows

    def _interviews(self, table: Table, _: Piece) -> list[Row]:
        dates = _dated(table.column("date"))
        return [
            (self._id("codings", coding), "{}", *dates[n], self._id("parties", teller), channel, place, language,
             minutes, minutes)
            for n, (coding, teller, _date, channel, place, language, minutes) in enumerate(table.rows)
        ]  # fmt: skip

    def _consents(self, table: Table, _: Piece) -> list[Row]:
        dates = _dated(table.column("date"))
        return [
            (self._id("sources", source), self._id("parties", subject), None if form is None else self._forms[form],
             self._answered(answers), *dates[n], _day(starts), _day(ends))
            for n, (source, subject, form, answers, _date, starts, ends) in enumerate(table.rows)
        ]  # fmt: skip

    def _answered(self, answers: Row) -> str:
        """Answers as a record keeps them; most sources have the same ones."""
        found = self._answers.get(answers)
        if found is None:
            assert self._axes is not None
            every = {("*",): self._axes.purposes}, {("*",): self._axes.audiences}
            found = self._answers[answers] = _json(
                [[state, every[0].get(purposes, purposes), every[1].get(audiences, audiences), grain]
                 for state, purposes, audiences, grain in answers]
            )  # fmt: skip
        return found

    def _coding_of(self, kind: str, index: int) -> int:
        return self._first["codings"] + self._coding[kind][index]

    def _chain(self, coding: int, record: int, links: tuple[str, ...] | None) -> bytes | None:
        return self._seal(coding, record, "chain", LINK.join(links or ()))


_json: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


def _gaps(gaps: dict[str, str] | None) -> str:
    return _json({_FIELD_NAMES.get(name, name): why for name, why in gaps.items()}) if gaps else "{}"


def _bounds(dates: list[str | None]) -> list[tuple[int | None, int | None]]:
    """The first and last day of each EDTF date, open and unknown ends None."""
    known = iter(bounds_many([date for date in dates if date]))
    return [tuple(next(known)) if date else (None, None) for date in dates]  # type: ignore[misc]


def _dated(dates: list[str | None]) -> list[tuple[str, int | None, int | None]]:
    return [(date or "", *ends) for date, ends in zip(dates, _bounds(dates), strict=True)]


def _interval(start: str | None, end: str | None) -> str | None:
    return f"{start or ''}/{end or ''}" if start or end else None


def _day(text: str | None) -> int | None:
    return None if text is None else datetime.date.fromisoformat(text).toordinal()


def _milli(value: float | None) -> int | None:
    return None if value is None else round(value * 1000)
