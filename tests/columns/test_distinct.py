"""Distinct counts: however entities are split between comparing and sorting, they are what sets give."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen.columns import distinct
from tumen.columns.distinct import Sized, distinct_cube

SHAPES = st.lists(st.integers(1, 4), min_size=1, max_size=3).map(tuple)


@st.composite
def asked(draw: st.DrawFn) -> tuple[tuple[int, ...], np.ndarray, list[np.ndarray], np.ndarray]:
    """A shape, ascending entities with up to ten rows, the categories of their rows, and a weight for each entity."""
    shape = draw(SHAPES)
    entities = np.repeat(np.arange(8), draw(st.lists(st.integers(0, 10), min_size=8, max_size=8)))
    columns = [
        np.array(draw(st.lists(st.integers(0, size - 1), min_size=len(entities), max_size=len(entities))), np.uint8)
        for size in shape
    ]
    return (
        shape,
        entities.astype(np.int32),
        columns,
        np.array(draw(st.lists(st.integers(0, 9), min_size=8, max_size=8))),
    )


@pytest.mark.parametrize(("worth", "few"), [(1, 0), (2, 0), (100, 0), (100, 1000), (2, 1000)])
@settings(max_examples=60, deadline=None)
@given(asked())
def test_every_cell_and_margin_counts_each_entity_once(worth: int, few: int, question) -> None:  # type: ignore[no-untyped-def]
    shape, entities, columns, weight = question
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "WORTH", worth)
        patch.setattr(distinct, "FEW", few)
        counts, sums = distinct_cube(entities, Sized.of(entities), columns, shape, [weight])
    for place in product(*(range(size + 1) for size in shape)):
        inside = np.ones(len(entities), bool)
        for column, size, category in zip(columns, shape, place, strict=True):
            if category < size:
                inside &= column == category
        found = sorted(set(entities[inside].tolist()))
        assert counts[place] == len(found)
        assert sums[place] == sum(weight[entity] for entity in found)
