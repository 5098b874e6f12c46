"""One leaf a change and one an original, in the change's own transaction; proofs; what erasing leaves of them."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection
from tests.archive.log.forging import run
from tests.archive.making import original, party, source

from tumen.archive import identity, objects, setup
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.log import checkpoints, replay, tree
from tumen.archive.models import Change, Checkpoint, Leaf
from tumen.custody import Frontier, Tree, verify_consistency, verify_inclusion
from tumen.guard.models import Compartment

pytestmark = pytest.mark.usefixtures("archive")


def hashes() -> list[bytes]:
    return [bytes(nodes[:32]) for nodes in Leaf.objects.order_by("pk").values_list("nodes", flat=True)]


def test_each_change_has_a_leaf_and_each_original_one_after_it() -> None:
    source()
    taken = original(b"some bytes")
    leaves = list(Leaf.objects.order_by("pk").values_list("pk", "change", "record", "owner"))
    newest = Change.objects.get(seq=2)
    assert leaves[1:] == [(1, 2, None, newest.id), (2, 2, taken.pk, taken.pk)]


def test_a_change_that_fails_leaves_no_leaf() -> None:
    before = tree.size()
    with pytest.raises(RuntimeError), change(1, "it fails") as c:
        c.insert(Compartment, code="a", title="Part")
        raise RuntimeError
    assert tree.size() == before


def test_bulk_work_is_logged_change_by_change() -> None:
    bulk = open_bulk(1, "an import")
    first = bulk.ids(5000)
    bulk.insert(Compartment, ("code", "title"), [(first + n, f"code-{n}", "Part") for n in range(5000)])
    bulk.close()
    assert list(Leaf.objects.order_by("pk").values_list("change", flat=True)) == list(
        Change.objects.order_by("seq").values_list("seq", flat=True)
    )


def test_the_stored_tree_gives_the_roots_and_proofs_of_a_tree_in_memory() -> None:
    for _ in range(13):
        source()
    kept, naive = tree.LogTree(), Tree(hashes())
    assert (len(kept), kept.root()) == (len(naive), naive.root())
    assert tree.frontier().peaks == _grown(hashes()).peaks
    for size in range(1, len(naive) + 1):
        verify_consistency(size, len(kept), naive.root(size), kept.root(), kept.consistency_proof(size))
        for index in range(size):
            verify_inclusion(index, size, naive.leaf(index), kept.inclusion_proof(index, size), naive.root(size))


def _grown(leaves: list[bytes]) -> Frontier:
    frontier = Frontier()
    for leaf in leaves:
        frontier.append(leaf)
    return frontier


@pytest.mark.parametrize("table", ["archive_leaf", "archive_checkpoint"])
def test_the_log_only_grows(table: str) -> None:
    source()
    with connection.cursor() as cursor:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET id = id + 100"):
            with pytest.raises(DatabaseError, match="written once"):
                cursor.execute(statement)


def test_a_leaf_says_nothing_of_what_it_is_about_and_no_two_salts_are_alike() -> None:
    twice = [original(b"the same bytes"), original(b"the same bytes")]
    leaves = Leaf.objects.filter(record__in=[one.pk for one in twice])
    assert len({bytes(leaf.nodes[:32]) for leaf in leaves}) == 2
    salts = {bytes(salt) for salt in Leaf.objects.values_list("salt", flat=True)}
    assert len(salts) == Leaf.objects.count()
    assert not salts & {bytes(salt) for salt in Change.objects.values_list("salt", flat=True)}


def test_after_an_erasure_the_log_still_verifies_and_says_how_much_nobody_can_tell_any_more() -> None:
    taken = original(b"what she told")
    typed = Change.objects.order_by("-seq").first()
    assert typed is not None and typed.said is not None
    party(sex="f")
    checkpoints.make(whole=True)
    identity.destroy([taken.pk, typed.id])
    objects.erase(taken.object)
    report = replay.run()
    assert (report.findings, report.erased) == ([], 2)


def test_a_salt_under_a_key_that_was_never_destroyed_is_missed() -> None:
    taken = original(b"what she told")
    identity._connection().execute("DELETE FROM data_key WHERE owner = ?", (taken.pk,))
    identity.close_connection()
    assert any("has lost its key" in finding.what for finding in replay.run().findings)


def test_a_day_has_one_checkpoint_whoever_opens_the_archive(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Checkpoint.objects.count() == 1
    source()
    checkpoints.daily()
    assert Checkpoint.objects.count() == 1
    monkeypatch.setattr(checkpoints, "_today", lambda: date(2030, 1, 5))
    checkpoints.daily()
    checkpoints.daily()
    last = checkpoints.newest()
    assert last is not None and (last.number, last.day) == (2, date(2030, 1, 5))
    assert last.statement.size == tree.size()


def test_an_empty_day_has_a_checkpoint_too_and_a_day_without_tumen_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    source()
    for day in (date(2030, 1, 5), date(2030, 1, 6), date(2030, 1, 9)):
        monkeypatch.setattr(checkpoints, "_today", lambda day=day: day)
        checkpoints.daily()
    days = [checkpoints.read(row) for row in Checkpoint.objects.order_by("pk")][1:]
    assert [one.day.day for one in days] == [5, 6, 9]
    assert len({one.statement.root for one in days}) == 1
    assert replay.run().findings == []


def test_an_archive_from_before_the_log_gets_one_when_it_is_opened() -> None:
    original(b"taken in before")
    bulk = open_bulk(1, "an import")
    bulk.insert(Compartment, ("code", "title"), [(bulk.ids(1), "code", "Part")])
    bulk.close()
    changes = Change.objects.count()
    run("DELETE FROM archive_leaf")
    run("DELETE FROM archive_checkpoint")
    run("DELETE FROM sqlite_sequence WHERE name = 'archive_checkpoint'")
    run("DELETE FROM archive_property")
    checkpoints.begin()
    checkpoints.daily()
    assert Leaf.objects.count() == changes + 1
    assert replay.run().findings == []
    setup.migrate()
