"""What a field offers to choose from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding import reference
from tumen.coding.kinds import KINDS, Field, Holds
from tumen.coding.queries import labels
from tumen.coding.services.entries import NEW
from tumen.columns import Mask
from tumen.places import Precision
from tumen.vocabularies import Term, Vocabulary

SHORT = 30
"""A list of at most this many terms stands in the page; longer ones are fetched once and searched."""


@dataclass(frozen=True)
class Choice:
    """One thing to choose."""

    value: str
    label: str
    chosen: bool = False
    favourite: bool = False
    definition: str = ""
    group: str = ""
    path: str = ""


def choices_of(field: Field, names: labels.Labels, value: Any, record: Record | None) -> list[Choice]:
    """Return what a field offers in the page itself; nothing when its list is fetched or it takes text."""
    match field.holds:
        case Holds.TERM | Holds.TERMS:
            vocabulary = reference.vocabularies()[field.list]
            chosen = set(value) if isinstance(value, list) else {value}
            if field.holds is Holds.TERM and len(vocabulary) > SHORT:
                return []
            return [choice(vocabulary, term, chosen) for term in vocabulary if not term.retired or term.code in chosen]
        case Holds.PARTY:
            return _parties(names, str(value))
        case Holds.UNIT:
            return [Choice(str(unit.pk), labels.unit_label(unit), str(unit.pk) == value) for unit in labels.units()]
        case Holds.CLAIM:
            return _claims(field, names, str(value), record)
        case Holds.CHOICE:
            return [Choice(code, str(label), code == value) for code, label in field.choices]
    return []


def choice(vocabulary: Vocabulary, term: Term, chosen: set[str] | frozenset[str] = frozenset()) -> Choice:
    """Return a term as something to choose."""
    lang = reference.language()
    above = " › ".join(parent.label.text(lang) for parent in vocabulary.ancestors(term.code))
    return Choice(
        term.code,
        term.label.text(lang),
        term.code in chosen,
        term.favourite is not None,
        term.definition.text(lang),
        path=above,
    )


def options(vocabulary: Vocabulary) -> list[dict[str, Any]]:
    """Return a list as the term picker fetches it: favourites by rank first, other languages searchable."""
    lang = reference.language()
    rank = {term.code: number for number, term in enumerate(vocabulary.favourites())}
    terms = [term for term in vocabulary if not term.retired]
    terms.sort(key=lambda term: rank.get(term.code, len(rank)))
    return [
        {
            "value": term.code,
            "label": term.label.text(lang),
            "labels": [text for text in {term.label.en, term.label.ko, term.label.zh, *term.also} if text],
            "path": " › ".join(parent.label.text(lang) for parent in vocabulary.ancestors(term.code)),
            "definition": term.definition.text(lang),
            "favourite": term.code in rank,
        }
        for term in terms
    ]


def place_options(mask: Mask) -> list[dict[str, Any]]:
    """Return every place that some compartment tells this user, as the picker fetches it."""
    finest = min((Precision(cap) if cap else Precision.EXACT) for cap in mask.caps)
    gazetteer, lang = reference.places(), reference.language()
    return [
        {
            "value": place.code,
            "label": place.name(lang) or place.name_en,
            "labels": [name for name in place.names if name],
            "path": gazetteer.path(place.parent, lang) if place.parent else "",
        }
        for place in gazetteer
        if place.precision >= finest
    ]


def _parties(names: labels.Labels, value: str) -> list[Choice]:
    live = _live(names)
    known = [
        Choice(str(pk), called.text, str(pk) == value)
        for pk, called in names.parties.items()
        if pk in live or str(pk) == value
    ]
    new = (
        ("new:person:female", _("new: a woman")),
        ("new:person:male", _("new: a man")),
        ("new:person", _("new: a person")),
        ("new:group:female", _("new: a group of women")),
        ("new:group:male", _("new: a group of men")),
        ("new:group", _("new: a group")),
        ("new:family", _("new: a family")),
        ("new:unit", _("new: a unit")),
    )
    return known + [Choice(code, label, code == value, group=_("Not among them yet")) for code, label in new]


def _live(names: labels.Labels) -> set[int]:
    model: Any = KINDS["party"].model
    if names.coding is None:
        return set()
    return set(versions.visible(model.objects.filter(coding=names.coding.pk)).values_list("pk", flat=True))


def _claims(field: Field, names: labels.Labels, value: str, record: Record | None) -> list[Choice]:
    model: Any = KINDS[field.of].model
    rows: Iterable[Any] = (
        versions.visible(model.objects.filter(coding=names.coding.pk)).order_by("pk") if names.coding else ()
    )
    offered = [Choice(str(row.pk), names.title(row), str(row.pk) == value) for row in rows if row != record]
    if field.of in ("incident", "episode"):
        offered.append(Choice(NEW, _("a new one"), value == NEW, group=_("Not among them yet")))
    return offered
