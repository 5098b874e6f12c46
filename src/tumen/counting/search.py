"""From words to rows: full text over passages and texts, and names by exact match where the mask opens identity.

Searching narrative is a permission of its own, since even a number of hits tells something.
"""

from __future__ import annotations

import json
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence

import numpy as np
from django.db import connection, transaction
from django.utils import timezone
from numpy.typing import NDArray

from tumen.archive import folder
from tumen.archive.sealed import blind, fold
from tumen.columns import Mask, Masked, Snapshot
from tumen.counting.errors import NoSuchText
from tumen.counting.fields import ACTS, FIGURES, PERSONS, SOURCES, newest
from tumen.counting.models import FreeText
from tumen.guard.masks import IDENTITY, NARRATIVE
from tumen.text import match_query

Rows = NDArray[np.int64]

_RECORDS = (
    "SELECT n.record FROM passage_tokens f JOIN coding_anchor n ON n.passage_id = f.rowid "
    "WHERE f.passage_tokens MATCH %s AND NOT n.retracted"
)
"""The records that rest on a passage in which the words stand, as often as they do."""

_SOURCES = (
    "SELECT COALESCE(t.source_id, f.rowid) FROM text_tokens f LEFT JOIN sources_text t ON t.id = f.rowid "
    "WHERE f.text_tokens MATCH %s"
)
_IN_ACTS = (
    "WITH hit(id) AS MATERIALIZED (SELECT value FROM json_each(%s)) "
    "SELECT a.victim_id FROM hit CROSS JOIN coding_act a ON a.id = hit.id "
    "UNION ALL SELECT i.party_id FROM hit CROSS JOIN coding_involvement i ON i.act_id = hit.id AND NOT i.retracted"
)
"""The parties that acts name. CROSS JOIN keeps SQLite from walking through every act instead."""

Key = tuple[str, str, int, bool]
_kept: OrderedDict[Key, Rows] = OrderedDict()
# Kept answers are of one archive; the next one may stand at the same change.
folder.at_close(_kept.clear)
_lock = threading.Lock()


def rows(snapshot: Snapshot, text: str, mask: Mask) -> Rows:
    """Return the numbers of the rows in which `text` is found. Raises Masked without the class narrative.

    With the class identity, a party whose name is exactly `text` is found too, in any list but figures.
    """
    if NARRATIVE not in mask.classes:
        raise Masked("text", NARRATIVE)
    named = IDENTITY in mask.classes
    found = _once((snapshot.name, text, newest(), named), lambda: _ids(snapshot.name, text, named))
    return snapshot_rows(snapshot, found)


def _once(key: Key, make: Callable[[], Rows]) -> Rows:
    """What was found for these words at this change, kept for the next page that asks."""
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    found = make()
    with _lock:
        _kept[key] = found
        while len(_kept) > 64:
            _kept.popitem(last=False)
    return found


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
    found = [_told(frame, text)]
    if named and frame != FIGURES:
        found.append(_column(_NAMED[frame], blind("name", text)))
    return np.unique(np.concatenate(found))


def _told(frame: str, text: str) -> Rows:
    """The ids of a frame's rows in whose testimony the words stand."""
    expression = match_query(text)
    if not expression:
        return np.zeros(0, np.int64)
    if frame == SOURCES:
        return _column(_SOURCES, expression)
    # Acts, figures and parties rest on the same passages: what was found for one is what the others start from.
    hits = _once(("records", text, newest(), False), lambda: np.unique(_column(_RECORDS, expression)))
    if frame != PERSONS:
        return hits
    return np.concatenate((hits, _column(_IN_ACTS, json.dumps(hits.tolist()))))


_PARTIES = "SELECT b.owner AS party FROM archive_blindindex b WHERE b.purpose = 'name' AND b.digest = %s"
_NAMED = {
    PERSONS: _PARTIES,
    ACTS: f"WITH named(party) AS ({_PARTIES}) SELECT a.id FROM coding_act a JOIN named ON a.victim_id = named.party "
    "UNION SELECT i.act_id FROM coding_involvement i JOIN named ON i.party_id = named.party WHERE NOT i.retracted",
    SOURCES: f"WITH named(party) AS ({_PARTIES}) SELECT k.source_id FROM named "
    "JOIN coding_party p ON p.id = named.party JOIN coding_coding k ON k.id = p.coding_id",
}


def _column(statement: str, parameter: str | bytes) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(statement, [parameter])
        return np.fromiter((record for (record,) in cursor.fetchall() if record is not None), np.int64)


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


def forget(names: Sequence[str]) -> None:
    """Forget every remembered search with one of these names, or with a word that is a part of one, in it."""
    wanted = [folded for name in names if (folded := fold(name))]

    def speaks_of(text: str) -> bool:
        words = [folded for word in text.split() if len(folded := fold(word)) > 1]
        return any(name in fold(text) or any(word in name for word in words) for name in wanted)

    gone = [token for token, text in FreeText.objects.values_list("token", "text") if speaks_of(text)]
    FreeText.objects.filter(token__in=gone).delete()


def recall(user: int, token: str) -> str:
    """Return the words of a token; only who searched for them gets them back. Raises NoSuchText."""
    text = FreeText.objects.filter(user=user, token=token).values_list("text", flat=True).first()
    if text is None:
        raise NoSuchText("The words of this search are not known here; search again.")
    return text
