"""The values of a claim as a form holds them, and as a page shows them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import identity, versions
from tumen.archive.models import Record
from tumen.archive.sealed import SealedField, is_tombstone, open_value
from tumen.coding import ranges, reference
from tumen.coding.kinds import Field, Holds, Kind, kind_of
from tumen.coding.models import Anchor, FieldNote, Mark, Unit
from tumen.coding.queries import labels
from tumen.columns import Mask
from tumen.guard import reading
from tumen.guard.masks import NOTES
from tumen.sources.models import Passage


def visible_fields(mask: Mask, kind: Kind) -> list[Field]:
    """Return the fields that this mask may open."""
    return [field for field in kind.fields if not field.sealed or field.sealed in mask.classes]


def raw(mask: Mask, record: Record, attributes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the values of a claim as a form holds them: text by input name, lists of codes for several.

    `attributes` are those of an old state; left out, the record's own. Fields that the mask does not open are absent.
    """
    now = attributes if attributes is not None else record.__dict__
    values: dict[str, Any] = {}
    for field in visible_fields(mask, kind_of(record)):
        if field.holds is Holds.TERMS:
            continue
        held = [_typed(field, _open(record, column, now)) for column in field.columns]
        if field.holds is Holds.PLACE:
            held = [reference.told_place(code, mask) for code in held]
        values |= dict(zip(field.inputs, held, strict=False))
    if attributes is None:
        values |= codes(record)
    return values


def as_typed(kind: Kind, held: Mapping[str, Any]) -> dict[str, Any]:
    """Return values as the inputs of a form show them: a lower bound alone as `23+`."""
    found = dict(held)
    for one in kind.fields:
        if one.is_range and all(name in held for name in one.inputs):
            found |= dict(zip(one.inputs, ranges.typed(*(held[name] for name in one.inputs)), strict=True))
    return found


def codes(record: Record) -> dict[str, list[str]]:
    """Return the fields of several codes."""
    kind = kind_of(record)
    found: dict[str, list[str]] = {field.name: [] for field in kind.fields if field.holds is Holds.TERMS}
    for mark in versions.visible(Mark.objects.filter(record=record.pk)).order_by("pk"):
        found.setdefault(mark.field, []).append(mark.term)
    return found


def anchors(numbers: list[int]) -> dict[int, dict[str, list[Passage]]]:
    """Return, for each record, the passages of each field; "" is the record as a whole."""
    found: dict[int, dict[str, list[Passage]]] = defaultdict(lambda: defaultdict(list))
    rows = versions.visible(Anchor.objects.filter(record__in=numbers)).select_related("passage")
    for row in rows.order_by("passage__start", "pk"):
        found[row.record][row.field].append(row.passage)
    return found


def notes(mask: Mask, numbers: list[int]) -> dict[int, dict[str, str]]:
    """Return, for each record, the clarifying notes on its fields; none where the mask does not open notes."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    if NOTES not in mask.classes:
        return found
    rows = list(versions.visible(FieldNote.objects.filter(record__in=numbers)).order_by("pk"))
    for row, told in zip(rows, reading.read(mask, rows, "text").values(), strict=True):
        found[row.record][row.field] = told.text or erased()
    return found


def shown(field: Field, values: Mapping[str, Any], names: labels.Labels) -> str:
    """Return a field's value in words, in the language of the page; empty when it has none."""
    given = [values.get(name) for name in field.inputs]
    if not any(value not in (None, "", []) for value in given):
        return ""
    first: Any = given[0]
    match field.holds:
        case Holds.TERM:
            return reference.label(field.list, first or "")
        case Holds.TERMS:
            return ", ".join(reference.label(field.list, code) for code in first or ())
        case Holds.DATE:
            return labels.date(first or "")
        case Holds.PLACE:
            return reference.place_label(first or "")
        case Holds.PARTY:
            return str(names.party(int(first)) or "") if first else ""
        case Holds.UNIT:
            unit = Unit.objects.filter(pk=first).first()
            return labels.unit_label(unit) if unit else str(first)
        case Holds.CLAIM:
            from tumen.coding.kinds import KINDS

            claim = KINDS[field.of].model._base_manager.filter(pk=first).first()
            return names.title(claim) if claim else str(first)
        case Holds.RANGE | Holds.AMOUNT:
            return labels.span(*(str(value or "") for value in given))
        case Holds.CHOICE:
            return str(dict(field.choices).get(first, first))
    return str(first)


def erased() -> str:
    """Return what stands for a value whose key was destroyed."""
    return _("(erased)")


def gap(reason: str) -> str:
    """Return why a field is empty, in words."""
    return reference.label("gap", reason)


def _open(record: Record, column: str, attributes: Mapping[str, Any]) -> Any:
    value = attributes.get(column)
    described = record._meta.get_field(column.removesuffix("_id") if column.endswith("_id") else column)
    if not isinstance(described, SealedField) or value is None:
        return value
    owner = attributes.get(described.owner) or getattr(record, described.owner)
    keys = identity.readable([owner])
    if owner not in keys or is_tombstone(value):
        return erased()
    return open_value(keys[owner], record.pk, column, value)


def _typed(field: Field, value: Any) -> Any:
    """Return a stored value as a person would type it."""
    if value in (None, "", []):
        return ""
    if field.holds is Holds.AMOUNT:
        return labels.decimal(value).replace(",", "")
    return str(value)
