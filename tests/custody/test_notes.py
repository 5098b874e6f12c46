"""Signed notes, against the vectors of golang.org/x/mod/sumdb/note and the words of c2sp.org/signed-note."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.custody.vectors import ENOCH, ENOCH_LINE, NOTE, PETER_LINE, SKEY, TEXT, VKEY

from tumen.custody import (
    AmbiguousKey,
    CustodyError,
    InvalidSignature,
    Kind,
    MalformedKey,
    MalformedNote,
    NotBytes,
    SigningKey,
    UnsignedNote,
    WrongKindOfKey,
    add_lines,
    cosignature_line,
    sign_note,
    verify_note,
)


def test_the_published_note_verifies_and_signing_makes_the_same_bytes() -> None:
    note = verify_note(NOTE, [VKEY])
    assert (note.text, note.unknown) == (TEXT, 0)
    assert [(one.name, one.key_id.hex(), one.time) for one in note.signatures] == [("PeterNeumann", "c74f20a3", None)]
    assert sign_note(TEXT, SigningKey.parse(SKEY)) == NOTE


def test_signatures_by_unknown_keys_are_left_alone() -> None:
    both = NOTE + ENOCH_LINE
    assert [one.name for one in verify_note(both, [VKEY]).signatures] == ["PeterNeumann"]
    assert verify_note(both, [VKEY]).unknown == 1
    assert [one.name for one in verify_note(both, [VKEY, ENOCH]).signatures] == ["PeterNeumann", "EnochRoot"]
    same_name = SigningKey.generate("PeterNeumann")
    assert verify_note(sign_note(TEXT, same_name) + PETER_LINE, [VKEY]).unknown == 1


def test_a_note_without_a_known_signature_is_refused() -> None:
    for keys in ([], [ENOCH]):
        with pytest.raises(UnsignedNote):
            verify_note(NOTE, keys)


def test_a_known_signature_that_does_not_fit_spoils_the_note_wherever_it_stands() -> None:
    key = SigningKey.parse(SKEY)
    other_line = sign_note(b"other\n", key).split(b"\n\n")[1]
    for note in (TEXT + b"\n" + other_line, NOTE + other_line, TEXT + b"\n" + other_line + PETER_LINE):
        with pytest.raises(InvalidSignature):
            verify_note(note, [VKEY])
    with pytest.raises(InvalidSignature):
        verify_note(NOTE.replace(b"think", b"thinK"), [VKEY])
    long_line = PETER_LINE[:60] + b"ABCD" + PETER_LINE[60:]
    with pytest.raises(InvalidSignature):
        verify_note(TEXT + b"\n" + long_line, [VKEY])


def test_a_repeated_signature_counts_once() -> None:
    assert len(verify_note(NOTE + PETER_LINE, [VKEY]).signatures) == 1


def test_a_key_given_twice_is_ambiguous_once_it_is_needed() -> None:
    with pytest.raises(AmbiguousKey):
        verify_note(NOTE, [VKEY, VKEY])
    assert verify_note(NOTE, [ENOCH, VKEY, ENOCH]).text == TEXT


def test_a_hundred_signatures_are_read_and_no_more() -> None:
    assert len(verify_note(TEXT + b"\n" + PETER_LINE * 100, [VKEY]).signatures) == 1
    with pytest.raises(MalformedNote):
        verify_note(TEXT + b"\n" + PETER_LINE * 101, [VKEY])
    with pytest.raises(MalformedNote):
        verify_note(b"a" * 1_000_000 + b"\n\n" + PETER_LINE, [VKEY])


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n",
        TEXT,
        TEXT + b"\n",
        TEXT + PETER_LINE,
        TEXT + b"\n" + PETER_LINE[:-1],
        b"\x01" + NOTE,
        b"\xff" + NOTE,
        TEXT.replace(b"\n", b"\r\n") + b"\n" + PETER_LINE,
        b"a\tb\n" + b"\n" + PETER_LINE,
        TEXT + b"\n" + "— Bad Name x08go/ZJ\n".encode(),
        TEXT + b"\n" + "— Bad+Name x08go/ZJ\n".encode(),
        TEXT + b"\n" + "— Bad\u00a0Name x08go/ZJ\n".encode(),
        TEXT + b"\n" + "—  x08go/ZJ\n".encode(),
        TEXT + b"\n" + "— PeterNeumann\n".encode(),
        TEXT + b"\n" + "— PeterNeumann \n".encode(),
        TEXT + b"\n" + "— PeterNeumann x08gow==\n".encode(),
        TEXT + b"\n" + PETER_LINE.replace(b"=\n", b"\n"),
        TEXT + b"\n" + PETER_LINE.replace(b"AM=\n", b"AN=\n"),
        TEXT + b"\n" + PETER_LINE.replace("— ".encode(), b"- "),
        TEXT + b"\n" + PETER_LINE + b"Unexpected line.\n",
        TEXT + b"\n" + PETER_LINE + b"\n",
    ],
)
def test_a_note_that_breaks_the_format_is_refused(note: bytes) -> None:
    with pytest.raises(MalformedNote):
        verify_note(note, [VKEY])


def test_only_bytes_are_a_note_and_only_keys_are_keys() -> None:
    with pytest.raises(NotBytes):
        verify_note(NOTE.decode(), [VKEY])  # type: ignore[arg-type]
    with pytest.raises(MalformedKey):
        verify_note(NOTE, ["PeterNeumann"])


def test_the_text_is_parted_from_the_signatures_by_the_last_blank_line() -> None:
    key = SigningKey.generate("a.example")
    text = "하나\n\n— a.example looks like a line\n\n끝\n".encode()
    assert verify_note(sign_note(text, key), [key.verifier.text]).text == text


@pytest.mark.parametrize("text", [b"no newline", b"", b"\x00\n", b"\xff\n"])
def test_what_is_no_text_of_a_note_is_not_signed(text: bytes) -> None:
    with pytest.raises(MalformedNote):
        sign_note(text, SigningKey.parse(SKEY))


def test_a_cosignature_carries_its_time_and_is_of_its_text() -> None:
    witness = SigningKey.generate("witness.example/w1", Kind.COSIGNATURE)
    note = add_lines(NOTE, [cosignature_line(TEXT, witness, 1_679_315_147)])
    both = verify_note(note, [VKEY, witness.verifier.text])
    assert [one.time for one in both.signatures] == [None, 1_679_315_147]
    latest = add_lines(NOTE, [cosignature_line(TEXT, witness, 2**63 - 1)])
    assert verify_note(latest, [witness.verifier.text]).signatures[0].time == 2**63 - 1
    with pytest.raises(InvalidSignature):
        verify_note(add_lines(NOTE, [cosignature_line(b"other\n", witness, 1)]), [witness.verifier.text])
    with pytest.raises(InvalidSignature):
        verify_note(add_lines(NOTE, [cosignature_line(TEXT, witness, 2**63)]), [witness.verifier.text])


def test_a_key_signs_only_what_it_is_for() -> None:
    with pytest.raises(WrongKindOfKey):
        sign_note(TEXT, SigningKey.generate("a", Kind.COSIGNATURE))
    with pytest.raises(WrongKindOfKey):
        cosignature_line(TEXT, SigningKey.generate("a"), 1)


def test_adding_a_line_twice_adds_it_once() -> None:
    assert add_lines(NOTE, [ENOCH_LINE, ENOCH_LINE, PETER_LINE]) == NOTE + ENOCH_LINE
    with pytest.raises(MalformedNote):
        add_lines(NOTE, [b"anything\n"])


@given(st.integers(0, len(NOTE) - 1), st.integers(0, 7))
def test_no_note_survives_a_flipped_bit(at: int, bit: int) -> None:
    changed = bytearray(NOTE)
    changed[at] ^= 1 << bit
    with pytest.raises(CustodyError):
        verify_note(bytes(changed), [VKEY])


@given(st.binary(max_size=300))
def test_any_bytes_are_refused_without_another_failure(data: bytes) -> None:
    for note in (data, TEXT + b"\n" + data, TEXT + "\n— PeterNeumann ".encode() + data):
        with pytest.raises(CustodyError):
            verify_note(note, [VKEY])
