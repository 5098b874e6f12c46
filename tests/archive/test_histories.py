"""Random histories against a plain model: at every change, the archive says exactly what was known then."""

from __future__ import annotations

import copy
import random
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, setup, undo, versions
from tumen.archive.bulk import Bulk, open_bulk, resume_bulk
from tumen.archive.changes import OpenChange, change
from tumen.archive.errors import BusyRecord, NoSuchChange, StaleEdit, UndoConflict
from tumen.archive.models import Batch
from tumen.coding.models import Mark

Row = dict[str, Any]
FIELDS = ("field", "term")
VALUES = ("", "same", "different", "„묻지 않음“", 'quote " \\ and null:null,')


class Model:
    """What should be true, in dictionaries: the live rows, who holds them, and what was known at each change."""

    def __init__(self) -> None:
        self.live: dict[int, Row] = {}
        self.known: dict[int, Row] = {}  # as of now, for everybody
        self.past: list[dict[int, Row]] = [{}]  # index = seq
        self.seen: dict[int, dict[int, Row]] = {}  # record -> version -> the row as an editor may have loaded it
        self.held: dict[int, int] = {}  # record -> open batch
        # Records whose live state was written by a dropped batch that had taken its own work back: what is known of
        # them is the state before the batch, with the same values.
        self.shadowed: set[int] = set()
        self.undoable: list[int] = []
        self.effects: dict[int, list[tuple[int, Row | None, Row]]] = {}
        self.batch_effects: dict[int, list[tuple[int, Row | None, Row]]] = {}

    def write(self, record: int, row: Row, effects: list[tuple[int, Row | None, Row]]) -> None:
        before = self.live.get(record)
        self.shadowed.discard(record)
        after = {**row, "version": (before or {"version": 0})["version"] + 1}
        self.live[record] = after
        self.seen.setdefault(record, {})[after["version"]] = after
        effects.append((record, before, after))

    def closed(self, batch: bool = False) -> None:
        """A change has ended: note what is known from now on."""
        if not batch:
            for record, row in self.live.items():
                if record not in self.held and record not in self.shadowed:
                    self.known[record] = row
        self.past.append(copy.deepcopy(self.known))


class Player:
    """Plays one random history on the archive and on the model at once."""

    def __init__(self, choose: random.Random) -> None:
        self.choose, self.model = choose, Model()
        self.bulk: Bulk | None = None
        self.bulk_effects: list[tuple[int, Row | None, Row]] = []
        self.since_mark: list[tuple[int, Row | None, Row]] = []
        self.closed_batches: list[int] = []

    def step(self) -> None:
        moves = [self.insert, self.update, self.update, self.stale, self.retract, self.several, self.undo]
        moves += [self.open_batch, self.batch_insert, self.batch_update, self.mark, self.resume, self.close_batch]
        moves += [self.drop_batch, self.undo_batch]
        self.choose.choice(moves)()

    # By hand

    def insert(self) -> None:
        with change(1, "insert") as c:
            self._insert(c, effects := [])
        self._ended(c, effects)

    def several(self) -> None:
        """A new record written twice in one change, beside an update of another."""
        free = [record for record in self.model.live if record not in self.model.held]
        effects: list[tuple[int, Row | None, Row]] = []
        with change(1, "several") as c:
            row = self._row()
            made = c.insert(Mark, **row)
            again = {**row, "term": "second thoughts"}
            c.update(made, term="second thoughts")
            self.model.write(made.pk, {**again, "retracted": 0}, effects)
            if free:
                self._update(c, self.choose.choice(free), effects)
        self._ended(c, effects)

    def update(self) -> None:
        if not self.model.live:
            return
        record = self.choose.choice(list(self.model.live))
        effects: list[tuple[int, Row | None, Row]] = []
        if record in self.model.held:
            with pytest.raises(BusyRecord), change(1, "update") as c:
                c.update(self._load(record), term="too early")
            return
        with change(1, "update") as c:
            self._update(c, record, effects)
        self._ended(c, effects)

    def stale(self) -> None:
        """Someone saves a form that was loaded some versions ago."""
        free = [record for record in self.model.live if record not in self.model.held]
        if not free:
            return
        record = self.choose.choice(free)
        live = self.model.live[record]
        base = self.model.seen[record][self.choose.randint(1, live["version"])]
        mine = {name: self.choose.choice((base[name], self.choose.choice(VALUES))) for name in FIELDS}
        edits = {name: value for name, value in mine.items() if value != base[name]}
        clash = {name for name, value in edits.items() if live[name] not in (base[name], value)}
        effects: list[tuple[int, Row | None, Row]] = []
        try:
            with change(1, "stale") as c:
                c.update(self._load(record), base=base["version"], **mine)
        except StaleEdit as error:
            assert set(error.fields) == clash
            assert {name: error.theirs[name] for name in FIELDS} == {name: live[name] for name in FIELDS}
            assert {name: error.mine[name] for name in FIELDS} == mine
            return
        assert not clash
        if any(live[name] != value for name, value in edits.items()):
            self.model.write(record, {**live, **edits}, effects)
        self._ended(c, effects)

    def retract(self) -> None:
        free = [record for record in self.model.live if record not in self.model.held]
        if not free:
            return
        record = self.choose.choice(free)
        live, effects = self.model.live[record], []
        gone = 1 - live["retracted"]
        with change(1, "retract") as c:
            (c.retract if gone else c.restore)(self._load(record))
        self.model.write(record, {**live, "retracted": gone}, effects)
        self._ended(c, effects)

    def undo(self) -> None:
        if not self.model.undoable:
            return
        seq = self.choose.choice(self.model.undoable)
        effects = self.model.effects[seq]
        if any(record in self.model.held for record, _, _ in effects) and not self._conflicts(effects):
            with pytest.raises(BusyRecord):
                undo.undo(1, seq)
            return
        if self._conflicts(effects):
            with pytest.raises((UndoConflict, BusyRecord)):
                undo.undo(1, seq)
            return
        done: list[tuple[int, Row | None, Row]] = []
        c = undo.undo(1, seq)
        self._reverse(effects, done)
        self._ended(c, done)

    # By batch

    def open_batch(self) -> None:
        if self.bulk is None:
            self.bulk = open_bulk(1, "bulk")
            self.bulk_effects, self.since_mark = [], []

    def batch_insert(self) -> None:
        if self.bulk is None:
            return
        count = self.choose.randint(1, 4)
        first = self.bulk.ids(count)
        rows = [self._row() for _ in range(count)]
        self.bulk._step = 2
        self.bulk.insert(Mark, tuple(rows[0]), [(first + n, *row.values()) for n, row in enumerate(rows)])
        for n, row in enumerate(rows):
            self.model.write(first + n, {**row, "retracted": 0}, self.since_mark)
            self.model.held[first + n] = self.bulk.batch.pk
        self._batch_ended()

    def batch_update(self) -> None:
        if self.bulk is None or not self.model.live:
            return
        record = self.choose.choice(list(self.model.live))
        with self.bulk.change() as c:
            if self._update(c, record, self.since_mark):
                self.model.held[record] = self.bulk.batch.pk
        self._batch_ended()

    def mark(self) -> None:
        if self.bulk is not None:
            self.bulk.mark("here")
            self.bulk_effects += self.since_mark
            self.since_mark = []
            self._batch_ended()

    def resume(self) -> None:
        """As after a crash: what came after the last mark is taken back."""
        if self.bulk is None:
            return
        self.bulk = resume_bulk(self.bulk.batch.pk)
        self._reverse(self.since_mark, [])
        self.since_mark = []
        self._batch_ended()

    def close_batch(self) -> None:
        if self.bulk is None:
            return
        self.bulk.close()
        number = self.bulk.batch.pk
        self.model.batch_effects[number] = self.bulk_effects + self.since_mark
        self.closed_batches.append(number)
        self.bulk, self.model.held = None, {}
        self._batch_ended(closes=True)

    def drop_batch(self) -> None:
        if self.bulk is None:
            return
        undo.drop_batch(1, self.bulk.batch.pk)
        dropped = self.bulk_effects + self.since_mark
        self._reverse(dropped, [])
        self.model.shadowed |= self.model.held.keys() - {record for record, _, _ in dropped}
        self.bulk, self.model.held = None, {}
        self._batch_ended(closes=True)

    def undo_batch(self) -> None:
        if self.bulk is not None or not self.closed_batches:
            return
        number = self.choose.choice(self.closed_batches)
        effects = self.model.batch_effects[number]
        last = {record: after for record, _, after in effects}
        if any(_editable(self.model.live[record]) != _editable(after) for record, after in last.items()):
            with pytest.raises(UndoConflict):
                undo.undo_batch(1, number)
            return
        batch = undo.undo_batch(1, number)
        done: list[tuple[int, Row | None, Row]] = []
        self._reverse(effects, done)
        self.model.batch_effects[batch.pk] = done
        self.closed_batches.append(batch.pk)
        self._batch_ended(closes=True)

    # What both do

    def _row(self) -> Row:
        return {"record": self.choose.randint(1, 9), **{name: self.choose.choice(VALUES) for name in FIELDS}}

    def _load(self, record: int) -> Mark:
        return Mark.objects.get(pk=record)

    def _insert(self, c: OpenChange, effects: list[tuple[int, Row | None, Row]]) -> None:
        row = self._row()
        self.model.write(c.insert(Mark, **row).pk, {**row, "retracted": 0}, effects)

    def _update(self, c: OpenChange, record: int, effects: list[tuple[int, Row | None, Row]]) -> bool:
        field, value = self.choose.choice(FIELDS), self.choose.choice(VALUES)
        before = self.model.live[record]
        after = c.update(self._load(record), **{field: value})
        if before[field] == value:
            assert after.version == before["version"]
            return False
        self.model.write(record, {**before, field: value}, effects)
        return True

    def _conflicts(self, effects: list[tuple[int, Row | None, Row]]) -> bool:
        for record, before, after in effects:
            live = self.model.live[record]
            if before is None and _editable(live) != _editable(after):
                return True
            if before and any(before[name] != after[name] != live[name] for name in (*FIELDS, "retracted")):
                return True
        return False

    def _reverse(self, effects: list[tuple[int, Row | None, Row]], done: list[tuple[int, Row | None, Row]]) -> None:
        for record, before, after in reversed(effects):
            live = self.model.live[record]
            if before is None:
                self.model.write(record, {**live, "retracted": 1}, done)
            else:
                names = [name for name in (*FIELDS, "retracted") if before[name] != after[name]]
                self.model.write(record, {**live, **{name: before[name] for name in names}}, done)

    def _ended(self, c: OpenChange, effects: list[tuple[int, Row | None, Row]]) -> None:
        self.model.effects[c.seq] = effects
        self.model.undoable.append(c.seq)
        self.model.closed()
        assert versions.newest() == len(self.model.past) - 1 == c.seq

    def _batch_ended(self, closes: bool = False) -> None:
        """However many changes the bulk work took: nothing is known of them before the last one."""
        while len(self.model.past) < versions.newest():
            self.model.closed(batch=True)
        if len(self.model.past) == versions.newest():
            self.model.closed(batch=not closes)

    # What must be true at the end

    def compare(self) -> None:
        for seq, expected in enumerate(self.model.past):
            got = {row["id"]: _plain(row) for row in versions.rows_at(Mark, seq)}
            assert got == {record: _plain(row) for record, row in expected.items()}, f"at {seq}"
        for record in self.model.live:
            one = self._load(record)
            for seq, expected in enumerate(self.model.past):
                state = versions.state_at(one, seq)
                assert (state and _plain(state)) == (_plain(expected[record]) if record in expected else None)
            numbers = [version.number for version in versions.history(one)]
            assert numbers == list(range(one.version, 0, -1))
        live = {one.pk: _plain(versions.live_state(Mark, one.pk)) for one in Mark.objects.all()}
        assert live == {record: _plain(row) for record, row in self.model.live.items()}
        self._compare_visible()
        assert [found for found in check.run(deep=True) if found.kind != "batch"] == []

    def _compare_visible(self) -> None:
        visible = set(versions.visible(Mark.objects.all()).values_list("pk", flat=True))
        rows = self.model.live.items()
        expected = {record for record, row in rows if not row["retracted"] and record in self.model.known}
        assert visible == expected


def _editable(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "version"}


def _plain(row: Row) -> Row:
    return {name: row[name] for name in ("record", *FIELDS, "retracted", "version")}


def play(template: Path, where: Path, seed: int, steps: int) -> Player:
    """Play one history on a fresh archive."""
    path = where / f"history-{seed}"
    shutil.copytree(template, path)
    try:
        setup.open_archive(path, PASSPHRASE)
        player = Player(random.Random(seed))
        for _ in range(steps):
            player.step()
        player.compare()
        return player
    finally:
        close_connections()
        folder.close()
        shutil.rmtree(path)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1 << 32), steps=st.integers(1, 40))
def test_every_past_is_exactly_what_was_known(template: Path, tmp_path: Path, seed: int, steps: int) -> None:
    play(template, tmp_path, seed, steps)


@pytest.mark.soak
def test_every_past_is_exactly_what_was_known_in_long_histories(template: Path, tmp_path: Path) -> None:
    for seed in range(300):
        play(template, tmp_path, seed, 120)


def test_undo_then_redo_changes_nothing(template: Path, tmp_path: Path) -> None:
    path = tmp_path / "archive"
    shutil.copytree(template, path)
    setup.open_archive(path, PASSPHRASE)
    player = Player(random.Random(7))
    for _ in range(60):
        player.step()
    if player.bulk:
        player.close_batch()
    before = {row["id"]: _editable(_plain(row)) for row in versions.rows_at(Mark, versions.newest())}
    undone = 0
    for seq in player.model.undoable:
        try:
            done = undo.undo(1, seq)
        except UndoConflict:
            continue
        undo.undo(1, done.seq)
        undone += 1
    for number in player.closed_batches:
        try:
            batch = undo.undo_batch(1, number)
        except UndoConflict:
            continue
        undo.undo_batch(1, batch.pk)
        undone += 1
    after = {row["id"]: _editable(_plain(row)) for row in versions.rows_at(Mark, versions.newest())}
    assert after == before
    assert undone > 3
    with pytest.raises(NoSuchChange):
        undo.undo(1, 10_000)
    assert not Batch.objects.filter(state=Batch.State.OPEN).exists()
    close_connections()
    folder.close()
