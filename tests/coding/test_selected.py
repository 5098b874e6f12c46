"""What selected words fill into a new form."""

from __future__ import annotations

import pytest

from tumen.coding.forms import data_selected


def filled(slug: str, words: str) -> dict[str, list[str]]:
    data = data_selected(slug, words, "5:0-9")
    return {name: listed for name, listed in data.items() if name not in ("evidence", "kind")}


@pytest.mark.parametrize("name", ["Kim Ga-myong", "Anna Maria Example"])
def test_words_that_look_like_a_name_stand_as_the_name_with_their_evidence(name: str) -> None:
    assert filled("party", name) == {"names-0-text": [name]}
    assert data_selected("party", name, "5:0-9")["evidence"] == [":5:0-9", "names-0-text:5:0-9"]


@pytest.mark.parametrize("words", ["A woman", "the guard with a scar", "그 여자", "他的表姐"])
def test_other_words_stand_as_how_the_source_speaks_of_a_party(words: str) -> None:
    assert filled("party", words) == {"description": [words]}


def test_a_whole_sentence_is_only_the_evidence_of_a_party() -> None:
    assert filled("party", "they said " * 12) == {}


@pytest.mark.parametrize(
    ("words", "value", "unit"),
    [
        ("70-80 percent", "70-80", ["share"]),
        ("327명", "327", []),
        ("more than 82,000 cases", "82,000", []),
        ("60% 이상", "60", ["share"]),
        ("超过600名", "600", []),
    ],
)
def test_a_number_stands_as_the_value_of_a_figure(words: str, value: str, unit: list[str]) -> None:
    assert filled("figure", words) == {"value_low": [value], **({"unit": unit} if unit else {})}


@pytest.mark.parametrize("words", ["US$105 million", "5천 위안", "3만 위안", "八千元", "thousands"])
def test_a_number_that_words_multiply_is_left_to_the_coder(words: str) -> None:
    assert filled("figure", words) == {}


def test_a_place_and_a_date_begin_an_act() -> None:
    assert filled("place", "near  Onsong") == {"place_told": ["near Onsong"]}
    assert filled("date", "winter 2011") == {"date": ["winter 2011"]}
