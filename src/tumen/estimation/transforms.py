"""Sums over the supersets of every mask (a fast zeta transform): K 2^K additions instead of 4^K."""

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
