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

BITS = 62
EXISTS, NO_EXTENDED_MLE, NOT_IDENTIFIED, TOO_LARGE = 0, 1, 2, -1


@register_jitable
def is_surely_identified(terms: Any, support: Any) -> bool:
    """Whether the counted cells alone determine every parameter: sufficient, decided by rank modulo 2.

    Rows are bit sets of 62 terms a word; full rank modulo 2 implies full rank.
    """
    words = (terms.size + BITS - 1) // BITS
    pivots = np.zeros((terms.size, words), np.int64)  # by lowest bit: a row that begins there
    begun = np.zeros(terms.size, np.bool_)
    row = np.zeros(words, np.int64)
    rank = 0
    for cell in support:
        row[:] = 0
        for t in range(terms.size):
            if terms[t] & ~cell == 0:
                row[t // BITS] |= np.int64(1) << (t % BITS)
        for t in range(terms.size):
            if row[t // BITS] >> (t % BITS) & 1 == 0:
                continue
            if not begun[t]:
                begun[t] = True
                pivots[t] = row
                rank += 1
                break
            for w in range(t // BITS, words):
                row[w] ^= pivots[t, w]
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
def distinct(rows: Any) -> Any:
    """The group of equal rows that each row belongs to, and one row of each group."""
    size = rows.shape[0]
    group = np.zeros(size, np.int64)
    first = np.zeros(size, np.int64)
    key = np.zeros(size, np.int64)
    for i in range(size):
        for j in range(rows.shape[1]):
            key[i] = (key[i] * 31 + rows[i, j]) % 2305843009  # small enough not to overflow; equal rows, equal keys
    groups = 0
    latest = -1
    for i in np.argsort(key):
        same = latest >= 0
        for j in range(rows.shape[1]):
            same = same and rows[i, j] == rows[latest, j]
        if not same:  # rows that share a key by chance may fall into more groups than needed, which does no harm
            first[groups] = i
            groups += 1
            latest = i
        group[i] = groups - 1
    return group, first[:groups]


@register_jitable
def face(terms: Any, support: Any, empty: Any, like: Any, largest: int) -> Any:
    """Which of the `empty` cells belong to the facial set of the `support`, terms with an empty margin being gone.

    Returns a truth value for each empty cell; a direction, over a basis, that makes the others negative; the group of
    each empty cell (cells of a group look the same from the basis), with a multiplier a group that proves that no more
    cells can be negative, times a divisor; the basis; and whether all numbers fit.
    """
    basis, fits = null_space(incidence(support, terms, like), largest)
    size = basis.shape[1]
    direction = np.zeros(size, like.dtype)
    slopes = np.zeros((empty.size, size), like.dtype)
    for i in range(empty.size):
        for t in range(terms.size):
            if terms[t] & ~empty[i] == 0:
                for j in range(size):
                    slopes[i, j] += basis[t, j]
    group, first = distinct(slopes)
    stays = np.ones(first.size, np.bool_)
    multipliers = np.zeros(first.size, like.dtype)
    if not fits or size == 0:
        return stays[group], direction, group, multipliers, 1, basis, fits
    few = slopes[first]
    divisor = 1
    while True:
        falls, step, multipliers, divisor, fits = descend(few, stays, largest)
        if not fits or not falls:
            return stays[group], direction, group, multipliers, divisor, basis, fits
        for i in range(first.size):
            fall = few[i, 0] * 0
            for j in range(size):
                fall += few[i, j] * step[j]
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
    stays, _, _, _, _, _, fits = face(active, support, empty, like, largest)
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
