"""Originals that rotted or went missing are put back from a backup; erased ones are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.archive import making
from tests.archive.test_recovery import secrets_of, tumen

from tumen.archive import check, folder, identity, objects
from tumen.archive.backup import backup
from tumen.archive.errors import NotABackup
from tumen.sources.models import Original
from tumen.sources.services import repair

pytestmark = pytest.mark.usefixtures("archive")
__all__ = ["secrets_of"]


def spoil(original: Original) -> None:
    path = objects.path_of(original.object)
    path.write_bytes(path.read_bytes()[:-1] + b"!")


def test_a_damaged_and_a_missing_original_come_back_and_a_whole_one_is_left_alone(tmp_path: Path) -> None:
    whole, damaged, missing = (making.original(f"{n} as it came".encode() * 9000) for n in range(3))
    backup(tmp_path / "backup")
    untouched = objects.path_of(whole.object).stat()
    spoil(damaged)
    objects.path_of(missing.object).unlink()
    assert {found.kind for found in check.run(deep=True)} == {"object"}
    assert repair(tmp_path / "backup").mended == [damaged.pk, missing.pk]
    assert list(check.run(deep=True)) == []
    assert objects.path_of(whole.object).stat() == untouched


def test_a_copy_that_is_damaged_too_takes_no_place(tmp_path: Path) -> None:
    original = making.original(b"as it came" * 9000)
    backup(tmp_path / "backup")
    spoil(original)
    bad = objects.path_of(original.object).read_bytes()
    kept = tmp_path / "backup/objects" / original.object[:2] / original.object
    for content in (kept.read_bytes()[:-9], kept.read_bytes()[::-1]):
        kept.write_bytes(content)
        [(number, what)] = repair(tmp_path / "backup").left
        assert number == original.pk and "the backup's copy" in what
        assert objects.path_of(original.object).read_bytes() == bad
    kept.unlink()
    assert "missing" in repair(tmp_path / "backup").left[0][1]


def test_what_was_erased_is_not_brought_back(tmp_path: Path) -> None:
    original = making.original(b"hers")
    backup(tmp_path / "backup")
    identity.destroy([original.pk])
    objects.erase(original.object)
    done = repair(tmp_path / "backup")
    assert (done.mended, done.left) == ([], [])
    assert not objects.path_of(original.object).exists()
    with pytest.raises(NotABackup):
        repair(tmp_path)


def test_the_command_says_what_it_put_back(archive: folder.Archive, secrets_of: list[str], tmp_path: Path) -> None:
    original = making.original(b"as it came")
    backup(tmp_path / "backup")
    spoil(original)
    done = tumen("--archive", archive.folder, *secrets_of, "repair", tmp_path / "backup")
    assert done.exit_code == 0 and "Put back: 1" in done.output
