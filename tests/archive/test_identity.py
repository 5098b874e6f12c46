"""Identity keys: made once, erased for good."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from tests.archive import making
from tests.conftest import close_connections

from tumen.archive import check, folder, identity, versions
from tumen.archive.backend.base import connect
from tumen.archive.changes import change
from tumen.archive.errors import DamagedArchive, DamagedKeys, Erased, ErasureUnfinished, NoOwner, StaleEdit
from tumen.archive.sealed import blind, open_value, seal_value
from tumen.coding.models import Name, Relation

pytestmark = pytest.mark.usefixtures("archive")

PAGE, RESERVED, SALT = 16384, 48, 16


def pages(archive: folder.Archive) -> Iterator[bytes]:
    """Every page of identity-keys.db and every frame of its log, decrypted, whether or not the engine still uses it."""
    key = archive.key.derive("identity-keys")
    file = archive.identity_keys.read_bytes()
    salt = file[:SALT]
    for number in range(len(file) // PAGE):
        yield plain_page(key, salt, number + 1, file[number * PAGE : (number + 1) * PAGE])
    log = archive.identity_keys.with_name(archive.identity_keys.name + "-wal")
    if log.exists():
        content = log.read_bytes()
        for start in range(32, len(content) - PAGE, PAGE + 24):
            number = int.from_bytes(content[start : start + 4], "big")
            yield plain_page(key, salt, number, content[start + 24 : start + 24 + PAGE])


def plain_page(key: bytes, salt: bytes, number: int, page: bytes) -> bytes:
    """Undo SQLCipher 4's page encryption (AES-256-CBC, HMAC-SHA256), written from its design page."""
    mac_key = hashlib.pbkdf2_hmac("sha512", key, bytes(byte ^ 0x3A for byte in salt), 2, 32)
    start = SALT if number == 1 else 0
    body, tail = page[start : PAGE - RESERVED], page[PAGE - RESERVED :]
    mac = hmac.new(mac_key, body + tail[:16] + number.to_bytes(4, "little"), "sha256").digest()
    assert mac == tail[16:48], f"page {number} is not one of ours"
    decryptor = Cipher(algorithms.AES(key), modes.CBC(tail[:16])).decryptor()
    return decryptor.update(body) + decryptor.finalize()


def wrapped_key(owner: int) -> bytes:
    row = identity._connection().execute("SELECT wrapped FROM data_key WHERE owner = ?", (owner,)).fetchone()
    return bytes(row[0])


def test_a_destroyed_key_is_on_no_page_of_the_file_or_its_log(archive: folder.Archive) -> None:
    identity.keys_for(range(1, 400), make=True)
    hers, others = wrapped_key(77), wrapped_key(78)
    assert any(hers in page for page in pages(archive))
    assert identity.destroy([77]) == 1
    assert not any(hers in page or hers[12:] in page for page in pages(archive))
    assert any(others in page for page in pages(archive))
    with pytest.raises(Erased):
        identity.key_for(77)
    with pytest.raises(Erased):
        identity.keys_for([76, 77, 78], make=True)
    assert identity.destroy([77]) == 0


def test_erasing_leaves_no_readable_copy_live_or_old() -> None:
    party = making.party(features="a scar", contact="at her aunt's")
    with change(1, "name") as c:
        name = c.insert(Name, coding=party.coding, party=party, text="Kim Nobody", kind="full")
    with change(1, "spelling") as c:
        c.update(name, text="Gim Nobody")
        c.update(party, features="two scars")
    identity.destroy([party.pk])
    states = [version.state for record in (party, name) for version in versions.history(record)]
    assert len(states) == 4
    for state in states:
        assert "scar" not in str(state)
        assert "Nobody" not in str(state)
    with pytest.raises(Erased), change(1, "too late") as c:
        c.update(party, features="three scars")
    assert list(check.run(deep=True)) == []


def test_a_value_that_moves_to_another_owner_is_sealed_for_her_and_erased_with_her() -> None:
    one, two = making.party(), making.party()
    with change(1, "name") as c:
        name = c.insert(Name, coding=one.coding, party=one, text="Kim Nobody", kind="full")
    with change(1, "it was the other one's") as c:
        moved = c.update(name, party=two)
    assert making.opened(moved, "text") == "Kim Nobody"
    assert list(check.run(deep=True)) == []
    identity.destroy([two.pk])
    with pytest.raises(Erased):
        making.opened(Name.objects.get(), "text")


def test_two_editors_who_move_and_rename_are_merged() -> None:
    one, two = making.party(), making.party()
    with change(1, "name") as c:
        name = c.insert(Name, coding=one.coding, party=one, text="Kim Nobody", kind="full")
    with change(2, "theirs") as c:
        c.update(name, party=two)
    with change(3, "mine") as c:
        merged = c.update(name, base=1, text="Gim Nobody", party=one)
    assert (merged.party_id, making.opened(merged, "text")) == (two.pk, "Gim Nobody")
    with pytest.raises(StaleEdit) as caught, change(4, "mine") as c:
        c.update(name, base=1, text="Ghim Nobody")
    assert caught.value.fields == ["text"]
    assert "Nobody" not in str(caught.value.mine)


def test_a_sealed_value_needs_an_owner() -> None:
    party = making.party()
    relation = Relation(id=1, version=1, change=0, coding=party.coding)
    with pytest.raises(NoOwner, match="party_id is not set"), change(1, "nobody's") as c:
        c._assign(relation, {"note": "whose?"})


def test_threads_that_need_a_new_key_at_once_get_the_same(archive: folder.Archive) -> None:
    got: list[bytes] = []
    barrier = threading.Barrier(8)

    def ask() -> None:
        identity.readable([1])
        barrier.wait()
        got.append(identity.keys_for([4711], make=True)[4711])
        identity.close_connection()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 8
    assert len(set(got)) == 1


def test_a_key_destroyed_by_another_is_not_kept_in_memory(archive: folder.Archive) -> None:
    identity.keys_for([5], make=True)
    other = threading.Thread(target=lambda: (identity.destroy([5]), identity.close_connection()))
    other.start()
    other.join()
    with pytest.raises(Erased):
        identity.key_for(5)


def test_an_erasure_held_up_by_a_reader_says_so_and_can_be_finished(
    archive: folder.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity.keys_for([5], make=True)
    hers = wrapped_key(5)
    identity._connection().execute("PRAGMA busy_timeout = 50")
    reader = connect(str(archive.identity_keys), archive.key.derive("identity-keys"))
    reader.execute("BEGIN")
    reader.execute("SELECT * FROM data_key").fetchall()
    with pytest.raises(ErasureUnfinished):
        identity.destroy([5])
    reader.execute("COMMIT")
    reader.close()
    assert identity.destroy([5]) == 0
    assert not any(hers in page for page in pages(archive))


def test_keys_of_another_archive_or_of_an_older_day_are_told(archive: folder.Archive) -> None:
    party = making.party(features="a scar")
    close_connections()
    identity.close_connection()
    old = archive.identity_keys.read_bytes()
    identity._connection().execute("DELETE FROM data_key")
    with pytest.raises(DamagedKeys, match="older"):
        identity.key_for(party.pk)
    assert "keys" in {found.kind for found in check.run(deep=True)}
    identity._connection().execute("INSERT INTO data_key VALUES (?, ?, NULL)", (party.pk, bytes(60)))
    with pytest.raises(DamagedKeys, match="different archives"):
        identity.key_for(party.pk)
    identity.close_connection()
    archive.identity_keys.write_bytes(bytes(len(old)))
    with pytest.raises(DamagedArchive):
        identity.key_for(party.pk)


def test_a_sealed_value_opens_only_where_it_was_sealed() -> None:
    key = bytes(32)
    sealed = seal_value(key, 7, "features", 1, "a scar")
    assert open_value(key, 7, "features", sealed) == "a scar"
    wrong: list[tuple[Any, ...]] = [
        (key, 8, "features", sealed),
        (key, 7, "contact", sealed),
        (b"1" * 32, 7, "features", sealed),
    ]
    wrong += [(key, 7, "features", sealed[:n]) for n in range(len(sealed))]
    wrong += [(key, 7, "features", sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :]) for n in range(len(sealed))]
    for given in wrong:
        with pytest.raises(DamagedKeys):
            open_value(*given)


def test_a_blind_index_finds_spellings_alike_and_tells_nothing() -> None:
    assert blind("name", "Kim Yong-hui") == blind("name", "KIM YONGHUI") != blind("phone", "KIM YONGHUI")
    assert blind("name", "\u1100\u1175\u11b7") == blind("name", "김")


def test_the_index_is_made_and_taken_out_by_hand() -> None:
    from tumen.archive.models import BlindIndex

    party = making.party()
    with change(1, "index") as c:
        c.index(party, "features", "name", "Kim", owner=party.pk)
    assert BlindIndex.objects.filter(digest=blind("name", "kim")).get().record == party.pk
    with change(1, "index") as c:
        c.unindex(party, "name")
    assert not BlindIndex.objects.exists()
