"""Words that are sent to a served archive, in every way a browser sends them, stand readable nowhere on the machine."""

from __future__ import annotations

import base64
import http.cookiejar
import re
import shutil
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from tests import scan, second_factor
from tests.browser.conftest import PASSWORD, USER, Served, free_port
from tests.conftest import PASSPHRASE, close_connections
from tests.workbench.running import children

from tumen.archive import folder, setup
from tumen.coding.models import Draft
from tumen.counting.models import FreeText
from tumen.sources.models import Source, Text, Upload
from tumen.workbench.services import furnish


class Browser:
    """Cookies, the token of the page, and as much of HTTP as the pages need."""

    def __init__(self, url: str) -> None:
        self.url, self.jar = url, http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.jar))

    def ask(self, path: str, data: Any = None, method: str | None = None, **headers: str) -> Any:
        """Send a request and return the answer, whatever its status."""
        if isinstance(data, dict):
            data = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **data}).encode()
        elif method:
            headers["X-CSRFToken"] = self.token
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, data, {"Referer": self.url, **named}, method=method)  # noqa: S310
        try:
            return self.opener.open(request, timeout=60)
        except urllib.error.HTTPError as error:
            return error

    @property
    def token(self) -> str:
        return next(cookie.value for cookie in self.jar if cookie.name == "csrftoken")

    def upload(self, name: str, body: bytes, **facts: Any) -> int:
        """Send a file as the page does, and return the status of the last answer."""
        said = {"filename": name, "lastmodified": "1", "kind": "interview", **facts}
        metadata = ",".join(f"{key} {base64.b64encode(str(value).encode()).decode()}" for key, value in said.items())
        tus = {"Tus_Resumable": "1.0.0"}
        sizes = {"Upload_Length": str(len(body)), "Upload_Metadata": metadata}
        begun = self.ask("/sources/uploads/", b"", "POST", **sizes, **tus)
        assert begun.status == 201, begun.read()
        piece = {"Upload_Offset": "0", "Content_Type": "application/offset+octet-stream"}
        return int(self.ask(begun.headers["Location"], body, "PATCH", **piece, **tus).status)


@pytest.fixture
def served(template: Path, tmp_path: Path) -> Any:
    place = tmp_path / "archive"
    shutil.copytree(template, place)
    setup.open_archive(place, PASSPHRASE)
    second_factor.equip(furnish(USER, PASSWORD))
    close_connections()
    folder.close()
    (tmp_path / "passphrase").write_text(PASSPHRASE, "utf-8")
    server = Served(f"http://127.0.0.1:{free_port()}", place)
    server.start()
    yield server
    server.stop()


def send(browser: Browser, served: Served, seeds: scan.Seeds) -> None:
    """Send seeds every way: files and their names, readable and not, drafts, searches, corrections, bad addresses."""
    browser.ask("/accounts/login/")
    assert browser.ask("/accounts/login/", {"login": USER, "password": PASSWORD}).status == 200
    code = second_factor.next_recovery_code(served.url)
    assert browser.ask("/accounts/second-factor/authenticate/", {"code": code}).url == f"{served.url}/"
    page = browser.ask("/sources/add/").read().decode()
    compartment = re.search(r'<select name="compartment".*?<option value="(\d+)"', page, re.DOTALL)
    assert compartment
    story = " ".join([*seeds.by_kind["body"], *seeds.by_kind["name"]])
    names = seeds.by_kind["file name"]
    assert browser.upload(f"{names[0]}.txt", story.encode(), compartment=compartment[1], collector=names[1]) == 200
    for name in names[2:6]:
        # A container cut short holds its words readably; it stays an upload that waits for a decision.
        bad = b"PK\x03\x04" + " ".join(seeds.by_kind["body"]).encode()
        assert browser.upload(f"{name}.docx", bad, compartment=compartment[1]) == 422
    with served.opened():
        source, text = Source.objects.get().pk, Text.objects.get().pk
    for n, words in enumerate(seeds.by_kind["note"][:20]):
        assert browser.ask(f"/sources/{source}/code/drafts/act-new-{n}/", {"summary": words}).status == 204
    for words in seeds.by_kind["features"][:20]:
        assert browser.ask("/search/", {"text": words, "unit": "sources"}).status == 200
    corrected = story + " ".join(seeds.by_kind["note"])
    assert browser.ask(f"/texts/{text}/correct/", {"body": corrected}).status == 200
    # What cannot be answered is logged, without what was sent.
    assert browser.ask(f"/sources/{source}/code/new/?kind={urllib.parse.quote(names[7])}").status >= 400
    assert browser.ask(f"/search/{urllib.parse.quote(names[8])}").status == 404
    assert browser.ask("/search/", {"text": names[9], "unit": names[9]}).status < 500


def test_nothing_that_was_sent_stands_readable_while_it_is_served_or_after(served: Served, tmp_path: Path) -> None:
    since, seeds = time.time() - 2, scan.Seeds(1000)
    send(Browser(served.url), served, seeds)
    assert served.process is not None
    processes = [served.process.pid, *children(served.process.pid)]
    processes += [inner for pid in processes[1:] for inner in children(pid)]
    assert len(processes) >= 4  # the server, its worker, the job process, the reader of files
    places = [*scan.files_below(tmp_path), *scan.process_files(*processes), *scan.open_names(*processes)]
    assert scan.find(seeds, places) == []
    with served.opened():
        assert Draft.objects.count() == 20 and FreeText.objects.count() >= 20
        assert Upload.objects.filter(state=Upload.State.FAILED).count() == 4
        assert Text.objects.count() == 2
    served.stop()
    elsewhere = scan.small(scan.files_below(*scan.temporary_folders(), since=since, depth=1))
    assert scan.find(seeds, [*scan.files_below(tmp_path), *elsewhere]) == []
