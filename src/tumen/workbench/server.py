"""Serving: the passphrase is asked once, then one web worker with a few threads and one job process.

Both are forks of this process, so the key passes to them in memory and nowhere else; when this process goes, however it
goes, they go too, and when one of them dies it is started again. Core dumps are off and the processes cannot be traced,
so that memory with keys does not reach the disk.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from tumen.archive import folder
from tumen.archive.session import Failed
from tumen.workbench.processes import close_connections, die_with, keep_memory_off_disk

LOCK_FILE = "lock.serve"
# How long an answer or a job step may take to end once the server was told to stop.
LAST_SECONDS = 5
RESTART_SECONDS = 1.0

_log = logging.getLogger(__name__)


def serve(host: str, port: int, threads: int) -> None:
    """Serve the open archive on `host`:`port` until interrupted.

    Raises Failed when something else answers there, or when the archive is being served already.
    """
    refuse_taken(host, port)
    address = f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"
    with _alone(folder.current().folder, address), _job_process():
        multiprocessing.set_start_method("fork", force=True)
        click.echo(f"Tumen is open at {address}  (Ctrl-C closes it)")
        Server(
            "tumen.workbench.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=1,
            blocking_threads=threads,
            log_level=LogLevels.warning,
            respawn_failed_workers=True,
            workers_kill_timeout=LAST_SECONDS,
        ).serve(target_loader=partial(_load, os.getpid()))


def refuse_taken(host: str, port: int) -> None:
    """Raise Failed when `host`:`port` cannot be listened on.

    The server's own socket shares its port with whoever asks, so that two archives could answer at one address.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise Failed(f"Port {port} of {host} cannot be used: {why}. Name another with --port.") from error


@contextlib.contextmanager
def _alone(archive: Path, address: str) -> Iterator[None]:
    """Hold the lock of the one server of an archive, which says where it answers. The kernel frees it at our end."""
    path = archive / LOCK_FILE
    with open(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Failed(f"This archive is open already, at {file.read().strip() or 'another address'}.") from error
        file.truncate()
        file.write(address)
        file.flush()
        yield
        file.truncate(0)


@contextlib.contextmanager
def _job_process() -> Iterator[None]:
    """Keep a job process alive for the length of a block."""
    fork = multiprocessing.get_context("fork")
    closing = threading.Event()
    parent = os.getpid()

    def start() -> BaseProcess:
        process = fork.Process(target=_work, args=(parent,), name="tumen jobs", daemon=True)
        process.start()
        return process

    def watch(process: BaseProcess) -> None:
        while not closing.is_set():
            process.join(RESTART_SECONDS)
            if not process.is_alive() and not closing.wait(RESTART_SECONDS):
                _log.error("the job process ended (%s) and is started again", process.exitcode)
                process = start()
        process.terminate()
        process.join(LAST_SECONDS)
        process.kill()

    keep_memory_off_disk()
    close_connections()
    watcher = threading.Thread(target=watch, args=(start(),), name="tumen jobs watcher")
    watcher.start()
    try:
        yield
    finally:
        closing.set()
        watcher.join()


def _load(parent: int, *_: Any) -> Callable[..., Any]:
    """Prepare the web worker, in which this runs."""
    die_with(parent)
    from tumen.workbench.wsgi import application

    threading.Thread(target=_warm, name="tumen columns", daemon=True).start()
    return application


def _warm() -> None:
    """Make the columns ready before anybody asks for them, and keep them for the next start."""
    from tumen.counting.store import store

    try:
        store().start()
    except Exception as error:  # the pages still come, and make what they need themselves
        _log.error("the columns could not be made ready: %s", type(error).__name__)
    finally:
        close_connections()


def _work(parent: int) -> None:
    """The job process: works until the server goes."""
    from tumen.archive import jobs

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    die_with(parent)
    jobs.run_forever(stop)
