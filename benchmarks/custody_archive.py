"""The log inside an archive: what its leaves cost an import, and how long it takes to verify a million of them.

Part of `python -m benchmarks.custody`. CPU seconds of this process, since the machine may be busy.
"""

from __future__ import annotations

import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

from django.db import connection, transaction

from benchmarks.spine import COLUMNS, cpu, rows_of_acts
from benchmarks.summary import note
from tumen.archive import changes, states
from tumen.archive.bulk import Bulk, open_bulk
from tumen.archive.changes import change
from tumen.archive.log import checkpoints, entries, replay, tree
from tumen.archive.setup import create, new_passphrase
from tumen.coding.models import Act, Coding, Party
from tumen.custody import Frontier, leaf, leaf_hash
from tumen.guard.models import Compartment
from tumen.sources.models import Source
from tumen.sources.services import take_in

ACTS, SHORTEST, FILES, REPEAT, LEAVES = 10_000, 200, 60, 8, 1_000_000


def measure() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as place:
        create(Path(place, "archive"), new_passphrase())
        _imports()
        _intake()
        _million()


def _imports() -> None:
    """A bulk import with and without its leaves, in turns, in the shortest changes that it ever makes."""
    with change(1, "a source to import into") as c:
        main = c.insert(Compartment, code="main", title="Main")
        coding = c.insert(Coding, source=c.insert(Source, kind="news", title="List", compartment=main), coder=1)
        party = c.insert(Party, coding=coding)

    def load() -> float:
        bulk = open_bulk(1, "benchmark")
        bulk._step = SHORTEST
        rows = rows_of_acts(ACTS, bulk.ids(ACTS), coding.pk, party.pk)
        return cpu(lambda: (bulk.insert(Act, COLUMNS, rows), bulk.close()))

    def bare() -> float:
        # The log is behind after that, which is of no account here.
        with patch.object(changes.entries, "append", lambda seq, written: None):
            return load()

    sides: dict[Callable[[], float], list[float]] = {load: [], bare: []}
    with patch.object(Bulk, "_adjust", lambda self, rows: None):
        for turn in range(REPEAT):
            for side in sorted(sides, key=lambda side: (side is bare) == (turn % 2 == 0)):
                sides[side].append(side())
    whole, without = (statistics.median(taken) for taken in sides.values())
    print(f"bulk import of {ACTS:,} acts: {whole:.3f} s with leaves, {without:.3f} s without, {whole / without:.3f}")
    peer = f"CPU with and without, {SHORTEST} rows a change, median of {REPEAT} in turns"
    note("custody: leaves in a bulk import", 3, max(whole / without - 1, 0) * 100, " %", peer)


def _intake() -> None:
    """Files taken in one by one: the share of the leaves in the time that passes."""
    real, spent = entries.append, 0.0

    def timed(seq: int, written: list[tuple[str, str]]) -> None:
        nonlocal spent
        began = time.perf_counter()
        real(seq, written)
        spent += time.perf_counter() - began

    main = Compartment.objects.get()
    began = time.perf_counter()
    with patch.object(changes.entries, "append", timed):
        for n in range(FILES):
            take_in(1, [b"She told us this on day %d. " % n * 200], f"{n}.txt", main, kind="news")
    whole = time.perf_counter() - began
    print(f"{FILES} files taken in: {whole / FILES * 1000:.1f} ms each, leaves {spent / FILES * 1000:.2f} ms")
    note("custody: leaves in files taken in one by one", 3, spent / whole * 100, " %", "share of the time that passes")


def _million() -> None:
    """Write a log of a million changes past the verbs, and verify it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER keep_archive_leaf_delete")
        cursor.execute("DELETE FROM archive_leaf")
        first = changes.Change.objects.count() + 1
        salts = [secrets.token_bytes(16) for _ in range(LEAVES)]
        connection.connection.executemany(
            "INSERT INTO archive_change (seq, id, at, actor, kind, why, salt, digest, count) "
            "VALUES (?, ?, '2026-11-24 10:00:00.123456', 7, 'edit', 'act recorded', ?, ?, 0)",
            ((first + n, (1 << 41) + n, salt, states.digest(salt, [])) for n, salt in enumerate(salts)),
        )
        cursor.execute(f"SELECT c.seq, {entries.SAID}, c.at || '' FROM archive_change c ORDER BY c.seq")
        frontier, rows = Frontier(), []
        for place, (seq, text, at) in enumerate(cursor.fetchall()):
            salt = secrets.token_bytes(16)
            made = leaf_hash(leaf(sha256(entries.said(text)).digest(), salt, entries.moment(at)))
            rows.append((place, seq, salt, b"".join(frontier.append(made))))
        connection.connection.executemany(
            "INSERT INTO archive_leaf (id, change, salt, nodes) VALUES (?, ?, ?, ?)", rows
        )
    checkpoints.make(whole=True)
    report, spent = replay.Report(), {}
    for part in (replay._log, replay._changes):
        wall, began = time.perf_counter(), time.process_time()
        report.findings = list(part(report, lambda what, done, total: None))
        spent[part.__name__] = time.process_time() - began
        print(
            f"verify, {part.__name__[1:]}: {spent[part.__name__]:.1f} s CPU, {time.perf_counter() - wall:.1f} s passed"
        )
    note(
        f"custody: log of {report.entries:,} leaves replayed", 20, spent["_log"], " s", "CPU; leaves, tree, checkpoint"
    )
    kept = tree.LogTree()
    began = time.process_time()
    for n in range(1000):
        kept.inclusion_proof(n * (LEAVES // 1000))
    print(f"inclusion proof from the rows: {time.process_time() - began:.2f} ms each")
    with transaction.atomic():
        began = time.process_time()
        for _ in range(500):
            entries.append(first, [])
        print(f"a leaf appended to {LEAVES:,}: {(time.process_time() - began) * 2:.2f} ms")


if __name__ == "__main__":
    measure()
