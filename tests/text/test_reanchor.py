"""Passages survive corrections of their text."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.text.shared import documents

from tumen.text import Lost, Moved, OutsideText, reanchor
from tumen.text.alignment import align

pieces = st.text(alphabet="ab구타朝 \n.", max_size=30)


def moved(old: str, new: str, words: str) -> Moved:
    start = old.index(words)
    (answer,) = reanchor(old, new, [(start, start + len(words))])
    assert isinstance(answer, Moved), answer
    return answer


@settings(max_examples=300)
@given(pieces, st.text(alphabet="ab구타朝 \n.", min_size=1, max_size=20), pieces, pieces, pieces)
def test_edits_outside_a_passage_never_change_its_words(
    before: str, words: str, after: str, new_before: str, new_after: str
) -> None:
    old, new = before + words + after, new_before + words + new_after
    (answer,) = reanchor(old, new, [(len(before), len(before) + len(words))])
    assert isinstance(answer, Moved)
    assert new[answer.start : answer.end] == words


@given(pieces, pieces)
def test_common_stretches_are_equal_and_in_order(old: str, new: str) -> None:
    at_old = at_new = 0
    for block in align(old, new):
        assert block.length > 0
        assert block.old >= at_old
        assert block.new >= at_new
        at_old, at_new = block.old + block.length, block.new + block.length
        assert old[block.old : at_old] == new[block.new : at_new]


def test_every_line_of_a_document_is_found_after_corrections_elsewhere() -> None:
    for text in documents().values():
        lines = [line for line in text.split("\n") if line.strip()]
        new = "Corrected transcript, v2\n\n" + text.replace(lines[len(lines) // 2], "(illegible)")
        spans = [(text.index(line), text.index(line) + len(line)) for line in lines]
        for line, answer in zip(lines, reanchor(text, new, spans), strict=True):
            if line in new:
                assert isinstance(answer, Moved)
                assert new[answer.start : answer.end] == line


def test_the_right_one_of_two_equal_passages_is_found() -> None:
    old = "첫째 날 구타를 당했다.\n둘째 날 굶었다.\n셋째 날 구타를 당했다.\n"
    new = "머리말\n" + old.replace("굶었다", "아무것도 먹지 못했다")
    second = old.rindex("구타")
    (answer,) = reanchor(old, new, [(second, second + 2)])
    assert answer == Moved(new.rindex("구타"), new.rindex("구타") + 2, 1.0)


@pytest.mark.parametrize(
    ("old", "new", "words", "expected"),
    [
        ("그는 구다를 당했다.", "그는 구타를 당했다.", "구다를 당했다", "구타를 당했다"),
        ("她被卖到延吉市的村子里。", "她被卖到延吉市郊外的村子里。", "延吉市的村子", "延吉市郊外的村子"),
        ("She was heldd for ten days.", "She was held for ten days.", "heldd for ten days", "held for ten days"),
        ("one two three four", "one two three FOUR", "two three four", "two three FOUR"),
        ("one two three four", "one NEW two three four", "two three", "two three"),
    ],
)
def test_a_corrected_passage_is_moved_with_less_confidence(old: str, new: str, words: str, expected: str) -> None:
    answer = moved(old, new, words)
    assert new[answer.start : answer.end] == expected
    assert (answer.confidence == 1.0) == (words == expected)


def test_a_passage_that_was_moved_is_found_but_not_for_sure() -> None:
    old = "alpha one line here\nbeta two lines here\ngamma three lines here\n"
    new = "gamma three lines here\nalpha one line here\nbeta two lines here\n"
    answer = moved(old, new, "gamma three lines here")
    assert new[answer.start : answer.end] == "gamma three lines here"
    assert answer.confidence < 1


def test_a_deleted_passage_is_lost_and_the_reason_is_said() -> None:
    old = "She crossed.\nThe guard struck her twice.\nShe returned.\n"
    start = old.index("The guard")
    (answer,) = reanchor(old, "She crossed.\nShe returned.\n", [(start, start + 27)])
    assert isinstance(answer, Lost)
    assert "left in the new text" in answer.reason


@pytest.mark.parametrize("span", [(-1, 2), (2, 2), (3, 2), (0, 99)])
def test_a_span_outside_the_text_is_refused(span: tuple[int, int]) -> None:
    with pytest.raises(OutsideText, match="No passage"):
        reanchor("abcdef", "abcdef", [span])


def test_repetitive_text_takes_bounded_time() -> None:
    old = "아니오. 예. " * 40_000
    new = "예. 아니오. " * 40_000 + "끝"
    before = time.process_time()
    answers = reanchor(old, new, [(i, i + 10) for i in range(0, 100_000, 1000)])
    assert time.process_time() - before < 5
    assert all(isinstance(answer, Moved) for answer in answers)
