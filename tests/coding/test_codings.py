"""Two coders of one source, corrected texts, lost passages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import BODY, Desk

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.coding.errors import BadClaim, OwnCoding
from tumen.coding.kinds import KINDS
from tumen.coding.models import Anchor, Coding, Party
from tumen.coding.services import claims, codings, passages
from tumen.coding.services.entries import Entry, Evidence
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol
from tumen.sources import services as sources
from tumen.sources.models import Passage, Source, Text
from tumen.sources.queries import current_text


def test_the_first_coding_counts_and_a_parallel_one_does_not_until_it_is_adopted(desk: Desk) -> None:
    with change(desk.user.pk, "second coder") as c:
        second = codings.code_in_parallel(c, desk.source, desk.user.pk)
        claims.record(c, second, KINDS["party"], Entry({"kind": "person"}))
    assert codings.adopted(desk.source) == desk.coding
    with change(desk.user.pk, "adopt the second") as c:
        codings.adopt(c, Coding.objects.get(pk=second.pk))
    assert codings.adopted(desk.source) == second
    assert [one.pk for one in codings.codings(desk.source)] == [second.pk, desk.coding.pk]


def checker(desk: Desk, name: str, *roles: str) -> User:
    user = User.objects.create(username=name)
    with change(desk.user.pk, "a checker") as c:
        for role in (Membership.Role.CHECKER, *roles):
            enrol(c, user, desk.compartment, role)
    return user


def test_checking_a_coding_marks_its_source(desk: Desk) -> None:
    with change(checker(desk, "checks").pk, "checked") as c:
        codings.check_off(c, desk.coding)
    assert Source.objects.get().status == "checked"
    assert Coding.objects.get().checked


def test_nobody_checks_a_coding_that_she_made_or_wrote_a_claim_of(desk: Desk) -> None:
    both = checker(desk, "codes and checks", Membership.Role.CODER)
    party = desk.woman()
    with pytest.raises(OwnCoding), change(desk.user.pk, "checked") as c:
        codings.check_off(c, desk.coding)
    with change(both.pk, "one word") as c:
        c.update(Party.objects.get(pk=party), sex="")
    with change(desk.user.pk, "put back") as c:
        c.update(Party.objects.get(pk=party), sex="female")
    with pytest.raises(OwnCoding), change(both.pk, "checked") as c:
        codings.check_off(c, desk.coding)
    client = Client()
    client.force_login(both)
    page = client.post(reverse("coding:check_off", args=[desk.source.pk]), {"checked": "1"}, follow=True)
    assert "somebody else has to check it" in page.content.decode()
    assert not Coding.objects.get().checked


def test_only_a_checker_is_offered_to_check_and_only_a_coder_to_code(desk: Desk) -> None:
    page, address = reverse("coding:source", args=[desk.source.pk]), reverse("coding:check_off", args=[desk.source.pk])
    coding, checking = Client(), Client()
    coding.force_login(desk.user)
    checking.force_login(checker(desk, "checks"))
    offered = [who.get(page).content.decode() for who in (coding, checking)]
    assert [address in each for each in offered] == [False, True]
    assert [reverse("coding:new", args=[desk.source.pk]) in each for each in offered] == [True, False]
    refused = coding.post(address, {"checked": "1"})
    assert refused.status_code == 403
    assert "check what somebody else has coded" in refused.content.decode()


def lose(desk: Desk, words: str) -> Passage:
    """Code `words` and correct the text so that they are gone."""
    start, end = desk.span(words)
    desk.record("party", {"kind": "person"}, evidence=[Evidence("", text=desk.text.pk, start=start, end=end)])
    with change(desk.user.pk, "corrected") as c:
        done = sources.correct_text(c, desk.text, BODY.replace("Another woman, 김순희, was held at Onsong. ", ""))
    assert len(done.lost) == 1
    return Passage.objects.get()


def test_a_lost_passage_is_placed_again_on_words_that_are_there_once(desk: Desk) -> None:
    passage = lose(desk, "held at Onsong")
    text = Text.objects.get(rendition="transcript")
    for words in ("nowhere to be found", "beat"):
        with pytest.raises(BadClaim), change(desk.user.pk, "place") as c:
            passages.place(c, desk.source, text, passage.pk, words)
    with change(desk.user.pk, "place") as c:
        passages.place(c, desk.source, text, passage.pk, "sold in Yanbian")
    passage = Passage.objects.get()
    assert (passage.text_id, passage.lost) == (text.pk, False)
    assert Anchor.objects.get().passage_id == passage.pk


def test_a_passage_whose_words_are_gone_is_taken_away_and_its_claim_stays(desk: Desk) -> None:
    passage = lose(desk, "held at Onsong")
    with change(desk.user.pk, "gone") as c:
        passages.place(c, desk.source, Text.objects.get(rendition="transcript"), passage.pk, "", drop=True)
    assert not versions.visible(Anchor.objects.all()).exists()
    assert versions.visible(Party.objects.all()).exists()


def test_the_pages_of_correcting_lead_from_the_text_to_the_lost_passages(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)
    start, end = desk.span("held at Onsong")
    desk.record("party", {"kind": "person"}, evidence=[Evidence("", text=desk.text.pk, start=start, end=end)])
    address = reverse("coding:correct", args=[desk.text.pk])
    assert BODY.strip() in client.get(address).content.decode().replace("&#x27;", "'")
    answer = client.post(address, {"body": BODY.replace("Another woman, 김순희, was held at Onsong. ", "")})
    assert answer.url == reverse("coding:lost", args=[desk.source.pk])  # type: ignore[attr-defined]
    html = client.get(answer.url).content.decode()  # type: ignore[attr-defined]
    assert "held at Onsong" in html
    client.post(
        reverse("coding:lost", args=[desk.source.pk]), {"passage": Passage.objects.get().pk, "words": "sold in Yanbian"}
    )
    assert not Passage.objects.get().lost
    html = client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    assert "Transcript" in html and "As read" in html


def test_the_pages_of_a_pdf_are_marked_without_altering_the_text(desk: Desk) -> None:
    from lxml import html as parser

    client = Client()
    client.force_login(desk.user)
    body = "first page\nsecond page\nthird page\n"
    with change(desk.user.pk, "a PDF") as c:
        text = sources.add_text(c, desk.source, body, "en", "ocr", pages=[0, 11, 23])
    page = parser.fromstring(
        client.get(reverse("coding:source", args=[desk.source.pk]), {"text": text.pk}).content.decode()
    )
    assert page.xpath("//article")[0].text_content() == body
    assert page.xpath("//span[@class='page-start']/@data-page") == ["1", "2", "3"]


def test_a_correction_does_not_bury_the_one_another_made_meanwhile(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:correct", args=[desk.text.pk])
    client.post(address, {"body": BODY.replace("a woman was sold", "a girl was sold")})
    mine = BODY.replace("Her husband", "Her man")
    answer = client.post(address, {"body": mine})
    html = answer.content.decode()
    assert answer.status_code == 409
    assert "a girl was sold" in html and "Her man" in html, "what the other changed, and what was typed"
    newest = current_text(desk.source)
    assert newest is not None and "a girl was sold" in sources.body_of(newest)
    both = mine.replace("a woman was sold", "a girl was sold")
    assert client.post(reverse("coding:correct", args=[newest.pk]), {"body": both}).status_code == 302
    newest = current_text(desk.source)
    assert newest is not None and sources.body_of(newest) == both


def test_what_is_selected_in_a_text_corrected_meanwhile_stands_in_the_corrected_one(desk: Desk) -> None:
    with change(desk.user.pk, "corrected") as c:
        newest = sources.correct_text(c, desk.text, BODY.replace("In winter 2011", "In the winter of 2011")).text
    start, end = desk.span("sold in Yanbian")
    desk.record("party", {"kind": "person"}, evidence=[Evidence("", text=desk.text.pk, start=start, end=end)])
    passage = Passage.objects.get()
    assert passage.text_id == newest.pk
    assert sources.body_of(newest)[passage.start : passage.end] == "sold in Yanbian"


def test_words_that_a_correction_took_out_meanwhile_cannot_be_coded_unnoticed(desk: Desk) -> None:
    with change(desk.user.pk, "corrected") as c:
        sources.correct_text(c, desk.text, BODY.replace("Another woman, 김순희, was held at Onsong. ", ""))
    start, end = desk.span("held at Onsong")
    with pytest.raises(BadClaim, match="corrected meanwhile"):
        desk.record("party", {"kind": "person"}, evidence=[Evidence("", text=desk.text.pk, start=start, end=end)])
    assert not Passage.objects.exists()


def test_a_correction_half_done_is_kept_as_a_draft_and_continued(desk: Desk) -> None:
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:correct", args=[desk.text.pk])
    kept = reverse("coding:draft", args=[desk.source.pk, f"correct-{desk.text.pk}"])
    assert kept in client.get(address).content.decode()
    client.post(kept, {"body": BODY.replace("woman", "girl")})
    assert f"{address}?draft=1" in client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    assert "a girl was sold" in client.get(f"{address}?draft=1").content.decode()
    with change(desk.user.pk, "corrected by another") as c:
        newest = sources.correct_text(c, desk.text, BODY.replace("Her husband", "Her man")).text
    html = client.get(f"{address}?draft=1").content.decode()
    assert "a girl was sold" in html and "Her man" in html, "the draft outlives the text that it was begun on"
    address = reverse("coding:correct", args=[newest.pk])
    client.post(address, {"body": BODY.replace("woman", "girl")})
    assert "?draft=1" not in client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
