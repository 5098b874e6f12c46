"""The moves of the latent-class sampler, compiled: a Dirichlet-process mixture of independent lists.

Notation, as in Manrique-Vallier (2016): class k has weight w[k] and is captured by list j with probability c[k, j];
all c are uniform a priori, the weights are a Dirichlet process with concentration a ~ Gamma(shape, rate), and
p(N) is proportional to 1/N. Given weights and captures (the *measure*) N is integrated out: the n recorded persons have
likelihood product (P_x / (1 - P_0))^n_x, and N - n is negative binomial. One sweep is

1. `draw_concentration`: a given the class sizes, with the weights integrated out;
2. `draw_measure`: the measure given the allocation of persons to classes. Occupied classes have Dirichlet weights and the
   remaining mass is broken into empty ones, so that no order of the classes exists in which a chain could lock;
3. `move_measure`: Metropolis moves of the measure with allocation **and** N integrated out. These are what makes
   the chain mix: given an allocation the unrecorded part hardly moves, given the measure alone it moves freely;
4. `allocate`: N - n and the classes of all persons, pattern by pattern.

Weights of single classes have density 1/w under the process, hence no prior factor on the log scale but the one of
the mass that a move squeezes (`squeeze ** a`).
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
_NEGLIGIBLE = 1e-9  # mass of the empty classes beyond which no further one is broken off
_REACH = 14.0  # log-odds of two weights over which `_redistribute` proposes


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
    scratch: Floats  # [4, patterns or lists]


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
        number=np.zeros(2, np.int64),
        scalar=np.zeros(2),
        scratch=np.zeros((4, max(rows + 1, lists))),
    )


@nb.njit(nogil=True, cache=True)
def _log_concentration(log_a: float, occupied: int, persons: float, shape: float, rate: float) -> float:
    a = math.exp(log_a)
    return (shape + occupied) * log_a - rate * a + math.lgamma(a) - math.lgamma(a + persons)


@nb.njit(nogil=True, cache=True)
def draw_concentration(rng: np.random.Generator, chain: Chain, shape: float, rate: float) -> None:
    """Gather the occupied classes in front and draw the concentration by slice sampling on the log scale."""
    rows, classes = chain.allocation.shape
    occupied, persons = 0, 0.0
    for k in range(classes):
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
        floor = _log_concentration(here, occupied, persons, shape, rate) + math.log(1.0 - rng.random())
        low = here - 2.0 * rng.random()
        high = low + 2.0
        while _log_concentration(low, occupied, persons, shape, rate) > floor:
            low -= 2.0
        while _log_concentration(high, occupied, persons, shape, rate) > floor:
            high += 2.0
        while True:
            there = low + (high - low) * rng.random()
            if _log_concentration(there, occupied, persons, shape, rate) > floor:
                break
            if there < here:
                low = there
            else:
                high = there
        here = there
    chain.scalar[0] = here


@nb.njit(nogil=True, cache=True)
def _pattern_probabilities(patterns: npt.NDArray[np.bool_], capture: Floats, out: Floats) -> None:
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
def draw_measure(rng: np.random.Generator, chain: Chain) -> None:
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
    chain.total[:] = 0.0
    for k in range(filled):
        for j in range(lists):
            yes = rng.standard_gamma(1.0 + chain.caught[k, j])
            no = rng.standard_gamma(1.0 + chain.sizes[k] - chain.caught[k, j])
            chain.capture[k, j] = yes / (yes + no)
        _pattern_probabilities(chain.patterns, chain.capture[k], chain.cells[k])
        for x in range(rows):
            chain.total[x] += chain.weights[k] * chain.cells[k, x]
    chain.scalar[1] = log_likelihood(chain.total, chain.counts)


@nb.njit(nogil=True, cache=True)
def _step(rng: np.random.Generator) -> float:
    """A symmetric step whose size ranges over two powers of ten, so that small and large tables both accept some."""
    return rng.standard_normal() * math.exp(-4.0 + 4.5 * rng.random())


@nb.njit(nogil=True, cache=True)
def _reweigh(rng: np.random.Generator, chain: Chain, k: int, step: float, capture: Floats, log_prior: float) -> None:
    """Propose `capture` for class k and its weight times exp(step), the others squeezed; `log_prior` for the captures."""
    new_cells, new_total = chain.scratch[0], chain.scratch[1]
    rows = len(chain.total)
    squeeze = 1.0 / (1.0 + chain.weights[k] * math.expm1(step))
    weight = chain.weights[k] * math.exp(step) * squeeze
    _pattern_probabilities(chain.patterns, capture, new_cells)
    for x in range(rows):
        others = max(chain.total[x] - chain.weights[k] * chain.cells[k, x], 0.0)
        new_total[x] = squeeze * others + weight * new_cells[x]
    value = log_likelihood(new_total[:rows], chain.counts)
    log_ratio = value - chain.scalar[1] + log_prior + math.exp(chain.scalar[0]) * math.log(squeeze)
    if math.log(1.0 - rng.random()) < log_ratio:
        for i in range(chain.number[1]):
            chain.weights[i] *= squeeze
        chain.weights[k] = weight
        chain.capture[k, :] = capture
        chain.cells[k, :] = new_cells[:rows]
        chain.total[:] = new_total[:rows]
        chain.scalar[1] = value


@nb.njit(nogil=True, cache=True)
def _thin_out(rng: np.random.Generator, chain: Chain, k: int) -> None:
    """Make class k harder to catch and larger (or the reverse), so that those caught once stay as many."""
    lists = chain.patterns.shape[1]
    capture = chain.scratch[2][:lists]
    step = _step(rng)
    for j in range(lists):
        capture[j] = chain.capture[k, j] * math.exp(-step)
        if capture[j] >= 1.0:
            return
    _reweigh(rng, chain, k, step, capture, -lists * step)


@nb.njit(nogil=True, cache=True)
def _recapture(rng: np.random.Generator, chain: Chain, k: int, j: int) -> None:
    """Walk one capture probability on the logit scale."""
    lists = chain.patterns.shape[1]
    capture = chain.scratch[2][:lists]
    capture[:] = chain.capture[k]
    old = capture[j]
    odds = old / (1.0 - old) * math.exp(2.0 * _step(rng)) if old < 1.0 else math.inf
    if not 0.0 < odds < math.inf:
        return
    new = odds / (1.0 + odds)
    if not 0.0 < new < 1.0:
        return
    capture[j] = new
    _reweigh(rng, chain, k, 0.0, capture, math.log(new * (1.0 - new)) - math.log(old * (1.0 - old)))


@nb.njit(nogil=True, cache=True)
def _log_kernel(at: Floats, around: Floats) -> float:
    """Log density of capture probabilities that are logit-normal (sd 1) around others."""
    value = 0.0
    for j in range(len(at)):
        gap = math.log(at[j] / (1.0 - at[j])) - math.log(around[j] / (1.0 - around[j]))
        value += -0.5 * gap * gap - 0.9189385332046727 - math.log(at[j] * (1.0 - at[j]))
    return value


@nb.njit(nogil=True, cache=True)
def _interior(capture: Floats) -> bool:
    for j in range(len(capture)):
        if not 0.0 < capture[j] < 1.0:
            return False
    return True


@nb.njit(nogil=True, cache=True)
def _redistribute(rng: np.random.Generator, chain: Chain, k: int, e: int) -> None:
    """Split or merge: share the weight of classes k and e anew and give e fresh captures, from the prior or near k's."""
    lists, rows = chain.patterns.shape[1], len(chain.total)
    old_k, old_e = chain.weights[k], chain.weights[e]
    if old_k <= 0.0 or old_e <= 0.0 or abs(math.log(old_e / old_k)) > _REACH:
        return
    weight_e = (old_k + old_e) / (1.0 + math.exp(_REACH * (2.0 * rng.random() - 1.0)))
    weight_k = old_k + old_e - weight_e
    capture = chain.scratch[2][:lists]
    near = rng.random() < 0.5
    for j in range(lists):
        if near:
            old = chain.capture[k, j]
            odds = old / (1.0 - old) * math.exp(rng.standard_normal()) if old < 1.0 else math.inf
            capture[j] = odds / (1.0 + odds) if odds < math.inf else 1.0
        else:
            capture[j] = rng.random()
    if weight_k <= 0.0 or not (_interior(capture) and _interior(chain.capture[k]) and _interior(chain.capture[e])):
        return
    there = math.log(0.5 + 0.5 * math.exp(min(_log_kernel(capture, chain.capture[k]), 700.0)))
    back = math.log(0.5 + 0.5 * math.exp(min(_log_kernel(chain.capture[e], chain.capture[k]), 700.0)))
    new_cells, new_total = chain.scratch[0], chain.scratch[1]
    _pattern_probabilities(chain.patterns, capture, new_cells)
    for x in range(rows):
        others = max(chain.total[x] - old_k * chain.cells[k, x] - old_e * chain.cells[e, x], 0.0)
        new_total[x] = others + weight_k * chain.cells[k, x] + weight_e * new_cells[x]
    value = log_likelihood(new_total[:rows], chain.counts)
    if math.log(1.0 - rng.random()) < value - chain.scalar[1] + back - there:
        chain.weights[k], chain.weights[e] = weight_k, weight_e
        chain.capture[e, :] = capture
        chain.cells[e, :] = new_cells[:rows]
        chain.total[:] = new_total[:rows]
        chain.scalar[1] = value


@nb.njit(nogil=True, cache=True)
def move_measure(rng: np.random.Generator, chain: Chain, rounds: int) -> None:
    """Move the measure with allocation and N integrated out, `rounds` times over the classes that were occupied."""
    occupied, filled = chain.number[0], chain.number[1]
    lists = chain.patterns.shape[1]
    capture = chain.scratch[3]
    for _ in range(rounds):
        for k in range(occupied):
            _thin_out(rng, chain, k)
            _recapture(rng, chain, k, int(rng.random() * lists))
        k = int(rng.random() * occupied)
        capture[:lists] = chain.capture[k]
        _reweigh(rng, chain, k, _step(rng), capture[:lists], 0.0)
        if filled > 1:
            k = int(rng.random() * occupied)
            e = int(rng.random() * (filled - 1))
            _redistribute(rng, chain, k, e + (e >= k))


@nb.njit(nogil=True, cache=True)
def allocate(rng: np.random.Generator, chain: Chain) -> float:
    """Draw N - n and the class of every person; N - n is returned."""
    rows, classes = chain.allocation.shape
    filled = chain.number[1]
    missing = 0.0
    for k in range(filled):
        missing += chain.weights[k] * chain.cells[k, rows - 1]
    persons = chain.counts.sum()
    missing = min(missing, 1.0 - 1e-12)
    unrecorded = float(rng.poisson(rng.standard_gamma(persons) * missing / (1.0 - missing)))
    share = chain.scratch[3]
    chain.allocation[:] = 0.0
    for x in range(rows):
        mass = 0.0
        for k in range(filled):
            mass += chain.weights[k] * chain.cells[k, x]
        left = int(chain.counts[x]) if x < rows - 1 else int(unrecorded)
        for k in range(filled):
            if left == 0:
                break
            part = chain.weights[k] * chain.cells[k, x]
            taken = left if k == filled - 1 or part >= mass else rng.binomial(left, part / mass)
            chain.allocation[x, k] = taken
            left -= taken
            mass -= part
    return unrecorded


@nb.njit(nogil=True, cache=True)
def log_jeffreys_ratio(chain: Chain) -> float:
    """Log ratio of the allocation's probability with Jeffreys captures, Beta(1/2, 1/2), to that with uniform ones."""
    value = 0.0
    for k in range(chain.number[0]):
        for j in range(chain.patterns.shape[1]):
            yes, size = chain.caught[k, j], chain.sizes[k]
            no = size - yes
            value += math.lgamma(yes + 0.5) + math.lgamma(no + 0.5) - math.lgamma(size + 1.0) - math.log(math.pi)
            value -= math.lgamma(yes + 1.0) + math.lgamma(no + 1.0) - math.lgamma(size + 2.0)
    return value


@nb.njit(nogil=True, cache=True)
def run(
    rng: np.random.Generator, chain: Chain, shape: float, rate: float, rounds: int, thin: int, out: Floats
) -> None:
    """Sweep `thin` times for each row of `out`: N - n, occupied classes, deviance, log a, log Jeffreys ratio."""
    for i in range(out.shape[0]):
        unrecorded = 0.0
        jeffreys = 0.0
        for sweep in range(thin):
            draw_concentration(rng, chain, shape, rate)
            draw_measure(rng, chain)
            if sweep == thin - 1:
                out[i, 1] = chain.number[0]
                jeffreys = log_jeffreys_ratio(chain)
            move_measure(rng, chain, rounds)
            unrecorded = allocate(rng, chain)
        out[i, 0] = unrecorded
        out[i, 2] = -2.0 * chain.scalar[1]
        out[i, 3] = chain.scalar[0]
        out[i, 4] = jeffreys
