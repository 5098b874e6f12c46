"""From words to rows: full text over passages and texts, and names by exact match where they are opened.

Searching narrative is a permission of its own, since even a number of hits tells something. For roles that may not see
identities it runs on a second index, of texts whose names a person has reviewed, without those names: what occurs only
in names is found nowhere in it, and no count can depend on one.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from functools import partial

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from tumen.archive.sealed import blind, fold
from tumen.columns import Mask, Masked, Snapshot
from tumen.columns.arrays import Bools, Int64s
from tumen.counting import evidence
from tumen.counting.errors import NoSuchText
from tumen.counting.fields import ACTS, FIGURES, INTERVIEWS, PERSONS, SOURCES, newest
from tumen.counting.models import FreeText
from tumen.guard.masks import IDENTITY, SEARCH, SEARCH_REVIEWED
from tumen.text import match_query

_WAYS = {
    ACTS: evidence.RECORDS,
    FIGURES: evidence.RECORDS,
    INTERVIEWS: evidence.RECORDS,
    PERSONS: evidence.PERSONS,
    SOURCES: evidence.SOURCES,
}


def rows(snapshot: Snapshot, text: str, mask: Mask) -> Bools:
    """Say of each row whether `text` is found in it. Raises Masked where none may be searched, OnlyExclusions.

    Only compartments that open it are searched. Where they open identity too, a party whose name is exactly `text` is
    found, in any list but figures.
    """
    if not may_search(mask):
        raise Masked("text", SEARCH)
    now = newest()
    found = np.zeros(len(snapshot), bool)
    for permitted, nameless in ((SEARCH, False), (SEARCH_REVIEWED, True)):
        if mask.somewhere(permitted):
            worded = snapshot.derived(("words", text, now, nameless), partial(_worded, snapshot, text, nameless))
            found |= worded & _opening(snapshot, mask, permitted)
    if not (mask.somewhere(SEARCH) and mask.somewhere(IDENTITY)):
        return found
    named = snapshot.derived(("named", text, now), lambda: _named(snapshot, text))
    return found | (named & _opening(snapshot, mask, SEARCH, IDENTITY))


def may_search(mask: Mask) -> bool:
    """Say whether some compartment lets its texts be searched, whole or without names."""
    return mask.somewhere(SEARCH) or mask.somewhere(SEARCH_REVIEWED)


def _opening(snapshot: Snapshot, mask: Mask, *classes: str) -> Bools:
    """Say of each row whether its compartment opens all these classes."""
    opens = [all(mask.opens(each, number) for each in classes) for number in snapshot.compartment_ids]
    return np.array(opens, bool)[snapshot.compartments]


def _worded(snapshot: Snapshot, text: str, nameless: bool) -> Bools:
    found = np.zeros(len(snapshot), bool)
    if expression := match_query(text):
        evidence.mark(found, snapshot, _WAYS[snapshot.name], expression, nameless)
    return found


def _named(snapshot: Snapshot, text: str) -> Bools:
    found = np.zeros(len(snapshot), bool)
    if snapshot.name not in (FIGURES, INTERVIEWS):
        evidence.mark_ids(found, snapshot, _column(_NAMED[snapshot.name], blind("name", text)))
    return found


_PARTIES = (
    "SELECT b.owner AS party FROM archive_blindindex b JOIN coding_party p ON p.id = b.owner AND NOT p.retracted "
    "WHERE b.purpose = 'name' AND b.digest = %s"
)
_NAMED = {
    PERSONS: _PARTIES,
    ACTS: f"WITH named(party) AS ({_PARTIES}) SELECT a.id FROM coding_act a JOIN named ON a.victim_id = named.party "
    "UNION SELECT i.act_id FROM coding_involvement i JOIN named ON i.party_id = named.party WHERE NOT i.retracted",
    SOURCES: f"WITH named(party) AS ({_PARTIES}) SELECT k.source_id FROM named "
    "JOIN coding_party p ON p.id = named.party JOIN coding_coding k ON k.id = p.coding_id",
}


def _column(statement: str, parameter: bytes) -> Int64s:
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
