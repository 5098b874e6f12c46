"""A small archive with two compartments and three users, and a browser of sorts for each."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World, day, user

from tumen.archive import folder
from tumen.archive.changes import change
from tumen.coding.models import Figure, Involvement, Name, Telling
from tumen.guard.models import User


@pytest.fixture
def world(archive: folder.Archive) -> World:
    """Two open sources and a closed one; three acts in the open ones, one in the closed, with words and names."""
    made = World.new()
    made.coding(checked=True)
    made.coding()
    made.coding(closed=True)
    first, second, closed = made.codings
    made.party(first, sex="female", birth="1980", birth_low=day(1980), birth_high=day(1980, 12, 31))
    made.party(second, kind="group", size_low=20, size_high=30)
    made.party(closed, sex="male")
    made.party(first, sex="male")
    made.act(date="2003", low=day(2003), high=day(2003, 12, 31), place="KP-09", age_low=23, age_high=23)
    made.act(type="liberty.detention.mss", date="2004-05", low=day(2004, 5), high=day(2004, 5, 31), place="CN")
    made.act(made.parties[1], type="life")
    made.act(made.parties[2], type="life", date="2003", low=day(2003), high=day(2003, 12, 31))
    with change(ACTOR, "words, names, figures") as c:
        for act, words in zip(
            made.acts, ("국경에서 강제송환되었다.", "beaten by the husband", "被拐卖", "강제송환"), strict=True
        ):
            made.told(c, act, words)
        for party, name in ((made.parties[0], "김가명"), (made.parties[2], "박가명")):
            c.insert(Name, coding=party.coding, party=party, text=name, kind="full")
        act = made.acts[0]
        c.insert(Telling, coding=first, claim=act.pk, evidence_form="experience", informant=made.parties[0])
        c.insert(Telling, coding=first, claim=act.pk, evidence_form="hearsay.named")
        c.insert(Involvement, coding=first, act=act, party=made.parties[3], agency="state.mss")
        for low, high, who in ((150_000, 200_000, "A group"), (70_000, 70_000, "An office")):
            c.insert(Figure, coding=first, low_milli=low * 1000, high_milli=high * 1000, unit="persons",
                     counted="North Koreans in China", attributed_to=who, chain=f"A paper < {who}")  # fmt: skip
        c.insert(Figure, coding=second, low_milli=75_000, high_milli=75_000, unit="share",
                 counted="North Koreans in China")  # fmt: skip
    return made


@pytest.fixture
def users(world: World) -> dict[str, User]:
    """Who sees everything, who does not see the closed compartment, who reads coded facts alone."""
    return {
        "investigator": user(world, "investigator", "investigator", closed=True),
        "analyst": user(world, "analyst", "analyst"),
        "reader": user(world, "reader", "reader"),
    }


@pytest.fixture
def browse(users: dict[str, User]) -> Callable[[str], Client]:
    """A client logged in as one of the users."""

    def client(name: str) -> Client:
        made = Client()
        made.force_login(users[name])
        return made

    return client
