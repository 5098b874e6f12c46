"""Erasing a person: nothing of hers stays readable anywhere in the folder, and every count stays."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from django.db import connection
from tests.conftest import PASSPHRASE

from tumen.archive import check, folder, identity, ids, objects, states, versions
from tumen.archive.changes import change
from tumen.archive.errors import Erased, NoReason
from tumen.archive.log import checkpoints, replay
from tumen.archive.models import BlindIndex, Identifier, Superseded
from tumen.archive.sealed import SealedField, is_tombstone, open_value
from tumen.coding.models import Act, Anchor, Coding, Draft, FieldNote, Name, Party
from tumen.coding.services import drafts
from tumen.counting import search
from tumen.counting.models import FreeText
from tumen.counting.queries import asking, listing
from tumen.guard import reading
from tumen.guard.audit import Kind, note, words_of
from tumen.guard.masks import SYSTEM
from tumen.guard.models import AuditEvent
from tumen.guard.services import make_compartment
from tumen.linking import erasure, reach
from tumen.linking.errors import CannotErase
from tumen.linking.services import judge
from tumen.sources.models import Original, Source, Text
from tumen.sources.services import add_passage, add_source, add_text
from tumen.workbench.cli import main

pytestmark = pytest.mark.usefixtures("archive")
WORD = "zqerasure"


class Told:
    """Two sources that tell of one woman, each with a party of its own, and of a man beside her."""

    def __init__(self) -> None:
        with change(1, "compartment") as c:
            self.main = make_compartment(c, "main", "Main")
        self.sources: list[Source] = []
        self.women: list[Party] = []
        for n in range(2):
            self._source(n)
        with change(1, "the same woman") as c:
            judge(c, *(woman.pk for woman in self.women), "same", "a scar, a birthplace", 1)
            self.man = c.insert(Party, coding=self.women[0].coding, kind="person", sex="male", description="the buyer")
            c.insert(Name, coding=self.man.coding, party=self.man, text="남의이름")
        search.remember(1, f"{WORD} 김순희")
        search.remember(1, "Onsong")

    def _source(self, n: int) -> None:
        number = ids.reserve()
        stored = objects.write(number, [f"{WORD}original{n}".encode()])
        with change(1, "a source") as c:
            source = add_source(c, "interview", f"Interview {n}", self.main, note=f"{WORD}note{n}")
            original = c.insert(Original, reserved=number, source=source, sha256=stored.sha256, size=stored.size,
                                media_type="text/plain", object=stored.name, file_name=f"{WORD}file{n}")  # fmt: skip
            body = f"Before it. {WORD}body{n} was sold. After it."
            text = add_text(c, source, body, original=original)
            passage = add_passage(c, text, 11, 40)
            coding = c.insert(Coding, source=source, coder=1)
            woman = c.insert(Party, coding=coding, kind="person", sex="female", features=f"{WORD}scar{n}")
            c.insert(Name, coding=coding, party=woman, text=f"{WORD} 김순희{n}")
            act = c.insert(Act, coding=coding, victim=woman, type="liberty.detention", summary=f"{WORD}summary{n}")
            c.insert(Anchor, record=act.pk, passage=passage)
            c.insert(FieldNote, record=act.pk, field="date", owner=woman.pk, text=f"{WORD}noted{n}")
            c.insert(Identifier, record=act.pk, scheme="a list", value=f"{WORD}number{n}")
        with change(1, "corrected") as c:
            c.update(woman, features=f"{WORD}newscar{n}")
        drafts.keep(1, source.pk, "act-new-1", {"summary": [f"{WORD}draft{n}"]})
        self.sources.append(source)
        self.women.append(woman)


@pytest.fixture
def told() -> Told:
    return Told()


def readable() -> list[str]:
    """Every sealed value that opens, of live rows and old versions alike."""
    found = []
    for label, model in states.record_models().items():
        rows = [states.state_of(row) for row in model._base_manager.all()]
        rows += [states.parse(data) for data in Superseded.objects.filter(model=label).values_list("data", flat=True)]
        for field in (each for each in model._meta.concrete_fields if isinstance(each, SealedField)):
            for row in rows:
                keys = identity.readable([row[field.owner]])
                if row[field.name] and keys:
                    sealed = bytes.fromhex(row[field.name])
                    if is_tombstone(sealed):
                        continue
                    found.append(open_value(keys[row[field.owner]], row["id"], field.name, sealed))
    return found


def pages() -> bytes:
    """Everything that stands in the tables, index blocks included, as bytes."""
    found = b""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            for row in cursor.fetchall():
                found += b"|".join(cell if isinstance(cell, bytes) else str(cell).encode() for cell in row)
    return found


def acts() -> int:
    return listing.list_page(asking.parse("unit=acts"), SYSTEM, 1, "en").head.total


def erase(told: Told, sources: tuple[Source, ...]) -> erasure.Plan:
    wanted = erasure.plan(told.women[0].pk, [source.pk for source in sources])
    assert erasure.erase(1, wanted, "she asked for it") > 0
    return wanted


def test_nothing_of_hers_can_be_read_in_any_version_and_the_man_beside_her_can(told: Told) -> None:
    assert sum(WORD in value for value in readable()) >= 16
    before = acts()
    erase(told, tuple(told.sources))
    left = readable()
    assert not [value for value in left if WORD in value]
    assert "the buyer" in left and "남의이름" in left
    assert acts() == before
    assert reading.read_one(SYSTEM, Text.objects.first(), "body").why == "erased"  # type: ignore[arg-type]


def test_no_index_no_draft_and_no_remembered_search_holds_her_words(told: Told) -> None:
    assert f"{WORD}body0".encode() in pages() or b"body0" in pages()
    erase(told, tuple(told.sources))
    assert WORD.encode() not in pages() and b"body0" not in pages() and "김순희".encode() not in pages()
    assert not BlindIndex.objects.filter(owner__in=[woman.pk for woman in told.women]).exists()
    assert BlindIndex.objects.filter(owner=told.man.pk).exists()
    assert not Draft.objects.exists()
    assert list(FreeText.objects.values_list("text", flat=True)) == ["Onsong"]


def test_the_files_of_her_originals_are_gone_and_cannot_be_read_from_a_copy(told: Told) -> None:
    original = Original.objects.first()
    assert original is not None
    copy = objects.path_of(original.object).read_bytes()
    erase(told, tuple(told.sources))
    assert list(objects.names()) == []
    objects.path_of(original.object).write_bytes(copy)
    with pytest.raises(Erased):
        list(objects.read(original.pk, original.object))


def test_only_listed_sources_lose_their_texts_and_the_plan_names_the_others(told: Told) -> None:
    wanted = erase(told, (told.sources[0],))
    assert set(wanted.parties) == {woman.pk for woman in told.women}
    assert wanted.speaking == (told.sources[1].pk,)
    left = [value for value in readable() if WORD in value]
    assert sorted(value[len(WORD) :] for value in left if not value.startswith("Before")) == ["file1", "note1"]
    assert any("body1" in value for value in left)
    assert len(list(objects.names())) == 1


def test_what_was_first_put_down_to_somebody_else_goes_from_her_old_versions_too(told: Told) -> None:
    with change(1, "put down to the wrong person") as c:
        act = c.insert(Act, coding=told.man.coding, victim=told.man, type="life", summary=f"{WORD} hers, in truth")
    with change(1, "to the right one") as c:
        c.update(act, victim=told.women[0])
    with change(1, "really his") as c:
        his = c.insert(Act, coding=told.man.coding, victim=told.women[0], type="life", summary="his, in truth")
    with change(1, "to the right one") as c:
        c.update(his, victim=told.man)
    wanted = erase(told, tuple(told.sources))
    assert [(value.record, value.version, value.field) for value in wanted.values] == [(act.pk, 1, "summary")]
    assert wanted.once == (his.pk,)
    left = readable()
    assert not [value for value in left if WORD in value]
    assert left.count("his, in truth") == 1
    assert [found for found in check.run(deep=True) if found.kind not in check.UNFINISHED] == []


def test_a_note_first_put_down_to_somebody_else_and_one_that_names_her_go_with_her(told: Told) -> None:
    with change(1, "noted on the wrong person") as c:
        act = c.insert(Act, coding=told.man.coding, victim=told.man, type="life")
        note = c.insert(FieldNote, record=act.pk, field="date", owner=told.man.pk, text=f"{WORD} hers, in truth")
        c.insert(FieldNote, record=told.man.pk, field="sex", owner=told.man.pk, text=f"he sold {WORD} 김순희0")
        c.insert(FieldNote, record=told.man.pk, field="birth", owner=told.man.pk, text="his own")
    with change(1, "to the right one") as c:
        c.update(act, victim=told.women[0])
        c.update(note, owner=told.women[0].pk)
    wanted = erasure.plan(told.women[0].pk, [source.pk for source in told.sources], mentions=True)
    erasure.erase(1, wanted, "she asked")
    left = readable()
    assert not [value for value in left if WORD in value]
    assert "his own" in left


def test_an_erased_archive_passes_its_deep_check_and_erasing_again_changes_nothing(told: Told) -> None:
    wanted = erase(told, tuple(told.sources))
    assert [found for found in check.run(deep=True) if found.kind not in check.UNFINISHED] == []
    assert erasure.erase(1, wanted, "again") == 0
    with change(1, "coded on") as c, pytest.raises(Erased):
        c.update(Party.objects.get(pk=told.women[0].pk), features="a new scar")


def test_the_custody_log_of_an_erased_archive_still_verifies(told: Told) -> None:
    checkpoints.make(whole=True)
    erase(told, tuple(told.sources))
    checkpoints.make(whole=True)
    report = replay.run()
    assert report.findings == []
    originals = Original.objects.filter(source__in=[source.pk for source in told.sources]).count()
    assert report.erased >= originals > 0


def test_an_erasure_needs_a_reason_and_something_that_exists(told: Told) -> None:
    with pytest.raises(NoReason):
        erasure.erase(1, erasure.plan(told.women[0].pk), " ")
    assert any(WORD in value for value in readable())
    for party, sources in ((told.sources[0].pk, ()), (told.women[0].pk, (told.man.pk,))):
        with pytest.raises(CannotErase):
            erasure.plan(party, sources)


def test_the_command_shows_first_and_does_it_only_when_told(
    told: Told, archive: folder.Archive, tmp_path: Path
) -> None:
    (tmp_path / "passphrase").write_text(PASSPHRASE)
    start = ["--archive", str(archive.folder), "--passphrase-file", str(tmp_path / "passphrase"), "erase"]
    asked = [*start, str(told.women[0].pk), "--source", str(told.sources[0].pk), "--reason", "she asked"]
    newest = versions.newest()
    shown = CliRunner().invoke(main, asked)
    assert shown.exit_code == 0 and "Nothing was done" in shown.output and versions.newest() == newest
    assert f"not listed: {told.sources[1].pk}" in shown.output and WORD not in shown.output
    done = CliRunner().invoke(main, [*asked, "--yes", "--json"])
    assert json.loads(done.output)["keys_destroyed"] > 0
    assert not [value for value in readable() if "scar" in value]
    wrong = CliRunner().invoke(main, [*start, "1", "--reason", "x"])
    assert wrong.exit_code == 4 and "Traceback" not in wrong.output


@pytest.mark.parametrize(
    ("text", "name", "stands"),
    [
        ("Kim Ga-myong's sister", "KIM Gamyong", True),
        ("kimgamyong", "Kim Ga Myong", True),
        ("김가 명이 말했다", "김가명", True),
        ("金某的妻子", "金某", True),
        ("The UN Panel", "An", False),
        ("lives near Musan", "San", False),
        ("An이 말했다", "An", True),
        ("a family", "A", False),
    ],
)
def test_a_name_stands_in_a_text_as_whole_words_where_words_are_parted(text: str, name: str, stands: bool) -> None:
    assert reach.names_one(text, [name]) is stands


def test_what_was_typed_in_the_audit_about_her_or_naming_her_goes_and_the_entries_stay(told: Told) -> None:
    about = note(Kind.REVEAL, 1, about=told.women[1].pk, words="to tell her family")
    naming = note(Kind.EXPORT, 1, words=f"the file of {WORD} 김순희1")
    other = note(Kind.REVEAL, 1, about=told.man.pk, words="the buyer was seen again")
    erasure.erase(1, erasure.plan(told.women[0].pk), "she asked for it")
    events = list(AuditEvent.objects.order_by("pk"))
    assert [event.pk for event in events] == [about.pk, naming.pk, other.pk]
    assert words_of(events) == {other.pk: "the buyer was seen again"}
