"""The text form of a query: canonical, reversible, and free of names."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.columns.worlds import FIELDS, queries

from tumen.columns import BadQuery, Condition, Domain, Field, Fields, Kind, Op, Query

tokens = st.one_of(st.none(), st.text("abcdef0123456789", min_size=4, max_size=12))
sorts = st.lists(st.sampled_from(["type", "-type", "period", "-period", "-id", "victim"]), max_size=3).map(tuple)


@given(
    queries(),
    tokens,
    sorts,
    st.one_of(st.none(), st.integers(0, 10**6)),
    st.integers(1, 500),
    st.integers(1, 99),
    st.one_of(st.none(), st.text(min_size=1, max_size=8)),
)
def test_parsing_the_text_form_gives_the_query_back(query, token, sort, as_of, size, page, purpose):
    query = replace(query, token=token, sort=sort, as_of=as_of, page_size=size, page=page, columns=("type", "sex"))
    if purpose is not None:
        query = replace(query, purpose=purpose, audience=purpose, grain=token, because=token)
    text = query.to_text()
    assert Query.parse(text, FIELDS) == query
    assert Query.parse(text, FIELDS).to_text() == text


@pytest.mark.parametrize("text", ["purpose=a", "audience=a", "grain=a", "because=a", "audience=a&grain=b"])
def test_consent_is_asked_for_with_purpose_and_audience_together(text):
    with pytest.raises(BadQuery, match="purpose and an audience"):
        Query.parse(f"unit=acts&{text}", FIELDS)


@given(queries())
def test_equal_questions_have_one_text_whatever_the_order_they_were_put_in(query):
    turned = replace(query, where=tuple(reversed(query.where)) * 2)
    assert turned == query
    assert hash(turned) == hash(query)
    assert turned.to_text() == query.to_text()


def test_the_text_form_reads_as_documented():
    text = "unit=acts&period=2000/2009&type=liberty.detention,life&run=3&asof=812&sort=-period"
    query = Query.parse(text, FIELDS)
    assert query.where == (
        Condition("period", Op.BETWEEN, ("2000", "2009")),
        Condition("type", Op.IN, ("life", "liberty.detention")),
    )
    assert (query.resolution, query.as_of, query.sort) == (3, 812, ("-period",))
    assert query.to_text() == "unit=acts&period=2000/2009&type=liberty.detention,life&run=3&asof=812&sort=-period"


@pytest.mark.parametrize(
    ("text", "op", "values"),
    [
        ("type=unknown", Op.IS_UNKNOWN, ()),
        ("period=unknown", Op.IS_UNKNOWN, ()),
        ("type.not=life", Op.NOT_IN, ("life",)),
        ("type.exactly=liberty", Op.EXACTLY, ("liberty",)),
        ("period=2003", Op.BETWEEN, ("2003", "2003")),
        ("period.touches=../2003-05", Op.TOUCHES, ("..", "2003-05")),
        ("period.spans=decade", Op.SPANS, ("decade",)),
        ("victim=1003,1001", Op.IN, (1001, 1003)),
        ("type=life,unknown", Op.IN, ("life", "unknown")),
    ],
)
def test_each_operation_has_a_written_form(text, op, values):
    query = Query.parse(f"unit=acts&{text}", FIELDS)
    assert query.where == (Condition(query.where[0].field, op, values),)
    assert Query.parse(query.to_text(), FIELDS) == query


def test_free_text_never_enters_the_text_form():
    query = Query("acts", text="Kim 강제송환")
    with pytest.raises(BadQuery, match="token"):
        query.to_text()
    text = query.to_text(token="k3v9")
    assert text == "unit=acts&q=k3v9"
    assert Query.parse(text, FIELDS).token == "k3v9"
    assert Query.parse(text, FIELDS).text is None


def test_a_term_may_hold_any_character_but_a_comma():
    fields = Fields(
        [Field("place", Kind.HIERARCHY, units=frozenset(["acts"]), domain=Domain.flat(["A&B=c/d", "온성+1%"]))]
    )
    query = Query("acts", (Condition("place", Op.IN, ("A&B=c/d", "온성+1%")),))
    assert Query.parse(query.to_text(), fields) == query


@pytest.mark.parametrize(
    ("text", "message", "near"),
    [
        ("unit=acts&tpye=life", "'tpye'", "type"),
        ("unit=acts&type=libery.detention", "'libery.detention'", "liberty.detention"),
        ("unit=actz", "'actz'", "acts"),
        ("type=life", "no unit", None),
        ("unit=acts&unit=acts", "twice", None),
        ("unit=acts&period=soon", "'soon' is not a date", None),
        ("unit=acts&period=2001-02-30", "not a date", None),
        ("unit=acts&period=2009/2001", "lies after", None),
        ("unit=acts&period=../..", "two bounds", None),
        ("unit=acts&period.spans=decad", "scheme", "decade"),
        ("unit=acts&type.touches=life", "cannot be asked", None),
        ("unit=acts&type.like=life", "no operation", None),
        ("unit=acts&victim=Kim", "not an id", None),
        ("unit=acts&type=", "no term", None),
        ("unit=acts&page=0", "start at 1", None),
        ("unit=acts&page=-1", "not a number", None),
        ("unit=acts&checked=maybe", "yes or no", None),
        ("unit=acts&sort=-perod", "'perod'", "period"),
        ("unit=acts&age=99999999999", "32 bits", None),
        ("unit=acts&run", "no value", None),
    ],
)
def test_a_bad_query_says_what_is_wrong_and_what_may_be_meant(text, message, near):
    with pytest.raises(BadQuery, match=message) as caught:
        Query.parse(text, FIELDS)
    if near:
        assert near in caught.value.near


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for given_text in (text, f"unit=acts&{text}"):
        try:
            query = Query.parse(given_text, FIELDS)
        except BadQuery:
            continue
        assert Query.parse(query.to_text(), FIELDS) == query


def test_a_field_of_another_unit_is_refused():
    fields = Fields(
        [
            Field("title", Kind.SINGLE, units=frozenset(["sources"]), domain=Domain.flat(["x"])),
            Field("type", Kind.SINGLE, units=frozenset(["acts"]), domain=Domain.flat(["y"])),
        ]
    )
    with pytest.raises(BadQuery, match="does not apply to acts"):
        Query.parse("unit=acts&title=x", fields)
