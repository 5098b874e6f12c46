"""What is known around a place that was told: it ranks homonyms."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp
from typing import Protocol

from tumen.places.model import Kind, Place

_REACH_KM = 200.0
"""How fast nearness loses weight: at this distance it counts 1/e. About a day's drive in the border provinces."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the source says around a place name. Everything is optional; areas and places are codes.

    `before` and `after` are the places told before and after this one on a journey: a candidate on the way between
    them is likelier than one that lies behind.
    """

    country: str | None = None
    province: str | None = None
    kinds: tuple[Kind, ...] = ()
    mentioned: tuple[str, ...] = ()
    before: str | None = None
    after: str | None = None


@dataclass(frozen=True, slots=True)
class Cue:
    """What one piece of context says about a candidate: its fit from 0 to 1, how much that weighs, and in words."""

    fit: float
    weight: float
    words: str


class Map(Protocol):
    """What judging a context needs of a gazetteer."""

    def get(self, code: str) -> Place:
        """Return the place of a code."""

    def is_within(self, code: str, area: str) -> bool:
        """Tell whether a place is the area itself or lies in it."""

    def distance_km(self, code: str, other: str) -> float | None:
        """Return the distance between two places, or None."""


def cues(gazetteer: Map, context: Context, place: Place) -> Iterator[Cue]:
    """Say how a candidate fits each piece of the context."""
    for area, weight in ((context.country, 2.0), (context.province, 3.0)):
        if area is not None:
            within = gazetteer.is_within(place.code, area)
            verb = "lies" if within else "does not lie"
            yield Cue(float(within), weight, f"it {verb} in {gazetteer.get(area).name_en}")
    if context.kinds:
        fits = place.kind in context.kinds
        asked = " or ".join(context.kinds)
        yield Cue(float(fits), 2.0, f"it is a {place.kind}" + ("" if fits else f", not a {asked}"))
    if context.mentioned:
        yield from _nearest_mentioned(gazetteer, context.mentioned, place)
    if context.before or context.after:
        yield from _on_the_way(gazetteer, context.before, context.after, place)


def _nearest_mentioned(gazetteer: Map, mentioned: tuple[str, ...], place: Place) -> Iterator[Cue]:
    found = []
    for code in mentioned:
        other = gazetteer.get(code).name_en
        if gazetteer.is_within(place.code, code):
            found.append(Cue(1.0, 2.0, f"it lies in {other}, also mentioned"))
        elif gazetteer.is_within(code, place.code):
            found.append(Cue(1.0, 2.0, f"{other}, also mentioned, lies in it"))
        elif (km := gazetteer.distance_km(place.code, code)) is not None:
            found.append(Cue(exp(-km / _REACH_KM), 2.0, f"it is about {km:.0f} km from {other}, also mentioned"))
    if found:
        yield max(found, key=lambda cue: cue.fit)


def _on_the_way(gazetteer: Map, before: str | None, after: str | None, place: Place) -> Iterator[Cue]:
    if before and after:
        legs = [gazetteer.distance_km(*leg) for leg in ((before, place.code), (place.code, after), (before, after))]
        first, second, direct = legs
        if first is not None and second is not None and direct is not None:
            detour = max(0.0, first + second - direct)
            way = f"from {gazetteer.get(before).name_en} to {gazetteer.get(after).name_en}"
            on_the_way = detour < _REACH_KM / 4
            words = f"it lies on the way {way}" if on_the_way else f"it is a detour of {detour:.0f} km {way}"
            yield Cue(exp(-detour / _REACH_KM), 2.0, words)
        return
    known = before or after
    if known and (km := gazetteer.distance_km(place.code, known)) is not None:
        order = "before" if before else "after"
        words = f"it is about {km:.0f} km from {gazetteer.get(known).name_en}, the place {order} on the journey"
        yield Cue(exp(-km / _REACH_KM), 2.0, words)
