"""The move of the latent-class sampler that travels far: all classes that matter glide along together, by Hamiltonian
dynamics (Neal 2011, Handbook of Markov Chain Monte Carlo, ch. 5) on the posterior with allocation and N integrated out.

Coordinates are the logits of the captures and the logs of the weights. A Dirichlet process is a Poisson process of
weights W with intensity a exp(-W) / W, made to sum to 1; its sum T ~ Gamma(a, 1) does not depend on the shares. So a
fresh T gives each log W the prior density exp(-W), whatever the others are, and no simplex has to be walked.

Well-known classes need shorter steps than hardly known ones, and classes that hold nobody need not move at all. The
choice must not depend on what moves, so it is read off *anchors*: each log W plus a standard normal error, drawn anew,
fixed while the classes glide, and a factor of the density that they glide on.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numba as nb
import numpy as np

from tumen.estimation.latent_state import Chain, Floats, Ints, Prior, mix

_STEPS = 100  # at most, in one glide; on average half of them
_ACCEPTED = 0.75  # share of glides to accept, by choice of the step
_KNOWN = 1 / 30  # how much a person of a class, whose class is not known, tells about it


class Glider(NamedTuple):
    """The step of one chain, and room to work in. Coordinates are [class, list], the log weight in the last column."""

    tuning: Floats  # [log step, glides so far]
    patterns: Floats  # [list, pattern] as in the chain, 0 and 1
    place: Floats  # [class, coordinate]
    momentum: Floats  # [class, coordinate]
    slope: Floats  # [class, coordinate] gradient of the log density
    pace: Floats  # [class] how far its coordinates move in a step
    anchor: Floats  # [class]
    weight: Floats  # [class]
    capture: Floats  # [class, list]
    cells: Floats  # [class, pattern] weight times probability of the pattern
    total: Floats  # [pattern] sum of the cells, with those of the classes that stand still
    still: Floats  # [pattern], and the weight: what the classes that stand still contribute
    pull: Floats  # [pattern] derivative of the log likelihood with respect to `total`
    which: Ints  # the classes that glide


def glider(chain: Chain) -> Glider:
    """A glider for a chain; its step is found by gliding with `tune`."""
    rows, lists = chain.patterns.shape
    classes = len(chain.weights)
    coordinates = (classes, lists + 1)
    return Glider(
        tuning=np.array([math.log(0.25), 0.0]),
        patterns=np.ascontiguousarray(chain.patterns.T, np.float64),
        place=np.zeros(coordinates),
        momentum=np.zeros(coordinates),
        slope=np.zeros(coordinates),
        pace=np.zeros(classes),
        anchor=np.zeros(classes),
        weight=np.zeros(classes),
        capture=np.zeros((classes, lists)),
        cells=np.zeros((classes, rows)),
        total=np.zeros(rows),
        still=np.zeros(rows + 1),
        pull=np.zeros(rows),
        which=np.zeros(classes, np.int64),
    )


@nb.njit(nogil=True, cache=True, error_model="numpy")
def glide(rng: np.random.Generator, chain: Chain, glider: Glider, prior: Prior, tune: bool) -> None:
    """Move the measure; while `tune`, lengthen the step when too many moves are accepted, else shorten it."""
    moving = _set_out(rng, chain, glider)
    if moving == 0:
        return
    a = math.exp(chain.scalar[0])
    sum_of_weights = math.exp(math.log(rng.standard_gamma(a + 1.0)) + math.log(1.0 - rng.random()) / a)
    step = math.exp(glider.tuning[0] - 0.7 * rng.random())  # of mixed size, so that no orbit closes
    steps = 1 + int(rng.random() * _STEPS)
    lists = chain.patterns.shape[1]
    possible = _slope(chain, glider, prior, sum_of_weights, moving)
    before = _log_density(chain, glider, prior, sum_of_weights, moving) if possible else math.nan
    for number in range(steps):
        for i in range(moving):
            push = (0.5 if number == 0 else 1.0) * step * glider.pace[i]
            for j in range(lists + 1):
                glider.momentum[i, j] += push * glider.slope[i, j]
                glider.place[i, j] += step * glider.pace[i] * glider.momentum[i, j]
        possible = possible and _slope(chain, glider, prior, sum_of_weights, moving)
        if not possible:
            break
    accepted = 0.0
    if possible:
        for i in range(moving):
            for j in range(lists + 1):
                glider.momentum[i, j] += 0.5 * step * glider.pace[i] * glider.slope[i, j]
        accepted = math.exp(min(_log_density(chain, glider, prior, sum_of_weights, moving) - before, 0.0))
    if rng.random() < accepted:
        _arrive(chain, glider, moving)
    if tune:
        glider.tuning[1] += 1.0
        glider.tuning[0] += (accepted - _ACCEPTED) / math.sqrt(glider.tuning[1])


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _set_out(rng: np.random.Generator, chain: Chain, glider: Glider) -> int:
    """Draw anchors and momenta; returns how many classes move: 0 where a coordinate would be infinite."""
    lists, rows, classes = chain.patterns.shape[1], len(chain.total), chain.number[1]
    persons = chain.counts.sum()
    joint = 0.0
    for k in range(classes):
        if chain.weights[k] <= 0.0:
            return 0
        glider.anchor[k] = math.log(chain.weights[k]) + rng.standard_normal()
        joint += math.exp(glider.anchor[k])
    glider.still[:] = 0.0
    moving = 0
    for k in range(classes):
        about = persons * math.exp(glider.anchor[k]) / joint  # people of the class
        if about < 1.0:
            glider.still[rows] += chain.weights[k]
            for x in range(rows):
                glider.still[x] += chain.weights[k] * chain.cells[k, x]
            continue
        for j in range(lists):
            p = chain.capture[k, j]
            if not 0.0 < p < 1.0:
                return 0
            glider.place[moving, j] = math.log(p / (1.0 - p))
        glider.place[moving, lists] = math.log(chain.weights[k])
        glider.anchor[moving] = glider.anchor[k]
        glider.pace[moving] = 1.0 / math.sqrt(1.0 + _KNOWN * about)
        for j in range(lists + 1):
            glider.momentum[moving, j] = rng.standard_normal()
        glider.which[moving] = k
        moving += 1
    return moving


@nb.njit(nogil=True, cache=True, error_model="numpy", fastmath={"reassoc", "contract"})
def _slope(chain: Chain, glider: Glider, prior: Prior, sum_of_weights: float, moving: int) -> bool:
    """Fill `slope` with the gradient of the log density at `place`; False where there is none.

    Weights are in units of `sum_of_weights`, their sum at the start.
    """
    lists, rows = glider.patterns.shape
    for x in range(rows):
        glider.total[x] = glider.still[x]
    everyone = glider.still[rows]
    for i in range(moving):
        weight = math.exp(glider.place[i, lists])
        glider.weight[i] = weight
        everyone += weight
        for x in range(rows):
            glider.cells[i, x] = weight
        for j in range(lists):
            p = 1.0 / (1.0 + math.exp(-glider.place[i, j]))
            glider.capture[i, j] = p
            for x in range(rows):
                glider.cells[i, x] *= 1.0 - p + glider.patterns[j, x] * (2.0 * p - 1.0)
        for x in range(rows):
            glider.total[x] += glider.cells[i, x]
    recorded = everyone - glider.total[rows - 1]
    possible: bool = recorded > 0.0
    for x in range(rows - 1):
        possible = possible and glider.total[x] > 0.0
        glider.pull[x] = chain.counts[x] / glider.total[x]
    per_weight = chain.counts.sum() / recorded
    glider.pull[rows - 1] = per_weight
    for i in range(moving):
        pulled = 0.0
        for x in range(rows):
            glider.cells[i, x] *= glider.pull[x]
            pulled += glider.cells[i, x]
        for j in range(lists):
            on_list = 0.0
            for x in range(rows):
                on_list += glider.cells[i, x] * glider.patterns[j, x]
            p = glider.capture[i, j]
            glider.slope[i, j] = on_list - p * pulled + prior.capture * (1.0 - 2.0 * p)
        towards = glider.anchor[i] - glider.place[i, lists]
        glider.slope[i, lists] = pulled - (per_weight + sum_of_weights) * glider.weight[i] + towards
    return possible


@nb.njit(nogil=True, cache=True, error_model="numpy")
def _log_density(chain: Chain, glider: Glider, prior: Prior, sum_of_weights: float, moving: int) -> float:
    """Log density of `place` and `momentum`, after `_slope`."""
    lists, rows = glider.patterns.shape
    everyone = glider.still[rows]
    value: float = 0.0
    for i in range(moving):
        everyone += glider.weight[i]
        gap = glider.place[i, lists] - glider.anchor[i]
        value -= sum_of_weights * glider.weight[i] + 0.5 * gap * gap
        for j in range(lists):
            tail = math.exp(-abs(glider.place[i, j]))
            value += prior.capture * (math.log(tail) - 2.0 * math.log1p(tail))
        for j in range(lists + 1):
            value -= 0.5 * glider.momentum[i, j] ** 2
    for x in range(rows - 1):
        value += chain.counts[x] * math.log(glider.total[x])
    recorded: float = everyone - glider.total[rows - 1]
    return value - float(chain.counts.sum()) * math.log(recorded)


@nb.njit(nogil=True, cache=True)
def _arrive(chain: Chain, glider: Glider, moving: int) -> None:
    """Take over where the glide ended; the weights sum to 1 again."""
    everyone = glider.still[len(chain.total)]
    for i in range(moving):
        chain.weights[glider.which[i]] = glider.weight[i]
        chain.capture[glider.which[i], :] = glider.capture[i]
        everyone += glider.weight[i]
    for k in range(chain.number[1]):
        chain.weights[k] /= everyone
    mix(chain)
