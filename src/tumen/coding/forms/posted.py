"""From what a form posts to what the verbs are asked to record."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.http import QueryDict

from tumen.coding import ranges
from tumen.coding.kinds import KINDS, Holds, Kind, Part
from tumen.coding.services.entries import Entry, Evidence, NewParty, evidence_of
from tumen.coding.services.evidence import EVIDENCE

Data = Mapping[str, list[str]]

_NEW_PARTY = re.compile(r"new:([a-z]+)(?::([a-z]*))?")


def data_of(post: QueryDict) -> dict[str, list[str]]:
    """Return what was posted, without what only the page needs."""
    left_out = {"csrfmiddlewaretoken", "why"}
    return {name: post.getlist(name) for name in post if name not in left_out}


def entry_of(kind: Kind, data: Data, text: int | None) -> Entry:
    """Return what a posted form asks to be recorded."""
    entry = _entry(kind, data, "")
    evidence = [found for value in data.get("evidence", ()) if (found := evidence_of(value, text))]
    own = [piece for piece in evidence if "-" not in piece.field]  # a hyphen begins the field of a part
    parts = {part.name: _part_entries(part, data, evidence) for part in kind.parts}
    base = {**entry.base, EVIDENCE: frozenset(last_of(data, "evidence-base").split())}
    return replace(entry, evidence=own, parts=parts, base=base)


def _entry(kind: Kind, data: Data, prefix: str) -> Entry:
    found: dict[str, Any] = {}
    gaps: dict[str, str] = {}
    base: dict[str, frozenset[str]] = {}
    notes: dict[str, str] = {}
    seen: dict[str, str] = {}
    for one in kind.fields:
        for name in one.inputs:
            if f"{prefix}{name}" in data:
                listed = data[f"{prefix}{name}"]
                found[name] = [code for code in listed if code] if one.holds is Holds.TERMS else listed[-1]
        if one.is_range and all(name in found for name in one.inputs):
            first, second = one.inputs
            found[first], found[second] = ranges.read(found[first], found[second], last_of(data, f"{prefix}qualifier"))
        if one.holds is Holds.TERMS and f"{prefix}{one.name}-base" in data:
            base[one.name] = frozenset(last_of(data, f"{prefix}{one.name}-base").split())
            found.setdefault(one.name, [])  # a list with nothing chosen is not posted
        if one.holds is Holds.PARTY and (made := _NEW_PARTY.fullmatch(str(found.get(one.name, "")))):
            told = last_of(data, f"{prefix}{one.name}-new")
            found[one.name] = NewParty(made[1], made[2] or "", told)
        if one.holds is Holds.PLACE and (chosen := last_of(data, f"{prefix}{one.name}-candidate")):
            found[one.name] = chosen
        if reason := last_of(data, f"{prefix}{one.name}-gap"):
            gaps[one.name] = reason
        if f"{prefix}{one.name}-note" in data:
            notes[one.name] = _lines(last_of(data, f"{prefix}{one.name}-note"))
            seen[one.name] = _lines(last_of(data, f"{prefix}{one.name}-note-base"))
    version = last_of(data, f"{prefix}version")
    number = int(version) if version.isdecimal() else None
    return Entry(found, gaps, notes=notes, notes_seen=seen, version=number, base=base)


def _part_entries(part: Part, data: Data, evidence: Sequence[Evidence]) -> list[Entry]:
    entries = []
    for number in part_numbers(part, data):
        prefix = f"{part.name}-{number}-"
        entry = _entry(KINDS[part.kind], data, prefix)
        record = last_of(data, f"{prefix}record")
        own = [
            Evidence(one.field.removeprefix(prefix), one.passage, one.text, one.start, one.end)
            for one in evidence
            if one.field.startswith(prefix)
        ]
        empty = not any((*entry.values.values(), *entry.notes.values())) and not entry.gaps and not own
        if empty and not record:
            continue
        base = {**entry.base, EVIDENCE: frozenset(last_of(data, f"{prefix}evidence-base").split())}
        number_of = int(record) if record.isdecimal() else None
        entries.append(replace(entry, evidence=own, record=number_of, base=base, drop=empty))
    return entries


def part_numbers(part: Part, data: Data) -> list[int]:
    """Return the numbers under which the fields of a kind of part stand in a form."""
    found = {int(match[1]) for name in data if (match := re.match(rf"{part.name}-(\d{{1,3}})-", name))}
    return sorted(found)


def last_of(data: Data, name: str) -> str:
    """Return what one input holds, "" when it is not there."""
    listed = data.get(name) or [""]
    return listed[-1]


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
