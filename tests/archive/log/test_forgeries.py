"""Whatever is done to the archive's rows past Tumen, `tumen verify` finds it, and nothing where nothing was done."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from django.db import transaction
from tests.archive.log.forging import disarm, mutate, run
from tests.archive.log.making import everything
from tests.archive.log.refit import refit
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import folder, setup
from tumen.archive.log import checkpoints, replay
from tumen.archive.models import Batch, Checkpoint, Leaf
from tumen.sources.models import Original

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with everything in it, closed."""
    place = tmp_path_factory.mktemp("whole")
    shutil.copytree(template, place / "archive")
    setup.open_archive(place / "archive", PASSPHRASE)
    everything(place)
    close_connections()
    folder.close()
    return place / "archive"


@pytest.fixture
def copy(whole: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it, open."""
    shutil.copytree(whole, tmp_path / "archive")
    setup.open_archive(tmp_path / "archive", PASSPHRASE)
    yield tmp_path / "archive"
    close_connections()
    folder.close()


def found() -> list[str]:
    return [f"{one.kind}: {one.what}" for one in replay.run().findings]


def anything() -> bool:
    """Whether verifying finds anything; it stops there."""
    return next(replay.findings(replay.Report()), None) is not None


def test_an_archive_that_nobody_altered_holds(copy: Path) -> None:
    report = replay.run()
    assert report.findings == []
    assert (report.entries, report.originals, report.erased) == (Leaf.objects.count(), 4, 0)
    assert (report.checkpoints, report.attestations) == (Checkpoint.objects.count(), 2)


def test_an_edited_change_is_named(copy: Path) -> None:
    assert run("UPDATE archive_change SET actor = 99 WHERE seq = 3") == 1
    entry = Leaf.objects.get(change=3, record=None).pk
    assert found() == [f"log: entry {entry}: change 3 is not what the log was told"]


def test_a_leaf_made_to_fit_an_edited_change_is_told_by_the_checkpoints(copy: Path) -> None:
    run("UPDATE archive_change SET actor = 99 WHERE seq = 3")
    refit()
    told = found()
    assert told and all("are not those that it signed" in one or "does not continue" in one for one in told)


def test_an_edited_record_is_named_by_its_change(copy: Path) -> None:
    changed = run("UPDATE coding_party SET sex = 'x' WHERE id = (SELECT MIN(id) FROM coding_party)")
    assert changed == 1
    assert len(found()) == 1 and "its rows are not what was written" in found()[0]


def test_a_missing_end_is_told_by_the_checkpoint_that_saw_it(copy: Path) -> None:
    last = checkpoints.newest()
    assert last is not None
    seq = Leaf.objects.get(pk=last.statement.size - 1).change
    run("DELETE FROM archive_leaf WHERE change = %s", seq)
    run("DELETE FROM archive_change WHERE seq = %s", seq)
    for table in ("coding_party", "coding_coding", "sources_source", "guard_compartment"):
        run(f"DELETE FROM {table} WHERE change = %s", seq)
    told = found()
    assert any(f"saw {last.statement.size} entries" in one and "its end is missing" in one for one in told)


def test_a_deleted_checkpoint_is_missed(copy: Path) -> None:
    run("DELETE FROM archive_checkpoint WHERE id = (SELECT MAX(id) FROM archive_checkpoint)")
    number = Checkpoint.objects.count() + 1
    assert found() == [f"checkpoint: checkpoint {number} is missing"]


def test_a_bulk_job_hidden_by_its_state_is_found(copy: Path) -> None:
    job = Batch.objects.get()
    run("UPDATE archive_batch SET state = 'dropped'")
    assert found() == [f"job: bulk job {job.pk} is said to be dropped, and the log says otherwise"]


def test_a_damaged_a_missing_and_an_exchanged_original_are_named_with_their_source(copy: Path) -> None:
    damaged, missing, exchanged, last = Original.objects.order_by("pk")
    objects = copy / "objects"
    path = next(objects.glob(f"*/{damaged.object}"))
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)
    next(objects.glob(f"*/{missing.object}")).unlink()
    shutil.copy(next(objects.glob(f"*/{last.object}")), next(objects.glob(f"*/{exchanged.object}")))
    told = found()
    assert [one.split(":")[1].strip() for one in told] == [
        f"original {row.pk} of source {row.source_id}" for row in (damaged, missing, exchanged)
    ]


def test_a_change_written_by_hand_is_not_in_the_log(copy: Path) -> None:
    run(
        "INSERT INTO archive_change (seq, id, at, actor, kind, why, salt, digest, count) "
        "SELECT seq + 1, id + 1000, at, actor, kind, why, salt, digest, 0 FROM archive_change ORDER BY seq DESC LIMIT 1"
    )
    assert any("is not in the log" in one for one in found())


@pytest.mark.parametrize("trials", [150, pytest.param(10_000, marks=pytest.mark.soak)])
def test_no_altered_row_passes(copy: Path, trials: int) -> None:
    rng, tried = Random(int(os.environ.get("TUMEN_SEED", "4"))), 0
    disarm()
    while tried < trials:
        with transaction.atomic():
            what = mutate(rng)
            assert not what or anything(), f"{what} passed"
            transaction.set_rollback(True)
        tried += bool(what)
        assert tried % 100 or not anything()
