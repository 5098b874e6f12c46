"""Bulk work: invisible until it closes, undone and dropped as a whole, exact in the past."""

from __future__ import annotations

import pytest

from tumen.archive import check, undo, versions
from tumen.archive.bulk import Bulk, open_bulk
from tumen.archive.changes import change
from tumen.archive.errors import BatchClosed, BusyRecord, UndoConflict
from tumen.archive.models import Batch
from tumen.guard.models import Compartment

pytestmark = pytest.mark.usefixtures("archive")


def load(count: int = 5) -> Bulk:
    bulk = open_bulk(1, "a load")
    first = bulk.ids(count)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"c{n}", f"Part {n}") for n in range(count)])
    return bulk


def codes_at(seq: int) -> set[str]:
    return {row["code"] for row in versions.rows_at(Compartment, seq) if not row["retracted"]}


def test_rows_appear_together_when_the_batch_closes() -> None:
    bulk = load()
    assert Compartment.objects.count() == 5
    assert versions.visible(Compartment.objects.all()).count() == 0
    assert codes_at(versions.newest()) == set()
    bulk.close()
    assert versions.visible(Compartment.objects.all()).count() == 5
    assert codes_at(versions.newest()) == {"c0", "c1", "c2", "c3", "c4"}
    assert codes_at(versions.newest() - 1) == set()
    assert list(check.run(deep=True)) == []


def test_a_record_of_an_open_batch_cannot_be_edited_until_it_ends() -> None:
    bulk = load()
    one = Compartment.objects.get(code="c1")
    with pytest.raises(BusyRecord), change(1, "too early") as c:
        c.update(one, title="New")
    bulk.close()
    with change(1, "now") as c:
        c.update(one, title="New")
    assert Compartment.objects.get(code="c1").title == "New"


def test_a_batch_is_undone_and_redone_whole() -> None:
    batch = load().batch
    Bulk(batch).close()
    undone = undo.undo_batch(1, batch.pk)
    assert codes_at(versions.newest()) == set()
    undo.undo_batch(1, undone.pk)
    assert len(codes_at(versions.newest())) == 5
    assert list(check.run(deep=True)) == []


def test_undoing_a_batch_refuses_to_lose_later_edits() -> None:
    bulk = load()
    bulk.close()
    with change(1, "later work") as c:
        c.update(Compartment.objects.get(code="c2"), title="Worked on")
    with pytest.raises(UndoConflict):
        undo.undo_batch(1, bulk.batch.pk)
    assert len(codes_at(versions.newest())) == 5


def test_a_crashed_batch_is_named_by_check_and_dropped() -> None:
    bulk = load()
    with change(1, "meanwhile") as c:
        c.insert(Compartment, code="other", title="Other")
    assert [finding.kind for finding in check.run()] == ["batch"]
    undo.drop_batch(1, bulk.batch.pk)
    assert Batch.objects.get(pk=bulk.batch.pk).state == Batch.State.DROPPED
    assert codes_at(versions.newest()) == {"other"}
    assert list(check.run(deep=True)) == []
    with pytest.raises(BatchClosed):
        Bulk(Batch.objects.get(pk=bulk.batch.pk)).close()


def test_updates_of_an_open_batch_count_from_its_close() -> None:
    with change(1, "made by hand") as c:
        one = c.insert(Compartment, code="hand", title="Old")
    made = versions.newest()
    bulk = open_bulk(1, "bulk edit")
    with bulk.change() as c:
        c.update(one, title="New")
    title = {row["title"] for row in versions.rows_at(Compartment, versions.newest())}
    assert title == {"Old"}
    bulk.close()
    assert {row["title"] for row in versions.rows_at(Compartment, versions.newest())} == {"New"}
    assert {row["title"] for row in versions.rows_at(Compartment, made)} == {"Old"}
