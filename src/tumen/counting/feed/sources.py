"""Sources: one row a source, with how many acts its adopted coding tells of, and whether its texts' names wait."""

from __future__ import annotations

from tumen.coding.models import Act, Coding
from tumen.counting.feed.reading import Columns, Feed, Fetched, Reader, common, days, spans
from tumen.dates import try_parse
from tumen.sources import names
from tumen.sources.models import NameMarks, Source, Text

_ROWS = """
SELECT s.id, s.retracted, EXISTS (SELECT 1 FROM coding_coding k WHERE k.source_id = s.id AND k.adopted AND k.checked
  AND NOT k.retracted), s.compartment_id, s.kind, s.language, s.published, s.status,
  s.reliability
FROM sources_source s
"""
_ACTS = (
    "SELECT k.source_id FROM coding_coding k JOIN coding_act a ON a.coding_id = k.id AND NOT a.retracted AND k.adopted"
)
_TEXTS = "SELECT t.source_id, t.id, t.rendition, t.original_id FROM sources_text t"
_REVIEWED = (
    "SELECT n.text_id FROM sources_namemarks n "
    "JOIN sources_text t ON t.id = n.text_id AND n.reviewed = n.marked AND n.reviewed > 0"
)


def columns(reader: Reader, rows: Fetched) -> Columns:
    """Return the frame's columns."""
    code = reader.codes
    coded: dict[int, int] = {}
    for (source,) in reader.fetch_live(_ACTS, "k", "k.source_id"):
        coded[source] = coded.get(source, 0) + 1
    acts = [coded.get(source, 0) for source in rows[0]]
    texts: dict[int, list[tuple[int, str, int | None]]] = {}
    for source, *text in reader.fetch_live(_TEXTS, "t", "t.source_id"):
        texts.setdefault(source, []).append((text[0], text[1], text[2]))
    done = {text for (text,) in reader.fetch_live(_REVIEWED, "n", "t.source_id")}
    published = [bounds_of(text) for text in rows[6]]
    return {
        **common(rows),
        "kind": code("kind", rows[4]),
        "language": code("language", rows[5]),
        "published": days([low for low, _ in published], [high for _, high in published]),
        "status": code("status", rows[7]),
        "reliability": code("reliability", rows[8]),
        "names": code("names", [names.state_of(texts[row], done) if row in texts else "" for row in rows[0]]),
        "acts_coded": spans(acts, acts),
    }


def bounds_of(text: str) -> tuple[int | None, int | None]:
    """Return first and last day of an EDTF date; nothing of an empty or unreadable one."""
    found = try_parse(text) if text else None
    return (None, None) if found is None else (found.bounds.low, found.bounds.high)


FEED = Feed(
    "s.id",
    _ROWS,
    (
        "SELECT s.id FROM sources_source s WHERE s.change {since}",
        "SELECT k.source_id FROM coding_coding k WHERE k.change {since}",
        "SELECT k.source_id FROM coding_act a JOIN coding_coding k ON k.id = a.coding_id WHERE a.change {since}",
        "SELECT t.source_id FROM sources_text t WHERE t.change {since}",
        "SELECT t.source_id FROM sources_namemarks n JOIN sources_text t ON t.id = n.text_id WHERE n.change {since}",
    ),
    (Source, Coding, Act, Text, NameMarks),
    columns,
)
