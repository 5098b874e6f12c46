"""A coding as a file of codes and offsets, without any word of the document, applied to the document where it is.

    {"sha256": ..., "claims": [
        {"ref": "woman", "kind": "party", "values": {"kind": "person", "description": {"at": [1375, 1382]}},
         "gaps": {}, "evidence": [["", 1375, 1382]], "parts": {"names": [...]}}]}

`{"at": [start, end]}` is replaced by the words there, a list of them (a chain) by a list, `{"ref": "woman"}` by
the id of a claim recorded before. Positions are code points of the text.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive.changes import OpenChange
from tumen.archive.models import Record
from tumen.coding.errors import BadClaim, CodingError, Problem
from tumen.coding.kinds import KINDS
from tumen.coding.models import Coding
from tumen.coding.services import claims
from tumen.coding.services.entries import Entry, Evidence
from tumen.sources import services as sources
from tumen.sources.models import Text


class OtherDocument(CodingError):
    """The file describes another document: the hash of the text differs, so every offset would be wrong."""


def apply_coded_file(c: OpenChange, coding: Coding, text: Text, data: Mapping[str, Any]) -> dict[str, Record]:
    """Record every claim of a coded file and return them by their `ref`.

    Raises OtherDocument when the text is not the one the file was made from, BadClaim when a claim cannot be recorded.
    """
    body = sources.body_of(text)
    if sha256(body.encode()).hexdigest() != data["sha256"]:
        raise OtherDocument("The coded file was made from another text.")
    made: dict[str, Record] = {}
    for number, claim in enumerate(data["claims"]):
        entry = _entry(claim, body, text.pk, made)
        try:
            saved = claims.record(c, coding, KINDS[claim["kind"]], entry)
        except BadClaim as error:
            where = _("claim {n}").format(n=number)
            raise BadClaim([Problem(one.path, f"{where}: {one.what}", one.advice) for one in error.problems]) from error
        made[claim.get("ref") or f"#{number}"] = saved.record
    return made


def _entry(claim: Mapping[str, Any], body: str, text: int, made: Mapping[str, Record]) -> Entry:
    evidence = [Evidence(name, text=text, start=start, end=end) for name, start, end in claim.get("evidence", ())]
    return Entry(
        {name: _value(value, body, made) for name, value in claim.get("values", {}).items()},
        claim.get("gaps", {}),
        evidence,
        parts={
            name: [_entry(part, body, text, made) for part in parts] for name, parts in claim.get("parts", {}).items()
        },
    )


def _value(value: Any, body: str, made: Mapping[str, Record]) -> Any:
    if isinstance(value, dict):
        if "ref" in value:
            return made[value["ref"]].pk
        start, end = value["at"]
        return " ".join(body[start:end].split())
    if isinstance(value, list):
        return [_value(one, body, made) for one in value]
    return value
