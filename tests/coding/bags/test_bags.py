"""`tumen bag`: what a lawyer hands over, checked by a stranger with a stranger's tools, and what stays at home."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import bagit
import pytest
from click.testing import CliRunner, Result
from tests.archive.log.forging import run
from tests.archive.log.making import countersigned, stamped

from tumen.archive import folder, identity, ids, objects
from tumen.archive.changes import change
from tumen.archive.log import checkpoints
from tumen.archive.models import Change
from tumen.coding.bags import gathering, writing
from tumen.coding.models import Act, Coding, Name, Party
from tumen.columns import ALL, Mask
from tumen.custody import BagNotProven, verify_bag
from tumen.guard.masks import NARRATIVE, SYSTEM
from tumen.guard.services import make_compartment
from tumen.sources.models import Original, Source
from tumen.sources.services import add_passage, add_source, add_text
from tumen.workbench.cli import main

CONTENT = b"\xff\xd8 Exif: taken in Yanbian, 2011 \x00" * 2000
BODY = "She was sold in Yanbian.\nHer husband beat her.\n"


@dataclass
class Case:
    """A source with everything, and another one beside it that must not be in its bag."""

    source: Source
    original: Original
    other: Source


@pytest.fixture
def case(archive: folder.Archive) -> Case:
    number = ids.reserve()
    stored = objects.write(number, [CONTENT])
    with change(1, "taken in by hand") as c:
        main = make_compartment(c, "main", "Main")
        other = add_source(c, "news", "Another article", main, note="zq-not-in-the-bag")
        source = add_source(c, "interview", "Interview 7", main, note="zq-office-note")
        original = c.insert(Original, number, source=source, sha256=stored.sha256, size=stored.size,
                            media_type="image/jpeg", object=stored.name, file_name="zq-file-name.jpg")  # fmt: skip
        text = add_text(c, source, BODY, "en", original=original)
        add_text(c, other, "zq-not-in-the-bag", "en")
    with change(2, "coded") as c:
        coding = c.insert(Coding, source=source, coder=2)
        woman = c.insert(Party, coding=coding, sex="f", description="zq-description")
        c.insert(Name, coding=coding, party=woman, text="김순희")
        act = c.insert(Act, coding=coding, victim=woman, type="trafficking.sale", summary="zq-summary")
        add_passage(c, text, 0, 24)
    with change(2, "corrected") as c:
        c.update(act, type="liberty.detention")
    return Case(source, original, other)


def tumen(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(one) for one in arguments])


def bagged(case: Case, place: Path) -> Path:
    done = tumen("bag", case.source.pk, place / "bag", "--yes")
    assert done.exit_code == 0, done.output
    return place / "bag"


def stranger(bag: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Check a bag as somebody does who has Python and nothing of ours."""
    command = [sys.executable, "-I", "-S", bag / "verify.py", *options, bag]
    return subprocess.run([str(one) for one in command], capture_output=True, text=True, cwd="/", env={}, check=False)


def test_what_would_be_inside_is_shown_and_nothing_is_written_without_yes(case: Case, tmp_path: Path) -> None:
    done = tumen("bag", case.source.pk, tmp_path / "bag")
    assert done.exit_code == 0
    assert f"sources/{case.source.pk}/originals/{case.original.pk}.jpg  {len(CONTENT)} bytes" in done.stdout
    assert "Nothing was written" in done.stdout
    assert not (tmp_path / "bag").exists()
    assert not Change.objects.filter(kind="bag").exists()


def test_a_stranger_checks_the_bag_with_python_alone(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    done = stranger(bag, "--key", checkpoints.verifier().text)
    assert done.returncode == 0, done.stdout
    assert "entries are in the log" in done.stdout
    unknown = stranger(bag, "--key", "tumen-archive/other+00000000+AQAA")
    assert unknown.returncode == 1


def test_a_stranger_checks_the_bag_with_bagit_and_sha512sum(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    bagit.Bag(str(bag)).validate()
    command = ["sha512sum", "--strict", "--check", "--quiet", "manifest-sha512.txt", "tagmanifest-sha512.txt"]
    subprocess.run(command, cwd=bag, check=True)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_countersignatures_and_timestamps_go_with_the_bag(case: Case, tmp_path: Path) -> None:
    partner = countersigned(tmp_path / "partner")
    stamped(tmp_path / "authority")
    done = tumen("bag", case.source.pk, tmp_path / "bag", "--yes")
    assert "by: partner.example" in done.stdout
    bag = tmp_path / "bag"
    (token,) = (bag / "custody" / "tokens").iterdir()
    command = ["openssl", "ts", "-verify", "-in", token, "-data", bag / "custody" / "checkpoint.text"]
    subprocess.run([*command, "-CAfile", tmp_path / "authority" / "ca.pem"], check=True, capture_output=True)
    told = stranger(bag, "--key", checkpoints.verifier().text, "--key", partner)
    assert told.returncode == 0 and "partner.example" in told.stdout


def test_the_original_is_byte_for_byte_and_the_archives_own_file_is_not_touched(case: Case, tmp_path: Path) -> None:
    path = objects.path_of(case.original.object)
    before = (path.read_bytes(), path.stat().st_mtime_ns)
    bag = bagged(case, tmp_path)
    (copy,) = (bag / "data" / "sources" / str(case.source.pk) / "originals").iterdir()
    assert copy.read_bytes() == CONTENT
    assert (path.read_bytes(), path.stat().st_mtime_ns) == before


def test_a_third_party_recomputes_every_entry_from_what_is_in_the_bag(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    openings = [json.loads(line) for line in (bag / "custody" / "openings.jsonl").read_text().splitlines()]
    assert {one["kind"] for one in openings} == {"change", "original"}
    for one in openings:
        assert hashlib.sha256((bag / one["path"]).read_bytes()).hexdigest() == one["digest"]
    changes = [json.loads((bag / one["path"]).read_text()) for one in openings if one["kind"] == "change"]
    assert [one["seq"] for one in changes] == sorted(one["seq"] for one in changes)
    assert {one["actor"] for one in changes} == {1, 2}


def test_the_records_tell_every_version_and_the_change_that_wrote_it(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    told = json.loads((bag / "data" / "sources" / str(case.source.pk) / "records.json").read_text())
    (act,) = [one for one in told["records"] if one["kind"] == "coding.act"]
    assert [one["values"]["type"] for one in act["versions"]] == ["trafficking.sale", "liberty.detention"]
    assert act["versions"][0]["values"]["summary"] == "zq-summary"
    for version in act["versions"]:
        assert (bag / "data" / "history" / f"{version['change']}.json").exists()
    (name,) = [one for one in told["records"] if one["kind"] == "coding.name"]
    assert name["versions"][0]["values"]["text"] == "김순희"


def test_nothing_of_another_source_is_inside(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    assert not any(b"zq-not-in-the-bag" in path.read_bytes() for path in bag.rglob("*") if path.is_file())


def test_the_salt_of_a_changes_digest_stays_at_home(case: Case, tmp_path: Path) -> None:
    bag = bagged(case, tmp_path)
    salts = [bytes(salt).hex().encode() for salt in Change.objects.values_list("salt", flat=True)]
    files = [path.read_bytes() for path in bag.rglob("*") if path.is_file()]
    assert not any(salt in content for salt in salts for content in files)


NAME = "김순희".encode()
CODED_ONLY = [b"zq-", NAME, b"sold in Yanbian", b"Exif"]


@pytest.mark.parametrize(
    ("classes", "inside", "outside"),
    [
        ({NARRATIVE}, [b"zq-summary", b"sold in Yanbian"], [b"zq-description", NAME, b"zq-office-note", b"Exif"]),
        (set(), [b"liberty.detention"], CODED_ONLY),
    ],
)
def test_a_mask_holds_in_the_bag(
    case: Case, tmp_path: Path, classes: set[str], inside: list[bytes], outside: list[bytes]
) -> None:
    mask = Mask(ALL, frozenset(classes))
    writing.write(3, mask, gathering.gather(mask, [case.source.pk]), tmp_path / "bag")
    whole = b"".join(path.read_bytes() for path in (tmp_path / "bag").rglob("*") if path.is_file())
    assert all(words in whole for words in inside)
    assert not any(words in whole for words in outside)
    assert verify_bag(tmp_path / "bag", [checkpoints.verifier().text])


def test_a_source_that_a_mask_does_not_show_is_not_bagged(case: Case, tmp_path: Path) -> None:
    done = tumen("bag", 999_999, tmp_path / "bag", "--yes")
    assert done.exit_code == 4 and "There is no source" in done.output
    assert not (tmp_path / "bag").exists()


def test_what_was_erased_is_named_and_the_rest_is_proven(case: Case, tmp_path: Path) -> None:
    identity.destroy([case.original.pk])
    objects.erase(case.original.object)
    done = tumen("bag", case.source.pk, tmp_path / "bag", "--yes")
    assert f"NOT IN THE BAG: original {case.original.pk}: erased" in done.stdout
    assert stranger(tmp_path / "bag", "--key", checkpoints.verifier().text).returncode == 0


def test_what_is_there_is_not_overwritten(case: Case, tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    done = tumen("bag", case.source.pk, tmp_path / "bag", "--yes")
    assert done.exit_code == 4 and list((tmp_path / "bag").iterdir()) == []


def test_a_change_that_was_forged_is_not_bagged(case: Case, tmp_path: Path) -> None:
    run("UPDATE archive_change SET actor = 9 WHERE seq = 2")
    done = tumen("bag", case.source.pk, tmp_path / "bag", "--yes")
    assert done.exit_code == 1 and not (tmp_path / "bag").exists()


def test_a_damaged_original_is_not_bagged(case: Case, tmp_path: Path) -> None:
    path = objects.path_of(case.original.object)
    content = bytearray(path.read_bytes())
    content[60] ^= 1
    path.write_bytes(content)
    done = tumen("bag", case.source.pk, tmp_path / "bag", "--yes")
    assert done.exit_code == 1 and list(tmp_path.glob("bag*")) == []


def test_that_a_bag_was_made_is_in_the_log(case: Case, tmp_path: Path) -> None:
    bagged(case, tmp_path)
    last = Change.objects.latest("seq")
    assert (last.kind, last.why) == ("bag", f"evidence bag of source {case.source.pk}")


def _cut_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The power goes at the n-th time that something is brought to the disk: nothing is cleaned up."""
    real, count = os.fsync, 0

    def fsync(descriptor: int) -> None:
        nonlocal count
        count += 1
        if count == step:
            raise KeyboardInterrupt
        real(descriptor)

    with monkeypatch.context() as cut:
        cut.setattr("os.fsync", fsync)
        cut.setattr("shutil.rmtree", lambda *_, **__: None)
        yield


def test_what_a_power_cut_leaves_is_no_bag_or_a_whole_one(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = gathering.gather(SYSTEM, [case.source.pk])
    for step in (1, 2, 5, 9, 14, 20, 25, 30):
        for _ in _cut_at(step, monkeypatch):
            with pytest.raises(KeyboardInterrupt):
                writing.write(0, SYSTEM, listed, tmp_path / f"bag-{step}")
        assert not (tmp_path / f"bag-{step}").exists()
    writing.write(0, SYSTEM, listed, tmp_path / "whole")
    files = sum(path.is_file() for path in (tmp_path / "whole").rglob("*"))
    left = list(tmp_path.glob(".bag-*"))
    for place in left:
        with contextlib.suppress(BagNotProven):
            verify_bag(place, [checkpoints.verifier().text])
            assert sum(path.is_file() for path in place.rglob("*")) == files
    assert len(left) >= 6
