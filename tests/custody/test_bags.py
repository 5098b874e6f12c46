"""Evidence bags: written once, verified by strangers' tools, and refused when anything about them is otherwise."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import bagit
import pytest
from tests.custody.making import FILES, KEY, TRUSTED, evidence, make_bag, streams

from tumen.custody import BagExists, BagNotProven, Entry, SigningKey, UnsafeName, verify_bag, write_bag


def test_a_bag_holds_the_files_byte_for_byte_and_is_proven(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    assert {name: (bag / "data" / name).read_bytes() for name in FILES} == FILES
    assert verify_bag(bag, TRUSTED) == [
        "20 files, all as they were when archive.example/log made the bag",
        "the log of 11 entries is signed by archive.example/log",
        "2 entries are in the log; they stand for 1 files of the bag",
    ]
    assert [path.name for path in tmp_path.iterdir()] == ["bag"]
    assert bag.stat().st_mode & 0o777 == 0o700


def test_the_bag_library_finds_it_valid(tmp_path: Path) -> None:
    bag = bagit.Bag(str(make_bag(tmp_path / "bag")))
    bag.validate()
    assert bag.info["Payload-Oxum"] == f"{sum(map(len, FILES.values()))}.{len(FILES)}"
    assert bag.info["Source-Organization"] == "No One"


@pytest.mark.skipif(shutil.which("sha512sum") is None, reason="sha512sum is not installed")
def test_sha512sum_finds_it_whole(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    command = ["sha512sum", "--strict", "--check", "manifest-sha512.txt", "tagmanifest-sha512.txt"]
    assert subprocess.run(command, cwd=bag, capture_output=True, check=True).stdout.count(b": OK") == 18


def test_a_bag_is_never_written_over_anything(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    with pytest.raises(BagExists):
        make_bag(bag)
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(BagExists):
        make_bag(tmp_path / "link")


@pytest.mark.parametrize("name", ["../out", "/out", "a/../../out", "originals/7.PDF", "\u202etxt.exe", "originals"])
def test_an_unsafe_name_leaves_nothing_behind(tmp_path: Path, name: str) -> None:
    with pytest.raises(UnsafeName):
        write_bag(tmp_path / "bag", [*streams(), (name, BytesIO(b"x"))], evidence(), {}, KEY)
    assert list(tmp_path.iterdir()) == []


def test_evidence_that_does_not_fit_is_not_bagged(tmp_path: Path) -> None:
    good = evidence()
    change, original = good.entries
    wrong = [
        replace(good, keys=[SigningKey.generate(KEY.name).verifier.text]),
        replace(good, keys=[]),
        replace(good, checkpoint=good.checkpoint.replace(b"\n11\n", b"\n12\n")),
        *(
            replace(good, entries=[change, entry])
            for entry in (
                replace(original, path="originals/8.txt"),
                replace(original, path="originals/9.txt"),
                replace(original, path="../bag-info.txt"),
                replace(original, salt=b"another salt...."),
                replace(original, digest=change.digest),
                replace(original, kind="change"),
                replace(original, proof=replace(original.proof, index=9)),
                replace(original, proof=replace(original.proof, path=original.proof.path[:-1])),
                Entry(change.proof, "change", change.digest, change.salt, "codings.jsonl"),
            )
        ),
    ]
    for made in wrong:
        with pytest.raises(BagNotProven):
            write_bag(tmp_path / "bag", streams(), made, {}, KEY)
        assert list(tmp_path.iterdir()) == []


def test_a_forged_bag_that_agrees_with_itself_is_refused_by_the_key(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    for keys in ([], [SigningKey.generate(KEY.name).verifier.text]):
        with pytest.raises(BagNotProven):
            verify_bag(bag, keys)


def test_info_lines_cannot_smuggle_in_others(tmp_path: Path) -> None:
    write_bag(tmp_path / "bag", streams(), evidence(), {"Note: x": "a\nBag-Group-Identifier: b"}, KEY)
    assert "Note x: a Bag-Group-Identifier: b\n" in (tmp_path / "bag/bag-info.txt").read_text()


def test_a_finding_names_each_file(tmp_path: Path) -> None:
    bag = make_bag(tmp_path / "bag")
    (bag / "data/codings.jsonl").write_bytes(b"altered")
    (bag / "data/custody.jsonl").unlink()
    (bag / "data/more").write_bytes(b"")
    (bag / "README.en.txt").write_bytes(b"")
    with pytest.raises(BagNotProven) as refused:
        verify_bag(bag, TRUSTED)
    assert refused.value.findings == [
        "'data/codings.jsonl': altered (manifest-sha512.txt)",
        "'data/custody.jsonl': missing (manifest-sha512.txt)",
        "'data/more': not listed (manifest-sha512.txt)",
        "'README.en.txt': altered (tagmanifest-sha512.txt)",
    ]


def test_what_is_no_bag_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(BagNotProven):
            verify_bag(folder, TRUSTED)


def test_a_bag_without_files_is_still_a_bag(tmp_path: Path) -> None:
    empty = replace(evidence(), entries=[])
    write_bag(tmp_path / "bag", [], empty, {}, KEY)
    bagit.Bag(str(tmp_path / "bag")).validate()
    assert (tmp_path / "bag/data").is_dir()
    assert verify_bag(tmp_path / "bag", TRUSTED)
