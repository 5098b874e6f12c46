"""A system call filter (seccomp) for the reading process: the kernel refuses what a reader of files never needs.

It holds for any code, machine code included. A refused call fails with EPERM, as if for want of rights. Numbers are the
kernel's own (`arch/x86/entry/syscalls/syscall_64.tbl`, `include/uapi/asm-generic/unistd.h`); the program is classic
BPF, described in its Documentation/userspace-api/seccomp_filter.rst. Refusing by name and allowing the rest is the
weaker way round, but a list of what Python and every C library may call breaks with their next version.
"""

import ctypes
import errno
import os
import platform
import struct

_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER = 22, 2
_RETURN_ALLOW, _RETURN_ERRNO, _RETURN_KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_LOAD, _EQUALS, _AT_LEAST, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_X32 = 0x4000_0000  # the x32 calls of a 64-bit kernel have numbers from here on

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

# Per architecture: its audit number; the calls refused; the calls that open, with the argument that holds the flags.
_X86_64 = (
    0xC000_003E,
    {
        "socket": 41, "connect": 42, "accept": 43, "sendto": 44, "sendmsg": 46, "bind": 49, "listen": 50,
        "socketpair": 53, "accept4": 288, "sendmmsg": 307,
        "fork": 57, "vfork": 58, "clone": 56, "execve": 59, "execveat": 322, "clone3": 435,
        "ptrace": 101, "process_vm_readv": 310, "process_vm_writev": 311, "pidfd_getfd": 438, "kcmp": 312,
        "kill": 62, "tkill": 200, "tgkill": 234, "pidfd_send_signal": 424, "rt_sigqueueinfo": 129,
        "truncate": 76, "rename": 82, "mkdir": 83, "rmdir": 84, "creat": 85, "link": 86, "unlink": 87, "symlink": 88,
        "chmod": 90, "fchmod": 91, "chown": 92, "fchown": 93, "lchown": 94, "utime": 132, "mknod": 133, "utimes": 235,
        "mkdirat": 258, "mknodat": 259, "fchownat": 260, "unlinkat": 263, "renameat": 264, "linkat": 265,
        "symlinkat": 266, "fchmodat": 268, "utimensat": 280, "renameat2": 316, "fchmodat2": 452, "openat2": 437,
        "setxattr": 188, "lsetxattr": 189, "fsetxattr": 190, "removexattr": 197, "open_by_handle_at": 304,
        "mount": 165, "umount2": 166, "pivot_root": 155, "chroot": 161, "unshare": 272, "setns": 308, "open_tree": 428,
        "move_mount": 429, "fsopen": 430, "bpf": 321, "keyctl": 250, "add_key": 248, "request_key": 249,
        "perf_event_open": 298, "userfaultfd": 323, "io_uring_setup": 425, "io_uring_enter": 426,
        "io_uring_register": 427, "io_setup": 206, "memfd_create": 319, "shmget": 29, "msgget": 68, "semget": 64,
        "mq_open": 240, "init_module": 175, "finit_module": 313, "kexec_load": 246, "reboot": 169, "personality": 135,
    },
    {"open": (2, 1), "openat": (257, 2)},
)  # fmt: skip
_AARCH64 = (
    0xC000_00B7,
    {
        "socket": 198, "socketpair": 199, "bind": 200, "listen": 201, "accept": 202, "connect": 203, "sendto": 206,
        "sendmsg": 211, "accept4": 242, "sendmmsg": 269,
        "clone": 220, "execve": 221, "execveat": 281, "clone3": 435,
        "ptrace": 117, "process_vm_readv": 270, "process_vm_writev": 271, "pidfd_getfd": 438, "kcmp": 272,
        "kill": 129, "tkill": 130, "tgkill": 131, "pidfd_send_signal": 424, "rt_sigqueueinfo": 138,
        "mknodat": 33, "mkdirat": 34, "unlinkat": 35, "symlinkat": 36, "linkat": 37, "renameat": 38, "umount2": 39,
        "mount": 40, "pivot_root": 41, "truncate": 45, "chroot": 51, "fchmod": 52, "fchmodat": 53, "fchownat": 54,
        "fchown": 55, "utimensat": 88, "renameat2": 276, "fchmodat2": 452, "openat2": 437,
        "setxattr": 5, "lsetxattr": 6, "fsetxattr": 7, "removexattr": 14, "open_by_handle_at": 265,
        "unshare": 97, "setns": 268, "open_tree": 428, "move_mount": 429, "fsopen": 430, "bpf": 280, "keyctl": 219,
        "add_key": 217, "request_key": 218, "perf_event_open": 241, "userfaultfd": 282, "io_uring_setup": 425,
        "io_uring_enter": 426, "io_uring_register": 427, "io_setup": 0, "memfd_create": 279, "shmget": 194,
        "msgget": 186, "semget": 190, "mq_open": 180, "init_module": 105, "finit_module": 273, "kexec_load": 104,
        "reboot": 142, "personality": 92,
    },
    {"openat": (56, 2)},
)  # fmt: skip
_KNOWN = {"x86_64": _X86_64, "aarch64": _AARCH64}


def raise_filter(libc: ctypes.CDLL) -> bool:
    """Refuse those calls in this process for good; False where the machine or the kernel knows no such filter.

    Needs `no_new_privs` to be set.
    """
    known = _KNOWN.get(platform.machine())
    if known is None or struct.calcsize("P") != 8:
        return False
    code = _program(*known)
    instructions = ctypes.create_string_buffer(code)
    program = struct.pack("HxxxxxxQ", len(code) // 8, ctypes.addressof(instructions))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, program, 0, 0) == 0)


def _program(architecture: int, refused: dict[str, int], opening: dict[str, tuple[int, int]]) -> bytes:
    """Return the filter. A jump skips as many instructions when its test holds, or as many when it does not."""
    refuse = _step(_RETURN, _RETURN_ERRNO | errno.EPERM)
    code = [
        _step(_LOAD, _ARCHITECTURE),
        _step(_EQUALS, architecture, 1, 0),
        _step(_RETURN, _RETURN_KILL),  # the calls of another architecture have other numbers
        _step(_LOAD, _NUMBER),
        _step(_AT_LEAST, _X32, 0, 1),
        refuse,
    ]
    for number in sorted(refused.values()):
        code += [_step(_EQUALS, number, 0, 1), refuse]
    for number, argument in opening.values():
        code += _refuse_if(number, argument, _WRITING, refuse)
    return b"".join([*code, _step(_RETURN, _RETURN_ALLOW)])


def _refuse_if(number: int, argument: int, bits: int, refuse: bytes) -> list[bytes]:
    """Refuse call `number` when any of `bits` is set in an argument (its lower half: flags are no wider)."""
    return [
        _step(_EQUALS, number, 0, 4),
        _step(_LOAD, _ARGUMENTS + 8 * argument),
        _step(_ANY_BIT, bits, 0, 1),
        refuse,
        _step(_RETURN, _RETURN_ALLOW),
    ]


def _step(code: int, value: int, if_so: int = 0, if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_so, if_not, value)
