"""Changes: the only way to write.

    with change(actor, "coded from the transcript") as c:
        act = c.insert(Act, coding=coding, victim=party, type="liberty.detention")
        c.update(party, base=party.version, sex="f")
        c.retract(old)

Everything inside is one transaction and one row of `Change`: its `seq` stamps each state it writes, its digest covers
their stored bytes under a salt of its own, and an entry of the custody log commits to the row. Verbs in `services.py`
take the open change as their first argument.
"""

from __future__ import annotations

import contextlib
import copy
import secrets
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DatabaseError, connection, models, transaction
from django.utils import timezone

from tumen.archive import identity, ids, reasons, states
from tumen.archive.backend.base import CHECKPOINT_PAGES, plainly
from tumen.archive.errors import BusyRecord, NoOwner, NoReason, NoSuchVersion, OutsideChange, StaleEdit, UnknownField
from tumen.archive.log import entries
from tumen.archive.models import Batch, BlindIndex, Change, Record, Superseded
from tumen.archive.sealed import SealedField, blind, is_tombstone, open_value, seal_value

R = TypeVar("R", bound=Record)

BULK_CHECKPOINT_PAGES = 1000

_local = threading.local()
_derivers: dict[type[Record], Callable[[Any], None]] = {}


def derives(model: type[R], keep: Callable[[R], None]) -> None:
    """Call `keep` with each record of `model` that a change wrote, undo included, to keep an index of it in step.

    Registered once, when apps load. Bulk statements do not pass here: bulk work writes its own derived rows.
    """
    _derivers[model] = keep


class OpenChange:
    """A change being written. Use it only inside its `with` block."""

    def __init__(self, actor: int, why: str, kind: str, batch: Batch | None, undoes: int | None) -> None:
        self.actor, self.why, self.kind, self.batch, self.undoes = actor, why, kind, batch, undoes
        self.seq = (Change.objects.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
        self.salt = secrets.token_bytes(16)
        self.ids = ids.Counter()
        self.id = self.ids.take()

    def insert(self, model: type[R], /, reserved: int | None = None, **values: Any) -> R:
        """Add a record and return it. Sealed fields take plain text and are sealed here.

        `reserved` is an id from `ids.reserve`, for a record whose object was written ahead under its key.
        """
        record = model(id=self.ids.take() if reserved is None else reserved, version=1, change=self.seq)
        self._assign(record, values)
        record.clean()
        super(Record, record).save(force_insert=True)
        _derive(record)
        return record

    def update(self, record: R, /, base: int | None = None, **values: Any) -> R:
        """Write new values and return the record as it now stands.

        `base` is the version the editor saw (`record.version` when left out). When someone else wrote meanwhile,
        fields that only one of the two changed are merged; raises StaleEdit when both changed a field differently,
        NoSuchVersion when there is no such base, BusyRecord when a bulk job holds the record.
        """
        live = self._live(type(record), record.pk)
        before = states.state_of(live)
        seen = record.version if base is None else base
        if seen != live.version:
            values = self._merged(live, seen, values)
        self._assign(live, values)
        if states.editable(states.state_of(live)) == states.editable(before):
            return live
        live.clean()
        self._store(live)
        return live

    def sides(self, record: R, seen: int, values: dict[str, Any]) -> tuple[R, R, R]:
        """Return a record as the editor of version `seen` found it, as it stands, and as her `values` would make it.

        For verbs that merge by something larger than a column; nothing is written. Raises NoSuchVersion, BusyRecord.
        """
        live = self._live(type(record), record.pk)
        base = live if seen == live.version else _version(live, seen)
        mine = copy.copy(base)
        self._assign(mine, values)
        return base, live, mine

    def retract(self, record: R, base: int | None = None) -> R:
        """Take a record out of every list and count; its history stays."""
        return self.update(record, base, retracted=True)

    def restore(self, record: R, base: int | None = None) -> R:
        """Bring a retracted record back."""
        return self.update(record, base, retracted=False)

    def restate(self, model: type[Record], record: int, state: states.State) -> None:
        """Write a whole earlier state as the new one; for undo."""
        live = self._live(model, record)
        for attribute, value in states.revive(model, states.editable(state)).items():
            if attribute not in states.BOOKKEEPING:
                setattr(live, attribute, value)
        self._store(live)

    def index(self, record: Record, field: str, purpose: str, value: str, owner: int) -> None:
        """Make `value` of a sealed field findable by exact match under `purpose`, and nothing else of it.

        The index is no part of the history: where it must follow later edits and undo, register it with `derives`.
        """
        reindex(record.pk, purpose, [value], owner)

    def unindex(self, record: Record, purpose: str) -> None:
        """Take every entry of `record` under `purpose` out of the blind index."""
        BlindIndex.objects.filter(record=record.pk, purpose=purpose).delete()

    def _live(self, model: type[R], record: int) -> R:
        live = model._base_manager.get(pk=record)
        if live.change != self.seq and (holder := self._holder(live.change)) is not None:
            raise BusyRecord(f"Record {record} is held by “{holder.called}”, which has not finished.")
        return live

    def _holder(self, seq: int) -> Batch | None:
        """Return the unfinished bulk job that keeps others from a state written by change `seq`, if there is one."""
        writer = Batch.objects.filter(changes__seq=seq).first()
        if writer is None or (self.batch is not None and writer.pk in (self.batch.pk, self.batch.undoes)):
            return None
        if writer.state in Batch.State.unseen():
            return writer
        return Batch.objects.filter(undoes=writer.pk, state__in=Batch.State.unseen()).first()

    def _assign(self, record: Record, values: dict[str, Any]) -> None:
        """Put plain values into a record in memory, sealing those of sealed fields."""
        by_name = {field.name: field for field in record._meta.concrete_fields}
        by_name.update((field.attname, field) for field in record._meta.concrete_fields)
        owners = {field: _owner(record, field) for field in by_name.values() if isinstance(field, SealedField)}
        sealed: dict[SealedField, str] = {}
        for name, value in values.items():
            field = by_name.get(name)
            if field is None or name in states.BOOKKEEPING:
                raise UnknownField(f"{type(record).__name__} has no field {name!r} to write.")
            if isinstance(field, SealedField):
                sealed[field] = value or ""
            elif isinstance(value, models.Model):
                setattr(record, name, value)
            else:
                setattr(record, field.attname, field.to_python(value))
        for field, old_owner in owners.items():
            owner, old = _owner(record, field), getattr(record, field.name)
            value = sealed.get(field)
            if old is not None and is_tombstone(old):
                old = None  # erased: it stays so, under whatever owner, until something new is written
            if old is not None and ((value is None and owner != old_owner) or value):
                assert old_owner is not None
                was = open_value(identity.key_for(old_owner), record.pk, field.name, old)
                # Sealing is randomised: an unchanged value keeps its ciphertext, so that it does not look edited.
                # Under another owner it is sealed anew, for it must go when that owner is erased.
                if owner == old_owner and value == was:
                    continue
                value = was if value is None else value
            if value is not None:
                setattr(record, field.name, self._seal(record, field, owner, value) if value else None)

    def _seal(self, record: Record, field: SealedField, owner: int | None, value: str) -> bytes:
        if owner is None:
            raise NoOwner(f"{type(record).__name__}.{field.name} cannot be sealed: {field.owner} is not set.")
        key = identity.keys_for([owner], make=True)[owner]
        number = record.version + (record.change != self.seq)
        return seal_value(key, record.pk, field.name, number, value)

    def _merged(self, live: Record, seen: int, values: dict[str, Any]) -> dict[str, Any]:
        """Return those of `values` that are edits of version `seen`; raise StaleEdit where others edited them too."""
        base = _version(live, seen)
        mine = copy.copy(base)
        self._assign(mine, values)
        edits, clash = {}, []
        for name, value in values.items():
            field: Any = live._meta.get_field(name) if name in _names(live) else live._meta.get_field(name[:-3])
            was, theirs, wanted = (held(record, field.attname) for record in (base, live, mine))
            if wanted == was:
                continue  # mine left it alone: theirs stays
            if theirs not in (was, wanted):
                clash.append(field.name)
            edits[name] = value
        if clash:
            raise stale(base, live, mine, clash)
        return edits

    def _store(self, live: Record) -> None:
        # A second write within one change is the same version: the state between was never anyone's.
        if live.change != self.seq:
            live.version, live.change = live.version + 1, self.seq
        values = {field.attname: getattr(live, field.attname) for field in live._meta.concrete_fields}
        type(live)._base_manager.filter(pk=values.pop("id")).update(**values)
        _derive(live)

    def _close(self) -> None:
        written = states.written_by(self.seq)
        self.ids.keep()
        Change.objects.create(
            seq=self.seq,
            id=self.id,
            at=timezone.now(),
            actor=self.actor,
            kind=self.kind,
            **reasons.kept(self.why, self.id),
            batch=self.batch,
            undoes=self.undoes,
            salt=self.salt,
            digest=states.digest(self.salt, written),
            count=len(written),
        )
        entries.append(self.seq, written)


@contextlib.contextmanager
def change(
    actor: int, why: str, kind: str = "edit", batch: Batch | None = None, undoes: int | None = None
) -> Iterator[OpenChange]:
    """Open a change: one transaction, one log entry. A bulk job's change needs no reason besides the job's.

    Raises NoReason, OutsideChange when nested, DiskFull and DamagedArchive.
    """
    if not why.strip() and batch is None:
        raise NoReason("A change needs a reason: it is what the audit shows.")
    if getattr(_local, "open", None) is not None:
        raise OutsideChange("A change is open in this thread already; pass it on instead of opening another.")
    try:
        with plainly("saving a change"), transaction.atomic(durable=True):
            _local.open = opened = OpenChange(actor, why.strip(), kind, batch, undoes)
            yield opened
            opened._close()
    finally:
        _local.open = None


def underway() -> OpenChange | None:
    """Return the change that is open in this thread: whoever needs an id meanwhile takes it from there."""
    opened: OpenChange | None = getattr(_local, "open", None)
    return opened


@contextlib.contextmanager
def relaxed() -> Iterator[None]:
    """Let commits of this connection skip the disk flush, for bulk work that a crash may drop; flush at the end.

    They leave the write-ahead log as it is, too: see `carry_over`.
    """
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA wal_autocheckpoint = 0")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous = FULL")
            cursor.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")


def carry_over(pages: int = BULK_CHECKPOINT_PAGES) -> None:
    """Carry a write-ahead log of more than `pages` over to the database, while others save.

    For bulk work, which fills it, between two commits: within a commit everybody would wait for this.
    """
    # A full disk is no failure here: all is in the log, and the next call carries it over.
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(NOOP)")
        _busy, logged, carried = cursor.fetchone()
        if logged - carried > pages:
            cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")


def reindex(record: int, purpose: str, values: Sequence[str], owner: int) -> None:
    """Make a record findable under `purpose` by exactly these values; what it was found by before is forgotten."""
    BlindIndex.objects.filter(owner=owner, record=record, purpose=purpose).delete()
    for value in values:
        BlindIndex.objects.create(purpose=purpose, digest=blind(purpose, value), record=record, owner=owner)


def _derive(record: Record) -> None:
    if keep := _derivers.get(type(record)):
        keep(record)


def _version(live: R, number: int) -> R:
    kept = Superseded.objects.filter(record=live.pk, version=number).values_list("data", flat=True).first()
    if kept is None:
        raise NoSuchVersion(f"Record {live.pk} never had a version {number}.")
    return type(live)(**states.revive(type(live), states.parse(kept)))


def stale(base: Record, theirs: Record, mine: Record, fields: Sequence[str]) -> StaleEdit:
    """Return the error that shows an editor the three sides of a record."""
    was, now, wanted = (states.state_of(side) for side in (base, theirs, mine))
    return StaleEdit(base.pk, was, now, wanted, sorted(fields))


def _owner(record: Record, field: SealedField) -> int | None:
    owner: int | None = getattr(record, field.owner)
    return owner


def _names(record: Record) -> set[str]:
    return {field.name for field in record._meta.concrete_fields}


def held(record: Record, column: str) -> Any:
    """Return what a column holds, for comparison: a sealed value is opened, one whose key is gone stays as it is."""
    value = getattr(record, column)
    field = _by_column(type(record))[column]
    if value is None or not isinstance(field, SealedField) or is_tombstone(value):
        return value
    owner = _owner(record, field)
    assert owner is not None
    keys = identity.readable([owner])
    return open_value(keys[owner], record.pk, field.name, value) if owner in keys else bytes(value)


@cache
def _by_column(model: type[Record]) -> dict[str, models.Field[Any, Any]]:
    return {str(field.attname): field for field in model._meta.concrete_fields}
