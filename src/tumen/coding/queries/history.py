"""The history of a record: who changed what, when and why, with its parts, codes and evidence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import states, versions
from tumen.archive.models import Change, Record
from tumen.coding import reference
from tumen.coding.kinds import Kind, is_claim, kind_of
from tumen.coding.models import Anchor, FieldNote, Mark
from tumen.coding.queries import labels, values
from tumen.coding.services.claims import parts_of
from tumen.columns import Mask
from tumen.guard import reading
from tumen.guard.masks import NOTES, SYSTEM
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
    beside: list[Any] = [
        row for model in (Mark, Anchor, FieldNote) for row in model._base_manager.filter(record__in=numbers)
    ]
    for row in beside:
        title, kind = numbers[row.record]
        for version in versions.history(row):
            found_beside = _beside(mask, kind, row, _before(version), version.state)
            step(version.change).differences += [replace(one, label=_join(title, one.label)) for one in found_beside]
    undone = set(Change.objects.filter(undoes__in=found).values_list("undoes", flat=True))
    for seq, each in found.items():
        each.undone = seq in undone
    return [found[seq] for seq in sorted(found, reverse=True)]


def differences(
    mask: Mask, record: Record, before: states.State | None, after: states.State, names: labels.Labels
) -> list[Difference]:
    """Return what a change made different in one record, fields that the mask does not open left out."""
    if isinstance(record, (Anchor, FieldNote, Mark)):
        of = versions.find(record.record)
        return _beside(mask, kind_of(of), record, before, after) if of is not None and is_claim(of) else []
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
    found = differences(mask, record, _before(version), version.state, names)
    return [replace(one, label=_join(title, one.label)) for one in found]


def _before(version: versions.Version) -> states.State | None:
    if version.number == 1:
        return None
    return dict(version.state) | {column: old for column, (old, _new) in version.changed.items()}


def _beside(mask: Mask, kind: Kind, record: Any, before: states.State | None, after: states.State) -> list[Difference]:
    """Return what a change did to a code, a piece of evidence or a note of a claim."""
    label = str(kind.field(record.field).label) if kind.has(record.field) else ""
    if isinstance(record, FieldNote):
        if NOTES not in mask.classes:
            return []
        told = [_note(record, state) for state in (before, after)]
        return [Difference(_join(label, _("note")), *told)] if told[0] != told[1] else []
    if isinstance(record, Mark):
        told = [reference.label(kind.field(record.field).list, record.term)] * 2
    else:
        label, told = _join(label, _("evidence")), [_("passage {n}").format(n=record.passage_id)] * 2
    was, now = (told[0] if state is not None and not state.get("retracted") else "" for state in (before, after))
    return [Difference(label, was, now)] if was != now else []


def _note(record: FieldNote, state: states.State | None) -> str:
    if state is None or state.get("retracted"):
        return ""
    row = FieldNote(**states.revive(FieldNote, state))
    return reading.read(SYSTEM, [row], "text")[row.pk].text or values.erased()


def gaps_of(state: states.State | None) -> dict[str, str]:
    """Return the gaps that a state holds."""
    value = (state or {}).get("gaps") or {}
    return states.parse(value) if isinstance(value, str) else value


def _gaps(kind: Kind, before: states.State | None, after: states.State) -> list[Difference]:
    old, new = gaps_of(before), gaps_of(after)
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


def _join(*words: Any) -> str:
    return ": ".join(str(word) for word in words if word)


def latest_by(record: Record) -> tuple[str, Change | None]:
    """Return who wrote the state that stands now, and the change."""
    live = type(record)._base_manager.get(pk=record.pk)
    change = Change.objects.filter(seq=live.change).first()
    return (people().get(change.actor, "") if change else ""), change


__all__ = ["Difference", "Step", "differences", "gaps_of", "latest_by", "people", "steps"]
