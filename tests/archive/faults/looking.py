"""Looking at what is left of an archive: it opens, checks, and holds everything that was acknowledged."""

from __future__ import annotations

import contextlib
import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.archive import making
from tests.archive.faults.scenarios import AFTER, PHRASES
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, keys, objects, rotation, setup, undo, verify, versions
from tumen.archive.backup import MANIFEST, OBJECT_LIST, backup, held, restore
from tumen.archive.changes import change
from tumen.archive.errors import ArchiveError, NotAnArchive, WrongPassphrase
from tumen.archive.models import Batch, BlindIndex, Pack
from tumen.coding.models import Party
from tumen.counting import store
from tumen.counting.fields import schema
from tumen.counting.models import ColumnSnapshot
from tumen.guard.models import Compartment
from tumen.linking import erasure
from tumen.linking.models import Judgement, Resolution
from tumen.sources.models import Original, Passage, Source, Text, Upload
from tumen.sources.services import body_of, sweep, uploads

Said = list[dict[str, Any]]
# What a broken-off piece of work may leave; everything else is damage.
LEFT = {"batch", "stray", "rotation"}


def look(path: Path, said: Said, scenario: str) -> None:
    """The archive opens, checks, and holds every acknowledged edit; open batches go; work goes on."""
    open_it(path, said)
    try:
        assert {found.kind for found in check.run(deep=True)} <= LEFT
        acknowledged(said)
        no_half_objects(said)
        if rotation.unfinished():
            rotation.rotate()
        for number in Batch.objects.filter(state__in=Batch.State.unseen()).exclude(kind="drop").values_list("pk"):
            undo.drop_batch(1, *number)
        with change(1, "life goes on") as c:
            c.insert(Compartment, code="after", title="After")
        assert {found.kind for found in check.run(deep=True)} <= {"stray"}
        acknowledged(said)
        if scenario == "keep_columns":
            columns_are_those_of_the_rows()
        if scenario == "judge_and_erase":
            an_erasure_is_finished_by_calling_again(said)
        if scenario == "back_up":
            backup_is_whole_or_none(path, said)
        sweep()
        assert list(check.run()) == []
    finally:
        close()
    if scenario in ("bring_back", "begin_anew"):
        those_beside_are_whole_or_no_archives(path, said)


def close() -> None:
    close_connections()
    folder.close()


def open_it(path: Path, said: Said) -> None:
    """Open with the newest passphrase that was acknowledged, or with the one that was just being written."""
    words = [told["words"] for told in said if told["kind"] == "passphrase"]
    try:
        setup.open_archive(path, words[-1] if words else PASSPHRASE)
    except WrongPassphrase:
        setup.open_archive(path, f"passphrase {len(words)}")


def acknowledged(said: Said) -> None:
    for n, told in enumerate(said):
        match told["kind"]:
            case "row":
                row_is_there(told)
            case "object":
                objects.verify(told["owner"], told["name"], told["sha256"])
            case "piece":
                piece_is_there(told)
            case "batch" | "undone":
                # The next step may have been on the disk without having been acknowledged yet.
                about = [later["kind"] for later in said[n + 1 :] if later.get("first") == told["first"]]
                if not about:
                    batch_is(told["kind"] == "batch", told)
                elif about == ["undoing"]:
                    batch_is(seen_of(told) > 0, told, with_party=False)
            case "judgement":
                judgement = Judgement.objects.get(pk=told["id"])
                assert [judgement.a, judgement.b, judgement.answer] == [*sorted(told["parties"]), "same"]
                clusters = Resolution.objects.filter(run=told["run"], record__in=told["parties"])
                assert len(set(clusters.values_list("cluster", flat=True))) == 1 and clusters.count() == 2
            case "erased":
                assert identity.readable(told["parties"]) == {}
                assert not BlindIndex.objects.filter(owner__in=told["parties"]).exists()
            case "key file":
                keys.unlock(folder.current().folder, key_file=bytes.fromhex(told["bytes"]))
            case "passages":
                passages_are_there(told)


def row_is_there(told: dict[str, Any]) -> None:
    party = Party.objects.get(pk=told["id"])
    assert party.version >= told["version"]
    state = next(v.state for v in versions.history(party) if v.number == told["version"])
    if "features" in told and party.version == told["version"]:
        assert making.opened(party, "features") == told["features"]
    if "sex" in told:
        assert state["sex"] == told["sex"]


def piece_is_there(told: dict[str, Any]) -> None:
    upload = Upload.objects.get(pk=told["upload"])
    if upload.state == Upload.State.DONE:
        assert Source.objects.filter(pk=upload.source).exists()
        return
    content = b"".join(uploads.content(upload))
    assert hashlib.sha256(content[: told["received"]]).hexdigest() == told["sha256"]


def seen_of(told: dict[str, Any]) -> int:
    """How many records of a batch are known now; while an undo is unfinished, as they were before it."""
    known = versions.rows_at(Compartment, versions.newest())
    return sum(0 <= row["id"] - told["first"] < told["count"] and not row["retracted"] for row in known)


def batch_is(there: bool, told: dict[str, Any], with_party: bool = True) -> None:
    """All of a batch is seen, or nothing of it."""
    assert seen_of(told) == (told["count"] if there else 0)
    if "party" in told and with_party:
        assert versions.visible(Party.objects.filter(pk=told["party"])).get().sex == told["sex"]


def passages_are_there(told: dict[str, Any]) -> None:
    text = Text.objects.get(pk=told["text"])
    body = body_of(text)
    for number, phrase in zip(told["passages"], PHRASES, strict=True):
        passage = Passage.objects.get(pk=number)
        assert passage.text_id >= text.pk and not passage.lost
        if passage.text_id == text.pk:
            assert body[passage.start : passage.end] in (phrase, phrase.replace("the guard", "a guard"))
        else:
            assert body_of(passage.text) == AFTER


def no_half_objects(said: Said) -> None:
    owners = {told["id"] for told in said if told["kind"] == "owner"} | set(
        Original.objects.values_list("pk", flat=True)
    )
    others = identity.readable(range(1, Pack.objects.get().next)).keys() - owners
    for name in objects.names():
        assert any(_reads(owner, name) for owner in [*owners, *others]), f"{name} is half-written"


def _reads(owner: int, name: str) -> bool:
    try:
        return sum(map(len, objects.read(owner, name))) >= 0
    except ArchiveError:
        return False


def columns_are_those_of_the_rows() -> None:
    """What was kept for a quick start gives the same columns as the rows do."""
    kept = {name: store.Store().snapshot(name) for name in schema().frames}
    ColumnSnapshot.objects.all().delete()
    for name, snapshot in kept.items():
        anew = store.Store().snapshot(name)
        assert np.array_equal(snapshot.ids, anew.ids)


def an_erasure_is_finished_by_calling_again(said: Said) -> None:
    for told in said:
        if told["kind"] == "erasing":
            erasure.erase(1, erasure.plan(told["parties"][0]), "asked for")
            assert identity.readable(told["parties"]) == {}


def backup_is_whole_or_none(path: Path, said: Said) -> None:
    place = path.parent / "backup"
    acked = [told["newest"] for told in said if told["kind"] == "backup"]
    if (place / MANIFEST).exists():
        restored = restore(place, path.parent / "restored")
        assert restored.newest >= max(acked, default=0)
        for name, size in objects_listed(place):
            assert (path.parent / "restored" / folder.OBJECTS_FOLDER / name[:2] / name).stat().st_size == size
    else:
        assert not acked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "in_own_process", lambda copy: verify.Report([], versions.newest()))
        assert backup(place).newest == versions.newest()
    assert {p.name for p in place.iterdir() if p.name.endswith("Z")} == {one.moment for one in held(place)}


def objects_listed(place: Path) -> list[tuple[str, int]]:
    lines = (line.split() for line in (place / held(place)[-1].moment / OBJECT_LIST).read_text().splitlines())
    return [(name, int(size)) for name, size in lines]


def those_beside_are_whole_or_no_archives(path: Path, said: Said) -> None:
    done = {told["place"] for told in said if told["kind"] == "made"}
    for place in {told["place"] for told in said if told["kind"] == "making"}:
        with contextlib.suppress(NotAnArchive) if place not in done else contextlib.nullcontext():
            setup.open_archive(path.parent / place, PASSPHRASE)
            try:
                # A file that an earlier full disk left without a row is backed up and restored as it is.
                assert {found.kind for found in check.run(deep=True)} <= LEFT
            finally:
                close()
