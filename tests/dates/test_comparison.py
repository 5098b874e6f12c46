"""Comparison: certain and possible order, overlap, widening, years."""

from itertools import product

import pytest
from hypothesis import given
from tests.dates.strategies import values

from tumen.dates import (
    Bounds,
    bounds,
    certainly_before,
    certainly_within,
    day_number,
    overlaps,
    parse,
    possibly_before,
    years,
)


@given(values, values)
def test_certainly_before_is_antisymmetric_and_implies_possibly_before(a, b):
    if certainly_before(a, b):
        assert possibly_before(a, b) and not certainly_before(b, a) and not overlaps(a, b)
        assert not possibly_before(b, a)


@given(values, values)
def test_overlap_is_symmetric_and_follows_from_being_within(a, b):
    assert overlaps(a, b) == overlaps(b, a)
    assert overlaps(a, a) and certainly_within(a, a)
    if not b.members and certainly_within(a, b):
        assert overlaps(a, b)


@pytest.mark.parametrize(
    ("a", "b", "certain", "possible"),
    [
        ("2009", "2010", True, True),
        ("2009", "2009-05", False, True),
        ("2009-05-01", "2009-05-01", False, False),
        ("2010", "2009", False, False),
        ("2009/2011", "2010", False, False),  # what lasts into 2011 is not over before 2010
        ("2009/2010", "2010", False, True),
        ("2009/..", "2010", False, True),
        ("/2006", "2007", True, True),
        ("../2006", "2007", True, True),
        ("2007", "/2008", False, True),
        ("[2001,2009]", "2005", False, True),
        ("{2001,2009}", "2005", False, False),
        ("{2001,2003..2004}", "2005", True, True),
        ("2002", "{2001,2009}", False, False),
        ("2000", "{2001,2009}", True, True),
    ],
)
def test_order_is_certain_or_possible(a, b, certain, possible):
    assert certainly_before(parse(a), parse(b)) is certain
    assert possibly_before(parse(a), parse(b)) is possible


def test_possible_order_of_dates_agrees_with_trying_every_pair_of_days():
    texts = ["2009-02", "2009-02-28", "2009-03-XX", "2009-03-0X", "2009-02-10", "2009-21"]
    for a, b in product(map(parse, texts), repeat=2):
        days = list(product(range(a.lower, a.upper + 1), range(b.lower, b.upper + 1)))
        assert possibly_before(a, b) == any(one < other for one, other in days)
        assert certainly_before(a, b) == all(one < other for one, other in days)


def test_the_gaps_of_a_set_do_not_overlap():
    assert not overlaps(parse("[1667,1760-12]"), parse("1700"))
    assert overlaps(parse("[1667,1760-12]"), parse("1760"))
    assert overlaps(parse("[..1984]"), parse("1066"))


def test_within_needs_every_day():
    assert certainly_within(parse("2009-05"), parse("2009"))
    assert not certainly_within(parse("2009"), parse("2009-05"))
    assert not certainly_within(parse("2009/.."), parse("2009/2020"))
    assert certainly_within(parse("2010/.."), parse("2009/.."))


def test_qualified_dates_widen_only_when_asked():
    about = parse("2009~")
    assert bounds(about) == about.bounds == parse("2009").bounds
    assert bounds(about, fuzz=1) == (about.lower - 366, about.upper + 366)
    assert bounds(about, fuzz=2) == (about.lower - 732, about.upper + 732)
    assert bounds(parse("2009"), fuzz=3) == parse("2009").bounds


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2009-03-12~", 1),
        ("2009-03~", 31),
        ("2009-03~-12", 31),
        ("2009?-03-12", 366),
        ("2009?-03-~12", 366),
        ("2009-03-~12", 1),
        ("200X~", 3653),
        ("2009-21~", 92),
        ("2009-33~", 92),
        ("2009-40~", 184),
        ("20XX?", 36525),
        ("[2009,2009-05~]", 0),
    ],
)
def test_the_widening_is_one_unit_of_the_marked_component(text, days):
    value = parse(text)
    assert bounds(value, fuzz=1) == (value.lower - days, value.upper + days)


def test_each_end_of_an_interval_widens_by_its_own_mark():
    value = parse("2009~/2011-03")
    assert bounds(value, fuzz=1) == (value.lower - 366, value.upper)
    assert bounds(parse("2009~/.."), fuzz=1) == (value.lower - 366, None)
    assert bounds(parse("[..2009~]"), fuzz=1) == (None, parse("2009").upper + 366)


def test_a_winter_widens_to_the_months_beside_its_year():
    assert bounds(parse("2011-24"), fuzz=1) == Bounds(day_number(2010, 12, 1), day_number(2012, 2, 29))


def test_a_negative_fuzz_is_refused():
    with pytest.raises(ValueError, match="0 or more"):
        bounds(parse("2009~"), fuzz=-1)


@given(values)
def test_fuzz_never_narrows(value):
    narrow, wide = value.bounds, bounds(value, fuzz=1)
    assert wide.low is None or wide.low <= narrow.low
    assert wide.high is None or wide.high >= narrow.high
    assert (wide.low is None, wide.high is None) == (narrow.low is None, narrow.high is None)


def test_years_are_those_of_the_bounds():
    assert years(parse("2009-05/2011")) == (2009, 2011)
    assert years(parse("/2006")) == (None, 2006)
    assert years(parse("-0044-03-15")) == (-44, -44)
    assert years(parse("2011-24")) == (2011, 2011)
