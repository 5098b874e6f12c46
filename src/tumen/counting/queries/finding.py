"""Finding words across kinds of rows at once, as `tumen search` does."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tumen.columns import Mask, page, select
from tumen.counting import search
from tumen.counting.queries import asking
from tumen.counting.queries.labels import Labels, Language
from tumen.counting.queries.rows import hydrated

COMMAND = "command"


@dataclass(frozen=True)
class Found:
    """One hit: the record, what it is, its title, and the stretch of text in which the words stand."""

    id: int
    kind: str
    title: str
    snippet: str


def find(words: str, units: tuple[str, ...], mask: Mask, language: Language, limit: int) -> tuple[int, list[Found]]:
    """Return how many there are in these units together, and the first of them, unit after unit.

    Raises Masked, OnlyExclusions.
    """
    total, results = 0, list[Found]()
    for unit in units:
        # A token stands in for the words, which never enter a text form; nothing is kept under it here.
        query = replace(asking.parse(f"unit={unit}"), text=words, token=COMMAND)
        snapshot = asking.columns_for(query)
        selection = select(snapshot, query, mask, search.rows(snapshot, words, mask))
        total += selection.total
        if (room := limit - len(results)) > 0:
            part = page(selection, size=room, number=1)
            for row in hydrated(selection, part.rows, part.entities, (), Labels(language, unit)):
                text = "".join(piece for piece, _ in row.found)
                results.append(Found(row.id, row.kind, row.title.text, text))
    return total, results
