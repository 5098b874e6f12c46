"""The form of what comes out: tables of plain tuples, kinds of records in an order in which each refers backwards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

KINDS: dict[str, tuple[str, ...]] = {
    "units": ("agency", "name_en", "name_ko", "name_zh", "parent", "place", "place_type"),
    "sources": (
        "kind", "title", "publisher", "language", "published", "channel", "list", "collector", "reliability", "cites",
    ),
    "texts": ("source", "rendition", "language", "body"),
    "passages": ("text", "start", "end"),
    "codings": ("source", "coder", "adopted"),
    "parties": (
        "coding", "kind", "sex", "birth", "birthplace", "last_residence", "origin", "occupation", "education",
        "religion", "marital_status", "fate", "fate_as_of", "size_low", "size_high", "features", "unit", "gaps",
    ),
    "names": ("party", "text", "script", "kind"),
    "relations": ("coding", "party", "other", "kind", "unit", "post", "from", "to"),
    "incidents": ("coding", "interval", "place", "title"),
    "episodes": ("coding", "victim"),
    "acts": (
        "coding", "incident", "episode", "victim", "type", "interval", "place_told", "place", "precision", "place_type",
        "specificity", "times_low", "times_high", "part_of", "cause", "age", "age_reckoning", "status_after", "gaps",
    ),
    "involvements": ("act", "party", "unit", "degree", "agency", "rank", "post"),
    "transfers": ("act", "kind", "from", "to", "seller", "buyer", "price_low", "price_high", "currency"),
    "life_events": ("coding", "party", "kind", "from", "to", "interval", "sequence"),
    "tellings": (
        "claim_kind", "claim", "informant", "connection", "chain", "evidence_form", "stance", "credibility",
    ),
    "practice_statements": ("coding", "type", "interval", "place", "summary"),
    "figures": (
        "coding", "low", "high", "unit", "counted", "population", "place", "period", "qualifier", "attributed_to",
        "chain",
    ),
    "quotations": ("coding", "speaker", "role", "chain"),
    "anchors": ("record_kind", "record", "field", "passage"),
    "marks": ("record_kind", "record", "field", "term"),
    "identifiers": ("record_kind", "record", "scheme", "value"),
    "interviews": ("coding", "teller", "date", "channel", "place_class", "language", "minutes"),
    "consents": ("source", "subject", "form", "answers", "date", "starts", "ends"),
}  # fmt: skip
"""The columns of each kind of record. A row's own index is not a column: it is how many rows of its kind came before.

References (`source`, `text`, `coding`, `party`, `act`, `passage`, ...) are such indexes, 0, 1, 2, ... by kind, and
point at rows of the same chunk or an earlier one. Places and terms are codes of the gazetteer and the vocabularies.
`gaps` is None or a dict {field: unknown | not_asked | refused}; `chain` is a tuple of names, nearest first. `form`
is the number of one of `forms()`, `answers` a tuple of (state, purposes, audiences, granularity), ("*",) standing for
all purposes or audiences.
"""

RESOLVED = ("parties", "incidents", "episodes", "acts", "life_events")
"""The kinds of records of which the truth says what each stands for."""

Row = tuple[Any, ...]


@dataclass(slots=True)
class Table:
    """Rows of one kind. `first` is the index of the first of them."""

    kind: str
    first: int
    rows: list[Row]

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of the columns."""
        return KINDS[self.kind]

    def column(self, name: str) -> list[Any]:
        """The values of one column."""
        at = self.columns.index(name)
        return [row[at] for row in self.rows]


@dataclass(slots=True)
class Chunk:
    """All records of a run of sources: a table of every kind in `KINDS`, in that order.

    `truth[kind]` gives the true entity of each row of the kinds in `RESOLVED`: persons and groups are numbered
    together, as are acts, incidents, episodes (by their victim) and life events (victim * 8 + what happened).
    """

    tables: dict[str, Table]
    truth: dict[str, NDArray[np.int64]]

    def __len__(self) -> int:
        """The number of rows of all kinds."""
        return sum(len(table.rows) for table in self.tables.values())
