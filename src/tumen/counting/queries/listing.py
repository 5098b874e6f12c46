"""One page of a list: rows made ready to be shown, facets, filters in force, and the addresses of what is next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tumen.archive import versions
from tumen.columns import RECORDS, Dim, FacetCount, Kind, Mask, Query, Selection, Snapshot, facets, page, select
from tumen.columns.arrays import Array
from tumen.counting.fields import ACTS, DEFAULT_COLUMNS, DEFAULT_FACETS, PERSONS, SOURCES, frame_of
from tumen.counting.queries import asking, filters, people
from tumen.counting.queries.cells import Cell, cells, references, terms_of
from tumen.counting.queries.head import Choice, Head, head
from tumen.counting.queries.labels import Labels, Language
from tumen.guard.masks import NARRATIVE

OPENS = {
    "acts": "act", "tellings": "act", "persons": "party", "parties": "party", "victims": "party", "groups": "party",
    "incidents": "incident", "episodes": "episode", "sources": "source", "act_sources": "source", "figures": "figure",
}  # fmt: skip
"""The kind of record that an entry of a list opens."""

_ENTRY_FIELD = {"victims": "victim", "groups": "victim", "incidents": "incident", "episodes": "episode",
                "act_sources": "source"}  # fmt: skip

COUNTED_FACETS = 6
"""Facets counted with the page; the others wait, closed, until somebody opens them."""


@dataclass(frozen=True)
class Column:
    """One column of a list. `sort` is the address of the next order: ascending, descending, none."""

    name: str
    label: str
    order: str = ""  # "ascending", "descending" or "" as it is now
    sort: str = ""
    number: bool = False


@dataclass(frozen=True)
class Row:
    """One entry: the record it opens, the cell that names it, the others, and where the words were found."""

    kind: str
    id: int
    title: Cell
    cells: list[Cell]
    found: tuple[people.Piece, ...]
    checked: bool


@dataclass(frozen=True)
class Pages:
    """Where in the list one is. `numbers` holds (number, address), 0 for a gap."""

    number: int
    count: int
    first: int
    last: int
    entries: int
    numbers: list[tuple[int, str]]
    previous: str
    next: str


@dataclass(frozen=True)
class ListPage:
    """Everything one page of a list shows."""

    query: Query
    address: str
    head: Head
    title: Column
    columns: list[Column]
    rows: list[Row]
    facets: list[filters.Facet]
    chips: list[filters.Chip]
    cleared: str
    choices: list[tuple[str, str, bool]]
    pages: Pages
    tabs: list[Choice]
    may_search: bool
    newest: int
    pinned: str
    table: str


def list_page(query: Query, mask: Mask, user: int, language: Language) -> ListPage:
    """Return one page of a list.

    Raises BadQuery, Masked, NoSuchText, NotKnownThen, UnknownRun.
    """
    query = asking.with_words(query, user)
    labels = Labels(language, query.unit)
    snapshot = asking.columns_for(query)
    found = asking.found_rows(snapshot, query, mask)
    selection = select(snapshot, query, mask, found)
    dims = facet_dims(query, labels)
    used = {condition.field for condition in query.where}
    counted = [dim for n, dim in enumerate(dims) if n < COUNTED_FACETS or Dim.parse(dim).field in used]
    counts = facets(snapshot, query, mask, counted, found)
    columns = shown_columns(query)
    part = page(selection)
    rows = hydrated(selection, part.rows, part.entities, columns, labels)
    newest = versions.newest()
    bare = asking.to_text(replace(query, where=(), text=None, token=None, page=1))
    return ListPage(
        query=query,
        address=asking.to_text(query),
        head=head(
            query,
            labels,
            selection.total,
            selection.hidden,
            selection.uncounted,
            _unknown(query, counts, labels),
            selection.beside,
        ),
        title=_column(query, title_field(query.unit), labels),
        columns=[_column(query, name, labels) for name in columns],
        rows=rows,
        facets=[
            *filters.panel(query, counts, labels),
            *filters.waiting([dim for dim in dims if dim not in counted], labels),
        ],
        chips=filters.chips(query, labels),
        cleared=bare,
        choices=_choices(query, columns, mask, labels),
        pages=_pages(query, part.number, part.pages, part.entries),
        tabs=_tabs(query, labels, {}) if query.text is not None else [],
        may_search=NARRATIVE in mask.classes,
        newest=newest,
        pinned=asking.to_text(replace(query, as_of=newest if query.as_of is None else query.as_of)),
        table=asking.to_text(replace(query, page=1, sort=(), columns=())) + _by(query),
    )


def one_facet(query: Query, mask: Mask, user: int, language: Language, dim: str) -> filters.Facet:
    """Return one facet with all its choices. Raises as `list_page`."""
    query = asking.with_words(query, user)
    snapshot = asking.columns_for(query)
    found = asking.found_rows(snapshot, query, mask)
    counts = facets(snapshot, query, mask, [dim], found)
    return filters.panel(query, counts, Labels(language, query.unit), whole=Dim.parse(dim).field)[0]


def facet_dims(query: Query, labels: Labels) -> tuple[str, ...]:
    """Return the facets of a list: those of its kind of rows, and any other field that is filtered by."""
    fields = labels.schema.fields
    dims = list(DEFAULT_FACETS[frame_of(query.unit)])
    shown = {Dim.parse(dim).field for dim in dims}
    for condition in query.where:
        field = fields[condition.field]
        if field.name not in shown and field.kind is not Kind.REF and (field.kind.coded or field.schemes):
            dims.append(f"{field.name}:{field.schemes[0].name}" if field.kind.ranged else field.name)
            shown.add(field.name)
    return tuple(dims)


def shown_columns(query: Query) -> tuple[str, ...]:
    """Return the columns of a list: those asked for, or the usual ones of its unit."""
    usual = DEFAULT_COLUMNS.get(query.unit) or DEFAULT_COLUMNS[frame_of(query.unit)]
    title = title_field(query.unit)
    return tuple(name for name in (query.columns or usual) if name != title)


def title_field(unit: str) -> str:
    """Return the field that names an entry, or "id" where nothing but its number does."""
    return {"acts": "type", "tellings": "type", "victims": "victim", "groups": "victim", "act_sources": "source"}.get(
        unit, "id"
    )


def hydrated(
    selection: Selection, rows: Array, entities: Array, columns: Sequence[str], labels: Labels, snippets: bool = True
) -> list[Row]:
    """Make rows of a selection ready to be shown, in a fixed number of statements."""
    query, snapshot, mask = selection.query, selection.snapshot, selection.mask
    frame = snapshot.name
    records = snapshot.ids[rows].tolist()
    filled = [_filled(selection, name, rows, records, labels) for name in columns]
    titles = _titles(selection, rows, records, labels)
    opened = _opened(selection, rows, entities.tolist())
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
    if selection.query.resolution == RECORDS:
        return entities
    return list(selection.snapshot.ids[rows].tolist())


def _titles(selection: Selection, rows: Array, records: list[int], labels: Labels) -> list[Cell]:
    snapshot, query = selection.snapshot, selection.query
    field = title_field(query.unit)
    if field != "id":
        return _filled(selection, field, rows, records, labels)
    if snapshot.name == PERSONS:
        shown = people.parties(records, selection.mask, _roles(snapshot, rows, labels), query.as_of)
        return [shown[record] for record in records]
    if snapshot.name == SOURCES:
        titles = people.source_titles(records, query.as_of)
        return [Cell(titles.get(record, f"#{record}")) for record in records]
    if snapshot.name == ACTS:
        return [Cell(f"#{number}") for number in _opened(selection, rows, records)]
    return [Cell(f"#{record}") for record in records]


def _roles(snapshot: Snapshot, rows: Array, labels: Labels) -> dict[int, str]:
    keys = snapshot.fields["role"].terms.keys
    listed = zip(snapshot.ids[rows].tolist(), terms_of(snapshot, "role", rows), strict=True)
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
    return cells(labels, snapshot, name, rows)


def _column(query: Query, name: str, labels: Labels) -> Column:
    if name == "id":
        sortable, number, label = True, False, labels.unit(query.unit)
    else:
        field = labels.schema.fields[name]
        sortable, number, label = field.kind is not Kind.MULTI, field.kind is Kind.NUMBER, labels.field(name)
    order = ""
    following: tuple[str, ...] = (name,)
    if query.sort[:1] == (name,):
        order, following = "ascending", (f"-{name}",)
    elif query.sort[:1] == (f"-{name}",):
        order, following = "descending", ()
    address = asking.to_text(replace(query, sort=following, page=1)) if sortable else ""
    return Column(name, label, order, address, number)


def _choices(query: Query, columns: Sequence[str], mask: Mask, labels: Labels) -> list[tuple[str, str, bool]]:
    """The columns that can be shown: (name, label, shown), those shown first and in their order."""
    title = title_field(query.unit)
    others = [
        field.name
        for field in labels.schema.fields.of(query.unit)
        if field.name not in columns
        and field.name != title
        and (not field.field_class or field.field_class in mask.classes)
    ]
    shown = [(name, labels.field(name), True) for name in columns]
    return shown + [(name, labels.field(name), False) for name in others]


def _by(query: Query) -> str:
    """What a list is first counted by when it is made a table: the first facet that is no filter yet."""
    used = {condition.field for condition in query.where}
    facets_of = DEFAULT_FACETS[frame_of(query.unit)]
    first = next((dim for dim in facets_of if Dim.parse(dim).field not in used), facets_of[0])
    return f"&dims={first}"


def _unknown(query: Query, counts: dict[str, tuple[FacetCount, ...]], labels: Labels) -> tuple[tuple[str, int], ...]:
    """How many have no known value in each field that is filtered by, that field's filter set aside."""
    used = {condition.field for condition in query.where}
    found = []
    for asked, listed in counts.items():
        name = Dim.parse(asked).field
        if name in used:
            found.append((labels.field(name), listed[-1].count))
    return tuple(found)


def _pages(query: Query, number: int, count: int, entries: int) -> Pages:
    def at(page_number: int) -> str:
        return asking.to_text(replace(query, page=page_number))

    near = sorted({1, count, *(n for n in range(number - 2, number + 3) if 1 <= n <= count)})
    numbers: list[tuple[int, str]] = []
    for n in near:
        if numbers and n > numbers[-1][0] + 1:
            numbers.append((0, ""))
        numbers.append((n, at(n)))
    first = (number - 1) * query.page_size
    return Pages(
        number,
        count,
        min(first + 1, entries),
        min(first + query.page_size, entries),
        entries,
        numbers,
        at(number - 1) if number > 1 else "",
        at(number + 1) if number < count else "",
    )


FOUND_IN = ("acts", "sources", "persons", "figures")
"""The kinds of rows that a search looks into, each a tab of its page."""


def _tabs(query: Query, labels: Labels, totals: Mapping[str, int]) -> list[Choice]:
    """The same words in the other kinds of rows; how many were found there is said where it is known."""
    tabs = []
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}&q={query.token}"), as_of=query.as_of, checked=query.checked)
        label = f"{labels.unit(unit)} {totals[unit]:,}" if unit in totals else labels.unit(unit)
        tabs.append(Choice(label, asking.to_text(asked), query.unit == unit))
    return tabs


def counted_tabs(query: Query, mask: Mask, user: int, language: Language) -> list[Choice]:
    """Return the tabs of a search with how many each holds; apart from the list, which need not wait for them.

    Raises as `list_page`.
    """
    query = asking.with_words(query, user)
    totals = {}
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}"), text=query.text, token=query.token)
        asked = replace(asked, as_of=query.as_of, checked=query.checked)
        snapshot = asking.columns_for(asked)
        totals[unit] = select(snapshot, asked, mask, asking.found_rows(snapshot, asked, mask)).total
    return _tabs(query, Labels(language, query.unit), totals)


def first_found(words: str, token: str, mask: Mask) -> str:
    """Return the first kind of rows in which the words are found, acts when they are found nowhere. Raises Masked."""
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}"), text=words, token=token)
        snapshot = asking.columns_for(asked)
        if select(snapshot, asked, mask, asking.found_rows(snapshot, asked, mask)).total:
            return unit
    return FOUND_IN[0]
