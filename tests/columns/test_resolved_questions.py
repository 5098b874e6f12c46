"""Resolved entities: asked for by any of their records, tied to one story, numbered in another frame."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns import naive
from tests.columns.declared import UNITS
from tests.columns.worlds import FIELDS, RUN, World, columns_of, evidence, frame_of, masks, worlds

from tumen.columns import ALL, Across, Condition, Field, Frame, Kind, Mask, Op, Query, Unit, facets, page, select

EVERYTHING = Mask(ALL, frozenset(field.field_class for field in FIELDS.values() if field.field_class))


def one_act(victim: int) -> World:
    row = dict.fromkeys(
        (
            "type",
            "sex",
            "stance",
            "first",
            "victim_kind",
            "age",
            "victim_size",
            "tellings",
            "incident",
            "source",
            "episode",
        )
    )
    told = {"id": 1, "compartment": 7, "order": 0, "retracted": False, "checked": False, "evidence": []}
    return World([{**row, **told, "period": (10227, 10227), "victim": victim}], {1: 1, 1001: 1001, 1003: 1001})


@pytest.mark.parametrize("asked", [1001, 1003])
@pytest.mark.parametrize("named", [1001, 1003])
def test_any_record_of_a_person_asks_for_her(asked: int, named: int) -> None:
    frame = frame_of(one_act(named))
    for op, expected in ((Op.IN, 1), (Op.NOT_IN, 0)):
        query = Query("acts", (Condition("victim", op, (asked,)),), resolution=RUN)
        assert select(frame, query, EVERYTHING).total == expected


def test_records_that_stand_alone_stay_apart() -> None:
    frame = frame_of(one_act(1001))
    query = Query("acts", (Condition("victim", Op.IN, (1002,)),), resolution=RUN)
    assert select(frame, query, EVERYTHING).total == 0
    assert np.array_equal(frame.snapshot().ids, [1])


@settings(max_examples=100, deadline=None)
@given(worlds(), masks(), st.lists(st.integers(61, 80), max_size=6, unique=True), st.data())
def test_a_union_grows_with_its_column_and_is_made_anew_when_rows_change(world, mask, more, data) -> None:
    frame = frame_of(world)
    query = Query("acts", resolution=RUN)
    for number in (None, *more):
        if number is not None:
            row = {**one_act(1001).rows[0], "id": number, "evidence": data.draw(evidence())}
            if world.rows and data.draw(st.booleans()):
                row = {**data.draw(st.sampled_from(world.rows)), "evidence": row["evidence"]}
            world = World([old for old in world.rows if old["id"] != row["id"]] + [row], world.clusters)
            frame.upsert(np.array([row["id"]]), columns_of([row]))
        counts = {entry.header.key: entry.count for entry in facets(frame, query, mask, ["evidence"])["evidence"]}
        assert counts == naive.facet(world, query, mask, "evidence")


@st.composite
def crowded(draw):
    """Worlds in which many acts are joined, of few victims, with many episodes."""
    world = draw(worlds(max_rows=12))
    for row in world.rows:
        row["episode"] = draw(st.sampled_from([None, 4001, 4002, 4003, 4004, 4005]))
        row["victim"] = draw(st.sampled_from([1001, 1001, 1002]))
        first = next(other["id"] for other in world.rows if other["id"] % 4 == row["id"] % 4)
        world.clusters[row["id"]] = first
    return world


@settings(max_examples=150, deadline=None)
@given(crowded(), masks(), st.booleans())
def test_episodes_of_one_victim_that_a_resolved_act_names_are_one(world, mask, checked) -> None:
    frame, query = frame_of(world), Query("episodes", resolution=RUN, checked=checked)
    some = naive.selected(world, query, mask)
    story = naive.stories(world, query, mask)
    expected = set().union(*(naive.counted_ids(world, query, "episodes", act, story) for act in some))
    selection = select(frame, query, mask)
    assert selection.total == len(expected)
    assert sorted(page(selection, size=100).entities.tolist()) == sorted(expected)
    for number in range(4001, 4006):
        asked = Query("acts", (Condition("episode", Op.IN, (number,)),), resolution=RUN, checked=checked)
        assert select(frame, asked, mask).total == len(naive.selected(world, asked, mask))


def persons_of(world: World, acts: Frame) -> Frame:
    """The persons of a world as rows of their own, who know how many acts name them."""
    units = frozenset({"persons"})
    suffered = Field("suffered", Kind.NUMBER, units=units, across=Across.TALLY, tally=("acts", "victim"))
    frame = Frame("persons", [suffered], [Unit("persons")])
    ids = np.arange(1001, 1007)
    frame.upsert(ids, {"compartment": np.full(len(ids), 7)})
    records = np.array(list(world.clusters), np.int64)
    frame.resolve(RUN, records, np.array([world.clusters[record] for record in world.clusters], np.int64))
    frame.beside(acts)
    return frame


@settings(max_examples=150, deadline=None)
@given(worlds(), st.frozensets(st.sampled_from([8, 9])), st.sampled_from(["records", RUN]))
def test_a_person_has_as_many_acts_as_the_list_of_them(world, more, resolution) -> None:
    persons, mask = persons_of(world, frame_of(world)), Mask(more | {7}, frozenset({"victim"}))
    for person in range(1001, 1007):
        of_hers = Query("acts", (Condition("victim", Op.IN, (person,)),), resolution=resolution)
        number = len(naive.selected(world, of_hers, mask))
        asked = Query("persons", (Condition("suffered", Op.BETWEEN, (number, number)),), resolution=resolution)
        assert naive.name_of(world, asked, person) in page(select(persons, asked, mask), size=10).entities.tolist()


def test_an_act_more_is_a_number_more_at_once() -> None:
    acts = frame_of(World([], {}))
    persons, asked = persons_of(World([], {}), acts), Query("persons", (Condition("suffered", Op.BETWEEN, (1, 1)),))
    assert select(persons, asked, EVERYTHING).total == 0
    acts.upsert(np.array([61]), {"compartment": np.array([7]), "victim": np.array([1001])})
    assert select(persons, asked, EVERYTHING).total == 1


def test_the_units_of_the_random_worlds_are_all_counted() -> None:
    assert {unit for field in FIELDS.values() for unit in field.units} == UNITS
