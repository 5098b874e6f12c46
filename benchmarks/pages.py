"""The pages of counting over one archive: server CPU and wall time of a search page and of a table, p50 and p95.

    python -m benchmarks.pages [--archive DIR --passphrase-file FILE] [--acts 20000] [--rounds 40]

Without an archive a demonstration one is built and thrown away. Measured twice: through Django's test client (CPU of
this process), and through `tumen serve` (wall time of one client, CPU of its processes). Every round asks for other
filters, so that no page is the page before. The goal is on CPU, p95: 40 ms at 87,317 acts, 120 ms at 1.5 million.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path

from benchmarks import summary

PASSPHRASE = "benchmark"  # noqa: S105 (of a throw-away archive of fictional rows)
WORDS = (
    *("강제송환", "구타", "police", "winter", "결혼", "遣返", "market", "보위부", "border", "중국", "북한", "남편"),
    *("the", "of", "and", "했다", "수용소", "구금", "警察", "冬天", "china", "woman", "detained", "beaten", "sold"),
    *("he", "she", "was", "있었다", "사람"),
)
"""More words than the search keeps answers for: from none to a fifth of all passages."""

YEARS = range(1995, 2020)


def questions() -> dict[str, Callable[[int, list[str]], str]]:
    """The pages, each by the number of the round and the tokens of the words."""
    return {
        "list, 6 facets, 50 rows": lambda n, _: f"/lists/acts/?period={YEARS[n % 20]}/{YEARS[n % 20 + 4]}&size=50",
        "list, six filters": lambda n, _: (
            f"/lists/acts/?type=liberty,movement&sex=female&evidence=experience&source_kind=interview&place=KP,CN"
            f"&period={YEARS[n % 20]}/2024"
        ),
        "search, 6 facets, 50 rows": lambda n, tokens: (
            f"/lists/acts/?q={tokens[n % len(tokens)]}&period=1990/{2000 + n % 25}"
        ),
        "victims, 6 facets, 50 rows": lambda n, _: f"/lists/victims/?period={YEARS[n % 20]}/2024",
        "persons": lambda n, _: f"/lists/persons/?birth=19{40 + n % 40}/2000",
        "table of three dimensions": lambda n, _: (
            f"/tables/table/?unit=acts&dims=type:1,period:paper,sex&period=19{70 + n % 30}/2024"
        ),
        "victims, three dimensions": lambda n, _: (
            f"/tables/table/?unit=victims&dims=type:1,period:paper,sex&period=19{70 + n % 30}/2024"
        ),
        "table opened again": lambda n, _: "/tables/table/?unit=acts&dims=type:1,period:paper",
    }


def percentiles(times: list[float]) -> str:
    """Write p50 and p95 in milliseconds."""
    ordered = sorted(times)
    return f"{1000 * statistics.median(ordered):7.1f} {1000 * ordered[int(0.95 * (len(ordered) - 1))]:7.1f}"


def through_client(rounds: int, username: str) -> dict[str, tuple[list[float], list[float]]]:
    """Return (CPU, wall) seconds of each page through Django's test client."""
    from django.test import Client

    from tumen.counting import evidence
    from tumen.counting.store import store
    from tumen.guard.models import User

    began, wall = time.process_time(), time.perf_counter()
    store().warm()
    evidence.prepare()
    print(f"columns ready after {time.process_time() - began:.2f} s CPU, {time.perf_counter() - wall:.2f} s")
    client = Client(SERVER_NAME="localhost")
    client.force_login(User.objects.get(username=username))
    tokens = [
        client.post("/search/", {"text": words, "unit": "acts"}).headers["Location"].partition("q=")[2]
        for words in WORDS
    ]
    found: dict[str, tuple[list[float], list[float]]] = {}
    for name, address in questions().items():
        cpu, real = found[name] = ([], [])
        for number in range(rounds + 2):
            began, wall = time.process_time(), time.perf_counter()
            response = client.get(address(number, tokens))
            took = time.process_time() - began, time.perf_counter() - wall
            assert response.status_code == 200, (response.status_code, address(number, tokens))
            if number >= 2:  # the first pages fill what every page after them uses
                cpu.append(took[0])
                real.append(took[1])
    return found


def through_serve(
    archive: Path, passphrase_file: Path, cookie: str, tokens: list[str], rounds: int
) -> dict[str, tuple[list[float], list[float]]]:
    """Return (CPU, wall) seconds of each page through `tumen serve`, one client."""
    port = 8799
    command = [sys.executable, "-m", "tumen", "--archive", str(archive), "--passphrase-file", str(passphrase_file)]
    began = time.perf_counter()
    with subprocess.Popen(
        [*command, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, env=os.environ
    ) as process:
        try:
            base = f"http://127.0.0.1:{port}"
            _wait(f"{base}/accounts/login/")
            get = _getter(base, cookie)
            get("/lists/acts/")
            print(f"tumen serve: first list after {time.perf_counter() - began:.2f} s")
            found: dict[str, tuple[list[float], list[float]]] = {}
            for name, address in questions().items():
                cpu, real = found[name] = ([], [])
                for number in range(rounds + 2):
                    before, wall = _cpu_of(process.pid), time.perf_counter()
                    get(address(number, tokens))
                    took = time.perf_counter() - wall
                    if number >= 2:
                        real.append(took)
                        cpu.append(_cpu_of(process.pid) - before)
            return found
        finally:
            process.terminate()


def _getter(base: str, cookie: str) -> Callable[[str], bytes]:
    def get(address: str) -> bytes:
        request = urllib.request.Request(base + address, headers={"Cookie": cookie})  # noqa: S310 (our own server)
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            body: bytes = answer.read()
        return body

    return get


def _wait(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=30)  # noqa: S310 (our own server)
            return
        except OSError:
            time.sleep(0.1)
    sys.exit("tumen serve did not open")


def _cpu_of(pid: int) -> float:
    """CPU seconds of a process and of its living children, in ticks of a hundredth."""
    total = 0.0
    for place in [Path(f"/proc/{pid}"), *(Path(f"/proc/{child}") for child in _children(pid))]:
        fields = (place / "stat").read_text().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return total


def _children(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()


@contextmanager
def archive_of(arguments: argparse.Namespace) -> Iterator[tuple[Path, Path, str]]:
    """Open the archive named, or build one: its folder, its passphrase file and a user who sees it."""
    from tumen.archive import setup

    if arguments.archive is not None:
        setup.open_archive(arguments.archive, arguments.passphrase_file.read_text("utf-8").strip())
        from tumen.guard.models import User

        yield arguments.archive, arguments.passphrase_file, User.objects.order_by("pk")[0].username
        return
    setup.start_django()
    from benchmarks.demonstration import build

    place = Path(tempfile.mkdtemp(prefix="tumen-pages-"))
    try:
        build(place / "archive", arguments.acts)
        passphrase_file = place / "passphrase"
        passphrase_file.write_text(PASSPHRASE, "utf-8")
        yield place / "archive", passphrase_file, "demo"
    finally:
        shutil.rmtree(place)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--acts", type=int, default=20_000, help="size of the archive that is built")
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("--no-serve", action="store_true", help="leave `tumen serve` out")
    arguments = parser.parse_args()
    with archive_of(arguments) as (archive, passphrase_file, username):
        found = through_client(arguments.rounds, username)
        report("Django's test client", found)
        promise(found)
        if arguments.no_serve:
            return
        from django.conf import settings
        from django.db import connections
        from django.test import Client

        from tumen.counting import search
        from tumen.guard.models import User

        user = User.objects.get(username=username)
        client = Client(SERVER_NAME="localhost")
        client.force_login(user)
        jar: SimpleCookie = client.cookies
        cookie = f"{settings.SESSION_COOKIE_NAME}={jar[settings.SESSION_COOKIE_NAME].value}"
        tokens = [search.remember(user.pk, words) for words in WORDS]
        connections.close_all()
        report("tumen serve", through_serve(archive, passphrase_file, cookie, tokens, arguments.rounds))


def promise(found: dict[str, tuple[list[float], list[float]]]) -> None:
    """Note how the pages stand to what they must reach at this size."""
    from tumen.coding.models import Act

    acts = Act.objects.count()
    goal = 120 if acts > 1_000_000 else 40
    for name in ("search, 6 facets, 50 rows", "list, 6 facets, 50 rows", "victims, 6 facets, 50 rows"):
        measured = 1000 * p95(found[name][0])
        summary.note(f"{name}, {acts:,} act records, p95 CPU", goal, measured, " ms")


def p95(times: list[float]) -> float:
    """Return the 95th percentile."""
    return sorted(times)[int(0.95 * (len(times) - 1))]


def report(title: str, found: dict[str, tuple[list[float], list[float]]]) -> None:
    """Print one block of measurements."""
    print(f"{title:32}   CPU p50     p95   wall p50     p95   (ms)")
    for name, (cpu, real) in found.items():
        print(f"  {name:30} {percentiles(cpu)}    {percentiles(real)}")


if __name__ == "__main__":
    main()
