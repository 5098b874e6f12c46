"""Amounts as coders type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.coding.conftest import Desk

from tumen.coding import forms, ranges
from tumen.coding.kinds import KINDS
from tumen.coding.queries.labels import amount

bounds = st.one_of(st.just(""), st.integers(0, 10**9).map(str))


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("23", "", ("23", "23")),
        ("82,000", "", ("82,000", "82,000")),
        ("66.7%", "", ("66.7%", "66.7%")),
        ("23+", "", ("23", "")),
        ("≥ 23", "", ("23", "")),
        ("23 이상", "", ("23", "")),
        ("23以上", "", ("23", "")),
        ("20-25", "", ("20", "25")),
        ("70 – 80 %", "", ("70", "80 %")),
        ("150,000~200,000", "", ("150,000", "200,000")),
        ("", "30", ("", "30")),
        ("20", "25", ("20", "25")),
        ("", "", ("", "")),
        ("many", "", ("many", "many")),
    ],
)
def test_a_number_alone_is_exact_and_a_limit_is_written_as_one(first, second, kept):
    assert ranges.read(first, second) == kept


@pytest.mark.parametrize(
    ("qualifier", "kept"),
    [("about", ("5", "5")), ("at_least", ("5", "")), ("more_than", ("5", "")), ("at_most", ("", "5"))],
)
def test_the_qualifier_of_a_figure_says_which_limit_a_number_alone_is(qualifier, kept):
    assert ranges.read("5", "", qualifier) == kept


@given(bounds, bounds)
def test_what_the_boxes_show_is_read_back_as_it_was_kept(low, high):
    assert ranges.read(*ranges.typed(low, high)) == (low, high)


def test_an_age_typed_into_one_box_falls_into_one_band(desk: Desk) -> None:
    from tumen.guard.masks import SYSTEM

    data = {"type": ["liberty.assault.beaten"], "victim": [str(desk.woman())], "age_low": ["23"], "age_high": [""]}
    act = desk.record("act", forms.entry_of(KINDS["act"], data, None).values).record
    assert (act.age_low, act.age_high) == (23, 23)
    desk.edit(act, {"age_low": "23", "age_high": ""})
    act.refresh_from_db()
    assert forms.data_from(SYSTEM, act)["age_low"] == ["23+"]


def test_a_figure_of_more_than_so_many_keeps_its_upper_end_open_and_says_so(desk: Desk) -> None:
    data = {"value_low": ["82,000"], "value_high": [""], "qualifier": ["more_than"], "unit": ["acts"]}
    figure = desk.record("figure", forms.entry_of(KINDS["figure"], data, None).values).record
    assert (figure.low_milli, figure.high_milli) == (82_000_000, None)
    assert amount(figure).startswith("more than 82,000 ")
