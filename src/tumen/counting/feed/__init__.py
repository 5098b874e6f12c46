"""From rows to columns: what each frame holds of each record, read in a few wide statements.

The same statements serve the present and the past: for the past (and while bulk work is open) each table is replaced by
a view of its rows as they were known, in a WITH clause under the table's own name. Asked for a few records, they read
those records alone.
"""

from __future__ import annotations

import numpy as np
from django.db import connection
from django.db.models import Max

from tumen.archive import versions
from tumen.archive.models import Batch
from tumen.columns import Field
from tumen.counting.feed import acts, figures, interviews, persons, sources
from tumen.counting.feed.reading import Columns, Feed, Ints, Reader, Wanted, changed_since, held
from tumen.counting.fields import ACTS, FIGURES, INTERVIEWS, PERSONS, SOURCES
from tumen.sources.models import Source

FEEDS: dict[str, Feed] = {
    ACTS: acts.FEED,
    PERSONS: persons.FEED,
    SOURCES: sources.FEED,
    FIGURES: figures.FEED,
    INTERVIEWS: interviews.FEED,
}


def read(name: str, fields: dict[str, Field], ids: Wanted = None, as_of: int | None = None) -> tuple[Ints, Columns]:
    """Return (ids, columns) of a frame: all rows, those of `ids`, or those from one id to another.

    As they stand, or as known at change `as_of`. In which compartment a row stands is always today's, so that what has
    been closed to somebody since stays closed in the past too.
    """
    feed = FEEDS[name]
    reader = Reader(fields, feed.models, ids, as_of)
    fetched = reader.fetch(feed.rows, feed.key)
    if not fetched:
        return np.zeros(0, np.int64), {}
    rows = tuple(zip(*fetched, strict=True))
    found, columns = np.asarray(rows[0], np.int64), feed.columns(reader, rows)
    if as_of is not None:
        columns["compartment"] = _compartments_now(columns.get("source", found))
    return found, columns


def _compartments_now(of: Ints) -> Ints:
    """Return the compartment in which each of some sources stands today."""
    reader = Reader({}, (Source,), np.unique(of), versions.newest())
    now = dict(reader.fetch("SELECT s.id, s.compartment_id FROM sources_source s", "s.id"))
    return np.fromiter((now[source] for source in of.tolist()), np.int64, len(of))


def compartments_stand() -> tuple[int, int]:
    """Return what is another pair once a source may have been moved: the newest change of one, the newest close of bulk
    work.
    """
    change = Source._base_manager.aggregate(newest=Max("change"))["newest"]
    return change or 0, Batch.objects.aggregate(newest=Max("closed_seq"))["newest"] or 0


def stretches(name: str, size: int) -> list[tuple[int, int]]:
    """Return pairs of ids between which a frame has `size` rows, so that reading takes little memory."""
    table = FEEDS[name].models[0]._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {table} ORDER BY id")
        ids = [record for (record,) in cursor.fetchall()]
    return [(ids[start], ids[min(start + size, len(ids)) - 1]) for start in range(0, len(ids), size)]


def touched(name: str, since: int) -> Ints:
    """Return the ids of rows that changes after `since` affect, those of bulk work closed after it included."""
    return changed_since(FEEDS[name].touched, since)


def held_open(name: str, ids: Ints) -> Ints:
    """Return those of `ids` that bulk work which is still open has touched: they are read as they were before it."""
    return held(FEEDS[name].touched, ids)


__all__ = ["FEEDS", "Columns", "Feed", "Ints", "compartments_stand", "held_open", "read", "stretches", "touched"]
