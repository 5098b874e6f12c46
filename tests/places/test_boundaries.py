"""Outlines decoded from TopoJSON, and the province a point lies in."""

import csv
from importlib.resources import files

import pytest

from tumen import places

GAZETTEER = places.load()


def test_all_shapes_are_read():
    assert len(places.boundaries("KP")) == 12
    assert len(places.boundaries("CN")) == 32


def test_shapes_that_are_no_unit_are_outlines_only():
    nameless = [shape for country in ("KP", "CN") for shape in places.boundaries(country) if shape.code is None]
    assert [(shape.name, len(shape.polygons)) for shape in nameless] == [("", 31), ("Paracel Islands", 8)]


@pytest.mark.parametrize("country", ["KP", "CN"])
def test_rings_are_closed_and_lie_in_their_country(country):
    west, south, east, north = {"KP": (124, 37, 131, 43.1), "CN": (73, 15, 136, 54)}[country]
    for shape in places.boundaries(country):
        for polygon in shape.polygons:
            for ring in polygon:
                assert ring[0] == ring[-1]
                assert len(ring) >= 4
        box = shape.box
        assert west <= box[0] < box[2] <= east
        assert south <= box[1] < box[3] <= north


def test_each_shape_has_the_code_of_a_province_of_the_same_name():
    plain = str.maketrans({"ŏ": "o", "ŭ": "u", "'": ""})
    for country in ("KP", "CN"):
        for shape in places.boundaries(country):
            if shape.code:
                names = [name.translate(plain) for name in GAZETTEER.get(shape.code).names]
                assert any(name.startswith(shape.name.translate(plain)) for name in names) or shape.name in (
                    "Inner Mongol",
                ), shape


def test_the_crosswalk_names_each_code_once():
    text = (files("tumen.places") / "data" / "boundary_codes.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert len({row["code"] for row in rows}) == len(rows) == 42


@pytest.mark.parametrize(
    ("latitude", "longitude", "code"),
    [
        (42.0, 129.4, "KP-09"),
        (39.03, 125.75, "KP-01"),
        (42.91, 129.5, "CN-22"),
        (41.8, 123.43, "CN-21"),
        (45.75, 126.65, "CN-23"),
        (37.57, 126.98, None),  # Seoul
        (40.0, 132.0, None),  # the sea
        (16.5, 112.0, None),  # the Paracel Islands are no unit
    ],
)
def test_a_point_lies_in_its_province(latitude, longitude, code):
    assert places.province_at(latitude, longitude) == code


def test_no_point_lies_in_two_provinces():
    shapes = [shape for country in ("KP", "CN") for shape in places.boundaries(country)]
    for place in GAZETTEER:
        if place.latitude is not None:
            assert sum(shape.holds(place.latitude, place.longitude) for shape in shapes) <= 1


def test_a_hole_is_outside():
    square = ((0.0, 0.0), (0.0, 3.0), (3.0, 3.0), (3.0, 0.0), (0.0, 0.0))
    hole = ((1.0, 1.0), (1.0, 2.0), (2.0, 2.0), (2.0, 1.0), (1.0, 1.0))
    shape = places.Boundary("XX", "Ring", ((square, hole),))
    assert shape.holds(0.5, 0.5)
    assert not shape.holds(1.5, 1.5)


def test_a_country_without_shapes_is_an_error_that_names_the_others():
    with pytest.raises(ValueError, match=r"KR.*CN and KP"):
        places.boundaries("KR")
