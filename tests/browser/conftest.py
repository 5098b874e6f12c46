"""A served archive and a Chromium to look at it with.

`served_archive` is a fresh furnished archive (vocabularies, the compartment “main”, one investigator) behind a real
`tumen serve`. `page` is a tab of its own; `login(page, served_archive)` gets past the door.
"""

from __future__ import annotations

import contextlib
import os
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


@dataclass(frozen=True)
class Served:
    """An archive that a `tumen serve` of its own has open."""

    url: str
    folder: Path
    process: subprocess.Popen[bytes]

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
    """A fresh archive behind a `tumen serve` on a free port, with user `demo` (investigator in `main`)."""
    if not (ROOT / "src/tumen/workbench/static/built/tumen.js").is_file():
        pytest.skip("the front end is not built; run `make front`")
    place = tmp_path / "archive"
    shutil.copytree(template, place)
    setup.open_archive(place, PASSPHRASE)
    furnish(USER, PASSWORD)
    close_connections()
    folder.close()
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE, "utf-8")
    port = free_port()
    command = [sys.executable, "-m", "tumen", "--archive", str(place), "--passphrase-file", str(passphrase)]
    with (tmp_path / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "serve", "--port", str(port)],
            env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])},
            stdout=log,
            stderr=log,
        )
    served = Served(f"http://127.0.0.1:{port}", place, process)
    try:
        _wait_until_open(served, tmp_path / "server.log")
        yield served
    finally:
        process.terminate()
        process.wait(timeout=15)


def _wait_until_open(served: Served, log: Path, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if served.process.poll() is not None:
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
    page.wait_for_url(f"{served.url}/")
