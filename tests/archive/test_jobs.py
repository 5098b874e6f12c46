"""Jobs: progress, stop, failure told, and what a killed process leaves is taken up by the next, once."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.conftest import close_connections

from tumen.archive import folder, jobs
from tumen.archive.models import Job

pytestmark = pytest.mark.usefixtures("archive")
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, Any]]:
    kinds: dict[str, Any] = {}
    monkeypatch.setattr(jobs, "_kinds", kinds)
    monkeypatch.setattr(jobs, "TELL_SECONDS", 0.0)
    yield kinds


def test_a_job_reports_and_is_done() -> None:
    seen = []

    @jobs.job("count")
    def count(run: jobs.Running) -> dict[str, Any]:
        for n in range(run.params["to"]):
            run.progress(n, run.params["to"], f"at {n}")
            seen.append(Job.objects.get().done)
        return {"counted": run.params["to"]}

    asked = jobs.enqueue("count", 1, to=3)
    assert jobs.run_next()
    assert not jobs.run_next()
    job = Job.objects.get(pk=asked.pk)
    assert (job.state, job.result, seen, job.starts) == ("done", {"counted": 3}, [0, 1, 2], 1)
    with pytest.raises(KeyError):
        jobs.enqueue("unheard of", 1)


def test_a_failure_is_told_on_its_page_and_not_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    @jobs.job("fail")
    def fail(run: jobs.Running) -> None:
        raise ValueError(f"row 7: the name {run.params['name']} is impossible")

    @jobs.job("odd")
    def odd(run: jobs.Running) -> dict[str, Any]:
        return {"a thing": object()}

    jobs.enqueue("fail", 1, name="Kim Nobody")
    jobs.enqueue("odd", 1)
    assert jobs.run_next()
    assert jobs.run_next()
    failed, odd_one = Job.objects.order_by("pk")
    assert (failed.state, failed.message) == ("failed", "ValueError: row 7: the name Kim Nobody is impossible")
    assert odd_one.state == "failed"
    assert "ValueError" in caplog.text
    assert "Nobody" not in caplog.text


def test_a_job_stops_at_its_next_safe_point() -> None:
    @jobs.job("long")
    def long(run: jobs.Running) -> None:
        for n in range(100):
            if n == 5:
                jobs.ask_to_stop(run.id)
            run.progress(n)

    jobs.enqueue("long", 1)
    waiting = jobs.enqueue("long", 1)
    jobs.ask_to_stop(waiting.pk)
    assert jobs.run_next()
    assert not jobs.run_next()
    first, second = Job.objects.order_by("pk")
    assert (first.state, first.done, second.state) == ("stopped", 5, "stopped")


def test_a_job_whose_process_keeps_dying_is_given_up() -> None:
    jobs.job("fatal")(lambda run: None)
    asked = jobs.enqueue("fatal", 1)
    Job.objects.filter(pk=asked.pk).update(state="running", starts=jobs.MOST_STARTS)
    assert not jobs.run_next()
    assert Job.objects.get().message == "its process died 3 times"


def test_the_loop_goes_on_after_a_job_and_ends_when_told() -> None:
    stop, done = threading.Event(), threading.Event()
    jobs.job("last")(lambda run: done.set())
    jobs.enqueue("last", 1)
    loop = threading.Thread(target=jobs.run_forever, args=(stop, 0.01))
    loop.start()
    assert done.wait(10)
    stop.set()
    loop.join(10)
    assert not loop.is_alive()


WORKER = """
import json, sys, time
import tests.conftest
from pathlib import Path
from tumen.archive import jobs, setup
jobs.TELL_SECONDS = 0.0
@jobs.job("count")
def count(run):
    for n in range(run.cursor.get("next", 0), 40):
        time.sleep(0.005)
        print(json.dumps([run.id, n]), flush=True)
        run.progress(n, 40, cursor={"next": n + 1})
setup.open_archive(Path(sys.argv[1]), tests.conftest.PASSPHRASE)
while jobs.Job.objects.exclude(state="done").exists():
    if not jobs.run_next():
        time.sleep(0.01)
"""


def start(archive: folder.Archive) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    return subprocess.Popen([sys.executable, "-c", WORKER, archive.folder], stdout=subprocess.PIPE, env=environment)


def steps(output: bytes) -> list[tuple[int, int]]:
    return [(job, n) for job, n in map(json.loads, output.splitlines())]


def test_a_killed_job_is_resumed_where_it_was_and_no_two_processes_share_one(archive: folder.Archive) -> None:
    jobs.job("count")(lambda run: None)
    for _ in range(3):
        jobs.enqueue("count", 1)
    close_connections()
    one, two = start(archive), start(archive)
    assert one.stdout and two.stdout
    first_lines = b"".join(one.stdout.readline() for _ in range(5))
    os.kill(one.pid, signal.SIGKILL)
    one_said = steps(
        first_lines + b"".join(line for line in one.stdout.read().splitlines(True) if line.endswith(b"\n"))
    )
    two_said = steps(two.communicate(timeout=60)[0])
    assert Job.objects.filter(state="done").count() == 3
    together = one_said + two_said
    assert set(together) == {(job.pk, n) for job in Job.objects.all() for n in range(40)}
    # Only the step at which the process died can have been done twice.
    assert len(together) - len(set(together)) <= 1
