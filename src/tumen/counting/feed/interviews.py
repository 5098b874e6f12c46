"""Interviews: one row an interview, that is for most sources one."""

from __future__ import annotations

from tumen.coding.models import Coding, Interview
from tumen.counting.feed.reading import GONE, STANDING, Columns, Feed, Fetched, Reader, common, days, refs, spans
from tumen.sources.models import Source

_ROWS = f"""
SELECT i.id, {GONE.format(row="i")}, k.checked, s.compartment_id, i.low, i.high, i.channel, i.place_class, i.language,
  i.duration_low, i.duration_high, s.id, s.kind
FROM coding_interview i {STANDING.format(row="i")}
"""


def columns(reader: Reader, rows: Fetched) -> Columns:
    """Return the frame's columns."""
    code = reader.codes
    return {
        **common(rows),
        "interview_date": days(rows[4], rows[5]),
        "way": code("way", rows[6]),
        "place_class": code("place_class", rows[7]),
        "spoken": code("spoken", rows[8]),
        "duration": spans(rows[9], rows[10]),
        "source": refs(rows[11]),
        "source_kind": code("source_kind", rows[12]),
    }


FEED = Feed(
    "i.id",
    _ROWS,
    (
        "SELECT x.id FROM coding_interview x WHERE x.change {since}",
        "SELECT x.id FROM coding_coding k JOIN coding_interview x ON x.coding_id = k.id WHERE k.change {since}",
        "SELECT x.id FROM sources_source s JOIN coding_coding k ON k.source_id = s.id "
        "JOIN coding_interview x ON x.coding_id = k.id WHERE s.change {since}",
    ),
    (Interview, Coding, Source),
    columns,
)
