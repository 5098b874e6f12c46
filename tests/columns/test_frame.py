"""Frames grow, change in place and keep every snapshot as it was."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns.test_against_naive import everything
from tests.columns.worlds import COUNTED, FIELDS, RUN, World, columns_of, frame_of, masks, queries, worlds

from tumen.columns import (
    ALL,
    BadField,
    BadRows,
    Domain,
    Field,
    Frame,
    Kind,
    Mask,
    Query,
    Unit,
    UnknownRun,
    crosstab,
    select,
)

OPEN_MASK = Mask(ALL, frozenset(("victim",)))
ROW = {
    **dict.fromkeys(("type", "sex", "victim_kind", "period", "age", "victim_size", "tellings")),
    **dict.fromkeys(("victim", "incident", "source", "episode")),
    **{"compartment": 7, "order": 0, "retracted": False, "checked": False, "evidence": []},
}


def contents(frame):
    """Every row of a frame in plain values."""
    snap = frame.snapshot()
    plain = {"ids": snap.ids.tolist(), "live": snap.live.tolist(), "order": snap.order.tolist()}
    plain["compartment"] = [snap.compartment_ids[code] for code in snap.compartments]
    for name, view in snap.columns.items():
        if hasattr(view, "codes"):
            plain[name] = [view.ids[code] if code >= 0 else -1 for code in view.codes]
        else:
            plain[name] = [
                getattr(view, part).tolist() for part in ("offsets", "values", "lower", "upper") if hasattr(view, part)
            ]
    return plain


@settings(max_examples=50, deadline=None)
@given(worlds(), worlds(), st.integers(1, 4), masks(), queries())
def test_updating_gives_what_building_anew_gives(old, new, batches, mask, query):
    changed = {row["id"]: row for row in new.rows}
    kept = [changed.pop(row["id"], row) for row in old.rows]
    final = World(kept + list(changed.values()), old.clusters)
    frame = frame_of(old, batches)
    crosstab(frame, query, mask, ["period:year", "evidence:1"])  # fills what is kept with the columns
    if new.rows:
        frame.upsert(np.array([row["id"] for row in new.rows]), columns_of(new.rows))
    assert contents(frame) == contents(frame_of(final))
    records = np.array(list(old.clusters), np.int64)
    frame.resolve(RUN, records, np.array(list(old.clusters.values()), np.int64))
    rebuilt = frame_of(final)
    for dims in (["period:year", "evidence:1"], ["type:1", "age:band"]):
        ours, fresh = crosstab(frame, query, mask, dims), crosstab(rebuilt, query, mask, dims)
        assert ours.headers == fresh.headers
        assert ours.counts.tolist() == fresh.counts.tolist()


@settings(max_examples=40, deadline=None)
@given(worlds(), worlds(), masks(), queries())
def test_a_snapshot_does_not_see_later_writes(old, new, mask, query):
    frame = frame_of(old)
    snapshot = frame.snapshot()
    before = select(snapshot, query, mask).total, contents_of(snapshot)
    if new.rows:
        frame.upsert(np.array([row["id"] for row in new.rows]), columns_of(new.rows))
        crosstab(frame, query, mask, ["period:year", "evidence"])
    assert (select(snapshot, query, mask).total, contents_of(snapshot)) == before
    fresh = crosstab(frame_of(old), query, mask, ["period:year", "evidence"])
    assert crosstab(snapshot, query, mask, ["period:year", "evidence"]).counts.tolist() == fresh.counts.tolist()


def contents_of(snapshot):
    parts = ("values", "codes", "lower")
    return [getattr(v, part).tolist() for v in snapshot.columns.values() for part in parts if hasattr(v, part)]


def test_only_the_columns_given_are_updated():
    frame = frame_of(World([ROW | {"id": 1, "type": "life", "sex": "male"}]))
    frame.upsert(np.array([1]), {"sex": np.array([1])}, change=9)
    snapshot = frame.snapshot()
    assert (snapshot.codes("type").values[0], snapshot.codes("sex").values[0], snapshot.change) == (1, 1, 9)


def test_the_version_grows_and_the_snapshot_is_shared_until_then():
    frame = frame_of(World([ROW | {"id": 1}]))
    first = frame.snapshot()
    assert frame.snapshot() is first
    frame.upsert(np.array([1]), {"checked": np.array([True])})
    assert frame.snapshot().version > first.version


def test_retracted_rows_are_counted_nowhere():
    frame = frame_of(World([ROW | {"id": 1}, ROW | {"id": 2, "compartment": 8}]))
    frame.retract(np.array([1, 2]))
    selection = select(frame, Query("acts"), Mask(frozenset([7])))
    assert (selection.total, selection.hidden) == (0, 0)
    with pytest.raises(BadRows, match="not here"):
        frame.retract(np.array([3]))


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({}, "compartment"),
        ({"compartment": [1, 1, 1]}, "2 whole numbers"),
        ({"compartment": [1, 1], "type": [1, 200]}, "between 0 and 7"),
        ({"compartment": [1, 1], "type": ["life", "life"]}, "whole numbers"),
        ({"compartment": [1, 1], "period": ([5, 5], [4, 6])}, "above its upper"),
        ({"compartment": [1, 1], "evidence": ([1, 1], [1])}, "between 0 and 1|whole numbers"),
        ({"compartment": [1, 1], "evidence": [[1], [2]]}, "number of terms"),
        ({"compartment": [1, 1], "evidence": ([1, 1], [1, 0])}, "between 1 and 4"),
        ({"compartment": [1, 1], "victim": [2**60, 1]}, "victim"),
        ({"compartment": [1, 1], "colour": [1, 1]}, "colour"),
    ],
)
def test_a_bad_batch_is_refused_whole(columns, message):
    frame = Frame("acts", FIELDS.values(), COUNTED)
    with pytest.raises(BadRows, match=message):
        frame.upsert(np.array([1, 2]), columns)
    assert len(frame) == 0


def test_an_id_may_not_come_twice_in_a_batch():
    with pytest.raises(BadRows, match="twice"):
        Frame("acts", FIELDS.values(), COUNTED).upsert(np.array([1, 1]), {"compartment": [1, 1]})


def test_ids_of_several_laptops_may_arrive_in_any_order():
    frame = Frame("acts", FIELDS.values(), COUNTED)
    for ids in ([2**40 + 1, 2**40 + 2], [5, 6], [2**41, 7]):
        frame.upsert(np.array(ids), {"compartment": np.array([1] * len(ids))})
    assert frame.rows(np.array([7, 5, 2**41, 2**40 + 2, 99])).tolist() == [5, 2, 4, 1, -1]


def test_a_run_that_is_not_loaded_is_an_error_not_an_empty_answer():
    frame = frame_of(World([ROW | {"id": 1}]))
    with pytest.raises(UnknownRun, match=r"run 8 .*loaded: 3"):
        select(frame, Query("acts", resolution=8), OPEN_MASK)
    frame.forget(RUN)
    with pytest.raises(UnknownRun):
        select(frame, Query("acts", resolution=RUN), OPEN_MASK)


def test_the_first_visible_telling_is_principal_and_a_new_order_counts_at_once():
    rows = [
        ROW | {"id": 1, "type": "life", "order": 1},
        ROW | {"id": 2, "type": "integrity", "order": 2, "compartment": 8},
    ]
    frame = frame_of(World(rows, {1: 1, 2: 1}))
    query = Query("acts", resolution=RUN)

    def counted_as(mask):
        return [header.key for header in crosstab(frame, query, mask, ["type"]).headers[0][:-1]]

    assert counted_as(OPEN_MASK) == ["life"]
    assert counted_as(Mask(frozenset([8]))) == ["integrity"]
    frame.upsert(np.array([2]), {"order": np.array([0])})
    assert counted_as(OPEN_MASK) == ["integrity"]


def test_units_that_cannot_work_are_refused():
    sex = Field("sex", Kind.SINGLE, domain=Domain.flat(["f"]))
    for unit in (
        Unit("v", counts="sex"),
        Unit("v", sums="nothing"),
        Unit("v", beside="w"),
        Unit("v", only=("sex", "x")),
    ):
        with pytest.raises(BadField):
            Frame("acts", [sex], [unit])


@settings(max_examples=30, deadline=None)
@given(worlds(), queries(), masks())
def test_how_rows_were_batched_makes_no_difference(world, query, mask):
    assert everything(world, query, mask, None)[:2] == (
        (lambda s: (s.total, s.uncounted))(select(frame_of(world, 5), query, mask))
    )


@pytest.mark.parametrize("column", ["sex", "victim", "victim_kind"])
def test_an_edit_after_a_count_of_persons_is_counted_at_once(column):
    rows = [ROW | {"id": n, "victim": n, "victim_kind": "person"} for n in (1, 2, 3)]
    frame = frame_of(World(rows, {1: 1, 2: 1}))
    for resolution in ("records", RUN):
        select(frame, Query("victims", resolution=resolution), OPEN_MASK)
    frame.upsert(np.array([2]), {column: np.array([1 if column != "victim_kind" else 2])})
    changed = 3 if column == "sex" else 2
    assert select(frame, Query("victims"), OPEN_MASK).total == changed
    assert crosstab(frame, Query("victims"), OPEN_MASK, ["sex"]).total == changed
