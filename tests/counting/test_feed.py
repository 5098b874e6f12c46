"""Columns hold what the rows say: now, in the past, while bulk work is open, after any edit."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.counting.world import (
    ACTOR,
    FORMS,
    PLACES,
    TYPES,
    World,
    acts_naively,
    day,
    decoded,
    persons_naively,
)

from tumen.archive import undo, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.archive.models import Change
from tumen.coding.models import Act, Coding, Involvement, Mark, Party, Telling
from tumen.counting import feed
from tumen.counting.errors import NotKnownThen
from tumen.counting.fields import schema
from tumen.counting.store import Store, store

pytestmark = pytest.mark.usefixtures("archive")


def terms() -> dict[str, set[str]]:
    return {name: set(field.terms.keys) for name, field in schema().fields.items() if field.kind.coded}


def acts(as_of: int | None = None) -> dict[int, dict[str, Any]]:
    rows = decoded(store().snapshot("acts", as_of))
    for row in rows.values():
        row.pop("nkdb")
    return rows


def persons(as_of: int | None = None) -> dict[int, dict[str, Any]]:
    rows = decoded(store().snapshot("persons", as_of))
    return {
        number: {name: row[name] for name in ("role", "main_role", "acts_told", "sex")} for number, row in rows.items()
    }


def a_world() -> World:
    world = World.new()
    world.coding()
    world.coding(closed=True, checked=True)
    world.party(kind="person", sex="female", birth_low=day(1970), birth_high=day(1970, 12, 31))
    world.party(world.codings[1], kind="group", size_low=3, size_high=5)
    world.party(kind="person", sex="male")
    world.act(low=day(2003), high=day(2003, 12, 31), place="KP-09", age_low=33, age_high=34)
    world.act(world.parties[1], type="life")
    with change(ACTOR, "parts") as c:
        act = world.acts[0]
        same = {"coding": act.coding}
        c.insert(
            Telling, claim=act.pk, evidence_form="experience", connection="victim", informant=world.parties[0], **same
        )
        c.insert(Telling, claim=act.pk, evidence_form="hearsay", **same)
        c.insert(Involvement, act=act, party=world.parties[2], agency="state.mss", **same)
        c.insert(Mark, record=act.pk, field="circumstances", term="pregnant")
        c.insert(Mark, record=act.pk, field="consequences", term="pregnancy.lost")
    return world


def test_frames_hold_what_a_plain_reading_of_the_rows_gives() -> None:
    a_world()
    assert acts() == acts_naively(terms())
    assert persons() == persons_naively()
    assert acts()[min(acts())]["evidence"] == {"experience", "hearsay"}
    assert acts()[min(acts())]["consequence"] == {"pregnancy.lost"}


def test_retracted_not_adopted_and_taken_back_claims_do_not_count() -> None:
    world = a_world()
    first, second = world.acts
    with change(ACTOR, "retracted") as c:
        c.retract(first)
    assert set(acts()) == {second.pk}
    assert persons() == persons_naively()
    with change(ACTOR, "another coding is adopted") as c:
        c.update(world.codings[1], adopted=False)
    assert acts() == {}
    with change(ACTOR, "adopted again, and restored") as c:
        c.update(Coding.objects.get(pk=world.codings[1].pk), adopted=True)
        c.restore(Act.objects.get(pk=first.pk))
    assert set(acts()) == {first.pk, second.pk}
    with change(ACTOR, "the source is taken back") as c:
        c.retract(world.codings[0].source)
    assert set(acts()) == {second.pk}
    assert acts() == acts_naively(terms())


def test_open_bulk_work_is_seen_by_no_count_until_it_closes() -> None:
    world = a_world()
    before = acts()
    bulk = open_bulk(ACTOR, "an import")
    first = bulk.ids(3)
    columns = ("coding_id", "gaps", "victim_id", "type", "date", "place", "precision", "place_type", "specificity",
               "cause", "status_after")  # fmt: skip
    rows = [(first + n, world.codings[0].pk, "{}", world.parties[0].pk, "life", *[""] * 7) for n in range(3)]
    bulk.insert(Act, columns, rows)
    with bulk.change() as c:
        c.insert(Telling, coding=world.codings[0], claim=world.acts[0].pk, evidence_form="eyewitness")
    assert acts() == before
    assert decoded(Store().snapshot("acts")) == decoded(store().snapshot("acts"))
    with change(ACTOR, "meanwhile someone edits") as c:
        c.update(Act.objects.get(pk=world.acts[0].pk), place="CN")
    changed = acts()[world.acts[0].pk]
    assert (changed["place"], changed["evidence"]) == ("CN", {"experience", "hearsay"})
    bulk.close()
    assert len(acts()) == 5
    assert acts()[world.acts[0].pk]["evidence"] == {"experience", "hearsay", "eyewitness"}
    assert acts() == acts_naively(terms())
    undone = undo.undo_batch(ACTOR, bulk.batch.pk)
    assert len(acts()) == 2
    undo.undo_batch(ACTOR, undone.pk)
    assert len(acts()) == 5


def test_bulk_work_that_is_being_dropped_is_seen_by_no_count(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world()
    before = acts()
    bulk = open_bulk(ACTOR, "an import that fails")
    with bulk.change() as c:
        c.insert(Act, coding=world.codings[0], victim=world.parties[0], type="life")

    def killed(*_args: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(undo, "reverse_batch", killed)
    with pytest.raises(KeyboardInterrupt):
        undo.drop_batch(ACTOR, bulk.batch.pk)
    with change(ACTOR, "meanwhile someone edits") as c:
        c.update(Act.objects.get(pk=world.acts[0].pk), place="CN")
    assert set(acts()) == set(before)
    assert decoded(Store().snapshot("acts")) == decoded(store().snapshot("acts"))
    monkeypatch.undo()
    undo.drop_batch(ACTOR, bulk.batch.pk)
    assert set(acts()) == set(before)
    assert acts() == acts_naively(terms())


def test_the_past_is_what_was_counted_then() -> None:
    world = a_world()
    then: dict[int, Any] = {}

    def remember() -> None:
        then[versions.newest()] = (acts(), persons())

    remember()
    with change(ACTOR, "edited") as c:
        c.update(world.acts[0], type="life", low=None, high=None)
    remember()
    with change(ACTOR, "a telling taken back, the victim corrected") as c:
        c.retract(Telling.objects.order_by("pk")[0])
        c.update(world.parties[0], sex="male")
    remember()
    undo.undo(ACTOR, versions.newest())
    remember()
    with change(ACTOR, "another victim") as c:
        c.update(Act.objects.get(pk=world.acts[0].pk), victim=world.parties[2])
    remember()
    for seq, (was_acts, was_persons) in then.items():
        assert acts(seq) == was_acts, seq
        assert persons(seq) == was_persons, seq
    with pytest.raises(NotKnownThen):
        store().snapshot("acts", versions.newest() + 1)


def test_a_part_that_moves_leaves_the_act_it_belonged_to() -> None:
    world = a_world()
    with change(ACTOR, "it was told of the other act") as c:
        c.update(Telling.objects.filter(evidence_form="hearsay").get(), claim=world.acts[1].pk)
        c.update(Involvement.objects.get(), party=world.parties[0])
    assert acts() == acts_naively(terms())
    assert persons() == persons_naively()


def test_saved_columns_are_taken_up_and_pulled_forward() -> None:
    world = a_world()
    store().snapshot("acts")
    store().save()
    with change(ACTOR, "after the columns were saved") as c:
        c.update(world.acts[0], place="CN")
    again = Store()
    assert decoded(again.snapshot("acts")) == decoded(store().snapshot("acts"))
    assert decoded(again.snapshot("acts"))[world.acts[0].pk]["place"] == "CN"


def test_one_edit_reads_the_rows_it_touched_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    world = a_world()
    store().snapshot("acts"), store().snapshot("persons")
    asked: list[Any] = []
    real = feed.read
    monkeypatch.setattr(feed, "read", lambda *a, **k: (asked.append(a[2].tolist()), real(*a, **k))[1])
    with change(ACTOR, "one edit") as c:
        c.update(world.acts[0], place="CN")
    acts(), persons()
    assert asked == [[world.acts[0].pk], sorted({world.parties[0].pk, world.parties[2].pk})]


OPERATION = st.tuples(st.integers(0, 10), st.integers(0, 99), st.integers(0, 3), st.integers(0, 3))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(OPERATION, min_size=1, max_size=8))
def test_columns_pulled_forward_equal_columns_built_anew(operations: list[tuple[int, int, int, int]]) -> None:
    if not Change.objects.exists():
        a_world()
    for operation in operations:
        apply(*operation)
        live = {name: decoded(store().snapshot(name)) for name in ("acts", "persons", "sources")}
        anew = Store()
        assert live == {name: decoded(anew.snapshot(name)) for name in live}
    assert acts() == acts_naively(terms())


def apply(kind: int, which: int, one: int, other: int) -> None:
    """Do one of the things that people do, to one of the records there are."""
    act, party = pick(Act, which), pick(Party, which + one)
    coding = pick(Coding, which)
    with change(ACTOR, "an edit") as c:
        if kind == 0:
            c.insert(Act, coding=party.coding, victim=party, type=TYPES[one], place=PLACES[other])
        elif kind == 1:
            c.update(act, type=TYPES[one], place=PLACES[other], low=day(1990 + which), high=None)
        elif kind == 2:
            c.update(act, retracted=not act.retracted)
        elif kind == 3:
            c.insert(Telling, coding=act.coding, claim=act.pk, evidence_form=FORMS[one], informant=party)
        elif kind == 4:
            c.insert(Involvement, coding=act.coding, act=act, party=party if one else None, agency="state.mss")
        elif kind == 5:
            c.update(party, sex=("", "female", "male", "other")[one], kind=("person", "group")[other % 2])
        elif kind == 6:
            c.update(coding, adopted=not coding.adopted, checked=bool(one % 2))
        elif kind == 7:
            c.update(coding.source, retracted=not coding.source.retracted, kind="memoir")
        elif kind == 8:
            c.insert(Mark, record=act.pk, field="methods", term=("", "beating", "x", "y")[one])
        elif kind == 9:
            c.update(act, victim=party)
        elif telling := Telling.objects.order_by("pk").first():
            c.update(telling, retracted=not telling.retracted, claim=act.pk)
    if kind == 10 and one == 0:
        undo.undo(ACTOR, versions.newest())


def pick(model: Any, which: int) -> Any:
    rows = list(model.objects.order_by("pk"))
    return rows[which % len(rows)]


def test_bulk_work_that_is_dropped_was_never_counted() -> None:
    world = a_world()
    before = acts()
    bulk = open_bulk(ACTOR, "an import that fails")
    with bulk.change() as c:
        c.insert(Act, coding=world.codings[0], victim=world.parties[0], type="life")
        c.update(Act.objects.get(pk=world.acts[0].pk), place="CN")
    assert acts() == before
    undo.drop_batch(ACTOR, bulk.batch.pk)
    assert acts() == before == acts_naively(terms())
    assert decoded(Store().snapshot("acts")) == decoded(store().snapshot("acts"))
