"""Korean and Chinese are whole: everything said is translated, and what is translated is what is said."""

from __future__ import annotations

import ast
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.test import Client, override_settings
from django.utils import translation
from django.utils.translation import trans_real
from lxml import html

from tumen.archive import folder
from tumen.archive.changes import change
from tumen.archive.sentences import told
from tumen.columns import BadQuery
from tumen.dates import InvalidDate, parse
from tumen.guard.models import Membership
from tumen.guard.services import enrol, make_compartment, make_user
from tumen.sources import services as sources
from tumen.sources.models import Source

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "tumen"
LOCALE = SOURCE / "workbench" / "locale"
LANGUAGES = ("ko", "zh_Hans")
CATALOGS = [f"{language}/LC_MESSAGES/{domain}.po" for language in LANGUAGES for domain in ("django", "djangojs")]

# Names, formats and codes that are the same in every language, and what this test itself put in.
SAME_EVERYWHERE = {
    "Tumen", "EDTF", "NKDB", "CTDC", "ILO", "HTCDS", "ISCED", "IOM", "UCA", "News", "iNews", "BCP", "CC", "BY",
    "XLSX", "CSV", "JSON", "Lines", "TOML", "TXT", "Markdown", "HTML", "PDF", "DOCX", "OCR", "UTC", "MB", "Esc",
    "English", "before", "winter", "March", "coder", "sexx", "TV", "CNY", "KPW", "KRW", "USD",
}  # fmt: skip


GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
ONE_NAME = {
    "act": "acts", "incident": "incidents", "party": "parties", "victim": "victims", "perpetrator": "perpetrators",
    "passage": "passages", "source": "sources", "compartment": "compartments", "life event": "life events",
    "practice statement": "practice statements", "archive": "archives", "gazetteer": "gazetteers",
}  # fmt: skip
"""Words of the glossary, each with its plural, that are one word in every sentence of each language."""


def catalog(path: str) -> Catalog:
    with (LOCALE / path).open("rb") as file:
        return read_po(file)


def messages(path: str) -> Iterator[Message]:
    return (message for message in catalog(path) if message.id)


def forms(text: object) -> list[str]:
    return [text] if isinstance(text, str) else list(text)  # type: ignore[call-overload]


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    """What pages show is what the .po files say now."""
    for path in CATALOGS:
        with (LOCALE / path).with_suffix(".mo").open("wb") as file:
            write_mo(file, catalog(path))
    trans_real._translations.clear()  # what other tests loaded may be older


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """A page leaves its language in force in the thread that rendered it."""
    yield
    translation.deactivate()


@pytest.fixture
def make_messages(monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import make_messages as script

    yield script
    for name in ("make_messages", "lower_floor_words"):
        sys.modules.pop(name, None)


@pytest.mark.parametrize("path", CATALOGS)
def test_nothing_is_left_untranslated_or_guessed(path: str) -> None:
    assert [message.id for message in messages(path) if message.fuzzy or not all(forms(message.string))] == []


@pytest.mark.parametrize("path", CATALOGS)
def test_a_translation_has_the_placeholders_of_its_message(path: str) -> None:
    def placeholders(text: str) -> set[str]:
        return set(re.findall(r"%\(\w+\)s|%%|(?<!\{)\{\w*(?:![rs])?\}", text))

    differing = [
        message.id
        for message in messages(path)
        for form in forms(message.string)
        if placeholders(form) != placeholders(forms(message.id)[-1])
    ]
    assert differing == []


@pytest.mark.parametrize("path", CATALOGS)
def test_one_thing_has_the_name_that_the_glossary_gives_it(path: str) -> None:
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| ([^|]+) \|", GLOSSARY.read_text("utf-8"), re.M)
    names = {english: (korean, chinese)[path.startswith("zh")] for english, korean, chinese in rows}
    strayed = []
    for message in messages(path):
        english, ours = forms(message.id)[0], forms(message.string)[0]
        # What a placeholder or a proper name holds is no word of ours.
        english = re.sub(r"\{\w+\}|%\(\w+\)s|Workers. Party.*", "", english)
        for word, plural in ONE_NAME.items():
            if re.search(rf"\b({word}|{plural})\b", english, re.IGNORECASE) and names[word] not in ours:
                strayed.append((word, english, ours))
    assert strayed == []


def test_no_text_stands_inside_an_f_string_where_it_is_not_gathered() -> None:
    hidden = [
        f"{path.relative_to(SOURCE)}:{call.lineno}"
        for path in SOURCE.rglob("*.py")
        for string in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(string, ast.JoinedStr)
        for call in ast.walk(string)
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in ("_", "gettext")
    ]
    assert hidden == []


def test_the_words_of_the_lower_floor_are_those_of_its_source(make_messages: object) -> None:
    import lower_floor_words as words

    assert words.WRITTEN.read_text("utf-8") == words.written(), "run scripts/make_messages.py"


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="xgettext (Debian package gettext) is not installed")
def test_every_text_of_the_source_is_in_the_catalogues(
    make_messages: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SOURCE, tmp_path / "tumen", ignore=shutil.ignore_patterns("__pycache__", "built", "data"))
    there = tmp_path / "tumen" / "workbench" / "locale"
    monkeypatch.setattr(make_messages, "SOURCE", tmp_path / "tumen")
    monkeypatch.setattr(make_messages, "LOCALE", there)
    monkeypatch.setattr(make_messages, "WRITTEN", tmp_path / "tumen" / "workbench" / "msgids.py")
    with override_settings(LOCALE_PATHS=[there]):
        make_messages.gathered()  # type: ignore[attr-defined]
    for language in LANGUAGES:
        path = Path(language) / "LC_MESSAGES" / "django.po"
        assert (there / path).read_text("utf-8") == (LOCALE / path).read_text("utf-8"), "run scripts/make_messages.py"


def reasons() -> Iterator[str]:
    """Every reason for a change in the source, its gaps filled."""
    for path in SOURCE.rglob("*.py"):
        if "demonstration" in path.parts:
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and getattr(call.func, "id", "") in ("change", "open_bulk"):
                for argument in [*call.args[1:2], *(word.value for word in call.keywords if word.arg == "why")]:
                    yield from sentences(argument)


def sentences(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "act" for part in node.values)
    elif isinstance(node, ast.BoolOp):
        yield from (text for value in node.values for text in sentences(value))
    elif isinstance(node, ast.IfExp):
        yield from (*sentences(node.body), *sentences(node.orelse))


@pytest.mark.parametrize("language", ["ko", "zh-hans"])
def test_every_reason_for_a_change_is_told_in_the_language_of_the_page(language: str) -> None:
    found = {reason for reason in reasons() if reason}
    assert len(found) > 15
    with translation.override(language):
        assert [reason for reason in sorted(found) if told(reason) == reason] == []


def test_a_kept_sentence_is_translated_with_what_it_holds_and_what_people_wrote_stays() -> None:
    with translation.override("ko"):
        assert told("undo: act recorded") == "실행 취소: 행위 기록"
        assert told("page 3: The file is damaged.") == "3쪽: 파일이 손상되었습니다."
        assert told("The name ends in .pdf, but the file is a web page.").endswith("웹 페이지입니다.")
        assert told("checked with the interviewer: she agreed") == "checked with the interviewer: she agreed"
        assert told("") == ""


def test_errors_of_the_lower_floor_speak_the_language_of_the_page() -> None:
    with pytest.raises(InvalidDate) as wrong:
        parse("2009-13")
    query = BadQuery("{field}: there is no term {value!r}", ("beaten",), field="type", value="beten")
    with translation.override("zh-hans"):
        what, advice = wrong.value.told(translation.gettext)
        assert "没有" in what and advice.startswith("请")
        assert query.told(translation.gettext) == "type：没有术语 'beten'"
    assert str(query) == "type: there is no term 'beten'; did you mean beaten?"


@pytest.fixture
def source(archive: folder.Archive) -> Source:
    user = make_user("coder", "a long password")
    with change(user.pk, "what is known about a source") as c:
        main = make_compartment(c, "main", "본부")
        enrol(c, user, main, Membership.Role.CODER)
        made = sources.add_source(c, "interview", "면담 1", main, published="2023-03-28", language="ko")
        sources.add_text(c, made, "한 여성이 팔려 갔다.")
    return made


PAGES = (
    "/", "/lists/acts/", "/lists/persons/", "/lists/sources/", "/lists/figures/", "/figures/", "/tables/",
    "/tables/ready/T1/", "/tables/ready/T6/", "/sources/add/", "/sources/{source}/", "/sources/{source}/edit/",
    "/sources/{source}/code/", "/sources/{source}/code/new/?kind=act", "/sources/{source}/code/new/?kind=party",
    "/sources/{source}/code/new/?kind=figure", "/vocabularies/", "/vocabularies/load/", "/vocabularies/units/",
    "/changes/", "/jobs/", "/help/", "/lists/acts/?sexx=1", "/sources/999/", "/accounts/logout/",
)  # fmt: skip


@pytest.mark.parametrize("language", ["ko", "zh-hans"])
def test_the_pages_hold_no_english(source: Source, language: str) -> None:
    client = Client(headers={"accept-language": language})
    found = {"/accounts/login/": english(client.get("/accounts/login/").content)}
    from tumen.guard.models import User

    client.force_login(User.objects.get())
    for page in PAGES:
        answer = client.get(page.format(source=source.pk), follow=True)
        found[page] = english(answer.content)
        assert len(answer.content) > 500, page
    assert {page: words for page, words in found.items() if words} == {}


# Definitions of terms are data; some have English only.
UNSHOWN = "//script | //style | //code | //kbd | //head/meta | //*[@lang='en'] | //td[contains(@class, 'nowrap muted')]"
READ_OUT = "//@aria-label | //@placeholder | //@data-confirm | //@data-key-label | //*[not(self::option)]/@title"


def english(page: bytes) -> list[str]:
    """Return the English words that a page shows or reads out."""
    tree = html.fromstring(page)
    for hidden in tree.xpath(UNSHOWN):
        hidden.drop_tree()
    shown = " ".join(map(str, [*tree.itertext(), *tree.xpath(READ_OUT)]))
    return sorted(set(re.findall(r"(?<![\w.])[A-Za-z]{2,}(?![\w.]*\w)", shown)) - SAME_EVERYWHERE)
