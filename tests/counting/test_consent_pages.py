"""What may be used of any question, why the rest may not, and files that leave it out and say so."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World

from tumen.archive.changes import change
from tumen.coding.consent import Block
from tumen.coding.services import consent
from tumen.coding.services.consent import Told
from tumen.guard.models import User

ALL = ("*",)
FOR = "purpose=reporting&audience=public"


@pytest.fixture
def decided(world: World) -> World:
    """The first source lets coded facts be published, the second refuses, of the closed one nothing is known."""
    first, second, _closed = world.codings
    with change(ACTOR, "consent decided") as c:
        consent.decide(c, first.source, None, [Block("given", ALL, ALL, "coded")], Told())
        consent.decide(c, second.source, None, [Block("refused", ALL, ALL, "aggregate")], Told())
    return world


@pytest.fixture
def client(users: dict[str, User]) -> Callable[[str], Client]:
    def made(name: str) -> Client:
        client = Client()
        client.force_login(users[name])
        return client

    return made


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return re.sub(r"\s+", " ", answer.content.decode())


def rows(client: Client, address: str) -> list[list[str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.reader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))  # type: ignore[arg-type]


def listed(client: Client, asked: str) -> int:
    found = re.search(r"([\d,]+) Acts", page(client, f"/lists/acts/?{asked}"))
    assert found is not None
    return int(found[1])


def test_the_page_says_how_many_may_be_used_and_each_reason_opens_its_rows(decided: World, client) -> None:
    investigator = client("investigator")
    told = page(investigator, f"/consent/?unit=acts&{FOR}&grain=coded")
    reasons = dict(re.findall(r'<th scope="row">([^<]+)</th><td class="num"><a href="([^"]+)">', told))
    for label, count in (("may be used", 2), ("refused", 1), ("no interview and no decision", 1)):
        address = reasons[label].replace("&amp;", "&")
        assert listed(investigator, address.partition("?")[2]) == count, label


def test_the_page_counts_only_what_its_reader_sees(decided: World, client) -> None:
    assert "no interview and no decision" not in page(client("analyst"), f"/consent/?unit=acts&{FOR}&grain=coded")


def test_a_list_asked_for_a_purpose_holds_what_may_be_used_and_a_withdrawal_empties_it_at_once(
    decided: World, client
) -> None:
    analyst = client("analyst")
    assert listed(analyst, FOR) == 2
    assert listed(analyst, f"{FOR}&grain=narrative") == 0
    with change(ACTOR, "consent decided") as c:
        consent.withdraw(c, decided.codings[0].source, None, Told())
    assert listed(analyst, FOR) == 0
    assert listed(analyst, f"{FOR}&because=withdrawn") == 2


def test_the_past_is_read_with_the_consent_of_today(decided: World, client) -> None:
    with change(ACTOR, "consent decided") as c:
        consent.withdraw(c, decided.codings[0].source, None, Told())
        seq = c.seq
    assert listed(client("analyst"), f"asof={seq - 1}") == 3
    assert listed(client("analyst"), f"asof={seq - 1}&{FOR}") == 0


def test_a_victim_who_decided_for_herself_is_followed_in_acts_and_in_persons(decided: World, client) -> None:
    victim = decided.parties[0]
    with change(ACTOR, "consent decided") as c:
        consent.decide(c, decided.codings[0].source, victim, [Block("refused", ALL, ALL, "coded")], Told())
    analyst = client("analyst")
    assert listed(analyst, FOR) == 0
    assert listed(analyst, f"{FOR}&grain=aggregate") == 0, "what she was not asked is no yes"
    told = page(analyst, f"/lists/persons/?{FOR}")
    assert "1 Persons" in told, "the other person of that source follows the teller"


def test_a_file_leaves_out_what_may_not_be_used_and_says_so_with_numbers(decided: World, client) -> None:
    found = rows(client("investigator"), f"/lists/acts/export/csv/?{FOR}")
    about = dict(row[0].split(": ", 1) for row in found if ": " in row[0])
    assert about["Purpose"] == "Reports and publications" and about["Audience"] == "The public"
    assert (about["Total"], about["Left out for want of consent"]) == ("2", "2")
    assert about["Left out (refused)"] == "1" and about["Left out (no interview and no decision)"] == "1"


def test_a_file_of_rows_is_never_let_out_by_a_consent_to_counts_alone(decided: World, client) -> None:
    with change(ACTOR, "consent decided") as c:
        consent.decide(c, decided.codings[0].source, None, [Block("refused", ALL, ALL, "coded")], Told())
    found = rows(client("investigator"), f"/lists/acts/export/csv/?{FOR}&grain=aggregate")
    assert ["Total: 0"] == [row[0] for row in found if row[0].startswith("Total")]
    table = rows(client("investigator"), f"/tables/table/export/csv/?unit=acts&dims=type:1&{FOR}&grain=aggregate")
    assert ["Total: 2"] == [row[0] for row in table if row[0].startswith("Total")]


def test_names_leave_only_with_those_who_agreed_to_be_named(decided: World, client) -> None:
    investigator = client("investigator")
    text = str(rows(investigator, f"/lists/persons/export/csv/?{FOR}"))
    assert "김가명" not in text
    assert "김가명" in str(rows(investigator, "/lists/persons/export/csv/")), "a working copy shows it"
    victim, first = decided.parties[0], decided.codings[0].source
    with change(ACTOR, "consent decided") as c:
        consent.decide(c, first, None, [Block("given", ALL, ALL, "named")], Told())
    assert "김가명" not in str(rows(investigator, f"/lists/persons/export/csv/?{FOR}&grain=named"))
    with change(ACTOR, "consent decided") as c:
        consent.decide(c, first, victim, [Block("given", ALL, ALL, "named")], Told())
    assert "김가명" in str(rows(investigator, f"/lists/persons/export/csv/?{FOR}&grain=named"))
    assert "김가명" not in str(rows(client("analyst"), f"/lists/persons/export/csv/?{FOR}&grain=named"))


def test_a_working_copy_and_a_list_of_what_may_not_be_used_say_what_they_are(decided: World, client) -> None:
    investigator = client("investigator")
    copy = str(rows(investigator, "/lists/acts/export/csv/"))
    assert "a working copy for use inside the group" in copy
    refused = str(rows(investigator, f"/lists/acts/export/csv/?{FOR}&because=refused"))
    assert "may not be used for" in refused and "Usable by consent" not in refused


@pytest.mark.parametrize("wrong", ["purpose=reporting", "purpose=x&audience=public", f"{FOR}&because=x",
                                   f"{FOR}&grain=x"])  # fmt: skip
def test_a_wrong_question_about_consent_is_answered_in_words(decided: World, client, wrong: str) -> None:
    for address in ("/lists/acts/", "/lists/acts/export/csv/"):
        assert client("analyst").get(f"{address}?{wrong}").status_code == 400, (address, wrong)
