"""Keys: what opens an archive, what does not, and what is said when the file is damaged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import folder, ids, keys, setup
from tumen.archive.changes import change
from tumen.archive.errors import AlreadyThere, ArchiveClosed, DamagedArchive, DamagedKeys, NotAnArchive, WrongPassphrase
from tumen.archive.models import Pack
from tumen.guard.models import Compartment


def test_a_wrong_passphrase_opens_nothing(archive: folder.Archive) -> None:
    with pytest.raises(WrongPassphrase, match="passphrase does not open"):
        keys.unlock(archive.folder, "a guess")
    with pytest.raises(WrongPassphrase, match="key file does not open"):
        keys.unlock(archive.folder, key_file=b"a guess")


def test_a_changed_passphrase_opens_and_the_old_one_does_not(archive: folder.Archive) -> None:
    file = keys.new_key_file()
    keys.add_key_file(archive.folder, archive.key, file)
    keys.change_passphrase(archive.folder, archive.key, "another one")
    assert keys.unlock(archive.folder, "another one") == archive.key
    assert keys.unlock(archive.folder, key_file=file) == archive.key
    with pytest.raises(WrongPassphrase):
        keys.unlock(archive.folder, PASSPHRASE)


def test_the_same_words_open_whatever_way_the_keyboard_composes_them(archive: folder.Archive) -> None:
    keys.change_passphrase(archive.folder, archive.key, "\u1103\u116e\u1106\u1161\u11ab\u1100\u1161\u11bc")
    assert keys.unlock(archive.folder, "\ub450\ub9cc\uac15") == archive.key


def test_a_damaged_file_is_said_to_be_damaged_whichever_byte_it_is(archive: folder.Archive) -> None:
    path = archive.folder / keys.KEYS_FILE
    whole = path.read_bytes()
    for place in range(len(whole)):
        for bad in (whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :], whole[:place]):
            path.write_bytes(bad)
            try:
                opened = keys.unlock(archive.folder, PASSPHRASE)
            except DamagedKeys as error:
                assert "keys.json" in str(error)
            else:
                assert opened == archive.key  # white space


def test_a_file_of_a_newer_version_or_nonsense_is_told_so(archive: folder.Archive) -> None:
    path = archive.folder / keys.KEYS_FILE
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "format": 3}))
    with pytest.raises(DamagedKeys, match="newer version"):
        keys.unlock(archive.folder, PASSPHRASE)
    for wraps in ([{"kind": "passphrase"}], [{"kind": "passphrase", "salt": "*"}], [7], 7):
        _write(path, {**content, "wraps": wraps})
        with pytest.raises(DamagedKeys):
            keys.unlock(archive.folder, PASSPHRASE)
    wrap = {**content["wraps"][0], "argon2id": {"time": 1, "memory": 1 << 70, "lanes": 1}}
    _write(path, {**content, "wraps": [wrap]})
    with pytest.raises(DamagedKeys):
        keys.unlock(archive.folder, PASSPHRASE)


def _write(path: Path, content: dict[str, Any]) -> None:
    content = {name: value for name, value in content.items() if name != "checksum"}
    path.write_text(json.dumps({**content, "checksum": keys._checksum(content)}))


def test_opening_costs_one_argon2_and_connections_none(
    archive: folder.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_connections()
    folder.close()
    calls = []
    real = keys.hash_secret_raw
    monkeypatch.setattr(keys, "hash_secret_raw", lambda *given: calls.append(1) or real(*given))
    setup.open_archive(archive.folder, PASSPHRASE)
    for _ in range(3):
        assert Compartment.objects.count() == 0
        close_connections()
    assert len(calls) == 1


def test_the_cost_is_that_of_rfc_9106(full_cost: dict[str, int]) -> None:
    assert full_cost == {"time": 3, "memory": 64 * 1024, "lanes": 4}


def test_what_is_no_archive_is_said_to_be_none(tmp_path: Path, archive: folder.Archive) -> None:
    with pytest.raises(NotAnArchive, match="no folder"):
        folder.unlock(tmp_path / "nowhere", PASSPHRASE)
    with pytest.raises(NotAnArchive, match=r"no keys\.json"):
        folder.unlock(tmp_path, PASSPHRASE)
    with pytest.raises(AlreadyThere):
        setup.create(tmp_path, PASSPHRASE)


@pytest.mark.parametrize("name", ["archive.db", "identity-keys.db"])
def test_a_missing_file_is_not_replaced_by_an_empty_one(archive: folder.Archive, name: str) -> None:
    close_connections()
    folder.close()
    (archive.folder / name).unlink()
    with pytest.raises(DamagedArchive, match=name):
        setup.open_archive(archive.folder, PASSPHRASE)
    assert not (archive.folder / name).exists()


def test_a_damaged_database_is_told_and_the_archive_is_not_left_open(archive: folder.Archive) -> None:
    close_connections()
    folder.close()
    content = bytearray(archive.database.read_bytes())
    content[100] ^= 1
    archive.database.write_bytes(content)
    with pytest.raises(DamagedArchive):
        setup.open_archive(archive.folder, PASSPHRASE)
    assert not folder.is_open()
    with pytest.raises(ArchiveClosed):
        Compartment.objects.count()


def test_an_interrupted_creation_leaves_no_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def killed() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "migrate", killed)
    with pytest.raises(KeyboardInterrupt):
        setup.create(tmp_path / "new", PASSPHRASE)
    with pytest.raises(NotAnArchive):
        setup.open_archive(tmp_path / "new", PASSPHRASE)


def test_another_archive_is_another_database_also_for_a_connection_already_open(
    archive: folder.Archive, tmp_path: Path
) -> None:
    with change(1, "in the first") as c:
        c.insert(Compartment, code="first", title="First")
    setup.create(tmp_path / "second", PASSPHRASE, pack=7)
    assert Compartment.objects.count() == 0
    with change(1, "in the second") as c:
        made = c.insert(Compartment, code="second", title="Second")
    assert ids.split(made.pk) == (7, 2)
    assert Pack.objects.get().number == 7
    folder.use(archive)
    assert [one.code for one in Compartment.objects.all()] == ["first"]


def test_pack_numbers_fit_twelve_bits_and_counters_forty(tmp_path: Path) -> None:
    for bad in (-1, 4096):
        with pytest.raises(ValueError, match="between 0 and 4095"):
            setup.create(tmp_path / "new", PASSPHRASE, pack=bad)
    assert ids.make(4095, (1 << 40) - 1) < 1 << 53
    with pytest.raises(ValueError, match="out of range"):
        ids.make(0, 1 << 40)


def test_a_new_passphrase_is_long_and_never_the_same() -> None:
    assert setup.new_passphrase() != setup.new_passphrase()
    assert len(setup.new_passphrase().split("-")) == 6


def test_the_key_never_shows_itself(archive: folder.Archive) -> None:
    assert archive.key.secret.hex() not in repr(archive) + str(archive.key)
    archive.key.derive("x")
    assert archive.key.derive("x").hex() not in repr(archive.key)
