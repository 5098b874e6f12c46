"""The little geometry the package needs: distances on a sphere, and whether a ring holds a point."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

EARTH_RADIUS_KM = 6371.0088
"""Mean radius of the Earth (IUGG)."""


def great_circle_km(latitude: float, longitude: float, to_latitude: float, to_longitude: float) -> float:
    """Return the distance in kilometres between two points in degrees, by the haversine formula on a sphere.

    A sphere is within 0.6 % of the ellipsoid, far finer than coordinates of two decimals.
    """
    north, east = radians(to_latitude - latitude), radians(to_longitude - longitude)
    chord = sin(north / 2) ** 2 + cos(radians(latitude)) * cos(radians(to_latitude)) * sin(east / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(min(1.0, sqrt(chord)))


def ring_holds(ring: Sequence[tuple[float, float]], longitude: float, latitude: float) -> bool:
    """Tell whether a closed ring of (longitude, latitude) holds a point, by counting the edges a ray crosses."""
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > latitude) != (y2 > latitude) and longitude < x1 + (latitude - y1) / (y2 - y1) * (x2 - x1):
            inside = not inside
    return inside
