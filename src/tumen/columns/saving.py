"""Snapshot files: a frame as raw buffers behind a JSON header, for a start that need not read every row again."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable
from typing import Any, BinaryIO

import numpy as np

from tumen.columns.arrays import Array
from tumen.columns.fields import Field, Unit
from tumen.columns.frame import Frame

_MAGIC = b"TUMENCOL1\n"
_LONGEST_HEADER = 1 << 24


class BadSnapshot(ValueError):
    """A file is damaged, cut short, no snapshot, or made for other fields. Build the frame from the rows instead."""


def fingerprint(fields: Iterable[Field]) -> str:
    """What a snapshot must agree with: names, kinds and scales of the fields, and every term and its place."""
    described = [
        (
            field.name,
            field.kind.value,
            field.scale.value,
            field.resolved,
            [] if field.domain is None else list(zip(field.domain.keys, field.domain.parent.tolist(), strict=True)),
        )
        for field in fields
    ]
    return hashlib.sha256(json.dumps(described).encode()).hexdigest()


def dump(frame: Frame, file: BinaryIO) -> None:
    """Write a frame as it stands. Linkage runs are not written: `resolve` loads them from their own table.

    The checksums find damage, not malice: keep the file inside the encrypted archive.
    """
    buffers, about = frame.buffers()
    listed: list[dict[str, Any]] = []
    for name, array in buffers.items():
        listed.append({"name": name, "dtype": array.dtype.str, "length": len(array), "crc": zlib.crc32(_bytes(array))})
    header = json.dumps({"fingerprint": fingerprint(frame.fields.values()), "buffers": listed, **about}).encode()
    file.write(_MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
    for array in buffers.values():
        file.write(_bytes(array))


def load(file: BinaryIO, name: str, fields: Iterable[Field], units: Iterable[Unit]) -> Frame:
    """Read a frame back; `frame.change` says up to which change it is complete.

    Raises:
        BadSnapshot: whatever is wrong with the file.
    """
    frame = Frame(name, fields, units)
    start = file.read(len(_MAGIC) + 12)
    if len(start) < len(_MAGIC) + 12 or not start.startswith(_MAGIC):
        raise BadSnapshot("this is not a snapshot of columns")
    length = int.from_bytes(start[len(_MAGIC) : -4], "little")
    raw = file.read(min(length, _LONGEST_HEADER))
    if len(raw) != length or zlib.crc32(raw) != int.from_bytes(start[-4:], "little"):
        raise BadSnapshot("the snapshot's header is damaged")
    header = json.loads(raw)
    if header["name"] != name or header["fingerprint"] != fingerprint(frame.fields.values()):
        raise BadSnapshot("the snapshot was made for other fields or terms")
    buffers: dict[str, Array] = {}
    for entry in header["buffers"]:
        dtype = np.dtype(entry["dtype"])
        content = file.read(entry["length"] * dtype.itemsize)
        if len(content) != entry["length"] * dtype.itemsize or zlib.crc32(content) != entry["crc"]:
            raise BadSnapshot(f"the snapshot is damaged in {entry['name']!r}")
        buffers[entry["name"]] = np.frombuffer(content, dtype)
    frame.fill(buffers, header)
    return frame


def _bytes(array: Array) -> memoryview:
    return np.ascontiguousarray(array).data.cast("B") if len(array) else memoryview(b"")
