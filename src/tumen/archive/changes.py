"""Changes: the only way to write.

    with change(actor, "coded from the transcript") as c:
        act = c.insert(Act, coding=coding, victim=party, type="liberty.detention")
        c.update(party, base=party.version, sex="f")
        c.retract(old)

Everything inside is one transaction and one row of `Change`: its `seq` stamps each state it writes, its digest covers
their stored bytes under a salt of its own. Verbs in `services.py` take the open change as their first argument.
"""

from __future__ import annotations

import contextlib
import secrets
import threading
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from tumen.archive import identity, ids, states
from tumen.archive.errors import ArchiveError, BusyRecord, DiskFull, NoReason, OutsideChange, StaleEdit, UnknownField
from tumen.archive.models import Batch, BlindIndex, Change, Record, Superseded
from tumen.archive.sealed import SealedField, blind, open_value, seal_value

R = TypeVar("R", bound=Record)

_local = threading.local()


class OpenChange:
    """A change being written. Use it only inside its `with` block."""

    def __init__(self, actor: int, why: str, kind: str, batch: Batch | None, undoes: int | None) -> None:
        self.actor, self.why, self.kind, self.batch, self.undoes = actor, why, kind, batch, undoes
        self.seq = (Change.objects.order_by("-seq").values_list("seq", flat=True).first() or 0) + 1
        self.salt = secrets.token_bytes(16)
        self.ids = ids.Counter()
        self.id = self.ids.take()
        self._written: dict[int, Record] = {}
        self._rows: list[bytes] = []
        self._over: int | None = None

    def insert(self, model: type[R], reserved: int | None = None, **values: Any) -> R:
        """Add a record and return it. Sealed fields take plain text and are sealed here.

        `reserved` is an id from `ids.reserve`, for a record whose object was written ahead under its key.
        """
        record = model(id=self.ids.take() if reserved is None else reserved, version=1, change=self.seq)
        self._assign(record, values)
        _clean(record)
        super(Record, record).save(force_insert=True)
        self._written[record.pk] = record
        return record

    def update(self, record: R, base: int | None = None, **values: Any) -> R:
        """Write new values and return the record as it now stands.

        `base` is the version the editor saw (`record.version` when left out). When someone else wrote meanwhile,
        fields that only one of the two changed are merged; raises StaleEdit when both changed a field differently,
        BusyRecord when a bulk job holds the record.
        """
        live = self._live(record)
        seen = record.version if base is None else base
        before = states.state_of(live)
        self._assign(live, values, number=live.version + 1)
        if seen != live.version:
            _merge(live, seen, before, values)
        if states.editable(states.state_of(live)) == states.editable(before):
            return live
        _clean(live)
        self._store(live)
        return live

    def retract(self, record: R, base: int | None = None) -> R:
        """Take a record out of every list and count; its history stays."""
        return self.update(record, base, retracted=True)

    def restore(self, record: R, base: int | None = None) -> R:
        """Bring a retracted record back."""
        return self.update(record, base, retracted=False)

    def restate(self, model: type[R], record: int, state: states.State) -> None:
        """Write a whole earlier state as the new one; for undo."""
        live = self._live(model(id=record))
        for attribute, value in states.revive(model, states.editable(state)).items():
            if attribute not in states.BOOKKEEPING:
                setattr(live, attribute, value)
        self._store(live)

    def index(self, record: Record, field: str, purpose: str, value: str, owner: int) -> None:
        """Make `value` of a sealed field findable by exact match under `purpose`."""
        BlindIndex.objects.create(purpose=purpose, digest=blind(purpose, value), record=record.pk, owner=owner)

    def log_rows(self, rows: Sequence[bytes]) -> None:
        """Count rows that a bulk statement wrote: their canonical bytes enter the digest."""
        self._rows.extend(rows)

    def _assign(self, record: Record, values: dict[str, Any], number: int = 1) -> None:
        sealed: dict[str, str] = {}
        names = {field.name for field in record._meta.concrete_fields}
        for name, value in values.items():
            if name not in names and name.removesuffix("_id") not in names:
                raise UnknownField(f"{type(record).__name__} has no field {name!r}.")
            field = record._meta.get_field(name.removesuffix("_id") if name not in names else name)
            if isinstance(field, SealedField) and isinstance(value, str):
                sealed[name] = value
            else:
                setattr(record, name, value)
        for name, value in sealed.items():
            if not value:
                setattr(record, name, None)
                continue
            key = _key_of(record, name)
            old = getattr(record, name)
            # Sealing is randomised: an unchanged value keeps its ciphertext, so that it does not look edited.
            if old is None or open_value(key, record.pk, name, old) != value:
                setattr(record, name, seal_value(key, record.pk, name, number, value))

    def takes_over(self, batch: Batch) -> None:
        """Let this change write records that the open `batch` holds, to take it back."""
        self._over = batch.pk

    def _live(self, record: R) -> R:
        if record.pk in self._written:
            return self._written[record.pk]  # type: ignore[return-value]
        live = type(record)._base_manager.get(pk=record.pk)
        holder = Batch.objects.filter(changes__seq=live.change, state=Batch.State.OPEN).first()
        if holder and holder.pk not in (self._over, self.batch.pk if self.batch else None):
            raise BusyRecord(f"Record {record.pk} belongs to “{holder.why}”, which has not finished.")
        return live

    def _store(self, live: Record) -> None:
        # A second write within one change is the same version: the state between was never anyone's.
        model = type(live)
        if live.change == self.seq:
            raise OutsideChange(f"record {live.pk} is written twice in one change; write it once, whole")
        live.version, live.change = live.version + 1, self.seq
        fields = [field for field in model._meta.concrete_fields if not field.primary_key]
        values = {field.attname: getattr(live, field.attname) for field in fields}
        model._base_manager.filter(pk=live.pk).update(**values)
        self._written[live.pk] = live

    def _close(self) -> None:
        rows = self._rows
        for record in self._written.values():
            rows.append(states.canonical(record._meta.label_lower, states.state_of(record)))
        self.ids.keep()
        Change.objects.create(
            seq=self.seq,
            id=self.id,
            at=timezone.now(),
            actor=self.actor,
            kind=self.kind,
            why=self.why,
            batch=self.batch,
            undoes=self.undoes,
            salt=self.salt,
            digest=states.digest(self.salt, rows),
            count=len(rows),
        )


@contextlib.contextmanager
def change(
    actor: int, why: str, kind: str = "edit", batch: Batch | None = None, undoes: int | None = None
) -> Iterator[OpenChange]:
    """Open a change: one transaction, one log entry. Raises NoReason, DiskFull, OutsideChange when nested."""
    if not why.strip():
        raise NoReason("A change needs a reason: it is what the audit shows.")
    if getattr(_local, "open", None) is not None:
        raise OutsideChange("A change is open in this thread already; pass it on instead of opening another.")
    try:
        with transaction.atomic(durable=True):
            _local.open = opened = OpenChange(actor, why.strip(), kind, batch, undoes)
            yield opened
            opened._close()
    except DatabaseError as error:
        if "full" in str(error) or "disk I/O" in str(error):
            raise DiskFull(
                "The disk is full or failing: nothing of this change was kept. Free space, then save again."
            ) from error
        raise
    finally:
        _local.open = None


@contextlib.contextmanager
def relaxed() -> Iterator[None]:
    """Let commits of this connection skip the disk flush, for bulk work that a crash may drop; flush at the end."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = NORMAL")
        try:
            yield
        finally:
            cursor.execute("PRAGMA synchronous = FULL")


def _key_of(record: Record, name: str) -> bytes:
    """Return the key that seals this field of the record, made when its owner has none yet."""
    owner = getattr(record, record._meta.get_field(name).owner)  # type: ignore[union-attr]
    return identity.keys_for([owner], make=True)[owner]


def _same(record: Record, field: Any, one: Any, other: Any) -> bool:
    """Say whether two stored values mean the same; sealed ones are compared opened."""
    if one == other or one is None or other is None or not isinstance(field, SealedField):
        return bool(one == other)
    key = _key_of(record, field.name)
    opened = (open_value(key, record.pk, field.name, bytes.fromhex(value)) for value in (one, other))
    return len(set(opened)) == 1


def _merge(live: Record, seen: int, theirs: states.State, mine: dict[str, Any]) -> None:
    """Keep what others changed since version `seen` in fields that `mine` leaves alone; `live` already carries mine."""
    old = Superseded.objects.filter(record=live.pk, version=seen).values_list("data", flat=True).first()
    base = states.parse(old) if old else {}
    wanted = states.state_of(live)
    names = {live._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name) for name in mine}
    clash = []
    for field in names:
        column = str(field.column)  # type: ignore[union-attr]
        was, now, mine_now = base.get(column), theirs.get(column), wanted[column]
        if _same(live, field, now, was) or _same(live, field, now, mine_now):
            continue
        if _same(live, field, mine_now, was):
            setattr(live, field.attname, states.revive(type(live), theirs)[field.attname])  # type: ignore[union-attr]
        else:
            clash.append(field.name)
    if clash:
        raise StaleEdit(live.pk, base, theirs, wanted, sorted(clash))


def _clean(record: Record) -> None:
    try:
        record.clean()
    except ValidationError:
        raise
    except ArchiveError as error:
        raise ValidationError(str(error)) from error
