"""Nothing that is sealed from somebody reaches her, by any address of the workbench, the ones of tomorrow included."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from tests.conftest import close_connections
from tests.guard.secrets import EVERY_ROLE, EVERYTHING, OWN, Sown, sow
from tests.guard.walking import LEAVING, addresses, few, said, standing, walk

from tumen.archive import folder, setup
from tumen.archive.models import Change
from tumen.guard.masks import IDENTITY, NARRATIVE, NOTES
from tumen.sources.models import Source

LOOKERS = {"stranger": {"other": EVERY_ROLE}, "reader": {"main": ("reader",)}, "analyst": {"main": ("analyst",)}}
ALL_OF_IT = (IDENTITY, NARRATIVE, NOTES, OWN, EVERYTHING)


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sown]:
    path: Path = tmp_path_factory.mktemp("leaks") / "archive"
    setup.create(path, "a passphrase for tests only")
    yield sow(LOOKERS)
    close_connections()
    folder.close()


def browser(sown: Sown, who: str) -> Client:
    client = Client(raise_request_exception=False)
    if who != "anonymous":
        client.force_login(sown.users[who])
    return client


def test_an_address_shows_nothing_to_who_is_not_logged_in(sown: Sown, caplog: pytest.LogCaptureFixture) -> None:
    secrets = [word for kind in ALL_OF_IT for word in sown.words[kind]]
    before = standing(sown)
    found = []
    for asked, answer in walk(sown, Client(raise_request_exception=False), few(addresses(sown))):
        found += [f"{asked}: {word}" for word in secrets if word in answer]
    assert found[:20] == []
    assert not any(word in caplog.text.casefold() for words in sown.words.values() for word in words)
    assert standing(sown) == before


def test_who_sees_everything_finds_it_and_looking_never_writes(sown: Sown) -> None:
    """Else the walk proves nothing; and a page that wrote could be made to from another site."""
    client = browser(sown, "owner")
    before, newest = standing(sown), Change.objects.count()
    answers = [said(client.get(path)) for name, path in addresses(sown) if name not in LEAVING]
    for kind in (IDENTITY, NARRATIVE, NOTES, EVERYTHING):
        assert any(word in answer for word in sown.words[kind] for answer in answers), kind
    # Titles stand in the browser's history and in the list of windows.
    titles = " ".join(answer.partition("<title>")[2].partition("</title>")[0] for answer in answers)
    assert not any(word in titles for kind in (IDENTITY, NARRATIVE, NOTES) for word in sown.words[kind])
    assert (standing(sown), Change.objects.count()) == (before, newest)


def test_browsers_are_told_to_keep_no_page(sown: Sown) -> None:
    client = browser(sown, "owner")
    for name, path in few(addresses(sown)):
        if name not in {*LEAVING, "coding:term_options", "coding:place_options"}:
            kept = client.get(path).headers["Cache-Control"]
            assert "no-store" in kept, path


def test_a_message_to_the_user_does_not_travel_in_a_cookie(sown: Sown) -> None:
    client = browser(sown, "owner")
    source = sown.one(Source)
    answer = client.post(f"/sources/{source.pk}/citations/", {"cites": "a name typed here"})
    assert answer.status_code == 302
    assert "messages" not in answer.cookies
    assert "a name typed here" in client.get(f"/sources/{source.pk}/").content.decode()


def test_an_undo_leads_nowhere_outside(sown: Sown) -> None:
    client = browser(sown, "owner")
    answer = client.post("/changes/1/undo/", {"next": "https://elsewhere.example/"})
    assert "elsewhere" not in answer.headers.get("Location", "")
    last = Change.objects.filter(batch=None, kind="edit").order_by("-seq")[0]
    answer = client.post(f"/changes/{last.seq}/undo/", {"next": "https://elsewhere.example/"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/changes/")


def test_guessing_a_password_is_slowed_down(sown: Sown) -> None:
    client = Client()
    answers = [
        client.post("/accounts/login/", {"login": "owner", "password": f"guess {n}"}).status_code for n in range(12)
    ]
    assert 429 in answers or "too many" in said(client.post("/accounts/login/", {"login": "owner", "password": "x"}))


def test_every_address_refuses_a_post_that_another_site_made_up(sown: Sown) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(sown.users["owner"])
    done: set[str] = set()
    sources = Source.objects.count()
    for name, path in addresses(sown):
        if name in done:
            continue
        done.add(name)
        answer = client.post(path, {"text": "x"})
        assert answer.status_code in (403, 405, 410), f"{name} {path}: {answer.status_code}"
    assert len(done) > 50
    assert Source.objects.count() == sources
