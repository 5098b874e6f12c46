"""Exact linear algebra and linear programming on small whole numbers, without fractions.

Every function is written once and runs twice: inside compiled code, on 64-bit integers, where it gives up (`fits` is
false) before a product could overflow; and as the plain Python it is, on arrays of unbounded integers, with
`largest` 0.
All steps are fraction-free (Bareiss 1968, Edmonds 1967): a matrix stands for itself divided by one common divisor, and
each division leaves no remainder.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import register_jitable

LARGEST = 2**30  # the difference of two products of such numbers still fits in 64 bits


@register_jitable
def eliminate(matrix: Any, largest: int) -> Any:
    """Bring `matrix` in place to reduced echelon form, every pivot being the divisor.

    Returns the rank, the column of each pivot, the divisor, and whether all numbers fit.
    """
    rows, columns = matrix.shape
    pivots = np.zeros(min(rows, columns), np.int64)
    divisor = 1
    rank = 0
    for c in range(columns):
        best = -1
        for i in range(rank, rows):
            if matrix[i, c] != 0 and (best < 0 or abs(matrix[i, c]) < abs(matrix[best, c])):
                best = i
        if best < 0:
            continue
        if best != rank:
            for j in range(columns):
                kept = matrix[rank, j]
                matrix[rank, j] = matrix[best, j]
                matrix[best, j] = kept
        pivot = matrix[rank, c]
        for i in range(rows):
            if i == rank:
                continue
            factor = matrix[i, c]
            for j in range(columns):
                matrix[i, j] = (pivot * matrix[i, j] - factor * matrix[rank, j]) // divisor
                if largest != 0 and abs(matrix[i, j]) > largest:
                    return rank, pivots, divisor, False
        divisor = pivot
        pivots[rank] = c
        rank += 1
        if rank == rows:
            break
    return rank, pivots, divisor, True


@register_jitable
def null_space(matrix: Any, largest: int) -> Any:
    """Whole-number vectors, one a column, that span what `matrix` sends to 0; and whether all numbers fit."""
    reduced = matrix.copy()
    rank, pivots, divisor, fits = eliminate(reduced, largest)
    columns = matrix.shape[1]
    basis = np.zeros((columns, columns - rank), matrix.dtype)
    if not fits:
        return basis, False
    at = 0
    following = 0
    for c in range(columns):
        if following < rank and pivots[following] == c:
            following += 1
            continue
        basis[c, at] = divisor
        for r in range(rank):
            basis[pivots[r], at] = -reduced[r, c]
        common = 0
        for j in range(columns):
            rest = abs(basis[j, at])
            while rest != 0:
                common, rest = rest, common % rest
        for j in range(columns):
            basis[j, at] //= common
        at += 1
    return basis, True


@register_jitable
def descend(slopes: Any, wanted: Any, largest: int) -> Any:
    """A direction u with `slopes` u <= 0 in every row and < 0 in at least one of the `wanted` rows, if there is one.

    Maximises the fall over the wanted rows, at most 1 altogether, by the simplex method with Bland's rule. Returns
    whether there is such a direction, the direction (times the divisor), the multipliers of the rows at the optimum
    (times the divisor), the divisor, and whether all numbers fit.
    """
    rows, size = slopes.shape
    # Variables: u = p - q with p >= 0 (size of them) and one q >= 0; then the slack of each row. The last constraint
    # bounds the fall by 1; the last row of the tableau is the objective, the last column the right-hand side.
    tableau = np.zeros((rows + 2, size + 2), slopes.dtype)
    for i in range(rows):
        for j in range(size):
            tableau[i, j] = slopes[i, j]
            tableau[i, size] -= slopes[i, j]
            if wanted[i]:
                tableau[rows, j] -= slopes[i, j]
                tableau[rows, size] += slopes[i, j]
    tableau[rows, size + 1] = 1
    for j in range(size + 1):
        tableau[rows + 1, j] = -tableau[rows, j]
    basic = np.arange(size + 1, size + rows + 2)
    nonbasic = np.arange(size + 1)
    divisor = 1
    fits = True
    while fits:
        enter = -1
        for j in range(size + 1):
            if tableau[rows + 1, j] < 0 and (enter < 0 or nonbasic[j] < nonbasic[enter]):
                enter = j
        if enter < 0:
            break
        leave = -1
        for i in range(rows + 1):
            if tableau[i, enter] <= 0:
                continue
            if leave < 0:
                leave = i
                continue
            mine = tableau[i, size + 1] * tableau[leave, enter]
            best = tableau[leave, size + 1] * tableau[i, enter]
            if mine < best or (mine == best and basic[i] < basic[leave]):
                leave = i
        pivot = tableau[leave, enter]
        for i in range(rows + 2):
            if i == leave:
                continue
            factor = tableau[i, enter]
            for j in range(size + 2):
                if j != enter:
                    tableau[i, j] = (pivot * tableau[i, j] - factor * tableau[leave, j]) // divisor
                    if largest != 0 and abs(tableau[i, j]) > largest:
                        fits = False
            tableau[i, enter] = -factor
        tableau[leave, enter] = divisor
        divisor = pivot
        kept = basic[leave]
        basic[leave] = nonbasic[enter]
        nonbasic[enter] = kept
    direction = np.zeros(size, slopes.dtype)
    for i in range(rows + 1):
        if basic[i] < size:
            direction[basic[i]] += tableau[i, size + 1]
        elif basic[i] == size:
            direction -= tableau[i, size + 1]
    multipliers = np.zeros(rows, slopes.dtype)
    for j in range(size + 1):
        if size < nonbasic[j] < size + 1 + rows:
            multipliers[nonbasic[j] - size - 1] = tableau[rows + 1, j]
    return tableau[rows + 1, size + 1] > 0, direction, multipliers, divisor, fits
