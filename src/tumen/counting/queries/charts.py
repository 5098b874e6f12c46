"""A plain chart of a table of two or three dimensions: stacked bars where categories exclude each other, else grouped.

Places are in percent, so that the page stretches them; every number that is drawn stands in the table beside.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tumen.columns import Header, HeaderKind

SERIES = 8
"""Columns that are told apart by colour; the smaller ones of a table with more are drawn as one."""
ROWS = 40
"""Rows that are drawn, the largest; the table has all."""
REST, UNKNOWN = "rest", "unknown"


@dataclass(frozen=True)
class Series:
    """One category of the columns: `look` is the class that colours it."""

    label: str
    look: str


@dataclass(frozen=True)
class Piece:
    """One bar or part of a bar: its colour, where it starts and how long it is, in percent, and what it says."""

    look: str
    start: float
    length: float
    says: str


@dataclass(frozen=True)
class ChartRow:
    """One category of the rows, under a heading if it is the first of its kind."""

    label: str
    group: str
    pieces: list[Piece]
    total: int


@dataclass(frozen=True)
class Chart:
    """A chart of one layer. `notes` say what is not drawn."""

    title: str
    by: str
    stacked: bool
    series: list[Series]
    rows: list[ChartRow]
    notes: list[str]


Line = tuple[str, str, Sequence[int], int]
"""A row of the table: its label, the heading it begins, its counts, its total."""


def chart(
    title: str, by: str, lines: Sequence[Line], headers: Sequence[Header], labels: Sequence[str], overlap: bool
) -> Chart | None:
    """Return the chart of one layer of a table, None where nothing is counted.

    Args:
        title: what is counted, by what.
        by: what the columns are.
        lines: the rows.
        headers, labels: the columns.
        overlap: whether one of the unit can stand in several cells, so that bars must not be put end to end.
    """
    shown, notes = _largest(lines)
    kinds = _colours(lines, headers)
    if overlap and kinds and kinds[-1][0] == REST:
        # Sums over columns that overlap would count some twice.
        kinds = kinds[:-1]
        notes.append(_("The smaller columns are not drawn; the table has all."))
    drawn = [(label, group, [sum(counts[at] for at in places) for _look, places in kinds], total)
             for label, group, counts, total in shown]  # fmt: skip
    most = max((max(amounts, default=0) if overlap else sum(amounts) for *_rest, amounts, _total in drawn), default=0)
    if not most:
        return None
    series = [Series(_("the others") if look == REST else labels[places[0]], look) for look, places in kinds]
    rows = [
        ChartRow(label, group, _pieces(amounts, series, most, not overlap), total)
        for label, group, amounts, total in drawn
    ]
    return Chart(title, by, not overlap, series, rows, notes)


def _largest(lines: Sequence[Line]) -> tuple[list[Line], list[str]]:
    """The rows that are drawn, each heading at its first one, and what is said of the others."""
    counted = [at for at, line in enumerate(lines) if line[3]]
    largest = set(sorted(counted, key=lambda at: -lines[at][3])[:ROWS])
    shown: list[Line] = []
    heading = ""
    for at, (label, group, counts, total) in enumerate(lines):
        heading = group or heading
        if at in largest:
            shown.append((label, heading, counts, total))
            heading = ""
    if len(counted) <= ROWS:
        return shown, []
    words = _("The %(n)s largest of %(all)s rows are drawn; the table has all.")
    return shown, [words % {"n": ROWS, "all": f"{len(counted):,}"}]


def _colours(lines: Sequence[Line], headers: Sequence[Header]) -> list[tuple[str, list[int]]]:
    """The columns by colour, in their order: (class, their places). Those too small for one of their own are last."""
    sizes = [sum(line[2][at] for line in lines) for at in range(len(headers))]
    known = [at for at, header in enumerate(headers) if header.kind is not HeaderKind.UNKNOWN and sizes[at]]
    large = sorted(sorted(known, key=lambda at: -sizes[at])[:SERIES])
    unknown = [at for at, header in enumerate(headers) if header.kind is HeaderKind.UNKNOWN and sizes[at]]
    rest = [at for at in known if at not in large]
    kinds = [(f"series-{number}", [at]) for number, at in enumerate(large, 1)]
    return [*kinds, *((UNKNOWN, [at]) for at in unknown), *([(REST, rest)] if rest else [])]


def _pieces(amounts: Sequence[int], series: Sequence[Series], most: int, stacked: bool) -> list[Piece]:
    pieces, start = [], 0
    for amount, each in zip(amounts, series, strict=True):
        if amount or not stacked:
            length = round(100 * amount / most, 2) if most else 0.0
            at = round(100 * start / most, 2) if stacked and most else 0.0
            pieces.append(Piece(each.look, at, length, f"{each.label}: {amount:,}"))
        start += amount
    return pieces
