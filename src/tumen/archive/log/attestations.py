"""What others signed about a checkpoint: second parties that follow the log, and time-stamping authorities.

Neither learns what the archive holds: they see the log's name, a number, a day, a size and a hash. Each attestation is
kept with the key it was verified by, so that it can be verified again when nobody remembers where that came from.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction

from tumen.archive.backend.base import plainly
from tumen.archive.errors import UnknownCheckpoint
from tumen.archive.log import checkpoints, tree
from tumen.archive.log.checkpoints import Signed
from tumen.archive.models import Attestation, Checkpoint
from tumen.custody import (
    Kind,
    TimestampMismatch,
    UnreadableTimestamp,
    UnsignedNote,
    VerifierKey,
    countersign_request,
    verify_note,
    verify_timestamp,
)
from tumen.custody.notes import split_note


@dataclass(frozen=True)
class Attested:
    """An attestation that was verified: who signed, when they say they did, about which checkpoint."""

    kind: str
    by: str
    at: datetime
    checkpoint: int


def request(signed: Signed, since: int) -> bytes:
    """Return the file to hand to a second party that last countersigned at `since` leaves, 0 for never."""
    proof = tree.LogTree().consistency_proof(since, signed.statement.size)
    return countersign_request(since, proof, signed.note)


def countersigned_at() -> int:
    """Return the size at which the log was last countersigned, 0 for never."""
    row = Attestation.objects.filter(kind=Attestation.Kind.COSIGNATURE).order_by("-checkpoint_id", "-pk").first()
    return checkpoints.get(row.checkpoint_id).statement.size if row else 0


def known_keys() -> list[str]:
    """Return the verifier keys of the second parties whose countersignatures are kept, in the order they came."""
    rows = Attestation.objects.filter(kind=Attestation.Kind.COSIGNATURE).order_by("pk")
    return list(dict.fromkeys(bytes(trust).decode() for trust in rows.values_list("trust", flat=True)))


def take_in(note: bytes, keys: Sequence[str]) -> list[Attested]:
    """Keep the countersignatures in a note that came back, by these keys and those known; return those that are new.

    Raises UnknownCheckpoint when the note is of none of ours, UnsignedNote when no key fits, what `verify_note` does.
    """
    text, lines = split_note(note)
    row = next((row for row in Checkpoint.objects.order_by("-pk") if split_note(bytes(row.note))[0] == text), None)
    if row is None:
        raise UnknownCheckpoint("This is no checkpoint that this archive made: nothing was taken in.")
    trusted = [key for key in dict.fromkeys([*keys, *known_keys()]) if VerifierKey.parse(key).kind is Kind.COSIGNATURE]
    by_id = {(key.name, key.id): key for key in map(VerifierKey.parse, trusted)}
    verify_note(note, trusted)
    new = []
    with plainly("keeping a countersignature"), transaction.atomic(durable=True):
        for line, whole in zip(lines, note.splitlines(keepends=True)[-len(lines) :], strict=True):
            key = by_id.get((line.name, line.key_id))
            if key is None or row.attestations.filter(content=whole).exists():
                continue
            kept = _keep(row, Attestation.Kind.COSIGNATURE, whole, key.text.encode())
            new.append(verified(kept))
    return new


def add_timestamp(signed: Signed, response: bytes, root: bytes, nonce: int | None) -> Attested:
    """Keep an authority's answer about a checkpoint, verified under its root certificate (PEM).

    Raises UnreadableTimestamp, TimestampRefused, TimestampMismatch.
    """
    try:
        certificate = x509.load_pem_x509_certificate(root)
    except ValueError as failed:
        raise UnreadableTimestamp("The authority's root certificate is not PEM.") from failed
    der = certificate.public_bytes(Encoding.DER)
    verify_timestamp(response, _stamped(signed), [_pem(der)], nonce)
    with plainly("keeping a timestamp"), transaction.atomic(durable=True):
        row = Checkpoint.objects.get(pk=signed.number)
        return verified(_keep(row, Attestation.Kind.TIMESTAMP, response, der))


def verified(row: Attestation) -> Attested:
    """Return what a stored attestation says, once it is verified. Raises CustodyError."""
    signed, content, trust = checkpoints.read(row.checkpoint), bytes(row.content), bytes(row.trust)
    if row.kind == Attestation.Kind.TIMESTAMP:
        at = verify_timestamp(content, _stamped(signed), [_pem(trust)])
        by = x509.load_der_x509_certificate(trust).subject.rfc4514_string()
        return Attested(row.kind, by, at, signed.number)
    if row.kind != Attestation.Kind.COSIGNATURE:
        raise UnsignedNote(f"Attestation {row.pk} is of no known kind.")
    text = split_note(signed.note)[0]
    (signature,) = verify_note(text + b"\n" + content, [trust.decode()]).signatures
    assert signature.time is not None
    return Attested(row.kind, signature.name, datetime.fromtimestamp(signature.time, UTC), signed.number)


def _stamped(signed: Signed) -> bytes:
    """Return what authorities stamp: the text, which stays when signatures are added."""
    return split_note(signed.note)[0]


def _pem(der: bytes) -> bytes:
    """Return a root certificate as PEM. Raises UnreadableTimestamp, TimestampMismatch when it does not sign itself."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        certificate.verify_directly_issued_by(certificate)
    except InvalidSignature as failed:
        raise TimestampMismatch("The root certificate is not what its owner signed.") from failed
    except (ValueError, TypeError) as failed:
        raise UnreadableTimestamp(f"This is no root certificate: {failed}") from failed
    return certificate.public_bytes(Encoding.PEM)


def _keep(row: Checkpoint, kind: Attestation.Kind, content: bytes, trust: bytes) -> Attestation:
    return Attestation.objects.create(checkpoint=row, kind=kind, content=content, trust=trust)
