"""Terms as code ranges; bounds and classes of intervals and numbers."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.columns.worlds import TYPES

from tumen.columns import (
    DECADES,
    OPEN_HIGH,
    OPEN_LOW,
    RECORDS,
    YEARS,
    BadBound,
    BadDomain,
    BadField,
    Domain,
    Field,
    Fields,
    Kind,
    Query,
    Scale,
    Scheme,
)


@st.composite
def trees(draw):
    keys = [f"k{n}" for n in range(draw(st.integers(0, 25)))]
    pairs = [(key, draw(st.sampled_from([None, *keys[:n]]))) for n, key in enumerate(keys)]
    return draw(st.permutations(pairs))


@given(trees())
def test_a_subtree_is_a_range_of_codes(pairs):
    domain, parents = Domain(pairs), dict(pairs)

    def above(key):
        return {key} | (above(parents[key]) if parents[key] else set())

    for key in parents:
        code = domain.code(key)
        below = {domain.keys[c] for c in range(code, domain.end[code])}
        assert below == {other for other in parents if key in above(other)}
        assert domain.level[code] == len(above(key))


@given(trees(), st.integers(1, 5))
def test_a_roll_up_goes_to_the_ancestor_and_never_decreases(pairs, level):
    domain = Domain(pairs)
    rolled = domain.rollup(level)
    assert (np.diff(rolled) >= 0).all()
    for code, to in enumerate(rolled.tolist()):
        assert to <= code < domain.end[to]
        assert domain.level[to] == min(level, domain.level[code])


@pytest.mark.parametrize(
    "terms",
    [
        [("a", None), ("a", None)],
        [("a", "b")],
        [("a", "b"), ("b", "a")],
        [("unknown", None)],
        [("a,b", None)],
        [("", None)],
    ],
)
def test_terms_that_make_no_tree_are_refused(terms):
    with pytest.raises(BadDomain):
        Domain(terms)


def test_terms_are_encoded_and_near_ones_offered():
    assert TYPES.encode(["life", None, "integrity"]).tolist() == [1, 0, 6]
    assert "liberty.travel" in TYPES.near("liberty.travl")
    with pytest.raises(KeyError):
        TYPES.encode(["lief"])


@pytest.mark.parametrize("text", ["2000", "2004-02", "1999-12-31", "1950"])
def test_the_days_of_a_date_are_shown_as_that_date(text):
    assert Scale.DAY.show(*Scale.DAY.span(text)) == (text, text)


def test_open_bounds_are_shown_as_dots():
    assert Scale.DAY.show(OPEN_LOW, Scale.DAY.span("2003")[1]) == ("..", "2003")
    assert Scale.NUMBER.show(30, OPEN_HIGH) == ("30", "..")


@pytest.mark.parametrize("text", ["", "20", "2000-13", "2000-02-30", "2000/2001", "today", "２０００"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(BadBound):
        Scale.DAY.span(text)


calendars = st.sampled_from([YEARS, DECADES, Scheme("month", months=1)])


@given(st.integers(-30_000, 30_000), st.integers(0, 20_000), calendars)
def test_calendar_classes_follow_each_other_and_hold_all_values(low, length, scheme):
    classes = scheme.classes(Scale.DAY, low, low + length)
    assert classes[0][0] <= low <= classes[0][1]
    assert classes[-1][0] <= low + length <= classes[-1][1]
    assert all(a[1] + 1 == b[0] for a, b in pairwise(classes))


def test_the_scale_of_years_is_cut_by_years_alone():
    assert DECADES.classes(Scale.YEAR, 1994, 2003) == ((1990, 1999), (2000, 2009))
    with pytest.raises(BadBound):
        YEARS.classes(Scale.NUMBER, 1, 5)


@pytest.mark.parametrize("name", ["unit", "Type", "a.b", "", "q"])
def test_names_that_would_confuse_the_text_form_are_refused(name):
    with pytest.raises(BadField):
        Field(name, Kind.REF)


def test_a_field_is_registered_once_and_has_terms_only_if_coded():
    fields = Fields([Field("source", Kind.REF, units=frozenset(["acts"]))])
    with pytest.raises(BadField, match="already"):
        fields.register(Field("source", Kind.REF))
    with pytest.raises(BadField, match="domain"):
        Field("type", Kind.SINGLE)
    assert [field.name for field in fields.of("acts")] == ["source"]
    assert Query("acts").resolution == RECORDS
