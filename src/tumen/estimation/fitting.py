"""Maximum likelihood by Newton's method, indexed by masks: no matrix of the design is ever formed.

The mean of a cell is exp of the sum of the parameters whose lists it contains, so all predictors are one sum over
subsets; and entry (s, t) of X' diag(mean) X is the sum of the means over the cells that contain both terms, so all of
it is one sum over supersets, read at s | t. What remains of a step is one small Cholesky factor.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from tumen.estimation.existence import EXISTS, decide_fast

NOT_SETTLED = 3
PRECISE = 1e-16  # of the Newton decrement, squared: after the step that it allows, an error far below 1e-10
MOST_STEPS = 100
WHATEVER = -math.inf  # a log-likelihood to reach: fit to the end
SHORTEST = 1e-6  # share of a Newton step that is tried
ABSENT = 1e-11  # of a diagonal entry: a pivot below it belongs to a parameter that others make up already


@register_jitable
def lay_means(terms: Any, theta: Any, facial: Any, offset: Any, work: Any, mean: Any) -> None:
    """Put the means of the facial cells into `mean`, 0 elsewhere; `work` is scratch."""
    work[:] = 0.0
    for j in range(terms.size):
        work[terms[j]] = theta[j]
    bit = 1
    while bit < work.size:
        for start in range(0, work.size, 2 * bit):
            for c in range(start, start + bit):
                work[c + bit] += work[c]
        bit *= 2
    mean[:] = 0.0
    for c in facial:
        mean[c] = math.exp(min(work[c] + offset[c], 600.0))


@register_jitable
def add_supersets(values: Any) -> None:
    """Turn values by mask, in place, into sums over the masks that contain each."""
    bit = 1
    while bit < values.size:
        for start in range(0, values.size, 2 * bit):
            for c in range(start, start + bit):
                values[c] += values[c + bit]
        bit *= 2


@register_jitable
def _log_likelihood(facial: Any, counts: Any, mean: Any) -> float:
    total = 0.0
    for c in facial:
        total -= mean[c]
        if counts[c] > 0:
            total += counts[c] * math.log(mean[c])
    return total


@register_jitable
def solve(matrix: Any, right: Any) -> None:
    """Solve a symmetric system in place by Cholesky; a parameter that the ones before it make up already gets 0."""
    size = right.size
    for i in range(size):
        whole = matrix[i, i]
        diagonal = whole
        for j in range(i):
            value = matrix[i, j]
            for k in range(j):
                value -= matrix[i, k] * matrix[j, k]
            matrix[i, j] = value * matrix[j, j]  # the diagonal holds reciprocals
            diagonal -= matrix[i, j] * matrix[i, j]
        matrix[i, i] = 1.0 / math.sqrt(diagonal) if diagonal > ABSENT * whole else 0.0
    for i in range(size):
        for k in range(i):
            right[i] -= matrix[i, k] * right[k]
        right[i] *= matrix[i, i]
    for i in range(size - 1, -1, -1):
        for k in range(i + 1, size):
            right[i] -= matrix[k, i] * right[k]
        right[i] *= matrix[i, i]


@register_jitable
def _information(terms: Any, sums: Any, matrix: Any) -> None:
    """Put X' diag(mean) X below the diagonal of `matrix`; `sums` are the superset sums of the means."""
    for i in range(terms.size):
        for j in range(i + 1):
            matrix[i, j] = sums[terms[i] | terms[j]]


@register_jitable
def is_out_of_reach(likelihood: float, decrement: float, step: Any, enough: float) -> bool:
    """Whether no parameters can reach the log-likelihood `enough`, seen from one Newton step.

    The means made linear along the step have the margins of the table. Where none of them is negative they are a point
    of the dual problem, and bound the highest log-likelihood by the present one plus the squared Newton decrement.
    """
    if likelihood + decrement >= enough:
        return False
    down = 0.0
    for value in step:
        down += min(value, 0.0)
    return down >= -1.0


@njit(cache=True, nogil=True)
def fit(
    terms: Any, facial: Any, counts: Any, marginals: Any, offset: Any, theta: Any, tolerance: float, enough: float
) -> Any:
    """Fit one model whose estimate exists, on its facial set. `theta` holds the start (not a number in its first place
    for none) and, afterwards, the parameters. Given up as settled once it is sure to stay below `enough`.

    Returns the log-likelihood (without the factorials) and whether the iterations settled.
    """
    size = terms.size
    mean = np.empty(counts.size)
    work = np.empty(counts.size)
    factor = np.empty((size, size))
    step = np.empty(size)
    if math.isnan(theta[0]):
        # One weighted least-squares step on log(count + 1/2).
        mean[:] = 0.0
        work[:] = 0.0
        for c in facial:
            mean[c] = counts[c] + 0.5
            work[c] = mean[c] * (math.log(mean[c]) - offset[c])
        add_supersets(mean)
        add_supersets(work)
        for j in range(size):
            theta[j] = work[terms[j]]
        _information(terms, mean, factor)
        solve(factor, theta)
    lay_means(terms, theta, facial, offset, work, mean)
    likelihood = _log_likelihood(facial, counts, mean)
    for _ in range(MOST_STEPS):
        add_supersets(mean)
        for j in range(size):
            step[j] = marginals[terms[j]] - mean[terms[j]]
        gradient = step.copy()
        _information(terms, mean, factor)
        solve(factor, step)
        decrement = 0.0
        for j in range(size):
            decrement += gradient[j] * step[j]
        if not decrement >= 0.0:
            return likelihood, False
        if is_out_of_reach(likelihood, decrement, step, enough):
            return likelihood, True
        share = 1.0
        while True:
            for j in range(size):
                theta[j] += share * step[j]
            lay_means(terms, theta, facial, offset, work, mean)
            better = _log_likelihood(facial, counts, mean)
            if better >= likelihood - 1e-12 * abs(likelihood) or share < SHORTEST:
                break
            for j in range(size):
                theta[j] -= share * step[j]
            share *= 0.5
        likelihood = better
        if decrement < tolerance:
            return likelihood, True
    return likelihood, False


@njit(cache=True, nogil=True)
def decide_and_fit(
    terms: Any, counts: Any, marginals: Any, cells: Any, offset: Any, start: Any, tolerance: float, enough: float
) -> Any:
    """Decide existence and, if there is an estimate, fit (to the end if it can reach `enough`).

    `start` holds parameters to start from, in the order of the terms, or not a number in its first place; afterwards it
    holds the fitted ones, 0 for terms with an empty margin.

    Returns the code, the number unobserved, and the log-likelihood without factorials.
    """
    code, active, facial = decide_fast(terms, marginals, counts, cells)
    if code != EXISTS:
        return code, math.inf, -math.inf
    theta = np.empty(active.size)
    at = 0
    for j in range(terms.size):
        if marginals[terms[j]] > 0:
            theta[at] = start[j]
            at += 1
    likelihood, settled = fit(active, facial, counts, marginals, offset, theta, tolerance, enough)
    if not settled:
        theta[0] = math.nan
        likelihood, settled = fit(active, facial, counts, marginals, offset, theta, tolerance, enough)
    at = 0
    for j in range(terms.size):
        start[j] = 0.0
        if marginals[terms[j]] > 0:
            start[j] = theta[at]
            at += 1
    return (EXISTS if settled else NOT_SETTLED), math.exp(min(theta[0], 600.0)), likelihood


@njit(cache=True, nogil=True)
def fit_models(models: Any, sizes: Any, counts: Any, cells: Any, offset: Any, tolerance: float) -> Any:
    """Decide and fit every model on one table. Returns codes, numbers unobserved, log-likelihoods and parameters."""
    marginals = counts.copy()
    add_supersets(marginals)
    codes = np.empty(sizes.size, np.int64)
    unobserved = np.empty(sizes.size)
    likelihoods = np.empty(sizes.size)
    thetas = np.full(models.shape, math.nan)
    for m in range(sizes.size):
        terms = models[m, : sizes[m]]
        codes[m], unobserved[m], likelihoods[m] = decide_and_fit(
            terms, counts, marginals, cells, offset, thetas[m], tolerance, WHATEVER
        )
    return codes, unobserved, likelihoods, thetas
