"""Two editors of one claim: values, reasons for emptiness, codes and notes are put together field by field."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk
from tests.coding.test_pages import form_values

from tumen.archive.errors import StaleEdit
from tumen.coding.models import Act
from tumen.coding.queries import values
from tumen.coding.services.notes import notes_of

BEATEN = "liberty.assault.beaten"


@pytest.fixture
def act(desk: Desk) -> Act:
    record = desk.record("act", {"type": BEATEN, "victim": desk.woman(), "circumstances": ["alone"]}).record
    return Act.objects.get(pk=record.pk)


def now(act: Act) -> Act:
    return Act.objects.get(pk=act.pk)


def test_reasons_that_two_people_give_for_two_empty_fields_are_both_kept(desk: Desk, act: Act) -> None:
    desk.edit(act, gaps={"date": "unknown"}, version=1)
    desk.edit(act, gaps={"age": "not_asked"}, version=1)
    assert now(act).gaps == {"date": "unknown", "age": "not_asked"}


def test_two_reasons_for_one_empty_field_clash(desk: Desk, act: Act) -> None:
    desk.edit(act, gaps={"date": "unknown"}, version=1)
    with pytest.raises(StaleEdit) as error:
        desk.edit(act, gaps={"date": "refused"}, version=1)
    assert error.value.fields == ["date"]
    assert now(act).gaps == {"date": "unknown"}


def test_a_value_and_a_reason_for_having_none_clash_when_two_people_give_them(desk: Desk, act: Act) -> None:
    desk.edit(act, {"date": "2011"}, version=1)
    with pytest.raises(StaleEdit):
        desk.edit(act, {"date": ""}, gaps={"date": "unknown"}, version=1)
    desk.edit(act, {"place": "KP-09"}, version=1)
    assert (now(act).date, now(act).place, now(act).gaps) == ("2011", "KP-09", {})


def test_a_reason_taken_away_by_one_stays_away_when_the_other_saves(desk: Desk, act: Act) -> None:
    desk.edit(act, gaps={"date": "unknown"})
    desk.edit(now(act), {"date": ""}, version=2)
    desk.edit(act, {"date": "", "cause": "economic"}, gaps={"date": "unknown"}, version=2)
    assert (now(act).gaps, now(act).cause) == ({}, "economic")


def test_a_code_that_one_took_off_is_not_brought_back_by_the_other(desk: Desk, act: Act) -> None:
    base = {"circumstances": frozenset({"alone"})}
    desk.edit(act, {"circumstances": []}, base=base)
    desk.edit(act, {"circumstances": ["alone", "debt"]}, base=base)
    assert values.codes(act)["circumstances"] == ["debt"]


def test_a_reason_for_no_codes_clashes_with_a_code_that_was_added_meanwhile(desk: Desk, act: Act) -> None:
    base = {"circumstances": frozenset({"alone"})}
    desk.edit(act, {"circumstances": ["alone", "debt"]}, base=base)
    with pytest.raises(StaleEdit) as error:
        desk.edit(act, {"circumstances": []}, gaps={"circumstances": "unknown"}, base=base)
    assert error.value.fields == ["circumstances"]


def conflict(desk: Desk, act: Act, theirs: dict[str, Any], mine: dict[str, list[str]]) -> tuple[Client, str, str]:
    """Open the form, let somebody else save, post: return the client, the address and the answer."""
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:edit", args=[act.pk])
    form = form_values(client.get(address).content.decode())
    desk.edit(act, theirs.pop("values", {}), version=1, **theirs)
    html = client.post(address, form | mine, headers={"HX-Request": "true"}).content.decode()
    return client, address, html


def rows(html: str) -> dict[str, list[str]]:
    """Return the rows of the three-way table: name -> base, theirs, mine."""
    from lxml import html as parser

    found = {}
    for row in parser.fromstring(html).xpath("//div[@class='conflict']/div[not(@class='head')]"):
        name, *sides = (" ".join(cell.text_content().split()) for cell in row)
        found[name] = sides
    return found


@pytest.mark.parametrize(("keep", "left"), [("theirs", {"date": "unknown"}), ("mine", {"date": "refused"})])
def test_the_three_sides_of_a_reason_are_shown_and_the_choice_is_kept(
    desk: Desk, act: Act, keep: str, left: dict[str, str]
) -> None:
    client, address, html = conflict(desk, act, {"gaps": {"date": "unknown"}}, {"date-gap": ["refused"]})
    assert rows(html)["When"] == ["–", "Unknown", "Refused"]
    client.post(address, form_values(html) | {"keep-date": [keep]})
    assert now(act).gaps == left


def test_a_value_against_a_reason_shows_both_and_theirs_takes_the_value_away(desk: Desk, act: Act) -> None:
    client, address, html = conflict(desk, act, {"gaps": {"date": "unknown"}}, {"date": ["2011"]})
    assert rows(html)["When"] == ["–", "Unknown", "2011"]
    client.post(address, form_values(html) | {"keep-date": ["theirs"]})
    assert (now(act).date, now(act).gaps) == ("", {"date": "unknown"})


def test_a_reason_that_only_the_other_gave_is_merged_and_saved(desk: Desk, act: Act) -> None:
    client, address, html = conflict(
        desk, act, {"values": {"cause": "economic"}, "gaps": {"age": "not_asked", "date": "unknown"}},
        {"date-gap": ["refused"]},
    )  # fmt: skip
    assert rows(html)["Age of the victim then"][:2] == ["–", "Not asked"]
    client.post(address, form_values(html) | {"keep-date": ["mine"]})
    assert (now(act).gaps, now(act).cause) == ({"age": "not_asked", "date": "refused"}, "economic")


def test_codes_against_a_reason_are_shown_and_can_be_chosen(desk: Desk, act: Act) -> None:
    theirs = {"values": {"circumstances": ["alone", "debt"]}, "base": {"circumstances": frozenset({"alone"})}}
    client, address, html = conflict(desk, act, theirs, {"circumstances": [], "circumstances-gap": ["unknown"]})
    shown = rows(html)["Circumstances of the victim"]
    assert shown[0] and "," in shown[1] and shown[2] == "Unknown"
    client.post(address, form_values(html) | {"keep-circumstances": ["mine"]})
    assert (values.codes(act)["circumstances"], now(act).gaps) == ([], {"circumstances": "unknown"})


def test_the_three_sides_of_a_note_are_shown_and_the_choice_is_kept(desk: Desk, act: Act) -> None:
    theirs = {"notes": {"date": "theirs"}, "notes_seen": {"date": ""}}
    client, address, html = conflict(desk, act, theirs, {"date-note": ["mine"]})
    assert rows(html)["When: note"] == ["–", "theirs", "mine"]
    client.post(address, form_values(html) | {"keep-date-note": ["theirs"]})
    assert notes_of(act) == {"date": "theirs"}


def test_an_open_range_of_theirs_stays_open_when_it_is_chosen(desk: Desk, act: Act) -> None:
    client, address, html = conflict(desk, act, {"values": {"age_low": "23", "age_high": ""}}, {"age_low": ["30"]})
    client.post(address, form_values(html) | {"keep-age": ["theirs"]})
    assert (now(act).age_low, now(act).age_high) == (23, None)
