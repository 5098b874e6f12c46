"""Ages: international and Korean, from uncertain dates and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.dates import (
    BANDS_CTDC,
    BANDS_TEN_YEARS,
    AgeRange,
    ImpossibleAge,
    age_at,
    age_band,
    age_from_interview,
    birth_from_age,
    certainly_within,
    parse,
)

days = st.dates().filter(lambda day: day.year > 150).map(str)
ages = st.integers(1, 110)


@pytest.mark.parametrize(
    ("birth", "at", "international", "korean"),
    [
        ("1985-03-12", "2009-03-12", (24, 24), (25, 25)),
        ("1985-03-12", "2009-03-11", (23, 23), (25, 25)),
        ("1985-03", "2009-03", (23, 24), (25, 25)),
        ("1985", "2009", (23, 24), (25, 25)),
        ("198X", "2009", (19, 29), (21, 30)),
        ("1985", "1985", (0, 0), (1, 1)),
        ("2004-02-29", "2005-02-28", (0, 0), (2, 2)),
        ("2004-02-29", "2005-03-01", (1, 1), (2, 2)),
        ("[..1985]", "2009", (23, None), (25, None)),
        ("1985", "2009/..", (23, None), (25, None)),
        ("1985/1986", "1985-06", (0, 0), (1, 1)),
    ],
)
def test_ages_are_ranges(birth, at, international, korean):
    assert age_at(parse(birth), parse(at)) == international
    assert age_at(parse(birth), parse(at), "korean") == korean


def test_an_act_before_the_birth_is_impossible():
    with pytest.raises(ImpossibleAge, match="1984 lies before the birth, 1985"):
        age_at(parse("1985"), parse("1984"))


@pytest.mark.parametrize(
    ("age", "at", "system", "birth"),
    [
        (23, "2009-03-12", "international", "[1985-03-13..1986-03-12]"),
        (23, "2009-03", "international", "[1985-03..1986-03]"),
        (23, "2009", "international", "[1985..1986]"),
        (23, "2009-24~", "international", "[1985~..1986~]"),
        (24, "2009", "korean", "1986"),
        (24, "2009-03-12", "korean", "1986"),
        (24, "2009/2010", "korean", "[1986..1987]"),
        (AgeRange(20, 29), "2009", "international", "[1979..1989]"),
        (AgeRange(20, None), "2009", "international", "[..1989]"),
        (0, "2004-02-29", "international", "[2003-03-01..2004-02-29]"),
        (23, "2009/..", "international", "[1985..]"),
    ],
)
def test_a_birth_follows_from_an_age(age, at, system, birth):
    assert birth_from_age(age, parse(at), system).text == birth


@given(days, days)
def test_the_birth_found_from_an_age_contains_the_real_birth(one, other):
    birth, at = sorted([one, other])
    for system in ("international", "korean"):
        age = age_at(parse(birth), parse(at), system)
        assert age.low == age.high
        assert certainly_within(parse(birth), birth_from_age(age.low, parse(at), system))


@given(ages, days)
def test_an_age_survives_the_way_to_the_birth_and_back(age, at):
    assert age_at(birth_from_age(age, parse(at)), parse(at)) == (age, age)
    assert age_at(birth_from_age(age, parse(at), "korean"), parse(at), "korean") == (age, age)


def test_the_age_at_an_act_follows_from_the_age_at_the_interview():
    assert age_from_interview(30, parse("2020-05-10"), parse("2011")) == (20, 22)
    assert age_from_interview(31, parse("2020"), parse("2011"), "korean") == (20, 21)
    with pytest.raises(ImpossibleAge):
        age_from_interview(20, parse("2020"), parse("1998"))


@pytest.mark.parametrize(
    ("age", "system"), [(-1, "international"), (0, "korean"), (AgeRange(5, 3), "international"), (3000, "korean")]
)
def test_ages_that_cannot_be_are_refused(age, system):
    with pytest.raises(ImpossibleAge):
        birth_from_age(age, parse("2009"), system)
    with pytest.raises(ImpossibleAge, match="without limits"):
        birth_from_age(AgeRange(3, None), parse("2009/.."))


def test_bands_have_the_published_limits():
    assert BANDS_CTDC.labels == ("0-8", "9-17", "18-20", "21-23", "24-26", "27-29", "30-38", "39-47", "48+")
    assert BANDS_TEN_YEARS.labels[:2] == ("0-9", "10-19") and BANDS_TEN_YEARS.labels[-1] == "80+"


@pytest.mark.parametrize(
    ("age", "band"),
    [
        (0, "0-8"),
        (8, "0-8"),
        (9, "9-17"),
        (17, "9-17"),
        (47, "39-47"),
        (48, "48+"),
        (120, "48+"),
        (AgeRange(18, 20), "18-20"),
        (AgeRange(20, 21), "unknown"),
        (AgeRange(48, None), "48+"),
        (AgeRange(47, None), "unknown"),
        (None, "unknown"),
        (-1, "unknown"),
    ],
)
def test_an_age_falls_in_one_band_or_is_unknown(age, band):
    assert age_band(age) == band
