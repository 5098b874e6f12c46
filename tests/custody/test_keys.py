"""Keys in their text forms, against the vectors of golang.org/x/mod/sumdb/note (note_test.go)."""

from __future__ import annotations

import pytest
from tests.custody.vectors import SKEY, VKEY

from tumen.custody import Kind, MalformedKey, SigningKey, VerifierKey


def test_a_key_is_written_as_it_was_read() -> None:
    assert VerifierKey.parse(VKEY).text == VKEY
    assert SigningKey.parse(SKEY).text == SKEY
    assert SigningKey.parse(SKEY).verifier.text == VKEY
    assert VerifierKey.parse(VKEY).id.hex() == "c74f20a3"


@pytest.mark.parametrize("parse", [VerifierKey.parse, SigningKey.parse])
def test_no_part_of_a_key_is_a_key(parse: type) -> None:
    text = VKEY if parse == VerifierKey.parse else SKEY
    for start in range(len(text)):
        for end in range(start, len(text) + 1):
            if (start, end) != (0, len(text)):
                with pytest.raises(MalformedKey):
                    parse(text[start:end])


@pytest.mark.parametrize("parse", [VerifierKey.parse, SigningKey.parse])
def test_no_key_survives_a_changed_character(parse: type) -> None:
    text = VKEY if parse == VerifierKey.parse else SKEY
    for at, c in enumerate(text):
        with pytest.raises(MalformedKey):
            parse(text[:at] + chr(ord(c) + 1) + text[at + 1 :])


def test_a_key_of_wrong_length_or_algorithm_is_refused_even_with_a_fitting_id() -> None:
    for text in (
        "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
        "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
    ):
        with pytest.raises(MalformedKey):
            VerifierKey.parse(text)


def test_a_made_key_reads_back_and_the_two_kinds_have_different_ids() -> None:
    key = SigningKey.generate("증언.example/기록", Kind.COSIGNATURE)
    assert SigningKey.parse(key.text) == key
    plain = SigningKey(key.name, Kind.NOTE, key.seed)
    assert plain.verifier.public == key.verifier.public
    assert plain.verifier.id != key.verifier.id


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\u3000b", "a\nb", "a\x7f"])
def test_a_name_that_would_break_a_line_is_refused(name: str) -> None:
    with pytest.raises(MalformedKey):
        SigningKey.generate(name)


def test_the_secret_is_not_shown() -> None:
    key = SigningKey.parse(SKEY)
    assert key.seed.hex() not in repr(key) and repr(key.seed) not in repr(key)
    with pytest.raises(MalformedKey) as refused:
        SigningKey.parse(SKEY[:-4] + "AAAA")
    assert SKEY[40:60] not in str(refused.value)
