"""One sweep of the latent-class sampler, compiled: a Dirichlet-process mixture of independent lists
(Manrique-Vallier 2016), in the notation of `latent_state`.

1. `draw_concentration`: given the class sizes, with the weights integrated out;
2. `draw_measure`: the measure given the allocation of persons to classes. Occupied classes have Dirichlet weights and
   the remaining mass is broken into empty ones, so that no order of the classes exists in which a chain could lock;
3. `split_merge` and `glide`: moves of the measure with allocation **and** N integrated out. These are what makes the
   chain mix: given an allocation the unrecorded part hardly moves, given the measure alone it moves freely;
4. `allocate`: N - n and the classes of all persons, pattern by pattern.
"""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from tumen.estimation.latent_glide import Glider, glide
from tumen.estimation.latent_split import split_merge
from tumen.estimation.latent_state import Chain, Floats, Prior, mix

_NEGLIGIBLE = 1e-8  # mass of the empty classes beyond which no further one is broken off
_SPLITS = 10  # a split costs a hundredth of a glide


@nb.njit(nogil=True, cache=True)
def run(rng: np.random.Generator, chain: Chain, glider: Glider, prior: Prior, tune: bool, out: Floats) -> None:
    """One sweep for each row of `out`: N - n, occupied classes, deviance, log concentration.

    While `tune`, the glider looks for its step; the draws of these sweeps must be thrown away.
    """
    for i in range(out.shape[0]):
        draw_concentration(rng, chain, prior)
        draw_measure(rng, chain, prior)
        out[i, 1] = chain.number[0]
        split_merge(rng, chain, prior, _SPLITS)
        glide(rng, chain, glider, prior, tune)
        out[i, 0] = allocate(rng, chain)
        out[i, 2] = -2.0 * chain.scalar[1]
        out[i, 3] = chain.scalar[0]


@nb.njit(nogil=True, cache=True)
def _log_concentration(log_a: float, occupied: int, persons: float, prior: Prior) -> float:
    a = math.exp(log_a)
    # lgamma(a) is written as lgamma(a + 1) - log a, which stays finite where a itself underflows.
    return (prior.shape + occupied - 1.0) * log_a - prior.rate * a + math.lgamma(a + 1.0) - math.lgamma(a + persons)


@nb.njit(nogil=True, cache=True)
def draw_concentration(rng: np.random.Generator, chain: Chain, prior: Prior) -> None:
    """Gather the occupied classes in front and draw the concentration by slice sampling on the log scale."""
    rows, filled = len(chain.total), chain.number[1]
    occupied, persons = 0, 0.0
    for k in range(filled):
        size = 0.0
        for x in range(rows):
            size += chain.allocation[x, k]
        if size > 0:
            if occupied != k:
                for x in range(rows):
                    chain.allocation[x, occupied] = chain.allocation[x, k]
                    chain.allocation[x, k] = 0.0
            chain.sizes[occupied] = size
            persons += size
            occupied += 1
    chain.sizes[occupied:] = 0.0
    chain.number[0] = occupied
    here = chain.scalar[0]
    for _ in range(2):
        floor = _log_concentration(here, occupied, persons, prior) + math.log(1.0 - rng.random())
        low = here - 2.0 * rng.random()
        high = low + 2.0
        while _log_concentration(low, occupied, persons, prior) > floor:
            low -= 2.0
        while _log_concentration(high, occupied, persons, prior) > floor:
            high += 2.0
        while True:
            there = low + (high - low) * rng.random()
            if _log_concentration(there, occupied, persons, prior) > floor:
                break
            if there < here:
                low = there
            else:
                high = there
        here = there
    chain.scalar[0] = here


@nb.njit(nogil=True, cache=True)
def draw_measure(rng: np.random.Generator, chain: Chain, prior: Prior) -> None:
    """Draw weights and capture probabilities given the allocation."""
    rows, classes = chain.allocation.shape
    lists = chain.patterns.shape[1]
    occupied, a = chain.number[0], math.exp(chain.scalar[0])
    mass = 0.0
    for k in range(occupied):
        chain.weights[k] = rng.standard_gamma(chain.sizes[k])
        mass += chain.weights[k]
        for j in range(lists):
            caught = 0.0
            for x in range(rows - 1):
                if chain.patterns[x, j]:
                    caught += chain.allocation[x, k]
            chain.caught[k, j] = caught
    empty = rng.standard_gamma(a)
    mass += empty
    for k in range(occupied):
        chain.weights[k] /= mass
    rest = empty / mass
    filled = occupied
    while filled < classes and rest > _NEGLIGIBLE:
        stick = rng.standard_exponential()
        part = 1.0 if filled == classes - 1 else stick / (stick + rng.standard_gamma(a))
        chain.weights[filled] = rest * part
        chain.caught[filled, :] = 0.0
        rest *= 1.0 - part
        filled += 1
    chain.number[1] = filled
    for k in range(filled):
        for j in range(lists):
            yes = rng.standard_gamma(prior.capture + chain.caught[k, j])
            no = rng.standard_gamma(prior.capture + chain.sizes[k] - chain.caught[k, j])
            chain.capture[k, j] = yes / (yes + no)
    mix(chain)


@nb.njit(nogil=True, cache=True)
def allocate(rng: np.random.Generator, chain: Chain) -> float:
    """Draw N - n and the class of every person; N - n is returned."""
    rows = len(chain.total)
    occupied, filled = chain.number[0], chain.number[1]
    missing = 0.0
    for k in range(filled):
        missing += chain.weights[k] * chain.cells[k, rows - 1]
    missing = min(missing, 1.0 - 1e-12)
    unrecorded = float(rng.poisson(rng.standard_gamma(chain.counts.sum()) * missing / (1.0 - missing)))
    for x in range(rows):
        chain.allocation[x, :filled] = 0.0
        left = int(chain.counts[x]) if x < rows - 1 else int(unrecorded)
        known, fresh = 0.0, 0.0
        for k in range(occupied):
            known += chain.weights[k] * chain.cells[k, x]
        for k in range(occupied, filled):
            fresh += chain.weights[k] * chain.cells[k, x]
        # The classes that were empty are nearly always given nobody: one draw for all of them together.
        outside = rng.binomial(left, fresh / (known + fresh)) if fresh > 0.0 else 0
        if outside > 0:
            _spread(rng, chain, x, outside, fresh, occupied, filled)
        _spread(rng, chain, x, left - outside, known, 0, occupied)
    return unrecorded


@nb.njit(nogil=True, cache=True)
def _spread(rng: np.random.Generator, chain: Chain, x: int, left: int, mass: float, first: int, last: int) -> None:
    """Spread `left` people of pattern x over the classes from `first` up to `last`, whose joint mass is `mass`."""
    for k in range(first, last):
        if left == 0:
            return
        part = chain.weights[k] * chain.cells[k, x]
        taken = left if k == last - 1 or part >= mass else rng.binomial(left, part / mass)
        chain.allocation[x, k] = taken
        left -= taken
        mass -= part
