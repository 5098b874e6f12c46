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


def drop(page: Any, files: dict[str, str]) -> None:
    """Drop files on the page as from a folder."""
    script = """files => { const held = new DataTransfer();
        for (const [name, text] of Object.entries(files)) held.items.add(new File([text], name, {lastModified: 1}));
        return held; }"""
    held = page.evaluate_handle(script, files)
    page.dispatch_event(".drop", "dragenter", {"dataTransfer": held})
    page.dispatch_event(".drop", "drop", {"dataTransfer": held})


def test_twenty_files_are_dropped_and_one_of_them_is_bad(served_archive: Served, page: Any) -> None:
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    files = {f"증언 {n}.txt": f"{n}번째 증언. 강을 건너다가 붙잡혔다. " * 40 for n in range(19)}
    with page.expect_event("requestfinished", lambda request: request.url.endswith("/arrived/"), timeout=60_000):
        drop(page, {**files, "비어 있는 파일.txt": ""})
    assert page.locator("form .upload.is-done").count() == 19
    failed = page.locator("form .upload.is-failed")
    assert "비어 있는 파일.txt" in failed.inner_text() and "The file is empty." in failed.inner_text()
    assert page.locator("form .upload progress").count() == 20
    assert page.get_by_text("19 of 20 are in. Not taken in: 1.").is_visible()
    with served_archive.opened():
        assert Source.objects.count() == 19
        assert list(check.run(deep=True)) == []


def test_uploads_go_on_by_themselves_when_the_server_was_started_anew(
    served_archive: Served, page: Any, tmp_path: Path
) -> None:
    large = tmp_path / "large.txt"
    large.write_bytes(ENGLISH.encode() * 7_000)  # three pieces of 4 MiB
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    sent: list[int] = []

    def break_off(route: Any) -> None:
        sent.append(int(route.request.headers.get("upload-offset", -1)))
        if len(sent) == 2:
            served_archive.stop()
        route.continue_()

    page.route("**/sources/uploads/*/", break_off)
    page.set_input_files("input[type=file]", str(large))
    page.get_by_text("No connection, trying again").wait_for()
    drop(page, {"later.txt": ENGLISH})
    served_archive.start()
    page.locator("form .upload.is-done").nth(1).wait_for(timeout=60_000)
    assert sent.count(0) == 2  # once for each of the two files
    page.locator("#arrived .tag.good").nth(1).wait_for(timeout=60_000)
    with served_archive.opened():
        assert {original.size for original in Original.objects.all()} == {large.stat().st_size, len(ENGLISH)}
        assert list(check.run(deep=True)) == []


def test_a_full_disk_is_told_on_the_page_and_the_file_goes_in_when_there_is_room(
    served_archive: Served, page: Any, tmp_path: Path
) -> None:
    story = tmp_path / "story.txt"
    story.write_bytes(ENGLISH.encode() * 500)
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/add/")
    served_archive.limit_files(0)
    page.set_input_files("input[type=file]", str(story))
    page.locator("form .upload.is-failed").wait_for(timeout=60_000)
    assert "disk is full" in page.locator("form .upload.is-failed").inner_text()
    served_archive.limit_files(-1)
    page.get_by_role("button", name="Try again").click()
    page.locator("form .upload.is-done").wait_for(timeout=60_000)
    with served_archive.opened():
        assert Source.objects.count() == 1
        assert list(check.run(deep=True)) == []
