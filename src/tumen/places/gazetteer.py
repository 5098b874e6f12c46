"""The gazetteer: places by code, their tree, their paths, and what a text may mean."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from importlib.resources import files

from tumen.places.context import Context
from tumen.places.geometry import great_circle_km
from tumen.places.model import Language, Place, Precision
from tumen.places.reading import read
from tumen.places.resolving import Candidate, NameIndex, resolve


class UnknownPlaceError(LookupError):
    """A code that is in no row of the gazetteer: mistyped, or from a group's file that was not loaded."""


class HierarchyError(ValueError):
    """The places do not form a tree: a parent is in no row, two rows share a code, or parents run in a circle."""


@cache
def load() -> "Gazetteer":
    """Return the gazetteer that ships with Tumen; it is read once."""
    resource = files("tumen.places") / "data" / "gazetteer.csv"
    return Gazetteer(read(resource))


class Gazetteer:
    """Places in depth-first order, so that a place and everything in it is one contiguous run.

    Siblings keep the order they were given in. A gazetteer never changes; `extended` makes a larger one.

    Raises:
        HierarchyError: the parents do not form a tree.
    """

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = _depth_first(list(places))
        self._position = {place.code: position for position, place in enumerate(self._places)}
        self._end = self._ends()

    def __len__(self) -> int:
        return len(self._places)

    def __iter__(self) -> Iterator[Place]:
        return iter(self._places)

    def __contains__(self, code: object) -> bool:
        return code in self._position

    @property
    def codes(self) -> Sequence[str]:
        """All codes in depth-first order; the codes of a subtree are neighbours."""
        return tuple(self._position)

    def get(self, code: str) -> Place:
        """Return the place of a code.

        Raises:
            UnknownPlaceError: no place has this code.
        """
        return self._places[self._at(code)]

    def children(self, code: str | None = None) -> tuple[Place, ...]:
        """Return the places directly in this one; without a code, those that are in nothing (countries)."""
        if code is None:
            return tuple(place for place in self._places if place.parent is None)
        return tuple(place for place in self.subtree(code) if place.parent == code)

    def ancestors(self, code: str) -> tuple[Place, ...]:
        """Return the places that hold this one, nearest first; the place itself is not among them."""
        found = []
        parent = self.get(code).parent
        while parent is not None:
            place = self.get(parent)
            found.append(place)
            parent = place.parent
        return tuple(found)

    def subtree(self, code: str) -> tuple[Place, ...]:
        """Return the place and everything in it, in depth-first order."""
        return self._places[slice(*self.subtree_range(code))]

    def subtree_range(self, code: str) -> tuple[int, int]:
        """Return where the subtree begins and ends in `codes`, for filters over coded columns."""
        position = self._at(code)
        return position, self._end[position]

    def is_within(self, code: str, area: str) -> bool:
        """Tell whether a place is the area itself or lies in it."""
        start, end = self.subtree_range(area)
        return start <= self._at(code) < end

    def name(self, code: str, language: Language = "en") -> str:
        """Return the place's name in English, Korean or Chinese."""
        return self.get(code).name(language)

    def path(self, code: str, language: Language = "en") -> str:
        """Return the name with those of the places around it, as each language orders them, without the country.

        "Onsong, North Hamgyong", "함경북도 온성군", "咸镜北道稳城郡".
        """
        above = [place for place in self.ancestors(code) if place.parent is not None]
        names = [place.name(language) for place in (self.get(code), *above)]
        if language == "en":
            return ", ".join(names)
        return (" " if language == "ko" else "").join(reversed(names))

    def at_precision(self, code: str, cap: Precision) -> Place:
        """Return the place as it may be told at a capped precision: itself, or the nearest area coarse enough.

        Nothing finer than `cap` is returned: at county precision a prison becomes its county.

        Raises:
            ValueError: nothing around the place is that coarse; say "unknown" instead of a place.
        """
        for place in (self.get(code), *self.ancestors(code)):
            if place.precision >= cap:
                return place
        raise ValueError(f"{code} has no area as coarse as {cap.value}: leave the place out, as unknown.")

    def told_at(self, code: str, cap: Precision) -> str:
        """Return the code of the place as told at a capped precision, "" where nothing around it is coarse enough."""
        try:
            return self.at_precision(code, cap).code
        except ValueError:
            return ""

    def distance_km(self, code: str, other: str) -> float | None:
        """Return the distance between two places in kilometres, or None when one has no coordinates.

        Coordinates are seats or centroids rounded to 0.01 degree: read the result as "about".
        """
        a, b = self.get(code), self.get(other)
        if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
            return None
        return great_circle_km(a.latitude, a.longitude, b.latitude, b.longitude)

    def resolve(self, text: str, context: Context | None = None, limit: int = 5) -> tuple[Candidate, ...]:
        """Return the places that a text such as "함북 온성군" or "Tumen city, Jilin" may mean, likeliest first.

        The text is a place as told, in any of the three scripts and several romanisations, with or without words for
        the kind of place and the areas around it. `context` ranks homonyms. No candidate is a decision: a person picks.

        Raises:
            UnknownPlaceError: the context names a code that is in no row.
        """
        return resolve(self, self._index, text, context or Context(), limit)

    def extended(self, more: Iterable[Place]) -> "Gazetteer":
        """Return a gazetteer with a group's own places added (see `read`).

        Raises:
            HierarchyError: a new place repeats a code or names a parent that is in neither.
        """
        return Gazetteer((*self._places, *more))

    @cached_property
    def _index(self) -> NameIndex:
        return NameIndex(self._places)

    def _at(self, code: str) -> int:
        try:
            return self._position[code]
        except KeyError:
            raise UnknownPlaceError(f"No place has the code {code!r}; look it up with resolve().") from None

    def _ends(self) -> list[int]:
        """For each position, where its subtree ends: children follow their parent, so walk backwards."""
        ends = [position + 1 for position in range(len(self._places))]
        for position in reversed(range(len(self._places))):
            parent = self._places[position].parent
            if parent is not None:
                at = self._position[parent]
                ends[at] = max(ends[at], ends[position])
        return ends


def _depth_first(places: list[Place]) -> tuple[Place, ...]:
    by_code = {place.code: place for place in places}
    if len(by_code) < len(places):
        twice, _ = Counter(place.code for place in places).most_common(1)[0]
        raise HierarchyError(f"Two places have the code {twice}: give each a code of its own.")
    inside: dict[str | None, list[Place]] = {}
    for place in places:
        if place.parent is not None and place.parent not in by_code:
            raise HierarchyError(f"{place.code} lies in {place.parent}, which is in no row: add it or correct it.")
        inside.setdefault(place.parent, []).append(place)
    ordered: list[Place] = []
    waiting = inside.get(None, [])[::-1]
    while waiting:
        place = waiting.pop()
        ordered.append(place)
        waiting.extend(inside.get(place.code, [])[::-1])
    if len(ordered) < len(places):
        reached = {place.code for place in ordered}
        lost = next(place.code for place in places if place.code not in reached)
        raise HierarchyError(f"The parents of {lost} run in a circle: correct one of them.")
    return tuple(ordered)
