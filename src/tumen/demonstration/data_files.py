"""The data files of this package, read once: kinds of acts, codes, places, facilities, published shares, word lists."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class ActKind:
    """One kind of act the demonstration tells of, with its vocabulary code and its count in a full-size archive."""

    key: str
    code: str
    right: str
    figure: str
    count: int
    stage: int
    country: str
    places: tuple[tuple[str, float], ...]
    agency: str
    women: bool
    group: float
    primary: str
    primary_share: float
    extra: tuple[tuple[str, float], ...]

    @property
    def detention(self) -> bool:
        """Whether the act is being held in one of the six kinds of detention the White Paper names."""
        return self.key.startswith("det_")


@dataclass(frozen=True, slots=True)
class Place:
    """A place as the demonstration uses it: gazetteer code, names, and how often people come from it (0: never)."""

    code: str
    parent: int
    kind: str
    names: dict[str, str]
    weight: float


@dataclass(frozen=True, slots=True)
class Facility:
    """A detention facility named in UN or NGO reports: the place it is, who runs it, what kind of place it is."""

    place: str
    agency: str
    place_type: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Topic:
    """What a figure is of: what is counted, among whom, where, and of what order (`base`, in steps of `step`)."""

    key: str
    counted: str
    population: str
    places: tuple[str, ...]
    base: int
    step: int


def text(name: str) -> str:
    """The text of the data file `name`."""
    return resources.files(__package__).joinpath("data", name).read_text(encoding="utf-8")


def table(name: str) -> list[dict[str, str]]:
    """The rows of the CSV data file `name`."""
    return list(csv.DictReader(text(name).splitlines()))


@cache
def toml(name: str) -> dict[str, Any]:
    """The content of the TOML data file `name`."""
    return tomllib.loads(text(name))


def _weighted(cell: str) -> tuple[tuple[str, float], ...]:
    pairs = (item.partition(":") for item in cell.split())
    return tuple((key, float(weight or 1)) for key, _, weight in pairs)


@cache
def act_kinds() -> tuple[ActKind, ...]:
    """All kinds of acts, in the order that numbers them in the truth arrays."""
    return tuple(
        ActKind(
            key=row["key"],
            code=row["code"],
            right=row["right"],
            figure=row["figure"],
            count=int(row["count"]),
            stage=int(row["stage"]),
            country=row["country"],
            places=_weighted(row["places"]),
            agency=row["agency"],
            women=row["who"] == "women",
            group=float(row["group"]),
            primary=row["primary"],
            primary_share=float(row["primary_share"]),
            extra=_weighted(row["extra"]),
        )
        for row in table("acts.csv")
    )


@cache
def places() -> tuple[Place, ...]:
    """All places the demonstration names; `parent` is an index into this tuple, -1 at the top."""
    rows = table("places.csv")
    index = {row["code"]: number for number, row in enumerate(rows)}
    return tuple(
        Place(
            code=row["code"],
            parent=index.get(row["parent"], -1),
            kind=row["kind"],
            names={language: row[language] for language in ("ko", "en", "zh")},
            weight=float(row["weight"]),
        )
        for row in rows
    )


@cache
def facilities() -> tuple[Facility, ...]:
    """The facilities of facilities.csv."""
    return tuple(
        Facility(
            place=row["place"],
            agency=row["agency"],
            place_type=row["place_type"],
            names={language: row[language] for language in ("ko", "en", "zh")},
        )
        for row in table("facilities.csv")
    )


@cache
def topics() -> tuple[Topic, ...]:
    """What figures are of (figures.csv)."""
    return tuple(
        Topic(
            key=row["key"],
            counted=row["counted"],
            population=row["population"],
            places=tuple(row["places"].split()),
            base=int(row["base"]),
            step=int(row["step"]),
        )
        for row in table("figures.csv")
    )


@cache
def codes(vocabulary: str) -> dict[str, str]:
    """The codes this package writes from one vocabulary, under the words it uses for them."""
    found: dict[str, str] = toml("codes.toml")[vocabulary]
    return found


@cache
def shares() -> dict[str, dict[str, Any]]:
    """The published figures the archive is built to (shares.toml)."""
    return toml("shares.toml")


def all_codes() -> list[tuple[str, str]]:
    """Every (vocabulary, code) this package writes, for checking against the vocabularies."""
    listed = [(name, code) for name, words in toml("codes.toml").items() for code in words.values()]
    return listed + [("act_type", kind.code) for kind in act_kinds()]
