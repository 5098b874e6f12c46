"""Every role at every address: it is told what its permissions open, in the compartments they stand in, and no more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import get_resolver
from tests.conftest import close_connections
from tests.guard.secrets import BOTH, EVERY_ROLE, EVERYTHING, PLACE, Sown, sow, unsown
from tests.guard.walking import LEAVING, addresses, answer_to, few, looks, patterns, standing

from tumen.archive import folder, setup
from tumen.archive.models import Change
from tumen.guard.masks import IDENTITY, NARRATIVE, NOTES
from tumen.guard.permissions import ROLES, Permission, finest, union
from tumen.places import Precision
from tumen.workbench import access

LOOKERS = {
    **{name: {"main": (name,)} for name in EVERY_ROLE},
    **{name: {"": (name,)} for name, role in ROLES.items() if role.whole_archive},
    "analyst and linker": {"main": ("analyst", "linker")},
    "investigator here, reader there": {"main": ("investigator",), "other": ("reader",)},
    "analyst here, coder there": {"main": ("analyst",), "other": ("coder",)},
    "stranger": {"other": EVERY_ROLE},
    "nobody": {},
}
WORD = re.compile(r"qx\d{5}zj")


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sown]:
    path: Path = tmp_path_factory.mktemp("roles") / "archive"
    setup.create(path, "a passphrase for tests only")
    yield sow(LOOKERS)
    close_connections()
    folder.close()


@pytest.fixture(scope="module")
def telling(sown: Sown) -> dict[str, set[str]]:
    """What is asked that tells a secret to somebody with every role in both compartments, and the words it tells.

    Of each page, or form of a file, so many questions as tell every word that it tells anywhere.
    """
    client, known = browser(sown, "owner"), defaultdict[str, set[str]](set)
    assert sown.beside is not None
    kinds = {str(row.pk): type(row) for part in (sown, sown.beside) for row in part.rows}
    absent: set[tuple[str, object]] = set()
    found = {}
    for name, path in addresses(sown):
        number = re.findall(r"/(\d+)/", path)[-1:]
        kind = (name, kinds.get(*number)) if number else (name, path)
        if name in LEAVING or kind in absent:
            continue
        if client.get(path).status_code == 404:
            absent.add(kind)  # what is no page of one record of a kind is none of another
            continue
        page = path if "export" in name else name
        for asked, answer in looks(sown, client, name, path):
            words = set(WORD.findall(answer))
            if words - known[page]:
                found[asked] = words
                known[page] |= words
    return found


def browser(sown: Sown, who: str) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(sown.users[who])
    return client


def opened(sown: Sown, who: str) -> set[str]:
    """The words that the roles of somebody open, worked out from the file of roles alone."""
    words: set[str] = set()
    notes, caps = 0, [Precision.COUNTRY]
    assert sown.beside is not None
    for where, part in (("main", sown), ("other", sown.beside)):
        roles = LOOKERS[who].get(where, ())
        held = union(roles)
        if Permission.SEE not in held:
            continue
        caps.append(finest(roles))
        words |= {*part.words[EVERYTHING]}
        words |= {*part.words[IDENTITY]} if Permission.IDENTITY in held else set()
        words |= {*part.words[NOTES]} if Permission.NOTES in held else set()
        # Until somebody has reviewed the names in it, testimony is for those who may see names.
        words |= {*part.words[NARRATIVE]} if held >= {Permission.NARRATIVE, Permission.IDENTITY} else set()
        notes += Permission.NOTES in held
    words |= {*sown.words[BOTH], *sown.beside.words[BOTH]} if notes == 2 else set()
    return words | ({*sown.words[PLACE]} if min(caps) is Precision.EXACT else set())


def test_every_address_says_what_it_asks_for() -> None:
    known = {name: route for name, route, _ in patterns(get_resolver().url_patterns)}
    for name, route in known.items():
        assert access.needs(name) is not None, (
            f"{route} ({name}) is opened by nobody: list it in NEEDS of workbench/access.py with the permission it "
            "asks for to be opened, and the one to be sent something."
        )
    assert [name for name in access.NEEDS if name not in known] == []


def test_every_sealed_field_holds_a_secret(sown: Sown) -> None:
    assert unsown(sown) == [], "sow a word into these fields in secrets.py: the walk proves nothing about them"


def test_somebody_with_every_role_is_told_every_class(sown: Sown, telling: dict[str, set[str]]) -> None:
    """Else the walk proves nothing."""
    told = set().union(*telling.values())
    assert sown.beside is not None
    for part in (sown, sown.beside):
        for kind, words in part.words.items():
            assert kind == BOTH or told.intersection(words), kind
    assert len(telling) > 40


@pytest.mark.parametrize("who", LOOKERS)
def test_a_role_is_told_exactly_what_its_permissions_open(
    sown: Sown, telling: dict[str, set[str]], who: str, caplog: pytest.LogCaptureFixture
) -> None:
    client, opens = browser(sown, who), opened(sown, who)
    told: set[str] = set()
    for asked in telling:
        words = set(WORD.findall(answer_to(client, asked)))
        assert words <= opens, f"{asked} tells {who} {sorted(words - opens)}"
        told |= words
    may_open = set().union(*telling.values()) & opens
    assert sorted(may_open - told) == []
    assert not WORD.search(caplog.text)


@pytest.mark.parametrize("who", LOOKERS)
def test_nothing_can_be_sent_without_the_permission_and_a_refusal_tells_nothing(sown: Sown, who: str) -> None:
    client = browser(sown, who)
    held = union([role for roles in LOOKERS[who].values() for role in roles])
    before, newest = standing(sown), Change.objects.count()
    answers: dict[str, set[tuple[int, str]]] = {}
    absent = [(name, re.sub(r"/\d+/", "/999999999/", path)) for name, path in few(addresses(sown))]
    for name, path in [*few(addresses(sown)), *absent]:
        listed = access.needs(name)
        if listed is not None and listed.to_send in Permission.values and listed.to_send not in held:
            answer = client.post(path, {"why": "walked", "title": "walked", "text": "walked", "do": "suspend"})
            assert answer.status_code == 403, f"{path}: {answer.status_code}"
            answers.setdefault(name, set()).add((answer.status_code, neutral(answer, path)))
    assert {name: len(said_of) for name, said_of in answers.items() if len(said_of) > 1} == {}
    assert (standing(sown), Change.objects.count()) == (before, newest)


def test_what_is_out_of_sight_is_answered_like_what_is_not_there(sown: Sown) -> None:
    client, before = browser(sown, "stranger"), standing(sown)
    numbers = [row.pk for row in sown.rows]
    seqs = [row.change for row in sown.rows]
    for name, route, converters in patterns(get_resolver().url_patterns):
        if name.startswith(("guard:", *access.OWN_LOGIN)) or not {"number", "seq"} & converters.keys():
            continue
        hidden = seqs if "seq" in converters else numbers
        for number in hidden[:12:4]:
            both = []
            for one in (number, 999999999):
                path = re.sub(r"<(number|seq)>", str(one), route)
                path = re.sub(r"<\w+>", "1", path).replace("/drafts/1/", "/drafts/act-new-1/")
                both += [
                    [(answer.status_code, neutral(answer, path)) for answer in (client.get(path), client.post(path))]
                ]
            assert both[0] == both[1], f"{name} {number}"
    assert standing(sown) == before


def neutral(answer: HttpResponse, path: str) -> str:
    """What an answer says apart from the address it was asked at and the marks of one request."""
    told = f"{answer.headers.get('Location', '')} {answer.content.decode()}".replace(path, "")
    return re.sub(r'(value|content)="[A-Za-z0-9]{64}"|\d+', "", told)
