"""Reading what coders type, in English, Korean and Chinese."""

import json
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.dates import Edtf, InvalidDate, parse, read
from tumen.dates.words import LANGUAGES, words

DOCUMENTS = Path(__file__).parents[2].parent / "shared" / "data" / "documents"

UNDERSTOOD = {
    # days, months, years
    "March 2009": "2009-03",
    "Mar. 12, 2009": "2009-03-12",
    "12 Mar 2009": "2009-03-12",
    "12th of March 2009": "2009-03-12",
    "12-Mar-2009": "2009-03-12",
    "2009.3.12": "2009-03-12",
    "2009. 3. 12.": "2009-03-12",
    "2009/3/12": "2009-03-12",
    "2009-3-12": "2009-03-12",
    "2009.3": "2009-03",
    "2009년 3월": "2009-03",
    "2009년 3월 12일": "2009-03-12",
    "3월 2009": "2009-03",
    "2009年3月": "2009-03",
    "2009年3月12日": "2009-03-12",
    "2009年3月12号": "2009-03-12",
    "二〇〇九年三月": "2009-03",
    "2009年十二月": "2009-12",
    "２００９年３月": "2009-03",
    "  2009 ": "2009",
    "2009년": "2009",
    "2009-11": "2009-11",
    "13/04/2009": "2009-04-13",
    "04/13/2009": "2009-04-13",
    "03/03/2009": "2009-03-03",
    # parts of years, decades, centuries
    "winter 2011": "2011-24",
    "the winter of 2013": "2013-24",
    "2011 겨울": "2011-24",
    "2011년 겨울": "2011-24",
    "2011年冬天": "2011-24",
    "winter 2011-12": "[2011-12..2012-02]",
    "winter 2011/2012": "[2011-12..2012-02]",
    "early 2009": "2009-37",
    "mid-2009": "2009-38",
    "end of 2009": "2009-39",
    "2009년 말": "2009-39",
    "2009年底": "2009-39",
    "first half of 2009": "2009-40",
    "2009년 하반기": "2009-41",
    "2009年上半年": "2009-40",
    "Q3 2009": "2009-35",
    "2009년 1분기": "2009-33",
    "the 1990s": "199X",
    "1990's": "199X",
    "1990년대": "199X",
    "1990年代": "199X",
    "20th century": "19XX",
    "20세기": "19XX",
    "early 2000s": "[2000..2003]",
    "2000년대 초": "[2000..2003]",
    "2000年代初": "[2000..2003]",
    "mid-1990s": "[1994..1996]",
    "late 1990s": "[1997..1999]",
    "2021년 6월 말": "[2021-06-21..2021-06-30]",
    "early March 2009": "[2009-03-01..2009-03-10]",
    "2009年2月下旬": "[2009-02-21..2009-02-28]",
    "2009년 3월 중순": "[2009-03-11..2009-03-20]",
    # about, perhaps
    "c. 2009": "2009~",
    "ca. March 2009": "2009-03~",
    "circa winter 2011": "2011-24~",
    "2009경": "2009~",
    "약 2009년": "2009~",
    "2009년 3월쯤": "2009-03~",
    "约2011年冬": "2011-24~",
    "2009年左右": "2009~",
    "possibly 2009": "2009?",
    "2009년 추정": "2009?",
    "maybe about 2009": "2009%",
    "about 2009-2011": "2009~/2011~",
    "c. 2009 to c. 2011": "2009~/2011~",
    "about early 2000s": "[2000~..2003~]",
    # before and after
    "before 2010": "[..2009]",
    "before March 2009": "[..2009-02]",
    "before 12 March 2009": "[..2009-03-11]",
    "before 1 Jan 2009": "[..2008-12-31]",
    "before the 1990s": "[..1989]",
    "before c. 2010": "[..2009~]",
    "2010 이전": "[..2010]",
    "2010년 전": "[..2009]",
    "2010年以前": "[..2010]",
    "2010年前": "[..2009]",
    "by 2010": "[..2010]",
    "after 2010": "[2011..]",
    "after March 2009": "[2009-04..]",
    "2010 이후": "[2010..]",
    "2010年之后": "[2011..]",
    "since 2010": "2010/..",
    "2010년부터": "2010/..",
    "从2010年": "2010/..",
    "until 2010": "../2010",
    "2010년까지": "../2010",
    # ranges
    "2009-2011": "2009/2011",
    "2009–2011": "2009/2011",
    "2009~2011년": "2009/2011",
    "from 2009 to 2011": "2009/2011",
    "2009년부터 2011년까지": "2009/2011",
    "2009年至2011年": "2009/2011",
    "从2009年到2011年": "2009/2011",
    "between 2009 and 2011": "[2009..2011]",
    "2009년~2011년 사이": "[2009..2011]",
    "March-May 2009": "2009-03/2009-05",
    "2009년 3월~5월": "2009-03/2009-05",
    "3-5 March 2009": "2009-03-03/2009-03-05",
    "2009. 3. ~ 2009. 5.": "2009-03/2009-05",
    "2009.3.12~2009.4.1": "2009-03-12/2009-04-01",
}


@pytest.mark.parametrize(("text", "edtf"), UNDERSTOOD.items())
def test_a_phrase_is_understood(text, edtf):
    assert read(text).text == edtf


@pytest.mark.parametrize(
    ("text", "edtf"),
    [
        ("March", "2023-03"),
        ("9 October", "2023-10-09"),
        ("March 24", "2023-03-24"),
        ("10月9日", "2023-10-09"),
        ("29일", "2023-10-29"),
        ("작년 3월", "2022-03"),
        ("last year", "2022"),
        ("올해", "2023"),
        ("去年冬天", "2022-24"),
        ("5 years ago", "2018~"),
        ("10년 전", "2013~"),
        ("yesterday", "2023-10-13"),
        ("오늘", "2023-10-14"),
        ("겨울", "2023-24"),
        ("2009", "2009"),
        ("March to May", "2023-03/2023-05"),
    ],
)
def test_what_has_no_year_takes_it_from_the_interview(text, edtf):
    assert read(text, relative_to=parse("2023-10-14")).text == edtf


def test_what_has_no_year_is_refused_without_an_interview_date():
    for text in ("March", "29일", "작년", "5 years ago", "today"):
        with pytest.raises(InvalidDate, match="year is missing"):
            read(text)
    with pytest.raises(InvalidDate, match="known to the day"):
        read("yesterday", relative_to=parse("2023"))
    with pytest.raises(InvalidDate, match="month is missing"):
        read("29일", relative_to=parse("2023"))


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("03/04/2009", ("2009-04-03", "2009-03-04")),
        ("3.4.2009", ("2009-04-03", "2009-03-04")),
        ("2009/11", ("2009-11", "2009/2011")),
        ("1900s", ("190X", "19XX")),
        ("98년", ("1998", "2098")),
        ("'98", ("1998", "2098")),
        ("09.3.12", ("1909", "2009")),
        ("90s", ("1990", "2090")),
    ],
)
def test_what_has_two_readings_is_refused_naming_both(text, readings):
    with pytest.raises(InvalidDate) as caught:
        read(text)
    assert caught.value.text == text
    for reading in readings:
        assert reading in str(caught.value)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("30 Feb 2011", "2011-02 has 28 days"),
        ("2011년 13월", "no month 13"),
        ("the day she left", '"day" is not understood'),
        ("before winter 2011", "need a day, a month"),
        ("early winter 2011", "need a decade"),
        ("0th century", "no such century"),
        ("winter 2011-15", "follow each other"),
        ("2011-2009", "lies before the start"),
        ("", "not understood"),
        ("from", "not understood"),
        ("2009년~", "not understood"),
        ("😀", "not understood"),
        ("about 1985-04-12T23:20:30", "not understood"),
    ],
)
def test_what_is_not_understood_is_explained(text, hint):
    with pytest.raises(InvalidDate) as caught:
        read(text)
    assert hint in str(caught.value)


@pytest.mark.parametrize(
    "text",
    [
        "음력 8월 15일",
        "2009년 음력 8월 15일",
        "음력 2009-08-15",
        "2009년 추석",
        "正月初三",
        "2009年农历八月",
        "lunar August 2009",
    ],
)
def test_a_lunar_date_is_not_taken_for_a_solar_one_but_its_solar_range_asked_for(text):
    with pytest.raises(InvalidDate) as caught:
        read(text)
    assert "lunar calendar. Write the solar days or months" in str(caught.value)


def test_solar_said_of_a_date_changes_nothing():
    assert read("양력 2009년 9월 12일") == read("公历2009年9月12日") == read("12 September 2009, solar calendar")


def test_the_column_points_at_the_strange_word():
    with pytest.raises(InvalidDate) as caught:
        read("2009 or thereabouts")
    assert caught.value.column == 6


_vocabulary = sorted({word for language in LANGUAGES for listed in words(language).read.values() for word in listed})


@given(
    st.text()
    | st.lists(
        st.sampled_from([*_vocabulary, "2009", "3", "12", "-", "~", "/", ".", "?", "(", ")", "@", ";", "٣"]), max_size=9
    ).map(" ".join)
    | st.lists(st.sampled_from([*_vocabulary, "2009", "11", "-", "~"]), max_size=9).map("".join)
)
def test_no_text_makes_anything_but_a_value_or_invalid_date(text):
    for relative in (None, parse("2023-10-14"), parse("0000"), parse("/-0001"), parse("Y-17E7")):
        try:
            value = read(text, relative_to=relative)
        except InvalidDate as error:
            assert str(error)
        else:
            assert isinstance(value, Edtf) and parse(value.text) == value


@pytest.mark.parametrize(
    "text",
    ["about " * 80, "1-" * 250, "2009~" * 90, "9" * 10_000, "경" * 500, "c maybe c maybe 7 uncertain about c c?"],
)
def test_hostile_text_is_refused_quickly(text):
    started = time.process_time()
    with pytest.raises(InvalidDate):
        read(text)
    assert time.process_time() - started < 0.5


# The annotators of the sample documents chose one year for "early 1990s"; we keep the years that it can mean. Days of
# the week are not read, and "between 2009 and 2019" is annotated by its years alone.
_OTHERWISE = {
    "early 1990s",
    "mid-1990s",
    "late 1990s",
    "late 2008",
    "2021년 6월 말",
    "周四",
    "Thursday",
    "2009 and 2019",
    "1994 and 2003",
}


@pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the sample documents are not beside the repository")
def test_the_dates_of_the_sample_documents_are_read_as_annotated():
    checked = 0
    for path in sorted(DOCUMENTS.glob("*.gold.json")):
        for annotated in json.loads(path.read_text(encoding="utf-8")).get("dates", []):
            text, edtf = annotated["text"], annotated["edtf"]
            if text in _OTHERWISE:
                continue
            # What is annotated as approximate stands in a context that says so.
            assert read(text, relative_to=parse(edtf)).text == edtf.rstrip("~"), (path.name, text)
            checked += 1
    assert checked > 50
