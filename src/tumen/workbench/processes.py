"""Processes that hold the keys of an archive: how they are forked, and that none outlives its parent."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal


def close_connections() -> None:
    """Close this thread's databases: an open SQLite connection must not be carried across a fork."""
    from django.db import connections

    from tumen.archive import identity

    connections.close_all()
    identity.close_connection()


def keep_memory_off_disk() -> None:
    """Turn core dumps off and make this process and its forks untraceable for other processes of the same user."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _prctl(4, 0)  # PR_SET_DUMPABLE


def die_with(parent: int) -> None:
    """Have this process killed when its parent goes, however it goes; at once if that has happened already."""
    _prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    with contextlib.suppress(OSError, AttributeError):  # not Linux
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
