"""What the latent-class sampler works on: the prior, the state of a chain, and the likelihood of a measure.

Class k has weight w[k] and is captured by list j with probability c[k, j]; weights and captures together are the
*measure*. Given the measure N is integrated out: the n recorded persons have likelihood product (P_x / (1 - P_0))^n_x,
with P_x the probability of pattern x and P_0 that of not being recorded.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

CLASSES = 40


class Prior(NamedTuple):
    """The concentration of the Dirichlet process is Gamma(shape, rate), every capture probability Beta(capture,
    capture), and p(N) is proportional to 1/N."""

    shape: float
    rate: float
    capture: float


class Chain(NamedTuple):
    """The state of one chain; every array is changed in place.

    `patterns` has one row for each recorded pattern and a last row of zeros, the unrecorded one.
    """

    patterns: npt.NDArray[np.bool_]
    counts: Floats  # persons with each recorded pattern
    allocation: Floats  # [pattern, class] persons, the unrecorded pattern included
    weights: Floats  # [class]
    capture: Floats  # [class, list]
    cells: Floats  # [class, pattern] probability of the pattern in the class
    total: Floats  # [pattern] probability of the pattern
    sizes: Floats  # [class] persons in the class
    caught: Floats  # [class, list] persons of the class on the list
    number: Ints  # [occupied classes, classes with mass]
    scalar: Floats  # [log concentration, log likelihood]


def chain(patterns: npt.NDArray[np.bool_], counts: Floats) -> Chain:
    """An empty chain for recorded patterns (rows) and their counts; fill `allocation` before the first sweep."""
    rows, lists = patterns.shape
    full = np.vstack([patterns, np.zeros((1, lists), np.bool_)])
    return Chain(
        patterns=full,
        counts=counts.astype(np.float64),
        allocation=np.zeros((rows + 1, CLASSES)),
        weights=np.zeros(CLASSES),
        capture=np.zeros((CLASSES, lists)),
        cells=np.zeros((CLASSES, rows + 1)),
        total=np.zeros(rows + 1),
        sizes=np.zeros(CLASSES),
        caught=np.zeros((CLASSES, lists)),
        number=np.array([0, CLASSES]),
        scalar=np.zeros(2),
    )


@nb.njit(nogil=True, cache=True)
def pattern_probabilities(patterns: npt.NDArray[np.bool_], capture: Floats, out: Floats) -> None:
    """Fill `out` with the probability of each pattern in a class with these captures."""
    rows, lists = patterns.shape
    for x in range(rows):
        p = 1.0
        for j in range(lists):
            p *= capture[j] if patterns[x, j] else 1.0 - capture[j]
        out[x] = p


@nb.njit(nogil=True, cache=True)
def log_likelihood(total: Floats, counts: Floats) -> float:
    """Log likelihood of the recorded patterns given that they were recorded; minus infinity where one is impossible."""
    rows = len(counts)
    persons, value = 0.0, 0.0
    for x in range(rows):
        if total[x] <= 0.0:
            return -math.inf
        value += counts[x] * math.log(total[x])
        persons += counts[x]
    if total[rows] >= 1.0:
        return -math.inf
    return value - persons * math.log1p(-total[rows])


@nb.njit(nogil=True, cache=True)
def mix(chain: Chain) -> None:
    """Bring the probabilities of the patterns and the likelihood up to date with the measure."""
    chain.total[:] = 0.0
    for k in range(chain.number[1]):
        pattern_probabilities(chain.patterns, chain.capture[k], chain.cells[k])
        for x in range(len(chain.total)):
            chain.total[x] += chain.weights[k] * chain.cells[k, x]
    chain.scalar[1] = log_likelihood(chain.total, chain.counts)
