"""Does a model have a finite, determined estimate of the total on this table? Decided exactly, for every fit.

For a log-linear model the sufficient statistics are the margins of its terms. Write X for the 0/1 matrix with a row for
each cell that can be counted and a column for each term. The extended maximum likelihood estimate puts positive means
on the facial set: the cells that no direction d with X d <= 0, and X d = 0 on the counted cells, makes negative
(Fienberg & Rinaldo 2012). The number unobserved is finite, positive and determined if and only if the unobserved cell's
row (1 for the intercept, 0 elsewhere) is a combination of the rows of the facial set. Adding people to an empty cell
can only enlarge the facial set, so it never destroys existence.

The answer depends only on which cells are counted. Three steps, from cheap to dear, all exact: rank over the field of
two elements (full rank there is full rank), removal of cells above an empty margin, and a small integer linear program.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from tumen.estimation.integers import LARGEST, descend, null_space

EXISTS, NO_EXTENDED_MLE, NOT_IDENTIFIED, TOO_LARGE = 0, 1, 2, -1


@register_jitable
def is_surely_identified(terms: Any, support: Any) -> bool:
    """Whether the counted cells alone determine every parameter: sufficient, decided by rank modulo 2.

    Rows are bit sets over at most 63 terms; full rank modulo 2 implies full rank.
    """
    if terms.size > 63:
        return False
    pivots = np.zeros(63, np.int64)  # by lowest bit: a row that begins there
    rank = 0
    for cell in support:
        row = np.int64(0)
        for t in range(terms.size):
            if terms[t] & ~cell == 0:
                row |= np.int64(1) << t
        for t in range(terms.size):
            if row >> t & 1 == 0:
                continue
            if pivots[t] == 0:
                pivots[t] = row
                rank += 1
                break
            row ^= pivots[t]
        if rank == terms.size:
            return True
    return False


@register_jitable
def incidence(cells: Any, terms: Any, like: Any) -> Any:
    """The rows of these cells: 1 where the cell's lists contain the term's. `like` gives the kind of number."""
    rows = np.zeros((cells.size, terms.size), like.dtype)
    for i in range(cells.size):
        for j in range(terms.size):
            if terms[j] & ~cells[i] == 0:
                rows[i, j] = 1
    return rows


@register_jitable
def face(terms: Any, support: Any, empty: Any, like: Any, largest: int) -> Any:
    """Which of the `empty` cells belong to the facial set of the `support`, terms with an empty margin being gone.

    Returns a truth value for each empty cell, a direction that makes the others negative, multipliers that prove that
    no more can be, the basis that both refer to, and whether all numbers fit.
    """
    basis, fits = null_space(incidence(support, terms, like), largest)
    stays = np.ones(empty.size, np.bool_)
    direction = np.zeros(basis.shape[1], like.dtype)
    multipliers = np.zeros(empty.size, like.dtype)
    slopes = np.zeros((empty.size, basis.shape[1]), like.dtype)
    if not fits or basis.shape[1] == 0:
        return stays, direction, multipliers, 1, basis, fits
    for i in range(empty.size):
        for t in range(terms.size):
            if terms[t] & ~empty[i] == 0:
                for j in range(basis.shape[1]):
                    slopes[i, j] += basis[t, j]
    divisor = 1
    while True:
        falls, step, multipliers, divisor, fits = descend(slopes, stays, largest)
        if not fits or not falls:
            return stays, direction, multipliers, divisor, basis, fits
        for i in range(empty.size):
            fall = slopes[i, 0] * 0
            for j in range(step.size):
                fall += slopes[i, j] * step[j]
            if fall < 0:
                stays[i] = False
        direction = direction + step


@register_jitable
def is_determined(terms: Any, cells: Any, like: Any, largest: int) -> Any:
    """Whether the unobserved cell's row is a combination of the rows of `cells`; and whether all numbers fit.

    The first term is the intercept, the only one of the unobserved cell.
    """
    basis, fits = null_space(incidence(cells, terms, like), largest)
    for j in range(basis.shape[1]):
        if basis[0, j] != 0:
            return False, fits
    return True, fits


@register_jitable
def decide(terms: Any, marginals: Any, counts: Any, cells: Any, like: Any, largest: int) -> Any:
    """Decide existence on the table `counts`, whose superset sums are `marginals`; `cells` are those that can be
    counted.

    Returns the code, the terms that have a margin, and the facial set.
    """
    active = terms[np.array([marginals[t] > 0 for t in terms])]
    dead = terms[np.array([marginals[t] == 0 for t in terms])]
    alive = np.ones(cells.size, np.bool_)
    counted = np.zeros(cells.size, np.bool_)
    for i in range(cells.size):
        counted[i] = counts[cells[i]] > 0
        for term in dead:
            if term & ~cells[i] == 0:
                alive[i] = False
    reachable = cells[alive]
    support = cells[counted]
    if is_surely_identified(active, support):
        return EXISTS, active, reachable
    empty = cells[alive & ~counted]
    stays, _, _, _, _, fits = face(active, support, empty, like, largest)
    if not fits:
        return TOO_LARGE, active, reachable
    facial = np.sort(np.concatenate((support, empty[stays])))
    determined, fits = is_determined(active, facial, like, largest)
    if not fits:
        return TOO_LARGE, active, facial
    if determined:
        return EXISTS, active, facial
    if facial.size == reachable.size:
        return NOT_IDENTIFIED, active, facial
    determined, fits = is_determined(active, reachable, like, largest)
    return (NO_EXTENDED_MLE if determined else NOT_IDENTIFIED) if fits else TOO_LARGE, active, facial


UNBOUNDED = np.zeros(0, object)


@njit(cache=True, nogil=True)
def decide_fast(terms: Any, marginals: Any, counts: Any, cells: Any) -> Any:
    """`decide` on 64-bit integers."""
    return decide(terms, marginals, counts, cells, np.zeros(0, np.int64), LARGEST)


def decide_exactly(terms: Any, marginals: Any, counts: Any, cells: Any) -> Any:
    """`decide`, on 64-bit integers, or on unbounded ones where those do not do."""
    found = decide_fast(terms, marginals.astype(np.float64), counts.astype(np.float64), cells)
    return found if found[0] != TOO_LARGE else decide(terms, marginals, counts, cells, UNBOUNDED, 0)
