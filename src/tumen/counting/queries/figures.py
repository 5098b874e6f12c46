"""The register of figures: what sources say about one population, on one axis, with who says so, when, through whom.

Figures stand on one axis only when unit, period they are per, what is counted and of which population are the same;
no figure is the figure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from tumen.coding.models import Coding, Figure
from tumen.columns import BadQuery, Mask, Query, facets, select
from tumen.counting.queries import asking, filters, listing, people
from tumen.counting.queries.axes import Axis, Group, axis_of, same
from tumen.counting.queries.head import Choice, Head, head
from tumen.counting.queries.labels import Labels, Language
from tumen.counting.queries.paging import Pages, pages_of
from tumen.guard import reading


@dataclass(frozen=True)
class Population:
    """One population in the panel: what is counted of it, in which unit, how many figures, the address of its axis."""

    label: str
    unit: str
    count: int
    address: str
    chosen: bool


@dataclass(frozen=True)
class FiguresPage:
    """One page of the register under a query.

    Attributes:
        axes: the axes of this page; one of many figures goes on over several pages, its scale that of all of them.
        populations: the populations with most figures, and `more` how many others there are.
        orders: the orders the axes can stand in.
    """

    query: Query
    address: str
    head: Head
    axes: list[Axis]
    populations: list[Population]
    more: int
    orders: list[Choice]
    pages: Pages
    facets: list[filters.Facet]
    chips: list[filters.Chip]
    cleared: str


AXES = "axes"
"""Stands for `unit=figures` in the addresses of the register, which keep to it and do not lead to the list."""
PAGE = 50
"""Figures on a page."""
POPULATIONS = 12
ORDERS = {
    "most": noop("Most figures first"),
    "population": noop("By population"),
    "newest": noop("Newest figure first"),
}

_KEYS = (
    "SELECT f.id, f.coding_id, f.unit, f.counted, f.population, f.per, f.low_milli, f.high_milli, f.high "
    "FROM coding_figure f WHERE f.id IN (SELECT value FROM json_each(%s))"
)
_ROWS = (
    "SELECT f.id, f.coding_id, f.low_milli, f.high_milli, f.qualifier, f.attributed_to, f.chain, f.date, k.source_id "
    "FROM coding_figure f JOIN coding_coding k ON k.id = f.coding_id "
    "WHERE f.id IN (SELECT value FROM json_each(%s))"
)


def figures_register(
    query: Query, mask: Mask, user: int, language: Language, about: int | None = None, order: str = "most"
) -> FiguresPage:
    """Return one page of the figures the query means, grouped by what can stand on one axis.

    Args:
        about: a figure, for the axis it stands on alone.
        order: one of `ORDERS`.

    Raises as `list_page`, and BadQuery for an order there is none of.
    """
    if order not in ORDERS:
        raise BadQuery(noop("figures are not sorted by {order!r}"), tuple(ORDERS), order=order)
    query = asking.with_words(query, user)
    labels = Labels(language, query.unit)
    snapshot = asking.columns_for(query)
    found = asking.found_rows(snapshot, query, mask)
    selection = select(snapshot, query, mask, found)
    rows, _entities = selection.entries()
    every = _groups(snapshot.ids[rows].tolist(), query.as_of, mask)
    kept = [group for group in every if about is None or any(number == about for *_bounds, number in group.ends)]
    kept.sort(key=_ORDER[order])
    axes, total = _page(kept, query, mask, labels)
    counts = facets(snapshot, query, mask, listing.facet_dims(query, labels), found)
    suffix = _suffix(about, order)
    whole = pages_of(replace(query, page_size=PAGE), query.page, max(1, -(-total // PAGE)), total, suffix)
    return FiguresPage(
        query=query,
        address=asking.to_text(replace(query, page=1, page_size=50)),
        head=head(query, labels, selection.total, selection.hidden, selection.uncounted, (), suffix=suffix),
        axes=axes,
        populations=_populations(every, query, about, order, labels),
        more=max(0, len(every) - POPULATIONS),
        orders=[Choice(_(label), _at(query, about, name), name == order) for name, label in ORDERS.items()],
        pages=replace(
            whole,
            numbers=[(number, on_axes(address)) for number, address in whole.numbers],
            previous=on_axes(whole.previous),
            next=on_axes(whole.next),
        ),
        facets=[facet_on_axes(facet) for facet in filters.panel(query, counts, labels)],
        chips=[
            replace(chip, without=on_axes(chip.without), opposite=on_axes(chip.opposite))
            for chip in filters.chips(query, labels)
        ],
        cleared=AXES,
    )


def _groups(ids: list[int], as_of: int | None, mask: Mask) -> list[Group]:
    """The figures by what makes them comparable."""
    groups: dict[tuple[str, str, str, str], Group] = {}
    rows = _opened(people.fetch((Figure,), _KEYS, ids, as_of), {3: "counted", 4: "population"}, mask)
    for number, _coding, unit, counted, population, per, low, high, day in rows:
        key = (unit, same(counted), same(population), per)
        group = groups.get(key)
        if group is None:
            group = groups[key] = Group(unit, counted, population, per, [])
        group.ends.append((low, high, number))
        group.newest = max(group.newest, day or 0)
    return list(groups.values())


def _opened(rows: people.Rows, sealed: dict[int, str], mask: Mask) -> people.Rows:
    """Open what a source says in its own words: `sealed` names the fields by their place; figure and coding lead."""
    words = {
        at: reading.read_rows(mask, Figure, name, [(row[0], row[1], people.sealed(row[at])) for row in rows])
        for at, name in sealed.items()
    }
    return [tuple(str(words[at][row[0]]) if at in words else value for at, value in enumerate(row)) for row in rows]


_ORDER: dict[str, Callable[[Group], Any]] = {
    "most": lambda group: (-len(group.ends), group.unit, group.name),
    "population": lambda group: (same(group.name), group.unit, group.per),
    "newest": lambda group: (-group.newest, same(group.name)),
}


def _page(groups: list[Group], query: Query, mask: Mask, labels: Labels) -> tuple[list[Axis], int]:
    """The axes of a page, and how many figures there are on all pages."""
    first = (query.page - 1) * PAGE
    cut: list[tuple[Group, list[int]]] = []
    at = 0
    for group in groups:
        ordered = sorted(group.ends, key=lambda end: (end[0] is None, end[0] or 0, end[1] or 0, end[2]))
        shown = [number for *_bounds, number in ordered[max(0, first - at) : max(0, first + PAGE - at)]]
        at += len(group.ends)
        if shown:
            cut.append((group, shown))
    wanted = [number for _group, numbers in cut for number in numbers]
    opened = _opened(people.fetch((Figure, Coding), _ROWS, wanted, query.as_of), {5: "attributed_to", 6: "chain"}, mask)
    fetched = {row[0]: row for row in opened}
    titles = people.source_titles((row[-1] for row in fetched.values()), query.as_of)
    axes = [
        axis_of(group, [fetched[number] for number in numbers], titles, _at(query, group.key, "most"), labels)
        for group, numbers in cut
    ]
    return axes, at


def _populations(groups: list[Group], query: Query, about: int | None, order: str, labels: Labels) -> list[Population]:
    listed = sorted(groups, key=_ORDER["most"])[:POPULATIONS]
    found = []
    for group in listed:
        chosen = about is not None and any(number == about for *_bounds, number in group.ends)
        address = _at(query, None if chosen else group.key, order)
        unit = labels.term("figure_unit", group.unit)
        found.append(Population(group.name or _("not said"), unit, len(group.ends), address, chosen))
    return found


def _at(query: Query, about: int | None, order: str) -> str:
    """The address of the register about one figure's population, in an order."""
    return on_axes(asking.to_text(replace(query, page=1))) + _suffix(about, order)


def _suffix(about: int | None, order: str) -> str:
    return ("" if order == "most" else f"&order={order}") + ("" if about is None else f"&about={about}")


def on_axes(text: str) -> str:
    """Return the address in the register of a question about figures."""
    return text.replace("unit=figures", AXES, 1)


def facet_on_axes(facet: filters.Facet) -> filters.Facet:
    """Return a facet whose choices keep to the register."""
    waiting = list(facet.entries)
    while waiting:
        entry = waiting.pop()
        entry.address = on_axes(entry.address)
        waiting += entry.below
    return facet
