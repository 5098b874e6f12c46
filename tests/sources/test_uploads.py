"""Uploads in pieces: what arrives is kept, goes on where it broke off, and never stands in the clear."""

from __future__ import annotations

import base64
import io
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.conftest import PASSPHRASE, close_connections
from tests.sources import hostile

from tumen.archive import folder, identity, jobs, objects, setup
from tumen.archive.errors import DiskFull, Erased
from tumen.guard.models import Compartment, Membership, User
from tumen.sources import queries
from tumen.sources.errors import BrokenOff, WrongOffset
from tumen.sources.models import Original, Source, Upload
from tumen.sources.services import sweep, uploads

pytestmark = pytest.mark.usefixtures("clean")
STORY = b"They walked to the river at night. " * 40
TUS = {"Tus-Resumable": "1.0.0"}
BODY = "application/offset+octet-stream"


def said(**values: Any) -> str:
    return ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in values.items())


def announce(client: Client, main: Compartment, name: str, length: int, **facts: Any) -> Any:
    metadata = said(filename=name, lastmodified="1", **{"kind": "news", "compartment": main.pk, **facts})
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata}
    return client.post("/sources/uploads/", headers=headers)


def send(client: Client, url: str, offset: int, data: bytes) -> Any:
    return client.patch(url, data, content_type=BODY, headers={**TUS, "Upload-Offset": str(offset)})


def upload(client: Client, main: Compartment, name: str, data: bytes, **facts: Any) -> Any:
    """Send a whole file as the island does and return the last answer."""
    answer = announce(client, main, name, len(data), **facts)
    if answer.status_code != 201:
        return answer
    return send(client, answer["Location"], 0, data)


def begun(user: User, main: Compartment, length: int = len(STORY), name: str = "story.txt") -> Upload:
    return uploads.begin(user, name, length, "1", {"kind": "news", "compartment": main.pk})


def test_a_file_arrives_in_pieces_and_becomes_a_source(client: Client, main: Compartment) -> None:
    first = announce(client, main, "증언.txt", len(STORY), published="winter 2011")
    assert (first.status_code, first["Upload-Offset"]) == (201, "0")
    second = send(client, first["Location"], 0, STORY[:100])
    assert (second.status_code, second["Upload-Offset"]) == (204, "100")
    last = send(client, first["Location"], 100, STORY[100:])
    source = Source.objects.get()
    assert last.json() == {"url": f"/sources/{source.pk}/", "title": "증언"}
    assert source.published == "2011-24"
    assert b"".join(queries.content(queries.originals(source)[0])) == STORY
    assert len(list(objects.names())) == 1


def test_the_server_says_how_far_it_is_and_goes_on_there(client: Client, main: Compartment) -> None:
    location = announce(client, main, "a.txt", len(STORY))["Location"]
    send(client, location, 0, STORY[:500])
    assert client.head(location, headers=TUS)["Upload-Offset"] == "500"
    again = announce(client, main, "a.txt", len(STORY))
    assert (again["Location"], again["Upload-Offset"]) == (location, "500")
    wrong = send(client, location, 400, STORY[400:])
    assert (wrong.status_code, wrong["Upload-Offset"]) == (409, "500")
    assert send(client, location, 500, STORY[500:]).status_code == 200


def test_it_survives_a_restart(archive: folder.Archive, client: Client, main: Compartment) -> None:
    location = announce(client, main, "a.txt", len(STORY))["Location"]
    send(client, location, 0, STORY[:500])
    close_connections()
    folder.close()
    setup.open_archive(archive.folder, PASSPHRASE)
    assert send(client, location, 500, STORY[500:]).status_code == 200
    assert b"".join(queries.content(Original.objects.get())) == STORY


def test_a_file_whose_last_answer_was_lost_is_taken_in_when_it_is_asked_for(
    investigator: User, client: Client, main: Compartment
) -> None:
    arrived = begun(investigator, main)
    uploads.append(arrived, 0, io.BytesIO(STORY))
    assert client.head(f"/sources/uploads/{arrived.pk}/", headers=TUS)["Upload-Offset"] == str(len(STORY))
    assert Source.objects.count() == 1


def test_what_arrived_before_the_connection_broke_is_kept(
    investigator: User, main: Compartment, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell() >= 600:
                raise OSError("gone")
            return super().read(size)

    monkeypatch.setattr(uploads, "PIECE", 250)
    arriving = begun(investigator, main)
    with pytest.raises(BrokenOff):
        uploads.append(arriving, 0, Broken(STORY))
    stored = Upload.objects.get()
    assert 0 < stored.received <= 750
    assert b"".join(uploads.content(stored)) == STORY[: stored.received]


def test_two_requests_with_the_same_piece_keep_it_once(investigator: User, main: Compartment) -> None:
    one, two = begun(investigator, main), begun(investigator, main)
    uploads.append(one, 0, io.BytesIO(STORY[:100]))
    with pytest.raises(WrongOffset) as wrong:
        uploads.append(two, 0, io.BytesIO(STORY[:100]))
    assert wrong.value.received == 100
    assert b"".join(uploads.content(Upload.objects.get())) == STORY[:100]


def test_more_than_was_announced_is_refused(client: Client, main: Compartment) -> None:
    location = announce(client, main, "a.txt", 10)["Location"]
    assert send(client, location, 0, STORY).status_code == 413
    assert Source.objects.count() == 0


@pytest.mark.parametrize("case", hostile.CASES, ids=lambda case: ascii(case.name))
def test_a_bad_file_is_refused_with_what_to_do_and_can_be_kept_or_removed(
    client: Client, main: Compartment, case: hostile.Case
) -> None:
    answer = upload(client, main, case.name, case.data)
    assert answer.status_code == 422
    assert case.advice in answer.json()["error"]
    assert case.where in answer.json()["error"]
    assert Source.objects.count() == 0
    page = client.get("/sources/add/").content.decode()
    assert "\u202e" not in page
    assert "Keep it without a text" in page
    decide = f"/sources/uploads/{Upload.objects.get().pk}/decide/"
    client.post(decide, {"keep": "1"})
    original = Original.objects.get()
    assert b"".join(queries.content(original)) == case.data
    assert queries.texts(original.source) == []


def test_a_bad_file_that_is_removed_leaves_nothing(client: Client, main: Compartment) -> None:
    upload(client, main, "x.gif", b"GIF89a" + b"\0" * 30)
    owner = Upload.objects.get().owner
    client.post(f"/sources/uploads/{Upload.objects.get().pk}/decide/", {"discard": "1"})
    assert Upload.objects.count() == Original.objects.count() == 0
    assert list(objects.names()) == []
    with pytest.raises(Erased):
        identity.key_for(owner)


def test_what_the_form_says_is_checked_before_the_file_is_sent(client: Client, main: Compartment) -> None:
    answer = announce(client, main, "a.txt", 10, published="2011-02-30")
    assert answer.status_code == 400
    assert "2011-02 has 28 days" in answer.json()["error"]
    assert Upload.objects.count() == 0


def test_a_compartment_one_may_not_write_in_is_refused(client: Client, secret: Compartment) -> None:
    assert announce(client, secret, "a.txt", 10).status_code == 400


def test_rights_lost_meanwhile_are_lost(investigator: User, client: Client, main: Compartment) -> None:
    from tumen.archive.changes import change

    location = announce(client, main, "a.txt", len(STORY))["Location"]
    send(client, location, 0, STORY[:-1])
    with change(0, "left the group") as c:
        c.retract(Membership.objects.get(user=investigator))
    assert send(client, location, len(STORY) - 1, STORY[-1:]).status_code == 403
    assert Source.objects.count() == 0


def test_another_users_upload_is_not_there(client: Client, main: Compartment, member: Callable[[str], User]) -> None:
    theirs = begun(member(Membership.Role.CODER), main)
    assert client.head(f"/sources/uploads/{theirs.pk}/", headers=TUS).status_code == 404
    assert send(client, f"/sources/uploads/{theirs.pk}/", 0, STORY).status_code == 404


def test_a_visitor_and_a_reader_are_told_and_nothing_is_kept(main: Compartment, member: Callable[[str], User]) -> None:
    client = Client()
    assert announce(client, main, "a.txt", 10).status_code == 401
    client.force_login(member(Membership.Role.READER))
    assert announce(client, main, "a.txt", 10).status_code == 403
    assert Upload.objects.count() == 0


def test_an_abandoned_upload_is_swept_and_its_key_destroyed(investigator: User, main: Compartment) -> None:
    arriving = begun(investigator, main)
    uploads.append(arriving, 0, io.BytesIO(STORY[:100]))
    assert sweep() == 0
    Upload.objects.update(touched=timezone.now() - timedelta(days=8))
    sweep()
    assert Upload.objects.count() == 0
    assert list(objects.names()) == []
    with pytest.raises(Erased):
        identity.key_for(arriving.owner)


def test_a_large_file_becomes_a_job(
    investigator: User, client: Client, main: Compartment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "AT_ONCE", 100)
    answer = upload(client, main, "a.txt", STORY)
    assert "being read" in answer.json()["note"]
    assert "every 2s" in client.get("/sources/uploads/arrived/").content.decode()
    assert jobs.run_next()
    assert Source.objects.count() == 1
    assert "Taken in" in client.get("/sources/uploads/arrived/").content.decode()
    assert jobs.run_next() is False


def test_the_plain_form_takes_one_small_file(client: Client, main: Compartment) -> None:
    file = io.BytesIO(STORY)
    file.name = "story.txt"
    answer = client.post("/sources/add/", {"kind": "news", "compartment": main.pk, "files": file})
    assert answer["Location"] == f"/sources/{Source.objects.get().pk}/"
    bad = io.BytesIO(b"GIF89a" + b"\0" * 30)
    bad.name = "x.txt"
    page = client.post("/sources/add/", {"kind": "news", "compartment": main.pk, "files": bad}).content.decode()
    assert "Convert it" in page
    assert "Choose a file" in client.post("/sources/add/", {"kind": "news", "compartment": main.pk}).content.decode()


def test_the_plain_form_refuses_a_file_it_cannot_hold_in_memory(
    client: Client, main: Compartment, settings_of_uploads: None
) -> None:
    file = io.BytesIO(STORY)
    file.name = "story.txt"
    page = client.post("/sources/add/", {"kind": "news", "compartment": main.pk, "files": file}).content.decode()
    assert "Choose a file" in page
    assert Source.objects.count() == 0


@pytest.fixture
def settings_of_uploads() -> Any:
    from django.test.utils import override_settings

    with override_settings(FILE_UPLOAD_MAX_MEMORY_SIZE=1000):
        yield


def test_nothing_of_an_upload_stands_in_the_clear(
    investigator: User, client: Client, main: Compartment, tmp_path: Path
) -> None:
    words = b"a sentence that must not be found anywhere "
    location = announce(client, main, "김영희 이야기.txt", 10_000)["Location"]
    send(client, location, 0, words * 100)
    for path in tmp_path.rglob("*"):
        if path.is_file():
            stored = path.read_bytes()
            assert words not in stored, path
            assert "김영희".encode() not in stored, path


MEASURE = """
import resource, sys
from pathlib import Path
from tumen.archive import setup
setup.open_archive(Path(sys.argv[1]), sys.argv[2])
from tumen.guard.models import Compartment, User
from tumen.sources.models import Original
from tumen.sources.services import uploads

class Body:
    left = int(sys.argv[3]) << 20
    def read(self, size):
        size = min(size, self.left)
        self.left -= size
        return bytes(size)

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024

user, main = User.objects.get(), Compartment.objects.get()
size = Body.left
facts = {"kind": "news", "compartment": main.pk}
upload = uploads.begin(user, "large.bin", size, "1", facts)
before = peak()
uploads.append(upload, 0, Body())
taken = uploads._take(upload, keep_unreadable=True)
assert taken.original.size == size
print(peak() - before)
"""


def megabytes_for(archive: folder.Archive, megabytes: int) -> int:
    """Upload zeros in a process of its own and return how many MB its memory grew at the most."""
    close_connections()
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, archive.folder, PASSPHRASE, str(megabytes)],
        env=os.environ | {"PYTHONPATH": str(root / "src")},
        capture_output=True,
        check=True,
        text=True,
    )
    return int(done.stdout)


def test_memory_does_not_grow_with_the_file(archive: folder.Archive, investigator: User) -> None:
    assert megabytes_for(archive, 200) < 40


@pytest.mark.soak
def test_two_gigabytes_go_in_with_the_memory_of_a_small_file(archive: folder.Archive, investigator: User) -> None:
    assert megabytes_for(archive, 2048) < 40


def test_a_file_that_failed_for_want_of_space_is_read_again_without_being_sent_again(
    client: Client, main: Compartment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as patched:
        patched.setattr(uploads, "take_in", full)
        answer = upload(client, main, "a.txt", STORY)
    assert (answer.status_code, answer.json()) == (422, {"error": "The disk is full."})
    client.post(f"/sources/uploads/{Upload.objects.get().pk}/decide/", {"again": "1"})
    assert Source.objects.count() == 1
