"""select, facets and crosstab give what loops over plain rows give, under every mask, resolution and unit."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns import naive
from tests.columns.worlds import COUNTED, FIELDS, World, frame_of, masks, queries, worlds

from tumen.columns import Dim, HeaderKind, crosstab, facets, page, select

AXES = [*("type", "type:1", "type:2", "evidence", "evidence:1", "sex", "stance", "conflict", "first"),
        *("period:year", "period:decade", "age:band", "tellings:few")]  # fmt: skip
texts = st.one_of(st.none(), st.none(), st.frozensets(st.integers(1, 60)))


def rows_of(frame, text_ids):
    return None if text_ids is None else frame.rows(np.array(sorted(text_ids), np.int64))


def shown(header):
    """A header in the reference's words."""
    if header.kind is HeaderKind.PERIOD:
        bounds = header.key.split("/")
        return (bounds[0], bounds[-1])
    return header.kind.value if header.kind in (HeaderKind.SPANS, HeaderKind.UNKNOWN) else header.key


@settings(max_examples=70, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_a_selection_counts_what_loops_count(world, query, mask, text_ids):
    frame = frame_of(world)
    some = naive.selected(world, query, mask, text_ids)
    selection = select(frame, query, mask, rows_of(frame, text_ids))
    assert selection.total == naive.count(world, query, query.unit, some, mask)
    assert selection.hidden == naive.hidden(world, query, mask)
    assert selection.uncounted == naive.uncounted(world, query, query.unit, some)
    asked = "stance" in {condition.field for condition in query.where}
    with_denied = naive.selected(world, query, mask, text_ids, without="stance")
    assert selection.left_out == (0 if asked else len(with_denied) - len(some))
    assert sorted(frame.snapshot().ids[selection.chosen].tolist()) == sorted(act.head["id"] for act in some)
    if selection.beside:
        beside = selection.beside
        assert (beside.total, beside.low, beside.high, beside.low_unknown, beside.high_unknown) == naive.sizes(
            world, query, mask, some
        )


@settings(max_examples=70, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_a_list_names_each_of_the_unit_once(world, query, mask, text_ids):
    frame = frame_of(world)
    some = naive.selected(world, query, mask, text_ids)
    found = page(select(frame, query, mask, rows_of(frame, text_ids)), size=1000)
    if query.unit in ("acts", "tellings"):
        expected = {naive.name_of(world, query, act.head["id"]) for act in some}
    else:
        expected = set().union(*(naive.counted_ids(world, query, query.unit, act) for act in some))
    assert sorted(found.entities.tolist()) == sorted(expected)
    assert found.entries == len(expected)


@settings(max_examples=70, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_facets_count_what_loops_count(world, query, mask, text_ids):
    frame = frame_of(world)
    coded = ["type", "evidence", "sex", "stance", "conflict", "first"]
    result = facets(frame, query, mask, [*coded, "period:decade"], rows_of(frame, text_ids))
    for name in coded:
        assert {entry.header.key: entry.count for entry in result[name]} == naive.facet(
            world, query, mask, name, text_ids
        )
    some = naive.selected(world, query, mask, text_ids, without="period")
    by_class = {}
    for act in some:
        by_class.setdefault(naive.category(act.head, "period", "decade"), []).append(act)
    expected = {key: naive.count(world, query, query.unit, acts, mask) for key, acts in by_class.items()}
    expected.setdefault("unknown", 0)
    counts = {shown(entry.header): entry.count for entry in result["period:decade"]}
    assert {k: v for k, v in counts.items() if v} == {k: v for k, v in expected.items() if v}
    assert "unknown" in counts


@settings(max_examples=60, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_each_facet_entry_is_the_total_of_the_query_it_would_make(world, query, mask, text_ids):
    frame = frame_of(world)
    text_rows = rows_of(frame, text_ids)
    for name, entries in facets(
        frame, query, mask, ["type", "evidence", "age:band", "stance", "tellings:few"], text_rows
    ).items():
        for entry in entries:
            narrowed = query.without(name.split(":")[0]).narrowed(entry.header.condition())
            assert select(frame, narrowed, mask, text_rows).total == entry.count


@settings(max_examples=70, deadline=None)
@given(
    worlds(),
    queries(),
    masks(),
    texts,
    st.lists(st.sampled_from(AXES), min_size=1, max_size=3, unique_by=lambda axis: axis.split(":")[0]),
)
def test_a_table_counts_what_loops_count_in_every_cell_and_total(world, query, mask, text_ids, axes):
    frame = frame_of(world)
    dims = [Dim.parse(axis) for axis in axes]
    table = crosstab(frame, query, mask, dims, text_rows=rows_of(frame, text_ids))
    cells = naive.cells(world, query, mask, dims, text_ids)
    labels = [[*map(shown, headers), None] for headers in table.headers]
    seen = set()
    for place in product(*(range(len(line)) for line in labels)):
        key = tuple(line[at] for line, at in zip(labels, place, strict=True))
        some = cells.get(key, [])
        seen.add(key)
        assert table.counts[place] == naive.count(world, query, query.unit, some, mask)
        if table.beside:
            beside = table.beside
            parts = (beside.counts, beside.low, beside.high, beside.low_unknown, beside.high_unknown)
            assert tuple(int(part[place]) for part in parts) == naive.sizes(world, query, mask, some)
    for key, some in cells.items():
        assert key in seen or naive.count(world, query, query.unit, some, mask) == 0
    selection = select(frame, query, mask, rows_of(frame, text_ids))
    assert table.hidden == selection.hidden
    if "stance" not in axes:
        counts = (selection.total, selection.uncounted, selection.left_out)
        assert (table.total, table.uncounted, table.left_out) == counts
    if not table.overlap:
        assert table.cells.sum() == table.total


@settings(max_examples=80, deadline=None)
@given(
    worlds(),
    queries(),
    masks(),
    texts,
    st.lists(st.sampled_from(AXES), min_size=1, max_size=2, unique_by=lambda axis: axis.split(":")[0]),
)
def test_the_list_behind_a_cell_has_exactly_the_cells_count(world, query, mask, text_ids, axes):
    frame = frame_of(world)
    table = crosstab(frame, query, mask, axes, text_rows=rows_of(frame, text_ids))
    for place in product(*([*range(len(headers)), None] for headers in table.headers)):
        opened = table.cell_query(*place)
        through_the_address = type(opened).parse(opened.to_text(), FIELDS)
        assert through_the_address == opened
        total = select(frame, through_the_address, mask, rows_of(frame, text_ids)).total
        assert total == table.counts[tuple(-1 if at is None else at for at in place)]


def everything(world, query, mask, text_ids):
    """All that a reader can see, apart from how much is hidden, in terms of ids."""
    frame = frame_of(world)
    text_rows = rows_of(frame, text_ids)
    selection = select(frame, query, mask, text_rows)
    found = page(selection, sort=("-period", "victim"), size=7)
    table = crosstab(frame, query, mask, ["type:2", "period:year"], text_rows=text_rows)
    beside = None if table.beside is None else [table.beside.low.tolist(), table.beside.counts.tolist()]
    return (
        selection.total,
        selection.uncounted,
        found.records.tolist(),
        found.entities.tolist(),
        (found.pages, found.entries),
        facets(frame, query, mask, ["type", "evidence", "sex", "age:band", "stance", "conflict"], text_rows),
        (table.headers, table.counts.tolist(), table.uncounted, beside),
    )


@settings(max_examples=70, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_nothing_shown_depends_on_hidden_rows(world, query, mask, text_ids):
    left = World([row for row in world.rows if naive.sees(mask, row)], world.clusters)
    assert everything(world, query, mask, text_ids) == everything(left, query, mask, text_ids)


@settings(max_examples=60, deadline=None)
@given(worlds(), queries(), masks(), texts)
def test_hidden_never_depends_on_the_filter(world, query, mask, text_ids):
    frame = frame_of(world)
    bare = select(frame, replace(query, where=(), checked=False), mask).hidden
    assert select(frame, query, mask, rows_of(frame, text_ids)).hidden == bare
    assert crosstab(frame, query, mask, ["sex"]).hidden == bare


@pytest.mark.parametrize("unit", [unit.name for unit in COUNTED])
def test_an_empty_frame_answers_with_zeros(unit):
    from tumen.columns import ALL, Mask, Query

    frame, mask = frame_of(World([])), Mask(ALL, frozenset(("victim",)))
    query = Query(unit)
    assert select(frame, query, mask).total == 0
    assert page(select(frame, query, mask)).pages == 1
    assert crosstab(frame, query, mask, ["type", "period:year", "evidence"]).total == 0
    assert [entry.count for entry in facets(frame, query, mask, ["type"])["type"]] == [0]
