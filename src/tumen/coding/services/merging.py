"""Two editors of one claim: what only one of them changed is put together, field by field.

A field is its value together with the reason why it is empty. When one editor writes a date and another says that no
date is known, both changed the field, and neither is taken without a choice. Lists of codes merge by what was added
and taken off; they clash only with a reason for being empty. A note is a field of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tumen.archive import versions
from tumen.archive.changes import OpenChange, held, stale
from tumen.archive.models import Record
from tumen.coding.kinds import Field, Holds, Kind
from tumen.coding.models import Mark
from tumen.coding.services.entries import Entry
from tumen.coding.services.notes import notes_of

NOTE = "-note"
"""What the name of a clashing note ends in, after the name of its field."""


@dataclass(frozen=True)
class Merged:
    """What is left to write on the record as it stands: edits of columns, gaps included, and of notes."""

    record: Record
    columns: dict[str, Any]
    notes: dict[str, str]


def spoken_of(kind: Kind, entry: Entry) -> set[str]:
    """Return the names of the fields that an entry says something about."""
    return {one.name for one in kind.fields if any(name in entry.values for name in one.inputs)} | set(entry.gaps)


def merge(
    c: OpenChange,
    kind: Kind,
    before: Record,
    entry: Entry,
    columns: Mapping[str, Any],
    marks: Mapping[str, Sequence[str]],
) -> Merged:
    """Merge an entry with what others saved since its editor began. Raises StaleEdit with the fields both changed."""
    seen = before.version if entry.version is None else entry.version
    base, theirs, mine = c.sides(before, seen, dict(columns))
    standing = codes_of(before)
    spoken = spoken_of(kind, entry)
    own_gaps = {name: why for name, why in _gaps(base).items() if name not in spoken} | _filled(entry.gaps)
    edits = {name: value for name, value in columns.items() if kind.of_column(name) is None}
    gaps, clash = _gaps(theirs), []
    for one in kind.fields:
        codes = standing.get(one.name, frozenset())
        was = _held(base, one), entry.base.get(one.name, codes), _gaps(base).get(one.name, "")
        now = _held(theirs, one), codes, gaps.get(one.name, "")
        own = _held(mine, one), frozenset(marks.get(one.name, was[1])), own_gaps.get(one.name, "")
        if own == was:
            continue
        only_codes = one.holds is Holds.TERMS and was[2] == now[2] == own[2] == ""
        if now not in (was, own) and not only_codes:
            clash.append(one.name)
        edits |= {name: columns[name] for name in one.columns if name in columns}
        gaps = {name: why for name, why in gaps.items() if name != one.name} | _filled({one.name: own[2]})
    notes, clashing = _notes(before, entry)
    if clash or clashing:
        if hasattr(mine, "gaps"):
            mine.gaps = own_gaps
        raise stale(base, theirs, mine, [*clash, *clashing])
    if gaps != _gaps(theirs):
        edits["gaps"] = gaps
    return Merged(theirs, edits, notes)


def codes_of(record: Record) -> dict[str, frozenset[str]]:
    """Return the codes of each field that holds several."""
    found: dict[str, set[str]] = {}
    for field, term in versions.visible(Mark.objects.filter(record=record.pk)).values_list("field", "term"):
        found.setdefault(field, set()).add(term)
    return {field: frozenset(terms) for field, terms in found.items()}


def _notes(before: Record, entry: Entry) -> tuple[dict[str, str], list[str]]:
    standing = notes_of(before) if entry.notes else {}
    wanted: dict[str, str] = {}
    clash = []
    for field, text in entry.notes.items():
        now = standing.get(field, "")
        was = entry.notes_seen.get(field, now)
        if text == was:
            continue
        if now not in (was, text):
            clash.append(field + NOTE)
        wanted[field] = text
    return wanted, clash


def _held(side: Record, one: Field) -> tuple[Any, ...]:
    return tuple(held(side, column) for column in one.columns)


def _gaps(side: Record) -> dict[str, str]:
    return dict(getattr(side, "gaps", None) or {})


def _filled(gaps: Mapping[str, str]) -> dict[str, str]:
    return {name: why for name, why in gaps.items() if why}
