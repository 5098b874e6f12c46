"""A list is a tree in depth-first order; codes lead to terms, labels, subtrees and other schemes' codes."""

from copy import deepcopy
from dataclasses import FrozenInstanceError, asdict

import pytest
from hypothesis import given, settings
from tests.vocabularies.strategies import vocabularies

from tumen.vocabularies import Term, Trilingual, UnknownListError, UnknownTermError, Vocabulary, load


def term(code: str, **fields: object) -> Term:
    return Term(code, Trilingual(en=code), **fields)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(vocabularies())
def test_a_subtree_is_exactly_the_terms_whose_code_begins_with_it(vocabulary: Vocabulary) -> None:
    for above in vocabulary:
        below = {each.code for each in vocabulary if each.code == above.code or each.code.startswith(above.code + ".")}
        assert {each.code for each in vocabulary.subtree(above.code)} == below
        assert len(vocabulary.span(above.code)) == len(below)
        assert all(vocabulary.position(code) in vocabulary.span(above.code) for code in below)


@settings(max_examples=60, deadline=None)
@given(vocabularies())
def test_every_term_is_a_child_of_its_parent_or_a_root(vocabulary: Vocabulary) -> None:
    roots_and_children = list(vocabulary.roots)
    for each in vocabulary:
        roots_and_children += vocabulary.children(each.code)
        ancestors = vocabulary.ancestors(each.code)
        assert len(ancestors) == each.level - 1
        assert not ancestors or ancestors[-1].code == each.parent
    assert sorted(each.code for each in roots_and_children) == sorted(vocabulary.codes)


def test_children_given_late_move_behind_their_parent_and_brothers_keep_their_order() -> None:
    vocabulary = Vocabulary("own", Trilingual(), map(term, ["b", "a", "b.y", "b.x", "b.y.z"]))
    assert vocabulary.codes == ("b", "b.y", "b.y.z", "b.x", "a")


def test_a_term_can_be_read_at_any_level_above_it() -> None:
    acts = load()["act_type"]
    assert acts.at_level("liberty.sale.sold.labour.farm", 1).code == "liberty"
    assert acts.at_level("liberty.sale.sold.labour.farm", 3).code == "liberty.sale.sold"
    assert acts.at_level("liberty.sale", 4).code == "liberty.sale"


def test_a_label_that_is_missing_in_one_language_is_given_in_another() -> None:
    vocabulary = Vocabulary("own", Trilingual(), [Term("a", Trilingual(ko="물"))])
    assert vocabulary.label("a", "zh") == "물"


def test_crosswalks_and_counting_rules_are_inherited_until_a_term_has_its_own() -> None:
    vocabulary = Vocabulary(
        "own",
        Trilingual(),
        [
            term("a", crosswalks={"nkdb": ("life",), "rome7": ("a",)}, counting_rule=Trilingual("one each", "1건")),
            term("a.b", crosswalks={"rome7": ()}),
            term("a.b.c", crosswalks={"nkdb": ("life.summary",)}, counting_rule=Trilingual("one each time")),
        ],
    )
    assert vocabulary.crosswalk("a.b", "nkdb") == ("life",)
    assert vocabulary.crosswalk("a.b.c", "nkdb") == ("life.summary",)
    assert vocabulary.crosswalk("a.b.c", "rome7") == ()
    assert vocabulary.crosswalk("a", "unheard_of") == ()
    assert vocabulary.counting_rule("a.b") == "one each"
    assert vocabulary.counting_rule("a.b", "ko") == "1건"
    assert vocabulary.counting_rule("a.b.c") == "one each time"
    assert [each.code for each in vocabulary.mapped_to("nkdb", "life")] == ["a", "a.b", "a.b.c"]
    assert [each.code for each in vocabulary.mapped_to("nkdb", "life.summary")] == ["a.b.c"]
    assert vocabulary.mapped_to("nkdb", "lif") == ()


def test_what_a_term_excludes_none_of_its_kinds_includes() -> None:
    vocabulary = Vocabulary(
        "own",
        Trilingual(),
        [term("a", excludes=Trilingual("death")), term("a.b"), term("a.b.c", excludes=Trilingual("threats"))],
    )
    assert vocabulary.excludes("a.b.c") == ("threats", "death")
    assert vocabulary.excludes("a.b") == vocabulary.excludes("a") == ("death",)


def test_an_unknown_code_or_list_is_named_in_the_error() -> None:
    with pytest.raises(UnknownTermError, match=r"act_type has no term 'beeten'"):
        load()["act_type"].term("beeten")
    with pytest.raises(UnknownTermError):
        load()["act_type"].ancestors("liberty.beeten")
    with pytest.raises(UnknownListError, match=r"no list 'acts'.*act_type"):
        load().codes_of_list("acts")
    with pytest.raises(UnknownTermError):
        Vocabulary("own", Trilingual(), [term("a.b")])
    with pytest.raises(ValueError, match="twice"):
        Vocabulary("own", Trilingual(), [term("a"), term("a")])


def test_a_term_cannot_be_changed_but_can_be_copied_and_taken_apart() -> None:
    beaten = load()["act_type"].term("liberty.assault.beaten")
    with pytest.raises(FrozenInstanceError):
        beaten.code = "other"  # type: ignore[misc]
    assert deepcopy(beaten) == beaten
    assert asdict(beaten)["label"]["ko"] == "구타당함"


def test_the_lists_are_read_once_and_one_can_be_put_in_place_of_another() -> None:
    assert load() is load()
    own = Vocabulary("sex", Trilingual(), [term("f")])
    changed = load().with_list(own)
    assert changed.codes_of_list("sex") == ("f",)
    assert load().codes_of_list("sex") != ("f",)
    assert len(changed) == len(load())
