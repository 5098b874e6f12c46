"""What a form, a fixture or another program hands over to be recorded: raw values, gaps, evidence, parts."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

EVIDENCE_FORM = re.compile(r"([a-z_0-9-]*):(?:p([0-9]{1,16})|(?:([0-9]{1,16}):)?([0-9]{1,9})-([0-9]{1,9}))")
"""Evidence as a form posts it: field, then a passage, or a stretch of the text at hand or of a named one."""


@dataclass(frozen=True)
class NewParty:
    """A party made in place, where a field asks for one."""

    kind: str = "person"
    sex: str = ""
    description: str = ""


NEW = "new"
"""The value of a field that points at a claim (incident, episode) that is to be made with this one."""


@dataclass(frozen=True)
class Evidence:
    """The passage that a field rests on: one there is already, or a stretch of a text. "" is the claim as a whole."""

    field: str = ""
    passage: int | None = None
    text: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True)
class Entry:
    """One claim as it is handed over.

    Attributes:
        values: input name -> raw value: text as typed, a list of codes, the id of a party, NewParty. What is absent
            stays as it is.
        gaps: field -> unknown, no, not_asked, refused.
        evidence: None leaves it alone; otherwise all the evidence there is to be.
        notes: field -> clarifying note; an empty one is taken away, fields not named keep theirs.
        notes_seen: the notes as the editor's form showed them, so that another's note is not written over.
        parts: part name -> its entries; an entry without `record` is new.
        version: what the editor saw; `base` holds, for lists (codes, evidence), what the editor's form started from,
            so that what others added meanwhile stays.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    gaps: Mapping[str, str] = field(default_factory=dict)
    evidence: Sequence[Evidence] | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    notes_seen: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Entry]] = field(default_factory=dict)
    record: int | None = None
    version: int | None = None
    base: Mapping[str, frozenset[str]] = field(default_factory=dict)
    drop: bool = False  # of a part: take it out


def evidence_of(value: str, text: int | None) -> Evidence | None:
    """Return the piece of evidence that an input's value names, or None when it names none."""
    match = EVIDENCE_FORM.fullmatch(value)
    if match is None:
        return None
    name, passage, own, start, end = match.groups()
    if passage:
        return Evidence(name, passage=int(passage))
    return Evidence(name, text=int(own) if own else text, start=int(start), end=int(end))
