"""Figures: one row a figure that a source gives."""

from __future__ import annotations

from tumen.coding.models import Coding, Figure
from tumen.counting.feed.reading import GONE, STANDING, Columns, Feed, Fetched, Reader, common, days, refs, spans
from tumen.sources.models import Source

_ROWS = f"""
SELECT f.id, {GONE.format(row="f")}, k.checked, s.compartment_id, f.unit, f.qualifier, f.low_milli, f.high_milli,
  f.low, f.high, f.place, s.id, s.kind
FROM coding_figure f {STANDING.format(row="f")}
"""
_LARGEST = 2**31 - 2


def columns(reader: Reader, rows: Fetched) -> Columns:
    """Return the frame's columns."""
    code = reader.codes
    return {
        **common(rows),
        "figure_unit": code("figure_unit", rows[4]),
        "qualifier": code("qualifier", rows[5]),
        "value": spans([_whole(value) for value in rows[6]], [_whole(value) for value in rows[7]]),
        "figure_period": days(rows[8], rows[9]),
        "figure_place": code("figure_place", rows[10]),
        "source": refs(rows[11]),
        "source_kind": code("source_kind", rows[12]),
    }


def _whole(milli: int | None) -> int | None:
    """Thousandths to whole numbers, held to what a column can: there figures are compared by size, shown exactly."""
    return None if milli is None else max(-_LARGEST, min(_LARGEST, round(milli / 1000)))


FEED = Feed(
    "f.id",
    _ROWS,
    (
        "SELECT x.id FROM coding_figure x WHERE x.change {since}",
        "SELECT x.id FROM coding_coding k JOIN coding_figure x ON x.coding_id = k.id WHERE k.change {since}",
        "SELECT x.id FROM sources_source s JOIN coding_coding k ON k.source_id = s.id "
        "JOIN coding_figure x ON x.coding_id = k.id WHERE s.change {since}",
    ),
    (Figure, Coding, Source),
    columns,
)
