"""Dates in words, three languages, two styles."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.dates.strategies import values

from tumen.dates import LANGUAGES, InvalidDate, describe, parse, read
from tumen.dates.words import words


@pytest.mark.parametrize(
    ("text", "en", "ko", "zh"),
    [
        ("2011-24~", "about winter 2011", "2011년 겨울경", "约2011年冬"),
        ("2009-03-12", "12 March 2009", "2009년 3월 12일", "2009年3月12日"),
        ("2009?", "2009 (uncertain)", "2009년(불확실)", "2009年（不确定）"),
        ("2009-03%", "about March 2009 (uncertain)", "2009년 3월경(불확실)", "约2009年3月（不确定）"),
        ("2004-06-~11", "11 June 2004 (day approximate)", "2004년 6월 11일(일 추정)", "2004年6月11日（日期为约数）"),
        ("201X", "2010s", "2010년대", "2010年代"),
        ("20XX", "some time from 2000 to 2099", "2000년부터 2099년 사이", "2000年至2099年之间"),
        ("1985-04-XX", "April 1985 (day unknown)", "1985년 4월 (일 미상)", "1985年4月（日期不详）"),
        ("2009/2011", "2009 to 2011", "2009년부터 2011년까지", "2009年至2011年"),
        ("2009/..", "2009 onward (end open)", "2009년부터(종료 미정)", "2009年起（结束未定）"),
        ("/2009", "until 2009 (start unknown)", "2009년까지(시작 시점 미상)", "至2009年（开始时间不详）"),
        ("[..2009]", "2009 or earlier", "2009년 이전", "2009年或更早"),
        ("[2000..2003]", "between 2000 and 2003", "2000년~2003년 사이", "2000年至2003年之间"),
        ("[1667,1670..1672]", "1667 or 1670 to 1672", "1667년 또는 1670년~1672년", "1667年或1670年至1672年"),
        ("{1960,1961-12}", "1960 and December 1961", "1960년 및 1961년 12월", "1960年和1961年12月"),
    ],
)
def test_a_date_reads_naturally(text, en, ko, zh):
    assert [describe(parse(text), language) for language in LANGUAGES] == [en, ko, zh]


@pytest.mark.parametrize(
    ("text", "en"),
    [
        ("2009-03-12", "2009-03-12"),
        ("2011-24~", "c. 2011 winter"),
        ("2009/2011", "2009 – 2011"),
        ("[..2009]", "≤ 2009"),
        ("1985-04-XX", "1985-04-??"),
        ("2009?", "2009?"),
        ("2001-34", "2001 Q2"),
        ("1984-1X", "1984-10-01 ~ 1984-12-31"),
    ],
)
def test_a_table_gets_digits_first(text, en):
    assert describe(parse(text), "en", "tabular") == en


@given(values, st.sampled_from(LANGUAGES), st.sampled_from(["short", "tabular"]))
def test_every_value_has_a_description(value, language, style):
    written = describe(value, language, style)
    assert written.strip() and "{" not in written


@given(
    st.dates().flatmap(lambda day: st.sampled_from([str(day), str(day)[:7], f"{day.year:04}", f"{day.year:04}-24"])),
    st.sampled_from(["", "~", "?", "%"]),
    st.sampled_from(LANGUAGES),
)
def test_what_is_written_of_a_date_can_be_read_back(text, mark, language):
    value = parse(text + mark)
    assert read(describe(value, language)) == value


@given(st.integers(1000, 9000), st.integers(1, 99), st.sampled_from(LANGUAGES), st.sampled_from(["{}/{}", "[{}..{}]"]))
def test_what_is_written_of_two_years_can_be_read_back(year, length, language, form):
    value = parse(form.format(year, year + length))
    assert read(describe(value, language)) == value


def test_the_three_languages_have_the_same_patterns():
    for style in ("short", "tabular"):
        assert len({frozenset(getattr(words(language), style)) for language in LANGUAGES}) == 1


def test_an_unknown_language_is_refused():
    with pytest.raises(ValueError, match="no words for the language 'xx'"):
        describe(parse("2009"), "xx")
    with pytest.raises(InvalidDate):
        read("2009년", language="en")
