"""Names in texts: marked, reviewed, left out for roles without identity, and gone with the text."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.utils import translation

from tumen.archive import check, identity
from tumen.archive.changes import change
from tumen.archive.undo import undo
from tumen.columns import ALL, Mask
from tumen.guard.masks import IDENTITY, NARRATIVE, REVIEWED, SYSTEM
from tumen.guard.models import Compartment
from tumen.sources import names, queries, services
from tumen.sources.errors import BadPassage, MarksChanged, UnreadableMarks
from tumen.sources.models import NameMarks, Text
from tumen.sources.names import Mark
from tumen.text import match_query

BODY = "Kim Yong-hui crossed the river. Kim Yong-hui was sold in Hunchun."
FIRST, SECOND = Mark(0, 12, "name"), Mark(32, 44, "name")
ANALYST = Mask(ALL, frozenset({REVIEWED}))


@pytest.fixture
def text(main: Compartment) -> Text:
    with change(1, "a text") as c:
        source = services.add_source(c, "news", "A story", main)
        made = services.add_text(c, source, BODY, "en")
        services.add_passage(c, made, 32, 65)
    return made


@pytest.fixture
def reviewed(text: Text) -> Text:
    with change(1, "names") as c:
        row = services.names.mark(c, text, [FIRST, SECOND])
        services.names.review(c, text, row.version)
    return text


@pytest.fixture(autouse=True)
def whole(text: Text) -> Iterator[None]:
    """Whatever a test did, the archive checks out, the second index included."""
    yield
    assert list(check.run(deep=True)) == []


def found(words: str, table: str = "nameless_text_tokens") -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {table} MATCH %s", [match_query(words)])
        return int(cursor.fetchone()[0])


def shown(text: Text, mask: Mask = ANALYST) -> str:
    return queries.body(mask, text).text


def test_a_text_is_closed_until_somebody_says_that_its_names_are_all_marked(text: Text) -> None:
    assert queries.body(ANALYST, text).why == "masked"
    with change(1, "names") as c:
        row = services.names.mark(c, text, [FIRST])
    assert queries.body(ANALYST, text).why == "masked" and found("river") == 0
    with change(1, "names") as c:
        services.names.review(c, text, row.version)
    assert shown(text).startswith("[name] crossed") and found("river") == 1


def test_names_are_left_out_of_what_is_shown_and_of_the_second_index_alone(reviewed: Text) -> None:
    assert shown(reviewed) == "[name] crossed the river. [name] was sold in Hunchun."
    assert shown(reviewed, SYSTEM) == BODY
    assert queries.body(ANALYST, reviewed).words(32, 53) == "[name] was sold"
    assert [found(words) for words in ("Yong-hui", "kim", "name", "Hunchun")] == [0, 0, 0, 1]
    assert [found(words, "nameless_passage_tokens") for words in ("Yong-hui", "sold")] == [0, 1]
    assert [found(words, "text_tokens") for words in ("Yong-hui", "Hunchun")] == [1, 1]
    with translation.override("ko"):
        assert "Kim" not in shown(reviewed)


def test_a_mask_that_opens_identity_alone_or_narrative_without_review_opens_no_text(reviewed: Text) -> None:
    assert shown(reviewed, Mask(ALL, frozenset({IDENTITY}))) == ""
    assert shown(reviewed, Mask(ALL, frozenset({NARRATIVE, IDENTITY}))) == BODY


@pytest.mark.parametrize("act", ["another mark", "a mark taken off", "the review taken back"])
def test_whatever_is_changed_after_the_review_closes_the_text_again(reviewed: Text, act: str) -> None:
    with change(1, "names") as c:
        if act == "another mark":
            services.names.mark(c, reviewed, [Mark(57, 64, "place")])
        elif act == "a mark taken off":
            services.names.mark(c, reviewed, [], [(0, 12)])
        else:
            services.names.unreview(c, reviewed)
    assert shown(reviewed) == "" and found("river") == 0 and found("sold", "nameless_passage_tokens") == 0
    undo(1, c.seq)
    assert shown(reviewed).count("[name]") == 2 and found("river") == 1


def test_no_order_of_undoing_lets_marks_pass_for_reviewed_that_nobody_reviewed(reviewed: Text) -> None:
    with change(1, "taken back") as back:
        services.names.unreview(back, reviewed)
    with change(1, "fewer marks") as fewer:
        services.names.mark(fewer, reviewed, [], [(0, 12)])
    undo(1, back.seq)
    assert shown(reviewed) == ""
    undo(1, fewer.seq)
    assert shown(reviewed).count("[name]") == 2


def test_a_review_is_refused_to_whoever_has_not_seen_the_newest_marks(text: Text) -> None:
    with change(1, "names") as c:
        services.names.mark(c, text, [FIRST])
    with pytest.raises(MarksChanged), change(1, "names") as c:
        services.names.review(c, text, 0)


def test_a_mark_takes_the_place_of_those_it_overlaps_and_stays_within_the_text(reviewed: Text) -> None:
    with change(1, "names") as c:
        row = services.names.mark(c, reviewed, [Mark(0, 3, "nickname"), Mark(40, 50, "none")])
    assert names.marks_in([row])[reviewed.pk] == [Mark(0, 3, "nickname"), Mark(40, 50, "none")]
    with pytest.raises(BadPassage), change(1, "names") as c:
        services.names.mark(c, reviewed, [Mark(60, 70, "name")])


def test_a_proposal_that_was_turned_down_stays_in_the_text(text: Text) -> None:
    with change(1, "names") as c:
        row = services.names.mark(c, text, [Mark(57, 64, "none")])
        services.names.review(c, text, row.version)
    assert shown(text) == BODY and found("Hunchun") == 1


def test_a_corrected_text_waits_for_its_own_review_with_the_marks_carried_over(reviewed: Text) -> None:
    with change(1, "corrected") as c:
        new = services.correct_text(c, reviewed, f"On Monday {BODY}").text
    assert shown(new) == "" and shown(reviewed) != ""
    assert found("sold", "nameless_passage_tokens") == 0, "the passage stands on the new text now"
    row = names.of_text(new)
    assert row is not None
    assert names.marks_in([row])[new.pk] == [Mark(10, 22, "name"), Mark(42, 54, "name")]
    with change(1, "names") as c:
        services.names.review(c, new, row.version)
    assert shown(new) == "On Monday [name] crossed the river. [name] was sold in Hunchun."
    assert found("sold", "nameless_passage_tokens") == 1


def test_a_source_waits_while_any_text_that_stands_does(reviewed: Text) -> None:
    source = reviewed.source_id
    assert names.states([source]) == {source: "reviewed"}
    with change(1, "corrected") as c:
        new = services.correct_text(c, reviewed, f"{BODY} So she said.").text
    assert names.states([source]) == {source: "waiting"}
    with change(1, "names") as c:
        row = names.of_text(new)
        services.names.review(c, new, row.version if row else 0)
    assert names.states([source]) == {source: "reviewed"}, "what was corrected does not wait for ever"


def test_a_passage_made_after_the_review_is_found_without_names(reviewed: Text) -> None:
    with change(1, "a passage") as c:
        services.add_passage(c, reviewed, 4, 31)
    assert [found(words, "nameless_passage_tokens") for words in ("crossed", "hui")] == [1, 0]


def test_erasing_a_text_takes_its_marks_along(reviewed: Text) -> None:
    row = NameMarks.objects.get()
    services.texts.unindex([reviewed.pk], list(reviewed.passages.values_list("pk", flat=True)))
    identity.destroy([reviewed.pk])
    assert names.marks_in([row]) == {}
    assert queries.body(ANALYST, reviewed).why == "erased"


@pytest.mark.parametrize("written", ["1-2", "2-1:name", "1-2:wife", "x"])
def test_marks_of_an_unknown_form_are_refused(written: str) -> None:
    with pytest.raises(UnreadableMarks):
        names.parsed(written)
