"""Coding by hand in a real Chromium against `tumen serve`: select, code, save, undo, crash, and two tabs at once."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests import second_factor
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import folder
from tumen.archive.changes import change
from tumen.coding.kinds import WHOLE
from tumen.coding.models import Act, Draft, Party
from tumen.coding.services.notes import notes_of
from tumen.guard.models import Compartment
from tumen.sources import services as sources
from tumen.workbench.services import furnish

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
expect = sync_api.expect

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
USER, PASSWORD = "coder", "a long password for tests"
PATIENCE_S = 20

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.skipif(
        not (ROOT / "src/tumen/workbench/static/built/tumen.js").exists(), reason="the front end is not built"
    ),
]


class Server:
    """`tumen serve` over the test's archive, to be killed and started again."""

    def __init__(self, archive: Path, passphrase: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", "tumen", "--archive", str(archive), "--passphrase-file", str(passphrase)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(
            [*self._command, "serve", "--port", str(self.port)],
            env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            try:
                urllib.request.urlopen(f"{self.address}/accounts/login/", timeout=2).close()  # noqa: S310
                return
            except OSError:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


@pytest.fixture
def server(archive: folder.Archive, tmp_path: Path) -> Iterator[Server]:
    secret = tmp_path / "passphrase"
    secret.write_text(PASSPHRASE)
    close_connections()
    server = Server(archive.folder, secret)
    yield server
    server.kill()


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    # Playwright keeps an event loop in this thread; the tests read the archive between two of its calls, never in one.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def take_in(document: str, language: str) -> int:
    """Furnish the archive and add one source; return its id."""
    user = furnish(USER, PASSWORD)
    second_factor.equip(user)
    with change(user.pk, "take in") as c:
        main = Compartment.objects.get()
        source = sources.add_source(c, "news.online", "An article", main, published="2023-03-28", language=language)
        sources.add_text(c, source, document, language)
    close_connections()
    return source.pk


def log_in(browser: Any, server: Server, source: int) -> Any:
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB").new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text) if "Content Security" in message.text else None)
    page.errors = errors
    page.goto(f"{server.address}/accounts/login/")
    page.fill("[name=login]", USER)
    page.fill("[name=password]", PASSWORD)
    page.press("[name=password]", "Enter")
    page.fill("#id_code", second_factor.next_recovery_code(server.address))
    page.press("#id_code", "Enter")
    page.wait_for_url(f"{server.address}/")
    page.goto(f"{server.address}/sources/{source}/code/")
    page.wait_for_selector("html[data-ready]")
    return page


def select(page: Any, words: str) -> None:
    """Select words of the text as a pointer would."""
    page.evaluate(
        """(words) => {
          const article = document.querySelector("article");
          article.focus({ preventScroll: true });
          const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
          while (walker.nextNode()) {
            const at = walker.currentNode.data.indexOf(words);
            if (at < 0) continue;
            getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
            return;
          }
          throw new Error("not in the text: " + words);
        }""",
        words,
    )
    expect(page.locator(".annotator-bar")).to_be_visible()


def pick(page: Any, field: str, words: str) -> None:
    """Choose a term by typing."""
    box = page.locator(f"#id_{field}-input")
    box.fill(words)
    page.locator(f".picker:has(#id_{field}-input) [role=option]").first.wait_for()
    box.press("Enter")


def expect_painted(page: Any, kind: str, *words: str) -> None:
    """Wait until exactly these words are highlighted for a kind of claim."""
    found = "[...(CSS.highlights.get('tumen-' + kind) ?? [])].map((range) => range.toString())"
    page.wait_for_function(
        f"([kind, words]) => JSON.stringify({found}) === JSON.stringify(words)", arg=[kind, list(words)], timeout=5000
    )


def save(page: Any, words: str) -> None:
    page.locator(".claim-form .button.primary").click()
    expect(page.locator("#claim-panel .notice.good").first).to_contain_text(words)


def test_the_core_of_the_article_is_coded_by_hand(server: Server, browser: Any, shared: Path) -> None:
    document = shared / "data" / "documents" / "000.txt"
    if not document.is_file():
        pytest.skip("document 000 is not among the shared data")
    source = take_in(document.read_text("utf-8").replace("\r\n", "\n"), "en")
    server.start()
    page = log_in(browser, server, source)

    # The woman, from the words that speak of her.
    select(page, "A woman")
    page.keyboard.press("p")
    form = page.locator(".claim-form")
    expect(form).to_contain_text("A woman")
    page.select_option("#id_sex", "female")
    page.fill("#id_description", "the woman who was sold")
    save(page, "Party recorded.")
    expect_painted(page, "party", "A woman")

    # The sale: victim picked, husband made in place, place taken from the text, date unknown.
    select(page, "I was sold to a Han Chinese living in Yanbian.")
    page.keyboard.press("a")
    expect(form).to_contain_text("I was sold to a Han Chinese")
    pick(page, "type", "sold into marriage")
    page.select_option("#id_victim", label="the woman who was sold")
    page.select_option("#id_involvements-0-party", "new:person:male")
    page.fill("[name=involvements-0-party-new]", "her husband")
    select(page, "Yanbian Korea Autonomous Prefecture")
    page.keyboard.press("w")
    expect(page.locator("#id_place_told")).to_have_value("Yanbian Korea Autonomous Prefecture")
    page.locator("#place-candidates input").first.check()
    page.locator("#id_date").focus()
    page.select_option("[name=date-gap]", "unknown")
    save(page, "Act recorded.")
    act = Act.objects.get()
    assert (act.type, act.date, act.gaps, act.place) == (
        "liberty.sale.sold.marriage", "", {"date": "unknown"}, "CN-22.yanbian",
    )  # fmt: skip
    assert set(Party.objects.values_list("sex", flat=True)) == {"female", "male"}
    expect_painted(page, "act", "I was sold to a Han Chinese living in Yanbian.")
    expect_painted(page, "place", "Yanbian Korea Autonomous Prefecture")

    # Undo and redo, from the notice, by key.
    page.keyboard.press("z")
    expect(page.locator("#claim-panel .notice.good").first).to_contain_text("Undone.")
    expect_painted(page, "act")
    page.keyboard.press("z")
    expect(page.locator("#claim-panel .notice.good").first).to_contain_text("Redone.")
    expect_painted(page, "act", "I was sold to a Han Chinese living in Yanbian.")

    # Evidence for one field of the act, found again when the form is opened.
    page.locator("#claims .claim").filter(has_text="Sold into marriage").locator(".claim-edit").click()
    page.locator("#id_involvements-0-party").focus()
    select(page, "a Han Chinese living in Yanbian")
    page.keyboard.press("e")
    save(page, "Act changed.")
    page.locator("#claims .claim").filter(has_text="Sold into marriage").locator(".claim-edit").click()
    chip = page.locator("[data-evidence=involvements-0-party] .chip")
    expect(chip).to_contain_text("a Han Chinese living in Yanbian")
    chip.hover()
    expect_painted(page, "lit", "a Han Chinese living in Yanbian")

    # A figure, saved by key.
    page.locator(".claim-form .form-actions a", has_text="Close").click()
    expect(form).to_have_count(0)
    select(page, "US$105 million a year")
    page.keyboard.press("f")
    page.locator("#id_value").fill("105,000,000")
    pick_unit = page.locator("#id_unit")
    pick_unit.select_option("money.usd")
    page.select_option("#id_per", "year")
    page.fill("#id_chain", "UCA News < iNews")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#claim-panel .notice.good").first).to_contain_text("Figure recorded.")
    expect(page.locator("#claims")).to_contain_text("105,000,000 US dollars a year")
    assert page.errors == []


KOREAN = "2011년 겨울, 온성군에서 두만강을 건넜다. 연길의 한 집에서 그 여자는 맞았다. 🙂 이 글은 지어낸 것이다.\n"


def test_a_draft_outlives_a_crash_of_browser_and_server_and_a_saved_act_too(server: Server, browser: Any) -> None:
    source = take_in(KOREAN, "ko")
    server.start()
    page = log_in(browser, server, source)
    select(page, "그 여자는 맞았다")
    page.keyboard.press("a")
    pick(page, "type", "beaten")
    page.select_option("#id_victim", "new:person:female")
    page.fill("[name=victim-new]", "그 여자")
    save(page, "Act recorded.")
    expect_painted(page, "act", "그 여자는 맞았다")

    select(page, "두만강을 건넜다")
    page.keyboard.press("l")
    page.select_option("#id_party", label="그 여자")
    page.select_option("#id_kind", "crossing")
    page.fill("#id_date", "2011년 겨울")
    expect(page.locator(".draft-state")).to_contain_text("Draft saved", timeout=8000)
    server.kill()
    page.context.close()

    close_connections()
    assert Draft.objects.count() == 1
    close_connections()
    server.start()
    page = log_in(browser, server, source)
    expect_painted(page, "act", "그 여자는 맞았다")
    page.locator("#claim-panel .drafts a", has_text="Continue").click()
    expect(page.locator("#id_date")).to_have_value("2011년 겨울")
    expect(page.locator(".claim-form")).to_contain_text("두만강을 건넜다")
    save(page, "Life event recorded.")
    expect_painted(page, "life-event", "두만강을 건넜다")
    expect(page.locator("#claim-panel .drafts")).to_have_count(0)


def test_a_form_outlives_its_login_and_is_saved_after_another_one(server: Server, browser: Any) -> None:
    source = take_in(KOREAN, "ko")
    server.start()
    page = log_in(browser, server, source)
    select(page, "그 여자")
    page.keyboard.press("p")
    page.select_option("#id_kind", "person")
    page.fill("#id_description", "그 여자")
    page.context.clear_cookies(name="sessionid")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toasts")).to_contain_text("log in again")
    expect(page.locator("#id_description")).to_have_value("그 여자")

    again = page.context.new_page()
    again.goto(page.url)
    again.fill("[name=login]", USER)
    again.fill("[name=password]", PASSWORD)
    again.press("[name=password]", "Enter")
    again.fill("#id_code", second_factor.next_recovery_code(server.address))
    again.press("#id_code", "Enter")
    again.wait_for_url("**/code/")
    again.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator(".toasts .notice")).to_have_count(0)
    save(page, "Party recorded.")


def test_a_stale_edit_in_a_second_tab_shows_three_sides_and_merges(server: Server, browser: Any) -> None:
    source = take_in(KOREAN, "ko")
    server.start()
    first = log_in(browser, server, source)
    select(first, "그 여자는 맞았다")
    first.keyboard.press("a")
    pick(first, "type", "beaten")
    first.select_option("#id_victim", "new:person:female")
    first.fill("#id_date", "2011")
    save(first, "Act recorded.")

    second = first.context.new_page()
    for tab in (first, second):
        tab.goto(f"{server.address}/sources/{source}/code/")
        tab.locator("#claims .claim-edit").first.click()
        expect(tab.locator("#id_date")).to_have_value("2011")
    first.fill("#id_date", "2012")
    first.select_option("#id_specificity", "repeated")
    first.select_option("[name=age-gap]", "unknown")
    save(first, "Act changed.")
    second.fill("#id_date", "2013")
    second.select_option("[name=age-gap]", "not_asked")
    pick(second, "place", "온성")
    second.locator(".claim-form .button.primary").click()
    conflict = second.locator(".conflict")
    expect(conflict).to_contain_text("2011")
    expect(conflict).to_contain_text("2012")
    expect(conflict).to_contain_text("2013")
    sides = conflict.locator(".differs", has_text="Age of the victim then").locator(".side")
    assert [side.inner_text().strip() for side in sides.all()] == ["–", "Unknown", "Not asked"]
    expect(second.locator("#id_specificity")).to_have_value("repeated")
    second.locator("input[name=keep-date][value=theirs]").check()
    save(second, "Act changed.")
    act = Act.objects.get()
    assert (act.date, act.specificity, act.gaps) == ("2012", "repeated", {"age": "not_asked"})
    assert re.fullmatch(r"KP-09\.onsong.*", act.place)


def test_names_in_three_scripts_and_a_reason_for_an_empty_field_need_one_form_and_no_pointer(
    server: Server, browser: Any
) -> None:
    source = take_in(KOREAN, "ko")
    server.start()
    page = log_in(browser, server, source)
    select(page, "그 여자")
    page.keyboard.press("p")
    page.fill("[name=names-0-text]", "김가명")
    spare = page.locator(".claim-parts", has=page.locator("[name=names-0-text]")).locator("> .is-spare:visible")
    for number, name in ((1, "Kim Ga-myong"), (2, "金佳明")):
        expect(spare.last.locator("> summary")).to_be_visible()
        assert spare.count() == number
        spare.last.locator("> summary").press("Enter")
        page.fill(f"[name=names-{number}-text]", name)
    page.locator("#id_sex").focus()
    page.keyboard.press("Alt+n")
    expect(page.locator("[name=sex-gap]")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+n")
    expect(page.locator("#id_sex")).to_be_focused()
    page.keyboard.press("Alt+m")
    page.keyboard.type("the text has no pronoun")
    page.keyboard.press("Alt+m")
    expect(page.locator("#id_sex")).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#claim-panel .notice.good").first).to_contain_text("Party recorded.")
    party = Party.objects.get()
    assert party.names.count() == 3
    assert party.gaps == {"sex": "unknown"}
    assert notes_of(party) == {"sex": "the text has no pronoun"}
    page.locator("#claims .claim-edit").first.click()
    expect(page.locator("[name=names-2-text]")).to_have_value("金佳明")
    expect(page.locator("[name=sex-note]")).to_have_value("the text has no pronoun")
    assert page.errors == []


def test_every_kind_begins_by_its_letters_and_the_claims_are_walked_by_key(server: Server, browser: Any) -> None:
    source = take_in(KOREAN, "ko")
    server.start()
    page = log_in(browser, server, source)
    for kind in WHOLE:
        page.keyboard.press("n")
        page.keyboard.press(kind.key)
        expect(page.locator(".claim-form [name=_kind]")).to_have_value(kind.slug)
        expect(page.locator(".claim-form :focus")).to_have_count(1)
        page.keyboard.press("Alt+q")
        expect(page.locator(".claim-form")).to_have_count(0)
        select(page, "온성군")
        page.keyboard.press(kind.key)
        expect(page.locator(".claim-form [name=_kind]")).to_have_value(kind.slug)
        expect(page.locator(".claim-form :focus")).to_have_count(1)
        expect(page.locator(".whole-evidence .chip")).to_contain_text("온성군")
        page.keyboard.press("Alt+q")
        expect(page.locator(".claim-form")).to_have_count(0)
    page.keyboard.press("?")
    for kind in WHOLE:
        expect(page.locator("dialog.keys-help")).to_contain_text(f"New: {kind.label}")
    page.keyboard.press("Enter")
    for title in ("at the river", "in the house"):
        page.keyboard.press("n")
        page.keyboard.press("i")
        page.fill("#id_title", title)
        save(page, "Incident recorded.")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#id_title")).to_have_value("in the house")
    assert page.errors == []
