"""The audit: what was done with an archive besides changing it, and by whom. Written once, never altered.

Changes of records are in the log of changes. Here stands what leaves no change: logins, refusals, exports, reveals.
Triggers keep every writer, a hand-typed UPDATE included, from altering or deleting an entry (`archive.triggers`).
No entry holds a name or a word of testimony: ids, counts and the program's own words only. What a person typed (the
reason of a reveal) is sealed under a key of its own, which an erasure can destroy.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tumen.archive import changes, identity, ids
from tumen.archive.backend.base import plainly
from tumen.archive.sealed import is_tombstone, open_value, seal_value
from tumen.guard.models import AuditEvent, User
from tumen.guard.sessions import address_of

Kind = AuditEvent.Kind

SAID = "said"


def note(
    kind: str,
    user: User | int | None,
    *,
    about: int | None = None,
    compartment: int | None = None,
    count: int | None = None,
    what: str = "",
    words: str = "",
    request: HttpRequest | None = None,
) -> AuditEvent:
    """Keep one event; inside an open change it is kept or lost with the change.

    `user` is who did it (None: nobody who is known, or the archive itself), `about` the user or record it concerns,
    `what` a word of the program's own, `words` what a person typed, which is sealed. Raises DiskFull: what must be
    noted and cannot be must not be done.
    """
    with plainly("keeping the audit"), transaction.atomic():
        owner, said = _seal(words) if words else (None, None)
        return AuditEvent.objects.create(
            at=timezone.now(),
            kind=Kind(kind),
            user=(user if isinstance(user, int) else user.pk if user is not None else 0) or 0,
            about=about,
            compartment=compartment,
            count=count,
            what=what,
            address=address_of(request) if request is not None else "",
            words=owner,
            said=said,
        )


def words_of(events: Iterable[AuditEvent]) -> dict[int, str]:
    """Return what was typed, by event, for those whose words were not erased."""
    typed = [event for event in events if event.words is not None and event.said is not None]
    keys = identity.readable(event.words or 0 for event in typed)
    return {
        event.pk: open_value(keys[event.words], event.words, SAID, event.said)
        for event in typed
        if event.words in keys and event.said is not None and not is_tombstone(event.said)
    }


def _seal(words: str) -> tuple[int, bytes]:
    opened = changes.underway()
    counter = opened.ids if opened else ids.Counter()
    owner = counter.take()
    if opened is None:
        counter.keep()
    key = identity.keys_for([owner], make=True)[owner]
    return owner, seal_value(key, owner, SAID, 1, words)
