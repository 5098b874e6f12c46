"""Backup and restore: a whole archive in one folder, made while people work, checked before it counts.

    backup.json            what the backup is made of, with sizes and SHA-256; replaced last, in one step
    <moment>/              archive.db as of one moment, keys.json, and the list of objects
    keys/<moment>/         identity-keys.db, in a folder of its own that can lie on another medium: its life must be
                           short, for a person who is erased stays readable as long as an old copy of her key exists
    objects/               every original; they never change, so a later backup adds new ones and removes erased ones

A backup holds one moment, the last: several are several folders. Everything stays encrypted under the archive's own
keys and opens with the passphrase of that moment.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from tumen import disk
from tumen.archive import folder, identity, keys, verify
from tumen.archive.backend.base import plainly
from tumen.archive.errors import AlreadyThere, DamagedArchive, DiskFull, NotABackup

MANIFEST = "backup.json"
LOCK_FILE = "lock.backup"
KEYS_FOLDER = "keys"
OBJECT_LIST = "objects.txt"
FORMAT = 1

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Backup:
    """What a backup holds.

    `files` maps its own files to [size, SHA-256]; `copied` counts the new objects; `findings` says what the checks
    found, which is nothing unless it was made `despite` damage.
    """

    archive: str
    moment: str
    newest: int
    objects: int
    copied: int
    files: dict[str, list[Any]]
    findings: list[str]
    format: int = FORMAT


def backup(to: Path, keys_to: Path | None = None, progress: Progress | None = None, despite: bool = False) -> Backup:
    """Write the open archive to the folder `to`, or bring the backup there up to date, while people go on working.

    `keys_to` is where the identity keys go, `to/keys` when left out. `progress` is told (objects done, objects in all).
    The new copy passes every deep check before it takes the old one's place; an interrupted call leaves the old one.
    Raises AlreadyThere when `to` holds something else, DiskFull, and DamagedArchive when the copy fails a check: an
    archive that is damaged must not push out its last good backup. With `despite` (and a new folder) it is kept as is.
    """
    archive, keys_to = folder.current(), keys_to or to / KEYS_FOLDER
    _refuse_foreign(to, archive)
    for place in (to, keys_to, to / folder.OBJECTS_FOLDER):
        disk.make_folder(place)
    with _locked(to):
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
        copy = verify.Copy(to / moment, archive.key, keys_to / moment, to / folder.OBJECTS_FOLDER)
        try:
            with _room(f"backup to {to}"):
                made = _write(archive, copy, moment, progress or (lambda done, total: None), despite)
                # Until here the former backup stands; from here this one does.
                with disk.replacing(to / MANIFEST) as file:
                    file.write(json.dumps(asdict(made), indent=1).encode())
        except BaseException:
            shutil.rmtree(copy.folder, ignore_errors=True)
            shutil.rmtree(copy.keys_folder, ignore_errors=True)
            raise
        _clean_up(to, keys_to, moment, set(_listed(copy.folder)))
    return made


def restore(source: Path, to: Path, keys_from: Path | None = None) -> Backup:
    """Make an archive in the new folder `to` of the backup in `source`. No passphrase is needed to copy it.

    The keys are written last: an interrupted call leaves a folder that is no archive. Raises NotABackup, AlreadyThere,
    DiskFull.
    """
    described = describe(source)
    places = {folder.IDENTITY_FILE: (keys_from or source / KEYS_FOLDER) / described.moment}
    origin = {name: places.get(name, source / described.moment) / name for name in described.files}
    for name, path in origin.items():
        if not path.is_file() or [path.stat().st_size, _sha256(path)] != described.files[name]:
            raise NotABackup(f"{path} is missing or damaged; use another backup.")
    wanted = _listed(source / described.moment)
    for name, size in wanted.items():
        path = source / folder.OBJECTS_FOLDER / name[:2] / name
        if not path.is_file() or path.stat().st_size != size:
            raise NotABackup(f"{path} is missing or cut short; use another backup.")
    if to.exists() and (not to.is_dir() or any(to.iterdir())):
        raise AlreadyThere(f"{to} is not empty; choose a new folder for the archive.")
    with _room(f"restore to {to}"):
        disk.make_folder(to / folder.OBJECTS_FOLDER)
        for name in wanted:
            _copy_object(source / folder.OBJECTS_FOLDER, to / folder.OBJECTS_FOLDER, name)
        for name in (folder.DATABASE_FILE, folder.IDENTITY_FILE, keys.KEYS_FILE):
            _copy(origin[name], to / name)
    return described


def describe(source: Path) -> Backup:
    """Read what the backup in `source` is. Raises NotABackup."""
    try:
        described = Backup(**json.loads((source / MANIFEST).read_bytes()))
    except FileNotFoundError as error:
        raise NotABackup(f"{source} holds no finished backup: it has no {MANIFEST}.") from error
    except (ValueError, TypeError, OSError) as error:
        raise NotABackup(f"{source / MANIFEST} cannot be read; use another backup.") from error
    if described.format != FORMAT:
        raise NotABackup(f"{source} was written by another version of Tumen (format {described.format}).")
    return described


def _write(archive: folder.Archive, copy: verify.Copy, moment: str, progress: Progress, despite: bool) -> Backup:
    disk.make_folder(copy.folder)
    disk.make_folder(copy.keys_folder)
    with plainly("copying the rows"), connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy.database)])
    # Rows first: keys and objects are always written before the rows that need them, so the copies made now hold
    # whatever those rows need.
    identity.copy_to(copy.identity_keys)
    keys_file = copy.folder / keys.KEYS_FILE
    shutil.copyfile(archive.folder / keys.KEYS_FILE, keys_file)
    names = sorted(path.name for path in archive.objects.glob("??/*"))
    copied = 0
    for done, name in enumerate(names):
        progress(done, len(names))
        copied += _copy_object(archive.objects, copy.objects, name)
    progress(len(names), len(names))
    sizes = "".join(f"{name} {(copy.objects / name[:2] / name).stat().st_size}\n" for name in names)
    object_list = copy.folder / OBJECT_LIST
    object_list.write_text(sizes, "ascii")
    report = verify.in_own_process(copy)
    if report.findings and not despite:
        raise DamagedArchive(f"The copy is not whole: {'; '.join(report.findings[:5])}. Run `tumen check --deep`.")
    files = (copy.database, copy.identity_keys, keys_file, object_list)
    for path in (*files, copy.folder, copy.keys_folder):
        disk.sync(path)
    sums = {path.name: [path.stat().st_size, _sha256(path)] for path in files}
    return Backup(archive.key.archive, moment, report.newest, len(names), copied, sums, report.findings)


def _refuse_foreign(to: Path, archive: folder.Archive) -> None:
    """Refuse a folder that is not empty and holds no backup of this archive."""
    if to.resolve() == archive.folder.resolve() or archive.folder.resolve() in to.resolve().parents:
        raise AlreadyThere(f"{to} lies in the archive itself; choose a folder elsewhere, best on another disk.")
    if not to.exists():
        return
    if (to / MANIFEST).exists():
        if describe(to).archive != archive.key.archive:
            raise AlreadyThere(f"{to} holds a backup of another archive; choose another folder.")
    # What a first backup that was interrupted leaves is a lock file and its folders.
    elif not to.is_dir() or (any(to.iterdir()) and not (to / LOCK_FILE).exists()):
        raise AlreadyThere(f"{to} is not empty and holds no backup; choose another folder.")


def _clean_up(to: Path, keys_to: Path, moment: str, wanted: set[str]) -> None:
    """Remove former moments, what interrupted calls left, and objects that the archive no longer has."""
    for place in (to, keys_to):
        for path in place.glob("*T*Z"):
            if path.name != moment and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
    for path in (to / folder.OBJECTS_FOLDER).glob("??/*"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def _listed(place: Path) -> dict[str, int]:
    lines = (place / OBJECT_LIST).read_text("ascii").splitlines()
    return {name: int(size) for name, size in (line.split() for line in lines)}


def _copy_object(source: Path, to: Path, name: str) -> bool:
    """Copy an object unless it is there; an object never changes under its name."""
    place = to / name[:2] / name
    if place.exists() and place.stat().st_size == (source / name[:2] / name).stat().st_size:
        return False
    disk.make_folder(place.parent)
    _copy(source / name[:2] / name, place)
    return True


def _copy(source: Path, place: Path) -> None:
    with source.open("rb") as original, disk.replacing(place) as copy:
        shutil.copyfileobj(original, copy, 1 << 20)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextlib.contextmanager
def _locked(to: Path) -> Iterator[None]:
    """Let one backup at a time write to `to`."""
    with (to / LOCK_FILE).open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _room(what: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if disk.is_full(error):
            raise DiskFull(
                f"The disk is full, or takes no file as large as this ({what}): nothing half-written counts. Free "
                "space or choose another disk, then try again."
            ) from error
        raise
