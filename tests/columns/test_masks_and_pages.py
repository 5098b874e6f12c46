"""Masks shut fields everywhere; pages keep their order, with unknowns last."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.columns import naive
from tests.columns.test_frame import ROW
from tests.columns.worlds import FIELDS, RUN, TYPES, World, frame_of, masks, queries, worlds

from tumen.columns import (
    ALL,
    BadQuery,
    Condition,
    Kind,
    Mask,
    Masked,
    Op,
    Query,
    TableTooLarge,
    crosstab,
    facets,
    page,
    select,
)
from tumen.columns import tables as tables_module

SHUT = Mask(ALL)
OPEN_MASK = Mask(ALL, frozenset(("victim",)))
FRAME = frame_of(World([ROW | {"id": number, "sex": "female", "type": "life"} for number in range(1, 8)]))


@pytest.mark.parametrize(
    "ask",
    [
        lambda: select(FRAME, Query("acts", (Condition("sex", Op.IS_UNKNOWN),)), SHUT),
        lambda: select(FRAME, Query("acts", sort=("-sex",)), SHUT),
        lambda: select(FRAME, Query("acts", columns=("sex",)), SHUT),
        lambda: facets(FRAME, Query("acts"), SHUT, ["type", "sex"]),
        lambda: crosstab(FRAME, Query("acts"), SHUT, ["type", "sex"]),
        lambda: page(select(FRAME, Query("acts"), SHUT), sort=("age",)),
    ],
    ids=["condition", "sort", "column", "facet", "dimension", "order of a page"],
)
def test_a_field_of_a_shut_class_cannot_be_used_at_all(ask):
    with pytest.raises(Masked, match="victim"):
        ask()


def test_no_reading_function_works_without_a_mask():
    for ask in (
        lambda: select(FRAME, Query("acts")),
        lambda: facets(FRAME, Query("acts"), fields=["type"]),
        lambda: crosstab(FRAME, Query("acts"), dims=["type"]),
    ):
        with pytest.raises(TypeError, match="mask"):
            ask()


def test_free_text_that_was_not_searched_is_an_error_and_not_ignored():
    for query in (Query("acts", text="x"), Query("acts", token="k")):
        with pytest.raises(BadQuery, match="text_rows"):
            select(FRAME, query, OPEN_MASK)
        assert select(FRAME, query, OPEN_MASK, np.array([0, 3, -1, 99])).total == 2


def test_columns_of_another_moment_do_not_answer():
    with pytest.raises(BadQuery, match="stand at change 0"):
        select(FRAME, Query("acts", as_of=5), OPEN_MASK)
    assert select(FRAME, Query("acts", as_of=0), OPEN_MASK).total == 7


@pytest.mark.parametrize(
    ("dims", "message"),
    [
        ([], "one to three"),
        (["type", "sex", "evidence", "period:year"], "one to three"),
        (["type:1", "type:2"], "another field"),
        (["type:9"], "levels 1 to 3"),
        (["period"], "schemes"),
        (["period:century"], "schemes"),
        (["victim"], "cannot be counted by"),
        (["colour"], "does not exist"),
    ],
)
def test_dimensions_that_cannot_be_counted_by_are_refused(dims, message):
    with pytest.raises(BadQuery, match=message):
        crosstab(FRAME, Query("acts"), OPEN_MASK, dims)


def test_a_table_that_is_too_large_is_refused_and_not_cut(monkeypatch):
    monkeypatch.setattr(tables_module, "MAX_CELLS", 20)
    with pytest.raises(TableTooLarge, match="type by sex makes 24 cells"):
        crosstab(FRAME, Query("acts"), OPEN_MASK, ["type", "sex"])


def test_percentages_use_distinct_totals():
    rows = [
        ROW | {"id": 1, "victim": 1, "victim_kind": "person", "type": "life"},
        ROW | {"id": 2, "victim": 1, "victim_kind": "person", "type": "integrity"},
        ROW | {"id": 3, "victim": 2, "victim_kind": "person", "type": "life"},
    ]
    table = crosstab(frame_of(World(rows)), Query("victims"), OPEN_MASK, ["type"])
    assert table.counts.tolist() == [2, 1, 0, 2]
    assert table.overlap
    assert table.percent("all").tolist() == [100, 50, 0, 100]
    assert any("Multiple response" in rule for rule in table.rules)
    two = crosstab(frame_of(World(rows)), Query("acts"), OPEN_MASK, ["type", "sex"])
    assert two.percent("row")[:, 0].tolist() == [100, 100, 0, 100]
    assert two.percent("column")[:2, 0].tolist() == [pytest.approx(200 / 3), pytest.approx(100 / 3)]
    assert two.unknown == (0, 3)


def test_empty_years_between_others_are_shown():
    rows = [ROW | {"id": n, "period": (naive_day(year), naive_day(year))} for n, year in enumerate((2001, 2004), 1)]
    table = crosstab(frame_of(World(rows)), Query("acts"), OPEN_MASK, ["period:year"])
    assert [header.key for header in table.headers[0]] == [
        "2001",
        "2002",
        "2003",
        "2004",
        "unknown",
    ]


def naive_day(year):
    return int(np.datetime64(f"{year}-06-01", "D").astype(int))


def naive_key(world, query, name, head):
    """A tuple that sorts as the reference says: known values in order, unknowns last."""
    down, name = name.startswith("-"), name.removeprefix("-")
    if name in ("victim", "source"):
        value = naive.victim(world, query, head, name)
    elif name in naive.TREES:
        value = None if head[name] is None else naive.TREES[name].code(head[name])
    else:
        value = None if head[name] is None else head[name][0]
    return (value is None, 0 if value is None else -value if down else value)


@settings(max_examples=70, deadline=None)
@given(
    worlds(),
    queries(),
    masks(),
    st.lists(st.sampled_from(["type", "-type", "sex", "-period", "period", "-victim", "source"]), max_size=3),
    st.integers(1, 5),
)
def test_the_pages_of_a_list_are_the_whole_list_in_order(world, query, mask, sort, size):
    query = Query("acts", query.where, resolution=query.resolution)
    frame = frame_of(world)
    selection = select(frame, query, mask)
    pages = [page(selection, sort, size, number + 1) for number in range(page(selection, sort, size).pages)]
    heads = {act.head["id"]: act.head for act in naive.selected(world, query, mask)}
    expected = sorted(heads, key=lambda i: (*(naive_key(world, query, name, heads[i]) for name in sort), i))
    assert [record for part in pages for record in part.records.tolist()] == expected
    assert page(selection, sort, size, len(pages) + 1).records.tolist() == []


def test_a_sort_by_id_goes_by_the_units_own_ids():
    rows = [ROW | {"id": n, "victim": v, "victim_kind": "person"} for n, v in ((1, 30), (2, 10), (3, 20), (4, 10))]
    found = page(select(frame_of(World(rows)), Query("victims", sort=("-id",)), OPEN_MASK))
    assert found.entities.tolist() == [30, 20, 10]
    assert found.records.tolist() == [1, 3, 2]


def test_a_multi_field_has_no_order():
    with pytest.raises(BadQuery, match="no order"):
        page(select(FRAME, Query("acts"), OPEN_MASK), sort=("evidence",))


def test_many_rows_in_blocks_count_as_few_do():
    rng = np.random.default_rng(5)
    size = 150_000
    given_columns = {
        "compartment": rng.choice([7, 8], size),
        "type": rng.integers(0, len(TYPES), size),
        "sex": rng.integers(0, 3, size),
        "victim": rng.integers(-1, 60_000, size),
        "victim_kind": np.ones(size, np.int64),
        "period": (lambda low: (low, low + rng.choice([0, 400], size)))(rng.integers(0, 20_000, size)),
    }
    frame = frame_of(World([]))
    frame.upsert(np.arange(1, size + 1), given_columns)
    mask = Mask(frozenset([7]), frozenset(("victim",)))
    seen = given_columns["compartment"] == 7
    years = [part.astype("M8[D]").astype("M8[Y]").astype(int) for part in given_columns["period"]]
    table = crosstab(frame, Query("acts"), mask, ["type", "sex", "period:year"])
    for i, j, k in ((0, 0, 0), (3, 1, 17), (6, 2, 40)):
        headers = [line[at] for line, at in zip(table.headers, (i, j, k), strict=True)]
        rows = seen & (given_columns["type"] == TYPES.code(headers[0].key))
        rows &= given_columns["sex"] == FIELDS["sex"].terms.code(headers[1].key)
        rows &= (years[0] == years[1]) & (years[0] == int(headers[2].key.split("/")[0]) - 1970)
        assert table.counts[i, j, k] == np.count_nonzero(rows) > 0
    assert table.total == np.count_nonzero(seen)
    persons = crosstab(frame, Query("acts"), mask, ["type", "sex"], "victims")
    named = seen & (given_columns["victim"] >= 0)
    assert persons.total == len(np.unique(given_columns["victim"][named]))
    for i, header in enumerate(persons.headers[0]):
        rows = named & (given_columns["type"] == TYPES.code(header.key))
        assert persons.counts[i, -1] == len(np.unique(given_columns["victim"][rows]))
    ordered = page(select(frame, Query("acts"), mask), ("period",), 50, 3).records - 1
    assert all(a <= b for a, b in pairwise(given_columns["period"][0][ordered].tolist()))


def test_every_kind_of_field_is_covered_by_these_tests():
    assert {field.kind for field in FIELDS.values()} == set(Kind)


def test_hidden_episodes_are_those_that_a_reader_of_everything_counts_more():
    # One act told three times, each telling with an episode of its own: of one victim they are one story. The second
    # act of compartment 8 is another's.
    rows = [ROW | {"id": 1, "compartment": 7, "episode": 4001, "order": 0, "victim": 1001}]
    rows += [
        ROW | {"id": number, "compartment": 8, "episode": 4000 + number, "order": 1, "victim": 1001}
        for number in (2, 3)
    ]
    rows += [ROW | {"id": 9, "compartment": 8, "episode": 4009, "order": 0, "victim": 1002}]
    frame = frame_of(World(rows, {1: 1, 2: 1, 3: 1}))
    query = Query("episodes", resolution=RUN)
    everything, part = select(frame, query, SHUT), select(frame, query, Mask(frozenset((7,))))
    assert (everything.total, everything.hidden) == (2, 0)
    assert (part.total, part.hidden) == (1, 1)


def test_a_hidden_act_that_is_only_denied_is_not_counted_as_hidden():
    rows = [ROW | {"id": number, "compartment": 8, "order": 0, "stance": stance}
            for number, stance in ((1, "supported"), (2, "denied"))]  # fmt: skip
    rows += [ROW | {"id": 3, "compartment": 7, "order": 0, "stance": "supported"}]
    frame = frame_of(World(rows, {}))
    everything, part = (select(frame, Query("acts"), mask) for mask in (SHUT, Mask(frozenset((7,)))))
    assert (everything.total, part.total, part.hidden) == (2, 1, 1)
