"""Serving: the passphrase is asked once, then one web worker with a few threads and one job process.

Both are forks of this process, so the key passes to them in memory and nowhere else. Core dumps are off and the
processes cannot be traced, so that memory with keys does not reach the disk.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import multiprocessing
import resource
import signal
import threading
from collections.abc import Callable
from typing import Any

import click
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

_log = logging.getLogger(__name__)


def serve(host: str, port: int, threads: int) -> None:
    """Serve the open archive on `host`:`port` until interrupted."""
    _keep_memory_off_disk()
    _close_connections()
    fork = multiprocessing.get_context("fork")
    worker = fork.Process(target=_work, name="tumen jobs", daemon=True)
    worker.start()
    multiprocessing.set_start_method("fork", force=True)
    click.echo(f"Tumen is open at http://{host}:{port}/  (Ctrl-C closes it)")
    server = Server(
        "tumen.workbench.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=threads,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    )
    try:
        server.serve(target_loader=_load)
    finally:
        worker.terminate()
        worker.join(timeout=5)


def _load(*_: Any) -> Callable[..., Any]:
    """In the web worker: the application, once the columns that its first page counts over are ready."""
    from tumen.counting.store import store
    from tumen.workbench.wsgi import application

    store().start()
    return application


def _work() -> None:
    """The job process: works until the server goes."""
    from tumen.archive import jobs

    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _die_with_parent()
    jobs.run_forever(stop)


def _close_connections() -> None:
    # An open SQLite connection must not be carried across a fork.
    from django.db import connections

    from tumen.archive import identity

    connections.close_all()
    identity.close_connection()


def _keep_memory_off_disk() -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(4, 0)  # PR_SET_DUMPABLE


def _die_with_parent() -> None:
    _prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
