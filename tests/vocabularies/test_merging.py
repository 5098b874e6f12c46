"""A new version of a list never takes away a term that records point at."""

from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vocabularies.strategies import vocabularies

from tumen.vocabularies import ListMismatchError, Retirement, Term, Trilingual, Vocabulary, merge, missing_codes

TODAY = date(2026, 11, 24)


def own(codes: Iterable[str], list_code: str = "own") -> Vocabulary:
    return Vocabulary(list_code, Trilingual(en="Own"), [Term(code, Trilingual(en=code)) for code in codes])


@settings(max_examples=60, deadline=None)
@given(vocabularies(), vocabularies(), st.data())
def test_every_used_code_is_still_there_and_every_new_term_is_as_the_file_says(
    old: Vocabulary, new: Vocabulary, data: st.DataObject
) -> None:
    used = data.draw(st.sets(st.sampled_from(old.codes))) if old.codes else set()
    merged = merge(old, new, used, TODAY)
    assert used <= set(merged.codes)
    assert all(merged.term(term.code) == term for term in new)
    for term in merged:
        if term.code not in new:
            assert term.retired is not None
            assert any(code == term.code or code.startswith(term.code + ".") for code in used)
            assert not term.retired.replaced_by or term.retired.replaced_by in merged


def test_a_used_term_that_the_file_lacks_is_retired_with_its_parents_and_an_unused_one_goes() -> None:
    old, new = own(["a", "a.b", "a.b.c", "a.d", "e"]), own(["e", "f"])
    assert missing_codes(old, new, {"a.b", "e"}) == ("a.b",)
    merged = merge(old, new, {"a.b", "e"}, TODAY)
    assert merged.codes == ("e", "f", "a", "a.b")
    assert [term.code for term in merged if term.retired] == ["a", "a.b"]
    assert merged.term("a.b").retired == Retirement(TODAY)


def test_an_earlier_retirement_keeps_its_date() -> None:
    before = Retirement(date(2020, 1, 1), "b")
    old = Vocabulary("own", Trilingual(), [Term("a", Trilingual(en="A"), retired=before), *own(["b"])])
    assert merge(old, own(["b"]), {"a"}, TODAY).term("a").retired == before
    assert merge(old, own(["c"]), {"a"}, TODAY).term("a").retired == Retirement(date(2020, 1, 1))


def test_a_file_without_a_title_leaves_the_old_one() -> None:
    old = Vocabulary("own", Trilingual(en="Methods"), [], "What it is for.")
    merged = merge(old, Vocabulary("own", Trilingual(), own(["a"])), set(), TODAY)
    assert (merged.title.en, merged.about, merged.codes) == ("Methods", "What it is for.", ("a",))


def test_a_file_of_another_list_is_refused() -> None:
    with pytest.raises(ListMismatchError, match="'other', not 'own'"):
        merge(own(["a"]), own(["a"], "other"), set(), TODAY)


def test_codes_in_use_that_neither_version_has_are_refused_by_name() -> None:
    with pytest.raises(ListMismatchError, match="x, y"):
        merge(own(["a"]), own(["b"]), {"a", "y", "x"}, TODAY)
