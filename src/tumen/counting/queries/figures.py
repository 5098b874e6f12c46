"""The register of figures: what sources say about one population, on one axis, with who says so, when, through whom.

Figures stand on one axis only when unit, period they are per, what is counted and of which population are the same;
no figure is the figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from tumen.coding.kinds.model import LINK
from tumen.coding.models import Figure
from tumen.columns import Mask, Query, select
from tumen.counting.queries import asking, filters, listing, people
from tumen.counting.queries.cells import Cell
from tumen.counting.queries.head import Head, head
from tumen.counting.queries.labels import Labels, Language
from tumen.guard import reading

PERCENT = frozenset({"share"})


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: its place in percent and its words."""

    at: float
    label: str


@dataclass(frozen=True)
class Said:
    """One figure: what it says, where its low and high stand on the axis (percent), who says so, when, through whom."""

    id: int
    words: str
    low: float
    high: float
    who: str
    when: Cell
    chain: str
    source: int
    source_title: str


@dataclass(frozen=True)
class Axis:
    """Figures that can be compared: of one unit, about one population."""

    unit: str
    counted: str
    population: str
    per: str
    logarithmic: bool
    ticks: list[Tick]
    figures: list[Said]


@dataclass(frozen=True)
class FiguresPage:
    """The register under a query."""

    query: Query
    address: str
    head: Head
    axes: list[Axis]
    alone: list[Axis]
    facets: list[filters.Facet]
    chips: list[filters.Chip]
    cleared: str


_ROWS = (
    "SELECT f.id, f.unit, f.counted, f.population, f.per, f.low_milli, f.high_milli, f.qualifier, f.attributed_to, "
    "f.chain, f.date, k.source_id, f.coding_id FROM coding_figure f JOIN coding_coding k ON k.id = f.coding_id "
    "WHERE f.id IN (SELECT value FROM json_each(%s))"
)


def figures_register(query: Query, mask: Mask, user: int, language: Language) -> FiguresPage:
    """Return every figure the query means, grouped by what can stand on one axis. Raises as `list_page`."""
    from tumen.coding.models import Coding
    from tumen.columns import facets

    query = asking.with_words(query, user)
    labels = Labels(language, query.unit)
    snapshot = asking.columns_for(query)
    found = asking.found_rows(snapshot, query, mask)
    selection = select(snapshot, query, mask, found)
    rows, _ = selection.entries()
    fetched = people.fetch((Figure, Coding), _ROWS, snapshot.ids[rows].tolist(), query.as_of)
    fetched = _opened(fetched, mask)
    titles = people.source_titles((row[11] for row in fetched), query.as_of)
    groups: dict[tuple[str, str, str, str], list[tuple[object, ...]]] = {}
    for row in fetched:
        groups.setdefault((row[1], _same(row[2]), _same(row[3]), row[4]), []).append(row)
    axes = [_axis(group, titles, labels) for group in groups.values()]
    axes.sort(key=lambda axis: (-len(axis.figures), axis.unit, axis.counted))
    counts = facets(snapshot, query, mask, listing.facet_dims(query, labels), found)
    return FiguresPage(
        query=query,
        address=asking.to_text(query),
        head=head(query, labels, selection.total, selection.hidden, selection.uncounted, ()),
        axes=[axis for axis in axes if len(axis.figures) > 1],
        alone=[axis for axis in axes if len(axis.figures) == 1],
        facets=filters.panel(query, counts, labels),
        chips=filters.chips(query, labels),
        cleared="unit=figures",
    )


def _opened(rows: people.Rows, mask: Mask) -> people.Rows:
    """Open what a source says in its own words: what is counted, of which population, who says so, through whom."""
    columns = {2: "counted", 3: "population", 8: "attributed_to", 9: "chain"}
    words = {
        at: reading.read_rows(mask, Figure, name, [(row[0], row[12], people.sealed(row[at])) for row in rows])
        for at, name in columns.items()
    }
    return [tuple(str(words[at][row[0]]) if at in words else value for at, value in enumerate(row)) for row in rows]


def _same(text: str) -> str:
    """What makes two descriptions of a population the same: their words, not their case or spacing."""
    return " ".join(text.casefold().split())


def _axis(group: list[tuple[object, ...]], titles: dict[int, str], labels: Labels) -> Axis:
    first = group[0]
    unit = str(first[1])
    ends = [bound / 1000 for row in group for bound in (row[5], row[6]) if isinstance(bound, int)]
    percent = unit in PERCENT
    low, high, ticks = _scale(ends, percent)
    said = []
    for row in sorted(group, key=lambda row: (row[5] is None, row[5] or 0, row[6] or 0)):
        bounds = [None if bound is None else int(str(bound)) / 1000 for bound in (row[5], row[6])]
        known = [bound for bound in bounds if bound is not None]
        said.append(
            Said(
                id=int(str(row[0])),
                words=words(bounds[0], bounds[1], str(row[7]), labels),
                low=_place(min(known), low, high, percent) if known else 0.0,
                high=_place(max(known), low, high, percent) if known else 0.0,
                who=str(row[8]),
                when=people.date_cell(str(row[10] or ""), labels.language),
                chain=str(row[9]).replace(LINK, " ← "),
                source=int(str(row[11])),
                source_title=titles.get(int(str(row[11])), ""),
            )
        )
    return Axis(labels.term("figure_unit", unit), str(first[2]), str(first[3]), str(first[4]), not percent, ticks, said)


def words(low: float | None, high: float | None, qualifier: str, labels: Labels) -> str:
    """Return a figure in words: 150,000-200,000, about 70 %."""
    if low is None and high is None:
        return labels.term("qualifier", qualifier) if qualifier else labels.term("qualifier", "unknown")
    if low is not None and high is not None and low != high:
        number = f"{_plain(low)}–{_plain(high)}"
    else:
        number = _plain(low if low is not None else high or 0)
    if qualifier and qualifier not in ("exactly", "between"):
        return f"{labels.term('qualifier', qualifier)} {number}"
    return number


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3f}".rstrip("0")


def _scale(ends: list[float], percent: bool) -> tuple[float, float, list[Tick]]:
    """The ends of an axis (of powers of ten unless it is one of percent) and its ticks."""
    if percent:
        return 0.0, 100.0, [Tick(at, f"{at:.0f} %") for at in (0.0, 25.0, 50.0, 75.0, 100.0)]
    positive = [end for end in ends if end > 0] or [1.0]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    high = max(high, low + 1)
    step = max(1, (high - low) // 5)
    ticks = [Tick(100 * (power - low) / (high - low), f"{10**power:,}" if power >= 0 else f"{10.0**power:g}")
             for power in range(low, high + 1, step)]  # fmt: skip
    return float(low), float(high), ticks


def _place(value: float, low: float, high: float, percent: bool) -> float:
    if percent:
        return max(0.0, min(100.0, value))
    if value <= 0:
        return 0.0
    return round(100 * (math.log10(value) - low) / (high - low), 2)
