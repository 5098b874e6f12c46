"""The unit tree of the demonstration: state agencies down to county offices, facilities, and invented broker rings."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .data_files import facilities, places

RINGS = 40
"""Invented rings of brokers, each with a county of China it works in."""

_HEADS = (
    ("mss", "Ministry of State Security", "국가보위성", "国家保卫省", "KP"),
    ("mps", "Ministry of People's Security", "사회안전성", "社会安全省", "KP"),
    ("camps", "Camp administration", "관리소 관리국", "管理所管理局", "KP"),
    ("army", "Border guard", "국경경비대", "国境警备队", "KP"),
    ("committee", "People's committees", "인민위원회", "人民委员会", "KP"),
    ("cn_police", "Border police of China", "중국 변방 공안", "中国边防公安", "CN"),
    ("brokers", "Broker rings (invented)", "중개인 조직(가상)", "中介团伙（虚构）", "CN"),
)
_OFFICES = {
    "mss": ("{} State security office", "{} 보위부", "{}保卫部"),
    "mps": ("{} safety office", "{} 안전부", "{}安全部"),
    "committee": ("{} people's committee", "{} 인민위원회", "{}人民委员会"),
}


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: names, the agency it belongs to, its parent and place as indexes (-1: none), its kind of place."""

    en: str
    ko: str
    zh: str
    agency: str
    parent: int
    place: int
    place_type: str


@dataclass(frozen=True, slots=True)
class Tree:
    """All units, and the ways to find the one that fits an act.

    `office[agency][place]` is the county office (-1 where there is none); `kept[place type]` are the facilities of
    that kind with their weights; `county` is the county (or city) a unit lies in, -1 for none.
    """

    units: tuple[Unit, ...]
    office: dict[str, NDArray[np.int16]]
    kept: dict[str, tuple[NDArray[np.int16], NDArray[np.float64]]]
    rings: NDArray[np.int16]
    county: NDArray[np.int16]


@cache
def tree() -> Tree:
    """Build the unit tree; it is the same for every seed."""
    known = places()
    index = {place.code: number for number, place in enumerate(known)}
    units = [Unit(en, ko, zh, agency, -1, index[where], "other") for agency, en, ko, zh, where in _HEADS]
    head = {unit.agency: number for number, unit in enumerate(units)}
    office = {agency: np.full(len(known), -1, dtype=np.int16) for agency in _OFFICES}
    for agency, (en, ko, zh) in _OFFICES.items():
        provinces: dict[int, int] = {}
        for number, place in enumerate(known):
            top = known[place.parent].code if place.parent >= 0 else ""
            if not place.code.startswith("KP-") or place.kind == "facility":
                continue
            if top == "KP":
                parent = head[agency]
                provinces[number] = len(units)
            elif place.weight and place.parent in provinces:
                parent = provinces[place.parent]
            else:
                continue
            office[agency][number] = len(units)
            kind = {"mss": "mss", "mps": "mps_station"}.get(agency, "other")
            names = place.names
            units.append(
                Unit(
                    en.format(names["en"]), ko.format(names["ko"]), zh.format(names["zh"]), agency, parent, number, kind
                )
            )
    kept: dict[str, list[int]] = {}
    for facility in facilities():
        kept.setdefault(facility.place_type, []).append(len(units))
        names = facility.names
        where = index[facility.place]
        parent = head[facility.agency]
        units.append(Unit(names["en"], names["ko"], names["zh"], facility.agency, parent, where, facility.place_type))
    rings = []
    in_china = [number for number, place in enumerate(known) if place.weight and place.code.startswith("CN")]
    for ring in range(RINGS):
        rings.append(len(units))
        names_of_ring = (f"Ring {ring + 1} (invented)", f"중개 조직 {ring + 1}(가상)", f"团伙{ring + 1}（虚构）")
        units.append(Unit(*names_of_ring, "brokers", head["brokers"], in_china[ring % len(in_china)], "broker_home"))
    return Tree(
        units=tuple(units),
        office=office,
        kept={key: (np.array(found, dtype=np.int16), _weights(len(found))) for key, found in kept.items()},
        rings=np.array(rings, dtype=np.int16),
        county=np.array([_county(unit.place) for unit in units], dtype=np.int16),
    )


def _weights(n: int) -> NDArray[np.float64]:
    """Facilities are not equally often told of: a slow decline over the list."""
    weights = 1 / np.arange(1, n + 1) ** 0.5
    normed: NDArray[np.float64] = weights / weights.sum()
    return normed


def _county(place: int) -> int:
    """The nearest place above `place` that people are said to come from, or the place itself."""
    known = places()
    at = place
    while at >= 0 and not known[at].weight:
        at = known[at].parent
    return at if at >= 0 else place
