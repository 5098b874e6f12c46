"""Files kept as pieces named by their SHA-256, so that a later copy of a large file adds the pieces that changed.

The pages of `archive.db` that nobody wrote keep their bytes, encrypted as they are: an office that edits all day
changes a few of its thousand pieces. Pieces are cut at fixed places, a whole number of pages each.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tumen import disk
from tumen.archive import ownprocess
from tumen.archive.errors import NotABackup

PIECE = 1 << 18


@dataclass(frozen=True)
class Kept:
    """The pieces of each file, in order, and how many bytes had to be written for those not there yet."""

    pieces: dict[str, list[str]]
    written: int


def keep(files: Iterable[Path], store: Path) -> Kept:
    """Keep files in the folder `store`, on the disk when this returns. Raises OSError."""
    pieces: dict[str, list[str]] = {}
    written: dict[Path, int] = {}
    for path in files:
        with path.open("rb") as file:
            names = pieces[path.name] = []
            while content := file.read(PIECE):
                name = hashlib.sha256(content).hexdigest()
                names.append(name)
                place = _place(store, name)
                if place not in written and not _holds(place, content):
                    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                    beside = place.with_name(place.name + ".new")
                    beside.write_bytes(content)
                    beside.replace(place)
                    written[place] = len(content)
    for place in written:
        disk.sync(place)
    for folder in {place.parent for place in written}:
        disk.sync(folder)
    disk.sync(store)
    return Kept(pieces, sum(written.values()))


def keep_in_own_process(files: Iterable[Path], store: Path) -> Kept:
    """Keep files that the engine has open in this process.

    On POSIX, whoever closes a file loses all locks its process holds on it, the engine's among them; so another process
    reads it. Raises OSError.
    """
    answer = ownprocess.ask(__name__, {"files": [str(path) for path in files], "store": str(store)})
    if "errno" in answer:
        raise OSError(answer["errno"], answer["error"])
    return Kept(**answer)


def assemble(names: Iterable[str], store: Path, to: Path) -> None:
    """Put a file together again, on the disk when this returns. Raises NotABackup for a piece that is not whole."""
    with disk.replacing(to) as file:
        for name in names:
            place = _place(store, name)
            try:
                content = place.read_bytes()
            except FileNotFoundError:
                content = b""
            if hashlib.sha256(content).hexdigest() != name:
                raise NotABackup(f"{place} is missing or damaged; use another moment or another backup.")
            file.write(content)


def forget_all_but(wanted: set[str], store: Path) -> None:
    """Remove every other piece, and what an interrupted call left."""
    for path in store.glob("??/*"):
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def _holds(place: Path, content: bytes) -> bool:
    """Say whether a piece is there and whole; a damaged one is written anew."""
    try:
        return place.stat().st_size == len(content) and place.read_bytes() == content
    except FileNotFoundError:
        return False


def _place(store: Path, name: str) -> Path:
    return store / name[:2] / name


def main() -> None:
    """Keep the files that standard input names, and print their pieces."""
    told = json.load(sys.stdin)
    try:
        kept = keep([Path(file) for file in told["files"]], Path(told["store"]))
    except OSError as error:
        json.dump({"errno": error.errno, "error": str(error)}, sys.stdout)
    else:
        json.dump({"pieces": kept.pieces, "written": kept.written}, sys.stdout)


if __name__ == "__main__":
    main()
