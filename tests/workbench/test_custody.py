"""The page of custody: how the log stands, verifying it, the file for a second party."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from tests.archive.log.forging import run

from tumen.archive import folder, jobs
from tumen.archive.changes import change
from tumen.archive.log import attestations, checkpoints, following, tree
from tumen.guard.models import Compartment, Membership
from tumen.guard.services import enrol, make_user
from tumen.workbench.services import furnish


@pytest.fixture
def client(archive: folder.Archive) -> Client:
    client = Client()
    client.force_login(furnish("demo", "fictional-demo"))
    return client


def shown(client: Client) -> str:
    answer = client.get("/custody/")
    assert answer.status_code == 200
    return answer.content.decode()


def test_it_tells_the_size_the_day_and_the_key(client: Client) -> None:
    page = shown(client)
    assert f"<dd>{tree.size()}</dd>" in page
    last = checkpoints.newest()
    assert last is not None and last.day.isoformat() in page
    assert checkpoints.verifier().text in page.replace("&#x2B;", "+")
    assert "Nobody else has signed yet" in page and "It was never verified" in page


def test_a_verification_is_asked_for_and_its_result_shown(client: Client) -> None:
    assert client.post("/custody/verify/").status_code == 302
    assert "A verification is under way" in shown(client)
    assert jobs.run_next()
    assert "Everything holds" in shown(client)
    run("UPDATE archive_change SET actor = 99 WHERE seq = 1")
    client.post("/custody/verify/")
    assert jobs.run_next()
    page = shown(client)
    assert "1 thing does not hold" in page and "change 1 is not what the log was told" in page


def test_the_checkpoint_file_goes_to_a_partner_who_is_named_when_it_came_back(client: Client, tmp_path: Path) -> None:
    answer = client.post("/custody/checkpoint/")
    assert answer["Content-Disposition"].startswith("attachment")
    key = following.begin(tmp_path / "partner", "partner.example", [checkpoints.verifier().text])
    attestations.take_in(following.countersign(tmp_path / "partner", answer.content), [key])
    assert "partner.example" in shown(client)


def test_a_log_whose_key_is_gone_is_told_instead_of_shown(client: Client) -> None:
    run("DELETE FROM archive_property WHERE key = 'custody-key'")
    assert "The log cannot be read" in shown(client)


def test_who_does_not_answer_for_the_whole_archive_sees_nothing_of_it(client: Client) -> None:
    user, stranger = make_user("reader", "a long password"), Client()
    stranger.force_login(user)
    assert stranger.get("/custody/").status_code == 403
    with change(1, "a role") as c:
        enrol(c, user, Compartment.objects.get(), Membership.Role.READER)
    assert stranger.get("/custody/").status_code == 403
    assert stranger.post("/custody/verify/").status_code == 403
    assert stranger.post("/custody/checkpoint/").status_code == 403
    assert Client().get("/custody/").status_code == 302
