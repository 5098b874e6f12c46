"""Sums over the subsets and supersets of every mask (fast zeta transforms): K 2^K additions instead of 4^K."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Number = TypeVar("Number", np.int64, np.float64)


def superset_sums(values: NDArray[Number]) -> NDArray[Number]:
    """For each mask, the sum of `values` over the masks that contain it."""
    sums = np.array(values)
    bit = 1
    while bit < sums.size:
        pairs = sums.reshape(-1, 2, bit)
        pairs[:, 0] += pairs[:, 1]
        bit *= 2
    return sums


def subset_sums(values: NDArray[Number]) -> NDArray[Number]:
    """For each mask, the sum of `values` over the masks that it contains."""
    sums = np.array(values)
    bit = 1
    while bit < sums.size:
        pairs = sums.reshape(-1, 2, bit)
        pairs[:, 1] += pairs[:, 0]
        bit *= 2
    return sums
