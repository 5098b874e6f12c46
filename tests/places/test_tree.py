"""The tree: codes, paths, subtrees, capped precision, distances."""

from dataclasses import replace

import pytest

from tumen import places
from tumen.places import Precision

GAZETTEER = places.load()


def test_a_place_is_found_by_its_code():
    assert GAZETTEER.get("CN-22.yanbian.hunchun").name_zh == "珲春市"
    assert "CN-22.yanbian.hunchun" in GAZETTEER


def test_an_unknown_code_is_an_error_that_says_which_and_what_to_do():
    with pytest.raises(places.UnknownPlaceError, match=r"KP-99.*resolve"):
        GAZETTEER.get("KP-99")


def test_a_subtree_is_a_contiguous_run_of_codes():
    codes = GAZETTEER.codes
    for place in GAZETTEER:
        start, end = GAZETTEER.subtree_range(place.code)
        within = [code for code in codes if GAZETTEER.is_within(code, place.code)]
        assert list(codes[start:end]) == within
        assert within == [p.code for p in GAZETTEER.subtree(place.code)]


def test_being_within_an_area_agrees_with_the_ancestors():
    for place in GAZETTEER:
        above = {ancestor.code for ancestor in GAZETTEER.ancestors(place.code)}
        assert all(GAZETTEER.is_within(place.code, area) for area in above)
        assert not any(GAZETTEER.is_within(area, place.code) for area in above)


def test_children_are_one_step_down():
    assert [place.code for place in GAZETTEER.children("KP-13")] == ["KP-13.rajin", "KP-13.sonbong"]
    assert {"KP", "CN", "KR"} <= {place.code for place in GAZETTEER.children()}


@pytest.mark.parametrize(
    ("code", "language", "path"),
    [
        ("KP-09.onsong", "en", "Onsong, North Hamgyong"),
        ("KP-09.onsong", "ko", "함경북도 온성군"),
        ("KP-09.onsong", "zh", "咸镜北道稳城郡"),
        ("CN-22.yanbian.tumen", "en", "Tumen, Yanbian, Jilin"),
        ("KP", "en", "North Korea"),
    ],
)
def test_a_path_is_ordered_as_the_language_orders_it(code, language, path):
    assert GAZETTEER.path(code, language) == path


@pytest.mark.parametrize(
    ("code", "cap", "told"),
    [
        ("KP-09.onsong.mss", Precision.EXACT, "KP-09.onsong.mss"),
        ("KP-09.onsong.mss", Precision.RI, "KP-09.onsong"),
        ("KP-09.chongori", Precision.RI, "KP-09.hoeryong.chongori"),
        ("KP-09.chongori", Precision.COUNTY, "KP-09.hoeryong"),
        ("KP-09.chongjin.ranam", Precision.COUNTY, "KP-09.chongjin"),
        ("CN-22.yanbian.hunchun", Precision.PROVINCE, "CN-22"),
        ("KP-09.onsong", Precision.COUNTRY, "KP"),
        ("KP-09", Precision.COUNTY, "KP-09"),
    ],
)
def test_a_place_is_told_no_finer_than_the_cap(code, cap, told):
    assert GAZETTEER.at_precision(code, cap).code == told


def test_no_place_is_ever_told_finer_than_the_cap():
    for place in GAZETTEER:
        for cap in list(Precision)[: list(Precision).index(Precision.COUNTRY) + 1]:
            assert GAZETTEER.at_precision(place.code, cap).precision >= cap


def test_a_cap_that_nothing_reaches_asks_for_no_place_at_all():
    with pytest.raises(ValueError, match="as unknown"):
        GAZETTEER.at_precision("KP-09.onsong", Precision.UNKNOWN)


def test_precision_classes_are_ordered_from_fine_to_coarse():
    assert Precision.EXACT < Precision.RI < Precision.COUNTY < Precision.PROVINCE < Precision.COUNTRY
    assert Precision("county") is Precision.COUNTY
    assert max(Precision.RI, Precision.PROVINCE) is Precision.PROVINCE


def test_distances_are_great_circles():
    assert GAZETTEER.distance_km("KR-11", "KP-01") == pytest.approx(195, abs=5)
    assert GAZETTEER.distance_km("KP-09.onsong", "KP-09.onsong") == 0
    assert places.great_circle_km(0, 0, 0, 180) == pytest.approx(20015.1, abs=0.1)


def test_a_place_without_coordinates_has_no_distance():
    assert GAZETTEER.distance_km("XB.tumen-river", "KP-09.onsong") is None


def test_a_group_adds_its_own_places_without_changing_the_shipped_ones():
    village = replace(GAZETTEER.get("KP-09.onsong.namyang"), code="KP-09.onsong.example", name_en="Example-ri")
    larger = GAZETTEER.extended([village])
    assert larger.path("KP-09.onsong.example") == "Example-ri, Onsong, North Hamgyong"
    assert larger.resolve("Example-ri")[0].place == village
    assert "KP-09.onsong.example" not in GAZETTEER


def test_places_must_form_a_tree():
    onsong = GAZETTEER.get("KP-09.onsong")
    with pytest.raises(places.HierarchyError, match="Two places"):
        GAZETTEER.extended([onsong])
    with pytest.raises(places.HierarchyError, match="in no row"):
        GAZETTEER.extended([replace(onsong, code="KP-09.lost", parent="KP-77")])
    with pytest.raises(places.HierarchyError, match="circle"):
        places.Gazetteer([replace(onsong, code="KP.a", parent="KP.b"), replace(onsong, code="KP.b", parent="KP.a")])
