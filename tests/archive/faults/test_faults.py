"""Killed at any moment, out of space at any write, its power cut anywhere: the archive holds what was acknowledged."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.archive.faults import powercut
from tests.archive.faults.looking import Said, look
from tests.archive.faults.scenarios import SCENARIOS
from tests.archive.faults.work import FULL, KILL, LIMIT, NOTHING, RECORD, TEAR
from tests.conftest import close_connections

ROOT = Path(__file__).parents[3]
NEEDS_COMPILER = "a C compiler is needed to stand between a process and its disk"


class Worker:
    """The process that works and is struck."""

    def __init__(self, shim: Path | None) -> None:
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
        if shim:
            environment["LD_PRELOAD"] = str(shim)
        self.shim = shim
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.archive.faults.work"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            cwd=ROOT,
        )

    def run(self, path: Path, scenario: str, action: int, after: int, after_ms: int = 0, book: str = "") -> Said:
        told = {"path": str(path), "scenario": scenario, "action": action, "after": after, "after_ms": after_ms}
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write((json.dumps({**told, "book": book}) + "\n").encode())
        self.process.stdin.flush()
        said: Said = []
        for line in self.process.stdout:
            try:
                said.append(json.loads(line))
            except ValueError:
                continue  # killed in the middle of saying it
            if said[-1]["kind"] == "end":
                assert not [told for told in said if told["kind"] == "error"], (after, said)
                return said
        raise AssertionError("the worker died")


def working(source: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """Start a worker behind the library made of `source`, or without one where there is no compiler."""
    close_connections()
    built = None
    if shutil.which("gcc"):
        built = tmp_path_factory.mktemp("shim") / "shim.so"
        here = Path(__file__).with_name(source)
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", built, here, "-ldl"], check=True)
    started = Worker(built)
    yield started
    started.process.stdin.close()  # type: ignore[union-attr]
    started.process.wait(timeout=10)


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    yield from working("shim.c", tmp_path_factory)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    yield from working("recorder.c", tmp_path_factory)


def copied(template: Path, place: Path) -> Path:
    """Put a fresh archive into the folder `place`, with nothing beside it."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(template, place / "archive")
    return place / "archive"


def kill_once(worker: Worker, template: Path, where: Path, scenario: str, choose: random.Random) -> bool:
    """Run a scenario, kill it at a random point, look at what is left; returns whether it was killed in time."""
    path = copied(template, where / "place")
    if worker.shim and choose.random() < 0.75:
        after = int(2 ** choose.uniform(0, 9))
        said = worker.run(path, scenario, choose.choice((KILL, TEAR)), after)
    else:
        said = worker.run(path, scenario, NOTHING, 0, after_ms=choose.randint(20, 400))
    look(path, said, scenario)
    return bool(said[-1]["killed"])


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_random_points_nothing_acknowledged_is_lost(
    worker: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    choose = random.Random(os.environ.get("TUMEN_SEED", scenario))
    killed = [kill_once(worker, template, tmp_path, scenario, choose) for _ in range(3)]
    assert any(killed)


@pytest.mark.soak
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_killed_at_many_random_points_nothing_acknowledged_is_lost(
    worker: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    """Two hundred times and more, over all scenarios."""
    choose = random.Random()
    killed = [kill_once(worker, template, tmp_path, scenario, choose) for _ in range(18)]
    assert sum(killed) >= 12


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_is_told_plainly_and_leaves_nothing_half_written(
    worker: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    if worker.shim is None:
        pytest.skip(NEEDS_COMPILER)
    full(worker, template, tmp_path, scenario, FULL, [1, 7, 40])


@pytest.mark.soak
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_full_disk_at_every_early_write(worker: Worker, template: Path, tmp_path: Path, scenario: str) -> None:
    if worker.shim is None:
        pytest.skip(NEEDS_COMPILER)
    full(worker, template, tmp_path, scenario, FULL, list(range(1, 40)))


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_files_that_may_not_grow_are_a_full_disk_without_a_compiler(
    worker: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    full(worker, template, tmp_path, scenario, LIMIT, [0, 9_000, 60_000])


def full(worker: Worker, template: Path, where: Path, scenario: str, action: int, points: list[int]) -> None:
    messages = set()
    for after in points:
        path = copied(template, where / "place")
        said = worker.run(path, scenario, action, after)
        messages.add(next(told["message"] for told in said if told["kind"] == "full"))
        look(path, said, scenario)
    assert any("disk is full" in message for message in messages)


def cut_the_power(worker: Worker, template: Path, where: Path, scenario: str, choose: random.Random, cuts: int) -> None:
    """Record a scenario once; at random points of it look at what a power cut may have left."""
    if worker.shim is None:
        pytest.skip(NEEDS_COMPILER)
    path = copied(template, where / "place")
    disk, book = powercut.Disk(path.parent), where / "book"
    worker.run(path, scenario, RECORD, 3, book=str(book))
    for said in powercut.cuts(disk, powercut.read(book), choose, cuts):
        look(path, said, scenario)


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_after_a_power_cut_everything_acknowledged_is_there(
    recorded: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    cut_the_power(recorded, template, tmp_path, scenario, random.Random(scenario), 4)


@pytest.mark.soak
@pytest.mark.parametrize("scenario", SCENARIOS)
def test_after_power_cuts_at_many_points_everything_acknowledged_is_there(
    recorded: Worker, template: Path, tmp_path: Path, scenario: str
) -> None:
    cut_the_power(recorded, template, tmp_path, scenario, random.Random(), 40)
