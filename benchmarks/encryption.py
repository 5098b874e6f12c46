"""What encryption costs a search: the same archive in a keyed and an unkeyed file of the same library, in one run.

    python -m benchmarks.encryption [--acts 5000] [--rounds 5]

Two ways of measuring, both in CPU seconds, rounds interleaved, pages of the same size. The whole job: the page of a
search, on a new connection, so that every page of the file it needs is read, decrypted and authenticated; this is the
line with the goal, at most 1.2. And its bare kernel, the look-up of words in the token index followed to the records in
SQL, on a new connection and once more on the same. What encryption costs an import is in `benchmarks.demonstration`.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks import summary
from benchmarks.demonstration import build, unkeyed

WORDS = ("강제송환", "구타", "police", "winter", "결혼", "遣返", "보위부", "border")
FOUND = (
    "SELECT DISTINCT n.record FROM passage_tokens f JOIN coding_anchor n ON n.passage_id = f.rowid "
    "WHERE f.passage_tokens MATCH %s AND NOT n.retracted"
)
WAYS = ("page, new connection", "look-up, new connection", "look-up, same connection")


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


def pages() -> float:
    """Return the CPU seconds of one page a word, each on a new connection."""
    from django.db import connections
    from django.test import Client

    from tumen.counting.store import store
    from tumen.guard.models import User

    store().start()
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username="demo"))
    asked = [client.post("/search/", {"text": word, "unit": "acts"}).headers["Location"] for word in WORDS]
    client.get("/lists/acts/")  # templates, translations, what is derived from the columns
    took = 0.0
    for address in asked:
        connections.close_all()
        began = time.process_time()
        assert client.get(address).status_code == 200
        took += time.process_time() - began
    return took


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
    parser.add_argument("--rounds", type=int, default=5)
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
                    for way in WAYS[1:]:
                        seconds, records = look_up()
                        times.setdefault((way, keyed), []).append(seconds)
                        found.add(records)
                    times.setdefault((WAYS[0], keyed), []).append(pages())
    assert len(found) == 1, "both files must answer alike"
    for way in WAYS:
        keyed, plain = (statistics.median(times[way, key]) * 1000 / len(WORDS) for key in (True, False))
        print(f"search, {way:26} keyed {keyed:7.2f} ms, unkeyed {plain:7.2f} ms   ratio {keyed / plain:5.2f}")
        if way == WAYS[0]:
            summary.note(
                "search, keyed against unkeyed, whole job", 1.2, keyed / plain, "x", "same library unkeyed, CPU"
            )
    print(f"{found.pop():,} records found by {len(WORDS)} words")


if __name__ == "__main__":
    main()
