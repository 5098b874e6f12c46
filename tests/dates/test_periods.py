"""Periods of tables: one period, unknown or outside; never two."""

import pytest
from hypothesis import given
from tests.dates.strategies import values

from tumen.dates import OUTSIDE, PERIODS_NKDB, UNKNOWN, Bounds, decade_of, parse, period_of, year_periods


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("1989-12-31", "before 1990"),
        ("[..1989]", "before 1990"),
        ("../1989", "before 1990"),
        ("/1985", "before 1990"),
        ("199X", "1990s"),
        ("1999-24", "1990s"),
        ("2003~", "2000s"),
        ("2009/2010", UNKNOWN),
        ("20XX", UNKNOWN),
        ("[2021..]", "2020 and later"),
        ("2021/..", "2020 and later"),
        ("2019/..", UNKNOWN),
        ("../2003", UNKNOWN),
        ("[2001,2011]", UNKNOWN),
    ],
)
def test_a_date_counts_in_the_one_period_that_holds_it_whole(text, label):
    assert period_of(parse(text), PERIODS_NKDB) == label
    assert period_of(parse(text).bounds, PERIODS_NKDB) == label


def test_with_the_start_rule_what_lasted_counts_where_it_began():
    assert period_of(parse("2009/2011"), PERIODS_NKDB, rule="start") == "2000s"
    assert period_of(parse("2009/.."), PERIODS_NKDB, rule="start") == "2000s"
    assert period_of(parse("/2011"), PERIODS_NKDB, rule="start") == UNKNOWN
    assert period_of(parse("[2009..2011]"), PERIODS_NKDB, rule="start") == UNKNOWN


def test_outside_is_not_unknown():
    periods = year_periods(2000, 2002)
    assert [period.label for period in periods] == ["2000", "2001", "2002"]
    assert period_of(parse("1999"), periods) == OUTSIDE
    assert period_of(parse("1999/2000"), periods) == UNKNOWN
    assert period_of(parse("2002/.."), periods) == UNKNOWN
    assert period_of(parse("2001-24"), periods) == "2001"
    assert period_of(Bounds(None, None), periods) == UNKNOWN


@given(values)
def test_every_date_has_one_label(value):
    assert period_of(value, PERIODS_NKDB) in {UNKNOWN, *(period.label for period in PERIODS_NKDB)}


def test_a_decade_is_named_or_unknown():
    assert decade_of(parse("1995-03")) == "1990s"
    assert decade_of(parse("1999/2000")) == decade_of(parse("1999/..")) == UNKNOWN
