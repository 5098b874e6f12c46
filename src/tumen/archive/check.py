"""`tumen check`: is everything there, readable, and as it was written?

Each check yields findings in plain words; no finding means the archive is whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max

from tumen.archive import identity, ids, objects, states
from tumen.archive.errors import ArchiveError
from tumen.archive.models import Batch, Change, Pack, Superseded


@dataclass(frozen=True)
class Finding:
    """Something that is not as it should be: what, where, and what to do."""

    kind: str
    what: str
    advice: str


Check = Callable[[bool], Iterable[Finding]]
_more: list[Check] = []


def also(check: Check) -> Check:
    """Register a check of another app; it is told whether to look deep."""
    if check not in _more:
        _more.append(check)
    return check


def run(deep: bool = False) -> Iterator[Finding]:
    """Yield findings about the file, the log, and the records; `deep` also recomputes the digest of every change."""
    yield from _file()
    yield from _log()
    yield from _records()
    yield from _open_batches()
    if deep:
        yield from digests()
    for check in _more:
        yield from check(deep)


def _file() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        for pragma in ("cipher_integrity_check", "integrity_check"):
            cursor.execute(f"PRAGMA {pragma}")
            for (answer,) in cursor.fetchall():
                if answer != "ok":
                    yield Finding("file", f"archive.db: {answer}", "restore archive.db from a backup")


def _log() -> Iterator[Finding]:
    numbers = Change.objects.aggregate(newest=Max("seq"))["newest"] or 0
    if numbers != Change.objects.count():
        yield Finding("log", "the log of changes has gaps", "restore archive.db from a backup")
    pack = Pack.objects.get()
    for model in states.record_models().values():
        top = model._base_manager.filter(pk__gte=ids.make(pack.number, 1), pk__lt=ids.make(pack.number, pack.next) * 2)
        highest = top.aggregate(top=Max("pk"))["top"] or 0
        if ids.split(highest)[0] == pack.number and ids.split(highest)[1] >= pack.next:
            yield Finding("ids", f"{model._meta.label}: id {highest} is beyond the counter", "restore the archive")


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
                yield Finding("history", f"{label} {record} lacks old versions", "restore archive.db from a backup")


def _open_batches() -> Iterator[Finding]:
    for batch in Batch.objects.filter(state=Batch.State.OPEN):
        yield Finding(
            "batch",
            f"bulk job {batch.pk} “{batch.why}” did not finish; nobody sees what it wrote",
            f"resume it, or take it back with `tumen check --drop {batch.pk}`",
        )


def digests() -> Iterator[Finding]:
    """Recompute every change's digest from the live rows and the kept states, and yield those that differ."""
    rows: dict[int, list[bytes]] = {}
    for label, model in states.record_models().items():
        for record in model._base_manager.iterator(chunk_size=5000):
            rows.setdefault(record.change, []).append(states.canonical(label, states.state_of(record)))
    kept = Superseded.objects.values_list("model", "from_change", "data")
    for label, seq, data in kept.iterator(chunk_size=5000):
        rows.setdefault(seq, []).append(states.canonical(label, states.parse(data)))
    for change in Change.objects.iterator(chunk_size=5000):
        if states.digest(bytes(change.salt), rows.pop(change.seq, [])) != bytes(change.digest):
            yield Finding("digest", f"change {change.seq}: its rows are not what was written", "compare with a backup")


def original(owner: int, name: str, sha256: str, deep: bool) -> Iterator[Finding]:
    """Look at one original: is it there; `deep` reads it through and compares its hash. For checks of other apps."""
    if not identity.readable([owner]):
        return
    if not objects.path_of(name).is_file():
        yield Finding("object", f"original {name[:12]} is missing", "restore the archive from a backup")
    elif deep:
        try:
            objects.verify(owner, name, sha256)
        except ArchiveError as error:
            yield Finding("object", str(error), "restore the archive from a backup")
