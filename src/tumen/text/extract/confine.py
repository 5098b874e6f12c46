"""The walls around the reading process: what a hostile file that takes it over can still do.

Two kinds of wall. The kernel's hold for any code: limits on memory, time, files and processes; a filter of system calls
(no socket, no program, no writing); Landlock (no file but the installed program can be opened, none written, no TCP);
a network namespace with no network in it. Python's own audit hook stops Python code only; it is the second line.
`confine` returns which of them stand, because containers and old kernels may refuse some.
"""

import ctypes
import os
import resource
import struct
import sys
from pathlib import Path

from tumen.text.extract.filter import raise_filter
from tumen.text.extract.model import Limits

_OPEN_FILES = 32
_CLONE_NEWUSER, _CLONE_NEWNET = 0x1000_0000, 0x4000_0000
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

# Landlock, see the kernel's Documentation/userspace-api/landlock.rst. The numbers are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}  # by version of the interface
_TCP_RIGHTS = 0b11  # bind and connect, from version 4

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_FORBIDDEN = (
    "socket.", "subprocess.", "os.exec", "os.fork", "os.posix_spawn", "os.spawn", "os.system", "os.remove", "os.rename",
    "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.truncate", "os.kill", "pty.", "ctypes.", "shutil.",
    "tempfile.", "urllib.", "ftplib.", "http.", "smtplib.", "sqlite3.connect",
)  # fmt: skip


class Forbidden(PermissionError):
    """Code in the reading process tried to reach the network, start a program or write a file."""


def limit_resources(limits: Limits) -> None:
    """Set what the kernel counts: memory, open files, no files written, no new processes, no core dump."""
    for what, most in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def limit_cpu(seconds: int) -> None:
    """Give the process `seconds` more of processor time; after that the kernel ends it (SIGXCPU)."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds, resource.RLIM_INFINITY))


def confine() -> list[str]:
    """Raise every wall that can be raised, for good, and say which stand. Import what is needed before."""
    libc = ctypes.CDLL(None, use_errno=True)
    walls = ["resource limits"]
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        walls.append("no new privileges")
    if libc.unshare(_CLONE_NEWUSER | _CLONE_NEWNET) == 0:
        walls.append("no network (namespace)")
    version = _landlock(libc)
    if version:
        walls.append("files: installed program only, nothing written (Landlock)")
    if version >= 4:
        walls.append("no TCP (Landlock)")
    resource.setrlimit(resource.RLIMIT_NPROC, (0, 0))
    if raise_filter(libc):
        walls.append("no sockets, programs, processes or writing (seccomp)")
    sys.addaudithook(_refuse)
    return [*walls, "no sockets, programs or writing from Python (audit hook)"]


def _landlock(libc: ctypes.CDLL) -> int:
    """Allow reading beneath the program's folders and nothing else; the version of the interface, 0 without one."""
    version = int(libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1))
    if version < 1:
        return 0
    rights = _FILE_RIGHTS[max(known for known in _FILE_RIGHTS if known <= version)]
    attributes = struct.pack("=QQ", rights, _TCP_RIGHTS) if version >= 4 else struct.pack("=Q", rights)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return 0
    try:
        for folder in _program_folders():
            handle = os.open(folder, os.O_PATH | os.O_CLOEXEC)
            rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, handle)
            libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
            os.close(handle)
        return version if libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0 else 0
    finally:
        os.close(ruleset)


def _program_folders() -> set[str]:
    """Where modules, their data and shared libraries lie: some are loaded only when a file needs them."""
    folders = {sys.prefix, sys.base_prefix, *sys.path, "/usr/lib", "/lib", "/lib64"}
    return {str(Path(folder).resolve()) for folder in folders if folder and Path(folder).is_dir()}


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event == "open":
        flags = arguments[2]
        if isinstance(flags, int) and flags & _WRITING:
            raise Forbidden("The reading process may not write files.")
    elif event.startswith(_FORBIDDEN):
        raise Forbidden(f"The reading process may not do this: {event}.")
