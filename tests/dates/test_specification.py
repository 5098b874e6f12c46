"""Every example of the Library of Congress specification (February 2019): value, canonical text and bounds."""

from datetime import date

import pytest

from tumen.dates import day_number, parse

OPEN = "open"
UNKNOWN = "unknown"

# (text, first possible day, last possible day, precision, kind); the canonical text is the text itself.
LEVEL_0 = [
    ("1985-04-12", "1985-04-12", "1985-04-12", "day", "date"),
    ("1985-04", "1985-04-01", "1985-04-30", "month", "date"),
    ("1985", "1985-01-01", "1985-12-31", "year", "date"),
    ("1985-04-12T23:20:30", "1985-04-12", "1985-04-12", "second", "time"),
    ("1985-04-12T23:20:30Z", "1985-04-12", "1985-04-12", "second", "time"),
    ("1985-04-12T23:20:30-04", "1985-04-12", "1985-04-12", "second", "time"),
    ("1985-04-12T23:20:30+04:30", "1985-04-12", "1985-04-12", "second", "time"),
    ("1964/2008", "1964-01-01", "2008-12-31", "year", "interval"),
    ("2004-06/2006-08", "2004-06-01", "2006-08-31", "month", "interval"),
    ("2004-02-01/2005-02-08", "2004-02-01", "2005-02-08", "day", "interval"),
    ("2004-02-01/2005-02", "2004-02-01", "2005-02-28", "mixed", "interval"),
    ("2004-02-01/2005", "2004-02-01", "2005-12-31", "mixed", "interval"),
    ("2005/2006-02", "2005-01-01", "2006-02-28", "mixed", "interval"),
]
LEVEL_1 = [
    ("2001-21", "2001-03-01", "2001-05-31", "season", "date"),
    ("1984?", "1984-01-01", "1984-12-31", "year", "date"),
    ("2004-06~", "2004-06-01", "2004-06-30", "month", "date"),
    ("2004-06-11%", "2004-06-11", "2004-06-11", "day", "date"),
    ("201X", "2010-01-01", "2019-12-31", "decade", "date"),
    ("20XX", "2000-01-01", "2099-12-31", "century", "date"),
    ("2004-XX", "2004-01-01", "2004-12-31", "year", "date"),
    ("1985-04-XX", "1985-04-01", "1985-04-30", "month", "date"),
    ("1985-XX-XX", "1985-01-01", "1985-12-31", "year", "date"),
    ("1985-04-12/..", "1985-04-12", OPEN, "day", "interval"),
    ("1985-04/..", "1985-04-01", OPEN, "month", "interval"),
    ("1985/..", "1985-01-01", OPEN, "year", "interval"),
    ("../1985-04-12", OPEN, "1985-04-12", "day", "interval"),
    ("../1985-04", OPEN, "1985-04-30", "month", "interval"),
    ("../1985", OPEN, "1985-12-31", "year", "interval"),
    ("1985-04-12/", "1985-04-12", UNKNOWN, "day", "interval"),
    ("1985-04/", "1985-04-01", UNKNOWN, "month", "interval"),
    ("1985/", "1985-01-01", UNKNOWN, "year", "interval"),
    ("/1985-04-12", UNKNOWN, "1985-04-12", "day", "interval"),
    ("/1985-04", UNKNOWN, "1985-04-30", "month", "interval"),
    ("/1985", UNKNOWN, "1985-12-31", "year", "interval"),
]
LEVEL_2 = [
    ("1950S2", "1900-01-01", "1999-12-31", "century", "date"),
    ("2001-34", "2001-04-01", "2001-06-30", "quarter", "date"),
    ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", "year", "one of"),
    ("[..1760-12-03]", OPEN, "1760-12-03", "day", "one of"),
    ("[1760-12..]", "1760-12-01", OPEN, "month", "one of"),
    ("[1760-01,1760-02,1760-12..]", "1760-01-01", OPEN, "month", "one of"),
    ("[1667,1760-12]", "1667-01-01", "1760-12-31", "mixed", "one of"),
    ("[..1984]", OPEN, "1984-12-31", "year", "one of"),
    ("{1667,1668,1670..1672}", "1667-01-01", "1672-12-31", "year", "all of"),
    ("{1960,1961-12}", "1960-01-01", "1961-12-31", "mixed", "all of"),
    ("{..1984}", OPEN, "1984-12-31", "year", "all of"),
    ("2004-06-11%", "2004-06-11", "2004-06-11", "day", "date"),
    ("2004-06~-11", "2004-06-11", "2004-06-11", "day", "date"),
    ("2004?-06-11", "2004-06-11", "2004-06-11", "day", "date"),
    ("2004-%06-11", "2004-06-11", "2004-06-11", "day", "date"),
    ("156X-12-25", "1560-12-25", "1569-12-25", "decade", "date"),
    ("15XX-12-25", "1500-12-25", "1599-12-25", "century", "date"),
    ("1XXX-XX", "1000-01-01", "1999-12-31", "millennium", "date"),
    ("1XXX-12", "1000-12-01", "1999-12-31", "millennium", "date"),
    ("1984-1X", "1984-10-01", "1984-12-31", "year", "date"),
    ("2004-06-~01/2004-06-~20", "2004-06-01", "2004-06-20", "day", "interval"),
    ("2004-06-XX/2004-07-03", "2004-06-01", "2004-07-03", "mixed", "interval"),
]


def _number(day):
    return None if day in (OPEN, UNKNOWN) else date.fromisoformat(day).toordinal()


@pytest.mark.parametrize(("text", "first", "last", "precision", "kind"), LEVEL_0 + LEVEL_1 + LEVEL_2)
def test_an_example_of_the_specification_has_its_text_bounds_precision_and_kind(text, first, last, precision, kind):
    value = parse(text)
    assert (value.text, value.lower, value.upper) == (text, _number(first), _number(last))
    assert (value.precision, value.kind) == (precision, kind)
    assert value.lower_state == (first if first in (OPEN, UNKNOWN) else "known")
    assert value.upper_state == (last if last in (OPEN, UNKNOWN) else "known")
    assert parse(value.text) == value


def test_a_component_marked_on_its_left_is_marked_alone():
    value = parse("?2004-06-~11")
    assert value.text == "2004?-06-~11"  # one component marked from either side means the same
    assert value.marks == ("?", "", "~")
    assert value.is_uncertain and value.is_approximate


@pytest.mark.parametrize(
    ("text", "first_year", "last_year", "precision"),
    [
        ("Y170000002", 170000002, 170000002, "year"),
        ("Y-170000002", -170000002, -170000002, "year"),
        ("-1985", -1985, -1985, "year"),
        ("Y-17E7", -170000000, -170000000, "year"),
        ("Y171010000S3", 171000000, 171999999, "era"),
        ("Y3388E2S3", 338000, 338999, "millennium"),
        ("XXXX-12-XX", 0, 9999, "unknown"),
    ],
)
def test_years_beyond_the_calendar_of_datetime_have_bounds(text, first_year, last_year, precision):
    value = parse(text)
    month = 12 if text == "XXXX-12-XX" else 1
    assert value.text == text
    assert (value.lower, value.upper) == (day_number(first_year, month, 1), day_number(last_year, 12, 31))
    assert value.precision == precision


@pytest.mark.parametrize(
    ("code", "first", "last"),
    [
        (21, "03-01", "05-31"),
        (22, "06-01", "08-31"),
        (23, "09-01", "11-30"),
        (24, "01-01", "12-31"),
        (25, "03-01", "05-31"),
        (26, "06-01", "08-31"),
        (27, "09-01", "11-30"),
        (28, "01-01", "12-31"),
        (29, "09-01", "11-30"),
        (30, "01-01", "12-31"),
        (31, "03-01", "05-31"),
        (32, "06-01", "08-31"),
        (33, "01-01", "03-31"),
        (34, "04-01", "06-30"),
        (35, "07-01", "09-30"),
        (36, "10-01", "12-31"),
        (37, "01-01", "04-30"),
        (38, "05-01", "08-31"),
        (39, "09-01", "12-31"),
        (40, "01-01", "06-30"),
        (41, "07-01", "12-31"),
    ],
)
def test_every_part_of_a_year_has_its_months(code, first, last):
    value = parse(f"2001-{code}")
    assert value.bounds == (_number(f"2001-{first}"), _number(f"2001-{last}"))
