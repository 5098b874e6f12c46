"""Names that a file may have in a bag: the same file for every system, tool and eye, and never outside the bag."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from tumen.custody.errors import UnsafeName

_REFUSED = frozenset('\\:*?"<>|%')  # a separator elsewhere, a wildcard, or what BagIt tools escape differently
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # controls, marks of direction, what no font shows
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in range(10))})
_MOST_BYTES = 255


class Names:
    """The relative paths taken so far, with `/` between their parts."""

    def __init__(self) -> None:
        self._files: dict[str, str] = {}
        self._folders: dict[str, str] = {}

    def take(self, name: str) -> None:
        """Add a path.

        Raises UnsafeName when it leaves the bag, has characters that are unseen or mean something to a system, is not
        spelled in NFC, names a device, differs from another only in case or form, or is another's folder.
        """
        _check_name(name)
        same = _folded(name)
        if other := self._files.get(same) or self._folders.get(same):
            raise UnsafeName(f"{name!r} and {other!r} would be one file on some systems.")
        parts = name.split("/")
        for folder in ("/".join(parts[:depth]) for depth in range(1, len(parts))):
            alike = _folded(folder)
            if alike in self._files or self._folders.setdefault(alike, folder) != folder:
                raise UnsafeName(f"The folder of {name!r} would be one with another name on some systems.")
        self._files[same] = name


def check_names(names: Iterable[str]) -> None:
    """Check paths alone and against one another, as `Names` does; raises UnsafeName."""
    taken = Names()
    for name in names:
        taken.take(name)


def _check_name(name: str) -> None:
    for part in name.split("/"):
        if part in ("", ".", ".."):
            raise UnsafeName(f"{name!r} is no path inside a bag.")
        if unicodedata.normalize("NFC", part) != part:
            raise UnsafeName(f"{name!r} is not written in composed form (NFC).")
        if any(c in _REFUSED or unicodedata.category(c) in _UNSEEN for c in part):
            raise UnsafeName(f"{name!a} has a character that is unseen or has a meaning to some system.")
        if part != part.strip() or part.endswith(".") or part.split(".")[0].casefold() in _DEVICES:
            raise UnsafeName(f"{name!r} cannot be stored on every system.")
        if len(part.encode()) > _MOST_BYTES:
            raise UnsafeName(f"A part of {name!r} is longer than {_MOST_BYTES} bytes.")


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())
