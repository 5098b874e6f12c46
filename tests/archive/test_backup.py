"""Backup and restore: whole, checked, incremental, and never half a backup under its name."""

from __future__ import annotations

import json
import multiprocessing
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, moments, objects, setup, verify, versions
from tumen.archive.backup import MANIFEST, backup, describe, held, last_verified, restore
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.errors import AlreadyThere, DamagedArchive, NotABackup
from tumen.archive.moments import Keeping
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
def test_a_second_backup_writes_what_is_new_only_and_the_first_moment_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(moments, "kept", lambda names, *_: set(names))  # as if days had passed between
    making.original(b"one")
    first = backup(tmp_path / "backup")
    party = making.party(features="a scar")
    making.original(b"two")
    told: list[tuple[int, int]] = []
    second = backup(tmp_path / "backup", progress=lambda done, total: told.append((done, total)))
    assert (second.objects, second.copied) == (2, 1)
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert describe(tmp_path / "backup") == second
    assert held(tmp_path / "backup")[1:] == [second]
    third = backup(tmp_path / "backup")
    assert third.written < first.written / 4
    for at, parties in ((first.moment, 0), (second.moment, 1), (None, 1)):
        to = tmp_path / f"restored-{at}"
        restore(tmp_path / "backup", to, at=at)
        close_connections()
        setup.open_archive(to, PASSPHRASE)
        assert list(check.run(deep=True)) == []
        assert Party.objects.filter(pk=party.pk).count() == parties


@pytest.mark.usefixtures("unchecked")
def test_moments_that_are_not_kept_go_with_their_pieces_keys_and_originals(
    tmp_path: Path, archive: folder.Archive
) -> None:
    making.original(b"one")
    for _ in range(4):
        making.party()
        made = backup(tmp_path / "backup", tmp_path / "keys")
    names = [one.moment for one in held(tmp_path / "backup")]
    assert names == [made.moment]  # of one day the last
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {made.moment}
    listed = (tmp_path / "backup" / made.moment / "pieces.txt").read_text().split()
    assert {path.name for path in (tmp_path / "backup/pieces").glob("??/*")} == set(listed[1::2])


@pytest.mark.usefixtures("unchecked")
def test_once_its_window_has_passed_an_erased_person_opens_from_no_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    party, original = making.party(features="a scar"), making.original(b"hers")
    place, keys_to = tmp_path / "backup", tmp_path / "keys"
    backup(place, keys_to, keeping=Keeping(9, 9, 9))
    sealed = bytes(Party.objects.get(pk=party.pk).features)
    identity.destroy([party.pk, original.pk])
    objects.erase(original.object)
    backup(place, keys_to, keeping=Keeping(9, 9, 9))
    assert len(held(place)) == 1  # of one day the last
    monkeypatch.setattr(moments, "kept", lambda names, *_: set(names))  # as if the days between had passed
    first, last = backup(place, keys_to), backup(place, keys_to)
    monkeypatch.undo()
    later = datetime.now(UTC) + timedelta(days=31)
    erased = identity.last_destroyed()
    assert moments.kept([first.moment, last.moment], Keeping(), erased, later) == {last.moment}
    for one in held(place):
        restore(place, tmp_path / one.moment, keys_from=keys_to, at=one.moment)
        close_connections()
        setup.open_archive(tmp_path / one.moment, PASSPHRASE)
        assert identity.readable([party.pk, original.pk]) == {}
        assert bytes(Party.objects.get(pk=party.pk).features) == sealed
        assert not objects.path_of(original.object).exists()


@given(
    days=st.lists(st.integers(0, 900), min_size=1, max_size=60),
    daily=st.integers(0, 9),
    weekly=st.integers(0, 9),
    monthly=st.integers(0, 14),
    erased=st.none() | st.integers(0, 900),
)
def test_the_newest_moment_stays_and_as_many_days_weeks_and_months_as_were_asked_for(
    days: list[int], daily: int, weekly: int, monthly: int, erased: int | None
) -> None:
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    at = {moments.name_of(now - timedelta(days=day)): now - timedelta(days=day) for day in days}
    when = None if erased is None else now - timedelta(days=erased)
    stay = moments.kept(at, Keeping(daily, weekly, monthly, 30), when, now)
    assert max(at) in stay
    if erased is None or erased < 30:
        for period, count in ((datetime.date, daily), (lambda t: t.isocalendar()[:2], weekly), (month, monthly)):
            newest = sorted({period(time) for time in at.values()}, reverse=True)[:count]
            assert set(newest) <= {period(at[name]) for name in stay}
        assert len(stay) <= max(1, daily + weekly + monthly)
    else:
        assert all(at[name] >= when for name in stay - {max(at)})


def month(at: datetime) -> tuple[int, int]:
    return at.year, at.month


def _write_on(path: str, stop: Any) -> None:
    """Edit, and carry the log over, again and again."""
    setup.open_archive(Path(path), PASSPHRASE)
    while not stop.is_set():
        for _ in range(3):
            making.party(features="x" * 9000)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(RESTART)")


def test_every_moment_is_whole_however_much_is_written_meanwhile(
    tmp_path: Path, archive: folder.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify, "in_own_process", lambda copy: verify.Report([], versions.newest()))
    monkeypatch.setattr(moments, "kept", lambda names, *_: set(names))
    context = multiprocessing.get_context("spawn")
    stop = context.Event()
    writers = [context.Process(target=_write_on, args=(str(archive.folder), stop)) for _ in range(2)]
    for writer in writers:
        writer.start()
    try:
        while not Party.objects.exists():
            time.sleep(0.1)
        for _ in range(6):
            backup(tmp_path / "backup")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    counts = []
    for one in held(tmp_path / "backup"):
        restore(tmp_path / "backup", tmp_path / one.moment, at=one.moment)
        close_connections()
        setup.open_archive(tmp_path / one.moment, PASSPHRASE)
        assert list(check.run(deep=True)) == []
        counts.append(Party.objects.count())
    assert counts == sorted(counts) and counts[-1] > counts[0]


@pytest.mark.usefixtures("unchecked")
def test_a_piece_that_rotted_is_told_by_a_restore_and_mended_by_the_next_backup(tmp_path: Path) -> None:
    making.party(features="a scar")
    backup(tmp_path / "backup")
    piece = next((tmp_path / "backup/pieces").glob("??/*"))
    piece.write_bytes(piece.read_bytes()[:-1] + b"!")
    with pytest.raises(NotABackup, match="missing or damaged"):
        restore(tmp_path / "backup", tmp_path / "to")
    assert not (tmp_path / "to/keys.json").exists()
    backup(tmp_path / "backup")
    restore(tmp_path / "backup", tmp_path / "again")


def test_the_last_verified_backup_is_remembered(tmp_path: Path, archive: folder.Archive) -> None:
    assert last_verified() is None
    made = backup(tmp_path / "backup")
    found = last_verified()
    assert found is not None
    assert (moments.name_of(found.at), found.newest, found.to) == (made.moment, made.newest, str(tmp_path / "backup"))


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
    assert not [name for name in files_of(tmp_path / "backup") if name.endswith("archive.db")]
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
    for name in (f"{made.moment}/pieces.txt", f"{made.moment}/keys.json", f"keys/{made.moment}/identity-keys.db"):
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
