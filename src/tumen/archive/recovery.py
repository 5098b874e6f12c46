"""The recovery sheets as pages to print, and the drill that proves they work."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from django.template.loader import render_to_string
from django.utils import translation

from tumen.archive import backup, folder, keys, verify
from tumen.archive.shares import NEEDED, SHEETS, Shares


@dataclass(frozen=True)
class Drill:
    """What a drill read: the moment of the backup, how many changes and originals, and what was wrong."""

    moment: str
    changes: int
    objects: int
    seconds: float
    findings: list[str]


def sheets(made: Shares, archive: str, language: str) -> list[str]:
    """Return the pages to print, one for each holder: complete HTML documents in one language."""
    with translation.override(language):
        return [
            render_to_string(
                "archive/recovery_sheet.html",
                {
                    "archive": archive,
                    "set": made.label,
                    "number": number,
                    "sheets": SHEETS,
                    "needed": NEEDED,
                    "made": datetime.now(UTC).date().isoformat(),
                    "words": list(enumerate(words, 1)),
                    "language": language,
                },
            )
            for number, words in enumerate(made.sheets, 1)
        ]


def drill(source: Path, shared: bytes, keys_from: Path | None, say: Callable[[str], object]) -> Drill:
    """Restore the backup in `source` to a temporary place, open it with what two sheets share, and read everything.

    The place is removed whatever happens. `say` is told each step. Raises what a restore and a wrong sheet raise.
    """
    began = time.monotonic()
    place = Path(tempfile.mkdtemp(prefix="tumen-drill-"))
    try:
        restored = place / "archive"
        say(f"Restoring {source} to {restored}")
        described = backup.restore(source, restored, keys_from)
        say("Opening it with the sheets")
        key = keys.unlock(restored, shared=shared)
        say("Reading everything")
        copy = verify.Copy(restored, key, restored, restored / folder.OBJECTS_FOLDER)
        report = verify.in_own_process(copy)
    finally:
        shutil.rmtree(place, ignore_errors=True)
    return Drill(described.moment, report.newest, described.objects, time.monotonic() - began, report.findings)
