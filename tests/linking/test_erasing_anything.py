"""Whatever was filed, moved, undone, linked and corrected: of an erased person no word can be read anywhere."""

from __future__ import annotations

import contextlib
import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, models
from django.test import Client
from tests.guard.secrets import Sown
from tests.guard.walking import LEAVING, addresses, said

from tumen.archive import check, identity, reasons, states, undo, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import OpenChange, change
from tumen.archive.errors import UndoConflict
from tumen.archive.models import Batch, BlindIndex, Change, Record, Superseded
from tumen.archive.sealed import SealedField, blind, is_tombstone, open_value, seal_value
from tumen.coding.models import Act, Coding, Figure, Involvement, LifeEvent, Name, Party, Quotation, Relation, Telling
from tumen.coding.services import drafts
from tumen.counting import search
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol, make_compartment
from tumen.linking import erasure
from tumen.linking.services import judge
from tumen.sources.models import Source
from tumen.sources.services import add_source

pytestmark = pytest.mark.usefixtures("archive")

KINDS: dict[type[Any], tuple[str, dict[str, Any]]] = {
    Act: ("victim", {"type": "liberty.detention"}),
    LifeEvent: ("party", {"kind": "crossing"}),
    Relation: ("party", {"kind": "kin"}),
    Name: ("party", {}),
    Involvement: ("party", {}),
    Quotation: ("speaker", {}),
    Telling: ("informant", {"claim": 1}),
}
"""What can be put down to somebody, and the field that says to whom."""


@dataclass(frozen=True)
class State:
    """One state of a record: to whom it points, and what it says."""

    record: int
    live: bool
    parties: frozenset[int]
    change: int
    texts: frozenset[str]


@dataclass
class World:
    """Two sources of one woman, judged the same, with two other people; and somebody who works on them at random."""

    choose: random.Random
    count: int = 0
    codings: list[Coding] = field(default_factory=list)
    people: list[Party] = field(default_factory=list)
    rows: list[Record] = field(default_factory=list)

    def word(self) -> str:
        self.count += 1
        return f"zq{self.count:05}wx"

    def build(self) -> None:
        self.user = User.objects.create(username="coder")
        with change(self.user.pk, "a compartment") as c:
            main = make_compartment(c, "main", "Main")
            enrol(c, self.user, main, Membership.Role.INVESTIGATOR)
        for _ in range(2):
            with change(self.user.pk, self.word()) as c:
                source = add_source(c, "news", f"Report {self.word()}", main, collector=self.word())
                self.codings.append(c.insert(Coding, source=source, coder=self.user.pk))
                for _ in range(2):
                    self.people.append(c.insert(Party, coding=self.codings[-1], description=self.word()))
        self.women, self.others = self.people[::2], self.people[1::2]
        with change(self.user.pk, self.word()) as c:
            judge(c, *(woman.pk for woman in self.women), "same", self.word(), self.user.pk)
            self.name = f"Kim {self.word()}"
            c.insert(Name, coding=self.codings[0], party=self.women[0], text=self.name)
            act = c.insert(Act, coding=self.codings[0], victim=self.others[0], type="life")
            c.insert(Telling, coding=self.codings[0], claim=act.pk, chain=f"a neighbour < {self.name.upper()}")
            c.insert(Figure, coding=self.codings[0], unit="persons", attributed_to=f"{self.name} {self.word()}")
        drafts.keep(self.user.pk, self.codings[0].source_id, "act-new-1", {"summary": [self.name]})
        self.token = search.remember(self.user.pk, f"sold {self.name}")

    def step(self) -> None:
        self.choose.choice(
            (self.file, self.file, self.move, self.move, self.correct, self.retract, self.undo, self.bulk)
        )()

    def file(self) -> None:
        kind = self.choose.choice(list(KINDS))
        with change(self.user.pk, self.word()) as c:
            self.rows.append(self._insert(c, kind))

    def _insert(self, c: OpenChange, kind: type[Any]) -> Record:
        points, values = KINDS[kind]
        if kind is Involvement:
            values = {"act": self._act(c)}
        party = self.choose.choice(self.people)
        row: Record = c.insert(kind, coding=party.coding, **{points: party}, **values, **self._words(kind))
        return row

    def _act(self, c: OpenChange) -> Act:
        other = self.choose.choice(self.others)
        return c.insert(Act, coding=other.coding, victim=other, type="life")

    def _words(self, kind: type[Any]) -> dict[str, str]:
        return {one.name: self.word() for one in kind._meta.concrete_fields if isinstance(one, SealedField)}

    def move(self) -> None:
        if row := self._any():
            points = KINDS[type(row)][0]
            new = {points: self.choose.choice(self.people)}
            if self.choose.random() < 0.3:
                new |= self._words(type(row))
            with change(self.user.pk, self.word()) as c:
                c.update(row, **new)

    def correct(self) -> None:
        if row := self._any():
            with change(self.user.pk, self.word()) as c:
                c.update(row, **self._words(type(row)))

    def retract(self) -> None:
        if row := self._any():
            with change(self.user.pk, self.word()) as c:
                c.update(row, retracted=not row.retracted)

    def undo(self) -> None:
        seq = self.choose.randint(4, versions.newest())
        if seq > 4 and Change.objects.get(seq=seq).batch_id is None:
            with contextlib.suppress(UndoConflict):
                undo.undo(self.user.pk, seq)

    def bulk(self) -> None:
        bulk = open_bulk(self.user.pk, f"import of {self.name if self.choose.random() < 0.5 else self.word()}")
        party, number = self.choose.choice(self.people), bulk.ids(1)
        key = identity.keys_for([party.pk], make=True)[party.pk]
        sealed = seal_value(key, number, "summary", 1, self.word())
        columns = ("coding_id", "gaps", "date", "victim_id", "type", "summary", "place", "precision", "place_type",
                   "specificity", "cause", "status_after")  # fmt: skip
        bulk.insert(Act, columns, [(number, party.coding_id, "{}", "", party.pk, "life", sealed, *[""] * 6)])
        bulk.close()
        self.rows.append(Act.objects.get(pk=number))

    def _any(self) -> Any:
        if not self.rows:
            return None
        row = self.choose.choice(self.rows)
        return type(row)._base_manager.get(pk=row.pk)


def all_states() -> Iterator[tuple[type[Record], bool, states.State]]:
    for label, model in states.record_models().items():
        for data in Superseded.objects.filter(model=label).values_list("data", flat=True):
            yield model, False, states.parse(data)
        for row in model._base_manager.all():
            yield model, True, states.state_of(row)


def opened() -> list[State]:
    """Everything sealed that opens, state by state."""
    found = []
    for model, live, state in all_states():
        texts = set()
        for one in model._meta.concrete_fields:
            if isinstance(one, SealedField) and state[one.name] is not None:
                sealed, keys = bytes.fromhex(state[one.name]), identity.readable([state[one.owner]])
                if keys and not is_tombstone(sealed):
                    texts.add(open_value(keys[state[one.owner]], state["id"], one.name, sealed))
        pointing = {
            state[str(one.column)]
            for one in model._meta.concrete_fields
            if isinstance(one, models.ForeignKey) and one.remote_field.model is Party
        }
        if model is Party:
            pointing = {state["id"]}
        found.append(State(state["id"], live, frozenset(pointing - {None}), state["change"], frozenset(texts)))
    return found


def typed() -> dict[int, str]:
    """The reasons that people typed, by the change; those of bulk jobs by minus their number."""
    found = {entry.seq: reasons.told(entry, entry.id) for entry in Change.objects.exclude(said=None)}
    found |= {-job.pk: reasons.told(job, job.owner) for job in Batch.objects.exclude(said=None)}
    return {number: text for number, text in found.items() if text}


def dump() -> str:
    """Every cell of every table, the index of words included."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(found).casefold()


def expected(world: World) -> tuple[set[str], set[str]]:
    """What must go and what must stay, worked out from the archive before the erasure by the words of the promise."""
    before, women = opened(), {woman.pk for woman in world.women}
    now = {state.record for state in before if state.live and state.parties & women}
    hers = [state for state in before if state.record in now or state.parties & women]
    theirs = [state for state in before if state not in hers]
    goes = {text for state in hers for text in state.texts}
    stays = {text for state in theirs for text in state.texts}
    judged = {text for state in theirs for text in state.texts if _is_judgement(state.record)}
    naming = {text for text in stays if world.name.casefold() in text.casefold()}
    why = typed()
    goes |= {why[state.change] for state in hers if state.change in why} | judged | naming
    goes |= {text for text in why.values() if world.name in text}
    touched = {state.change for state in hers}
    stays |= {text for seq, text in why.items() if seq > 0 and seq not in touched and seq > 3}
    return goes - (stays - judged - naming), stays - judged - naming - goes


def _is_judgement(record: int) -> bool:
    return bool(getattr(versions.find(record), "answer", ""))


@pytest.mark.parametrize("seed", range(5))
def test_no_word_of_hers_is_left_and_every_other_word_is(seed: int) -> None:
    world = World(random.Random(seed))
    world.build()
    for _ in range(50):
        world.step()
    goes, stays = expected(world)
    assert len(goes) > 20 and len(stays) > 15
    newest = versions.newest()
    erasure.erase(0, erasure.plan(world.women[0].pk), "asked for")
    left = {text for state in opened() for text in state.texts} | set(typed().values())
    assert not goes & left
    assert stays <= left
    assert not BlindIndex.objects.filter(digest=blind("name", world.name)).exists()
    everything = dump()
    assert not [word for word in goes if word.casefold() in everything]
    assert world.name.casefold() not in everything
    assert [found for found in check.run(deep=True) if found.kind not in check.UNFINISHED] == []
    for seq in range(5, newest):  # nor does undoing bring anything back
        if Change.objects.get(seq=seq).batch_id is None:
            with contextlib.suppress(UndoConflict):
                undo.undo(0, seq)
    assert not goes & ({text for state in opened() for text in state.texts} | set(typed().values()))


def test_no_page_of_the_workbench_shows_a_word_of_hers() -> None:
    world = World(random.Random(77))
    world.build()
    for _ in range(25):
        world.step()
    goes, _stays = expected(world)
    client = Client(raise_request_exception=False)
    client.force_login(world.user)
    rows = [*world.rows, *world.people, *world.codings, *Source.objects.all()]
    sown = Sown(defaultdict(list), rows, {"owner": world.user}, [world.token])
    asked = [path for name, path in addresses(sown) if name not in LEAVING]
    assert any(word in said(client.get(path)) for path in asked for word in goes), "else the walk proves nothing"
    erasure.erase(0, erasure.plan(world.women[0].pk), "asked for")
    found = []
    for path in asked:
        answer = said(client.get(path))
        found += [f"{path}: {word}" for word in goes if word.casefold() in answer]
    assert found == []
