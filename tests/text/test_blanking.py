"""A text without names: what is left of it, where positions go, and what its tokens tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.text import OutsideText, blank, index_tokens, tokens_around
from tumen.text.blanking import BLANK

TEXT = "Kim Yong-hui said: 김영희가 강을 건넜다."
NAMES = [(0, 12, "[name]"), (19, 22, "[name]")]


def test_each_name_gives_way_to_a_word_of_one_shape() -> None:
    assert blank(TEXT, NAMES).text == "[name] said: [name]가 강을 건넜다."


def test_a_passage_is_found_where_it_stands_now_and_takes_in_the_word_of_a_name_it_cuts_into() -> None:
    left = blank(TEXT, NAMES)

    def words(start: int, end: int) -> str:
        first, last = left.place(start, end)
        return left.text[first:last]

    assert words(13, 17) == "said"
    assert words(4, 17) == "[name] said"
    assert words(20, 21) == "[name]"
    assert words(0, 12) == "[name]"
    assert words(12, 19) == " said: "
    assert words(23, len(TEXT)) == TEXT[23:]


def test_names_that_overlap_are_one_and_one_outside_the_text_is_refused() -> None:
    assert blank("abcdef", [(1, 4, "[x]"), (2, 5, "[y]")]).text == "a[x]f"
    with pytest.raises(OutsideText):
        blank("abc", [(2, 4, "[x]")])


def test_an_index_holds_nothing_of_a_name_and_no_phrase_across_it() -> None:
    assert tokens_around("beaten by Kim Chol and sold", [(10, 18, "")]) == f"beaten by {BLANK} and sold"
    assert tokens_around("beaten by Kim Chol and sold", [(10, 18, "")], 12, 22) == f"{BLANK} and"
    assert tokens_around("김영희가", [(0, 3, "")]) == f"{BLANK} {index_tokens('가')}"
    assert index_tokens(BLANK) == "", "no search can ask for it"


@st.composite
def named(draw: st.DrawFn) -> tuple[list[str], list[str], list[str]]:
    """Stretches of text, and for each gap between them two names."""
    pieces = draw(st.lists(st.text(alphabet="ab 강을.", max_size=6), min_size=1, max_size=6))
    a, b = (
        draw(st.lists(st.text(alphabet="xyz김", min_size=1, max_size=9), min_size=len(pieces), max_size=len(pieces)))
        for _ in range(2)
    )
    return pieces, a, b


@given(named(), st.data())
def test_what_is_left_depends_on_no_name_and_keeps_every_other_character(
    drawn: tuple[list[str], list[str], list[str]], data: st.DataObject
) -> None:
    pieces, *both = drawn
    lefts, tokens, places = [], [], []
    at = data.draw(st.integers(0, len(pieces) - 1))
    for names in both:
        text, spans = "", []
        for number, (name, piece) in enumerate(zip(names, pieces, strict=True)):
            spans.append((len(text), len(text) + len(name), "[n]"))
            text += name
            if number == at:
                begin = len(text)
            text += piece
        left = blank(text, spans)
        lefts.append(left.text)
        tokens.append(tokens_around(text, spans))
        places.append(left.place(begin, begin + len(pieces[at])))
    assert lefts[0] == lefts[1] == "".join(f"[n]{piece}" for piece in pieces)
    assert tokens[0] == tokens[1] and places[0] == places[1]
    first, last = places[0]
    assert lefts[0][first:last] == pieces[at]
