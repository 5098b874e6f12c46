"""What a compartment does not open counts as if nobody had written it down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns.declared import ACT_UNITS
from tests.columns.worlds import FIELDS, TYPES, World, columns_of, queries, worlds

from tumen.columns import ALL, Condition, Frame, Grant, Mask, Masked, Op, Query, crosstab, facets, page, select

WIDE = [TYPES.keys[code] for code in TYPES.rollup(1)]
CLASSED = {"sex": "coded", "evidence": "words", "age": "words", "source": "who", "victim": "victim"}
OPEN = frozenset({"coded", "words", "who", "victim"})
SHOWN = ("type", "sex", "evidence", "stance", "conflict", "period:year", "age:band")


def fields() -> list[Any]:
    """Fields of several classes, and a tree of which the cap `wide` tells the top terms alone."""
    told = {"wide": TYPES.rollup(1)}
    return [
        replace(one, field_class=CLASSED.get(one.name, ""), told=told if one.name == "type" else {})
        for one in FIELDS.values()
    ]


def frame_of(world: World) -> Frame:
    frame = Frame("acts", fields(), ACT_UNITS)
    if world.rows:
        frame.upsert(np.array([row["id"] for row in world.rows], np.int64), columns_of(world.rows))
    records = np.array(list(world.clusters), np.int64)
    frame.resolve(3, records, np.array([world.clusters[record] for record in world.clusters], np.int64))
    return frame


def as_opened(world: World, mask: Mask) -> World:
    """The rows as somebody would have written them who knew only what the mask opens."""

    def told(row: dict[str, Any]) -> dict[str, Any]:
        grant = mask.grant(row["compartment"])
        if not mask.sees(row["compartment"]):
            return row
        blank = {name: [] if name == "evidence" else None for name, of in CLASSED.items() if of not in grant.classes}
        wide = {"type": WIDE[TYPES.code(row["type"])]} if grant.finest and row["type"] else {}
        return row | blank | wide

    return World([told(row) for row in world.rows], world.clusters)


def masks() -> st.SearchStrategy[Mask]:
    grant = st.builds(Grant, st.frozensets(st.sampled_from(sorted(OPEN))), st.sampled_from(["", "wide"]))
    return st.dictionaries(st.sampled_from([7, 8, 9]), grant, min_size=1).map(Mask.of)


@settings(max_examples=150, deadline=None)
@given(worlds(), queries(), masks())
def test_every_count_is_that_of_one_who_was_never_told_more(world: World, query: Query, mask: Mask) -> None:
    frame, told = frame_of(world), frame_of(as_opened(world, mask))
    assert isinstance(mask.compartments, frozenset)
    everything = Mask(mask.compartments, OPEN)
    try:
        asked = select(frame, query, mask)
    except Masked as refused:
        assert "" not in mask.caps if refused.field == "type" else not mask.somewhere(refused.field_class)
        return
    expected = select(told, query, everything)
    assert (asked.total, asked.hidden, asked.uncounted, asked.left_out, str(asked.beside)) == (
        expected.total, expected.hidden, expected.uncounted, expected.left_out, str(expected.beside)
    )  # fmt: skip
    assert page(asked).entities.tolist() == page(expected).entities.tolist()
    shown = [dim for dim in SHOWN if mask.somewhere(CLASSED.get(dim.partition(":")[0], ""))]
    assert facets(frame, query, mask, shown) == facets(told, query, everything, shown)
    counts = [crosstab(each, query, by, ["type", "stance"]) for each, by in ((frame, mask), (told, everything))]
    assert (counts[0].headers, counts[0].counts.tolist()) == (counts[1].headers, counts[1].counts.tolist())


def test_a_class_that_no_compartment_opens_is_refused() -> None:
    frame = frame_of(World([]))
    with pytest.raises(Masked):
        facets(frame, Query("acts"), Mask.of({7: Grant(), 8: Grant(frozenset({"words"}))}), ["sex"])


def test_a_term_that_no_compartment_tells_cannot_be_asked_for() -> None:
    frame, fine = frame_of(World([])), Query("acts", (Condition("type", Op.IN, ("liberty.detention",)),))
    assert select(frame, fine, Mask.of({7: Grant(OPEN, "wide"), 8: Grant(OPEN)})).total == 0
    with pytest.raises(Masked):
        select(frame, fine, Mask(ALL, OPEN, "wide"))
    wide = Query("acts", (Condition("type", Op.IN, ("liberty", "unknown")),))
    assert select(frame, wide, Mask(ALL, OPEN, "wide")).total == 0


def test_a_mask_that_hides_nothing_counts_over_the_columns_themselves() -> None:
    frame = frame_of(World([]))
    assert select(frame, Query("acts"), Mask(ALL, OPEN)).snapshot is frame.snapshot()


def test_what_was_worked_out_under_a_mask_is_kept() -> None:
    frame, mask = frame_of(World([])), Mask.of({7: Grant(OPEN, "wide"), 8: Grant(OPEN)})
    assert select(frame, Query("acts"), mask).snapshot is select(frame, Query("acts"), mask).snapshot
