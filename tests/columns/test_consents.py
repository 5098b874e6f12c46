"""What may not be used is as if it were not there; why it may not adds up to all that there is."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns.worlds import FIELDS, RUN, World, frame_of, masks, worlds

from tumen.columns import ALL, BadQuery, Mask, Query, Snapshot, crosstab, facets, select, withheld

REASONS = ("given", "public", "late", "asked not", "refused")
EVERYTHING = Mask(ALL, frozenset(field.field_class for field in FIELDS.values() if field.field_class))


@dataclass(frozen=True)
class ByRow:
    """Consents that give each row the state drawn for its id."""

    states_of: tuple[tuple[int, int], ...]
    reasons: tuple[str, ...] = REASONS
    usable: int = 2
    grain: str = "coded"

    def states(self, snapshot: Snapshot, purpose: str, audience: str, grain: str) -> np.ndarray:
        known = dict(self.states_of)
        return np.array([known[record] for record in snapshot.ids.tolist()], np.uint8)


@st.composite
def consented(draw: st.DrawFn) -> tuple[World, ByRow]:
    world = draw(worlds())
    states = draw(st.lists(st.integers(0, 4), min_size=len(world.rows), max_size=len(world.rows)))
    return world, ByRow(tuple((row["id"], state) for row, state in zip(world.rows, states, strict=True)))


def asked(unit: str, resolution: object) -> Query:
    return Query(unit, resolution=resolution, purpose="reporting", audience="public")  # type: ignore[arg-type]


UNITS = ("acts", "victims", "incidents", "tellings", "sources", "episodes")


@settings(max_examples=80, deadline=None)
@given(consented(), masks(), st.sampled_from(UNITS), st.sampled_from(["records", RUN]))
def test_unusable_rows_are_counted_as_if_they_were_not_there(drawn, mask, unit, resolution) -> None:
    world, consents = drawn
    frame = frame_of(world)
    frame.consent(consents)
    known = dict(consents.states_of)
    rest = World(
        [{**row, "retracted": row["retracted"] or known[row["id"]] >= 2} for row in world.rows], world.clusters
    )
    other, query = frame_of(rest), asked(unit, resolution)
    bare = replace(query, purpose=None, audience=None)
    mask = replace(mask, classes=EVERYTHING.classes)
    assert select(frame, query, mask).total == select(other, bare, mask).total
    assert facets(frame, query, mask, ["type", "evidence"]) == facets(other, bare, mask, ["type", "evidence"])
    assert np.array_equal(
        crosstab(frame, query, mask, ["type"]).counts.sum(), crosstab(other, bare, mask, ["type"]).counts.sum()
    )


@settings(max_examples=80, deadline=None)
@given(consented(), masks(), st.sampled_from(UNITS), st.sampled_from(["records", RUN]))
def test_what_may_and_may_not_be_used_adds_up_to_all(drawn, mask, unit, resolution) -> None:
    world, consents = drawn
    frame = frame_of(world)
    frame.consent(consents)
    mask = replace(mask, classes=EVERYTHING.classes)
    query = asked(unit, resolution)
    selection = select(frame, replace(query, purpose=None, audience=None), mask)
    states = withheld(selection, "reporting", "public")
    assert int(states.sum()) == selection.total
    if unit in ("acts", "victims", "incidents"):
        for code, reason in enumerate(REASONS[2:], 2):
            assert select(frame, replace(query, because=reason), mask).total == states[code], reason
    if resolution == "records" and unit in ("acts", "victims", "incidents"):
        assert select(frame, query, mask).total == int(states[:2].sum())


def test_a_consent_that_changes_is_seen_by_the_next_question_of_the_same_frame() -> None:
    coded = ("type", "sex", "stance", "first", "victim_kind", "period", "age", "victim_size", "tellings")
    row = dict.fromkeys((*coded, "victim", "incident", "source", "episode"))
    told = {"id": 1, "compartment": 7, "order": 0, "retracted": False, "checked": False, "evidence": []}
    frame = frame_of(World([{**row, **told}], {}))
    for state, expected in ((0, 1), (4, 0), (1, 1)):
        frame.consent(ByRow(((1, state),)))
        assert select(frame, asked("acts", "records"), EVERYTHING).total == expected


def test_a_question_about_consent_is_refused_where_nobody_knows_of_it_or_of_the_reason() -> None:
    frame = frame_of(World([], {}))
    with pytest.raises(BadQuery, match="nothing is known of consent"):
        select(frame, asked("acts", "records"), EVERYTHING)
    frame.consent(ByRow(()))
    with pytest.raises(BadQuery, match="no reason"):
        select(frame, replace(asked("acts", "records"), because="a whim"), EVERYTHING)
