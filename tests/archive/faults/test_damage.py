"""Bits that flip and files that are cut short, anywhere in an archive or a backup: told plainly, never passed over."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, moments, setup, verify, versions
from tumen.archive.backup import backup, restore
from tumen.archive.errors import ArchiveError, DiskFull
from tumen.coding.models import Party
from tumen.counting.store import store
from tumen.sources.services import repair

FEATURES = [f"scar {n}" for n in range(40)]


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """An archive with rows, sealed values, originals and kept columns, closed, and a backup of two moments."""
    place = tmp_path_factory.mktemp("whole")
    shutil.copytree(template, place / "archive")
    setup.open_archive(place / "archive", PASSPHRASE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "in_own_process", lambda copy: verify.Report([], versions.newest()))
        patch.setattr(moments, "kept", lambda names, *_: set(names))
        for features in FEATURES:
            making.party(features=features)
        backup(place / "backup")
        for n in range(3):
            making.original(b"as it came %d" % n * 50_000)
        store().warm()
        store().save()
        backup(place / "backup")
    shut()
    yield place


def shut() -> None:
    close_connections()
    folder.close()


def damage(root: Path, choose: random.Random) -> Path:
    """Flip one bit of a file below `root`, or cut it short, the larger files more often; return which."""
    files = [path for path in sorted(root.rglob("*")) if path.is_file() and path.stat().st_size]
    path = choose.choices(files, [path.stat().st_size ** 0.5 for path in files])[0]
    content = bytearray(path.read_bytes())
    at = choose.randrange(len(content))
    if choose.random() < 0.3:
        del content[at:]
    else:
        content[at] ^= 1 << choose.randrange(8)
    path.write_bytes(content)
    return path


def everything_reads() -> None:
    shown = [making.opened(party, "features") for party in Party.objects.order_by("pk")]
    assert shown[: len(FEATURES)] == FEATURES


def damaged_archive(whole: Path, place: Path, choose: random.Random) -> None:
    """Damage an archive: it refuses to open, or `check` finds it, or what was hit does not matter to anybody."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole / "archive", place / "archive")
    hit = damage(place / "archive", choose)
    where = hit.relative_to(place / "archive")
    try:
        setup.open_archive(place / "archive", PASSPHRASE)
        found = list(check.run(deep=True))
        if not found:
            everything_reads()
        elif where.parts[0] == "objects":
            assert {finding.kind for finding in found} <= {"object", "stray"}, (where, found)
            assert repair(whole / "backup").left == []
            assert list(check.run(deep=True)) == []
            everything_reads()
        else:
            assert where.name in ("archive.db", "identity-keys.db"), (where, found)
            assert any(where.name in finding.what for finding in found) or hit.name == "archive.db", (where, found)
    except ArchiveError as error:
        assert where.name in ("archive.db", "identity-keys.db", "keys.json"), (where, error)
        assert not isinstance(error, DiskFull)
    finally:
        shut()


def damaged_backup(whole: Path, place: Path, choose: random.Random) -> None:
    """Damage a backup: a restore refuses it, or what it restores is whole."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(whole / "backup", place / "backup")
    hit = damage(place / "backup", choose)
    try:
        restore(place / "backup", place / "restored")
        setup.open_archive(place / "restored", PASSPHRASE)
        found = {finding.kind for finding in check.run(deep=True)}
        if "objects" in hit.parts:
            assert found <= {"object"}
        else:
            assert not found
        everything_reads()
    except ArchiveError as error:
        assert hit.name in str(error) or hit.name == "backup.json", (hit, error)
        assert not (place / "restored" / "keys.json").exists()
    finally:
        shut()


@pytest.mark.parametrize("damaged", [damaged_archive, damaged_backup])
def test_damage_is_told_or_does_not_matter(whole: Path, tmp_path: Path, damaged: object) -> None:
    choose = random.Random(os.environ.get("TUMEN_SEED", 5))
    for _ in range(8):
        damaged(whole, tmp_path / "place", choose)  # type: ignore[operator]


@pytest.mark.soak
@pytest.mark.parametrize("damaged", [damaged_archive, damaged_backup])
def test_much_damage_is_told_or_does_not_matter(whole: Path, tmp_path: Path, damaged: object) -> None:
    """Together with the kills, full disks and power cuts of test_faults: a thousand faults and more."""
    choose = random.Random()
    for _ in range(250):
        damaged(whole, tmp_path / "place", choose)  # type: ignore[operator]
