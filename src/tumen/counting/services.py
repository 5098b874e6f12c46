"""Verbs of counting: saving a table's definition."""

from __future__ import annotations

from tumen.archive.changes import OpenChange
from tumen.counting.models import Definition
from tumen.counting.queries.asking import TableSpec, parse_table


def save_definition(c: OpenChange, user: int, title: str, table: str, compartment: int | None = None) -> Definition:
    """Keep a table under a title, for its user alone or for all who see a compartment.

    Free text is not kept with it: it belongs to who searched. Raises BadQuery.
    """
    spec: TableSpec = parse_table(table)
    kept = "&".join(part for part in spec.to_text().split("&") if not part.startswith("q="))
    return c.insert(Definition, title=title.strip()[:200], asks=kept, user=user, compartment_id=compartment)


def remove_definition(c: OpenChange, definition: Definition) -> Definition:
    """Take a saved table off the page; undo brings it back."""
    return c.retract(definition)
