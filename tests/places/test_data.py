"""The gazetteer that ships: what every row must hold, and that its coordinates lie where its hierarchy says."""

from itertools import pairwise
from math import cos, hypot, radians

import pytest

from tumen import places

GAZETTEER = places.load()
SHAPES = {
    boundary.code: boundary
    for country in ("KP", "CN")
    for boundary in places.boundaries(country)
    if boundary.code is not None
}
# Nampo and Kaesong have no shape of their own; their ground is drawn as part of these.
DRAWN_IN = {"KP-14": "KP-02", "KP-15": "KP-06"}


def shape_around(place):
    for area in (place, *GAZETTEER.ancestors(place.code)):
        if shape := SHAPES.get(DRAWN_IN.get(area.code, area.code)):
            return shape
    return None


def km_to_segment(latitude, longitude, start, end):
    scale = cos(radians(latitude))
    points = [((x - longitude) * scale * 111.2, (y - latitude) * 111.2) for x, y in (start, end)]
    (x1, y1), (x2, y2) = points
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = max(0.0, min(1.0, -(x1 * (x2 - x1) + y1 * (y2 - y1)) / length)) if length else 0.0
    return hypot(x1 + along * (x2 - x1), y1 + along * (y2 - y1))


def km_outside(shape, latitude, longitude):
    if shape.holds(latitude, longitude):
        return 0.0
    return min(
        km_to_segment(latitude, longitude, start, end)
        for polygon in shape.polygons
        for start, end in pairwise(polygon[0])
    )


def test_there_are_enough_places_of_each_kind():
    kinds = [place.kind for place in GAZETTEER]
    assert len(GAZETTEER) >= 350
    assert kinds.count(places.Kind.FACILITY) >= 35
    assert sum(place.code.startswith("KP") and place.kind in ("city", "county") for place in GAZETTEER) >= 165


def test_every_first_order_unit_of_the_dprk_is_there():
    units = {place.code for place in GAZETTEER.children("KP") if place.precision is places.Precision.PROVINCE}
    assert units == {f"KP-{number:02}" for number in (*range(1, 11), 13, 14, 15)}


@pytest.mark.parametrize(
    ("province", "cities", "counties"),
    [
        ("KP-02", 5, 14),
        ("KP-03", 3, 22),
        ("KP-04", 3, 15),
        ("KP-05", 1, 19),
        ("KP-06", 2, 17),
        ("KP-07", 2, 15),
        ("KP-08", 3, 15),
        ("KP-09", 3, 12),
        ("KP-10", 2, 10),
    ],
)
def test_every_province_of_the_dprk_has_its_cities_and_counties(province, cities, counties):
    kinds = [place.kind for place in GAZETTEER.children(province)]
    assert (kinds.count("city"), kinds.count("county")) == (cities, counties)


def test_yanbian_has_its_eight_cities_and_counties():
    names = {place.name_zh for place in GAZETTEER.children("CN-22.yanbian")}
    assert names == {"延吉市", "图们市", "敦化市", "珲春市", "龙井市", "和龙市", "汪清县", "安图县"}


@pytest.mark.parametrize("place", GAZETTEER, ids=lambda place: place.code)
def test_every_row_is_named_placed_and_sourced(place):
    assert any(char.isascii() and char.isalpha() for char in place.name_en)
    assert any("가" <= char <= "힣" for char in place.name_ko)
    assert any("一" <= char <= "鿿" for char in place.name_zh)
    assert place.source
    assert place.parent is None or place.parent in GAZETTEER
    assert (place.latitude is None) == (place.coordinate_basis == "none")
    assert len(set(place.names)) == len(place.names)


DRAWN = [place for place in GAZETTEER if place.latitude is not None and shape_around(place)]


@pytest.mark.parametrize("place", DRAWN, ids=lambda place: place.code)
def test_coordinates_lie_in_the_province_or_within_30_km_of_it(place):
    assert km_outside(shape_around(place), place.latitude, place.longitude) <= 30


def test_a_facility_is_put_no_closer_than_its_county_unless_a_report_published_more():
    for place in GAZETTEER:
        if place.kind is places.Kind.FACILITY and not place.coordinate_basis.startswith("published"):
            county = GAZETTEER.get(place.parent)
            assert place.coordinate_basis == "county of facility"
            assert (place.latitude, place.longitude) == (county.latitude, county.longitude)


def test_a_crossing_has_no_coordinates_at_all():
    crossings = [place for place in GAZETTEER if place.kind is places.Kind.CROSSING]
    assert crossings
    assert all(place.latitude is None and place.precision is places.Precision.COUNTY for place in crossings)


def test_a_child_is_never_less_precise_than_its_parent():
    for place in GAZETTEER:
        if place.parent is not None:
            assert place.precision <= GAZETTEER.get(place.parent).precision, place.code
