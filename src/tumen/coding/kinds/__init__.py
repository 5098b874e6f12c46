"""The kinds of claim, declared once: forms, checks, history, copying and labels all come from here."""

from __future__ import annotations

from tumen.archive.models import Record
from tumen.coding.kinds.acts import ACT, EPISODE, INCIDENT, INVOLVEMENT, TELLING, TRANSFER
from tumen.coding.kinds.interviews import INTERVIEW
from tumen.coding.kinds.model import Field, Holds, Kind, Part
from tumen.coding.kinds.parties import IDENTIFIER, LIFE_EVENT, NAME, PARTY, RELATION
from tumen.coding.kinds.statements import FIGURE, PRACTICE, QUOTATION

KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        ACT, PARTY, FIGURE, QUOTATION, LIFE_EVENT, PRACTICE, RELATION, INCIDENT, EPISODE, INTERVIEW, IDENTIFIER,
        NAME, INVOLVEMENT, TRANSFER, TELLING,
    )
}  # fmt: skip

WHOLE = tuple(KINDS[slug] for slug in (
    "act", "party", "life-event", "practice-statement", "figure", "quotation", "relation", "incident", "episode",
    "interview",
))  # fmt: skip
"""The kinds that are recorded on their own, in the order of the source page."""

_BY_MODEL = {kind.model: kind for kind in KINDS.values()}


def kind_of(record: Record) -> Kind:
    """Return the kind of a record; KeyError when it is no claim."""
    return _BY_MODEL[type(record)]


def is_claim(record: Record) -> bool:
    """Say whether a record is one of the kinds."""
    return type(record) in _BY_MODEL


__all__ = ["KINDS", "WHOLE", "Field", "Holds", "Kind", "Part", "is_claim", "kind_of"]
