"""The history of a record: who changed what, when and why, with its parts, codes and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import states, versions
from tumen.archive.models import Change, Record
from tumen.coding import reference
from tumen.coding.kinds import Kind, is_claim, kind_of
from tumen.coding.models import Anchor, Mark
from tumen.coding.queries import labels, values
from tumen.coding.services.claims import parts_of
from tumen.columns import Mask
from tumen.guard import reading
from tumen.guard.models import User


@dataclass(frozen=True)
class Difference:
    """One field before and after."""

    label: str
    before: str
    after: str


@dataclass
class Step:
    """One change as far as it touched the record."""

    change: Change
    by: str
    why: reading.Shown
    differences: list[Difference] = field(default_factory=list)
    undone: bool = False


def people() -> dict[int, str]:
    """Return the names of users, and of the archive itself."""
    return {0: _("the archive")} | dict(User.objects.values_list("pk", "username"))


def steps(mask: Mask, record: Record, names: labels.Labels) -> list[Step]:
    """Return the history of a claim, newest first."""
    who = people()
    found: dict[int, Step] = {}

    def step(change: Change) -> Step:
        if change.seq not in found:
            why = reading.reason(mask, change)
            found[change.seq] = Step(change, who.get(change.actor, f"#{change.actor}"), why)
        return found[change.seq]

    rows: list[tuple[str, Any]] = [("", record)]
    rows += [(str(part.label), row) for part, _number, row in parts_of(record, retracted=True)]
    for title, row in rows:
        for version in versions.history(row):
            step(version.change).differences += _differences(mask, kind_of(row), row, version, title, names)
    numbers = {row.pk: (title, kind_of(row)) for title, row in rows}
    for mark in Mark.objects.filter(record__in=numbers):
        title, kind = numbers[mark.record]
        for version in versions.history(mark):
            name = kind.field(mark.field)
            told = reference.label(name.list, mark.term)
            step(version.change).differences.append(_there(_join(title, name.label), told, version))
    for anchor in Anchor.objects.filter(record__in=numbers):
        title, kind = numbers[anchor.record]
        for version in versions.history(anchor):
            label = str(kind.field(anchor.field).label) if kind.has(anchor.field) else ""
            told = _("passage {n}").format(n=anchor.passage_id)
            step(version.change).differences.append(_there(_join(title, label, _("evidence")), told, version))
    undone = set(Change.objects.filter(undoes__in=found).values_list("undoes", flat=True))
    for seq, each in found.items():
        each.undone = seq in undone
    return [found[seq] for seq in sorted(found, reverse=True)]


def differences(
    mask: Mask, record: Record, before: states.State | None, after: states.State, names: labels.Labels
) -> list[Difference]:
    """Return what a change made different in one record, fields that the mask does not open left out."""
    if not is_claim(record):
        return []
    kind = kind_of(record)
    model = type(record)
    new = values.raw(mask, record, states.revive(model, after))
    old = values.raw(mask, record, states.revive(model, before)) if before is not None else {}
    found = []
    for one in values.visible_fields(mask, kind):
        was, now = values.shown(one, old, names), values.shown(one, new, names)
        if was != now:
            found.append(Difference(str(one.label), was, now))
    return found + _gaps(kind, before, after) + _retraction(before, after)


def _differences(
    mask: Mask, kind: Kind, record: Record, version: versions.Version, title: str, names: labels.Labels
) -> list[Difference]:
    before: states.State | None = None
    if version.number > 1:
        before = dict(version.state) | {column: old for column, (old, _new) in version.changed.items()}
    found = differences(mask, record, before, version.state, names)
    return [Difference(_join(title, one.label), one.before, one.after) for one in found]


def _gaps(kind: Kind, before: states.State | None, after: states.State) -> list[Difference]:
    def read(state: states.State | None) -> dict[str, str]:
        value = (state or {}).get("gaps") or {}
        return states.parse(value) if isinstance(value, str) else value

    old, new = read(before), read(after)
    return [
        Difference(str(kind.field(name).label), *(values.gap(each.get(name, "")) for each in (old, new)))
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name) and kind.has(name)
    ]


def _retraction(before: states.State | None, after: states.State) -> list[Difference]:
    if before is None or bool(before.get("retracted")) == bool(after.get("retracted")):
        return []
    words = (_("counted"), _("retracted"))
    return [Difference(_("State"), *(words if after.get("retracted") else words[::-1]))]


def _there(label: str, told: str, version: versions.Version) -> Difference:
    gone = bool(version.state.get("retracted"))
    return Difference(label, told if gone else "", "" if gone else told)


def _join(*words: Any) -> str:
    return ": ".join(str(word) for word in words if word)


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


def conflicts(
    mask: Mask, record: Record, seen: tuple[states.State, states.State, states.State], names: labels.Labels
) -> tuple[list[Conflict], dict[str, str]]:
    """Return the fields that differ between base, theirs and mine, and the merged values by input name.

    Where only one of the two changed a field, that value is taken; where both did, mine stands until a choice is made.
    """
    model = type(record)
    base, theirs, mine = (values.raw(mask, record, states.revive(model, state)) for state in seen)
    found: list[Conflict] = []
    merged: dict[str, str] = {}
    for one in values.visible_fields(mask, kind_of(record)):
        each = [tuple(side.get(name, "") for name in one.inputs) for side in (base, theirs, mine)]
        result = each[1] if each[2] == each[0] else each[2]
        merged |= dict(zip(one.inputs, result, strict=True)) if one.inputs[0] in mine else {}
        if len(set(each)) > 1:
            told = [values.shown(one, side, names) for side in (base, theirs, mine)]
            clashes = len({each[0], each[1], each[2]}) == 3 or (each[1] != each[0] and each[2] not in each[:2])
            hidden = tuple(zip(one.inputs, each[1], strict=True))
            found.append(Conflict(one.name, str(one.label), told[0], told[1], told[2], clashes, hidden))
    return found, merged


def latest_by(record: Record) -> tuple[str, Change | None]:
    """Return who wrote the state that stands now, and the change."""
    live = type(record)._base_manager.get(pk=record.pk)
    change = Change.objects.filter(seq=live.change).first()
    return (people().get(change.actor, "") if change else ""), change


__all__ = ["Conflict", "Difference", "Step", "conflicts", "differences", "latest_by", "people", "steps"]
