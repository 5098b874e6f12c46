"""Files dropped on the page become sources that can be opened: three languages, and one file that cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Served, login

from tumen.archive import check
from tumen.sources.models import Original, Source

pytestmark = pytest.mark.browser

ENGLISH = "They walked to the river at night. The guard shouted.\n" * 30
KOREAN = "강을 건너다가 붙잡혔다. 온성에서 조사를 받았다.\n" * 30
CHINESE = "<html><head><title>边境的故事</title></head><body><article>{}</article></body></html>".format(
    "<p>她在图们被抓，后来被遣返。没有人知道她的下落。</p>" * 20
)


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three documents and a Word file that was cut short on its way."""
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    made = {
        "english.txt": ENGLISH.encode(),
        "증언_2011.txt": KOREAN.encode("cp949"),
        "文章.html": CHINESE.encode("gb18030"),
        "cut short.docx": b"PK\x03\x04" + b"\0" * 200,
    }
    for name, data in made.items():
        (inbox / name).write_bytes(data)
    return [inbox / name for name in made]


def test_files_are_uploaded_with_progress_and_opened(served_archive: Served, page: Any, files: list[Path]) -> None:
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    page.select_option("#id_kind", "news")
    page.fill("#id_published", "winter 2011")
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/arrived/")):
        page.set_input_files("input[type=file]", [str(file) for file in files])
    rows = page.locator("form .upload")
    assert rows.count() == 4
    assert page.locator("form .upload.is-done").count() == 3
    failed = page.locator("form .upload.is-failed")
    assert "cut short or damaged" in failed.inner_text()
    assert failed.get_by_role("button", name="Try again").is_visible()
    arrived = page.locator("#arrived")
    assert {text.strip() for text in arrived.locator(".tag").all_inner_texts()} == {"Taken in", "Could not be read"}

    page.get_by_role("link", name="증언 2011").first.click()
    assert page.locator("h1").inner_text() == "증언 2011"
    assert "winter 2011" in page.locator(".facts").inner_text()
    assert "증언_2011.txt" in page.locator("table").inner_text()
    page.get_by_role("link", name="As read from the file 1").click()
    assert "강을 건너다가 붙잡혔다." in page.locator(".testimony").inner_text()
    with served_archive.opened():
        assert {source.language for source in Source.objects.all()} == {"en", "ko", "zh"}
        assert list(check.run(deep=True)) == []


def test_a_file_that_cannot_be_read_is_kept_without_a_text(
    served_archive: Served, page: Any, files: list[Path]
) -> None:
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    page.set_input_files("input[type=file]", str(files[-1]))
    page.get_by_role("button", name="Keep it without a text").click()
    page.locator("#arrived .tag.good").wait_for()
    page.locator("#arrived .row-link").click()
    assert "cut short or damaged" in page.locator(".notice").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "cut short.docx"
    assert Path(download.value.path()).read_bytes() == files[-1].read_bytes()


def test_a_reload_goes_on_where_the_upload_broke_off(served_archive: Served, page: Any, tmp_path: Path) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(ENGLISH.encode() * 7_000)  # three pieces of 4 MiB
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    sent: list[int] = []

    def cut(route: Any) -> None:
        sent.append(int(route.request.headers.get("upload-offset", -1)))
        if len(sent) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/sources/uploads/*/", cut)
    page.set_input_files("input[type=file]", str(large))
    page.get_by_text("No connection, trying again").wait_for()
    page.goto(f"{served_archive.url}/sources/add/")
    page.set_input_files("input[type=file]", str(large))
    page.locator("form .upload.is-done").wait_for(timeout=30_000)
    assert sent[0] == 0
    assert 0 not in sent[1:]
    page.locator("#arrived .tag.good").wait_for(timeout=30_000)
    with served_archive.opened():
        assert Original.objects.get().size == large.stat().st_size
