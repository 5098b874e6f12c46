"""The peer of the latent-class benchmark: the paper's Gibbs sampler (Manrique-Vallier 2016), compiled.

Classes in stick-breaking order, truncated, everything drawn in turn; eight chains from dispersed starts.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import numba as nb
import numpy as np

from tumen.estimation import CaptureTable

STARTS = (1, 2, 3, 4, 6, 8, 9, 10)
THIN = 10


@nb.njit(nogil=True, cache=True)
def log_gamma_draw(rng: Any, shape: float) -> float:
    """The log of a gamma variate, finite where the variate underflows."""
    return np.log(rng.standard_gamma(shape + 1.0)) + np.log(1.0 - rng.random()) / shape


@nb.njit(nogil=True, cache=True)
def gibbs(rng: Any, patterns: Any, counts: Any, allocation: Any, concentration: Any, thin: int, out: Any) -> None:
    """Sweep `thin` times for each N - n in `out`; `allocation` [pattern, class] and `concentration` hold the state."""
    rows, lists = patterns.shape
    classes = allocation.shape[1]
    weights, capture, shares = np.zeros(classes), np.zeros((classes, lists)), np.zeros((rows, classes))
    persons = counts.sum()
    for i in range(out.size * thin):
        sizes = allocation.sum(0)
        beyond = sizes.sum()
        log_rest = 0.0
        for k in range(classes):
            beyond -= sizes[k]
            if k < classes - 1:
                here = np.log(rng.standard_gamma(1.0 + sizes[k]))
                there = log_gamma_draw(rng, concentration[0] + beyond)
                joint = max(here, there) + np.log1p(np.exp(-abs(here - there)))
                weights[k] = np.exp(log_rest + here - joint)
                log_rest += there - joint
            else:
                weights[k] = np.exp(log_rest)
            for j in range(lists):
                caught = 0.0
                for x in range(rows):
                    if patterns[x, j]:
                        caught += allocation[x, k]
                yes, no = rng.standard_gamma(1.0 + caught), rng.standard_gamma(1.0 + sizes[k] - caught)
                capture[k, j] = yes / (yes + no)
        concentration[0] = rng.standard_gamma(0.25 + classes - 1) / (0.25 - log_rest)
        for x in range(rows):
            for k in range(classes):
                shares[x, k] = weights[k]
                for j in range(lists):
                    shares[x, k] *= capture[k, j] if patterns[x, j] else 1.0 - capture[k, j]
        missing = shares[rows - 1].sum()
        unrecorded = rng.poisson(rng.standard_gamma(persons) * missing / (1.0 - missing))
        for x in range(rows):
            left = int(counts[x]) if x < rows - 1 else unrecorded
            mass = shares[x].sum()
            for k in range(classes):
                chance = shares[x, k] / mass if mass > 0 else 1.0
                taken = left if k == classes - 1 or chance >= 1 else rng.binomial(left, chance)
                allocation[x, k] = taken
                left -= taken
                mass -= shares[x, k]
        if (i + 1) % thin == 0:
            out[i // thin] = unrecorded


def growing(table: CaptureTable, classes: int, seed: int = 0) -> Iterator[tuple[float, Any]]:
    """CPU seconds spent, and all N - n by [chain, draw], each time a quarter more, after 2,000 sweeps to warm up."""
    masks = np.append(np.flatnonzero(table.counts), 0)
    patterns = (masks[:, None] >> np.arange(table.K)) & 1 == 1
    counts = table.counts[masks].astype(float)
    generators = [np.random.default_rng([seed, chain]) for chain in range(len(STARTS))]
    states = []
    for rng, occupied in zip(generators, STARTS, strict=True):
        allocation = np.zeros((len(masks), classes))
        for x, count in enumerate(counts):
            allocation[x, :occupied] = rng.multinomial(int(count), np.full(occupied, 1 / occupied))
        states.append((allocation, np.ones(1)))

    def block(length: int) -> Any:
        outs = [np.zeros(length) for _ in STARTS]
        for rng, (allocation, concentration), out in zip(generators, states, outs, strict=True):
            gibbs(rng, patterns, counts, allocation, concentration, THIN, out)
        return np.stack(outs)

    block(1)  # compiled before the clock starts
    start = time.process_time()
    block(200)
    draws = block(1000)
    spent = time.process_time() - start
    while True:
        yield spent, draws
        start = time.process_time()
        draws = np.concatenate([draws, block(draws.shape[1] // 4)], axis=1)
        spent += time.process_time() - start
