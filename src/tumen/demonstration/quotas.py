"""Exact shares: how many of each, and which ones, so that published counts hold to the unit."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def largest_remainder(total: int, weights: Sequence[float] | NDArray[np.float64] | Ints) -> Ints:
    """Split `total` in proportion to `weights`, in whole units that add up to it (Hamilton's method).

    Raises ValueError when the total is negative, or when there is something to split and no weight to split it by.
    """
    shares = np.asarray(weights, dtype=np.float64)
    if total < 0 or (shares < 0).any():
        raise ValueError(f"cannot split {total} by weights that include a negative number: {shares.tolist()}")
    if total == 0:
        return np.zeros(len(shares), dtype=np.int64)
    if shares.sum() <= 0:
        raise ValueError(f"cannot split {total} by weights that add up to nothing")
    exact = shares * (total / shares.sum())
    whole = np.floor(exact + 1e-9).astype(np.int64)
    missing = total - int(whole.sum())
    # A stable sort, so that equal remainders go to the earlier share on every machine.
    whole[np.argsort(-(exact - whole), kind="stable")[:missing]] += 1
    split: Ints = whole
    return split


def deal(
    weights: NDArray[np.int64] | NDArray[np.float64],
    shares: Sequence[float] | NDArray[np.float64],
    rng: np.random.Generator,
    bias: NDArray[np.float64] | None = None,
) -> NDArray[np.int8]:
    """Label items at random so that each label holds its share of the total *weight*, not of the number of items.

    The items are shuffled and the running total of their weights is cut at the shares, so a label misses its share by
    less than one item. `bias` is added to the shuffling key: items with more of it lean towards the later labels.
    """
    keys = rng.random(len(weights))
    if bias is not None:
        keys += bias
    order = np.argsort(keys, kind="stable")
    running = np.cumsum(weights[order]) - weights[order] / 2
    cuts = np.cumsum(np.asarray(shares, dtype=np.float64))
    cuts = cuts / cuts[-1] * weights.sum()
    labels = np.empty(len(weights), dtype=np.int8)
    labels[order] = np.searchsorted(cuts[:-1], running)
    return labels


def spread(total: int, holders: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Give `total` things to random `holders`, with repetition: the list of who got each."""
    return rng.choice(holders, size=total) if total else np.empty(0, dtype=np.int64)
