"""Fitting models of many lists by the parts of their graph: lists that no chain of interactions joins are independent.

Given the number of people, the chance of a pattern is then the product of the chances over the parts, so that no sum
over all 2^K patterns is needed, only over the patterns of each part; and the likelihood depends on the table through
the margins of the terms alone. A model of twenty lists with a few pairs costs as much as one of three.

The only pattern that is left out of the sum is the unobserved one: this holds when every parameter is determined by
the counted cells and no pattern is declared impossible.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from tumen.estimation.fitting import MOST_STEPS, SHORTEST, is_out_of_reach, solve


@register_jitable
def parts_of(lists: int, terms: Any) -> Any:
    """For each list, the mask of all the lists that chains of terms join it to."""
    whole = np.empty(lists, np.int64)
    for j in range(lists):
        whole[j] = 1 << j
    for term in terms:
        merged = term
        for j in range(lists):
            if term >> j & 1:
                merged |= whole[j]
        for j in range(lists):
            if merged >> j & 1:
                whole[j] = merged
    return whole


@register_jitable
def inside(mask: int, whole: int) -> int:
    """The mask renumbered by the lists of its part."""
    local, place = 0, 0
    while whole:
        local |= (mask & 1) << place if whole & 1 else 0
        place += whole & 1
        mask >>= 1
        whole >>= 1
    return local


@register_jitable
def lay_parts(local: Any, begin: Any, width: Any, part: Any, theta: Any, closed: Any, chance: Any) -> float:
    """Put into `chance`, part after part, the chance of each pattern of the part and of all beyond it; returns the
    logarithm of all patterns together, relative to the unobserved one. `closed` are patterns that have no chance."""
    chance[:] = 0.0
    for s in range(1, theta.size):
        chance[begin[part[s]] + local[s]] = theta[s]
    log_total = 0.0
    for p in range(begin.size):
        values = chance[begin[p] : begin[p] + width[p]]
        bit = 1
        while bit < width[p]:
            for start in range(0, width[p], 2 * bit):
                for c in range(start, start + bit):
                    values[c + bit] += values[c]
            bit *= 2
        for c in range(width[p]):
            values[c] = 0.0 if closed[begin[p] + c] else math.exp(min(values[c], 600.0))
        bit = 1
        while bit < width[p]:
            for start in range(0, width[p], 2 * bit):
                for c in range(start, start + bit):
                    values[c] += values[c + bit]
            bit *= 2
        log_total += math.log(values[0])
        values /= values[0]
    return log_total


@register_jitable
def start_independent(terms: Any, sums: Any, theta: Any) -> None:
    """The parameters of independent lists, to start from."""
    people = 1.5 * sums[0]
    for _ in range(200):
        unseen = 1.0
        for s in range(1, terms.size):
            if terms[s] & (terms[s] - 1) == 0:
                unseen *= 1.0 - sums[s] / people
        people = max(sums[0] / (1.0 - unseen), 1.0001 * sums[1:].max())
    theta[0] = math.log(people)
    for s in range(1, terms.size):
        theta[s] = 0.0
        if terms[s] & (terms[s] - 1) == 0:
            theta[s] = math.log(sums[s] / (people - sums[s]))
            theta[0] += math.log(1.0 - sums[s] / people)


@register_jitable
def lay_out_parts(lists: int, terms: Any, marginals: Any) -> Any:
    """Where things stand: the terms that have a margin; the part of each and its mask there; where each part begins in
    one row of all parts' patterns, and how many it has; and the patterns closed by a term without a margin."""
    whole = parts_of(lists, terms)
    part_of = np.full(lists, -1, np.int64)
    begin, width = np.zeros(lists, np.int64), np.zeros(lists, np.int64)
    parts, room = 0, 0
    for j in range(lists):
        if part_of[j] < 0:
            begin[parts], width[parts] = room, 1
            for k in range(lists):
                if whole[j] >> k & 1:
                    part_of[k] = parts
                    width[parts] *= 2
            room += width[parts]
            parts += 1
    active = np.flatnonzero(np.array([marginals[term] > 0 for term in terms]))
    part, local = np.full(terms.size, -1, np.int64), np.zeros(terms.size, np.int64)
    closed = np.zeros(room, np.bool_)
    for t in range(1, terms.size):
        first = 0
        while terms[t] >> first & 1 == 0:
            first += 1
        part[t], local[t] = part_of[first], inside(terms[t], whole[first])
        if marginals[terms[t]] == 0:
            for c in range(width[part[t]]):
                closed[begin[part[t]] + c] |= local[t] & ~c == 0
    return active, part[active], local[active], begin[:parts], width[:parts], closed


@register_jitable
def lay_information(people: float, unseen: float, part: Any, local: Any, begin: Any, chance: Any, matrix: Any) -> None:
    """Put X' diag(mean) X below the diagonal of `matrix`; the means of the terms stand in its first column."""
    matrix[0, 0] = people - unseen
    for s in range(1, part.size):
        alone = people * chance[begin[part[s]] + local[s]]
        matrix[s, 0] = alone
        for t in range(1, s + 1):
            if part[s] == part[t]:
                matrix[s, t] = people * chance[begin[part[s]] + (local[s] | local[t])]
            else:
                matrix[s, t] = alone * chance[begin[part[t]] + local[t]]


@njit(cache=True, nogil=True)
def fit_factored(lists: int, terms: Any, marginals: Any, start: Any, tolerance: float, enough: float) -> Any:
    """Fit a model all of whose parameters are determined by the counted cells; `marginals` are by mask, of the terms
    at least, and the first term is the intercept. `start` and `enough` are as for
    `decide_and_fit`.

    Returns the number unobserved, the log-likelihood without factorials, and whether the iterations settled.
    """
    active, part, local, begin, width, closed = lay_out_parts(lists, terms, marginals)
    theta, sums = start[active], marginals[terms[active]]
    if math.isnan(theta[0]):
        start_independent(terms[active], sums, theta)
    chance, matrix = np.empty(closed.size), np.empty((active.size, active.size))
    log_total = lay_parts(local, begin, width, part, theta, closed, chance)
    people, unseen = math.exp(min(theta[0] + log_total, 600.0)), math.exp(min(theta[0], 600.0))
    likelihood = (sums * theta).sum() - (people - unseen)
    settled = False
    for _ in range(MOST_STEPS):
        lay_information(people, unseen, part, local, begin, chance, matrix)
        gradient = sums - matrix[:, 0]
        step = gradient.copy()
        solve(matrix, step)
        decrement = (gradient * step).sum()
        if not decrement >= 0.0:
            break
        if is_out_of_reach(likelihood, decrement, step, enough):
            settled = True
            break
        share = 1.0
        while True:
            theta += share * step
            log_total = lay_parts(local, begin, width, part, theta, closed, chance)
            people, unseen = math.exp(min(theta[0] + log_total, 600.0)), math.exp(min(theta[0], 600.0))
            better = (sums * theta).sum() - (people - unseen)
            if better >= likelihood - 1e-12 * abs(likelihood) or share < SHORTEST:
                break
            theta -= share * step
            share *= 0.5
        likelihood = better
        if decrement < tolerance:
            settled = True
            break
    start[:] = 0.0
    start[active] = theta
    return unseen, likelihood, settled
