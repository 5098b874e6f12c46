"""The spine against the bare engine, in one run: bulk rows, a person's save, encryption, undo of a batch.

    python benchmarks/spine.py [--rows 100000] [--repeat 3]

Times are CPU seconds of this process where a ratio is made of them (the machine may be busy), wall seconds where the
disk flush is the point.
"""

from __future__ import annotations

import argparse
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tumen.archive import folder, identity, setup

setup.start_django()

from django.db import connection  # noqa: E402

from tumen.archive import backup, states, undo  # noqa: E402
from tumen.archive.backend.base import PRAGMAS, connect  # noqa: E402
from tumen.archive.bulk import Bulk, open_bulk  # noqa: E402
from tumen.archive.changes import change  # noqa: E402
from tumen.archive.sealed import seal_value  # noqa: E402
from tumen.coding.models import Act, Coding, Party  # noqa: E402
from tumen.guard.models import Compartment  # noqa: E402
from tumen.sources.models import Source  # noqa: E402

COLUMNS = tuple(column for column in states.columns(Act) if column not in ("id", "version", "change", "retracted"))


def rows_of_acts(count: int, first: int, coding: int, party: int) -> list[tuple[Any, ...]]:
    """Acts as an import stores them: short codes, a date, a place, a sealed note of sixty bytes."""
    fixed: dict[str, Any] = {}
    for column, field in states.fields(Act):
        if column in COLUMNS:
            value = field.get_default()
            fixed[column] = "{}" if column in states.json_columns(Act) else value
    fixed |= {"coding_id": coding, "victim_id": party, "type": "liberty.detention", "date": "2011-05", "note": None}
    fixed = {column: (int(v) if isinstance(v, bool) else v) for column, v in fixed.items()}
    rows = []
    key = identity.keys_for([party], make=True)[party]
    for n in range(count):
        note = seal_value(key, first + n, "note", 1, "told in the second interview")
        row = {**fixed, "low": 734_000 + n % 900, "high": 734_030 + n % 900, "note": note}
        rows.append((first + n, *(row[column] for column in COLUMNS)))
    return rows


def cpu(work: Callable[[], object]) -> float:
    """Return the CPU seconds that `work` takes."""
    began = time.process_time()
    work()
    return time.process_time() - began


def wall(work: Callable[[], object]) -> float:
    """Return the wall seconds that `work` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def raw(database: Any, rows: list[tuple[Any, ...]]) -> None:
    """The same final rows by one executemany and one commit."""
    stamped = ("id", "version", "change", "retracted", *COLUMNS)
    marks = ",".join("?" * len(stamped))
    database.execute("BEGIN IMMEDIATE")
    statement = f"INSERT INTO {Act._meta.db_table} ({','.join(stamped)}) VALUES ({marks})"
    database.executemany(statement, [(row[0], 1, 1, 0, *row[1:]) for row in rows])
    database.execute("COMMIT")


def bare(path: Path, key: bytes | None) -> Any:
    """A file with the same tables and indexes and nothing in them, keyed or not."""
    schema = [
        sql
        for (sql,) in connection.cursor().execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name IN (%s, 'archive_change') AND sql IS NOT NULL "
            "AND type IN ('table', 'index')",
            [Act._meta.db_table],
        )
    ]
    if key is None:
        from sqlcipher3 import dbapi2

        database = dbapi2.connect(str(path), isolation_level=None)
        for pragma in PRAGMAS:
            database.execute(pragma)
    else:
        database = connect(str(path), key)
    for sql in schema:
        database.execute(sql)
    return database


def bulk_ratio(where: Path, count: int, repeat: int, coding: int, party: int) -> Bulk:
    """Print the bulk path against executemany; return the last batch."""
    spine, keyed, plain = [], [], []
    for _ in range(repeat):
        bulk = open_bulk(1, "benchmark")
        rows = rows_of_acts(count, bulk.ids(count), coding, party)

        def load(bulk: Bulk = bulk, rows: list[tuple[Any, ...]] = rows) -> None:
            bulk.insert(Act, COLUMNS, rows)
            bulk.close()

        spine.append(cpu(load))
        for times, key in ((keyed, bytes(32)), (plain, None)):
            database = bare(where / f"bare-{secrets.token_hex(4)}.db", key)
            times.append(cpu(lambda database=database, rows=rows: raw(database, rows)))
            database.close()
    a, b, c = map(statistics.median, (spine, keyed, plain))
    print(f"bulk insert of {count} acts: spine {a:.2f} s, executemany keyed {b:.2f} s, unkeyed {c:.2f} s (CPU)")
    print(f"  spine / executemany = {a / b:.2f}   keyed / unkeyed = {b / c:.2f}")
    return bulk


def save_ratio(where: Path, party: Party, repeat: int) -> None:
    """Print a person's save against a raw keyed INSERT and commit, both flushed to disk."""
    database = bare(where / "bare-save.db", bytes(32))
    database.execute("CREATE TABLE one (id INTEGER PRIMARY KEY, a TEXT)")
    spine, bare_wall, spine_cpu, bare_cpu = [], [], [], []

    def save(n: int) -> None:
        with change(1, "save") as c:
            c.update(Party.objects.get(pk=party.pk), birth=str(n))

    def insert(n: int) -> None:
        database.execute("BEGIN IMMEDIATE")
        database.execute("INSERT INTO one VALUES (?, ?)", (n, "x" * 200))
        database.execute("COMMIT")

    for n in range(60 * repeat):
        for work, walls, cpus in ((save, spine, spine_cpu), (insert, bare_wall, bare_cpu)):
            began, began_cpu = time.perf_counter(), time.process_time()
            work(n)
            walls.append(time.perf_counter() - began)
            cpus.append(time.process_time() - began_cpu)
    for what, walls, cpus in (("save", spine, spine_cpu), ("raw INSERT", bare_wall, bare_cpu)):
        p50, p95 = statistics.median(walls) * 1000, statistics.quantiles(walls, n=20)[18] * 1000
        print(f"{what}: p50 {p50:.1f} ms, p95 {p95:.1f} ms (wall), {statistics.median(cpus) * 1000:.2f} ms CPU")


def main() -> None:
    """Run all and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        where = Path(temporary)
        setup.create(where / "archive", setup.new_passphrase())
        with change(1, "a place for the acts") as c:
            part = c.insert(Compartment, code="main", title="Main")
            source = c.insert(Source, kind="interview", title="Interview", compartment=part)
            coding = c.insert(Coding, source=source, coder=1)
            party = c.insert(Party, coding=coding, features="a scar")
        bulk = bulk_ratio(where, asked.rows, asked.repeat, coding.pk, party.pk)
        save_ratio(where, party, asked.repeat)
        seconds = wall(lambda: undo.undo_batch(1, bulk.batch.pk))
        print(f"undo of a batch of {asked.rows} rows: {seconds:.1f} s (wall)")
        seconds = wall(lambda: backup.backup(where / "backup"))
        size = (where / "archive" / folder.DATABASE_FILE).stat().st_size / 1e6
        print(f"backup of {size:.0f} MB with its deep check: {seconds:.1f} s (wall)")
        owners = range(10_000_000, 10_020_000)
        made = cpu(lambda: identity.keys_for(owners, make=True))
        print(f"identity keys made: {len(owners) / made:,.0f} a second (CPU)")
        folder.close()


if __name__ == "__main__":
    main()
