"""Type-ahead finds a term by what coders type: in three languages, half-composed, without spaces, by initials."""

from datetime import date

import pytest

from tumen.vocabularies import Language, Retirement, Term, Trilingual, Vocabulary, load

ACTS = load()["act_type"]


@pytest.mark.parametrize(
    ("typed", "lang", "code"),
    [
        ("Beaten", "en", "liberty.assault.beaten"),
        ("sold into mar", "en", "liberty.sale.sold.marriage"),
        ("marriage sold", "en", "liberty.sale.sold.marriage"),
        ("cavity", "en", "liberty.search.inside"),
        ("kyohwaso", "en", "liberty.detention.kyohwaso"),
        ("refoulement", "en", "movement.returned"),
        ("liberty.search", "en", "liberty.search"),
        ("강제송환", "ko", "movement.returned"),
        ("강제 송환", "ko", "movement.returned"),
        ("북송", "ko", "movement.returned"),
        ("북소", "ko", "movement.returned"),
        ("ㅂㅅ", "ko", "movement.returned"),
        ("ㄱㅈ ㅅㅎ", "ko", "movement.returned"),
        ("보위부", "ko", "liberty.detention.mss"),
        ("보안서", "ko", "liberty.detention.mps"),
        ("집결소", "ko", "liberty.detention.holding"),
        ("단련대", "ko", "liberty.detention.training"),
        ("정치범수용소", "ko", "liberty.detention.camp"),
        ("련좌제", "ko", "family.punished"),
        ("화상채팅", "ko", "liberty.sale.sold.cybersex"),
        ("遣返", "zh", "movement.returned"),
        ("拐卖", "zh", "liberty.sale"),
        ("集结所", "zh", "liberty.detention.holding"),
        ("堕胎", "zh", "reproduction.abortion"),
    ],
)
def test_what_a_coder_types_finds_the_term(typed: str, lang: Language, code: str) -> None:
    assert code in [term.code for term in ACTS.search(typed, lang, limit=5)]


def test_a_label_that_begins_with_the_text_comes_before_one_that_holds_it() -> None:
    assert ACTS.search("beaten", "en")[0].code == "liberty.assault.beaten"
    assert ACTS.search("强制遣返", "zh")[0].code == "movement.returned"


def test_favourites_come_before_other_terms_that_match_as_well() -> None:
    found = [
        term.favourite for term in ACTS.search("detained", "en", limit=None) if term.label.en.startswith("Detained")
    ]
    ranks = [rank for rank in found if rank is not None]
    assert ranks == sorted(ranks)
    assert found[: len(ranks)] == ranks


def test_a_favourite_comes_first_whatever_its_rank() -> None:
    terms = [Term("a", Trilingual(en="Struck")), Term("b", Trilingual(en="Struck"), favourite=900)]
    assert [term.code for term in Vocabulary("own", Trilingual(), terms).search("struck")] == ["b", "a"]


def test_an_empty_or_unknown_text_finds_nothing_and_the_limit_is_kept() -> None:
    assert ACTS.search("  ") == ()
    assert ACTS.search("zzzz") == ()
    assert len(ACTS.search("a", limit=3)) == 3
    assert len(ACTS.search("a", limit=None)) > 100


def test_a_retired_term_is_not_offered() -> None:
    old = Term("old", Trilingual(en="Struck"), favourite=1, retired=Retirement(date(2026, 1, 1), "new"))
    new = Term("new", Trilingual(en="Struck hard"), favourite=2)
    vocabulary = Vocabulary("own", Trilingual(), [old, new])
    assert vocabulary.search("struck") == (new,)
    assert vocabulary.favourites() == (new,)
