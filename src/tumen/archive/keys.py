"""The archive key: one random secret a folder, wrapped once for each way of opening it.

`keys.json` holds wraps only: Argon2id of a passphrase (RFC 9106), or HKDF (RFC 5869) of a key file or of what two of
three recovery shares hold (`shares`), each around the same 32 random bytes with AES-256-GCM. Every other key (database,
objects, blind indexes) is derived from the archive key with HKDF under a label of its own, so that changing the
passphrase rewrites a few hundred bytes and nothing else. The key-encryption key of the persons' data keys stands here
too, sealed under a derived key (`encryption`). A checksum over the file tells damage from a wrong passphrase: without
it, one flipped bit would send people searching their memory instead of their backups.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from tumen import disk
from tumen.archive.errors import DamagedKeys, DiskFull, LastWayIn, NotAnArchive, WrongPassphrase

KEYS_FILE = "keys.json"
LOCK_FILE = "lock.keys"
# Format 1 had no key-encryption keys.
FORMAT = 2
PASSPHRASE, KEY_FILE, SHARES = "passphrase", "key file", "shares"

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
    content = {"format": FORMAT, "archive": key.archive, "wraps": [_wrap_passphrase(key, passphrase)]}
    _write(folder, {**content, "encryption": [_new_encryption(key, 1)]})


def unlock(
    folder: Path, passphrase: str | None = None, key_file: bytes | None = None, shared: bytes | None = None
) -> ArchiveKey:
    """Return the archive key of `folder`, opened by a passphrase, the bytes of a key file or the secret of the shares.

    Raises NotAnArchive, DamagedKeys or WrongPassphrase.
    """
    content = _read(folder)
    try:
        for wrap in content["wraps"]:
            wrapping = None
            if wrap["kind"] == PASSPHRASE and passphrase is not None:
                wrapping = _stretch(passphrase, wrap)
            elif wrap["kind"] == KEY_FILE and key_file is not None:
                wrapping = _file_key(key_file, KEY_FILE, _bytes(wrap["salt"]))
            elif wrap["kind"] == SHARES and shared is not None:
                wrapping = _file_key(shared, SHARES, _bytes(wrap["salt"]))
            if wrapping is not None:
                with contextlib.suppress(InvalidTag):
                    return _unwrap(content, wrap, wrapping)
    except (KeyError, ValueError, TypeError, OverflowError, HashingError) as error:
        raise DamagedKeys(f"{folder / KEYS_FILE}: a wrap cannot be read; restore it from a backup") from error
    what = "This passphrase does" if passphrase is not None else "This key file does"
    if shared is not None:
        what = "These recovery sheets do"
    raise WrongPassphrase(f"{what} not open {folder}.")


@dataclass(frozen=True)
class Way:
    """One way of opening an archive: its number in the list, its kind, since when, and what tells it from others."""

    number: int
    kind: str
    made: str
    label: str


def ways(folder: Path) -> list[Way]:
    """Return the ways of opening the archive in `folder`. Raises NotAnArchive, DamagedKeys."""
    wraps = _read(folder)["wraps"]
    return [
        Way(number, *(str(wrap.get(said, "")) for said in ("kind", "made", "label")))
        for number, wrap in enumerate(wraps, 1)
    ]


def revoke(folder: Path, number: int) -> Way:
    """Take away one of the `ways` and return it; what opened the archive by it opens it no more, but for old copies.

    Raises ValueError for a number that is none, LastWayIn for the passphrase.
    """
    found = next((way for way in ways(folder) if way.number == number), None)
    if found is None:
        raise ValueError(f"{number}: `tumen keys list` shows the numbers")
    if found.kind == PASSPHRASE:
        raise LastWayIn("An archive keeps its passphrase. `tumen keys passphrase` replaces it.")
    with _editing(folder) as content:
        del content["wraps"][number - 1]
    return found


def change_passphrase(folder: Path, key: ArchiveKey, passphrase: str) -> None:
    """Replace every passphrase wrap by one under the new passphrase; key files and recovery shares stay."""
    wrap = _wrap_passphrase(key, passphrase)
    with _editing(folder) as content:
        content["wraps"] = [wrap, *(wrap for wrap in content["wraps"] if wrap["kind"] != PASSPHRASE)]


def new_key_file() -> bytes:
    """Return the bytes of a new key file. Put them where they are to be kept before `add_key_file` relies on them."""
    return secrets.token_bytes(64)


def add_key_file(folder: Path, key: ArchiveKey, file: bytes, label: str = "") -> None:
    """Let the key file of these bytes open the archive as well; they are kept nowhere here."""
    wrap = _wrap_secret(key, file, KEY_FILE, label)
    with _editing(folder) as content:
        content["wraps"].append(wrap)


def replace_shares(folder: Path, key: ArchiveKey, shared: bytes, label: str) -> None:
    """Let the secret of new recovery shares open the archive, and that of former ones no more."""
    wrap = _wrap_secret(key, shared, SHARES, label)
    with _editing(folder) as content:
        content["wraps"] = [*(wrap for wrap in content["wraps"] if wrap["kind"] != SHARES), wrap]


def encryption_keys(folder: Path, key: ArchiveKey) -> dict[int, bytes]:
    """Return the key-encryption keys by number; several while a rotation is not finished. Raises DamagedKeys.

    Number 0 is that of archives made before there were any: a key derived from the archive key.
    """
    content = _read(folder)
    found = {0: key.derive("identity-wrap")} if not content.get("encryption") or content.get("earlier") else {}
    sealing = AESGCM(key.derive("key-encryption"))
    try:
        for entry in content.get("encryption", []):
            number = entry["number"]
            found[number] = sealing.decrypt(_bytes(entry["nonce"]), _bytes(entry["wrapped"]), b"%d" % number)
    except (InvalidTag, KeyError, ValueError, TypeError) as error:
        raise DamagedKeys(f"{folder / KEYS_FILE}: a key-encryption key cannot be read; restore it") from error
    return found


def add_encryption_key(folder: Path, key: ArchiveKey) -> int:
    """Add a new key-encryption key beside those there are, and return its number."""
    with _editing(folder) as content:
        former = content.setdefault("encryption", [])
        if not former:
            content["earlier"] = True
        number = 1 + max((entry["number"] for entry in former), default=0)
        former.append(_new_encryption(key, number))
        content["format"] = FORMAT
    return number


def drop_encryption_keys(folder: Path, before: int) -> None:
    """Destroy the key-encryption keys of lower numbers than `before`: data keys wrapped under them open no more."""
    with _editing(folder) as content:
        content["encryption"] = [entry for entry in content["encryption"] if entry["number"] >= before]
        content.pop("earlier", None)


def encryption_made(folder: Path) -> str:
    """Return the day the newest key-encryption key was made, "" for an archive that has none of its own yet."""
    return max((str(entry.get("made", "")) for entry in _read(folder).get("encryption", [])), default="")


def held(folder: Path) -> AbstractContextManager[None]:
    """Keep everybody else from editing `keys.json` for the length of a block."""
    return disk.alone(folder / LOCK_FILE)


@contextlib.contextmanager
def _editing(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the content of `keys.json`, and write it when the block ends well; one at a time."""
    with held(folder):
        content = _read(folder)
        yield content
        _write(folder, content)


def _new_encryption(key: ArchiveKey, number: int) -> dict[str, Any]:
    nonce = secrets.token_bytes(12)
    sealed = AESGCM(key.derive("key-encryption")).encrypt(nonce, secrets.token_bytes(32), b"%d" % number)
    return {"number": number, "made": _today(), "nonce": _text(nonce), "wrapped": _text(sealed)}


def _wrap_passphrase(key: ArchiveKey, passphrase: str) -> dict[str, Any]:
    wrap: dict[str, Any] = {
        "kind": PASSPHRASE,
        "made": _today(),
        "salt": _text(secrets.token_bytes(16)),
        "argon2id": dict(ARGON2),
    }
    return _seal_wrap(key, _stretch(passphrase, wrap), wrap)


def _stretch(passphrase: str, wrap: dict[str, Any]) -> bytes:
    cost = wrap["argon2id"]
    # Keyboards compose Hangul and accents differently; the same words must open on every machine.
    secret = unicodedata.normalize("NFC", passphrase).encode("utf-8", "surrogatepass")
    return hash_secret_raw(secret, _bytes(wrap["salt"]), cost["time"], cost["memory"], cost["lanes"], 32, Type.ID)


def _wrap_secret(key: ArchiveKey, secret: bytes, kind: str, label: str) -> dict[str, Any]:
    salt = secrets.token_bytes(16)
    wrap = {"kind": kind, "label": label, "made": _today(), "salt": _text(salt)}
    return _seal_wrap(key, _file_key(secret, kind, salt), wrap)


def _file_key(secret: bytes, kind: str, salt: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt=salt, info=f"tumen:{kind}".encode()).derive(secret)


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
    entries = [content.get("wraps"), content.get("encryption", [])]
    if not all(isinstance(found, list) and all(isinstance(entry, dict) for entry in found) for found in entries):
        raise DamagedKeys(f"{path} does not say what opens the archive; restore it from a backup")
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


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _bytes(value: str) -> bytes:
    return base64.b64decode(value, validate=True)
