"""Ten thousand names that stand in testimony reach nobody who may not see identities, and no count depends on them.

Two archives are made alike but for the names in them, which differ in letters and in length. Whatever an analyst asks,
both must answer the same; so nothing of a name can be told from any answer, not even how long it is.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from tests import scan
from tests.conftest import PASSPHRASE, close_connections
from tests.guard.secrets import Sown
from tests.guard.walking import LEAVING, addresses, few, looks, said

from tumen.archive import folder, ids, objects, setup
from tumen.archive.changes import change
from tumen.coding.models import Act, Anchor, Coding, Name, Party
from tumen.counting import search
from tumen.counting.queries import asking
from tumen.guard.masks import mask_for
from tumen.guard.models import User
from tumen.guard.services import enrol, make_compartment
from tumen.sources.models import Original, Text
from tumen.sources.names import Mark
from tumen.sources.services import add_passage, add_source, add_text
from tumen.sources.services import names as marking
from tumen.text import match_query

TEXTS, NAMES_A_TEXT = 8, 1250
SHORTEST = 8
"""Letters of the shortest name; so many in a row that none occurs by chance."""
LETTERS = (scan.HANGUL, scan.HAN, "abcdefghijklmnopqrstuvwxyz", "áéíóúäöüñç" * 3)
WORDS = "국경에서 강제송환되었다 and was beaten by"
"""What every text says around its names, and what may be found."""


@dataclass
class Twin:
    """One of the two archives: its names, and what an analyst was told."""

    path: Path
    names: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    hits: list[tuple[str, int]] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)


def drawn(rng: random.Random, longest: int) -> list[str]:
    """Names that occur nowhere by chance, of eight letters and more."""
    found: list[str] = []
    for n in range(TEXTS * NAMES_A_TEXT):
        letters = LETTERS[n % len(LETTERS)]
        found.append("".join(rng.choice(letters) for _ in range(rng.randint(longest - 4, longest))))
    return found


def filled(names: list[str]) -> tuple[Sown, User]:
    """Fill the open archive: texts that speak of these names, all marked; the last, and a translation, unreviewed."""
    sown, owner = Sown(), User.objects.create(username="owner")
    analyst = User.objects.create(username="analyst")
    with change(owner.pk, "compartments") as c:
        main = make_compartment(c, "main", "Main")
        enrol(c, owner, main, "coder")
        enrol(c, analyst, main, "analyst")
    for number in range(TEXTS):
        own = names[number * NAMES_A_TEXT : (number + 1) * NAMES_A_TEXT]
        body, marks, first = "", [], 0
        for n, name in enumerate(own):
            marks.append(Mark(len(body), len(body) + len(name), "name"))
            body += f"{name} {WORDS} {own[n - 1]}. " if n % 50 == 1 else f"{name}, "
            if n % 50 == 1:
                end = len(body) - 2
                marks.append(Mark(end - len(own[n - 1]), end, "name"))
                first = first or marks[-2].start
        stored = objects.write(reserved := ids.reserve(), [body.encode()])
        with change(owner.pk, "a testimony") as c:
            source = add_source(c, "interview", f"Interview {number}", main, language="ko", published="2011")
            original = c.insert(Original, reserved=reserved, source=source, sha256=stored.sha256, size=stored.size,
                                media_type="text/plain", object=stored.name, file_name=own[0])  # fmt: skip
            text = add_text(c, source, body, "ko", original=original)
            coding = c.insert(Coding, source=source, coder=owner.pk)
            party = c.insert(Party, coding=coding, kind="person", sex="female", features=own[2], contact=own[3])
            c.insert(Name, coding=coding, party=party, text=own[1], kind="full")
            act = c.insert(Act, coding=coding, victim=party, type="liberty.detention", summary=f"of {own[4]}")
            # From within one name to within another: what is quoted begins and ends with the word for a name.
            passage = add_passage(c, text, first + 2, len(body) - 4)
            c.insert(Anchor, record=act.pk, field="type", passage=passage)
            row = marking.mark(c, text, marks)
            if number != TEXTS - 1:
                marking.review(c, text, row.version)
            if number == 0:
                add_text(c, source, body, "en", rendition=Text.Rendition.TRANSLATION)
        if number == 0:
            sown.rows += [source, original, text, passage, coding, party, act, row]
        elif number == TEXTS - 1:
            sown.rows += [source, text, act]
    return sown, analyst


def neutral(answer: str) -> str:
    """An answer without what differs from one asking to the next: tokens, moments, and the keyed hash of a search."""
    answer = re.sub(r'(csrf-token" content|csrfmiddlewaretoken" value)="[^"]*"', r'\1="-"', answer)
    answer = re.sub(r"(csrftoken|sessionid)=[^;]*;", r"\1=-;", answer)
    answer = re.sub(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d gmt", "-", answer)
    answer = re.sub(r"\d{4}-\d\d-\d\d[t ]\d\d:\d\d(:\d\d[.\d]*)?(z|[+]00:00)?", "-", answer)
    answer = re.sub(r"q=[\w-]+|content-length: \d+", "-", answer)
    return re.sub(r"\d{1,2}:\d\d( [ap]\.m\.)?", "-", answer)


def ask(twin: Twin, sown: Sown, analyst: User) -> None:
    """Ask everything as an analyst; search for every name."""
    client = Client(raise_request_exception=False)
    client.force_login(analyst)
    token = search.remember(analyst.pk, "강제송환")
    sown.tokens.append(token)
    listed = [(name, path) for name, path in addresses(sown) if name not in LEAVING]
    for name, path in listed:
        for what, answer in looks(sown, client, name, path):
            twin.answers[what.replace(token, "TOKEN")] = neutral(answer.replace(token.casefold(), "token"))
    for _name, path in few(listed):
        answer = said(client.post(path, {"text": "beaten", "why": "-"}))
        twin.answers[f"POST {path}".replace(token, "TOKEN")] = neutral(answer.replace(token.casefold(), "token"))
    twin.answers["found"] = neutral(said(client.get(f"/lists/acts/?q={token}")).replace(token.casefold(), "token"))
    for n, name in enumerate([*twin.names[:8], *twin.names[-8:]]):
        address = client.post("/search/", {"text": name, "unit": "acts"}).headers["Location"]
        # The box shows her what she typed; nothing else of the page may.
        page = said(client.get(address)).replace(name.casefold(), "TYPED")
        twin.answers[f"searched {n}"] = neutral(page.replace(address.rpartition("=")[2].casefold(), "-"))
        assert 'class="row-link"' not in page
    mask = mask_for(analyst)
    for unit in ("acts", "persons", "sources", "figures"):
        snapshot = asking.columns_for(asking.parse(f"unit={unit}"))
        for name in twin.names[::607]:
            twin.hits += [(name, 1)] if search.rows(snapshot, name, mask).any() else []
        twin.counts.append(int(search.rows(snapshot, "강제송환", mask).sum()))
    with connection.cursor() as cursor:
        for table in ("nameless_text_tokens", "nameless_passage_tokens"):
            for name in twin.names:
                cursor.execute(f"SELECT COUNT(*) FROM {table} WHERE {table} MATCH %s", [match_query(name)])
                if (found := cursor.fetchone()[0]) > 0:
                    twin.hits.append((name, found))


def named(names: list[str], answers: Iterable[str]) -> list[str]:
    """Return the beginnings of names that stand in answers, letters escaped as JSON escapes them included."""
    starts = {name[:SHORTEST].casefold() for name in names}
    plain = (re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), answer) for answer in answers)
    runs = {run for answer in plain for run in re.findall(rf"\w{{{SHORTEST},}}", answer)}
    return [run[at : at + SHORTEST] for run in runs for at in range(len(run)) if run[at : at + SHORTEST] in starts]


@pytest.fixture(scope="module")
def twins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Twin]]:
    rng, made = random.Random(4), []
    for longest in (12, 19):
        twin = Twin(tmp_path_factory.mktemp("twin") / "archive", drawn(rng, longest))
        setup.create(twin.path, PASSPHRASE)
        ask(twin, *filled(twin.names))
        close_connections()
        folder.close()
        made.append(twin)
    yield made


def test_no_answer_to_an_analyst_holds_any_of_ten_thousand_names(twins: list[Twin]) -> None:
    for twin in twins:
        assert len(set(twin.names)) == TEXTS * NAMES_A_TEXT == 10_000
        assert named(twin.names, twin.answers.values()) == []


def test_no_search_finds_a_name_and_what_is_found_does_not_depend_on_one(twins: list[Twin]) -> None:
    for twin in twins:
        assert twin.hits == []
        assert twin.counts == [TEXTS - 1, TEXTS - 1, TEXTS - 1, 0], "the unreviewed text is not searched"


def test_whatever_an_analyst_asks_is_answered_alike_whatever_the_names_are(twins: list[Twin]) -> None:
    one, other = (twin.answers for twin in twins)
    assert one.keys() == other.keys() and len(one) > 150
    assert [asked for asked in one if one[asked] != other[asked]] == []


def test_the_texts_are_read_and_quoted_without_names(twins: list[Twin]) -> None:
    """Else the tests above prove nothing."""
    assert named(["abcdefghij"], ["x", r"said \u0061bcdefgh"]) == ["abcdefgh"]
    said_of = "\n".join(twins[0].answers.values())
    assert "[name], [name] 국경에서 강제송환되었다 and was beaten by [name]." in said_of
    assert "[name] 국경에서 <mark>강제송환</mark>되었다 and was beaten by [name]" in twins[0].answers["found"]


def test_no_file_of_the_locked_archives_holds_a_name(twins: list[Twin]) -> None:
    for twin in twins:
        assert scan.find(twin.names, scan.files_below(twin.path)) == []
