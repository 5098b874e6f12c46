"""The entries of a list: coded values from the columns, names, titles and dates as told from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tumen.columns import RECORDS, Kind, Query, Selection
from tumen.columns.arrays import Array
from tumen.counting.fields import DEFAULT_COLUMNS, PERSONS, frame_of
from tumen.counting.queries import people
from tumen.counting.queries.cells import Cell, cells, references, terms_of
from tumen.counting.queries.labels import Labels

OPENS = {
    "acts": "act", "tellings": "act", "persons": "party", "parties": "party", "victims": "party", "groups": "party",
    "incidents": "incident", "episodes": "episode", "sources": "source", "act_sources": "source", "figures": "figure",
    "interviews": "interview",
}  # fmt: skip
"""The kind of record that an entry of a list opens."""

_ENTRY_FIELD = {"victims": "victim", "groups": "victim", "incidents": "incident"}
"""The field of a row that holds the record its entry opens: one of those that are joined, which this user may see."""
_NAMED = frozenset({"episodes", "act_sources"})
"""The units whose entries go by a record that a visible row names."""


@dataclass(frozen=True)
class Row:
    """One entry: the record it opens, the cell that names it, the others, and where the words were found."""

    kind: str
    id: int
    title: Cell
    cells: list[Cell]
    found: tuple[people.Piece, ...]
    checked: bool


def shown_columns(query: Query) -> tuple[str, ...]:
    """Return the columns of a list: those asked for, or the usual ones of its unit. The title opens it, with its id."""
    usual = DEFAULT_COLUMNS.get(query.unit) or DEFAULT_COLUMNS[frame_of(query.unit)]
    title = title_field(query.unit)
    return tuple(name for name in (query.columns or usual) if name not in (title, "id"))


def title_field(unit: str) -> str:
    """Return the field that names an entry, or "id" where nothing but its number does."""
    return {
        "acts": "type",
        "tellings": "type",
        "victims": "victim",
        "groups": "victim",
        "act_sources": "source",
        "interviews": "source",
    }.get(unit, "id")


def hydrated(
    selection: Selection, rows: Array, entities: Array, columns: Sequence[str], labels: Labels, snippets: bool = True
) -> list[Row]:
    """Make rows of a selection ready to be shown, in a fixed number of statements."""
    query, snapshot, mask = selection.query, selection.snapshot, selection.mask
    frame = snapshot.name
    records = snapshot.ids[rows].tolist()
    filled = [_filled(selection, name, rows, records, labels) for name in columns]
    opened = _opened(selection, rows, entities.tolist())
    titles = _titles(selection, rows, records, opened, labels)
    hits = {}
    if query.text is not None and snippets:
        hits = people.snippets(frame, _tellings(selection, rows), query.text, mask)
    checked = snapshot.checked[rows].tolist()
    kind = OPENS[query.unit]
    return [
        Row(kind, opened[n], titles[n], [column[n] for column in filled], hits.get(record, ()), checked[n])
        for n, record in enumerate(records)
    ]


def _tellings(selection: Selection, rows: Array) -> dict[int, list[int]]:
    """For each row the records whose words are its words: itself, and the other visible tellings of its cluster."""
    ids, scope = selection.snapshot.ids, selection.scope
    owners: dict[int, list[int]] = {int(record): [int(record)] for record in ids[rows]}
    if scope.grouping is not None:
        heads = scope.head_of_row[scope.tellings]
        told = scope.tellings[np.isin(heads, rows) & (heads != scope.tellings)]
        for head, record in zip(ids[scope.head_of_row[told]].tolist(), ids[told].tolist(), strict=True):
            owners[head].append(record)
    return owners


def _opened(selection: Selection, rows: Array, entities: list[int]) -> list[int]:
    """The record each entry opens: one this user may see, so never the name of a cluster that stands elsewhere."""
    field = _ENTRY_FIELD.get(selection.query.unit)
    if field is not None:
        return references(selection.snapshot, field, rows)
    if selection.query.resolution == RECORDS or selection.query.unit in _NAMED:
        return entities
    return list(selection.snapshot.ids[rows].tolist())


def _titles(selection: Selection, rows: Array, records: list[int], opened: list[int], labels: Labels) -> list[Cell]:
    snapshot, query = selection.snapshot, selection.query
    if query.unit in ("sources", "act_sources"):
        titles = people.source_titles(opened, query.as_of)
        return [Cell(titles.get(source, f"#{source}")) for source in opened]
    field = title_field(query.unit)
    if field != "id":
        return _filled(selection, field, rows, records, labels)
    if snapshot.name == PERSONS:
        shown = people.parties(records, selection.mask, _roles(selection, rows, labels), query.as_of)
        return [shown[record] for record in records]
    return [Cell(f"#{number}") for number in opened]


def _roles(selection: Selection, rows: Array, labels: Labels) -> dict[int, str]:
    keys = selection.snapshot.fields["role"].terms.keys
    listed = zip(selection.snapshot.ids[rows].tolist(), terms_of(selection.scope, "role", rows), strict=True)
    return {record: ", ".join(labels.term("role", keys[code]).lower() for code in codes) for record, codes in listed}


def _filled(selection: Selection, name: str, rows: Array, records: list[int], labels: Labels) -> list[Cell]:
    """One column: coded values from the columns; names, titles and dates as told from the rows."""
    from django.utils.translation import gettext as _

    snapshot, as_of = selection.snapshot, selection.query.as_of
    if name == "victim":
        numbers = references(snapshot, name, rows)
        shown = people.parties(numbers, selection.mask, dict.fromkeys(numbers, _("victim")), as_of)
        return [shown[number] for number in numbers]
    if name == "source":
        numbers = references(snapshot, name, rows)
        titles = people.source_titles(numbers, as_of)
        return [Cell(titles.get(number, f"#{number}")) for number in numbers]
    if snapshot.fields[name].kind is Kind.INTERVAL:
        told = people.dates(name, records, labels.language, as_of)
        if told is not None:
            return told
    return cells(labels, selection.scope, name, rows)
