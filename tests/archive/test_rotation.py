"""A new key-encryption key: everything opens as before, nothing opens with the old one."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from tests.archive import making
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import backup, check, folder, identity, keys, rotation, setup, wrapping
from tumen.archive.errors import DamagedKeys

OWNERS = range(1, 25_000)


def numbers() -> set[int]:
    """The numbers of the key-encryption keys under which data keys are wrapped now."""
    rows = identity._connection().execute("SELECT wrapped FROM data_key WHERE wrapped IS NOT NULL").fetchall()
    return {wrapping.number_of(bytes(wrapped)) for (wrapped,) in rows}


def test_after_a_rotation_every_key_opens_under_the_new_one_alone(archive: folder.Archive) -> None:
    before = identity.keys_for(OWNERS, make=True)
    old = keys.encryption_keys(archive.folder, archive.key)
    told: list[tuple[int, int]] = []
    assert rotation.rotate(lambda done, total: told.append((done, total))) == rotation.Rotated(2, len(OWNERS))
    assert told[-1] == (len(OWNERS), len(OWNERS))
    identity._local.cache.clear()
    assert identity.keys_for(OWNERS) == before
    assert numbers() == {2}
    new = keys.encryption_keys(archive.folder, archive.key)
    assert set(old) == {1} and set(new) == {2} and old[1] not in new.values()


def test_the_archive_opens_again_after_a_rotation(archive: folder.Archive) -> None:
    before = identity.keys_for([7], make=True)
    rotation.rotate()
    close_connections()
    folder.close()
    setup.open_archive(archive.folder, PASSPHRASE)
    assert identity.keys_for([7]) == before
    assert not list(check.run(deep=True))


def test_an_erased_key_stays_erased(archive: folder.Archive) -> None:
    identity.keys_for([7, 8], make=True)
    identity.destroy([7])
    rotation.rotate()
    assert set(identity.readable([7, 8])) == {8}


def test_a_rotation_that_was_broken_off_harms_nobody_and_is_finished_by_the_next(
    archive: folder.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = identity.keys_for(OWNERS, make=True)

    def killed(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotation.rotate(killed)
    assert numbers() == {1, 2} and rotation.unfinished()
    assert [finding.kind for finding in check.run()] == ["rotation"]
    identity._local.cache.clear()
    assert identity.keys_for(OWNERS) == before
    assert rotation.rotate().number == 2
    assert numbers() == {2} and not rotation.unfinished()


def _adopt(pipe: multiprocessing.connection.Connection) -> None:
    """Wrap a key, wait until somebody has rotated meanwhile, then store it, as a bulk job does; and make another."""
    wrapped = wrapping.known().wrap(100, b"k" * 32)
    pipe.send("wrapped")
    pipe.recv()
    identity.adopt([(100, wrapped)])
    pipe.send(identity.keys_for([101], make=True)[101])


def test_a_process_that_does_not_know_of_a_rotation_loses_no_key(archive: folder.Archive) -> None:
    identity.keys_for([1], make=True)
    close_connections()
    ours, theirs = multiprocessing.Pipe()
    worker = multiprocessing.get_context("fork").Process(target=_adopt, args=(theirs,))
    worker.start()
    assert ours.recv() == "wrapped"
    rotation.rotate()
    ours.send("go on")
    made = ours.recv()
    worker.join()
    assert numbers() == {2}
    assert identity.keys_for([100, 101]) == {100: b"k" * 32, 101: made}


def test_an_archive_from_before_key_encryption_keys_opens_and_can_be_rotated(archive: folder.Archive) -> None:
    made = identity.keys_for([5], make=True)
    as_it_was(archive)
    assert identity.keys_for([5]) == made
    assert numbers() == {0}
    identity.keys_for([6], make=True)
    assert numbers() == {0}
    assert rotation.rotate() == rotation.Rotated(1, 2)
    assert numbers() == {1}
    assert identity.keys_for([5]) == made
    assert set(keys.encryption_keys(archive.folder, archive.key)) == {1}


def as_it_was(archive: folder.Archive) -> None:
    """Make the archive one of format 1: data keys wrapped, without a number, under a derived key."""
    derived = wrapping.Wrapping({0: wrapping.AESGCM(archive.key.derive("identity-wrap"))})
    connection = identity._connection()
    for owner, wrapped in connection.execute("SELECT owner, wrapped FROM data_key").fetchall():
        again = derived.wrap(owner, wrapping.known().unwrap(owner, bytes(wrapped)))
        connection.execute("UPDATE data_key SET wrapped = ? WHERE owner = ?", (again, owner))
    connection.execute("PRAGMA user_version = 0")
    path = archive.folder / keys.KEYS_FILE
    content = json.loads(path.read_text())
    content = {"format": 1, "archive": content["archive"], "wraps": content["wraps"]}
    path.write_text(json.dumps({**content, "checksum": keys._checksum(content)}))
    folder.use(archive)


def test_keys_of_another_moment_are_told_as_such(archive: folder.Archive) -> None:
    identity.keys_for([5], make=True)
    earlier = (archive.folder / keys.KEYS_FILE).read_bytes()
    rotation.rotate()
    (archive.folder / keys.KEYS_FILE).write_bytes(earlier)
    folder.use(archive)
    with pytest.raises(DamagedKeys, match="different archives or days"):
        identity.keys_for([5])


def test_a_backup_from_before_a_rotation_opens_as_a_whole(archive: folder.Archive, tmp_path: Path) -> None:
    owner = making.party().pk
    made = identity.keys_for([owner], make=True)
    backup.backup(tmp_path / "backup")
    rotation.rotate()
    close_connections()
    folder.close()
    backup.restore(tmp_path / "backup", tmp_path / "restored")
    setup.open_archive(tmp_path / "restored", PASSPHRASE)
    assert identity.keys_for([owner]) == made
