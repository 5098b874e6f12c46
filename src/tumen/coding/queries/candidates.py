"""Which places of the gazetteer the words of a source may mean."""

from __future__ import annotations

from tumen.archive import versions
from tumen.coding import reference
from tumen.coding.models import Act, Coding
from tumen.places import Candidate, Context


def candidates(coding: Coding | None, told: str, place: str = "", limit: int = 5) -> list[Candidate]:
    """Return candidates ranked by what else this coding places, each with its reason in a sentence."""
    if not told.strip():
        return []
    gazetteer = reference.places()
    mentioned: list[str] = []
    if coding is not None:
        rows = versions.visible(Act.objects.filter(coding=coding.pk)).exclude(place="")
        mentioned = [code for code in rows.order_by("-pk").values_list("place", flat=True)[:8] if code in gazetteer]
    context = Context(mentioned=tuple(dict.fromkeys(mentioned)))
    return [each for each in gazetteer.resolve(told, context, limit) if each.place.code != place]
