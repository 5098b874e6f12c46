"""Checking a copy of an archive in a process of its own, while this one keeps the archive itself open.

The key travels through a pipe (`ownprocess`).
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tumen.archive import folder, keys, ownprocess
from tumen.archive.errors import DamagedArchive


@dataclass(frozen=True)
class Copy(folder.Archive):
    """An archive whose identity keys and originals lie elsewhere than its rows: a backup."""

    keys_folder: Path
    objects_folder: Path

    @property
    def identity_keys(self) -> Path:
        """The file of data keys."""
        return self.keys_folder / folder.IDENTITY_FILE

    @property
    def objects(self) -> Path:
        """The folder of originals."""
        return self.objects_folder


@dataclass(frozen=True)
class Report:
    """What the checks found, in words, and the newest change."""

    findings: list[str]
    newest: int


def in_own_process(copy: Copy) -> Report:
    """Run every deep check on `copy`. Raises DamagedArchive when it cannot even be opened."""
    told = {
        "folder": str(copy.folder),
        "keys_folder": str(copy.keys_folder),
        "objects_folder": str(copy.objects_folder),
        "archive": copy.key.archive,
        "secret": copy.key.secret.hex(),
    }
    try:
        return Report(**ownprocess.ask(__name__, told))
    except subprocess.CalledProcessError as error:
        raise DamagedArchive(
            f"The copy in {copy.folder} cannot be checked; run `tumen check --deep` on the archive."
        ) from error


def main() -> None:
    """Check the copy that standard input names and print the report."""
    told = json.load(sys.stdin)
    key = keys.ArchiveKey(told["archive"], bytes.fromhex(told["secret"]))
    places = (Path(told["keys_folder"]), Path(told["objects_folder"]))
    folder.use(Copy(Path(told["folder"]), key, *places))
    from tumen.archive import setup

    setup.start_django()
    from tumen.archive import check, versions

    # Unfinished bulk jobs and stray uploads are copied as they are; they are no fault of the copy.
    findings = [found for found in check.run(deep=True) if found.kind not in check.UNFINISHED]
    report = {"findings": [f"{found.kind}: {found.what}" for found in findings], "newest": versions.newest()}
    folder.close()
    json.dump(report, sys.stdout)


if __name__ == "__main__":
    main()
