"""Words lead to the same rows whether the way was read into memory or is asked of SQL, whatever happened since."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from tests.conftest import PASSPHRASE
from tests.counting.world import ACTOR, World, day

from tumen.archive import folder, undo, versions
from tumen.archive.changes import change
from tumen.coding.models import Act, Anchor, Involvement
from tumen.columns import ALL, Mask
from tumen.counting import evidence, search
from tumen.counting.store import store
from tumen.guard.masks import IDENTITY, SEARCH
from tumen.sources.models import Passage
from tumen.sources.services import move_passage

WORDS = ("강제송환", "beaten", "被拐卖", "before", "Interview", "김가명", "-nothing husband", "words of nobody")
FRAMES = ("acts", "persons", "sources", "figures")
MASK = Mask(ALL, frozenset((SEARCH, IDENTITY)))


@pytest.fixture(autouse=True)
def _prepared(world: World) -> Iterator[None]:
    evidence.prepare()
    yield


def found(as_of: int | None = None) -> dict[tuple[str, str], list[int]]:
    """The ids found for each word in each kind of row."""
    answers = {}
    for frame in FRAMES:
        snapshot = store().snapshot(frame, as_of)
        for words in WORDS:
            answers[frame, words] = sorted(snapshot.ids[search.rows(snapshot, words, MASK)].tolist())
    return answers


def checked(monkeypatch: pytest.MonkeyPatch, as_of: int | None = None) -> dict[tuple[str, str], list[int]]:
    """What is found by the way in memory, after it was compared with what SQL alone finds."""
    held = found(as_of)
    with monkeypatch.context() as patch:
        patch.setattr(evidence, "_evidence", {way: evidence.Evidence(way) for way in evidence._evidence})
        for frame in FRAMES:
            store().snapshot(frame, as_of)._derived.clear()
        assert found(as_of) == held
    return held


def test_words_are_found_in_memory_as_in_sql(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    answers = checked(monkeypatch)
    first, _, _, closed = world.acts
    assert answers["acts", "강제송환"] == [first.pk, closed.pk]
    assert answers["persons", "강제송환"] == sorted(world.parties[n].pk for n in (0, 2, 3))
    assert answers["acts", "김가명"], "an act is found by the name of its victim"
    assert not answers["acts", "words of nobody"]


def test_new_words_and_new_acts_are_found_at_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    act = world.act(world.parties[1], date="2005", low=day(2005), high=day(2005, 12, 31))
    with change(ACTOR, "told") as c:
        world.told(c, act, "강제송환 again")
    assert act.pk in checked(monkeypatch)["acts", "강제송환"]


def test_an_act_of_another_person_moves_its_words_with_it_and_back(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    act, other = world.acts[0], world.parties[1]
    with change(ACTOR, "another victim") as c:
        c.update(act, victim=other)
    assert other.pk in checked(monkeypatch)["persons", "강제송환"]
    undo.undo(ACTOR, versions.newest())
    assert other.pk not in checked(monkeypatch)["persons", "강제송환"]


def test_a_passage_that_moves_and_evidence_that_goes_are_followed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchor = Anchor.objects.get(record=world.acts[1].pk)
    passage = Passage.objects.get(pk=anchor.passage_id)
    with change(ACTOR, "moved") as c:
        move_passage(c, passage, passage.text, 0, 10)
    answers = checked(monkeypatch)
    assert not answers["acts", "beaten"]
    assert answers["acts", "before"] == [world.acts[1].pk]
    with change(ACTOR, "no evidence") as c:
        c.retract(anchor)
    assert not checked(monkeypatch)["acts", "before"]


def test_who_was_involved_and_is_no_longer_is_not_found(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    part = Involvement.objects.get(party=world.parties[3].pk)
    with change(ACTOR, "in another act") as c:
        c.update(part, act=Act.objects.get(pk=world.acts[2].pk))
    answers = checked(monkeypatch)
    assert world.parties[3].pk not in answers["persons", "강제송환"]
    assert world.parties[3].pk in answers["persons", "被拐卖"]


def test_the_past_is_searched_over_its_own_rows(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    before = versions.newest()
    act = world.act()
    with change(ACTOR, "told") as c:
        world.told(c, act, "강제송환")
    assert act.pk in checked(monkeypatch)["acts", "강제송환"]
    assert act.pk not in checked(monkeypatch, as_of=before)["acts", "강제송환"]
    assert act.pk in checked(monkeypatch)["acts", "강제송환"]


def test_many_touched_passages_have_the_way_read_anew(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    held = evidence._evidence[evidence.RECORDS]
    stood = held._held
    monkeypatch.setattr(evidence, "SPARE", 0)
    test_new_words_and_new_acts_are_found_at_once(world, monkeypatch)
    assert held._held is not stood


ANOTHER = """
import sys
from pathlib import Path
from tumen.archive import folder, setup
setup.open_archive(Path(sys.argv[1]), sys.stdin.read())
from tumen.archive.changes import change
from tumen.coding.models import Anchor
with change(1, "evidence") as c:
    c.insert(Anchor, record=int(sys.argv[2]), passage_id=int(sys.argv[3]))
folder.close()
"""


def test_what_another_process_writes_is_found(
    world: World, archive: folder.Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert checked(monkeypatch)["acts", "beaten"] == [world.acts[1].pk]
    passage = Anchor.objects.get(record=world.acts[1].pk).passage_id
    asked = [sys.executable, "-c", ANOTHER, str(archive.folder), str(world.acts[2].pk), str(passage)]
    subprocess.run(asked, input=PASSPHRASE, text=True, check=True)
    assert checked(monkeypatch)["acts", "beaten"] == [world.acts[1].pk, world.acts[2].pk]
