"""From words to rows: full text over passages and texts, and names by exact match where the mask opens identity.

Searching narrative is a permission of its own, since even a number of hits tells something.
"""

from __future__ import annotations

import secrets
import threading
from collections import OrderedDict

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from tumen.archive import versions
from tumen.archive.sealed import blind
from tumen.columns import Mask, Masked, Snapshot
from tumen.counting.errors import NoSuchText
from tumen.counting.fields import ACTS, FIGURES, PERSONS, SOURCES
from tumen.counting.models import FreeText
from tumen.guard.masks import IDENTITY, NARRATIVE
from tumen.text import match_query

Rows = NDArray[np.int64]

# Ids of a frame's rows in which the words stand.
_HITS = {
    ACTS: "SELECT DISTINCT n.record FROM passage_tokens f JOIN coding_anchor n ON n.passage_id = f.rowid "
    "WHERE f.passage_tokens MATCH %s AND NOT n.retracted",
    SOURCES: "SELECT COALESCE(t.source_id, f.rowid) FROM text_tokens f LEFT JOIN sources_text t ON t.id = f.rowid "
    "WHERE f.text_tokens MATCH %s",
}
_HITS[FIGURES] = _HITS[ACTS]
_HITS[PERSONS] = (
    f"WITH hit(record) AS ({_HITS[ACTS]}) SELECT record FROM hit "
    "UNION SELECT a.victim_id FROM hit JOIN coding_act a ON a.id = hit.record "
    "UNION SELECT i.party_id FROM hit JOIN coding_involvement i ON i.act_id = hit.record"
)

_kept: OrderedDict[tuple[str, str, int, bool], Rows] = OrderedDict()
_lock = threading.Lock()


def rows(snapshot: Snapshot, text: str, mask: Mask) -> Rows:
    """Return the ids' row numbers in which `text` is found. Raises Masked without the class narrative.

    With the class identity, a party whose name is exactly `text` is found too, in any list but figures.
    """
    if NARRATIVE not in mask.classes:
        raise Masked("text", NARRATIVE)
    named = IDENTITY in mask.classes
    key = (snapshot.name, text, versions.newest(), named)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return snapshot_rows(snapshot, _kept[key])
    found = _ids(snapshot.name, text, named)
    with _lock:
        _kept[key] = found
        while len(_kept) > 64:
            _kept.popitem(last=False)
    return snapshot_rows(snapshot, found)


def snapshot_rows(snapshot: Snapshot, ids: Rows) -> Rows:
    """Return the row numbers of those `ids` that are in the snapshot."""
    order = snapshot.derived("row of id", lambda: np.argsort(snapshot.ids, kind="stable"))
    ordered = snapshot.ids if snapshot.ascending else snapshot.ids[order]
    if not len(ordered):
        return np.zeros(0, np.int64)
    at = np.minimum(np.searchsorted(ordered, ids), len(ordered) - 1)
    at = at[ordered[at] == ids]
    return np.asarray(at if snapshot.ascending else order[at], np.int64)


def _ids(frame: str, text: str, named: bool) -> Rows:
    found: list[Rows] = []
    expression = match_query(text)
    with connection.cursor() as cursor:
        if expression:
            cursor.execute(_HITS[frame], [expression])
            found.append(_column(cursor.fetchall()))
        if named and frame != FIGURES:
            cursor.execute(_NAMED[frame], [blind("name", text)])
            found.append(_column(cursor.fetchall()))
    return np.unique(np.concatenate(found)) if found else np.zeros(0, np.int64)


_PARTIES = "SELECT b.owner AS party FROM archive_blindindex b WHERE b.purpose = 'name' AND b.digest = %s"
_NAMED = {
    PERSONS: _PARTIES,
    ACTS: f"WITH named(party) AS ({_PARTIES}) SELECT a.id FROM coding_act a JOIN named ON a.victim_id = named.party "
    "UNION SELECT i.act_id FROM coding_involvement i JOIN named ON i.party_id = named.party",
    SOURCES: f"WITH named(party) AS ({_PARTIES}) SELECT k.source_id FROM named "
    "JOIN coding_party p ON p.id = named.party JOIN coding_coding k ON k.id = p.coding_id",
}


def _column(fetched: list[tuple[int]]) -> Rows:
    return np.fromiter((record for (record,) in fetched if record is not None), np.int64)


def remember(user: int, text: str) -> str:
    """Keep the words of a search and return the token that stands for them in addresses."""
    text = " ".join(text.split())[:500]
    known = FreeText.objects.filter(user=user, text=text).values_list("token", flat=True).first()
    if known is not None:
        return known
    token = secrets.token_urlsafe(9)
    with transaction.atomic():
        FreeText.objects.create(token=token, user=user, text=text, at=timezone.now())
    return token


def recall(user: int, token: str) -> str:
    """Return the words of a token; only who searched for them gets them back. Raises NoSuchText."""
    text = FreeText.objects.filter(user=user, token=token).values_list("text", flat=True).first()
    if text is None:
        raise NoSuchText("The words of this search are not known here; search again.")
    return text
