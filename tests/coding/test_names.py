"""The page of a text's names: what it proposes, what a person decides, and who may open it."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from tests.coding.conftest import Desk, everything

from tumen.archive.changes import change
from tumen.coding.models import Name
from tumen.coding.queries import name_proposals
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol, make_user
from tumen.sources import names, queries, services
from tumen.sources.models import Text
from tumen.sources.names import Mark

BODY = (
    "My name is 김순희. 순희 crossed on 2011-03-04. Kim Sun-hui, Sun-hui to us, paid 200000 won.\n"
    "Call +82 10-1234-5678 or write to sun@example.org; her number is 810304-2123456.\n"
)


@pytest.fixture
def text(desk: Desk) -> Text:
    woman = desk.record("party", {"kind": "person", "contact": "Box 12"}).record
    with change(desk.user.pk, "a text with names") as c:
        for words in ("김순희", "Kim Sun-hui"):
            c.insert(Name, coding=desk.coding, party=woman, text=words, kind="full")
        return services.add_text(c, desk.source, BODY, "en")


@pytest.fixture
def client(desk: Desk) -> Client:
    made = Client()
    made.force_login(desk.user)
    return made


@pytest.fixture
def analyst(desk: Desk) -> User:
    user = make_user("analyst", "a long password")
    with change(desk.user.pk, "enrolled") as c:
        enrol(c, user, desk.compartment, Membership.Role.ANALYST)
    return user


def proposed(desk: Desk, text: Text) -> list[tuple[str, str]]:
    row = names.of_text(text)
    marks = [] if row is None else names.marks_in([row])[text.pk]
    return [
        (BODY[mark.start : mark.end], mark.kind)
        for mark in name_proposals.proposals(everything(desk), desk.source, BODY, marks)
    ]


def url(text: Text) -> str:
    return f"/texts/{text.pk}/names/"


def page(client: Client, text: Text) -> str:
    return html.unescape(client.get(url(text)).content.decode())


def send(client: Client, text: Text, do: str, **values: object) -> None:
    assert client.post(url(text), {"do": do, **values}).status_code == 302


def standing(text: Text) -> list[tuple[str, str]]:
    row = names.of_text(text)
    return [] if row is None else [(BODY[m.start : m.end], m.kind) for m in names.marks_in([row])[text.pk]]


def test_names_of_the_sources_parties_and_numbers_are_proposed_and_dates_and_sums_are_not(
    desk: Desk, text: Text
) -> None:
    assert proposed(desk, text) == [
        ("김순희", "name"), ("순희", "name"), ("Kim Sun-hui", "name"), ("Sun-hui", "name"),
        ("+82 10-1234-5678", "contact"), ("sun@example.org", "contact"), ("810304-2123456", "number"),
    ]  # fmt: skip


def test_what_was_decided_is_not_proposed_again(desk: Desk, text: Text, client: Client) -> None:
    start = BODY.index("Sun-hui to us")
    send(client, text, "turn down", span=f"{start}-{start + 7}:name")
    send(client, text, "accept", span=["11-14:name", "16-18:name"])
    assert standing(text) == [("김순희", "name"), ("순희", "name"), ("Sun-hui", "none")]
    assert [words for words, _kind in proposed(desk, text)][:2] == ["Kim Sun-hui", "+82 10-1234-5678"]


def test_typed_words_are_marked_wherever_they_stand_and_a_selection_alone_where_asked(
    text: Text, client: Client
) -> None:
    send(client, text, "mark", words="Sun-hui", kind="nickname", everywhere="1")
    assert standing(text) == [("Sun-hui", "nickname")] * 2
    send(client, text, "mark", start="11", end="14", kind="name")
    assert standing(text)[0] == ("김순희", "name")
    send(client, text, "take off", span="11-14:name")
    assert standing(text) == [("Sun-hui", "nickname")] * 2


@pytest.mark.parametrize(
    "wrong",
    [{"words": "nobody of that name"}, {}, {"start": "5", "end": "5000"}, {"start": "9", "end": "9"}],
)
def test_a_mark_that_makes_no_sense_changes_nothing(text: Text, client: Client, wrong: dict[str, str]) -> None:
    send(client, text, "mark", kind="name", **wrong)
    assert standing(text) == [] and 'class="notice' in page(client, text)


def test_the_page_shows_the_text_exactly_and_offers_to_undo_what_its_reader_did_last(
    text: Text, client: Client
) -> None:
    send(client, text, "mark", words="Kim Sun-hui", kind="name")
    shown = page(client, text)
    article = re.search(r"<article[^>]*>(.*)</article>", shown, re.S)
    assert article is not None and re.sub(r"</?mark[^>]*>", "", article[1]) == BODY
    undo = re.search(
        r'action="(/changes/\d+/undo/)"><input[^>]*csrf[^>]*><input[^>]*name="next" value="([^"]+)"', shown
    )
    assert undo is not None and undo[2] == url(text)
    client.post(undo[1], {"next": undo[2]})
    assert standing(text) == []


def test_once_reviewed_an_analyst_reads_the_text_without_names_until_something_is_marked_anew(
    desk: Desk, text: Text, client: Client, analyst: User
) -> None:
    other = Client()
    other.force_login(analyst)
    reading = f"/sources/{desk.source.pk}/code/?text={text.pk}"
    send(client, text, "accept", span=[f"{m.start}-{m.end}:{m.kind}" for m in _all(desk, text)])
    assert "Hidden from you: the text" in other.get(reading).content.decode()
    version = re.search(r'name="version" value="(\d+)"', page(client, text))
    assert version is not None
    send(client, text, "review", version=version[1])
    shown = other.get(reading).content.decode()
    assert "My name is [name]. [name] crossed on 2011-03-04" in shown and "Sun-hui" not in shown
    send(client, text, "mark", words="won", kind="place")
    assert "Hidden from you: the text" in other.get(reading).content.decode()


def _all(desk: Desk, text: Text) -> list[Mark]:
    return name_proposals.proposals(everything(desk), desk.source, BODY, [])


def test_a_review_of_marks_that_somebody_changed_meanwhile_is_refused(text: Text, client: Client) -> None:
    send(client, text, "mark", words="Kim Sun-hui", kind="name")
    send(client, text, "review", version="0")
    assert not names.is_reviewed(names.of_text(text))
    assert "meanwhile" in page(client, text)


def test_who_may_not_code_or_see_names_does_not_get_the_page(text: Text, analyst: User, reader: User) -> None:
    for user in (analyst, reader):
        client = Client()
        client.force_login(user)
        assert client.get(url(text)).status_code == 403
        assert client.post(url(text), {"do": "review", "version": "0"}).status_code == 403
    assert names.of_text(text) is None


def test_the_list_of_sources_says_where_names_wait(desk: Desk, text: Text, client: Client) -> None:
    assert f"/sources/{desk.source.pk}/" in client.get("/lists/sources/", {"names": "waiting"}).content.decode()
    for each in queries.texts(desk.source):
        with change(desk.user.pk, "reviewed") as c:
            services.names.review(c, each, 0)
    answer = client.get("/lists/sources/", {"names": "waiting"})
    assert f"/sources/{desk.source.pk}/" not in answer.content.decode()
