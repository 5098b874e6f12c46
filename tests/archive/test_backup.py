"""Backup and restore: whole, checked, incremental, and never half a backup under its name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, objects, setup, verify, versions
from tumen.archive.backup import MANIFEST, backup, describe, restore
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.errors import AlreadyThere, DamagedArchive, NotABackup
from tumen.coding.models import Party
from tumen.guard.models import Compartment

pytestmark = pytest.mark.usefixtures("archive")


@pytest.fixture
def unchecked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check of the copy starts a process of its own, a second each time; two tests below let it."""
    monkeypatch.setattr(verify, "in_own_process", lambda copy: verify.Report([], versions.newest()))


def files_of(place: Path) -> set[str]:
    return {str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()}


def test_a_backup_restores_to_the_same_archive(tmp_path: Path) -> None:
    party = making.party(features="a scar")
    original = making.original(b"as it came" * 1000)
    made = backup(tmp_path / "backup")
    assert (made.newest, made.objects, made.copied) == (2, 1, 1)
    restore(tmp_path / "backup", tmp_path / "restored")
    close_connections()
    setup.open_archive(tmp_path / "restored", PASSPHRASE)
    assert list(check.run(deep=True)) == []
    assert making.opened(Party.objects.get(pk=party.pk), "features") == "a scar"
    assert b"".join(objects.read(original.pk, original.object)) == b"as it came" * 1000
    with change(1, "life goes on") as c:
        c.insert(Compartment, code="next", title="Next")


@pytest.mark.usefixtures("unchecked")
def test_a_second_backup_copies_new_objects_only_and_keeps_one_moment(tmp_path: Path) -> None:
    making.original(b"one")
    first = backup(tmp_path / "backup")
    making.original(b"two")
    told: list[tuple[int, int]] = []
    second = backup(tmp_path / "backup", progress=lambda done, total: told.append((done, total)))
    assert (second.objects, second.copied) == (2, 1)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert describe(tmp_path / "backup") == second
    assert not any(first.moment in name for name in files_of(tmp_path / "backup"))


@pytest.mark.usefixtures("unchecked")
def test_identity_keys_can_lie_apart_and_their_old_copies_go(tmp_path: Path) -> None:
    party = making.party(features="a scar")
    backup(tmp_path / "backup", keys_to=tmp_path / "keys")
    identity.destroy([party.pk])
    made = backup(tmp_path / "backup", keys_to=tmp_path / "keys")
    assert not any("identity" in name for name in files_of(tmp_path / "backup"))
    assert files_of(tmp_path / "keys") == {f"{made.moment}/identity-keys.db"}
    restore(tmp_path / "backup", tmp_path / "restored", keys_from=tmp_path / "keys")
    close_connections()
    setup.open_archive(tmp_path / "restored", PASSPHRASE)
    assert identity.readable([party.pk]) == {}


@pytest.mark.usefixtures("unchecked")
def test_an_erased_object_leaves_the_backup_too(tmp_path: Path) -> None:
    original = making.original(b"hers")
    backup(tmp_path / "backup")
    identity.destroy([original.pk])
    objects.erase(original.object)
    backup(tmp_path / "backup")
    assert not any(original.object in name for name in files_of(tmp_path / "backup"))


@pytest.mark.usefixtures("unchecked")
def test_an_open_batch_is_no_fault_of_a_backup(tmp_path: Path) -> None:
    bulk = open_bulk(1, "under way")
    bulk.insert(Compartment, ("code", "title"), [(bulk.ids(1), "c", "C")])
    backup(tmp_path / "backup")


def test_a_copy_that_is_not_whole_is_refused_and_the_former_backup_stays(
    tmp_path: Path, archive: folder.Archive
) -> None:
    original = making.original(b"as it came" * 1000)
    first = backup(tmp_path / "backup")
    path = objects.path_of(original.object)
    (tmp_path / "backup/objects" / path.parent.name / path.name).unlink()
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(DamagedArchive, match="damaged in chunk 0"):
        backup(tmp_path / "backup")
    assert describe(tmp_path / "backup") == first
    assert len([name for name in files_of(tmp_path / "backup") if name.endswith("archive.db")]) == 1
    assert "damaged in chunk 0" in backup(tmp_path / "elsewhere", despite=True).findings[0]


@pytest.mark.usefixtures("unchecked")
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, archive: folder.Archive) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    for place in (tmp_path / "letters", archive.folder, archive.folder / "objects"):
        with pytest.raises(AlreadyThere):
            backup(place)
    backup(tmp_path / "backup")
    with pytest.raises(AlreadyThere):
        restore(tmp_path / "backup", tmp_path / "letters")


@pytest.mark.usefixtures("unchecked")
def test_a_backup_of_another_archive_is_not_overwritten(tmp_path: Path) -> None:
    backup(tmp_path / "backup")
    close_connections()
    setup.create(tmp_path / "other", PASSPHRASE)
    with pytest.raises(AlreadyThere, match="another archive"):
        backup(tmp_path / "backup")


@pytest.mark.usefixtures("unchecked")
def test_what_is_no_backup_is_said_to_be_none(tmp_path: Path) -> None:
    with pytest.raises(NotABackup, match="no finished backup"):
        restore(tmp_path, tmp_path / "to")
    making.original(b"x" * 100)
    made = backup(tmp_path / "backup")
    manifest = tmp_path / "backup" / MANIFEST
    good = manifest.read_text()
    for bad in ("", "[]", "{}", good[:-9], json.dumps({**json.loads(good), "format": 9})):
        manifest.write_text(bad)
        with pytest.raises(NotABackup):
            restore(tmp_path / "backup", tmp_path / "to")
    manifest.write_text(good)
    for name in (f"{made.moment}/archive.db", f"{made.moment}/keys.json", f"keys/{made.moment}/identity-keys.db"):
        path = tmp_path / "backup" / name
        whole = path.read_bytes()
        path.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]))
        with pytest.raises(NotABackup, match="damaged"):
            restore(tmp_path / "backup", tmp_path / "to")
        path.write_bytes(whole)
    next((tmp_path / "backup/objects").glob("??/*")).write_bytes(b"short")
    with pytest.raises(NotABackup, match="cut short"):
        restore(tmp_path / "backup", tmp_path / "to")
    assert not (tmp_path / "to").exists()
