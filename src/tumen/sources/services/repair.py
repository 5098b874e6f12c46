"""Damaged and missing originals, put back from a backup."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tumen.archive import backup, identity, objects
from tumen.archive.errors import DamagedObject
from tumen.sources import queries
from tumen.sources.models import Original


@dataclass
class Repaired:
    """What a repair did: the originals put back, and those still damaged, each with what is wrong with it."""

    mended: list[int] = field(default_factory=list)
    left: list[tuple[int, str]] = field(default_factory=list)


def repair(source: Path, progress: Callable[[int, int], None] = lambda done, total: None) -> Repaired:
    """Read every original through, and put back those that are damaged or missing from the backup in `source`.

    What the backup has is read through before it takes a place. Erased ones stay away. Nothing of the log changes: an
    original is what it was when it came. `progress` is told (originals done, originals in all). Raises NotABackup,
    DiskFull.
    """
    backup.describe(source)
    report, total = Repaired(), Original.objects.count()
    for done, (original, owner) in enumerate(_readable(), 1):
        try:
            objects.verify(owner, original.object, original.sha256)
        except DamagedObject:
            try:
                kept = backup.object_in(source, original.object)
                objects.put_back(owner, original.object, original.sha256, kept)
                report.mended.append(original.pk)
            except DamagedObject as error:
                report.left.append((original.pk, f"the backup's copy: {error}"))
        progress(done, total)
    return report


def _readable() -> Iterator[tuple[Original, int]]:
    """Yield the originals that were not erased, with the id whose key opens each."""
    for original in Original.objects.order_by("pk").iterator(chunk_size=1000):
        owner = queries.keeper(original)
        if owner is not None and identity.readable([owner]):
            yield original, owner
