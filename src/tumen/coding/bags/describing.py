"""The records of a source as JSON: every version of each, what a mask opens opened, and the change that wrote it."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from tumen.archive import states
from tumen.archive.models import Change
from tumen.archive.sealed import SealedField
from tumen.coding.bags.gathering import Contents
from tumen.columns import Mask
from tumen.guard import reading

APART = frozenset({"body"})
"""What is in the bag as a file of its own."""

ABOUT = (
    "Each record has every version it ever had, the last one being what stands; each version names the change that "
    "wrote it, which is in history/. A sealed value is text, null when empty, or {\"not shown\": reason}. Codes are "
    "terms of the archive's lists, dates are EDTF, users are numbers, low and high are days from 0001-01-01."
)  # fmt: skip


def described(mask: Mask, contents: Contents) -> bytes:
    """Return the records of one source as JSON, as this mask shows them."""
    when = dict(Change.objects.filter(seq__in=contents.changes).values_list("seq", "at"))
    records = []
    for label, kind in sorted(contents.records.items()):
        opened = _opened(mask, label, [state for listed in kind.values() for state in listed])
        for number, listed in sorted(kind.items()):
            versions = [
                {
                    "version": state["version"],
                    "change": state["change"],
                    "at": when[state["change"]].isoformat(),
                    "retracted": bool(state["retracted"]),
                    "values": opened[number, state["version"]],
                }
                for state in listed
            ]
            records.append({"record": number, "kind": label, "versions": versions})
    whole = {"about": ABOUT, "source": contents.source.pk, "left out": contents.left_out, "records": records}
    return json.dumps(whole, ensure_ascii=False, indent=1).encode() + b"\n"


def _opened(mask: Mask, label: str, listed: list[states.State]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return the values of each state, by record and version."""
    model = states.record_models()[label]
    sealed = [field for field in model._meta.concrete_fields if isinstance(field, SealedField)]
    kept = {*states.BOOKKEEPING, "retracted", *APART}
    values = {
        (state["id"], state["version"]): {name: value for name, value in state.items() if name not in kept}
        for state in listed
    }
    by_version: dict[int, list[states.State]] = defaultdict(list)
    for state in listed:
        by_version[state["version"]].append(state)
    for field in sealed:
        if field.name in APART:
            continue
        for version, several in by_version.items():
            rows = [(state["id"], state[field.owner], _bytes(state.get(field.name))) for state in several]
            for number, shown in reading.read_rows(mask, model, field.name, rows).items():
                values[number, version][field.name] = {"not shown": shown.why} if shown.why else shown.text or None
    return values


def _bytes(sealed: str | None) -> bytes | None:
    return None if sealed is None else bytes.fromhex(sealed)
