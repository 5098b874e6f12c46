"""The audit as its reader gets it: events and changes in one list, filtered, page by page or as a file."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain, islice

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from tumen import formats
from tumen.archive.models import Batch, Change
from tumen.archive.sentences import told
from tumen.columns import Mask
from tumen.formats import Value
from tumen.guard import reading
from tumen.guard.audit import Kind, words_of
from tumen.guard.models import AuditEvent, Compartment, User

SHOWN = 100
CHUNK = 1000
CHANGE = "change"
"""The kind under which changes of records are listed and asked for."""


@dataclass(frozen=True)
class Asked:
    """What the reader of an audit wants: who, what, when, which compartment; None and "" for any."""

    user: int | None = None
    kind: str = ""
    since: date | None = None
    until: date | None = None
    compartment: int | None = None


@dataclass(frozen=True)
class Entry:
    """One line. `what` is the program's word, `words` what a person typed, as far as the reader may see it."""

    at: datetime
    kind: str
    who: str
    about: str
    compartment: str
    count: int | None
    what: str
    words: reading.Shown
    address: str


@dataclass(frozen=True)
class Place:
    """Where a page ends: the next holds events and changes older than these."""

    event: int
    change: int

    def __str__(self) -> str:
        return f"{self.event}-{self.change}"

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Return the place that an address names, None for none."""
        event, _dash, change = text.partition("-")
        return cls(int(event), int(change)) if event.isdigit() and change.isdigit() else None


def audit_page(
    mask: Mask, asked: Asked, after: Place | None = None, size: int = SHOWN
) -> tuple[list[Entry], Place | None]:
    """Return a page of the audit, newest first, and where the next one begins, None at the end.

    Typed reasons of changes are notes of the office, and open to whoever's mask holds these. Changes stand in no one
    compartment: a list of one compartment leaves them out.
    """
    events = _events(asked).order_by("-pk")
    changes = _changes(asked).order_by("-seq")
    if after is not None:
        events, changes = events.filter(pk__lt=after.event), changes.filter(seq__lt=after.change)
    found: list[AuditEvent | Change] = sorted(
        chain(events[: size + 1], changes[: size + 1]), key=lambda one: (one.at, one.pk), reverse=True
    )
    shown = found[:size]
    if len(found) <= size:
        return _entries(mask, shown), None
    last = {
        kind: min((one.pk for one in shown if isinstance(one, kind)), default=was)
        for kind, was in ((AuditEvent, after.event if after else 1 << 62), (Change, after.change if after else 1 << 62))
    }
    return _entries(mask, shown), Place(last[AuditEvent], last[Change])


def audit_rows(mask: Mask, asked: Asked) -> Iterator[Entry]:
    """Yield every line that fits, newest first."""
    place = None
    while True:
        entries, place = audit_page(mask, asked, place, CHUNK)
        yield from entries
        if place is None:
            return


def audit_csv(entries: Iterator[Entry]) -> Iterator[bytes]:
    """Yield a CSV file piece by piece."""
    heads = [
        _("When"),
        _("What"),
        _("Who"),
        _("Whom or what"),
        _("Compartment"),
        _("How many"),
        _("Where"),
        _("Words"),
        _("Address"),
    ]
    is_first = True
    while (part := list(islice(entries, CHUNK))) or is_first:
        file = io.BytesIO()
        rows: Iterator[dict[str, Value]] = (dict(zip(heads, _cells(one), strict=True)) for one in part)
        formats.get("csv").write(rows, file, heads)
        yield file.getvalue() if is_first else file.getvalue().partition(b"\n")[2]
        is_first = False


def people() -> list[tuple[int, str]]:
    """Return everybody who has an account, by name, for a choice."""
    return list(User.objects.order_by("username").values_list("pk", "username"))


def compartments() -> list[tuple[int, str]]:
    """Return every compartment, for a choice."""
    return list(Compartment.objects.order_by("title").values_list("pk", "title"))


def kinds() -> list[tuple[str, str]]:
    """Return what can be asked for."""
    return [*((str(value), str(label)) for value, label in Kind.choices), (CHANGE, _("Change"))]


def _events(asked: Asked) -> QuerySet[AuditEvent]:
    rows = AuditEvent.objects.all()
    if asked.kind:
        rows = rows.filter(kind=asked.kind)
    if asked.user is not None:
        # What was done to somebody's account is as much hers as what she did.
        rows = rows.filter(Q(user=asked.user) | Q(about=asked.user, kind__in=ABOUT_USERS))
    if asked.compartment is not None:
        rows = rows.filter(compartment=asked.compartment)
    return rows.filter(_when(asked))


def _changes(asked: Asked) -> QuerySet[Change]:
    if asked.compartment is not None or asked.kind not in ("", CHANGE):
        return Change.objects.none()
    # Of bulk work the change that closed it stands for all.
    closing = Batch.objects.exclude(closed_seq=None).values("closed_seq")
    rows = Change.objects.filter(Q(batch=None) | Q(seq__in=closing))
    if asked.user is not None:
        rows = rows.filter(actor=asked.user)
    return rows.filter(_when(asked))


def _when(asked: Asked) -> Q:
    when = Q()
    if asked.since is not None:
        when &= Q(at__gte=timezone.make_aware(datetime.combine(asked.since, datetime.min.time())))
    if asked.until is not None:
        when &= Q(at__lt=timezone.make_aware(datetime.combine(asked.until + timedelta(days=1), datetime.min.time())))
    return when


ABOUT_USERS = (
    Kind.LOGIN_FAILED, Kind.LOGIN_SLOWED, Kind.SESSION_END, Kind.PASSWORD, Kind.FACTOR_ADDED, Kind.FACTOR_REMOVED,
    Kind.FACTOR_FAILED, Kind.CODES, Kind.USER, Kind.ROLE,
)  # fmt: skip
"""Kinds of events whose `about` is a user; of the others it is a record."""


def _entries(mask: Mask, found: Sequence[AuditEvent | Change]) -> list[Entry]:
    names = dict(people())
    titles = dict(compartments())
    words = words_of(one for one in found if isinstance(one, AuditEvent))
    return [
        _change(mask, one, names) if isinstance(one, Change) else _event(one, names, titles, words) for one in found
    ]


def _event(event: AuditEvent, names: dict[int, str], titles: dict[int, str], words: dict[int, str]) -> Entry:
    about = ""
    if event.about is not None:
        about = names.get(event.about, "") if event.kind in ABOUT_USERS else f"#{event.about}"
    said = (
        reading.EMPTY
        if event.words is None
        else reading.Shown(words[event.pk])
        if event.pk in words
        else reading.ERASED
    )
    return Entry(
        event.at,
        event.get_kind_display(),
        names.get(event.user, ""),
        about,
        titles.get(event.compartment or 0, ""),
        event.count,
        event.what,
        said,
        event.address,
    )


def _change(mask: Mask, change: Change, names: dict[int, str]) -> Entry:
    why = reading.reason(mask, change)
    why = reading.Shown(told(change.why)) if change.why else why
    return Entry(
        change.at, _("Change"), names.get(change.actor, ""), f"#{change.seq}", "", change.count, change.kind, why, ""
    )


def _cells(entry: Entry) -> tuple[Value, ...]:
    words = entry.words.text or {"masked": _("hidden from you"), "erased": _("(erased)")}.get(entry.words.why, "")
    return (
        entry.at.isoformat(timespec="seconds"), entry.kind, entry.who, entry.about, entry.compartment, entry.count,
        entry.what, words, entry.address,
    )  # fmt: skip
