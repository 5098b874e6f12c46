"""What rests on which words: the way from the token indexes to the rows of a frame, held in memory beside the columns.

A common word stands in hundreds of thousands of passages, and SQL follows each to its records on its own. Here the way
is a few arrays, read once in the background (`prepare`) and good for as long as changes leave a passage alone; those
that changes touch are followed in SQL, and so are all where nothing was prepared.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection

from tumen.archive import folder, versions
from tumen.columns import Snapshot
from tumen.columns.arrays import Bools, Int32s, Int64s, starts
from tumen.columns.distinct import ranges

REBUILD, SPARE = 0.05, 1000
"""Beyond this share of touched owners, and so many, the way is read anew."""


@dataclass(frozen=True)
class Way:
    """From the owners of tokens (passages, texts, sources) to records.

    Attributes:
        index: the table of tokens; `nameless` is the one of reviewed texts without their names.
        owner: the column that `{among}` in `pairs` narrows to some owners.
        pairs: statements for (owner, record).
        touched: statements for the owners whose pairs a change after `%s` may have altered.
    """

    index: str
    nameless: str
    owner: str
    pairs: tuple[str, ...]
    touched: tuple[str, ...]


_ANCHORS = (
    "SELECT DISTINCT n.passage_id AS owner, n.record AS record FROM coding_anchor n WHERE NOT n.retracted {among}"
)
_TOUCHED = (
    "SELECT n.passage_id FROM coding_anchor n WHERE n.change > %s",
    "SELECT json_extract(o.data, '$.passage_id') FROM archive_superseded o "
    "WHERE o.model = 'coding.anchor' AND o.to_change > %s",
)
RECORDS = Way("passage_tokens", "nameless_passage_tokens", "n.passage_id", (_ANCHORS,), _TOUCHED)
"""Acts, figures and other claims rest on the passages that are their evidence."""

PERSONS = Way(
    "passage_tokens",
    "nameless_passage_tokens",
    "n.passage_id",
    (
        _ANCHORS,
        # CROSS JOIN keeps SQLite from walking through every act instead.
        f"SELECT h.owner AS owner, a.victim_id AS record FROM ({_ANCHORS}) h "
        "CROSS JOIN coding_act a ON a.id = h.record AND NOT a.retracted WHERE a.victim_id IS NOT NULL",
        f"SELECT h.owner AS owner, i.party_id AS record FROM ({_ANCHORS}) h "
        "CROSS JOIN coding_act a ON a.id = h.record AND NOT a.retracted "
        "CROSS JOIN coding_involvement i ON i.act_id = a.id AND NOT i.retracted WHERE i.party_id IS NOT NULL",
    ),
    (
        *_TOUCHED,
        "SELECT n.passage_id FROM coding_act a JOIN coding_anchor n ON n.record = a.id WHERE a.change > %s",
        "SELECT n.passage_id FROM coding_involvement i JOIN coding_anchor n ON n.record = i.act_id WHERE i.change > %s",
        # Who is involved in another act now: the act it was.
        "SELECT n.passage_id FROM archive_superseded o "
        "JOIN coding_anchor n ON n.record = json_extract(o.data, '$.act_id') "
        "WHERE o.model = 'coding.involvement' AND o.to_change > %s",
    ),
)
"""Parties rest on passages of their own, and on those of the acts that stand and name them."""

SOURCES = Way(
    "text_tokens",
    "nameless_text_tokens",
    "n.id",
    (
        "SELECT n.id AS owner, n.source_id AS record FROM sources_text n WHERE 1 {among}",
        "SELECT n.id AS owner, n.id AS record FROM sources_source n WHERE 1 {among}",
    ),
    ("SELECT id FROM sources_text WHERE change > %s", "SELECT id FROM sources_source WHERE change > %s"),
)
"""A source has the words of its texts, and those of its title under its own id."""


@dataclass(frozen=True, eq=False)
class Held:
    """A way as it was at one change.

    Attributes:
        stands: that change.
        owners: ascending; the records of owner n are records[codes[offsets[n]:offsets[n + 1]]].
        records: ascending.
    """

    stands: int
    owners: Int64s
    offsets: Int64s
    codes: Int32s
    records: Int64s


class Evidence:
    """One way, held or not, and the owners touched since it was read."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._lock = threading.Lock()
        self._held: Held | None = None
        self._stands, self._touched = 0, np.zeros(0, np.int64)
        self._rows: dict[str, tuple[Held, Int64s, Int32s]] = {}

    def prepare(self) -> None:
        """Read the way into memory as it is now."""
        with versions.one_moment():
            stands = versions.newest()
            pairs = [_numbers(statement.format(among=""), 2) for statement in self._way.pairs]
        owners, records = (np.concatenate(side) for side in zip(*pairs, strict=True))
        known, codes = np.unique(records, return_inverse=True)
        order = np.argsort(owners, kind="stable")
        owners, ordered = owners.take(order), np.asarray(codes.take(order), np.int32)
        begin = starts(owners).nonzero()[0]
        held = Held(stands, owners.take(begin), np.append(begin, len(owners)), ordered, known)
        with self._lock:
            self._held, self._stands, self._touched = held, stands, np.zeros(0, np.int64)

    def mark(self, found: Bools, snapshot: Snapshot, expression: str, nameless: bool) -> None:
        """Mark in `found` the rows of a snapshot that rest on what an expression of the token index matches."""
        with versions.one_moment():
            held, touched = self._pulled()
            owners = _matching(self._way.nameless if nameless else self._way.index, expression)
            if held is not None:
                touched_here = among(touched, owners) >= 0
                self._mark_held(found, snapshot, held, owners.take((~touched_here).nonzero()[0]))
                owners = owners.take(touched_here.nonzero()[0])
            if len(owners):
                only = f"AND {self._way.owner} IN (SELECT value FROM json_each(%s))"
                for statement in self._way.pairs:
                    _, records = _numbers(statement.format(among=only), 2, json.dumps(owners.tolist()))
                    mark_ids(found, snapshot, records)

    def _pulled(self) -> tuple[Held | None, Int64s]:
        """What is held, and the owners touched since; both as of this moment."""
        with self._lock:
            held, newest = self._held, versions.newest()
            if held is not None and newest > self._stands:
                fresh = [_numbers(statement, 1, self._stands)[0] for statement in self._way.touched]
                self._touched, self._stands = np.unique(np.concatenate((self._touched, *fresh))), newest
            touched = self._touched
        if held is not None and len(touched) > REBUILD * len(held.owners) + SPARE:
            self.prepare()
            return self._pulled()
        return held, touched

    def _mark_held(self, found: Bools, snapshot: Snapshot, held: Held, owners: Int64s) -> None:
        at = among(held.owners, owners)
        at = at.take((at >= 0).nonzero()[0])
        begin = held.offsets.take(at)
        codes = held.codes.take(ranges(begin, held.offsets.take(at + 1) - begin))
        rows = snapshot.derived(held, lambda: self._rows_in(held, snapshot)).take(codes)
        found[rows.take((rows >= 0).nonzero()[0])] = True

    def _rows_in(self, held: Held, snapshot: Snapshot) -> Int32s:
        """For each of the records held its row in a snapshot, or -1; what an older snapshot knew is only added to."""
        before, ids, rows = self._rows.get(snapshot.name, (None, snapshot.ids[:0], np.zeros(0, np.int32)))
        if before is not held or not np.array_equal(snapshot.ids[: len(ids)], ids):
            ids, rows = snapshot.ids[:0], np.full(len(held.records), -1, np.int32)
        at = among(held.records, snapshot.ids[len(ids) :])
        if (at >= 0).any():
            rows = rows.copy()
            fresh = (at >= 0).nonzero()[0]
            rows[at.take(fresh)] = fresh + len(ids)
        self._rows[snapshot.name] = held, snapshot.ids, rows
        return rows


def among(ascending: Int64s, wanted: Int64s) -> Int64s:
    """Return where each number wanted stands among ascending ones, -1 where it does not."""
    if not len(ascending):
        return np.full(len(wanted), -1, np.int64)
    at = np.minimum(np.searchsorted(ascending, wanted), len(ascending) - 1)
    at[ascending.take(at) != wanted] = -1
    return at


def mark_ids(found: Bools, snapshot: Snapshot, ids: Int64s) -> None:
    """Mark the rows of those `ids` that are in the snapshot."""
    if snapshot.ascending:
        at = among(snapshot.ids, ids)
        found[at.take((at >= 0).nonzero()[0])] = True
        return
    order = snapshot.derived("row of id", lambda: np.argsort(snapshot.ids, kind="stable"))
    at = among(snapshot.ids.take(order), ids)
    found[order.take(at.take((at >= 0).nonzero()[0]))] = True


def _numbers(statement: str, columns: int, *parameters: Any) -> list[Int64s]:
    """Return the columns of a statement of whole numbers; NULL stands for nothing and must not be among pairs.

    SQLite writes each column as one text: a Python object for each of millions of numbers takes three times as long.
    """
    names = ("owner", "record")[:columns]
    gathered = ", ".join(f"group_concat({name})" for name in names)
    inner = f"WITH listed({', '.join(names)}) AS ({statement}) SELECT {gathered} FROM listed"
    with connection.cursor() as cursor:
        cursor.execute(inner, list(parameters))
        row = cursor.fetchone()
    return [np.fromstring(text or "", np.int64, sep=",") for text in row]


_matched: OrderedDict[tuple[str, str, int], Int64s] = OrderedDict()
_matching_now = threading.Lock()
MATCHED = 8
"""Matches kept for the other lists that the same words are looked up in; of a common word megabytes."""


def _matching(index: str, expression: str) -> Int64s:
    """Return the owners whose tokens match, ascending."""
    key = (index, expression, versions.newest())
    with _matching_now:
        if key in _matched:
            _matched.move_to_end(key)
            return _matched[key]
    [owners] = _numbers(f"SELECT rowid FROM {index} WHERE {index} MATCH %s", 1, expression)
    with _matching_now:
        _matched[key] = owners
        while len(_matched) > MATCHED:
            _matched.popitem(last=False)
    return owners


_evidence = {way: Evidence(way) for way in (RECORDS, PERSONS, SOURCES)}


def _forget() -> None:
    _matched.clear()
    _evidence.update({way: Evidence(way) for way in _evidence})


folder.at_close(_forget)


def prepare() -> None:
    """Read every way into memory: pages ask again and again, a command once, so that it goes without."""
    for evidence in list(_evidence.values()):
        evidence.prepare()


def mark(found: Bools, snapshot: Snapshot, way: Way, expression: str, nameless: bool = False) -> None:
    """Mark in `found` the rows of a snapshot that rest on what an expression of the token index matches.

    `nameless` asks the index of reviewed texts without their names.
    """
    _evidence[way].mark(found, snapshot, expression, nameless)
