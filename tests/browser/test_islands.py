"""The islands in a real Chromium, on the style page, under the strict Content-Security-Policy of the application."""

import importlib.util
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
Page = sync_api.Page
expect = sync_api.expect

HERE = Path(__file__).parent
CHROMIUM = shutil.which("chromium")
BUILT = HERE.parents[1] / "src/tumen/workbench/static/built/tumen.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
TARGET_PX = 44

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine"),
    pytest.mark.skipif(not BUILT.exists(), reason="the front end is not built: npm run build in frontend/"),
]


def load_server() -> ModuleType:
    """The neighbouring file, by path: with importlib import mode tests are not a package."""
    spec = importlib.util.spec_from_file_location("styleguide_server", HERE / "styleguide_server.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def context() -> Iterator[object]:
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
        browser.close()


@pytest.fixture
def server() -> Iterator[object]:
    with load_server().running() as server:
        yield server


@pytest.fixture
def page(context, server) -> Iterator[Page]:
    """The style page, ready; fails the test when anything reached the console, a broken policy above all."""
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.allowed = []  # patterns a test expects, such as the browser's own line about a failed request
    page.goto(server.address)
    page.locator("html[data-ready]").wait_for()
    page.evaluate(
        """() => { window.seen = [];
        for (const kind of ['tumen:new-claim', 'tumen:evidence', 'tumen:uploaded'])
            document.addEventListener(kind, (event) => window.seen.push([kind, event.detail])); }"""
    )
    yield page
    page.close()
    assert [line for line in said if not any(re.search(pattern, line) for pattern in page.allowed)] == []


def select(page: Page, language: str, text: str) -> None:
    """Select a stretch of the article as a pointer would: by its place in the DOM."""
    page.evaluate(
        """([id, text]) => { const article = document.getElementById(id), at = article.textContent.indexOf(text);
        if (at < 0) throw new Error('no such text: ' + text);
        const walker = document.createTreeWalker(article, NodeFilter.SHOW_TEXT);
        const place = (left) => { walker.currentNode = article; let node;
          while ((node = walker.nextNode())) { if (left <= node.length) return [node, left]; left -= node.length; } };
        article.focus({preventScroll: true});
        document.getSelection().setBaseAndExtent(...place(at), ...place(at + text.length)); }""",
        [f"text-{language}", text],
    )
    expect(bar(page)).to_have_count(1)


def bar(page: Page):
    return page.locator(".annotator-bar:visible")


def text_of(page: Page, language: str) -> str:
    return page.evaluate("(id) => document.getElementById(id).textContent", f"text-{language}")


def seen(page: Page) -> list:
    return page.evaluate("window.seen")


def highlighted(page: Page, name: str) -> list[str]:
    return page.evaluate(
        "(name) => [...(CSS.highlights.get(name) ?? [])].map((range) => range.toString())", f"tumen-{name}"
    )


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "beat me with his belt"),
        ("en", "is what my daughter draws"),  # after the emoji: UTF-16 and code points differ
        ("en", "🙂 is"),
        ("ko", "허리띠로 두 번 때렸고"),
        ("zh", "[受害人 1]先走"),  # across a masked name, which is an element of its own
        ("zh", "对岸有一个大家叫他司机的人"),
    ],
)
def test_a_selection_becomes_a_claim_at_its_code_points(page, server, language, text):
    select(page, language, text)
    bar(page).get_by_role("button", name="life event").click()
    whole = text_of(page, language)
    start = whole.index(text)  # Python counts code points
    assert seen(page) == [
        ["tumen:new-claim", {"kind": "life-event", "start": start, "end": start + len(text), "text": text}]
    ]
    expect(page.locator("#claim-panel h3")).to_have_text(f"New life-event, {start}-{start + len(text)}")
    assert server.received == [("claim", {"kind": "life-event", "start": str(start), "end": str(start + len(text))})]


def test_text_dragged_over_with_the_pointer_can_be_coded(page):
    page.locator("#text-ko").scroll_into_view_if_needed()
    box = page.evaluate(
        """() => { const node = document.getElementById('text-ko').firstChild, range = document.createRange();
        const at = node.data.indexOf('허리띠로 두 번'); range.setStart(node, at); range.setEnd(node, at + 8);
        const box = range.getBoundingClientRect(); return [box.left, box.right, box.top + box.height / 2]; }"""
    )
    left, right, middle = box
    page.mouse.move(left + 1, middle)
    page.mouse.down()
    page.mouse.move(right - 1, middle, steps=5)
    page.mouse.up()
    bar(page).get_by_role("button", name="quotation").click()
    assert [claim["text"] for _, claim in seen(page)] == ["허리띠로 두 번"]


def test_white_space_at_the_ends_of_a_selection_is_left_out(page):
    select(page, "en", " invented.\n\nI crossed")
    page.evaluate("document.getSelection().extend(document.getElementById('text-en').nextElementSibling, 0)")
    page.keyboard.press("q")
    [[_, claim]] = seen(page)
    assert claim["text"].startswith("invented.")
    assert claim["end"] == len(text_of(page, "en"))


def test_a_text_that_the_browser_cut_into_nodes_keeps_its_positions(page):
    """Chromium's parser starts a new text node after 65,536 units; the whole page is built anew with such a text."""
    size = page.evaluate(
        """() => { const old = document.getElementById('text-en'), article = old.cloneNode(false);
        delete article.dataset.length; article.id = 'text-long';
        article.append('가나다 '.repeat(20000), 'first ', '🙂 second'); old.replaceWith(article);
        htmx.process(article.parentElement); article.dispatchEvent(new CustomEvent('htmx:load', {bubbles: true}));
        return article.childNodes.length; }"""
    )
    assert size == 3
    select(page, "long", "first 🙂 second")
    page.keyboard.press("q")
    assert [(claim["start"], claim["end"]) for _, claim in seen(page)] == [(80_000, 80_014)]


def test_the_claim_form_takes_the_focus_and_its_passage_stays_marked(page):
    select(page, "ko", "무산 구류장")
    page.keyboard.press("w")
    expect(page.locator("#claim-who")).to_be_focused()
    assert highlighted(page, "pending") == ["무산 구류장"]


def test_passages_that_came_with_a_swap_are_shown(page):
    assert "访谈 0" not in highlighted(page, "act")
    select(page, "en", "driver")
    page.keyboard.press("p")
    expect(page.locator("#claim-who")).to_be_focused()  # htmx has settled the swap
    assert "访谈 0" in highlighted(page, "act")


def test_an_act_is_made_with_the_keyboard_alone(page):
    page.locator("#text-ko").focus()
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("a")
    [[_, claim]] = seen(page)
    assert claim["kind"] == "act"
    assert claim["text"] == text_of(page, "ko")[claim["start"] : claim["end"]]
    assert len(claim["text"].split()) == 2


def test_with_a_korean_layout_the_same_keys_make_claims(page):
    select(page, "ko", "안내인")
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'ㅔ', code: 'KeyP', bubbles: true}))")
    assert [detail["kind"] for _, detail in seen(page)] == ["party"]


def test_overlapping_passages_are_painted_each_and_where_they_overlap(page):
    assert "eight thousand yuan" in highlighted(page, "figure")
    assert "winter of 2011" in highlighted(page, "date")
    assert "his mother locked the door for three days" in highlighted(page, "overlap")
    assert page.evaluate("document.getElementById('text-en').childNodes.length") == 1, (
        "no element was put into the text"
    )


def test_a_passage_under_the_pointer_lights_its_claims(page):
    page.locator("#text-en").scroll_into_view_if_needed()
    point = page.evaluate(
        """() => { const node = document.getElementById('text-en').firstChild, range = document.createRange();
        const at = node.data.indexOf('eight thousand'); range.setStart(node, at); range.setEnd(node, at + 5);
        const box = range.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }"""
    )
    page.mouse.move(*point)
    expect(page.locator("[data-claim='506']")).to_have_class(re.compile("is-lit"))
    expect(page.locator("[data-claim='505']")).to_have_class(re.compile("is-lit"))
    expect(page.locator("[data-claim='507']")).not_to_have_class(re.compile("is-lit"))


def test_a_claim_in_focus_lights_its_passage_and_brings_it_into_view(page):
    page.locator("[data-claim='703']").focus()
    assert highlighted(page, "lit") == ["他用皮带打了我两次"]
    page.locator("[data-claim='702']").focus()
    assert highlighted(page, "lit") == ["稳城"]


def test_selected_text_becomes_evidence_of_the_field_last_in_focus(page):
    page.locator("#victim").focus()
    select(page, "en", "🙂 is what")
    page.keyboard.press("e")
    start = text_of(page, "en").index("🙂 is what")
    expect(page.locator(f"#act-form input[name=evidence][value='victim:{start}-{start + 9}']")).to_be_attached()
    page.locator("[data-evidence=victim] .chip").last.get_by_role("button").click()
    expect(page.locator("#act-form input[name=evidence]")).to_have_count(1)


def test_evidence_without_a_field_says_what_to_do(page):
    select(page, "en", "driver")
    page.keyboard.press("e")
    expect(page.get_by_role("alert").filter(has_text="Click into the field")).to_be_visible()


def test_keys_lead_about_and_are_listed(page):
    page.keyboard.press("g")
    page.keyboard.press("s")
    assert page.url.endswith("#sources")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Go to sources")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".row-link").nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    assert page.url.endswith("#A-48-201")
    page.keyboard.press("/")
    expect(page.locator("#search")).to_be_focused()


def test_letters_typed_into_a_field_stay_letters(page):
    page.locator("#search").focus()
    page.keyboard.type("g s ? a")
    expect(page.locator("#search")).to_have_value("g s ? a")
    assert "#" not in page.url


def test_composing_korean_triggers_no_key(page):
    page.locator("#summary").evaluate("(area) => { area.value = ''; area.focus(); }")
    session = page.context.new_cdp_session(page)
    session.send("Input.imeSetComposition", {"text": "ㅎ", "selectionStart": 1, "selectionEnd": 1})
    session.send("Input.imeSetComposition", {"text": "한", "selectionStart": 1, "selectionEnd": 1})
    session.send("Input.insertText", {"text": "한"})
    expect(page.locator("#summary")).to_have_value("한")
    select(page, "ko", "안내인")
    for fields in ("key: 'ㅁ', code: 'KeyA', isComposing: true", "key: 'Process', code: 'KeyA', keyCode: 229"):
        page.evaluate(f"document.dispatchEvent(new KeyboardEvent('keydown', {{{fields}, bubbles: true}}))")
    for _ in range(2):
        page.evaluate(
            "document.dispatchEvent(new KeyboardEvent('keydown', {key: 'Escape', isComposing: true, bubbles: true}))"
        )
    assert seen(page) == []
    expect(page.get_by_role("heading", name="Acts")).to_be_visible()


def test_two_escapes_leave_for_an_empty_page_and_back_does_not_return(page):
    page.locator("#summary").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("about:blank")
    assert page.evaluate("history.length") <= 2


def test_a_term_is_found_by_initial_consonants_and_chosen_by_keyboard(page):
    field = page.get_by_role("combobox", name="Type of act")
    field.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option")).to_have_count(4)
    expect(page.get_by_role("listbox").locator(".note").first).to_have_text("Often used")
    page.keyboard.type("ㄱㅈ")
    expect(page.get_by_role("option")).to_have_count(1)
    expect(page.get_by_role("option")).to_contain_text("Forced return (강제송환)")
    page.keyboard.press("Enter")
    expect(field).to_have_value("Forced return")
    assert page.locator("#type").evaluate("(select) => select.value") == "120"
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.press("Tab")
    assert page.locator("#type").evaluate("(select) => select.value") == ""


def test_several_terms_are_chips_and_backspace_takes_the_last(page):
    field = page.get_by_role("combobox", name="Circumstances")
    field.click()
    field.fill("구금")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Enter")
    chosen = "(select) => [...select.selectedOptions].map((option) => option.value)"
    assert page.locator("#circumstances").evaluate(chosen) == ["1", "2", "3"]
    page.keyboard.press("Backspace")
    assert page.locator("#circumstances").evaluate(chosen) == ["1", "2"]


def test_places_are_searched_on_the_server_and_the_rest_is_announced(page):
    field = page.get_by_role("combobox", name="Place")
    field.click()
    expect(page.get_by_role("listbox")).to_contain_text("1150 more")
    field.fill("Village 1199")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.locator("#place").evaluate("(select) => select.value") == "1199"


def test_a_draft_is_saved_after_a_pause_and_never_in_the_browser(page, server):
    page.locator("#victim").fill("[victim 2]")
    expect(page.locator(".draft-state")).to_have_text(re.compile(r"Draft saved \d\d:\d\d"), timeout=4000)
    [(kind, fields)] = server.received
    assert kind == "draft"
    assert fields["victim"] == ["[victim 2]"]
    assert fields["circumstances"] == ["1", "2"]
    # htmx keeps the path of the page here, nothing else; paths hold no free text.
    assert page.evaluate("({...localStorage, ...sessionStorage})") == {"htmx-current-path-for-history": "/"}


def test_a_draft_that_failed_stays_announced_until_it_is_saved(page, server):
    page.allowed.append("503")
    server.drafts_fail = True
    page.locator("#victim").fill("x")
    notice = page.locator("#act-form > .notice")
    expect(notice).to_contain_text("could not be saved", timeout=4000)
    server.drafts_fail = False
    notice.get_by_role("button").click()
    expect(notice).to_be_hidden()


def test_files_are_uploaded_in_chunks_and_go_on_after_a_break(page, server):
    page.allowed += ["503", "400"]
    server.break_next_chunk = True
    big = bytes(range(256)) * (5 * 4096)  # 5 MiB: two chunks
    page.locator("input[type=file]").set_input_files(
        [
            {"name": "증언.txt", "mimeType": "text/plain", "buffer": big},
            {"name": "empty.txt", "mimeType": "text/plain", "buffer": b""},
        ]
    )
    expect(page.locator(".upload").nth(1)).to_contain_text("The file is empty. Choose another one.")
    expect(page.locator(".upload").nth(0)).to_contain_text("Taken in as source S 12", timeout=8000)
    assert [bytes(upload) for upload in server.uploads] == [big]


def test_a_question_stands_before_what_is_hard_to_take_back(page):
    page.evaluate("document.getElementById('retract').addEventListener('click', () => window.seen.push('retracted'))")
    page.locator("#retract").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    assert seen(page) == []
    page.locator("#retract").click()
    page.get_by_role("dialog").get_by_role("button", name="Retract").click()
    assert seen(page) == ["retracted"]


def test_columns_are_put_in_order_by_keyboard(page):
    page.get_by_text("Columns", exact=True).click()
    page.locator("[data-columns] input[value=where]").focus()
    page.keyboard.press("Alt+ArrowUp")
    names = "(list) => [...list.querySelectorAll('input')].map((input) => input.value)"
    assert page.locator("[data-columns]").evaluate(names) == ["type", "victim", "where", "when", "age"]
    page.keyboard.press("Escape")
    expect(page.locator("[data-columns]")).to_be_hidden()


def test_on_a_small_screen_nothing_overflows_and_targets_are_large(page):
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    boxes = page.locator(".button:visible, .mainnav a, .exit-button, .pages a, .facet:visible").evaluate_all(
        "(elements) => elements.map((element) => [element.textContent.trim(), element.getBoundingClientRect().height])"
    )
    assert [box for box in boxes if box[1] < TARGET_PX] == []
