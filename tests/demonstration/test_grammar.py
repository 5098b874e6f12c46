from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.demonstration.data_files import act_kinds, places, toml
from tumen.demonstration.grammar import compile_template, edtf, fill, language, when, with_particle
from tumen.demonstration.hearing import ABOUT, DAY, DECADE, MONTH, SEASON, UNTOLD, YEAR
from tumen.demonstration.world_acts import AGENCIES, PLACE_TYPES
from tumen.demonstration.world_people import CATEGORIES


@pytest.mark.parametrize(
    ("word", "particle", "expected"),
    [
        ("김철", "은", "김철은"),
        ("리순애", "은", "리순애는"),
        ("김철", "이", "김철이"),
        ("리순애", "이", "리순애가"),
        ("누군가", "을", "누군가를"),
        ("정혁", "와", "정혁과"),
        ("교화소", "으로", "교화소로"),
        ("구류장", "으로", "구류장으로"),
        ("서울", "으로", "서울로"),
        ("김춘심(金春心)", "은", "김춘심(金春心)은"),
        ("회령시", "에서", "회령시에서"),
        ("저", "은", "저는"),
        ("저", "이", "제가"),
        ("나", "의", "내"),
    ],
)
def test_a_particle_fits_the_last_sound(word: str, particle: str, expected: str) -> None:
    assert with_particle(word, particle) == expected


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=5))
def test_eun_stands_after_a_consonant_and_neun_after_a_vowel(word: str) -> None:
    closed = (ord(word[-1]) - 0xAC00) % 28 != 0
    assert with_particle(word, "은") == word + ("은" if closed else "는")


@pytest.mark.parametrize(
    ("precision", "expected", "english"),
    [
        (UNTOLD, None, ""),
        (DAY, "2004-11-05", "on 5 November 2004, "),
        (MONTH, "2004-11", "in November 2004, "),
        (SEASON, "2004-23", "in the autumn of 2004, "),
        (ABOUT, "2004~", "in about 2004, "),
        (YEAR, "2004", "in 2004, "),
        (DECADE, "200X", "in the 2000s, "),
    ],
)
def test_a_date_is_written_in_edtf_and_in_words(precision: int, expected: str | None, english: str) -> None:
    assert edtf(precision, 2004, 11, 5, None) == expected
    assert when("en", precision, 2004, 11, 5, None) == english


def test_a_stay_is_an_interval() -> None:
    assert edtf(MONTH, 2004, 11, 5, (2005, 2)) == "2004-11/2005-02"
    assert when("ko", MONTH, 2004, 11, 5, (2005, 2)) == "2004년 11월부터 2005년 2월까지 "
    assert when("zh", MONTH, 2004, 11, 5, (2005, 2)) == "2004年11月至2005年2月，"


def test_a_sentence_begins_with_a_capital_and_takes_its_slots() -> None:
    template = compile_template("{when}{v:은} {pt:으로} 갔{E}.")
    assert fill(template, {"when": "", "v": "리옥", "pt": "관리소", "E": "다"}) == "리옥은 관리소로 갔다."
    assert fill(compile_template("{b} came."), {"b": "someone"}) == "Someone came."
    with pytest.raises(KeyError):
        fill(compile_template("{nobody}"), {})


@pytest.mark.parametrize("code", ["ko", "en", "zh"])
def test_each_language_has_a_fragment_for_everything_the_generator_tells(code: str) -> None:
    words = language(code)
    assert set(words.acts) == {kind.key for kind in act_kinds()}
    assert set(PLACE_TYPES) <= set(words.place_types)
    assert {*AGENCIES[:-1], "buyer", *CATEGORIES, "woman", "man", "person", "group"} <= set(words.people)
    slots = {"when", "where", "at", "there", "v", "vo", "vs", "was", "her", "b", "to", "pt", "E", "C"}
    for sentences in toml(f"fragments_{code}.toml")["acts"].values():
        for sentence in sentences:
            assert set(re.findall(r"\{(\w+)", sentence)) <= slots, sentence


def test_all_places_have_names_in_three_languages_and_stop_at_the_county() -> None:
    for place in places():
        assert all(place.names.values()), place
        if place.weight:
            assert place.kind in ("city", "county", "province", "district"), place
