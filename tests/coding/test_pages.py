"""The coding pages, asked as a browser without scripts and as htmx would."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.coding.conftest import Desk

from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.coding.models import Act, Draft, Party
from tumen.coding.queries import changes
from tumen.coding.services.entries import Entry, Evidence, NewParty
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol, make_compartment, make_user
from tumen.linking.models import Judgement
from tumen.sources import services as sources
from tumen.sources.models import Source

BEATEN = "liberty.assault.beaten"


@pytest.fixture
def client(desk: Desk) -> Client:
    client = Client()
    client.force_login(desk.user)
    return client


def form_values(html: str) -> dict[str, Any]:
    """Read the fields of the claim form as a browser would post them."""
    from lxml import html as parser

    form = parser.fromstring(html).xpath("//form[contains(@class, 'claim-form')]")[0]
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


def test_a_source_shows_its_text_unaltered_and_its_claims(desk: Desk, client: Client) -> None:
    start, end = desk.span("beat her")
    desk.record(
        "act", {"type": BEATEN, "victim": NewParty("person", "female", "a woman")},
        evidence=[Evidence("", text=desk.text.pk, start=start, end=end)],
    )  # fmt: skip
    html = client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    from lxml import html as parser
    from tests.coding.conftest import BODY

    page = parser.fromstring(html)
    assert page.xpath("//article")[0].text_content() == BODY
    passages = json.loads(page.xpath("//script[@id='passages']")[0].text)
    assert [(one["start"], one["end"], one["claims"][0]["kind"]) for one in passages] == [(start, end, "act")]
    assert "a woman" in page.xpath("//div[@id='claims']")[0].text_content()


def test_an_act_is_made_from_a_selection_by_a_plain_post_and_found_again_in_its_form(
    desk: Desk, client: Client
) -> None:
    start, end = desk.span("sold in Yanbian")
    address = reverse("coding:new", args=[desk.source.pk])
    html = client.get(address, {"kind": "act", "text": desk.text.pk, "start": start, "end": end}).content.decode()
    values = form_values(html)
    assert values["evidence"] == [f":{desk.text.pk}:{start}-{end}"]
    values |= {
        "type": [BEATEN],
        "victim": ["new:person:female"],
        "victim-new": ["the sold woman"],
        "date": ["2011년 겨울"],
        "age-gap": ["unknown"],
        "involvements-0-agency": ["private.buyer"],
    }
    answer = client.post(address, values)
    assert answer.status_code == 302
    act = Act.objects.get()
    assert (act.date, act.gaps) == ("2011-24", {"age": "unknown"})
    again = form_values(client.get(reverse("coding:edit", args=[act.pk])).content.decode())
    assert again["date"] == ["2011-24"]
    assert again["age-gap"] == ["unknown"]
    assert again["involvements-0-agency"] == ["private.buyer"]
    assert again["evidence"][0].startswith(":p")


def test_posting_a_form_unchanged_changes_nothing(desk: Desk, client: Client) -> None:
    values = {
        "type": BEATEN,
        "victim": desk.woman(),
        "date": "2011",
        "circumstances": ["alone"],
        "reason": "he said so",
    }
    act = desk.record("act", values, parts={"tellings": [Entry({"connection": "victim"})]}).record
    address = reverse("coding:edit", args=[act.pk])
    client.post(address, form_values(client.get(address).content.decode()))
    assert Act.objects.get(pk=act.pk).version == 1


def test_problems_come_back_beside_their_fields_with_what_was_typed(desk: Desk, client: Client) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    values = form_values(client.get(address, {"kind": "act"}).content.decode()) | {
        "type": [BEATEN],
        "date": ["yesteryear"],
    }
    answer = client.post(address, values, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "“Victim” is needed" in html
    assert 'value="yesteryear"' in html
    assert "<html" not in html
    assert client.post(address, values).status_code == 422


def test_htmx_gets_the_claims_anew_with_a_way_to_undo_and_redo(desk: Desk, client: Client) -> None:
    values = {"_kind": "party", "kind": "person", "sex": "female"}
    html = client.post(
        reverse("coding:new", args=[desk.source.pk]), values, headers={"HX-Request": "true"}
    ).content.decode()
    assert 'id="claims" hx-swap-oob="true"' in html
    undo = re.search(r'hx-post="(/changes/\d+/undo/)"', html)[1]  # type: ignore[index]
    html = client.post(undo, {"source": desk.source.pk}, headers={"HX-Request": "true"}).content.decode()
    assert "Undone." in html and "Nothing is coded yet" in html
    redo = re.search(r'hx-post="(/changes/\d+/undo/)"', html)[1]  # type: ignore[index]
    assert "Redone." in client.post(redo, {"source": desk.source.pk}, headers={"HX-Request": "true"}).content.decode()
    assert not Party.objects.get().retracted


def test_a_draft_is_kept_sealed_continued_and_gone_when_the_form_is_saved(desk: Desk, client: Client) -> None:
    address = reverse("coding:new", args=[desk.source.pk])
    values = form_values(client.get(address, {"kind": "party"}).content.decode())
    values |= {"description": ["the guard with a scar"], "kind": ["person"]}
    form = values["_draft"][0]
    assert client.post(reverse("coding:draft", args=[desk.source.pk, form]), values).status_code == 204
    assert b"scar" not in bytes(Draft.objects.get().data)
    page = client.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    assert f"draft={form}" in page
    values = form_values(client.get(address, {"draft": form}).content.decode())
    assert values["description"] == ["the guard with a scar"]
    client.post(address, values)
    assert Draft.objects.count() == 0


def test_a_stale_edit_shows_base_theirs_and_mine_and_the_choice_is_kept(desk: Desk, client: Client) -> None:
    act = desk.record("act", {"type": BEATEN, "victim": desk.woman(), "date": "2011"}).record
    address = reverse("coding:edit", args=[act.pk])
    mine = form_values(client.get(address).content.decode())
    desk.edit(Act.objects.get(pk=act.pk), {"date": "2012", "cause": "economic"}, version=1)
    mine |= {"date": ["2013"], "place": ["KP-09"]}
    html = client.post(address, mine, headers={"HX-Request": "true"}).content.decode()
    assert all(year in html for year in ("2011", "2012", "2013"))
    merged = form_values(html)
    assert merged["cause"] == ["economic"] and merged["place"] == ["KP-09"]
    client.post(address, merged | {"keep-date": ["theirs"]})
    act = Act.objects.get(pk=act.pk)
    assert (act.date, act.cause, act.place) == ("2012", "economic", "KP-09")


def test_who_may_not_read_text_or_names_sees_roles_and_coded_facts_only(desk: Desk, reader: User) -> None:
    start, end = desk.span("김순희")
    party = desk.record(
        "party", {"kind": "person", "sex": "female", "description": "the sold woman"},
        parts={"names": [Entry({"text": "김순희"})]},
        evidence=[Evidence("", text=desk.text.pk, start=start, end=end)],
    ).record  # fmt: skip
    act = desk.record(
        "act", {"type": BEATEN, "victim": party.pk, "summary": "beaten at night", "place_told": "Onsong bridge"}
    ).record
    client = Client()
    client.force_login(reader)
    pages = [reverse("coding:source", args=[desk.source.pk]), reverse("coding:act", args=[act.pk]),
             reverse("coding:party", args=[party.pk]), reverse("changes")]  # fmt: skip
    for address in pages:
        html = client.get(address).content.decode()
        for secret in ("김순희", "the sold woman", "beaten at night", "Onsong bridge", "In winter 2011"):
            assert secret not in html, (address, secret)
    html = client.get(pages[1]).content.decode()
    assert "Woman 1" in html and "Hidden from you" in html
    assert client.post(reverse("coding:new", args=[desk.source.pk]), {"_kind": "party"}).status_code == 403


def test_someone_of_another_compartment_finds_nothing(desk: Desk, archive: object) -> None:
    from tumen.guard.services import make_user

    party = desk.woman()
    client, stranger = Client(), make_user("stranger", "a long password")
    client.force_login(stranger)
    addresses = [reverse(name, args=[number]) for name, number in (
        ("coding:source", desk.source.pk), ("coding:party", party), ("coding:permalink", party)
    )]  # fmt: skip
    assert {client.get(address).status_code for address in addresses} == {403}
    with change(desk.user.pk, "a compartment of her own") as c:
        enrol(c, stranger, make_compartment(c, "other", "Other"), Membership.Role.CODER)
    assert {client.get(address).status_code for address in addresses} == {404}


def test_bulk_work_in_another_compartment_is_neither_told_nor_undone(desk: Desk, client: Client) -> None:
    with change(desk.user.pk, "a compartment of her own") as c:
        elsewhere = make_user("elsewhere", "a long password")
        enrol(c, elsewhere, make_compartment(c, "other", "Other"), Membership.Role.CODER)
    bulk = open_bulk(desk.user.pk, "the list of a ministry", kind="intake")
    with bulk.change() as c:
        source = sources.add_source(c, "list", "A list", desk.compartment)
    bulk.close()
    stranger = Client()
    stranger.force_login(elsewhere)
    undo = reverse("coding:undo_batch", args=[bulk.batch.pk])
    assert "the list of a ministry" not in stranger.get(reverse("changes")).content.decode()
    assert stranger.post(undo).status_code == 403
    assert not Source.objects.get(pk=source.pk).retracted
    assert "the list of a ministry" in client.get(reverse("changes")).content.decode()
    part = reverse("coding:change", args=[c.seq])
    assert stranger.get(part).status_code == 404
    assert "Part of bulk work: 1 row" in client.get(part).content.decode()
    client.post(undo)
    assert Source.objects.get(pk=source.pk).retracted


def test_changes_fill_a_page_by_their_rows_and_say_where_it_goes_on(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "ROWS", 3)
    for n in range(3):
        with change(desk.user.pk, f"two people {n}") as c:
            c.insert(Party, coding=desk.coding, kind="person")
            c.insert(Party, coding=desk.coding, kind="person")
    page = client.get(reverse("changes")).content.decode()
    assert [f"two people {n}" in page for n in range(3)] == [False, False, True]
    older = re.search(r'href="(\?before=\d+)"', page)
    assert older
    assert "two people 1" in client.get(reverse("changes") + older[1]).content.decode()


def test_a_change_of_many_records_tells_how_many_are_left_to_their_own_pages(
    desk: Desk, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    people = [desk.woman() for _ in range(4)]
    with change(desk.user.pk, "ages told") as c:
        for number in people:
            c.update(Party.objects.get(pk=number), sex="male")
    monkeypatch.setattr(changes, "DETAILED", 3)
    page = client.get(reverse("coding:change", args=[c.seq])).content.decode()
    assert "and 1 more record; its own page tells its differences" in page


def test_the_pages_of_changes_ask_no_more_for_many_records_than_for_few(desk: Desk, client: Client) -> None:
    people = [desk.woman() for _ in range(8)]

    def asked(pairs: int) -> tuple[int, int]:
        with change(desk.user.pk, f"{pairs} judged") as c:
            for n in range(pairs):
                c.insert(Judgement, a=people[2 * n], b=people[2 * n + 1], answer="different", reviewer=desk.user.pk)
        counts = []
        for address in (reverse("changes"), reverse("coding:change", args=[c.seq])):
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            counts.append(len(queries))
        return counts[0], counts[1]

    asked(1)  # what is read once a process has been read
    assert asked(1) == asked(4)


def test_a_permalink_finds_a_part_through_its_whole(desk: Desk, client: Client) -> None:
    act = desk.record(
        "act", {"type": BEATEN, "victim": desk.woman()}, parts={"involvements": [Entry({"agency": "state.mss"})]}
    )
    part = Act.objects.get(pk=act.record.pk).involvements.get()
    assert client.get(reverse("coding:permalink", args=[part.pk])).url == f"/acts/{act.record.pk}/"  # type: ignore[attr-defined]


def test_every_page_of_lists_answers(desk: Desk, client: Client) -> None:
    lists = ("", "act_type/", "act_type/?q=북송", "act_type/options.json", "places/options.json", "units/", "load/")
    for address in (*(f"/vocabularies/{one}" for one in lists), "/changes/"):
        assert client.get(address).status_code == 200, address


def test_who_was_logged_out_meanwhile_keeps_the_form_she_had_before_her(desk: Desk) -> None:
    client = Client()
    address = reverse("coding:new", args=[desk.source.pk])
    answer = client.post(address, {"_kind": "party", "kind": "person"}, headers={"HX-Request": "true"})
    assert answer.status_code == 401, "htmx puts no answer of this status in the place of the form"
    assert answer["Content-Type"].startswith("text/plain") and b"still here" in answer.content
    assert client.post(address, {"_kind": "party"}).status_code == 302, "a whole page is asked to log in"


def test_digits_that_are_no_numbers_are_told_from_numbers(desk: Desk, client: Client) -> None:
    assert client.get("/changes/?before=²").status_code == 200
    assert client.get(f"/sources/{desk.source.pk}/code/new/?kind=act&start=²&end=3").status_code == 200
    assert client.post(f"/sources/{desk.source.pk}/lost/", {"passage": "abc"}).status_code == 302
