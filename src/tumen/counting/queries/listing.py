"""One page of a list: rows made ready to be shown, facets, filters in force, and the addresses of what is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tumen.archive import versions
from tumen.columns import Dim, FacetCount, Kind, Mask, Query, facets, page, select
from tumen.counting import search
from tumen.counting.fields import DEFAULT_FACETS, frame_of
from tumen.counting.queries import asking, filters, tabs
from tumen.counting.queries.head import Choice, Head, head
from tumen.counting.queries.labels import Labels, Language
from tumen.counting.queries.paging import Pages, pages_of
from tumen.counting.queries.rows import Row, hydrated, shown_columns, title_field

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
    known: int
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
    known = versions.newest() if query.as_of is None else query.as_of
    nothing = replace(query, where=(), text=None, token=None, page=1)
    bare = asking.to_text(replace(nothing, purpose=None, audience=None, grain=None, because=None))
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
            left_out=selection.left_out,
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
        pages=pages_of(query, part.number, part.pages, part.entries),
        tabs=tabs.tabs_of(query, labels, {}) if query.text is not None else [],
        may_search=search.may_search(mask),
        known=known,
        pinned=asking.to_text(replace(query, as_of=known)),
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
        if field.name not in columns and field.name != title and mask.somewhere(field.field_class)
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
        if name in used and labels.says_unknown(name):
            found.append((labels.field(name), listed[-1].count))
    return tuple(found)
