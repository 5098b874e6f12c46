"""The pipe between Tumen and its reading process: a length in four bytes, then so many bytes. No pickle."""

import struct
from typing import IO

CHUNK = 1024 * 1024
_LENGTH = struct.Struct("!I")


class BrokenFrame(Exception):
    """The other side stopped in the middle of a frame, or announced a longer one than was agreed."""


def write_frame(pipe: IO[bytes], data: bytes) -> None:
    """Write one frame; an empty one ends a stream of chunks."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)


def read_frame(pipe: IO[bytes], longest: int) -> bytes:
    """Read one frame of at most `longest` bytes. Raises `EOFError` between frames, `BrokenFrame` within one."""
    head = pipe.read(_LENGTH.size)
    if not head:
        raise EOFError
    if len(head) < _LENGTH.size:
        raise BrokenFrame("The pipe ended inside a length.")
    (length,) = _LENGTH.unpack(head)
    if length > longest:
        raise BrokenFrame(f"A frame of {length} bytes was announced, {longest} were agreed.")
    data = pipe.read(length)
    if len(data) < length:
        raise BrokenFrame("The pipe ended inside a frame.")
    return data
