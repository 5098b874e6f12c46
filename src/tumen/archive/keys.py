"""The archive key: one random secret a folder, wrapped once for each way of opening it.

`keys.json` holds wraps only: Argon2id of a passphrase (RFC 9106) or HKDF of a key file (RFC 5869), each
around the same 32 random bytes with AES-256-GCM. Every other key (database, objects, identity keys, blind
indexes) is derived from the archive key with HKDF under a label of its own, so that changing the
passphrase rewrites a few hundred bytes and nothing else. A checksum over the file tells damage from a wrong
passphrase: without it, one flipped bit would send people searching their memory instead of their backups.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tumen import disk
from tumen.archive.errors import DamagedKeys, DiskFull, NotAnArchive, WrongPassphrase

KEYS_FILE = "keys.json"
FORMAT = 1

# RFC 9106's second recommended option; memory is in KiB. Parallelism 4 whatever the machine: it is part of the result.
ARGON2 = {"time": 3, "memory": 64 * 1024, "lanes": 4}


@dataclass(frozen=True)
class ArchiveKey:
    """The secret that opens one archive. Kept in memory only; `repr` never shows it."""

    archive: str
    secret: bytes
    _derived: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)

    def derive(self, label: str) -> bytes:
        """Return the 32-byte key for one purpose: HKDF-SHA256 of the archive key under `label`."""
        if label not in self._derived:
            info = f"tumen:{label}".encode()
            self._derived[label] = HKDF(SHA256(), 32, salt=None, info=info).derive(self.secret)
        return self._derived[label]

    def __repr__(self) -> str:
        return f"ArchiveKey({self.archive!r})"


def new() -> ArchiveKey:
    """Make a new archive key; it is lost unless `keep` wraps it."""
    return ArchiveKey(secrets.token_hex(8), secrets.token_bytes(32))


def keep(folder: Path, key: ArchiveKey, passphrase: str) -> None:
    """Wrap `key` under `passphrase` and write `keys.json` into `folder`, which makes it an archive."""
    _write(folder, {"format": FORMAT, "archive": key.archive, "wraps": [_wrap_passphrase(key, passphrase)]})


def unlock(folder: Path, passphrase: str | None = None, key_file: bytes | None = None) -> ArchiveKey:
    """Return the archive key of `folder`, opened by a passphrase or by the bytes of a key file.

    Raises NotAnArchive, DamagedKeys or WrongPassphrase.
    """
    content = _read(folder)
    try:
        for wrap in content["wraps"]:
            wrapping = None
            if wrap["kind"] == "passphrase" and passphrase is not None:
                wrapping = _stretch(passphrase, wrap)
            elif wrap["kind"] == "key file" and key_file is not None:
                wrapping = _key_file_key(key_file, _bytes(wrap["salt"]))
            if wrapping is not None:
                with contextlib.suppress(InvalidTag):
                    return _unwrap(content, wrap, wrapping)
    except (KeyError, ValueError, TypeError, OverflowError, HashingError) as error:
        raise DamagedKeys(f"{folder / KEYS_FILE}: a wrap cannot be read; restore it from a backup") from error
    what = "passphrase" if passphrase is not None else "key file"
    raise WrongPassphrase(f"This {what} does not open {folder}.")


def change_passphrase(folder: Path, key: ArchiveKey, passphrase: str) -> None:
    """Replace every passphrase wrap by one under the new passphrase; key files stay."""
    content = _read(folder)
    kept = [wrap for wrap in content["wraps"] if wrap["kind"] != "passphrase"]
    content["wraps"] = [_wrap_passphrase(key, passphrase), *kept]
    _write(folder, content)


def new_key_file() -> bytes:
    """Return the bytes of a new key file. Put them where they are to be kept before `add_key_file` relies on them."""
    return secrets.token_bytes(64)


def add_key_file(folder: Path, key: ArchiveKey, file: bytes) -> None:
    """Let the key file of these bytes open the archive as well; they are kept nowhere here."""
    content = _read(folder)
    salt = secrets.token_bytes(16)
    content["wraps"].append(_seal_wrap(key, _key_file_key(file, salt), {"kind": "key file", "salt": _text(salt)}))
    _write(folder, content)


def _wrap_passphrase(key: ArchiveKey, passphrase: str) -> dict[str, Any]:
    wrap: dict[str, Any] = {"kind": "passphrase", "salt": _text(secrets.token_bytes(16)), "argon2id": dict(ARGON2)}
    return _seal_wrap(key, _stretch(passphrase, wrap), wrap)


def _stretch(passphrase: str, wrap: dict[str, Any]) -> bytes:
    cost = wrap["argon2id"]
    # Keyboards compose Hangul and accents differently; the same words must open on every machine.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, _bytes(wrap["salt"]), cost["time"], cost["memory"], cost["lanes"], 32, Type.ID)


def _key_file_key(file: bytes, salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=b"tumen:key file").derive(file)


def _seal_wrap(key: ArchiveKey, wrapping: bytes, wrap: dict[str, Any]) -> dict[str, Any]:
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(wrapping).encrypt(nonce, key.secret, key.archive.encode())
    return {**wrap, "nonce": _text(nonce), "wrapped": _text(sealed)}


def _unwrap(content: dict[str, Any], wrap: dict[str, Any], wrapping: bytes) -> ArchiveKey:
    archive = content["archive"]
    secret = AESGCM(wrapping).decrypt(_bytes(wrap["nonce"]), _bytes(wrap["wrapped"]), archive.encode())
    return ArchiveKey(archive, secret)


def _read(folder: Path) -> dict[str, Any]:
    path = folder / KEYS_FILE
    try:
        content = json.loads(path.read_bytes().decode("utf-8"))
    except FileNotFoundError as error:
        raise NotAnArchive(f"{folder} is not an archive: it has no {KEYS_FILE}. `tumen init` makes one.") from error
    except (OSError, ValueError, RecursionError) as error:
        raise DamagedKeys(f"{path} cannot be read; restore it from a backup") from error
    if isinstance(content, dict) and isinstance(content.get("format"), int) and content["format"] > FORMAT:
        raise DamagedKeys(f"{path} was written by a newer version of Tumen (format {content['format']})")
    if not isinstance(content, dict) or content.pop("checksum", None) != _checksum(content):
        raise DamagedKeys(f"{path} is damaged; restore it from a backup")
    return content


def _checksum(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _write(folder: Path, content: dict[str, Any]) -> None:
    try:
        with disk.replacing(folder / KEYS_FILE) as file:
            file.write(json.dumps({**content, "checksum": _checksum(content)}, indent=1).encode())
    except OSError as error:
        if disk.is_full(error):
            raise DiskFull("The disk is full: the keys were left as they were. Free space, then try again.") from error
        raise


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
