"""Building an archive: the bulk path against a raw executemany of the same rows, and the file keyed against unkeyed.

    python -m benchmarks.demonstration [--acts 20000] [--runs 3]

One run builds a demonstration archive of that size through the bulk path, then writes its final rows once more into a
fresh file of the same library, key and schema with executemany alone. Medians of CPU seconds; both processes of a build
are counted.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from benchmarks import summary

PASSPHRASE = "benchmark"  # noqa: S105 (of a throw-away archive of fictional rows)
SMALL = ("sqlite_", "django_", "auth_", "account_", "mfa_", "guard_", "text_tokens_", "passage_tokens_")


def cpu() -> float:
    """CPU seconds of this process and of its finished children."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def measured(work: Callable[[], None]) -> tuple[float, float]:
    """Return (CPU seconds, wall seconds) of some work."""
    began, wall = cpu(), time.perf_counter()
    work()
    return cpu() - began, time.perf_counter() - wall


def build(path: Path, acts: int) -> None:
    """Build a demonstration archive."""
    from tumen.archive import setup
    from tumen.workbench import demo, services

    setup.create(path, PASSPHRASE)
    services.furnish("demo", "fictional-demo")
    for _ in demo.fill(acts, seed=2024):
        pass


def rows_of(path: Path) -> tuple[list[str], dict[str, tuple[str, list[Any]]]]:
    """Return the schema of an archive and all its rows by table; token tables are read from a second tokenising."""
    from django.db import connection

    from tumen.archive import identity
    from tumen.archive.sealed import open_value
    from tumen.sources.models import Passage, Text
    from tumen.text import index_tokens

    cursor = connection.cursor()
    cursor.execute(
        "SELECT tbl_name, sql FROM sqlite_master "
        "WHERE sql IS NOT NULL AND type IN ('table', 'index') ORDER BY type DESC"
    )
    kept = [(name, sql) for name, sql in cursor.fetchall() if not name.startswith(SMALL)]
    rows = {}
    for name, sql in kept:
        if sql.startswith("CREATE TABLE"):
            cursor.execute(f"SELECT * FROM {name}")
            found = [tuple(str(v) if hasattr(v, "isoformat") else v for v in row) for row in cursor.fetchall()]
            if found:
                rows[name] = (f"INSERT INTO {name} VALUES ({','.join('?' * len(found[0]))})", found)
    bodies = {}
    texts = list(Text.objects.all())
    keys = identity.keys_for(text.pk for text in texts)
    for text in texts:
        bodies[text.pk] = open_value(keys[text.pk], text.pk, "body", text.body)
    place = "INSERT INTO {} (rowid, body) VALUES (?, ?)"
    rows["text_tokens"] = (place.format("text_tokens"), [(pk, index_tokens(body)) for pk, body in bodies.items()])
    passages = [(p.pk, index_tokens(bodies[p.text_id][p.start : p.end])) for p in Passage.objects.all()]
    rows["passage_tokens"] = (place.format("passage_tokens"), passages)
    return [sql for _, sql in kept], rows


def write_raw(path: Path, key: bytes | None, schema: list[str], rows: dict[str, tuple[str, list[Any]]]) -> None:
    """Write rows with nothing but executemany, one transaction a table."""
    from sqlcipher3 import dbapi2

    connection = dbapi2.connect(str(path), isolation_level=None)
    if key is not None:
        connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA page_size = 16384")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    for sql in schema:
        connection.execute(sql)
    for statement, values in rows.values():
        connection.execute("BEGIN")
        connection.executemany(statement, values)
        connection.execute("COMMIT")
    connection.close()


@contextlib.contextmanager
def unkeyed() -> Iterator[None]:
    """Open every database of the archive without a key: the same library, no encryption of pages."""
    from sqlcipher3 import dbapi2

    from tumen.archive import identity
    from tumen.archive.backend import base

    def connect(path: str, key: bytes, pragmas: Any = base.PRAGMAS) -> Any:
        connection = dbapi2.connect(
            path, check_same_thread=False, detect_types=dbapi2.PARSE_DECLTYPES, isolation_level=None
        )
        # The same pages, so that encryption alone makes the difference.
        connection.execute("PRAGMA page_size = 16384")
        for pragma in pragmas:
            connection.execute(pragma)
        return connection

    with mock.patch.object(base, "connect", connect), mock.patch.object(identity, "connect", connect):
        yield


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--acts", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=3)
    asked = parser.parse_args()
    from tumen.archive import setup

    setup.start_django()
    figures: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as place:
        for run in range(asked.runs):
            one_run(Path(place) / str(run), asked.acts, figures)
    for name, values in figures.items():
        print(f"{name:48} {statistics.median(values):8.2f} s")
    median = {name: statistics.median(values) for name, values in figures.items()}
    bulk = median["bulk path, writing process, keyed"] / median["raw executemany, keyed"]
    summary.note("bulk path against a raw executemany of the same rows", 5, bulk, "x", "same keyed file, CPU")
    ratio = median["build, keyed"] / median["build, unkeyed"]
    summary.note("import, keyed against unkeyed, whole job", 1.5, ratio, "x", "same library unkeyed, CPU")


def one_run(place: Path, acts: int, figures: dict[str, list[float]]) -> None:
    """Build, rewrite and compare once."""
    from django.db import connections

    from tumen.archive import folder

    def note(name: str, value: float) -> None:
        figures.setdefault(name, []).append(value)

    place.mkdir()
    own = time.process_time()
    total, wall = measured(lambda: build(place / "keyed", acts))
    note("build, keyed", total)
    note("build, keyed, wall", wall)
    note("bulk path, writing process, keyed", time.process_time() - own)
    schema, rows = rows_of(place / "keyed")
    key = folder.current().key.derive("database")
    connections.close_all()
    folder.close()
    print(f"run: {sum(len(values) for _, values in rows.values()):,} rows", file=sys.stderr)
    note("raw executemany, keyed", measured(lambda: write_raw(place / "raw", key, schema, rows))[0])
    note("raw executemany, unkeyed", measured(lambda: write_raw(place / "raw-unkeyed", None, schema, rows))[0])
    with unkeyed():
        note("build, unkeyed", measured(lambda: build(place / "unkeyed", acts))[0])
        connections.close_all()
        folder.close()
    shutil.rmtree(place)


if __name__ == "__main__":
    main()
