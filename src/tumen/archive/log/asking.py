"""Asking a time-stamping authority over the network: the one thing here that reaches out, and only when called."""

from __future__ import annotations

import urllib.error
import urllib.request
from http.client import HTTPException

from tumen.archive.errors import ArchiveError
from tumen.archive.log import attestations
from tumen.archive.log.attestations import Attested
from tumen.archive.log.checkpoints import Signed
from tumen.custody import timestamp_request
from tumen.custody.notes import split_note

SECONDS = 30
MOST_BYTES = 1_000_000


class NoAnswer(ArchiveError):
    """The time-stamping authority could not be reached, or did not answer as one; nothing was kept."""


def stamp(signed: Signed, authority: str, root: bytes) -> Attested:
    """Have the authority at a URL stamp a checkpoint, and keep its answer once it is verified under `root` (PEM).

    Raises NoAnswer, and what `add_timestamp` does.
    """
    asked = timestamp_request(split_note(signed.note)[0])
    return attestations.add_timestamp(signed, _post(authority, asked.der), root, asked.nonce)


def _post(authority: str, query: bytes) -> bytes:
    if not authority.startswith(("https://", "http://")):
        raise NoAnswer(f"{authority} is no web address of an authority: it begins with https:// or http://")
    headers = {"Content-Type": "application/timestamp-query", "User-Agent": "tsa-client"}
    asked = urllib.request.Request(authority, query, headers)  # noqa: S310 (the scheme was looked at)
    try:
        with urllib.request.urlopen(asked, timeout=SECONDS) as answer:  # noqa: S310
            return bytes(answer.read(MOST_BYTES))
    except (urllib.error.URLError, HTTPException, OSError, ValueError) as error:
        raise NoAnswer(f"{authority} gave no timestamp: {error}") from error
