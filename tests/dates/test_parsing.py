"""Parsing: what is accepted, what is refused and how well the refusal explains itself."""

import pickle
import time

import edtf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.dates.strategies import dates, sets, values

from tumen.dates import Bounds, InvalidDate, bounds_many, day_number, parse, try_parse
from tumen.dates.days import civil, days_in_month


@given(values)
def test_the_canonical_text_is_a_fixed_point(value):
    again = parse(value.text)
    assert again == value and again.text == value.text and again.bounds == value.bounds
    assert value.lower is None or value.upper is None or value.lower <= value.upper


@given(sets)
def test_the_bounds_of_a_set_contain_its_members(text):
    value = parse(text)
    for member in value.members:
        assert value.lower <= member.lower <= member.upper <= value.upper


@given(dates())
def test_marks_never_move_the_bounds(text):
    value = try_parse(text)
    bare = try_parse(text.translate(str.maketrans("", "", "?~%")))
    if value is not None:
        assert bare is not None and value.bounds == bare.bounds


@given(st.text() | st.text("0123456789X?~%-/.,[]{}YEST:Z+", max_size=40) | st.text("٠١٢३४५０１２²Ⅳ-/", max_size=12))
def test_no_text_makes_anything_but_invalid_date(text):
    try:
        assert parse(parse(text).text) == parse(text)
    except InvalidDate as error:
        assert 1 <= error.column <= max(len(text), 1) + 1
        assert "\n" not in str(error) and "{" not in error.problem.format(**error.details)


@pytest.mark.parametrize(
    "text",
    [
        "9" * 10_000,
        "Y" + "9" * 10_000,
        "Y1E" + "9" * 400,
        "1950S" + "9" * 400,
        "[" * 500,
        "/" * 500,
        "2009-🙂",
        "\u202e2009",
        "٢٠٠٩",
        "２００９",
        "²⁰⁰⁹",
        "2009\n",
        "2009\x00",
        "XXXX-02-3X",
        "{" + "1999," * 98 + "}",
    ],
)
def test_hostile_text_is_refused_quickly(text):
    started = time.process_time()
    with pytest.raises(InvalidDate) as caught:
        parse(text)
    assert len(str(caught.value)) < 400 and "\u202e" not in str(caught.value)
    assert time.process_time() - started < 0.1


@pytest.mark.parametrize(
    ("text", "column", "field", "hint"),
    [
        ("2011-02-30", 9, "day", "2011-02 has 28 days"),
        ("2011-13", 6, "month", "no month 13"),
        ("2011-00", 6, "month", "no month 00"),
        ("2011-04-00", 9, "day", "2011-04-XX"),
        ("1901-02-29", 9, "day", "has 28 days"),
        ("2011-24-05", 9, "day", "has no days"),
        ("199X-02-3X", 9, "day", "no day 3X exists"),
        ("19X1-02-29", 9, "day", "no day 29 exists"),
        ("[2001,2002-02-30]", 15, "day", "2002-02 has 28 days"),
        ("2009-01/2009-02-30", 17, "day", "2009-02 has 28 days"),
        ("2006/2004", 6, None, "lies before the start 2006"),
        ("[2006..2004]", 8, None, "lies before"),
        ("[2006..2007-01]", 8, None, "differ in precision"),
        ("[2001..,2003]", 2, None, "only at the beginning or the end"),
        ("1985-04-12T24:00:00", 12, "hour", "hour 24"),
        ("1985-04-12T10:00:00/..", 11, "time", "no time of day"),
        ("-0000", 1, "year", "no sign"),
        ("Y1985", 1, "year", "Write 1985"),
        ("1950S5", 6, "year", "S1 to S4"),
        ("Y1E90", 1, "year", "too far"),
        ("20090312", 1, None, "Write 2009-03-12"),
        ("2009-3", 6, None, "Write 03"),
        ("199u", 4, None, "capital X"),
        ("2009 ", 5, None, "space"),
        ("2009–2011", 5, None, "not a hyphen"),
        ("1985/open", 6, None, "Write .."),
        ("", 1, None, "there is no date"),
        ("/", 1, None, "neither start nor end"),
        ("2009/2010/2011", 10, None, "one slash"),
        ("[]", 2, None, "empty"),
        ("[2009", 5, None, "does not end with ]"),
        ("{1999,", 6, None, "{a,b} for all"),
    ],
)
def test_a_refusal_says_what_where_and_what_to_write(text, column, field, hint):
    with pytest.raises(InvalidDate) as caught:
        parse(text)
    assert (caught.value.column, caught.value.field) == (column, field)
    assert hint in str(caught.value)


def test_the_29th_of_february_bounds_to_leap_years():
    assert parse("201X-02-29").bounds == (day_number(2012, 2, 29), day_number(2016, 2, 29))
    assert parse("2000-02-29").lower is not None


def test_a_shared_mark_is_written_once():
    assert parse("%2004-%06-%11") == parse("2004-06-11%") == parse("2004-06-11?~".replace("?~", "%"))
    assert parse("2004~-06?-11").text == "2004%-?06-11"
    assert str(parse("?2004/?2006-~03")) == "2004?/2006?-~03"


def test_a_value_cannot_be_changed_and_survives_pickling():
    value = parse("2011-24~")
    with pytest.raises(AttributeError):
        value.text = "2012"
    assert pickle.loads(pickle.dumps(value)) == value and {value: 1}[parse("2011-24~")] == 1  # noqa: S301 - our own
    assert parse("2011") != "2011" and repr(value) == "Edtf('2011-24~')"


def test_bounds_of_a_column_are_those_of_each_text():
    texts = ["2009", "1985/..", "2009"]
    assert bounds_many(texts) == [parse(text).bounds for text in texts]
    assert bounds_many([]) == [] and bounds_many(["../1985"]) == [Bounds(None, day_number(1985, 12, 31))]
    with pytest.raises(InvalidDate):
        bounds_many(["2009", "nonsense"])


@given(st.integers(-800_000_000, 800_000_000))
def test_day_numbers_and_calendar_days_are_inverse(number):
    year, month, day = civil(number)
    assert 1 <= day <= days_in_month(year, month) and day_number(year, month, day) == number


@settings(max_examples=15, deadline=None)
@given(st.dates().map(str) | st.sampled_from(["201X", "2004-06~", "1984?", "2004-06-~11", "156X-12-25", "[1667,1668]"]))
def test_the_edtf_package_accepts_what_we_accept(text):
    assert str(parse(text)) == text
    assert edtf.is_valid_edtf(text)
