"""`tumen add` as its user meets it."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from tests.conftest import PASSPHRASE, close_connections
from tests.sources import hostile

from tumen.archive import check, folder, setup
from tumen.archive.session import BAD_INPUT, OK, USAGE
from tumen.guard.models import Compartment
from tumen.sources import queries
from tumen.sources.models import Original, Source, Text
from tumen.sources.services import sweep
from tumen.workbench.cli import main as tumen

Run = Callable[..., Result]
pytestmark = pytest.mark.usefixtures("clean", "main")


@pytest.fixture
def run(archive: folder.Archive) -> Run:
    """Run `tumen` on the open archive; standard output and error are kept apart."""

    def invoke(*words: str | Path) -> Result:
        return CliRunner().invoke(tumen, ["--archive", str(archive.folder), *map(str, words)])

    return invoke


def write(inbox: Path, names: dict[str, bytes]) -> list[Path]:
    paths = [inbox / name for name in names]
    for path, data in zip(paths, names.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return paths


def test_files_and_folders_become_sources(run: Run, inbox: Path) -> None:
    write(inbox, {"a.txt": b"One.", "deep/er/b.md": b"# Two", ".hidden": b"x"})
    (inbox / "link").symlink_to("/")
    result = run("add", "--kind", "news", inbox)
    assert result.exit_code == OK
    assert sorted(queries.titles(Source.objects.all()).values()) == ["Two", "a"]
    assert "Taken in: 2. Already there: 0. Failed: 0. Skipped: 2." in result.stdout
    assert ".hidden: skipped" in result.stderr


def test_a_file_that_comes_twice_is_named_and_is_no_error(run: Run, inbox: Path) -> None:
    (path,) = write(inbox, {"a.txt": b"One."})
    run("add", path)
    result = run("add", path)
    assert result.exit_code == OK
    number = Source.objects.get().pk
    assert f"is in the archive already, as source {number} “a”." in result.stdout
    assert run("add", "--again", path).exit_code == OK
    assert Source.objects.count() == 2


def test_a_dry_run_reads_all_and_adds_nothing(run: Run, inbox: Path) -> None:
    write(inbox, {"a.txt": "강을 건넜다.".encode(), "b.gif": b"GIF89a" + b"\0" * 20})
    result = run("add", "--dry-run", "--json", inbox)
    report = json.loads(result.stdout)
    assert [(entry["language"], entry["characters"]) for entry in report["taken"]] == [("ko", 7)]
    assert [entry["error"] for entry in report["failed"]] == ["UnknownKind"]
    assert Source.objects.count() == Original.objects.count() == 0


def test_json_says_what_became_of_each_file(run: Run, inbox: Path) -> None:
    (path,) = write(inbox, {"a.txt": b"One. Two. Three."})
    report = json.loads(run("add", "--json", "--published", "May 2011", path).stdout)
    source = Source.objects.get()
    assert report["taken"][0]["source"] == source.pk
    assert source.published == "2011-05"


@pytest.mark.parametrize(
    ("option", "value", "told"),
    [
        ("--kind", "newz", "no term of the list source_kind"),
        ("--language", "klingon", "no term of the list language"),
        ("--published", "2011-02-30", "2011-02 has 28 days"),
        ("--compartment", "nowhere", "There is no compartment 'nowhere'. There are: main."),
    ],
)
def test_a_wrong_option_is_refused_with_what_would_be_right(
    run: Run, inbox: Path, option: str, value: str, told: str
) -> None:
    (path,) = write(inbox, {"a.txt": b"One."})
    result = run("add", option, value, path)
    assert result.exit_code == USAGE
    assert told in result.stderr
    assert Source.objects.count() == 0


def test_a_choice_of_compartments_is_asked_for(run: Run, inbox: Path, secret: Compartment) -> None:
    (path,) = write(inbox, {"a.txt": b"One."})
    assert "--compartment: main, secret" in run("add", path).stderr
    assert run("add", "--compartment", "secret", path).exit_code == OK
    assert Source.objects.get().compartment == secret


@pytest.mark.parametrize("case", hostile.CASES, ids=lambda case: ascii(case.name))
def test_a_bad_file_is_told_with_what_where_and_what_to_do_and_the_others_are_taken_in(
    run: Run, inbox: Path, case: hostile.Case
) -> None:
    good, bad = write(inbox, {"good.txt": b"A good one.", case.name.replace("..\u202e", "\u202e"): case.data})
    report = json.loads(run("add", "--json", bad, good).stdout)
    (failure,) = report["failed"]
    assert failure["error"] == case.error
    assert failure["where"] == case.where
    assert case.advice in failure["advice"]
    assert failure["what"]
    assert "\u202e" not in failure["file"]
    result = run("add", bad, good)
    assert result.exit_code == BAD_INPUT
    assert failure["file"] in result.stderr
    assert case.advice in result.stderr
    assert [*queries.titles(Source.objects.all()).values()] == ["good"]
    assert Text.objects.count() == Original.objects.count() == 1


def test_a_hundred_thousand_pages_are_refused(run: Run, inbox: Path) -> None:
    case = hostile.many_pages()
    (path,) = write(inbox, {case.name: case.data})
    result = run("add", path)
    assert result.exit_code == BAD_INPUT
    assert "pages" in result.stderr
    assert case.advice in result.stderr


def test_unreadable_files_are_kept_when_asked(run: Run, inbox: Path) -> None:
    (path,) = write(inbox, {"scan.gif": b"GIF89a" + b"\0" * 20})
    report = json.loads(run("add", "--json", "--keep-unreadable", path).stdout)
    assert report["taken"][0]["characters"] is None
    assert report["taken"][0]["warnings"]
    assert Original.objects.count() == 1


def test_a_path_that_cannot_be_opened_is_told(run: Run, inbox: Path) -> None:
    pipe = inbox / "pipe"
    os.mkfifo(pipe)
    result = run("add", inbox / "absent.txt", pipe)
    assert result.exit_code == BAD_INPUT
    assert "absent.txt: It cannot be opened: No such file or directory." in result.stderr
    assert "pipe: It cannot be opened: not a file." in result.stderr


def test_all_shared_documents_go_in(run: Run, shared: Path) -> None:
    documents = sorted((shared / "data/documents").glob("*.txt"))
    result = run("add", "--kind", "news", *documents)
    assert result.exit_code == OK
    assert Source.objects.count() == len(documents) > 0
    assert set(Source.objects.values_list("language", flat=True)) == {"en", "ko", "zh"}


def add_and_kill(archive: Path, passphrase: Path, inbox: Path, after: float) -> None:
    """Run `tumen add` in a process of its own and kill it some seconds after its third file is in the store."""
    command = [sys.executable, "-m", "tumen", "--archive", archive, "--passphrase-file", passphrase, "add", inbox]
    root = Path(__file__).resolve().parents[2]
    before = files_in(archive)
    with subprocess.Popen(
        command, env=os.environ | {"PYTHONPATH": str(root / "src")}, stderr=subprocess.DEVNULL
    ) as add:
        while add.poll() is None and files_in(archive) < before + 3:
            time.sleep(0.005)
        time.sleep(after)
        add.send_signal(signal.SIGKILL)


def files_in(archive: Path) -> int:
    return sum(1 for _ in (archive / "objects").glob("??/*"))


def kill_often(times: int, archive: folder.Archive, inbox: Path, tmp_path: Path) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text(PASSPHRASE, "utf-8")
    write(inbox, {f"{number}.txt": f"Story number {number}. ".encode() * 200 for number in range(times * 60)})
    moments = random.Random(times)
    for _ in range(times):
        close_connections()
        folder.close()
        add_and_kill(archive.folder, passphrase, inbox, moments.uniform(0, 0.8))
        setup.open_archive(archive.folder, PASSPHRASE)
        # The file in the making may be left; everything else is whole.
        assert {finding.kind for finding in check.run(deep=True)} <= {"stray"}
        assert Source.objects.count() == Original.objects.count() == Text.objects.count()
        sweep()
        assert list(check.run(deep=True)) == []


def test_a_killed_intake_leaves_whole_sources_only(archive: folder.Archive, inbox: Path, tmp_path: Path) -> None:
    kill_often(2, archive, inbox, tmp_path)


@pytest.mark.soak
def test_an_intake_killed_often_leaves_whole_sources_only(archive: folder.Archive, inbox: Path, tmp_path: Path) -> None:
    kill_often(40, archive, inbox, tmp_path)


def options_of(command: Any) -> set[str]:
    return {option for parameter in command.params for option in getattr(parameter, "opts", ())}


def test_its_help_shows_an_example(run: Run) -> None:
    assert "Example:" in run("add", "--help").stdout
    assert {"--kind", "--compartment", "--dry-run", "--json", "--keep-unreadable"} <= options_of(
        tumen.get_command(None, "add")
    )  # type: ignore[arg-type]
