"""`tumen check`: is everything there, readable, and as it was written?

Each check yields findings in plain words; no finding means the archive is whole. Apps to the right register checks of
their own (`@check.also`), so that the spine need not know of sources to have their originals looked at.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db import DatabaseError, connection, models
from django.db.models import Max
from django.utils import timezone

from tumen.archive import clock, identity, ids, objects, reasons, rotation, states, triggers, versions
from tumen.archive.changes import carry_over
from tumen.archive.errors import ArchiveError, DamagedKeys
from tumen.archive.models import Batch, Change, Pack, Record, Superseded
from tumen.archive.sealed import SealedField, is_tombstone, open_value

RESTORE = "restore the archive from a backup"
REPAIR = "`tumen repair BACKUP` puts it back"
# Kinds of findings that say work was broken off, not that anything is damaged.
UNFINISHED = frozenset({"batch", "stray", "rotation"})
# Clocks of one office differ by this much without anything being wrong.
SKEW = timedelta(minutes=5)
BLOCK_CHANGES, BLOCK_ROWS = 2000, 20_000


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: what, where, and what to do."""

    kind: str
    what: str
    advice: str


Logged = tuple[int, int, bytes | memoryview, bytes | memoryview]
"""A change: its seq, how many rows it wrote, salt and digest."""
Check = Callable[[bool], Iterable[Finding]]
_more: list[Check] = []
_remarks: list[Callable[[], str]] = []


def also(check: Check) -> Check:
    """Register a check of another app; it is told whether to look deep."""
    if check not in _more:
        _more.append(check)
    return check


def remark(say: Callable[[], str]) -> Callable[[], str]:
    """Register something to be said beside the findings: of the machine, not of the archive."""
    if say not in _remarks:
        _remarks.append(say)
    return say


def remarks() -> list[str]:
    """Return what there is to be said of this machine."""
    return [said for say in _remarks if (said := say())]


@remark
def steps_back() -> str:
    """Say when the clock was set back, and when it is behind the newest change now."""
    newest = Change.objects.order_by("-seq").values_list("at", flat=True).first()
    now = timezone.now()
    said = []
    if newest is not None and newest > now + SKEW:
        said.append(
            f"This computer's clock says {now:%Y-%m-%d %H:%M} UTC, and the newest change is dated "
            f"{newest:%Y-%m-%d %H:%M}: one of them is wrong. Set the clock right before going on."
        )
    if count := clock.steps_back():
        said.append(
            f"The clock went back {count} times between one change and the next. Their order is sure; “as known on” a "
            "day goes by the dates that agree with it."
        )
    return " ".join(said)


def run(deep: bool = False) -> Iterator[Finding]:
    """Yield findings about the files, the log, the records and the keys, as they are at one moment.

    Nothing can be written by this thread until the last one is read.

    `deep` also recomputes the digest of every change, opens every sealed value and follows every reference.
    """
    checks: list[Callable[[], Iterable[Finding]]] = [_file, _keys, _triggers, _log, _records, _batches]
    if deep:
        checks += [digests, kept_states, sealed_values, typed_reasons, references]
    checks += [lambda check=check: check(deep) for check in _more]  # type: ignore[misc]
    # The engine checks the file alone: a page that a power cut left half-written in it may stand whole in the log.
    carry_over(pages=0)
    with versions.one_moment():
        for check in checks:
            try:
                yield from check()
            except (DatabaseError, ArchiveError) as error:
                yield Finding("file", f"the check could not read on: {str(error).rstrip('.')}", RESTORE)


def _file() -> Iterator[Finding]:
    with connection.cursor() as cursor:

        def answers(pragma: str) -> list[str]:
            cursor.execute(f"PRAGMA {pragma}")
            return [answer for (answer,) in cursor.fetchall() if answer != "ok"]

        found = answers("cipher_integrity_check")
        if found:  # a page that somebody is just writing is whole the next time; damage stays
            again = answers("cipher_integrity_check")
            found = [answer for answer in found if answer in again]
        for answer in [*found, *answers("integrity_check")]:
            yield Finding("file", f"archive.db: {answer}", RESTORE)
    for answer in identity.check():
        yield Finding("file", f"identity-keys.db: {answer}", RESTORE)


def _keys() -> Iterator[Finding]:
    if rotation.unfinished():
        yield Finding("rotation", "a rotation of the keys was broken off", "run `tumen keys rotate`, which finishes it")


def _triggers() -> Iterator[Finding]:
    if not triggers.current():
        yield Finding("history", "the triggers that keep old states are not those of this version", "open it again")


def _log() -> Iterator[Finding]:
    numbers = Change.objects.aggregate(newest=Max("seq"))["newest"] or 0
    if numbers != Change.objects.count():
        yield Finding("log", "the log of changes has gaps", RESTORE)
    pack = Pack.objects.get()
    first, end = ids.first_of(pack.number), ids.first_of(pack.number + 1)
    kinds: list[type[models.Model]] = [Change, *states.record_models().values()]
    for model in kinds:
        top = model._base_manager.filter(id__gte=first, id__lt=end).aggregate(top=Max("id"))["top"]
        if top is not None and ids.split(top)[1] >= pack.next:
            yield Finding("ids", f"{model._meta.label}: id {top} is beyond the counter", RESTORE)


def _records() -> Iterator[Finding]:
    for label, model in states.record_models().items():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id FROM {table} WHERE change NOT IN (SELECT seq FROM archive_change) LIMIT 20")
            for (record,) in cursor.fetchall():
                yield Finding("record", f"{label} {record} was written outside any change", "look at its history")
            cursor.execute(
                f"SELECT t.id FROM {table} t LEFT JOIN {Superseded._meta.db_table} s "
                "ON s.record = t.id WHERE t.version > 1 GROUP BY t.id HAVING COUNT(s.id) <> t.version - 1 LIMIT 20"
            )
            for (record,) in cursor.fetchall():
                yield Finding("history", f"{label} {record} lacks old versions", RESTORE)


def _batches() -> Iterator[Finding]:
    drop = "tumen check --drop"
    for batch in Batch.objects.filter(state__in=Batch.State.unseen()).exclude(kind="drop"):
        if batch.state == Batch.State.DROPPING:
            what, advice = "was being taken back", f"finish that with `{drop} {batch.pk}`"
        elif batch.kind in ("undo", "redo"):
            what, advice = (
                "did not finish",
                f"undo the job again to finish it, or `{drop} {batch.pk}`",
            )
        else:
            what, advice = "did not finish; nobody sees what it wrote", f"resume it, or `{drop} {batch.pk}`"
        yield Finding("batch", f"bulk job {batch.pk} “{batch.called}” {what}", advice)


def digests(tell: Callable[[int], None] = lambda done: None) -> Iterator[Finding]:
    """Recompute every change's digest from the live rows and the kept states, and yield those that differ.

    `tell` is told after which change it is.
    """
    rows = Change.objects.order_by("seq").values_list("seq", "count", "salt", "digest")
    for part in _blocks(rows.iterator(chunk_size=5000)):
        first, last = part[0][0], part[-1][0]
        written: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for seq, label, data in states.written_between(first, last):
            written[seq].append((label, data))
        kept = Superseded.objects.filter(from_change__range=(first, last)).values_list("from_change", "model", "data")
        for seq, label, data in kept:
            written[seq].append((label, data))
        for seq, count, salt, digest in part:
            found = written.get(seq, [])
            if len(found) != count or states.digest(bytes(salt), found) != bytes(digest):
                yield Finding("digest", f"change {seq}: its rows are not what was written", "compare with a backup")
        tell(last)


def kept_states() -> Iterator[Finding]:
    """Yield old states that do not stand where they were put: digests cover what they say, not the columns beside."""
    for label, model in states.record_models().items():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT s.record, s.version FROM archive_superseded s "
                "LEFT JOIN archive_superseded n ON n.record = s.record AND n.version = s.version + 1 "
                f"LEFT JOIN {model._meta.db_table} t ON t.id = s.record WHERE s.model = %s AND ("
                "json_extract(s.data, '$.id') <> s.record OR json_extract(s.data, '$.version') <> s.version "
                "OR json_extract(s.data, '$.change') <> s.from_change "
                "OR s.to_change IS NOT COALESCE(n.from_change, t.change)) LIMIT 20",
                [label],
            )
            for record, version in cursor.fetchall():
                yield Finding("history", f"{label} {record}, version {version} is out of its place", RESTORE)


def _blocks(changes: Iterable[Logged]) -> Iterator[list[Logged]]:
    """Cut the log into stretches that one statement a table reads and memory holds."""
    part: list[Logged] = []
    rows = 0
    for change in changes:
        part.append(change)
        rows += change[1]
        if len(part) >= BLOCK_CHANGES or rows >= BLOCK_ROWS:
            yield part
            part, rows = [], 0
    if part:
        yield part


def sealed_values() -> Iterator[Finding]:
    """Open every sealed value of the live rows whose owner was not erased."""
    for label, model in states.record_models().items():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield from _sealed(label, model, field)


def typed_reasons() -> Iterator[Finding]:
    """Open every reason that a person typed and that was not erased."""
    for model, owner in ((Change, "id"), (Batch, "owner")):
        for number, said in model._base_manager.exclude(said=None).values_list(owner, "said").iterator(2000):
            where = f"the reason of {model._meta.model_name} {number}"
            if identity.missing([number]):
                yield Finding("keys", f"{where}: its key is not in identity-keys.db", "restore that file")
            else:
                try:
                    list(reasons.opened([(number, said)]))
                except DamagedKeys:
                    yield Finding("sealed", f"{where}: it does not open", RESTORE)


def _sealed(label: str, model: type[Record], field: SealedField) -> Iterator[Finding]:
    rows = model._base_manager.exclude(**{field.name: None}).values_list("pk", field.owner, field.name)
    for part in _parts(rows.iterator(chunk_size=2000), 2000):
        owners = {owner for _, owner, _ in part}
        keys, lost = identity.readable(owners), identity.missing(owners)
        for record, owner, value in part:
            if is_tombstone(value):
                continue
            where = f"{label} {record}, {field.name}"
            if owner in lost:
                yield Finding("keys", f"{where}: its key is not in identity-keys.db", "restore that file")
            elif owner in keys:
                try:
                    open_value(keys[owner], record, field.name, value)
                except DamagedKeys:
                    yield Finding("sealed", f"{where}: the value does not open", RESTORE)


def _parts(rows: Iterable[tuple[int, int, bytes]], size: int) -> Iterator[list[tuple[int, int, bytes]]]:
    part: list[tuple[int, int, bytes]] = []
    for row in rows:
        part.append(row)
        if len(part) == size:
            yield part
            part = []
    if part:
        yield part


def references() -> Iterator[Finding]:
    """Yield records that refer to one that is not there."""
    for label, model in states.record_models().items():
        for field in model._meta.concrete_fields:
            if isinstance(field, models.ForeignKey):
                target = field.remote_field.model._meta
                with connection.cursor() as cursor:
                    cursor.execute(
                        f"SELECT id, {field.column} FROM {model._meta.db_table} WHERE {field.column} IS NOT NULL "
                        f"AND {field.column} NOT IN (SELECT {target.pk.column} FROM {target.db_table}) LIMIT 20"
                    )
                    for record, missing in cursor.fetchall():
                        what = f"{label} {record}: {field.name} is {missing}, which is no {target.label_lower}"
                        yield Finding("reference", what, "look at its history")


def original(where: str, owner: int, name: str, sha256: str, deep: bool) -> Iterator[Finding]:
    """Look at one original: is it there; `deep` reads it through and compares its hash. For checks of other apps."""
    if not identity.readable([owner]):
        if identity.missing([owner]):
            yield Finding("keys", f"{where}: its key is not in identity-keys.db", "restore that file")
    elif not objects.path_of(name).is_file():
        yield Finding("object", f"{where}: its file {name[:12]} is missing", REPAIR)
    elif deep:
        try:
            objects.verify(owner, name, sha256)
        except ArchiveError as error:
            yield Finding("object", f"{where}: {error}", REPAIR)
