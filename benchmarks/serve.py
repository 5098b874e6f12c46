"""Serving: from `tumen serve` to the first pages, memory of all its processes, and pages through the real server.

    python -m benchmarks.serve [--acts 5000 | --archive DIR --passphrase-file FILE] [--runs 3] [--pages 40]

Goals: first page at most 3 s at 87,317 acts and 12 s at 1.5 million; at most 500 MB in all processes at 87,317. Memory
is the proportional set size (PSS): pages that the processes share since their fork are counted once.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

from benchmarks import summary

TUMEN = [sys.executable, "-m", "tumen"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "src")}
PAGES = (
    "home",
    "counting:list sources",
    "counting:list acts",
    "counting:list persons",
    "counting:tables",
    "counting:figures",
)
FIRST = "counting:list acts"


class Browser:
    """A login on one kept connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        """Return a page; raises AssertionError when it is not one."""
        status, body = self._ask("GET", path)
        assert status == 200, f"{path}: {status}"
        return body

    def log_in(self) -> None:
        """Log in as the demonstration's user."""
        [token] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', self.get("/accounts/login/"))
        form = {"login": "demo", "password": "fictional-demo", "csrfmiddlewaretoken": token}
        status, _ = self._ask("POST", "/accounts/login/", urllib.parse.urlencode(form))
        assert status == 302, status

    def _ask(self, method: str, path: str, body: str | None = None) -> tuple[int, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self._cookies[key] = kept
        return answer.status, text


@contextlib.contextmanager
def served(archive: Path, passphrase_file: Path) -> Iterator[tuple[subprocess.Popen[bytes], int, float]]:
    """Serve an archive; gives the process, its port, and the moment it was started."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--archive", str(archive), "--passphrase-file", str(passphrase_file), "serve", "--port", str(port)]
    began = time.perf_counter()
    server = subprocess.Popen(TUMEN + options, env=ENVIRONMENT, stdout=subprocess.DEVNULL, start_new_session=True)
    try:
        yield server, port, began
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)


def first_answer(server: subprocess.Popen[bytes], port: int) -> None:
    """Wait for the login page."""
    while server.poll() is None:
        with contextlib.suppress(OSError):
            Browser(port).get("/accounts/login/")
            return
        time.sleep(0.01)
    sys.exit(f"tumen serve ended with {server.returncode}")


def processes(pid: int) -> list[int]:
    """Return a process and everything it started."""
    found = [pid]
    for parent in found:
        for thread in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, thread.read_text().split())
    return found


def memory(pid: int) -> tuple[float, float | None]:
    """Return (RSS, PSS) in MB over all processes of a server; PSS needs the right to look into them."""
    rss = pss = 0.0
    for process in processes(pid):
        rss += int(Path(f"/proc/{process}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
        try:
            [kib] = re.findall(r"^Pss:\s+(\d+)", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
        except OSError:
            return rss, None
        pss += int(kib) * 1024 / 1e6
    return rss, pss


def is_large(archive: Path) -> bool:
    """Whether an archive is of the size of 1.5 million acts rather than 87,317, which take a tenth of the room."""
    return (archive / "archive.db").stat().st_size > 1e9


def cpu(process: int) -> float:
    """Return the CPU seconds that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def addresses() -> dict[str, str]:
    """Return the pages' addresses by name."""
    from django.urls import reverse

    from tumen.archive.setup import start_django

    start_django()
    return {name: reverse(name.split()[0], args=name.split()[1:]) for name in PAGES}


def one_start(archive: Path, passphrase_file: Path, times: dict[str, list[float]]) -> None:
    """Start, log in, and open the first list once."""
    with served(archive, passphrase_file) as (server, port, began):
        first_answer(server, port)
        times["first page (login)"].append(time.perf_counter() - began)
        browser = Browser(port)
        browser.log_in()
        browser.get("/")
        times["first page after login (home)"].append(time.perf_counter() - began)
        browser.get(addresses()[FIRST])
        times["first list (acts), columns ready"].append(time.perf_counter() - began)
        times["CPU of all processes until then"].append(sum(map(cpu, processes(server.pid))))


def pages(archive: Path, passphrase_file: Path, count: int) -> None:
    """Print the times of pages on a warm server, and its memory after them."""
    with served(archive, passphrase_file) as (server, port, _):
        first_answer(server, port)
        browser = Browser(port)
        browser.log_in()
        for name, address in addresses().items():
            browser.get(address)
            taken = []
            for _ in range(count):
                began = time.perf_counter()
                browser.get(address)
                taken.append((time.perf_counter() - began) * 1000)
            taken.sort()
            p95 = taken[max(0, -(-len(taken) * 95 // 100) - 1)]
            print(f"page {name:43} {statistics.median(taken):8.1f} ms p50 {p95:8.1f} ms p95")
        rss, pss = memory(server.pid)
        if pss is not None and not is_large(archive):
            summary.note("memory of all processes (PSS)", 500, pss, " MB")
        told = "not readable, run as root" if pss is None else f"{pss:.0f} MB PSS"
        print(f"memory of {len(processes(server.pid))} processes {told:>34} ({rss:.0f} MB RSS, shared counted twice)")


def main() -> None:
    """Print what the module's docstring says."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--acts", type=int, default=5000)
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--passphrase-file", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--pages", type=int, default=40)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="tumen-bench-") as place:
        archive, passphrase_file = asked.archive, asked.passphrase_file
        if archive is None:
            archive, passphrase_file = Path(place) / "archive", Path(place) / "passphrase"
            make = ["demo", str(archive), "--acts", str(asked.acts), "--write-passphrase", str(passphrase_file)]
            subprocess.run(TUMEN + make, env=ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)
        times: dict[str, list[float]] = {
            "first page (login)": [],
            "first page after login (home)": [],
            "first list (acts), columns ready": [],
            "CPU of all processes until then": [],
        }
        addresses()
        for _ in range(asked.runs):
            one_start(archive, passphrase_file, times)
        for name, taken in times.items():
            print(f"{name:48} {statistics.median(taken):8.2f} s   (of {asked.runs} starts)")
        large, size = is_large(archive), (archive / "archive.db").stat().st_size / 1e6
        first = statistics.median(times["first list (acts), columns ready"])
        used = f"{statistics.median(times['CPU of all processes until then']):.1f} s CPU of all processes"
        summary.note(f"tumen serve to the first list, {size:,.0f} MB of rows", 12 if large else 3, first, " s", used)
        pages(archive, passphrase_file, asked.pages)


if __name__ == "__main__":
    main()
