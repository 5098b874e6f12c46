"""Bulk work: invisible until it closes, undone and dropped as a whole, exact in the past."""

from __future__ import annotations

import pytest
from tests.archive import making

from tumen.archive import check, states, undo, versions
from tumen.archive.bulk import Bulk, open_bulk, resume_bulk
from tumen.archive.changes import change
from tumen.archive.errors import BatchClosed, BusyRecord, NoSuchChange, UndoConflict
from tumen.archive.models import Batch
from tumen.coding.models import Coding, Party
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


def test_a_batch_dropped_while_its_writer_runs_stops_the_writer_and_leaves_nothing_in_sight() -> None:
    bulk = load()
    undo.drop_batch(1, bulk.batch.pk)
    for late in (lambda: bulk.insert(Compartment, ("code", "title"), [(bulk.ids(1), "late", "Late")]), bulk.close):
        with pytest.raises(BatchClosed):
            late()
    assert not versions.visible(Compartment.objects.all()).exists()
    assert codes_at(versions.newest()) == set()
    with pytest.raises(NoSuchChange):
        undo.drop_batch(1, bulk.batch.pk)
    with pytest.raises(NoSuchChange):
        undo.undo_batch(1, bulk.batch.pk)


def test_a_resumed_batch_has_nothing_twice() -> None:
    bulk = load()
    bulk.mark("after the first five")
    first = bulk.ids(3)
    bulk._step = 2
    rows = [(first + n, f"d{n}", "Part") for n in range(3)]
    with pytest.raises(ZeroDivisionError), bulk.change() as c:
        c.insert(Compartment, code="half", title="Half")
        raise ZeroDivisionError
    bulk.insert(Compartment, ("code", "title"), rows[:2])
    again = resume_bulk(bulk.batch.pk)
    assert again.batch.cursor == "after the first five"
    again.insert(Compartment, ("code", "title"), [(n, code + "'", title) for n, code, title in _fresh(again, rows)])
    again.close()
    assert codes_at(versions.newest()) == {"c0", "c1", "c2", "c3", "c4", "d0'", "d1'", "d2'"}
    assert list(check.run(deep=True)) == []
    undo.undo_batch(1, bulk.batch.pk)
    assert codes_at(versions.newest()) == set()
    with pytest.raises(NoSuchChange):
        resume_bulk(bulk.batch.pk)


def _fresh(bulk: Bulk, rows: list[tuple[int, str, str]]) -> list[tuple[int, str, str]]:
    first = bulk.ids(len(rows))
    return [(first + n, code, title) for n, (_, code, title) in enumerate(rows)]


@pytest.mark.parametrize("after", [1, 2, 3])
def test_an_undo_that_was_broken_off_is_finished_by_calling_it_again(
    monkeypatch: pytest.MonkeyPatch, after: int
) -> None:
    bulk = open_bulk(1, "a load")
    bulk._step = 2
    first = bulk.ids(6)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"c{n}", "Part") for n in range(6)])
    with bulk.change() as c:
        c.update(Compartment.objects.get(code="c0"), title="Edited")
    bulk.close()
    real, calls = Bulk.change, []

    def break_off(self: Bulk, *given: int, **named: int) -> object:
        calls.append(1)
        if len(calls) > after:
            raise KeyboardInterrupt
        return real(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Bulk, "change", break_off)
    with pytest.raises(KeyboardInterrupt):
        undo.undo_batch(1, bulk.batch.pk)
    monkeypatch.undo()
    assert [found.kind for found in check.run(deep=True)] == ["batch"]
    assert len(codes_at(versions.newest())) == 6
    untouched = Compartment.objects.filter(retracted=False).first()
    if untouched:
        with pytest.raises(BusyRecord), change(1, "in the middle of it") as c:
            c.update(untouched, title="Worked on")
    undone = undo.undo_batch(1, bulk.batch.pk)
    assert codes_at(versions.newest()) == set()
    undo.undo_batch(1, undone.pk)
    titles = {row["code"]: row["title"] for row in versions.rows_at(Compartment, versions.newest())}
    assert titles == {"c0": "Edited", **{f"c{n}": "Part" for n in range(1, 6)}}
    assert list(check.run(deep=True)) == []


def test_an_undo_that_was_broken_off_can_be_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    bulk = load()
    bulk.close()
    monkeypatch.setattr(Bulk, "close", lambda self, drops=None: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        undo.undo_batch(1, bulk.batch.pk)
    monkeypatch.undo()
    undoing = Batch.objects.get(undoes=bulk.batch.pk)
    undo.drop_batch(1, undoing.pk)
    assert len(codes_at(versions.newest())) == 5
    undo.undo_batch(1, bulk.batch.pk)
    assert codes_at(versions.newest()) == set()
    assert list(check.run(deep=True)) == []


def test_rows_made_and_changed_by_one_open_batch_stay_out_of_sight() -> None:
    bulk = load()
    with bulk.change() as c:
        c.update(Compartment.objects.get(code="c1"), title="Changed")
    assert not versions.visible(Compartment.objects.all()).exists()
    bulk.close()
    assert versions.visible(Compartment.objects.all()).count() == 5


def test_truth_values_and_json_of_bulk_rows_have_the_digest_of_what_is_stored() -> None:
    source = making.source()
    bulk = open_bulk(1, "codings")
    first = bulk.ids(2)
    columns = ("source_id", "coder", "adopted", "checked")
    bulk.insert(Coding, columns, [(first, source.pk, 1, True, False), (first + 1, source.pk, 1, 1, 0)])
    party = bulk.ids(1)
    bulk.insert(Party, PARTY, [(party, *(_party_value(column, first) for column in PARTY))])
    bulk.close()
    assert list(check.run(deep=True)) == []
    with change(1, "edit") as c:
        c.update(Party.objects.get(pk=party), gaps={"b": "no"})
    assert list(check.run(deep=True)) == []


PARTY = tuple(column for column in states.columns(Party) if column not in {"id", "version", "change", "retracted"})


def _party_value(column: str, coding: int) -> object:
    given = {"coding_id": coding, "gaps": '{ "z": "가",\n "a": "\\u00e9" }', "kind": "person"}
    return given.get(column, None if Party._meta.get_field(column.removesuffix("_id")).null else "")
