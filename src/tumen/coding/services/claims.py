"""Recording, editing and retracting claims: one way for every kind, driven by what `kinds` declares.

    with change(user, "coded from the article") as c:
        coding = coding_for(c, source, user)
        saved = record(c, coding, KINDS["act"], Entry({"type": "liberty.arrest", "victim": party.pk}))

A verb checks everything first and raises BadClaim with all problems, so that nothing half-done is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from tumen import dates
from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.archive.models import Record
from tumen.coding.errors import BadClaim, InUse, Problem
from tumen.coding.kinds import KINDS, Holds, Kind, Part, kind_of
from tumen.coding.models import Act, Claim, Coding, Episode, Party
from tumen.coding.services import checking, evidence, merging, notes
from tumen.coding.services.entries import Entry, Evidence, NewParty
from tumen.coding.services.reading_values import Reader


@dataclass
class Saved:
    """What was recorded, and what is odd about it."""

    record: Record
    warnings: list[Problem] = field(default_factory=list)


@dataclass
class _Ready:
    """A claim that has passed its checks and waits to be written."""

    kind: Kind
    entry: Entry
    reader: Reader
    warnings: list[Problem]
    parts: list[tuple[Part, int, _Ready]]
    before: Record | None


def record(c: OpenChange, coding: Coding, kind: Kind, entry: Entry) -> Saved:
    """Record a new claim with its parts, codes and evidence. Raises BadClaim."""
    return _write(c, coding, _checked(coding, kind, entry, None))


def edit(c: OpenChange, claim: Record, entry: Entry) -> Saved:
    """Change a claim, its parts, codes and evidence. Raises BadClaim, and StaleEdit when someone else did meanwhile."""
    coding: Coding = claim.coding  # type: ignore[attr-defined]
    return _write(c, coding, _checked(coding, kind_of(claim), entry, claim))


def retract(c: OpenChange, claim: Record) -> None:
    """Take a claim and its parts out of every count. Raises InUse when other claims rest on it."""
    if users := resting_on(claim):
        listed = ", ".join(f"{kind_of(user).label} {user.pk}" for user in users[:5])
        raise InUse(_("Still used by {claims}: change those first.").format(claims=listed))
    for _part, _number, row in parts_of(claim):
        c.retract(row)
    c.retract(claim)


def restore(c: OpenChange, claim: Record) -> None:
    """Bring a retracted claim back, with the parts that went with it."""
    gone = claim.change
    for _part, _number, row in parts_of(claim, retracted=True):
        if row.retracted and row.change == gone:
            c.restore(row)
    c.restore(claim)


def parts_of(claim: Record, retracted: bool = False) -> Iterator[tuple[Part, int, Any]]:
    """Yield part, number among its like, and record of each part of a claim."""
    for part in kind_of(claim).parts:
        rows = KINDS[part.kind].model._base_manager.filter(**{part.link: claim.pk}).order_by("pk")
        for number, row in enumerate(rows if retracted else versions.visible(rows)):
            yield part, number, row


def resting_on(claim: Record) -> list[Record]:
    """Return the claims that point at this one and are no parts of it."""
    own = {row.pk for _part, _number, row in parts_of(claim)} | {claim.pk}
    of = kind_of(claim).slug
    found: dict[int, Record] = {}
    for kind in KINDS.values():
        for one in kind.fields:
            points = (one.holds is Holds.PARTY and of == "party") or (one.holds is Holds.CLAIM and one.of == of)
            if points:
                rows = kind.model._base_manager.filter(**{f"{one.name}_id": claim.pk})
                found |= {row.pk: row for row in versions.visible(rows) if row.pk not in own}
    return list(found.values())


def published(coding: Coding) -> dates.Edtf | None:
    """Return the date of the coding's source, or None when it has none."""
    return dates.try_parse(coding.source.published or "")


def _checked(coding: Coding, kind: Kind, entry: Entry, before: Record | None, name: str = "") -> _Ready:
    """Read and check a claim with its parts; raises BadClaim with the problems of all of them."""
    reader = Reader(kind, coding, published(coding), before)
    reader.read(entry.values)
    problems = list(reader.problems)
    merged = {name: getattr(before, name) for field in kind.fields for name in field.columns} if before else {}
    merged |= reader.columns
    merged["gaps"] = _gaps(before, entry)
    unread = {problem.field for problem in problems}
    problems += [one for one in checking.required(kind, merged, reader.made) if one.field not in unread]
    whole = {**merged, **{f"{n}_id": 1 for n in reader.made}}
    problems += checking.gaps(kind, whole, reader.marks, entry.gaps)
    problems += checking.notes(kind, entry.notes)
    problems += checking.whole(kind, whole)
    reader.columns |= checking.defaults(kind, merged)
    victim = Party.objects.filter(pk=merged.get("victim_id") or 0).first()
    odd = checking.warnings(kind, merged, reader.published, victim)
    parts = []
    for part, number, ready_or_problems in _checked_parts(coding, kind, entry, before, merged):
        if isinstance(ready_or_problems, _Ready):
            parts.append((part, number, ready_or_problems))
            odd += ready_or_problems.warnings
        else:
            problems += ready_or_problems
    if problems:
        raise BadClaim([_under(problem, name) for problem in problems])
    return _Ready(kind, entry, reader, odd, parts, before)


def _checked_parts(
    coding: Coding, kind: Kind, entry: Entry, before: Record | None, merged: dict[str, Any]
) -> Iterator[tuple[Part, int, _Ready | list[Problem]]]:
    rows = {row.pk: row for _part, _number, row in parts_of(before)} if before is not None else {}
    for part in kind.parts:
        for number, each in enumerate(entry.parts.get(part.name, ())):
            name = f"{part.name}-{number}"
            row = rows.get(each.record) if each.record is not None else None
            if each.record is not None and row is None:
                gone = Problem("", _("This part was taken out meanwhile."), _("Load the page again."), name)
                yield part, number, [gone]
                continue
            if each.drop:  # what is taken out has nothing left to check
                of = KINDS[part.kind]
                yield part, number, _Ready(of, each, Reader(of, coding, None, row), [], [], row)
                continue
            if part.name == "transfer" and not checking.sells(merged.get("type") or ""):
                what = _("A sale or handing over belongs to acts that move or sell a person.")
                yield part, number, [Problem("", what, _("Choose such a type, or empty these fields."), name)]
                continue
            try:
                yield part, number, _checked(coding, KINDS[part.kind], each, row, name)
            except BadClaim as error:
                yield part, number, list(error.problems)


def _write(
    c: OpenChange, coding: Coding, ready: _Ready, link: dict[str, int] | None = None, owner: int | None = None
) -> Saved:
    """Write a claim; a part comes with the `link` to its whole and the `owner` of the whole's notes."""
    kind, entry = ready.kind, ready.entry
    columns: dict[str, Any] = ready.reader.columns | _made(c, coding, ready)
    noted: Mapping[str, str] = entry.notes
    if ready.before is None:
        row: Record = c.insert(kind.model, **_belongs(kind, coding, entry), **(link or {}), **columns)
    else:
        merged = merging.merge(c, kind, ready.before, entry, columns, ready.reader.marks)
        row, noted = c.update(merged.record, **merged.columns), merged.notes
    whose: int = getattr(row, kind.owner) if owner is None else owner
    notes.set_notes(c, row, whose, noted)
    if owner is None and ready.before is not None and whose != getattr(ready.before, kind.owner):
        notes.hand_over(c, [row.pk, *(part.pk for _part, _number, part in parts_of(row))], whose)
    evidence.set_marks(c, row, ready.reader.marks, entry.base)
    if entry.evidence is not None:
        wanted = evidence.passages_of(c, coding, entry.evidence)
        evidence.set_anchors(c, row, wanted, entry.base.get(evidence.EVIDENCE))
    for part, _number, each in ready.parts:
        if each.entry.drop:
            if each.before is not None:
                c.retract(each.before, base=each.entry.version)
        else:
            _write(c, coding, each, {part.link: row.pk}, whose)
    return Saved(row, ready.warnings)


def _made(c: OpenChange, coding: Coding, ready: _Ready) -> dict[str, int]:
    """Make the parties, incidents and episodes that fields ask for, and return them as columns."""
    done: dict[str, int] = {}
    for name, what in sorted(ready.reader.made.items(), key=lambda item: not isinstance(item[1], NewParty)):
        if isinstance(what, NewParty):
            seen = [
                Evidence("", one.passage, one.text, one.start, one.end)
                for one in ready.entry.evidence or ()
                if one.field == name
            ]
            values = {"kind": what.kind, "sex": what.sex, "description": what.description}
            party = record(c, coding, KINDS["party"], Entry(values, evidence=seen))
            done[f"{name}_id"] = party.record.pk
        elif name == "episode":
            victim = done.get("victim_id") or ready.reader.columns.get("victim_id") or _before(ready, "victim_id")
            done["episode_id"] = c.insert(Episode, coding=coding, victim_id=victim).pk
        else:
            model = KINDS[ready.kind.field(name).of].model
            same = {k: v for k, v in ready.reader.columns.items() if k in ("date", "low", "high", "place")}
            done[f"{name}_id"] = c.insert(model, coding=coding, **same).pk
    return done


def _belongs(kind: Kind, coding: Coding, entry: Entry) -> dict[str, Any]:
    """Return what a new claim has beside its fields; an identifier is no claim, and has neither."""
    return {"coding": coding, "gaps": _gaps(None, entry)} if issubclass(kind.model, Claim) else {}


def _before(ready: _Ready, column: str) -> Any:
    return getattr(ready.before, column, None)


def _gaps(before: Record | None, entry: Entry) -> dict[str, str]:
    """Return the gaps after the edit: of fields the entry speaks of as it says, of others as they were."""
    old: dict[str, str] = dict(getattr(before, "gaps", None) or {})
    spoken = merging.spoken_of(kind_of(before), entry) if before is not None else set()
    return {name: reason for name, reason in old.items() if name not in spoken} | {
        name: reason for name, reason in entry.gaps.items() if reason
    }


def _under(problem: Problem, name: str) -> Problem:
    return Problem(problem.field, problem.what, problem.advice, name) if name and not problem.part else problem


__all__ = ["Act", "Saved", "edit", "parts_of", "record", "restore", "resting_on", "retract"]
