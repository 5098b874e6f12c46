"""What happens to folders: files cut off, opened by the wrong version, made read-only. Each is told in one line."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

import pytest
from django.db import connection
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, jobs, session, setup
from tumen.archive.backend.base import connect, plainly
from tumen.archive.errors import DamagedArchive, DiskFull, NewerArchive, NotWritable


def shut(archive: folder.Archive) -> Path:
    close_connections()
    folder.close()
    return archive.folder


@pytest.mark.parametrize("name", [folder.DATABASE_FILE, folder.IDENTITY_FILE])
def test_an_empty_file_is_damage_and_not_a_new_archive(archive: folder.Archive, name: str) -> None:
    place = shut(archive)
    os.truncate(place / name, 0)
    with pytest.raises(DamagedArchive, match=name):
        setup.open_archive(place, PASSPHRASE)
    assert (place / name).stat().st_size == 0


def test_an_archive_of_a_newer_version_is_left_alone(archive: folder.Archive) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('coding', '0999_later', '2030-01-01')"
        )
    place = shut(archive)
    with pytest.raises(NewerArchive, match="0999_later"):
        setup.open_archive(place, PASSPHRASE)
    assert not folder.is_open()


def test_damaged_identity_keys_are_a_finding_and_not_a_crash(
    archive: folder.Archive, capfd: pytest.CaptureFixture[str]
) -> None:
    identity.keys_for([1], make=True)
    place = shut(archive)
    with (place / folder.IDENTITY_FILE).open("r+b") as file:
        file.seek(4096 + 100)
        file.write(b"\xff" * 64)
    setup.open_archive(place, PASSPHRASE)
    found = [finding.what for finding in check.run()]
    assert any("damaged" in what for what in found)
    assert "sqlcipher" not in capfd.readouterr().err


def test_a_folder_that_cannot_be_written_is_told_as_that(archive: folder.Archive, tmp_path: Path) -> None:
    with pytest.raises(NotWritable, match="cannot be written"), plainly("opening"):
        connect(str(tmp_path / "gone" / "archive.db"), archive.key.derive("database"))


def test_an_archive_that_could_not_be_made_leaves_nothing_in_the_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = tmp_path / "new"

    def full() -> None:
        raise DiskFull("full")

    with monkeypatch.context() as patch:
        patch.setattr(setup, "migrate", full)
        with pytest.raises(DiskFull):
            setup.create(place, PASSPHRASE)
    assert not place.exists() and not folder.is_open()
    setup.create(place, PASSPHRASE)
    shut(folder.current())


def test_a_file_written_for_the_user_is_hers_alone_and_never_half_there(tmp_path: Path) -> None:
    with session.new_file(tmp_path / "whole.csv") as file:
        file.write(b"a,b")
    assert (tmp_path / "whole.csv").stat().st_mode & 0o777 == 0o600
    with pytest.raises(session.Failed, match="there already"), session.new_file(tmp_path / "whole.csv"):
        pass
    with pytest.raises(session.Failed, match="disk is full"), session.new_file(tmp_path / "half.csv") as file:
        file.write(b"a,")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["whole.csv"]


def test_a_trouble_that_lasts_is_logged_once(
    archive: folder.Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stop, calls = threading.Event(), []

    def gone() -> bool:
        calls.append(1)
        if len(calls) == 5:
            stop.set()
        raise FileNotFoundError("lock.jobs")

    monkeypatch.setattr(jobs, "run_next", gone)
    jobs.run_forever(stop, idle_seconds=0)
    assert len(calls) == 5 and caplog.text.count("could not go on") == 1


def test_a_page_that_a_power_cut_tore_is_no_damage_while_the_log_holds_it_whole(archive: folder.Archive) -> None:
    making.party(features="a scar")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(NOOP)")
        _busy, logged, carried = cursor.fetchone()
    assert logged > carried
    log = (archive.folder / f"{folder.DATABASE_FILE}-wal").read_bytes()
    last = 32 + (logged - 1) * (24 + 4096)  # the log's head, then each page behind a head that begins with its number
    page = int.from_bytes(log[last : last + 4], "big")
    with archive.database.open("r+b") as file:
        file.seek((page - 1) * 4096 + 100)
        file.write(b"torn" * 100)
    assert list(check.run(deep=True)) == []
