"""A stale edit for the page that shows it: what each field was, what the other made of it, what mine says.

A field is shown with the reason why it is empty, so that a value and a reason that two people gave stand side by side.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import states
from tumen.archive.errors import StaleEdit
from tumen.archive.models import Record
from tumen.coding.kinds import Field, Holds, Kind, kind_of
from tumen.coding.queries import history, labels, values
from tumen.coding.services.entries import Entry
from tumen.coding.services.merging import NOTE
from tumen.columns import Mask

Data = dict[str, list[str]]


@dataclass(frozen=True)
class Conflict:
    """One field of a stale edit: what each saw, and whether a choice is needed."""

    name: str
    label: str
    base: str
    theirs: str
    mine: str
    clashes: bool
    hidden: tuple[tuple[str, str], ...] = ()  # input name -> their value, for when theirs is chosen


@dataclass(frozen=True)
class _Side:
    """What one of the three holds: raw values by input name, reasons for emptiness, notes."""

    kind: Kind
    raw: dict[str, Any]
    gaps: dict[str, str]
    notes: dict[str, str]

    def of(self, one: Field) -> Data:
        """Return a field as a form would post it, its reason for being empty included."""
        held: Data = {}
        typed = values.as_typed(self.kind, self.raw)
        for name in one.inputs:
            value = typed.get(name, "")
            held[name] = (sorted(value) or [""]) if isinstance(value, (list, frozenset)) else [value]
        return held | {f"{one.name}-gap": [self.gaps.get(one.name, "")]}


def conflicts(
    mask: Mask, record: Record, error: StaleEdit, entry: Entry, names: labels.Labels
) -> tuple[list[Conflict], Data]:
    """Return the fields that differ between base, theirs and mine, and what the form shows next, by input name.

    Where only one of the two changed a field, that value is taken; where both did, mine stands until a choice is made.
    """
    base, theirs, mine = _sides(mask, record, error, entry)
    found: list[Conflict] = []
    merged: Data = {}
    for one in values.visible_fields(mask, kind_of(record)):
        each = [side.of(one) for side in (base, theirs, mine)]
        if one.holds is Holds.TERMS:
            merged[f"{one.name}-base"] = [" ".join(code for code in each[1][one.name] if code)]
        if any(side != each[0] for side in each):
            was, now, own = (_told(one, side, names) for side in (base, theirs, mine))
            hidden = tuple((name, value) for name, listed in each[1].items() for value in listed)
            found.append(Conflict(one.name, str(one.label), was, now, own, one.name in error.fields, hidden))
        merged |= each[2] if one.name in error.fields else _merge(one, *each)
        if one.name in entry.notes:
            was, now, own = (side.notes.get(one.name, "") for side in (base, theirs, mine))
            name = one.name + NOTE
            merged |= {name: [now if own == was else own], f"{name}-base": [now]}
            if len({was, now, own}) > 1:
                label = ": ".join((str(one.label), _("note")))
                found.append(Conflict(name, label, was, now, own, name in error.fields, ((name, now),)))
    return found, merged


def changed_lines(before: str, after: str) -> list[history.Difference]:
    """Return where a corrected text differs from the one before, by lines; the label is the line's number after it."""
    was, now = before.split("\n"), after.split("\n")
    found = SequenceMatcher(None, was, now, autojunk=False).get_opcodes()
    return [
        history.Difference(_("line {n}").format(n=to + 1), "\n".join(was[first:last]), "\n".join(now[to:end]))
        for tag, first, last, to, end in found
        if tag != "equal"
    ]


def _sides(mask: Mask, record: Record, error: StaleEdit, entry: Entry) -> tuple[_Side, _Side, _Side]:
    model = type(record)
    raw = [values.raw(mask, record, states.revive(model, state)) for state in (error.base, error.theirs, error.mine)]
    gaps = [history.gaps_of(state) for state in (error.base, error.theirs, error.mine)]
    standing = values.codes(record)
    began = {name: list(entry.base.get(name, codes)) for name, codes in standing.items()}
    posted = {name: entry.values.get(name, codes) for name, codes in began.items()}
    notes = values.notes(mask, [record.pk])[record.pk]
    kind = kind_of(record)
    return (
        _Side(kind, raw[0] | began, gaps[0], dict(entry.notes_seen)),
        _Side(kind, raw[1] | standing, gaps[1], notes),
        _Side(kind, raw[2] | posted, gaps[2], dict(entry.notes)),
    )


def _merge(one: Field, base: Data, theirs: Data, mine: Data) -> Data:
    if one.holds is Holds.TERMS:
        was, now, own = (set(side[one.name]) - {""} for side in (base, theirs, mine))
        codes = sorted((now - (was - own)) | (own - was))
        gap = f"{one.name}-gap"
        return {one.name: codes or [""], gap: theirs[gap] if mine[gap] == base[gap] else mine[gap]}
    return theirs if mine == base else mine


def _told(one: Field, side: _Side, names: labels.Labels) -> str:
    words = values.shown(one, side.raw, names)
    reason = values.gap(side.gaps[one.name]) if one.name in side.gaps else ""
    return "; ".join(part for part in (words, reason) if part)
