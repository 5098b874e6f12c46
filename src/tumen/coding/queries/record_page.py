"""The page of one claim: its coded facts, parts, evidence in its place, identifiers, and what it is linked to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding.kinds import KINDS, WHOLE, Holds, Kind, kind_of
from tumen.coding.queries import excerpts, labels, values
from tumen.coding.queries.excerpts import Excerpt
from tumen.coding.services.claims import parts_of
from tumen.columns import Mask
from tumen.sources.models import Passage

Members = Callable[[Mask, Record], list[Record]]
_linked: list[Members] = []


def links_with(members: Members) -> None:
    """Let linking say which other records stand for the same person, act or incident; registered when apps load."""
    _linked.append(members)


@dataclass(frozen=True)
class Fact:
    """One coded field in words."""

    label: str
    value: str
    is_gap: bool
    passages: str
    link: int | None = None
    masked: bool = False
    note: str = ""


@dataclass
class Section:
    """Facts under a heading: the claim itself, or one of its parts."""

    title: str
    facts: list[Fact]


@dataclass
class Shown:
    """Everything the page shows."""

    kind: Kind
    record: Any
    title: str
    who: labels.Called | None
    sections: list[Section]
    excerpts: list[Excerpt]
    members: list[Record]
    about: list[tuple[Kind, list[tuple[Any, str]]]] = field(default_factory=list)
    hidden: int = 0


def show(mask: Mask, record: Any, names: labels.Labels) -> Shown:
    """Return the page of a claim. `names` hold the mask of where it stands, `mask` shows what it is linked to."""
    kind, here = kind_of(record), names.mask
    rows = [("", record), *((str(part.label), row) for part, _number, row in parts_of(record))]
    numbers = [row.pk for _title, row in rows]
    anchored, notes = values.anchors(numbers), values.notes(here, numbers)
    sections = [
        Section(title, facts)
        for title, row in rows
        if (facts := _facts(here, row, names, anchored[row.pk], notes[row.pk])) or not title
    ]
    passages, fields = _evidence(rows, anchored, notes)
    hidden = sum(
        1
        for _title, row in rows
        for one in kind_of(row).fields
        if one.sealed and one.sealed not in here.classes and getattr(row, one.name) is not None
    )
    return Shown(
        kind,
        record,
        names.title(record),
        names.party(record.victim_id) if kind.slug in ("act", "episode") else None,
        sections,
        excerpts.of(here, passages, fields),
        [member for members in _linked for member in members(mask, record)],
        _about(record, names) if kind.slug in ("party", "incident", "episode") else [],
        hidden,
    )


def _facts(
    mask: Mask, row: Any, names: labels.Labels, anchored: dict[str, list[Passage]], notes: dict[str, str]
) -> list[Fact]:
    kind, held = kind_of(row), values.raw(mask, row)
    gaps = row.gaps if hasattr(row, "gaps") else {}
    found = []
    for one in values.visible_fields(mask, kind):
        words = values.shown(one, held, names)
        reason = (gaps or {}).get(one.name, "")
        note = notes.get(one.name, "")
        if not words and not reason and not note:
            continue
        passages = " ".join(str(passage.pk) for passage in anchored.get(one.name, ()))
        link = getattr(row, f"{one.name}_id") if one.holds in (Holds.PARTY, Holds.CLAIM) else None
        called = names.party(link) if one.holds is Holds.PARTY else None
        masked = called is not None and called.masked
        told = words or (values.gap(reason) if reason else "–")
        found.append(Fact(str(one.label), told, not words, passages, link, masked, note))
    return found


def _evidence(
    rows: list[tuple[str, Any]], anchored: dict[int, dict[str, list[Passage]]], notes: dict[int, dict[str, str]]
) -> tuple[dict[int, Passage], dict[int, list[str]]]:
    """Return the passages of a claim by id, and the fields that rest on each, with the note on the field."""
    fields: dict[int, list[str]] = {}
    passages: dict[int, Passage] = {}
    for title, row in rows:
        kind = kind_of(row)
        for name, listed in anchored[row.pk].items():
            label = str(kind.field(name).label) if kind.has(name) else title
            if note := notes[row.pk].get(name):
                label = f"{label} ({note})"
            for passage in listed:
                passages[passage.pk] = passage
                fields.setdefault(passage.pk, [])
                if label and label not in fields[passage.pk]:
                    fields[passage.pk].append(label)
    return passages, fields


def _about(record: Any, names: labels.Labels) -> list[tuple[Kind, list[tuple[Any, str]]]]:
    """Return the claims that point at a party, an incident or an episode."""
    slug, found = kind_of(record).slug, []
    for kind in WHOLE:
        rows: dict[int, Any] = {}
        for one in kind.fields:
            if (one.holds is Holds.PARTY and slug == "party") or (one.holds is Holds.CLAIM and one.of == slug):
                listed = kind.model._base_manager.filter(**{f"{one.name}_id": record.pk})
                rows |= {row.pk: row for row in versions.visible(listed)}
        if rows:
            found.append((kind, [(row, _line(row, names)) for _pk, row in sorted(rows.items())]))
    if slug == "party":
        found += _involved(record, names)
    return found


def _involved(record: Any, names: labels.Labels) -> list[tuple[Kind, list[tuple[Any, str]]]]:
    kind = KINDS["involvement"]
    rows = versions.visible(kind.model._base_manager.filter(party_id=record.pk)).select_related("act")  # type: ignore[misc]
    acts: list[tuple[Any, str]] = [(row.act, _line(row.act, names)) for row in rows]  # type: ignore[attr-defined]
    return [(kind, acts)] if acts else []


def _line(row: Any, names: labels.Labels) -> str:
    place = getattr(row, "place", "")
    parts = (names.title(row), labels.date(getattr(row, "date", "")), names.place(place))
    return ", ".join(part for part in parts if part)
