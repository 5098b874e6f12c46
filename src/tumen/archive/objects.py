"""Originals: the bytes as they came, encrypted in chunks under a key of their own, named by a keyed hash.

    header   b"TUMENOBJ" | format (1) | salt (32)
    chunks   AES-256-GCM of up to `CHUNK` bytes; key = HKDF-SHA256(data key of the owner, salt);
             nonce = 4 zero bytes | chunk number (8); associated data = owner (8) | chunk number (8) | 1 if last

The salt makes a key for each file, so that a chunk number never meets the same key with other bytes, whatever an owner
holds. The last-chunk flag shows a cut-off file, the number a reordered one. The name is HMAC(archive key, owner and
SHA-256): a listing of the folder tells nobody which known files an archive holds, and two owners of the same bytes have
a file each, so that one can be erased. An object is written and synced first, its row after: a crash between the two
leaves a file that `tumen check` names.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import hmac
import os
import secrets
import shutil
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tumen import disk
from tumen.archive import folder, identity
from tumen.archive.errors import DamagedObject, DiskFull

MAGIC = b"TUMENOBJ"
FORMAT = 1
CHUNK = 1 << 20
_HEAD = struct.Struct(">8sB32s")
_TAG = 16
INCOMING = "incoming"


@dataclass(frozen=True)
class Stored:
    """What was stored: the object's name, the SHA-256 of the original bytes and their number."""

    name: str
    sha256: str
    size: int
    path: Path


def object_name(owner: int, sha256: str) -> str:
    """Return the name under which an original of `owner` with this SHA-256 (hexadecimal) is stored."""
    key = folder.current().key.derive("objects")
    return hmac.new(key, struct.pack(">Q", owner) + bytes.fromhex(sha256), hashlib.sha256).hexdigest()


def path_of(name: str) -> Path:
    """Return where the object of this name lies."""
    return folder.current().objects / name[:2] / name


def write(owner: int, chunks: Iterable[bytes]) -> Stored:
    """Encrypt a stream of original bytes under the data key of `owner` as it arrives, and put it in place.

    Memory holds one chunk. Raises DiskFull; nothing half-written stays.
    """
    salt = secrets.token_bytes(32)
    cipher = _cipher(identity.keys_for([owner], make=True)[owner], salt)
    total, size = hashlib.sha256(), 0
    incoming = folder.current().objects / INCOMING
    incoming.mkdir(mode=0o700, exist_ok=True)
    beside = incoming / secrets.token_hex(16)
    try:
        with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)  # says to `sweep_incoming` that somebody is at work here
            file.write(_HEAD.pack(MAGIC, FORMAT, salt))
            for number, last, piece in _pieces(chunks):
                total.update(piece)
                size += len(piece)
                file.write(cipher.encrypt(_nonce(number), piece, _data(owner, number, last)))
            file.flush()
            os.fsync(file.fileno())
        name = object_name(owner, total.hexdigest())
        place = path_of(name)
        disk.make_folder(place.parent)
        beside.replace(place)
        disk.sync(place.parent)
        disk.sync(place.parent.parent)  # also when somebody else made the folder and has not come to this yet
    except OSError as error:
        beside.unlink(missing_ok=True)
        if disk.is_full(error):
            raise DiskFull("The disk is full: the file was not taken in. Free space, then add it again.") from error
        raise
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    return Stored(name, total.hexdigest(), size, place)


def read(owner: int, name: str, place: Path | None = None) -> Iterator[bytes]:
    """Yield the original bytes, each chunk authenticated before it is given out. Raises DamagedObject, Erased.

    `place` is where the file lies when that is not in this archive.
    """
    key = identity.key_for(owner)
    try:
        file = (place or path_of(name)).open("rb")
    except FileNotFoundError as error:
        raise DamagedObject(f"original {name[:12]} is missing; restore it from a backup") from error
    with file:
        try:
            magic, form, salt = _HEAD.unpack(file.read(_HEAD.size))
        except struct.error as error:
            raise DamagedObject(f"original {name[:12]} is cut short") from error
        if magic != MAGIC or form != FORMAT:
            raise DamagedObject(f"original {name[:12]} is not an object of this version")
        cipher = _cipher(key, salt)
        number, sealed = 0, file.read(CHUNK + _TAG)
        while True:
            following = file.read(CHUNK + _TAG)
            try:
                yield cipher.decrypt(_nonce(number), sealed, _data(owner, number, not following))
            except (InvalidTag, ValueError) as error:
                raise DamagedObject(f"original {name[:12]} is damaged in chunk {number}; restore it") from error
            if not following:
                return
            number, sealed = number + 1, following


def verify(owner: int, name: str, sha256: str, place: Path | None = None) -> None:
    """Read an original through and compare its hash. Raises DamagedObject."""
    total = hashlib.sha256()
    for piece in read(owner, name, place):
        total.update(piece)
    if total.hexdigest() != sha256:
        raise DamagedObject(f"original {name[:12]} is whole but is not what was taken in")


def put_back(owner: int, name: str, sha256: str, kept: Path) -> None:
    """Put the copy `kept` of an object, whole and the right one, in the place of a damaged or missing one.

    Raises DamagedObject when the copy is not, DiskFull.
    """
    verify(owner, name, sha256, kept)
    place = path_of(name)
    try:
        disk.make_folder(place.parent)
        with kept.open("rb") as copy, disk.replacing(place) as file:
            shutil.copyfileobj(copy, file, CHUNK)
    except OSError as error:
        if disk.is_full(error):
            raise DiskFull("The disk is full: an original was not put back. Free space, then repair again.") from error
        raise


def erase(name: str) -> None:
    """Remove an object whose key was destroyed."""
    with contextlib.suppress(FileNotFoundError):
        path_of(name).unlink()


def names() -> Iterator[str]:
    """Yield the name of every object in the folder."""
    for path in folder.current().objects.glob("??/*"):
        yield path.name


def sweep_incoming() -> int:
    """Remove what interrupted uploads left and return how many files there were; uploads at work are left alone."""
    count = 0
    for path in (folder.current().objects / INCOMING).glob("*"):
        with contextlib.suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
            count += 1
    return count


def _pieces(chunks: Iterable[bytes]) -> Iterator[tuple[int, bool, bytes]]:
    """Cut a stream into pieces of CHUNK bytes, the last one flagged; an empty stream is one empty piece."""
    held, number = bytearray(), 0
    for chunk in chunks:
        held += chunk
        while len(held) > CHUNK:
            yield number, False, bytes(held[:CHUNK])
            del held[:CHUNK]
            number += 1
    yield number, True, bytes(held)


def _cipher(key: bytes, salt: bytes) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=salt, info=b"tumen:object").derive(key))


def _nonce(number: int) -> bytes:
    return struct.pack(">IQ", 0, number)


def _data(owner: int, number: int, last: bool) -> bytes:
    return struct.pack(">QQB", owner, number, last)
