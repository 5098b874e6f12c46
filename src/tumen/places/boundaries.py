"""Outlines of the provinces of the DPRK and China, for overview maps and for "which province is this point in?".

The shapes are TopoJSON (topojson/topojson-specification 1.0): arcs shared by neighbours, quantised to integers and
delta-encoded. They are simplified; never place a point on a border by them. Nampo and Kaesong have no shape of their
own: their points fall in South Pyongan and North Hwanghae.
"""

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from itertools import accumulate
from typing import Any

from tumen.places.geometry import ring_holds

Point = tuple[float, float]
Ring = tuple[Point, ...]
Polygon = tuple[Ring, ...]

_FILES = {"KP": "prk.topo.json", "CN": "chn.topo.json"}


@dataclass(frozen=True, slots=True)
class Boundary:
    """The outline of one unit: polygons of closed rings of (longitude, latitude); the first ring is the outer one.

    `code` is None for shapes that are no unit of their own (the islets off the DPRK's coasts, the Paracel Islands):
    draw them as outline, and never label or count by them.
    """

    code: str | None
    name: str
    polygons: tuple[Polygon, ...]
    box: tuple[float, float, float, float] = field(init=False)
    """West, south, east and north bounds in degrees."""

    def __post_init__(self) -> None:
        longitudes, latitudes = zip(*(point for outer, *_ in self.polygons for point in outer), strict=True)
        object.__setattr__(self, "box", (min(longitudes), min(latitudes), max(longitudes), max(latitudes)))

    def holds(self, latitude: float, longitude: float) -> bool:
        """Tell whether a point lies in one of the polygons and in none of its holes."""
        west, south, east, north = self.box
        if not (west <= longitude <= east and south <= latitude <= north):
            return False
        return any(
            ring_holds(outer, longitude, latitude) and not any(ring_holds(hole, longitude, latitude) for hole in holes)
            for outer, *holes in self.polygons
        )


@cache
def boundaries(country: str) -> tuple[Boundary, ...]:
    """Return the boundaries of "KP" or "CN" in the order of the file.

    Raises:
        ValueError: there are no shapes for that country.
    """
    if country not in _FILES:
        raise ValueError(f"No boundaries for {country!r}: there are shapes for {' and '.join(sorted(_FILES))} only.")
    topology = json.loads(_data(_FILES[country]))
    arcs = tuple(_points(arc, topology["transform"]) for arc in topology["arcs"])
    (collection,) = topology["objects"].values()
    return tuple(_boundary(geometry, arcs) for geometry in collection["geometries"])


def province_at(latitude: float, longitude: float) -> str | None:
    """Return the code of the DPRK or Chinese province-level unit that holds a point in degrees, or None."""
    for country in _FILES:
        for boundary in boundaries(country):
            if boundary.code and boundary.holds(latitude, longitude):
                return boundary.code
    return None


def _data(name: str) -> str:
    return (files("tumen.places") / "data" / name).read_text(encoding="utf-8")


@cache
def _codes() -> dict[str, str]:
    """The crosswalk from the HASC ids of the shapes to our codes."""
    return {row["hasc"]: row["code"] for row in csv.DictReader(_data("boundary_codes.csv").splitlines())}


def _points(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    (scale_x, scale_y), (origin_x, origin_y) = transform["scale"], transform["translate"]
    xs, ys = accumulate(step[0] for step in arc), accumulate(step[1] for step in arc)
    return tuple((x * scale_x + origin_x, y * scale_y + origin_y) for x, y in zip(xs, ys, strict=True))


def _boundary(geometry: dict[str, Any], arcs: tuple[Ring, ...]) -> Boundary:
    shapes = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    polygons = tuple(tuple(tuple(_stitched(ring, arcs)) for ring in shape) for shape in shapes)
    return Boundary(_codes().get(geometry["id"]), geometry["properties"]["name"] or "", polygons)


def _stitched(ring: list[int], arcs: tuple[Ring, ...]) -> Iterator[Point]:
    """Join the arcs of a ring; ~i means arc i backwards, and each arc repeats the last point of the one before."""
    for position, index in enumerate(ring):
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        yield from arc[1:] if position else arc
