"""What a coding says, without ids: two codings that say the same have the same shape."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding.kinds import WHOLE, Holds, kind_of
from tumen.coding.models import Coding
from tumen.coding.queries import values
from tumen.coding.services.claims import parts_of
from tumen.guard.masks import SYSTEM

Shape = dict[str, Any]


def shape_of(coding: Coding) -> dict[str, list[Shape]]:
    """Return every claim of a coding by kind, each pointing at others by their place among those of their kind."""
    rows = {kind: _rows(kind.model, coding) for kind in WHOLE}
    places = {row.pk: f"{kind.slug} {number}" for kind, listed in rows.items() for number, row in enumerate(listed)}
    found: dict[str, list[Shape]] = defaultdict(list)
    for kind, listed in rows.items():
        for row in listed:
            parts = [{"part": part.name, **_shape(part_row, places)} for part, _number, part_row in parts_of(row)]
            found[kind.slug].append({**_shape(row, places), "parts": parts})
    return dict(found)


def _rows(model: type[Record], coding: Coding) -> list[Any]:
    return list(versions.visible(model._base_manager.filter(coding=coding.pk)).order_by("pk"))


def _shape(row: Any, places: dict[int, str]) -> Shape:
    kind = kind_of(row)
    held = {name: value for name, value in values.raw(SYSTEM, row).items() if value not in ("", [])}
    for one in kind.fields:
        if one.holds in (Holds.PARTY, Holds.CLAIM) and one.name in held:
            held[one.name] = places[int(held[one.name])]
        if one.holds is Holds.TERMS and one.name in held:
            held[one.name] = sorted(held[one.name])
    evidence = {
        name: sorted((passage.start, passage.end) for passage in listed)
        for name, listed in values.anchors([row.pk])[row.pk].items()
    }
    return {"values": held, "gaps": getattr(row, "gaps", {}), "evidence": evidence,
            "notes": dict(values.notes(SYSTEM, [row.pk])[row.pk])}  # fmt: skip
