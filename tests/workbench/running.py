"""Running `tumen` as a person or a script does: in a process of its own, and looking at what it leaves behind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Kept:
    """An archive on the disk and the file that holds its passphrase."""

    path: Path
    passphrase_file: Path

    def options(self) -> list[str]:
        """What `tumen` is told to open it."""
        return ["--archive", str(self.path), "--passphrase-file", str(self.passphrase_file)]


def environment() -> dict[str, str]:
    """This process's environment without anything that names an archive."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TUMEN_")}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}


def tumen(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run one command to its end."""
    return subprocess.run(
        command(*arguments), env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120
    )


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start a command, in a process group of its own."""
    return subprocess.Popen(
        command(*arguments),
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def command(*arguments: str | Path) -> list[str]:
    """The words that run `tumen` from this checkout."""
    return [sys.executable, "-m", "tumen", *map(str, arguments)]


def children(pid: int) -> list[int]:
    """The living processes that `pid` started, as Linux lists them."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += map(int, thread.read_text().split())
    return [child for child in found if alive(child)]


def alive(pid: int) -> bool:
    """Whether a process is there and not merely waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until(true: Callable[[], bool], seconds: float = 30) -> bool:
    """Wait for something to become true; say whether it did."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.05)
    return true()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def status(url: str) -> int:
    """The status of a page, 0 when nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:  # noqa: S310 (always http, see the callers)
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
