from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.demonstration.quotas import deal, largest_remainder


@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_a_split_adds_up_and_each_part_is_within_one_of_its_share(total: int, weights: list[int]) -> None:
    parts = largest_remainder(total, weights)
    assert parts.sum() == total
    assert np.abs(parts - np.array(weights) * (total / sum(weights))).max() < 1.001


def test_the_published_counts_split_into_themselves() -> None:
    published = [77119, 5016, 3344, 1264, 57, 1, 1, 48, 467]
    assert largest_remainder(87_317, published).tolist() == published


def test_a_split_by_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="add up to nothing"):
        largest_remainder(3, [0, 0])
    with pytest.raises(ValueError, match="negative"):
        largest_remainder(-1, [1])


@given(st.lists(st.integers(1, 9), min_size=50, max_size=300), st.integers(0, 2**32 - 1))
def test_dealt_labels_hold_their_share_of_the_weight_within_one_item(weights: list[int], seed: int) -> None:
    heavy = np.array(weights)
    labels = deal(heavy, [0.5, 0.3, 0.2], np.random.default_rng(seed))
    for label, share in enumerate((0.5, 0.3, 0.2)):
        assert abs(heavy[labels == label].sum() - share * heavy.sum()) <= 9


def test_a_bias_leans_items_towards_later_labels() -> None:
    bias = np.r_[np.zeros(500), np.full(500, 0.6)]
    labels = deal(np.ones(1000), [0.5, 0.5], np.random.default_rng(1), bias)
    assert labels[500:].sum() > 2 * labels[:500].sum()
