"""Killed at any moment and out of space at any write, the archive opens, checks, and holds what was acknowledged."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.archive import making
from tests.archive.faults.work import FULL, KILL, NOTHING, SCENARIOS, TEAR
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, objects, setup, undo, verify, versions
from tumen.archive.backup import MANIFEST, backup, restore
from tumen.archive.changes import change
from tumen.archive.errors import ArchiveError
from tumen.archive.models import Batch
from tumen.coding.models import Party
from tumen.guard.models import Compartment
from tumen.sources.models import Original

Said = list[dict[str, Any]]
ROOT = Path(__file__).parents[3]
# What a broken-off piece of work may leave; everything else is damage.
LEFT = {"batch", "stray"}


class Worker:
    """The process that works and is killed."""

    def __init__(self, shim: Path | None) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        if shim:
            environment["LD_PRELOAD"] = str(shim)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.archive.faults.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )

    def run(self, path: Path, scenario: str, action: int, after: int, after_ms: int = 0) -> Said:
        told = {"path": str(path), "scenario": scenario, "action": action, "after": after, "after_ms": after_ms}
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write((json.dumps(told) + "\n").encode())
        self.process.stdin.flush()
        said: Said = []
        for line in self.process.stdout:
            try:
                said.append(json.loads(line))
            except ValueError:
                continue  # killed in the middle of saying it
            if said[-1]["kind"] == "end":
                return said
        raise AssertionError("the worker died")


@pytest.fixture(scope="module")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    if shutil.which("gcc") is None:
        return None
    built = tmp_path_factory.mktemp("shim") / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", built, source, "-ldl"], check=True)
    return built


@pytest.fixture(scope="module")
def worker(shim: Path | None) -> Iterator[Worker]:
    close_connections()
    started = Worker(shim)
    yield started
    started.process.stdin.close()  # type: ignore[union-attr]
    started.process.wait(timeout=10)


def kill_once(worker: Worker, template: Path, where: Path, scenario: str, choose: random.Random, shim: bool) -> bool:
    """Run a scenario, kill it at a random point, look at what is left; returns whether it was killed in time."""
    path = where / "archive"
    for old in (path, where / "backup", where / "restored"):
        shutil.rmtree(old, ignore_errors=True)
    shutil.copytree(template, path)
    if shim and choose.random() < 0.75:
        after = int(2 ** choose.uniform(0, 9))
        said = worker.run(path, scenario, choose.choice((KILL, TEAR)), after)
    else:
        said = worker.run(path, scenario, NOTHING, 0, after_ms=choose.randint(20, 400))
    assert not [told for told in said if told["kind"] == "error"], said
    look(path, said, scenario)
    return bool(said[-1]["killed"])


def look(path: Path, said: Said, scenario: str) -> None:
    """The archive opens, checks, and holds every acknowledged edit; open batches go; work goes on."""
    setup.open_archive(path, PASSPHRASE)
    try:
        assert {found.kind for found in check.run(deep=True)} <= LEFT
        acknowledged(said)
        no_half_objects(said)
        for number in Batch.objects.filter(state__in=Batch.State.unseen()).exclude(kind="drop").values_list("pk"):
            undo.drop_batch(1, *number)
        with change(1, "life goes on") as c:
            c.insert(Compartment, code="after", title="After")
        assert {found.kind for found in check.run(deep=True)} <= {"stray"}
        acknowledged(said)
        if scenario == "back_up":
            backup_is_whole_or_none(path, said)
    finally:
        close_connections()
        folder.close()


def acknowledged(said: Said) -> None:
    for told in said:
        match told["kind"]:
            case "row":
                party = Party.objects.get(pk=told["id"])
                assert party.version >= told["version"]
                state = next(v.state for v in versions.history(party) if v.number == told["version"])
                if "features" in told and party.version == told["version"]:
                    assert making.opened(party, "features") == told["features"]
                if "sex" in told:
                    assert state["sex"] == told["sex"]
            case "object":
                objects.verify(told["owner"], told["name"], told["sha256"])
            case "batch" | "undone":
                ids = range(told["first"], told["first"] + told["count"])
                seen = versions.visible(Compartment.objects.filter(pk__in=ids)).count()
                assert seen == (told["count"] if told["kind"] == "batch" else 0)


def no_half_objects(said: Said) -> None:
    owners = [told["id"] for told in said if told["kind"] == "owner"]
    owners += Original.objects.values_list("pk", flat=True)
    for name in objects.names():
        assert any(_reads(owner, name) for owner in [*owners, *range(1, 200)]), f"{name} is half-written"


def _reads(owner: int, name: str) -> bool:
    try:
        return sum(map(len, objects.read(owner, name))) >= 0
    except ArchiveError:
        return False


def backup_is_whole_or_none(path: Path, said: Said) -> None:
    place = path.parent / "backup"
    acked = [told["newest"] for told in said if told["kind"] == "backup"]
    if (place / MANIFEST).exists():
        restored = restore(place, path.parent / "restored")
        assert restored.newest >= max(acked, default=0)
    else:
        assert not acked
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(verify, "in_own_process", lambda copy: verify.Report([], versions.newest()))
        assert backup(place).newest == versions.newest()
    assert len([p for p in place.iterdir() if p.is_dir() and p.name.endswith("Z")]) == 1


def test_killed_at_random_points_nothing_acknowledged_is_lost(
    worker: Worker, shim: Path | None, template: Path, tmp_path: Path
) -> None:
    choose = random.Random(os.environ.get("TUMEN_SEED", "1"))
    points = [scenario for scenario in SCENARIOS for _ in range(3)]
    killed = [kill_once(worker, template, tmp_path, scenario, choose, bool(shim)) for scenario in points]
    assert sum(killed) >= len(points) // 2


@pytest.mark.soak
def test_killed_at_many_random_points_nothing_acknowledged_is_lost(
    worker: Worker, shim: Path | None, template: Path, tmp_path: Path
) -> None:
    choose = random.Random()
    killed = 0
    points = 0
    while killed < 200:
        scenario = choose.choice(list(SCENARIOS))
        killed += kill_once(worker, template, tmp_path, scenario, choose, bool(shim))
        points += 1
        assert points < 1000


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_is_told_plainly_and_leaves_nothing_half_written(
    worker: Worker, shim: Path | None, template: Path, tmp_path: Path, scenario: str
) -> None:
    if shim is None:
        pytest.skip("a C compiler is needed to imitate a full disk")
    full(worker, template, tmp_path, scenario, [1, 7, 40])


@pytest.mark.soak
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_at_every_early_write(
    worker: Worker, shim: Path | None, template: Path, tmp_path: Path, scenario: str
) -> None:
    if shim is None:
        pytest.skip("a C compiler is needed to imitate a full disk")
    full(worker, template, tmp_path, scenario, list(range(1, 80)))


def full(worker: Worker, template: Path, where: Path, scenario: str, points: list[int]) -> None:
    messages = set()
    for after in points:
        path = where / f"{scenario}-{after}" / "archive"
        path.parent.mkdir()
        shutil.copytree(template, path)
        said = worker.run(path, scenario, FULL, after)
        assert not [told for told in said if told["kind"] == "error"], (after, said)
        messages.add(next(told["message"] for told in said if told["kind"] == "full"))
        look(path, said, scenario)
    assert any("disk is full" in message for message in messages)
