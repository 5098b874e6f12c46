"""What holds for every text, every number, every piece of evidence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tumen.coding.queries import excerpts, labels, source_page
from tumen.coding.services.entries import EVIDENCE_FORM, evidence_of
from tumen.coding.services.reading_values import _thousandths
from tumen.guard.reading import Shown
from tumen.sources.models import Passage, Text

TEXTS = st.text(alphabet="ab 가漢🙂\n", min_size=1, max_size=900)


@given(TEXTS, st.lists(st.integers(0, 1000), max_size=6))
def test_a_text_cut_into_pages_is_the_text_again_when_joined(body: str, starts: list[int]) -> None:
    parts = source_page.body_parts(Text(pages=starts), Shown(body))
    assert "".join(piece for _page, piece in parts) == body


@given(TEXTS, st.data())
def test_the_marked_words_of_an_excerpt_are_those_of_the_passages(body: str, data: st.DataObject) -> None:
    spans = data.draw(
        st.lists(
            st.tuples(st.integers(0, len(body) - 1), st.integers(1, 60)).map(
                lambda s: (s[0], min(len(body), s[0] + s[1]))
            ),
            min_size=1,
            max_size=4,
        )
    )
    passages = [Passage(id=number, start=start, end=end) for number, (start, end) in enumerate(sorted(spans), start=1)]
    words: dict[int, str] = {}
    for start, end, near in excerpts._windows(excerpts._placed(passages, Shown(body)), len(body)):
        for piece, ids in excerpts._pieces(body, *excerpts._at_words(body, start, end, near), near):
            for number in ids.split():
                words[int(number)] = words.get(int(number), "") + piece
    assert words == {passage.pk: body[passage.start : passage.end] for passage in passages}


@given(st.integers(-(10**15), 10**15))
def test_an_amount_in_thousandths_is_read_as_it_is_shown(milli: int) -> None:
    assert _thousandths(labels.decimal(milli)) == milli


@given(st.from_regex(EVIDENCE_FORM, fullmatch=True))
def test_evidence_in_the_form_that_inputs_use_is_understood(value: str) -> None:
    piece = evidence_of(value, 7)
    assert piece is not None
    assert (piece.passage is not None) or (piece.text is not None and piece.start is not None)


@given(st.text(max_size=40))
def test_any_other_evidence_is_no_evidence_and_no_error(value: str) -> None:
    assert (evidence_of(value, 7) is not None) == (EVIDENCE_FORM.fullmatch(value) is not None)
