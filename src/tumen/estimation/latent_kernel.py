"""The moves of the latent-class sampler, compiled: a Dirichlet-process mixture of independent lists.

Notation, as in Manrique-Vallier (2016): class k has weight w[k] and is captured by list j with probability c[k, j];
all c are uniform a priori, the weights are a Dirichlet process with concentration a ~ Gamma(shape, rate), and
p(N) is proportional to 1/N. Given weights and captures (the *measure*) N is integrated out: the n recorded persons have
likelihood product (P_x / (1 - P_0))^n_x, and N - n is negative binomial. One sweep is

1. `draw_concentration`: a given the class sizes, with the weights integrated out;
2. `draw_measure`: the measure given the allocation of persons to classes. Occupied classes have Dirichlet weights and
   the remaining mass is broken into empty ones, so that no order of the classes exists in which a chain could lock;
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
_NEGLIGIBLE = 1e-8  # mass of the empty classes beyond which no further one is broken off
_REACH = 14.0  # log-odds of two weights over which `_split_merge` proposes


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
    scratch: Floats  # [6, patterns or lists]


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
        scratch=np.zeros((6, max(rows + 1, lists))),
    )


@nb.njit(nogil=True, cache=True)
def _log_concentration(log_a: float, occupied: int, persons: float, shape: float, rate: float) -> float:
    a = math.exp(log_a)
    # lgamma(a) is written as lgamma(a + 1) - log a, which stays finite where a itself underflows.
    return (shape + occupied - 1.0) * log_a - rate * a + math.lgamma(a + 1.0) - math.lgamma(a + persons)


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
            if k >= occupied:
                chain.capture[k, j] = rng.random()
                continue
            yes = rng.standard_gamma(1.0 + chain.caught[k, j])
            no = rng.standard_gamma(1.0 + chain.sizes[k] - chain.caught[k, j])
            chain.capture[k, j] = yes / (yes + no)
        _pattern_probabilities(chain.patterns, chain.capture[k], chain.cells[k])
        for x in range(rows):
            chain.total[x] += chain.weights[k] * chain.cells[k, x]
    chain.scalar[1] = log_likelihood(chain.total, chain.counts)


@nb.njit(nogil=True, cache=True)
def _step(rng: np.random.Generator) -> float:
    """A symmetric step of mixed size, so that well and badly known directions both move."""
    return rng.standard_normal() * math.exp(-2.5 + 2.5 * rng.random())


@nb.njit(nogil=True, cache=True)
def _reweigh(rng: np.random.Generator, chain: Chain, k: int, step: float, capture: Floats, log_prior: float) -> None:
    """Propose `capture` for class k and its weight times exp(step), the others squeezed.

    `log_prior` is the Jacobian of how the captures were changed.
    """
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
    log_ratio += math.log(weight / chain.weights[k])  # as `_pick` would pick k on the way back
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
def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


@nb.njit(nogil=True, cache=True)
def _log_kernel(at: Floats, around: Floats, size: int) -> float:
    """Log density of captures whose logits are those of `around` plus a common N(0, 2.25) and own N(0, 1) shifts."""
    squares, total, jacobian = 0.0, 0.0, 0.0
    for j in range(size):
        gap = _logit(at[j]) - _logit(around[j])
        squares += gap * gap
        total += gap
        jacobian += math.log(at[j] * (1.0 - at[j]))
    spread = 1.0 + 2.25 * size
    return -0.5 * (squares - 2.25 * total * total / spread + math.log(spread)) - 0.9189385332046727 * size - jacobian


@nb.njit(nogil=True, cache=True)
def _log_split(at: Floats, around: Floats, size: int) -> float:
    """Log density of the captures that `_split_merge` proposes: half from the prior, half near the mean."""
    return math.log(0.5 + 0.5 * math.exp(min(_log_kernel(at, around, size), 700.0)))


@nb.njit(nogil=True, cache=True)
def _interior(capture: Floats, size: int) -> bool:
    inside = True
    for j in range(size):
        inside = inside and 0.0 < capture[j] < 1.0
    return inside


@nb.njit(nogil=True, cache=True)
def _split_merge(rng: np.random.Generator, chain: Chain, k: int, e: int) -> None:
    """Divide classes k and e anew, keeping their joint weight and mean captures: a split when e was all but empty,
    a merge when it becomes so. In the coordinates (mean, captures of e, log-odds of e's share v) the prior density is
    proportional to (1 - v) ** -lists.
    """
    lists, rows = chain.patterns.shape[1], len(chain.total)
    old_k, old_e = chain.weights[k], chain.weights[e]
    if old_k <= 0.0 or old_e <= 0.0 or abs(math.log(old_e / old_k)) > _REACH:
        return
    both = old_k + old_e
    share = 1.0 / (1.0 + math.exp(_REACH * (2.0 * rng.random() - 1.0)))
    mean, capture_e, capture_k = chain.scratch[4], chain.scratch[2], chain.scratch[3]
    for j in range(lists):
        mean[j] = (old_k * chain.capture[k, j] + old_e * chain.capture[e, j]) / both
    if not (_interior(mean, lists) and _interior(chain.capture[e], lists)):
        return
    near, common = rng.random() < 0.5, 1.5 * rng.standard_normal()
    for j in range(lists):
        logit = _logit(mean[j]) + common + rng.standard_normal() if near else _logit(1.0 - rng.random())
        capture_e[j] = 1.0 / (1.0 + math.exp(-logit))
        capture_k[j] = (mean[j] - share * capture_e[j]) / (1.0 - share)
    if not (_interior(capture_e, lists) and _interior(capture_k, lists)):
        return
    log_ratio = _log_split(chain.capture[e], mean, lists) - _log_split(capture_e, mean, lists)
    log_ratio += lists * (math.log(old_k / both) - math.log1p(-share))
    log_ratio += math.log(both / old_k) + math.log1p(-share)  # as `_pick` would pick k on the way back
    cells_k, cells_e, total = chain.scratch[0], chain.scratch[5], chain.scratch[1]
    _pattern_probabilities(chain.patterns, capture_k, cells_k)
    _pattern_probabilities(chain.patterns, capture_e, cells_e)
    for x in range(rows):
        others = max(chain.total[x] - old_k * chain.cells[k, x] - old_e * chain.cells[e, x], 0.0)
        total[x] = others + both * ((1.0 - share) * cells_k[x] + share * cells_e[x])
    value = log_likelihood(total[:rows], chain.counts)
    if math.log(1.0 - rng.random()) < value - chain.scalar[1] + log_ratio:
        chain.weights[k], chain.weights[e] = both * (1.0 - share), both * share
        chain.capture[k, :], chain.capture[e, :] = capture_k[:lists], capture_e[:lists]
        chain.cells[k, :], chain.cells[e, :] = cells_k[:rows], cells_e[:rows]
        chain.total[:] = total[:rows]
        chain.scalar[1] = value


@nb.njit(nogil=True, cache=True)
def _pick(rng: np.random.Generator, chain: Chain) -> int:
    """A class, with its weight as its probability: the rule may look at the measure only, never at the allocation."""
    left = rng.random()
    for k in range(chain.number[1]):
        left -= chain.weights[k]
        if left < 0.0:
            return k
    return 0


@nb.njit(nogil=True, cache=True)
def move_measure(rng: np.random.Generator, chain: Chain, rounds: int) -> None:
    """Move the measure with allocation and N integrated out, `rounds` times each kind of move."""
    lists, classes = chain.patterns.shape[1], chain.allocation.shape[1]
    capture = chain.scratch[3][:lists]
    for _ in range(rounds):
        _thin_out(rng, chain, _pick(rng, chain))
        _recapture(rng, chain, _pick(rng, chain), int(rng.random() * lists))
        k = _pick(rng, chain)
        capture[:] = chain.capture[k]
        _reweigh(rng, chain, k, _step(rng), capture, 0.0)
        k, e = _pick(rng, chain), int(rng.random() * classes)
        if k != e and e < chain.number[1]:
            _split_merge(rng, chain, k, e)


@nb.njit(nogil=True, cache=True)
def _divide(rng: np.random.Generator, chain: Chain, x: int, left: int, mass: float, first: int, last: int) -> None:
    """Spread `left` people of pattern x over the classes from `first` up to `last`, whose joint mass is `mass`."""
    for k in range(first, last):
        if left == 0:
            return
        part = chain.weights[k] * chain.cells[k, x]
        taken = left if k == last - 1 or part >= mass else rng.binomial(left, part / mass)
        chain.allocation[x, k] = taken
        left -= taken
        mass -= part


@nb.njit(nogil=True, cache=True)
def allocate(rng: np.random.Generator, chain: Chain) -> float:
    """Draw N - n and the class of every person; N - n is returned."""
    rows = chain.allocation.shape[0]
    filled = chain.number[1]
    missing = 0.0
    for k in range(filled):
        missing += chain.weights[k] * chain.cells[k, rows - 1]
    persons = chain.counts.sum()
    missing = min(missing, 1.0 - 1e-12)
    unrecorded = float(rng.poisson(rng.standard_gamma(persons) * missing / (1.0 - missing)))
    chain.allocation[:, :filled] = 0.0
    occupied = chain.number[0]
    for x in range(rows):
        left = int(chain.counts[x]) if x < rows - 1 else int(unrecorded)
        known, fresh = 0.0, 0.0
        for k in range(occupied):
            known += chain.weights[k] * chain.cells[k, x]
        for k in range(occupied, filled):
            fresh += chain.weights[k] * chain.cells[k, x]
        # The classes that were empty are nearly always given nobody: one draw for all of them together.
        outside = rng.binomial(left, fresh / (known + fresh)) if fresh > 0.0 else 0
        if outside > 0:
            _divide(rng, chain, x, outside, fresh, occupied, filled)
        _divide(rng, chain, x, left - outside, known, 0, occupied)
    return unrecorded


@nb.njit(nogil=True, cache=True)
def run(rng: np.random.Generator, chain: Chain, shape: float, rate: float, rounds: int, thin: int, out: Floats) -> None:
    """Sweep `thin` times for each row of `out`: N - n, occupied classes, deviance, log a."""
    for i in range(out.shape[0]):
        unrecorded = 0.0
        for sweep in range(thin):
            draw_concentration(rng, chain, shape, rate)
            draw_measure(rng, chain)
            if sweep == thin - 1:
                out[i, 1] = chain.number[0]
            move_measure(rng, chain, rounds)
            unrecorded = allocate(rng, chain)
        out[i, 0] = unrecorded
        out[i, 2] = -2.0 * chain.scalar[1]
        out[i, 3] = chain.scalar[0]
