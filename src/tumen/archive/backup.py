"""Backup and restore: an archive as it was at several moments, in one folder, made while people work, and proved.

    backup.json            the moments it holds, with sizes and SHA-256 of their files; replaced last, in one step
    <moment>/              which pieces archive.db was made of, the list of objects, keys.json
    keys/<moment>/         identity-keys.db, in a folder of its own that can lie on another medium
    pieces/                the pieces of archive.db, each once however many moments have it
    objects/               every original; they never change, so a later backup adds new ones

Everything stays encrypted under the archive's own keys. Every backup is restored to a temporary place and read through
before it counts. Which moments stay is said in `moments`; those from before an erasure go when its window has passed.
"""

from __future__ import annotations

import contextlib
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
from tumen.archive import folder, identity, keys, moments, pieces, properties, verify, versions
from tumen.archive.backend.base import connect, plainly
from tumen.archive.errors import AlreadyThere, DamagedArchive, DiskFull, NotABackup
from tumen.archive.moments import Keeping

MANIFEST = "backup.json"
LOCK_FILE = "lock.backup"
KEYS_FOLDER = "keys"
PIECES_FOLDER = "pieces"
CHECKING_FOLDER = "checking"
OBJECT_LIST = "objects.txt"
PIECE_LIST = "pieces.txt"
FORMAT = 2
LAST = "backup"

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Backup:
    """One moment of a backup.

    `files` maps its own files to [size, SHA-256]; `copied` counts the objects and `written` the bytes of archive.db
    that were new; `findings` says what the checks found, which is nothing unless it was made `despite` damage.
    """

    archive: str
    moment: str
    newest: int
    objects: int
    copied: int
    written: int
    files: dict[str, list[Any]]
    findings: list[str]


def backup(
    to: Path,
    keys_to: Path | None = None,
    progress: Progress | None = None,
    despite: bool = False,
    keeping: Keeping = Keeping(),  # noqa: B008 (frozen)
) -> Backup:
    """Add this moment of the open archive to the backup in the folder `to`, while people go on working.

    `keys_to` is where the identity keys go, `to/keys` when left out. `progress` is told (objects done, objects in all).
    The copy is put together in a temporary place in `to` and passes every deep check before it counts; an interrupted
    call leaves the moments there were. Moments that `keeping` does not keep are removed.
    Raises AlreadyThere when `to` holds something else, DiskFull, and DamagedArchive when the copy fails a check: an
    archive that is damaged must not push out its good backups. With `despite` (and a new folder) it is kept as is.
    """
    archive, keys_to = folder.current(), keys_to or to / KEYS_FOLDER
    former = _refuse_foreign(to, archive)
    for place in (to, keys_to, to / folder.OBJECTS_FOLDER, to / PIECES_FOLDER):
        disk.make_folder(place)
    with disk.alone(to / LOCK_FILE):  # one backup at a time writes here
        moment = moments.name_of(datetime.now(UTC))
        places = (to / moment, keys_to / moment)
        try:
            with _room(f"backup to {to}"):
                made = _write(archive, to, keys_to, moment, progress or (lambda done, total: None), despite)
                stay = moments.kept([*former, moment], keeping, identity.last_destroyed(), datetime.now(UTC))
                held = [one for one in (*former.values(), made) if one.moment in stay]
                # Until here the former moments stand; from here these do.
                with disk.replacing(to / MANIFEST) as file:
                    file.write(
                        json.dumps({"format": FORMAT, "moments": [asdict(one) for one in held]}, indent=1).encode()
                    )
        except BaseException:
            for place in places:
                shutil.rmtree(place, ignore_errors=True)
            raise
        finally:
            shutil.rmtree(to / CHECKING_FOLDER, ignore_errors=True)
        _clean_up(to, keys_to, {one.moment for one in held})
    if not made.findings:
        properties.put(LAST, {"moment": made.moment, "newest": made.newest, "to": str(to)})
    return made


@dataclass(frozen=True)
class Verified:
    """The last backup that was restored to a temporary place and found whole: when, up to which change, and where."""

    at: datetime
    newest: int
    to: str


def last_verified() -> Verified | None:
    """Return the last verified backup of the open archive, None when there never was one."""
    found = properties.get(LAST)
    return found and Verified(moments.time_of(found["moment"]), found["newest"], found["to"])


def restore(source: Path, to: Path, keys_from: Path | None = None, at: str | None = None) -> Backup:
    """Make an archive in the new folder `to` of a moment of the backup in `source`, the last one when none is named.

    No passphrase is needed to copy it. The keys are written last: an interrupted call leaves a folder that is no
    archive. Raises NotABackup, AlreadyThere, DiskFull.
    """
    described = describe(source, at)
    origin = _files_of(source, keys_from or source / KEYS_FOLDER, described)
    for name, path in origin.items():
        if not path.is_file() or [path.stat().st_size, _sha256(path)] != described.files[name]:
            raise NotABackup(f"{path} is missing or damaged; use another moment or another backup.")
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
        _assemble(source, described.moment, to)
        for name in (folder.IDENTITY_FILE, keys.KEYS_FILE):
            _copy(origin[name], to / name)
    return described


def describe(source: Path, at: str | None = None) -> Backup:
    """Return a moment of the backup in `source`: the last one, or the last whose name begins with `at`.

    Raises NotABackup.
    """
    held = _manifest(source)
    found = [one for name, one in held.items() if name.startswith(at or "")]
    if not found:
        raise NotABackup(f"{source} holds no moment {at}; it has {', '.join(held)}.")
    return found[-1]


def held(source: Path) -> list[Backup]:
    """Return the moments that the backup in `source` holds, the oldest first. Raises NotABackup."""
    return list(_manifest(source).values())


def object_in(source: Path, name: str) -> Path:
    """Return where the backup in `source` has an object, whether it is there or not."""
    return source / folder.OBJECTS_FOLDER / name[:2] / name


def _manifest(source: Path) -> dict[str, Backup]:
    path = source / MANIFEST
    try:
        content = json.loads(path.read_bytes())
        if content["format"] != FORMAT:
            raise NotABackup(f"{source} was written by another version of Tumen (format {content['format']}).")
        return {one["moment"]: Backup(**one) for one in content["moments"]}
    except FileNotFoundError as error:
        raise NotABackup(f"{source} holds no finished backup: it has no {MANIFEST}.") from error
    except (ValueError, TypeError, KeyError, OSError) as error:
        raise NotABackup(f"{path} cannot be read; use another backup.") from error


def _write(archive: folder.Archive, to: Path, keys_to: Path, moment: str, progress: Progress, despite: bool) -> Backup:
    place = to / moment
    copy = verify.Copy(to / CHECKING_FOLDER, archive.key, keys_to / moment, to / folder.OBJECTS_FOLDER)
    shutil.rmtree(copy.folder, ignore_errors=True)
    for made in (place, copy.folder, copy.keys_folder):
        disk.make_folder(made)
    # Rows first: keys and objects are always written before the rows that need them, so the copies made after hold
    # whatever those rows need. What wraps the keys is of the same moment as they are.
    kept = _rows(archive, to / PIECES_FOLDER)
    piece_list, object_list, keys_file = place / PIECE_LIST, place / OBJECT_LIST, place / keys.KEYS_FILE
    piece_list.write_text("".join(f"{file} {name}\n" for file, names in kept.pieces.items() for name in names), "ascii")
    with keys.held(archive.folder):
        identity.copy_to(copy.identity_keys)
        shutil.copyfile(archive.folder / keys.KEYS_FILE, keys_file)
    names = sorted(path.name for path in archive.objects.glob("??/*"))
    copied = 0
    for done, name in enumerate(names):
        progress(done, len(names))
        copied += _copy_object(archive.objects, copy.objects, name)
    progress(len(names), len(names))
    sizes = "".join(f"{name} {(copy.objects / name[:2] / name).stat().st_size}\n" for name in names)
    object_list.write_text(sizes, "ascii")
    _assemble(to, moment, copy.folder)
    shutil.copyfile(keys_file, copy.folder / keys.KEYS_FILE)
    report = verify.in_own_process(copy)
    if report.findings and not despite:
        raise DamagedArchive(f"The copy is not whole: {'; '.join(report.findings[:5])}. Run `tumen check --deep`.")
    files = (copy.identity_keys, keys_file, piece_list, object_list)
    for path in (*files, place, copy.keys_folder):
        disk.sync(path)
    sums = {path.name: [path.stat().st_size, _sha256(path)] for path in files}
    return Backup(archive.key.archive, moment, report.newest, len(names), copied, kept.written, sums, report.findings)


def _rows(archive: folder.Archive, store: Path) -> pieces.Kept:
    """Keep archive.db as of one moment, while others write.

    As long as this thread reads, nothing it may need goes: pages carried over from the log stay in the log too, and a
    log that is not yet carried over is not begun anew. A log that is carried over already is left out: it may be begun
    anew at any time, and would then be half an old one and half a new one.
    """
    with plainly("copying the rows"), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
        with versions.one_moment():
            versions.newest()
            log = archive.database.with_name(archive.database.name + "-wal")
            files = [archive.database, *([log] if _log_counts(archive) else [])]
            return pieces.keep_in_own_process(files, store)


def _log_counts(archive: folder.Archive) -> bool:
    """Say whether the log holds anything that is not carried over; asked from outside, for the reader may not."""
    with contextlib.closing(connect(str(archive.database), archive.key.derive("database"))) as outside:
        _busy, logged, carried = outside.execute("PRAGMA wal_checkpoint(NOOP)").fetchone()
    return bool(logged > carried)


def _assemble(source: Path, moment: str, to: Path) -> None:
    files: dict[str, list[str]] = {}
    for line in (source / moment / PIECE_LIST).read_text("ascii").splitlines():
        file, name = line.split()
        files.setdefault(file, []).append(name)
    for file, names in files.items():
        pieces.assemble(names, source / PIECES_FOLDER, to / file)


def _files_of(source: Path, keys_from: Path, described: Backup) -> dict[str, Path]:
    apart = {folder.IDENTITY_FILE: keys_from}
    return {name: apart.get(name, source) / described.moment / name for name in described.files}


def _refuse_foreign(to: Path, archive: folder.Archive) -> dict[str, Backup]:
    """Refuse a folder that is not empty and holds no backup of this archive; return the moments that one holds."""
    if to.resolve() == archive.folder.resolve() or archive.folder.resolve() in to.resolve().parents:
        raise AlreadyThere(f"{to} lies in the archive itself; choose a folder elsewhere, best on another disk.")
    if (to / MANIFEST).exists():
        former = _manifest(to)
        if any(one.archive != archive.key.archive for one in former.values()):
            raise AlreadyThere(f"{to} holds a backup of another archive; choose another folder.")
        return former
    # What a first backup that was interrupted leaves is a lock file and its folders.
    if to.exists() and (not to.is_dir() or (any(to.iterdir()) and not (to / LOCK_FILE).exists())):
        raise AlreadyThere(f"{to} is not empty and holds no backup; choose another folder.")
    return {}


def _clean_up(to: Path, keys_to: Path, held: set[str]) -> None:
    """Remove moments that are not held, what interrupted calls left, and pieces and objects that no moment has."""
    for place in (to, keys_to):
        for path in place.glob("*T*Z"):
            if path.name not in held and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
    rows, objects = set(), set()
    for moment in held:
        rows |= {line.split()[1] for line in (to / moment / PIECE_LIST).read_text("ascii").splitlines()}
        objects |= set(_listed(to / moment))
    pieces.forget_all_but(rows, to / PIECES_FOLDER)
    pieces.forget_all_but(objects, to / folder.OBJECTS_FOLDER)


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
