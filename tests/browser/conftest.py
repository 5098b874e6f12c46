"""A served archive and a Chromium to look at it with.

`served_archive` is a fresh furnished archive (vocabularies, the compartment “main”, one investigator) behind a real
`tumen serve`. `page` is a tab of its own; `login(page, served_archive)` gets past the door.
"""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests import second_factor
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import folder, setup
from tumen.workbench.services import furnish

# Playwright's event loop runs in the thread that also reads the archive; nothing here is concurrent.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

USER, PASSWORD = "demo", "fictional-demo"
ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
]  # fmt: skip


@dataclass
class Served:
    """An archive that a `tumen serve` of its own has open."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve the archive, and wait until pages are answered."""
        command = [sys.executable, "-m", "tumen", "--archive", str(self.folder)]
        command += ["--passphrase-file", str(self.folder.parent / "passphrase")]
        log = self.folder.parent / "server.log"
        with log.open("ab") as file:
            self.process = subprocess.Popen(
                [*command, "serve", "--port", self.url.rpartition(":")[2]],
                env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])},
                stdout=file,
                stderr=file,
            )
        _wait_until_open(self, log)

    def stop(self) -> None:
        """End it, as a person does who closes the terminal."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=15)

    def limit_files(self, largest: int) -> None:
        """Let no file that the server writes grow beyond `largest` bytes: its disk is full."""
        assert self.process is not None
        for pid in (self.process.pid, *_children(self.process.pid)):
            with contextlib.suppress(PermissionError):  # the reading process: behind walls, and writes nothing
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    @contextlib.contextmanager
    def opened(self) -> Iterator[folder.Archive]:
        """Open the same archive in the test's process, to put something in or to look at what is there."""
        opened = setup.open_archive(self.folder, PASSPHRASE)
        try:
            yield opened
        finally:
            close_connections()
            folder.close()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def served_archive(template: Path, tmp_path: Path) -> Iterator[Served]:
    """A fresh archive behind a `tumen serve` on a free port, with user `demo` (investigator in `main`, with an app)."""
    if not (ROOT / "src/tumen/workbench/static/built/tumen.js").is_file():
        pytest.skip("the front end is not built; run `make front`")
    place = tmp_path / "archive"
    shutil.copytree(template, place)
    setup.open_archive(place, PASSPHRASE)
    second_factor.equip(furnish(USER, PASSWORD))
    close_connections()
    folder.close()
    (tmp_path / "passphrase").write_text(PASSPHRASE, "utf-8")
    served = Served(f"http://127.0.0.1:{free_port()}", place)
    try:
        served.start()
        yield served
    finally:
        served.stop()


def _children(pid: int) -> list[int]:
    """Return the processes that a process started, and theirs."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            number, parent = stat.parent.name, stat.read_text().rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found += [int(number), *_children(int(number))]
    return found


def _wait_until_open(served: Served, log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if served.process is None or served.process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{served.url}/accounts/login/", timeout=5):  # noqa: S310 (our own server)
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"tumen serve did not open:\n{log.read_text('utf-8')}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """One Chromium for the tests of a file: Playwright's loop stands in the way of another one in the same thread."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if not Path(CHROMIUM).is_file():
        pytest.skip(f"no Chromium at {CHROMIUM}")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A tab with cookies of its own, 1280 pixels wide; errors of its scripts fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    tab = context.new_page()
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    yield tab
    context.close()
    assert errors == []


def login(page: Any, served: Served, user: str = USER, password: str = PASSWORD) -> None:
    """Log in and wait for the home page."""
    page.goto(f"{served.url}/accounts/login/")
    page.fill("#id_login", user)
    page.fill("#id_password", password)
    page.click("button[type=submit]")
    page.wait_for_load_state()
    if "authenticate" in page.url:
        page.fill("#id_code", second_factor.next_recovery_code(served.url))
        page.press("#id_code", "Enter")
    page.wait_for_url(f"{served.url}/")
