"""What a place is: its kind, its names, and how precisely naming it says where something happened."""

from dataclasses import dataclass
from enum import Enum, StrEnum
from functools import total_ordering
from typing import Literal

Language = Literal["en", "ko", "zh"]


class Kind(StrEnum):
    """What sort of place a row is. Administrative ranks differ by country; these are the ranks people name."""

    COUNTRY = "country"
    PROVINCE = "province"
    PREFECTURE = "prefecture"
    CITY = "city"
    COUNTY = "county"
    DISTRICT = "district"
    TOWN = "town"
    FACILITY = "facility"
    CROSSING = "crossing"
    RIVER = "river"
    REGION = "region"


@total_ordering
class Precision(Enum):
    """How precisely a place says where something happened, ordered from the finest to the coarsest.

    `Precision.RI < Precision.PROVINCE` reads "a ri is finer than a province". The value is the word that is stored.
    """

    EXACT = "exact"
    RI = "ri"
    COUNTY = "county"
    PROVINCE = "province"
    COUNTRY = "country"
    UNKNOWN = "unknown"

    def __lt__(self, other: "Precision") -> bool:
        return _COARSENESS[self] < _COARSENESS[other]


_COARSENESS = {precision: rank for rank, precision in enumerate(Precision)}


@dataclass(frozen=True, slots=True)
class Place:
    """One row of a gazetteer.

    `latitude` and `longitude` are degrees north and east (WGS 84), rounded to two decimals, or both None; the
    `coordinate_basis` says of what they are the coordinates (a seat, a centroid, the county a facility lies in).
    `precision` is that of the place as an answer to "where?": naming a prison is exact, even though the gazetteer
    gives only the coordinates of its county.
    """

    code: str
    parent: str | None
    kind: Kind
    name_en: str
    name_ko: str
    name_zh: str
    other_names: tuple[str, ...]
    former_names: tuple[str, ...]
    latitude: float | None
    longitude: float | None
    coordinate_basis: str
    precision: Precision
    valid_from: str
    valid_to: str
    source: str
    note: str

    def name(self, language: Language = "en") -> str:
        """Return the name in one language."""
        names: dict[Language, str] = {"en": self.name_en, "ko": self.name_ko, "zh": self.name_zh}
        return names[language]

    @property
    def names(self) -> tuple[str, ...]:
        """Every name the place goes or went by: English, Korean, Chinese, then the other and the former names."""
        return (self.name_en, self.name_ko, self.name_zh, *self.other_names, *self.former_names)
