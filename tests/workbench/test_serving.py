"""`tumen serve`: the first page, what it leaves when it ends or is killed, and who may not start beside it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.workbench.running import Kept, alive, children, free_port, start, status, tumen, until


@contextmanager
def served(kept: Kept, port: int) -> Iterator[subprocess.Popen[str]]:
    """Serve an archive until its login page answers; whatever happens, nothing of it stays."""
    server = start(*kept.options(), "serve", "--port", port)
    try:
        assert until(lambda: server.poll() is not None or status(login(port)) == 200)
        assert server.poll() is None, server.communicate()[0]
        assert until(lambda: len(children(server.pid)) == 2)
        yield server
    finally:
        if server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
        server.communicate()


def login(port: int) -> str:
    return f"http://127.0.0.1:{port}/accounts/login/"


@pytest.fixture
def archive_copy(demo: Kept, tmp_path: Path) -> Kept:
    """A demonstration archive of this test's own."""
    kept = Kept(tmp_path / "archive", demo.passphrase_file)
    shutil.copytree(demo.path, kept.path)
    return kept


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_every_process_goes_with_the_server_and_the_archive_stays_whole(
    archive_copy: Kept, how: signal.Signals
) -> None:
    with served(archive_copy, free_port()) as server:
        processes = children(server.pid)
        if how == signal.SIGINT:  # as a terminal sends it: to all of them
            os.killpg(server.pid, how)
        else:
            os.kill(server.pid, how)
        told, _ = server.communicate(timeout=15)
        assert until(lambda: not any(map(alive, processes)), 5)
        assert server.returncode == (-signal.SIGKILL if how == signal.SIGKILL else 0)
        assert "Traceback" not in told
    assert tumen(*archive_copy.options(), "check").stdout.startswith("The archive is whole.\n")


def test_a_process_that_dies_is_started_again(archive_copy: Kept) -> None:
    port = free_port()
    with served(archive_copy, port) as server:
        before = set(children(server.pid))
        for process in before:
            os.kill(process, signal.SIGKILL)
        assert until(lambda: len(set(children(server.pid)) - before) == 2)
        assert until(lambda: status(login(port)) == 200)


def test_an_archive_is_served_once_and_a_port_by_one(archive_copy: Kept, demo: Kept) -> None:
    port = free_port()
    with served(archive_copy, port) as server:
        again = tumen(*archive_copy.options(), "serve", "--port", free_port())
        assert (again.returncode, again.stderr) == (
            1,
            f"Error: This archive is open already, at http://127.0.0.1:{port}/.\n",
        )
        other = tumen(*demo.options(), "serve", "--port", port)
        assert other.returncode == 1
        assert (
            f"Port {port} of 127.0.0.1 cannot be used: Address already in use. Name another with --port."
            in other.stderr
        )
        assert server.poll() is None
        assert status(login(port)) == 200


def test_a_port_that_another_program_holds_is_told_before_the_passphrase_is_asked(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        told = tumen("--archive", tmp_path, "serve", "--port", holder.getsockname()[1])
    assert (told.returncode, "Name another with --port" in told.stderr) == (1, True)


def test_the_pages_are_for_this_machine_only(tmp_path: Path) -> None:
    told = tumen("--archive", tmp_path, "serve", "--host", "0.0.0.0")  # noqa: S104 (refused)
    assert told.returncode == 2


def test_the_keys_are_in_no_argument_and_no_variable_of_the_processes(archive_copy: Kept) -> None:
    passphrase = archive_copy.passphrase_file.read_text().strip()
    with served(archive_copy, free_port()) as server:
        for process in [server.pid, *children(server.pid)]:
            assert passphrase.encode() not in Path(f"/proc/{process}/cmdline").read_bytes()
            assert passphrase.encode() not in Path(f"/proc/{process}/environ").read_bytes()


def test_files_of_the_frame_are_served_from_the_package(archive_copy: Kept) -> None:
    port = free_port()
    with served(archive_copy, port):
        for file in ("tumen.css", "css/base.css", "icon.svg"):
            assert status(f"http://127.0.0.1:{port}/static/{file}") == 200
