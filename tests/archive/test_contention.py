"""Twelve coders save while an import runs: nobody is told "locked", nothing is lost, and nobody waits long."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from tests.conftest import close_connections

from tumen.archive import check, folder, versions
from tumen.archive.lock import WriterLock
from tumen.archive.models import Batch, Change
from tumen.coding.models import Party
from tumen.guard.models import Compartment
from tumen.guard.reading import own_reason

ROOT = Path(__file__).parents[2]

CODERS = """
import json, random, sys, threading, time
import tests.conftest
from pathlib import Path
from django.db import connections
from tests.archive import making
from tumen.archive import setup
from tumen.archive.changes import change
setup.open_archive(Path(sys.argv[1]), tests.conftest.PASSPHRASE)
end, pace = time.monotonic() + float(sys.argv[3]), float(sys.argv[4])
said, lock = [], threading.Lock()
shared = making.Party.objects.order_by("pk").first().pk

def code(coder):
    try:
        mine = making.party()
        n, took = 0, []
        while time.monotonic() < end:
            n += 1
            began = time.perf_counter()
            with change(coder, "save") as c:
                c.update(mine, base=mine.version, birth=str(n), features=f"features {n}")
                # Everybody also counts up one record that all share.
                party = making.Party.objects.get(pk=shared)
                c.update(party, size_low=(party.size_low or 0) + 1)
            took.append(time.perf_counter() - began)
            mine = making.Party.objects.get(pk=mine.pk)
            assert (mine.birth, mine.version) == (str(n), n + 1), mine.birth
            time.sleep(random.uniform(0.5, 1.5) * pace)
        answer = {"id": mine.pk, "saves": n, "took": took}
    except BaseException as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    with lock:
        said.append(answer)
    connections.close_all()

threads = [threading.Thread(target=code, args=(coder,)) for coder in range(int(sys.argv[2]))]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(json.dumps(said))
"""

IMPORT = """
import json, sys, time
import tests.conftest
from pathlib import Path
from tumen.archive import setup
from tumen.archive.bulk import open_bulk
from tumen.guard.models import Compartment
setup.open_archive(Path(sys.argv[1]), tests.conftest.PASSPHRASE)
end, count = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < end:
    bulk = open_bulk(1, "import")
    first = bulk.ids(20_000)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"i{first + n}", "Part") for n in range(20_000)])
    bulk.close()
    count += 20_000
print(json.dumps([{"imported": count}]))
"""


def run_together(
    archive: folder.Archive, seconds: float, pace: float, processes: int = 2
) -> tuple[list[float], int, int]:
    """Return the times of all saves, their number, and the number of rows imported meanwhile.

    Each coder saves every `pace` seconds or so.
    """
    from tests.archive import making

    shared = making.party()
    close_connections()
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    commands = [[CODERS, str(archive.folder), str(12 // processes), str(seconds), str(pace)] for _ in range(processes)]
    commands.append([IMPORT, str(archive.folder), str(seconds)])
    running = [
        subprocess.Popen([sys.executable, "-c", *command], stdout=subprocess.PIPE, env=environment)
        for command in commands
    ]
    said = [answer for one in running for answer in json.loads(one.communicate(timeout=seconds + 120)[0])]
    assert not [answer for answer in said if "error" in answer], said
    coders, imports = [s for s in said if "saves" in s], [s for s in said if "imported" in s]
    assert len(coders) == 12
    saves = sum(coder["saves"] for coder in coders)
    assert Party.objects.get(pk=shared.pk).size_low == saves, "a save was lost"
    for coder in coders:
        assert Party.objects.get(pk=coder["id"]).birth == str(coder["saves"])
    imported = imports[0]["imported"]
    assert sum(str(own_reason(each)) == "save" for each in Change.objects.filter(batch=None)) == saves
    assert versions.visible(Compartment.objects.filter(code__startswith="i")).count() == imported
    assert not Batch.objects.filter(state=Batch.State.OPEN).exists()
    return sorted(took for coder in coders for took in coder["took"]), saves, imported


def told(times: list[float], saves: int, imported: int) -> str:
    p50, p95, most = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95, 0.9999))
    return f"{saves} saves beside {imported} imported rows: p50 {p50:.0f} ms, p95 {p95:.0f} ms, longest {most:.0f} ms"


def test_twelve_coders_and_an_import_lose_nothing(archive: folder.Archive) -> None:
    print(told(*run_together(archive, 2, pace=0.05)))  # noqa: T201
    assert list(check.run(deep=True)) == []


@pytest.mark.soak
def test_twelve_coders_and_an_import_for_five_minutes(
    archive: folder.Archive, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = told(*run_together(archive, 300, pace=1.0))
    with capsys.disabled():
        print("\n" + answer)  # noqa: T201
    assert list(check.run()) == []


def test_the_one_who_waits_is_served_before_the_one_who_just_wrote(tmp_path: Path) -> None:
    greedy, patient = WriterLock(tmp_path), WriterLock(tmp_path)
    order: list[str] = []
    greedy.acquire()

    def wait() -> None:
        patient.acquire()
        order.append("patient")
        patient.release()

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.1)
    greedy.release()
    greedy.acquire()
    order.append("greedy")
    greedy.release()
    waiter.join()
    assert order == ["patient", "greedy"]


def test_a_lock_is_reentrant_and_goes_with_its_owner(tmp_path: Path) -> None:
    one = WriterLock(tmp_path)
    one.release()
    one.acquire()
    one.acquire()
    one.release()
    taken = threading.Event()
    other = WriterLock(tmp_path)
    waiter = threading.Thread(target=lambda: (other.acquire(), taken.set()))
    waiter.start()
    assert not taken.wait(0.1)
    del one
    assert taken.wait(5)
    waiter.join()
    other.close()


@pytest.mark.usefixtures("archive")
def test_a_lone_write_waits_its_turn_too() -> None:
    from django.db import connections

    lock = WriterLock(folder.current().folder)
    lock.acquire()
    done = threading.Event()

    def touch() -> None:
        Batch.objects.filter(pk=1).update(cursor="x")
        done.set()
        connections.close_all()

    waiter = threading.Thread(target=touch)
    waiter.start()
    assert not done.wait(0.2)
    lock.release()
    assert done.wait(5)
    waiter.join()
