"""A raw scan for words that must never stand readable outside the encrypted files.

`Seeds` makes strings of the kinds people at risk are named by, in Latin, Hangul and Han letters; `find` looks for
them, in every encoding and normal form a program could have left them in, in files, logs and what the system shows of
processes.
"""

from __future__ import annotations

import os
import secrets
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

KINDS = ("name", "features", "file name", "body", "note")
HANGUL = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허"
HAN = "金李朴崔鄭姜趙尹張林韓申權黃安宋柳洪全高文孫梁裵白許南"
# A chance hit on this few bytes in gigabytes of ciphertext is not to be expected.
SHORTEST = 12
PART = 1 << 22


class Seeds:
    """Strings to sow, by kind; none occurs anywhere by chance."""

    def __init__(self, count: int) -> None:
        self.by_kind: dict[str, list[str]] = {kind: [] for kind in KINDS}
        for n in range(count):
            self.by_kind[KINDS[n % len(KINDS)]].append(_string(n))

    def __iter__(self) -> Iterator[str]:
        for strings in self.by_kind.values():
            yield from strings


def _string(n: int) -> str:
    letters = (HANGUL, HAN, "abcdefghijklmnopqrstuvwxyz", "áéíóúäöüñç" * 3)[n // len(KINDS) % 4]
    return "".join(secrets.choice(letters) for _ in range(14))


def forms(string: str) -> set[bytes]:
    """Return the byte forms in which `string` could be left behind."""
    found = set()
    for text in (string, unicodedata.normalize("NFD", string), unicodedata.normalize("NFC", string)):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp949", "gb18030"):
            try:
                found.add(text.encode(encoding))
            except UnicodeEncodeError:
                continue  # this encoding cannot write it
        found.add(text.encode("unicode_escape"))
        found.add(text.encode().hex().encode())
    return {form for form in found if len(form) >= SHORTEST}


def find(seeds: Iterable[str], places: Iterable[bytes | Path]) -> list[str]:
    """Return where any of `seeds` stands readable: files (by name and content) and captured output (as bytes)."""
    starts = {form[:SHORTEST] for seed in seeds for form in forms(seed)}
    first = np.zeros(1 << 24, bool)
    first[[int.from_bytes(start[:3], "big") for start in starts]] = True
    hits = []
    for place in places:
        for content in (os.fsencode(str(place)), _read(place)) if isinstance(place, Path) else (place,):
            if start := _search(content, starts, first):
                hits.append(f"{place if isinstance(place, Path) else 'output'}: {start.hex()}")
    return hits


def _search(content: bytes, starts: set[bytes], first: np.ndarray) -> bytes | None:
    """Look up the first three bytes at every place in a table, and the rest where they fit: 5,000 strings at once."""
    for begin in range(0, len(content), PART):
        part = np.frombuffer(content, np.uint8, offset=begin, count=min(PART + SHORTEST, len(content) - begin))
        if len(part) < SHORTEST:
            continue
        wide = part.astype(np.int32)
        places = np.flatnonzero(first[(wide[:-2] << 16) | (wide[1:-1] << 8) | wide[2:]])
        for place in places + begin:
            if (start := content[place : place + SHORTEST]) in starts:
                return start
    return None


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # gone meanwhile, or not for us to read


def files_below(*folders: Path, since: float = 0.0, depth: int = 99) -> Iterator[Path]:
    """Yield the ordinary files below `folders`, `depth` folders down, that were changed at or after `since`."""
    for folder in folders:
        for place, inner, names in os.walk(folder):
            if len(Path(place).relative_to(folder).parts) >= depth:
                inner.clear()
            # The folders that pytest gives to tests are looked at by the tests that filled them.
            inner[:] = [name for name in inner if not name.startswith("pytest-of-")]
            for path in (Path(place) / name for name in names):
                try:
                    if path.is_file() and not path.is_symlink() and path.stat().st_mtime >= since:
                        yield path
                except OSError:
                    continue  # gone meanwhile


def small(paths: Iterable[Path], largest: int = 4_000_000) -> Iterator[Path]:
    """Leave out files too large to have been written by the tests, on a machine that others work on too."""
    for path in paths:
        try:
            if path.stat().st_size <= largest:
                yield path
        except OSError:
            continue


def temporary_folders() -> set[Path]:
    """Return where programs put temporary files and caches on this machine."""
    places = {Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp"), Path("/dev/shm")}  # noqa: S108
    places |= {Path.home() / ".cache", Path.cwd() / ".pytest_cache", Path.cwd() / ".hypothesis"}
    return {place.resolve() for place in places if place.is_dir()}


def process_files(*pids: int) -> list[Path]:
    """Return what everybody on the machine can see of processes: their arguments; and their environments."""
    return [Path("/proc") / str(pid) / name for pid in pids for name in ("cmdline", "environ")]


def open_names(*pids: int) -> list[bytes]:
    """Return what else is seen of processes: what they are called, and the names of what they have open."""
    seen = []
    for pid in pids:
        place = Path("/proc") / str(pid)
        for path in [*place.glob("fd/*"), *place.glob("task/*/comm"), place / "maps"]:
            try:
                seen.append(os.fsencode(path.readlink()) if path.is_symlink() else path.read_bytes())
            except OSError:
                continue  # gone meanwhile, or behind walls
    return seen
