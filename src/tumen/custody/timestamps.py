"""RFC 3161 timestamps: an authority's signed word that bytes existed at a time. Only their hash leaves the house.

Requests and answers are files, so that whoever has a network may carry them; parsing and cryptography are those of
rfc3161-client. What is stamped is a checkpoint's text: it says nothing but a size and a hash, and stays the same when
signatures are added to the note.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from rfc3161_client import (
    HashAlgorithm,
    PKIStatus,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from tumen.custody.errors import TimestampMismatch, TimestampRefused, UnreadableTimestamp


@dataclass(frozen=True)
class TimestampRequest:
    """A request to send to an authority as `application/timestamp-query`, and the nonce its answer must repeat."""

    der: bytes
    nonce: int


def timestamp_request(data: bytes) -> TimestampRequest:
    """Return a request to stamp the SHA-512 of `data`, with a random nonce, asking for the authority's certificate."""
    request = TimestampRequestBuilder().data(data).hash_algorithm(HashAlgorithm.SHA512).cert_request(cert_request=True)
    built = request.build()
    nonce = built.nonce
    assert nonce is not None
    return TimestampRequest(built.as_bytes(), nonce)


def verify_timestamp(response: bytes, data: bytes, roots: Sequence[bytes], nonce: int | None = None) -> datetime:
    """Return the time that `response` (DER) proves for `data`, by an authority under one of the `roots` (PEM).

    Certificates count as of that time, not of today. `nonce` is that of the request, while it is still known. Raises
    UnreadableTimestamp, TimestampRefused, TimestampMismatch.
    """
    try:
        answer = decode_timestamp_response(response)
        trusted = [certificate for pem in roots for certificate in x509.load_pem_x509_certificates(pem)]
        status = PKIStatus(answer.status)
    except (ValueError, TypeError) as failed:
        raise UnreadableTimestamp(f"The timestamp or a root certificate cannot be read: {failed}") from failed
    if status is not PKIStatus.GRANTED:
        raise TimestampRefused(f"The authority answered {status.name} and granted no timestamp.")
    if not trusted:
        raise TimestampMismatch("A timestamp proves nothing without the certificate of an authority that is trusted.")
    try:
        VerifierBuilder(roots=trusted, nonce=nonce).build().verify_message(answer, data)
        return answer.tst_info.gen_time
    except (VerificationError, ValueError, TypeError) as failed:
        raise TimestampMismatch(f"The timestamp does not hold: {failed}") from failed
