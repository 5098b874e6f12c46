"""What encryption costs a search: the same archive in a keyed and an unkeyed file of the same library, in one run.

    python -m benchmarks.encryption [--acts 5000] [--rounds 30]

Words in three scripts are looked up in the passages and followed to the acts they speak of, each round on a new
connection (every page is read and decrypted) and once more on the same one. CPU seconds, rounds interleaved. Goal for a
search: at most 1.2. What encryption costs an import is in `benchmarks.demonstration`, a bulk insert in
`benchmarks.spine`.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.demonstration import build, unkeyed

WORDS = ("강제송환", "구타", "police", "winter", "결혼", "遣返", "보위부", "border")
FOUND = (
    "SELECT DISTINCT n.record FROM passage_tokens f JOIN coding_anchor n ON n.passage_id = f.rowid "
    "WHERE f.passage_tokens MATCH %s AND NOT n.retracted"
)


def look_up() -> tuple[float, int]:
    """Search every word once; return (CPU seconds, acts and other records found)."""
    from django.db import connection

    from tumen.text import match_query

    found = 0
    with connection.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM django_migrations")  # connect, and read the schema
        began = time.process_time()
        for word in WORDS:
            cursor.execute(FOUND, [match_query(word)])
            found += len(cursor.fetchall())
    return time.process_time() - began, found


@contextlib.contextmanager
def opened(path: Path, keyed: bool) -> Iterator[None]:
    """Open an archive made by `build`, and close every connection after."""
    from django.db import connections

    from benchmarks.demonstration import PASSPHRASE
    from tumen.archive import folder, setup

    with contextlib.nullcontext() if keyed else unkeyed():
        setup.open_archive(path, PASSPHRASE)
        connections.close_all()
        try:
            yield
        finally:
            connections.close_all()
            folder.close()


def main() -> None:
    """Print medians and ratios."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--acts", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    from django.db import connections

    from tumen.archive import folder, setup

    setup.start_django()
    times: dict[tuple[str, bool], list[float]] = {}
    found = set()
    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as place:
        paths = {True: Path(place) / "keyed", False: Path(place) / "unkeyed"}
        for keyed, path in paths.items():
            with contextlib.nullcontext() if keyed else unkeyed():
                build(path, asked.acts)
                connections.close_all()
                folder.close()
        for _ in range(asked.rounds):
            for keyed, path in paths.items():
                with opened(path, keyed):
                    for how in ("new connection", "same connection"):
                        seconds, records = look_up()
                        times.setdefault((how, keyed), []).append(seconds)
                        found.add(records)
    assert len(found) == 1, "both files must answer alike"
    for how in ("new connection", "same connection"):
        keyed, plain = (statistics.median(times[how, key]) * 1000 / len(WORDS) for key in (True, False))
        print(
            f"search, {how:16} keyed {keyed:7.2f} ms, unkeyed {plain:7.2f} ms   ratio {keyed / plain:5.2f} (goal 1.2)"
        )
    print(f"{found.pop():,} records found by {len(WORDS)} words")


if __name__ == "__main__":
    main()
