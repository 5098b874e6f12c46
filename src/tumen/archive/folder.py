"""An archive is a folder; this is the one that this process has open.

archive.db         every row (SQLCipher, WAL, raw key)
identity-keys.db   the data keys of parties, sources and objects, apart so that their backups can be short-lived
objects/           originals, encrypted, named by a keyed hash
keys.json          the archive key, wrapped
lock.*             the queues of writers and of the job process
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tumen import disk
from tumen.archive import keys
from tumen.archive.errors import AlreadyThere, ArchiveClosed, DamagedArchive, NotAnArchive

DATABASE_FILE = "archive.db"
IDENTITY_FILE = "identity-keys.db"
OBJECTS_FOLDER = "objects"


@dataclass(frozen=True)
class Archive:
    """An unlocked archive: where it is and the key that opens it."""

    folder: Path
    key: keys.ArchiveKey

    @property
    def database(self) -> Path:
        """The file of all rows."""
        return self.folder / DATABASE_FILE

    @property
    def identity_keys(self) -> Path:
        """The file of data keys."""
        return self.folder / IDENTITY_FILE

    @property
    def objects(self) -> Path:
        """The folder of originals."""
        return self.folder / OBJECTS_FOLDER


_current: Archive | None = None
_on_close: list[Callable[[], None]] = []


def current() -> Archive:
    """Return the archive this process has open; raises ArchiveClosed."""
    if _current is None:
        raise ArchiveClosed("No archive is open in this process.")
    return _current


def is_open() -> bool:
    """Say whether this process has an archive open."""
    return _current is not None


def use(archive: Archive) -> None:
    """Make `archive` the one this process works on."""
    global _current
    close()
    _current = archive


def at_close(release: Callable[[], None]) -> None:
    """Have `release` called whenever the open archive is closed: caches and connections that belong to it."""
    _on_close.append(release)


def close() -> None:
    """Forget the key and drop every connection and cache that belongs to the open archive."""
    global _current
    for release in _on_close:
        release()
    _current = None


def make(folder: Path) -> Archive:
    """Make the folder with a new key; the tables come with `setup.create`, which keeps the key. Raises AlreadyThere."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise AlreadyThere(f"{folder} is not empty; choose a new folder for the archive.")
    disk.make_folder(folder / OBJECTS_FOLDER)
    folder.chmod(0o700)
    return Archive(folder, keys.new())


def unlock(folder: Path, passphrase: str | None = None, key_file: bytes | None = None) -> Archive:
    """Open the folder's keys. Raises NotAnArchive, DamagedKeys, WrongPassphrase or DamagedArchive.

    A missing file is refused here, since the engine would make an empty one in its place.
    """
    if not folder.is_dir():
        raise NotAnArchive(f"There is no folder {folder}.")
    archive = Archive(folder, keys.unlock(folder, passphrase, key_file))
    for file in (archive.database, archive.identity_keys):
        if not file.is_file() or not file.stat().st_size:
            raise DamagedArchive(f"{file} is missing or empty; restore the archive from a backup.")
    return archive


@contextlib.contextmanager
def opened(archive: Archive) -> Iterator[Archive]:
    """Use `archive` for the length of a block."""
    use(archive)
    try:
        yield archive
    finally:
        close()
