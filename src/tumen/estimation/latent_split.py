"""The move of the latent-class sampler that crosses modes: two classes are divided anew, a split or a merge."""

from __future__ import annotations

import math

import numba as nb
import numpy as np

from tumen.estimation.latent_state import Chain, Floats, Prior, log_likelihood, pattern_probabilities

_REACH = 14.0  # log-odds of two weights over which `_divide_anew` proposes


@nb.njit(nogil=True, cache=True)
def split_merge(rng: np.random.Generator, chain: Chain, prior: Prior, times: int) -> None:
    """Try to divide two classes anew, `times` times, with allocation and N integrated out.

    The first class is taken by its weight, the second at random: the rule may look at the measure only, never at the
    allocation.
    """
    lists, rows = chain.patterns.shape[1], len(chain.total)
    captures, cells = np.empty((3, lists)), np.empty((3, rows))
    for _ in range(times):
        k, e = _pick(rng, chain), int(rng.random() * len(chain.weights))
        if k != e and e < chain.number[1]:
            _divide_anew(rng, chain, prior, k, e, captures, cells)


@nb.njit(nogil=True, cache=True)
def _pick(rng: np.random.Generator, chain: Chain) -> int:
    left = rng.random()
    for k in range(chain.number[1]):
        left -= chain.weights[k]
        if left < 0.0:
            return k
    return 0


@nb.njit(nogil=True, cache=True)
def _divide_anew(
    rng: np.random.Generator, chain: Chain, prior: Prior, k: int, e: int, captures: Floats, cells: Floats
) -> None:
    """Divide classes k and e, keeping their joint weight and mean captures: a split when e was all but empty, a merge
    when it becomes so.

    In the coordinates (mean, captures of e, log-odds of e's share v) the density of the weights, 1/w each under the
    process, is flat in the log-odds, and the captures of k contribute the Jacobian (1 - v) ** -lists.
    """
    lists = chain.patterns.shape[1]
    old_k, old_e = chain.weights[k], chain.weights[e]
    if old_k <= 0.0 or old_e <= 0.0 or abs(math.log(old_e / old_k)) > _REACH:
        return
    both = old_k + old_e
    share = 1.0 / (1.0 + math.exp(_REACH * (2.0 * rng.random() - 1.0)))
    mean, capture_e, capture_k = captures
    for j in range(lists):
        mean[j] = (old_k * chain.capture[k, j] + old_e * chain.capture[e, j]) / both
    if not (_interior(mean) and _interior(chain.capture[e]) and _interior(chain.capture[k])):
        return
    near, common = rng.random() < 0.5, 1.5 * rng.standard_normal()
    for j in range(lists):
        logit = _logit(mean[j]) + common + rng.standard_normal() if near else _logit(1.0 - rng.random())
        capture_e[j] = 1.0 / (1.0 + math.exp(-logit))
        capture_k[j] = (mean[j] - share * capture_e[j]) / (1.0 - share)
    if not (_interior(capture_e) and _interior(capture_k)):
        return
    log_ratio = _log_proposal(chain.capture[e], mean) - _log_proposal(capture_e, mean)
    log_ratio += lists * (math.log(old_k / both) - math.log1p(-share))
    log_ratio += math.log(both / old_k) + math.log1p(-share)  # as `_pick` would pick k on the way back
    gained = _log_spread(capture_k) + _log_spread(capture_e)
    gained -= _log_spread(chain.capture[k]) + _log_spread(chain.capture[e])
    log_ratio += (prior.capture - 1.0) * gained
    total, cells_k, cells_e = cells
    pattern_probabilities(chain.patterns, capture_k, cells_k)
    pattern_probabilities(chain.patterns, capture_e, cells_e)
    for x in range(len(total)):
        others = max(chain.total[x] - old_k * chain.cells[k, x] - old_e * chain.cells[e, x], 0.0)
        total[x] = others + both * ((1.0 - share) * cells_k[x] + share * cells_e[x])
    value = log_likelihood(total, chain.counts)
    if math.log(1.0 - rng.random()) < value - chain.scalar[1] + log_ratio:
        chain.weights[k], chain.weights[e] = both * (1.0 - share), both * share
        chain.capture[k, :], chain.capture[e, :] = capture_k, capture_e
        chain.cells[k, :], chain.cells[e, :] = cells_k, cells_e
        chain.total[:] = total
        chain.scalar[1] = value


@nb.njit(nogil=True, cache=True)
def _logit(p: float) -> float:
    return math.log(p / (1.0 - p))


@nb.njit(nogil=True, cache=True)
def _interior(capture: Floats) -> bool:
    inside = True
    for p in capture:
        inside = inside and 0.0 < p < 1.0
    return inside


@nb.njit(nogil=True, cache=True)
def _log_spread(capture: Floats) -> float:
    value = 0.0
    for p in capture:
        value += math.log(p * (1.0 - p))
    return value


@nb.njit(nogil=True, cache=True)
def _log_near(at: Floats, mean: Floats) -> float:
    """Log density of captures whose logits are those of `mean` plus a common N(0, 2.25) and own N(0, 1) shifts."""
    squares, total, size = 0.0, 0.0, len(at)
    for j in range(size):
        gap = _logit(at[j]) - _logit(mean[j])
        squares += gap * gap
        total += gap
    spread = 1.0 + 2.25 * size
    normal = -0.5 * (squares - 2.25 * total * total / spread + math.log(spread)) - 0.9189385332046727 * size
    return normal - _log_spread(at)


@nb.njit(nogil=True, cache=True)
def _log_proposal(at: Floats, mean: Floats) -> float:
    """Log density of the captures proposed: half of them uniform, half near the mean."""
    return math.log(0.5 + 0.5 * math.exp(min(_log_near(at, mean), 700.0)))
