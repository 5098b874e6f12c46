"""Signed notes (c2sp.org/signed-note) and timestamped cosignatures (c2sp.org/tlog-cosignature), by Ed25519.

A note is a text, a blank line, and one line for each signature. The text means nothing until a signature by a key that
the reader already trusts has been checked. Signatures by other keys are left alone, so that keys can change and second
parties can add theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tumen.custody.errors import AmbiguousKey, InvalidSignature, MalformedNote, NotBytes, UnsignedNote, WrongKindOfKey
from tumen.custody.keys import Kind, SigningKey, VerifierKey, from_base64, is_name, to_base64

MOST_SIGNATURES = 100
MOST_BYTES = 1_000_000
_DASH = "\N{EM DASH} "
_LATEST = 2**63 - 1


@dataclass(frozen=True)
class Signature:
    """A signature that was verified. `time` is POSIX seconds for a cosignature, None for a plain one."""

    name: str
    key_id: bytes
    time: int | None


@dataclass(frozen=True)
class VerifiedNote:
    """A note that a trusted key signed: its text with the last newline, who signed, how many lines are unknown."""

    text: bytes
    signatures: tuple[Signature, ...]
    unknown: int


@dataclass(frozen=True)
class _Line:
    """A signature line, not verified."""

    name: str
    key_id: bytes
    signature: bytes


def verify_note(text: bytes, verifier_keys: Sequence[str]) -> VerifiedNote:
    """Return the note in `text` once a signature by one of the `verifier_keys` (C2SP vkeys) has been verified.

    Every signature by a known key must hold. Raises MalformedKey, MalformedNote, AmbiguousKey, InvalidSignature,
    UnsignedNote, NotBytes.
    """
    keys = [VerifierKey.parse(key) for key in verifier_keys]
    body, lines = split_note(text)
    verified: dict[Signature, None] = {}
    unknown = 0
    for line in lines:
        fitting = [key for key in keys if (key.name, key.id) == (line.name, line.key_id)]
        if len(fitting) > 1:
            raise AmbiguousKey(f"{len(fitting)} of the keys given are called {line.name}+{line.key_id.hex()}.")
        if fitting:
            verified[_verified(fitting[0], line, body)] = None
        else:
            unknown += 1
    if not verified:
        raise UnsignedNote("The note is not signed by any of the keys given.")
    return VerifiedNote(body, tuple(verified), unknown)


def split_note(text: bytes) -> tuple[bytes, list[_Line]]:
    """Take a note apart into its text and signature lines, verifying nothing; raises MalformedNote, NotBytes."""
    if not isinstance(text, bytes):
        raise NotBytes(f"A note is given as bytes, not as {type(text).__name__}.")
    if len(text) > MOST_BYTES:
        raise MalformedNote(f"The note has {len(text)} bytes; at most {MOST_BYTES} are read.")
    try:
        readable = text.decode("utf-8")
    except UnicodeDecodeError as failed:
        raise MalformedNote(f"The note is not UTF-8 at byte {failed.start}.") from failed
    if any(c < " " and c != "\n" for c in readable):
        raise MalformedNote("The note holds a control character.")
    body, blank, signatures = readable.rpartition("\n\n")
    if not blank or not signatures.endswith("\n"):
        raise MalformedNote("A note ends with a blank line and signature lines, each with its newline.")
    lines = signatures[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise MalformedNote(f"The note has {len(lines)} signatures; at most {MOST_SIGNATURES} are read.")
    return (body + "\n").encode(), [_parsed(line) for line in lines]


def sign_note(text: bytes, *keys: SigningKey) -> bytes:
    """Return the note that says `text` (which ends with a newline), signed by keys of kind NOTE.

    Raises MalformedNote when the text cannot be that of a note, WrongKindOfKey.
    """
    for key in keys:
        _check_kind(key, Kind.NOTE)
    note = text + b"\n" + b"".join(_line(key, key.sign(text)) for key in keys)
    if split_note(note)[0] != text:
        raise MalformedNote("The text of a note ends with a newline.")
    return note


def cosignature_line(text: bytes, key: SigningKey, time: int) -> bytes:
    """Return the line by which a second party says that at `time` (POSIX seconds) it saw checkpoint `text`.

    The key is of kind COSIGNATURE; raises WrongKindOfKey.
    """
    _check_kind(key, Kind.COSIGNATURE)
    return _line(key, time.to_bytes(8, "big") + key.sign(_cosigned(time, text)))


def add_lines(note: bytes, lines: Iterable[bytes]) -> bytes:
    """Return the note with further signature lines; those it already has are not repeated. Raises MalformedNote."""
    split_note(note)
    joined = note + b"".join(line for line in dict.fromkeys(lines) if b"\n" + line not in note)
    split_note(joined)
    return joined


def _check_kind(key: SigningKey, kind: Kind) -> None:
    if key.kind is not kind:
        raise WrongKindOfKey(
            f"The key {key.name} is of kind {key.kind.name}; this is signed by one of kind {kind.name}."
        )


def _line(key: SigningKey, signature: bytes) -> bytes:
    return f"{_DASH}{key.name} {to_base64(key.verifier.id + signature)}\n".encode()


def _parsed(line: str) -> _Line:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space or not is_name(name):
        raise MalformedNote("A signature line reads: em dash, name, base64, with one space between.")
    try:
        data = from_base64(encoded)
    except ValueError as failed:
        raise MalformedNote(f"The signature of {name} is not base64.") from failed
    if len(data) < 5:
        raise MalformedNote(f"The signature of {name} is too short to be one.")
    return _Line(name, data[:4], data[4:])


def _verified(key: VerifierKey, line: _Line, body: bytes) -> Signature:
    signature, message, time = line.signature, body, None
    if key.kind is Kind.COSIGNATURE:
        time, signature = int.from_bytes(signature[:8], "big"), signature[8:]
        message = _cosigned(time, body)
        if time > _LATEST:
            raise InvalidSignature(f"The cosignature of {line.name} is of no possible time.")
    if not key.verifies(signature, message):
        raise InvalidSignature(f"The signature of {line.name} does not fit; the note or the signature was altered.")
    return Signature(line.name, line.key_id, time)


def _cosigned(time: int, body: bytes) -> bytes:
    return b"cosignature/v1\ntime %d\n" % time + body
