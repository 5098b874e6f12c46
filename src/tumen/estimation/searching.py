"""Choosing a model by the Bayesian information criterion, in compiled code: among a list of models, or downhill.

The criterion is -2 log-likelihood + (number of terms) log n. A term with an empty margin counts, though its parameter
is minus infinity: otherwise a model would be rewarded for a term that the table happens to leave empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from tumen.estimation.existence import EXISTS, TOO_LARGE, is_surely_identified
from tumen.estimation.factored import fit_factored
from tumen.estimation.fitting import WHATEVER, add_supersets, decide_and_fit

MOST_PATTERNS = 1 << 12  # of a table, up to which a model is decided on whatever it takes
TIE = 1e-7  # in the criterion: models nearer than this fit alike, and the one tried first stays
ROUGH = 1e-9  # of the squared Newton decrement: after its step the criterion is right to far below 1e-6


@register_jitable
def lay_out(support: Any, row: Any, counts: Any, marginals: Any) -> float:
    """Put one replicate into `counts` and `marginals` by mask; returns the number of people."""
    counts[:] = 0.0
    total = 0.0
    for i in range(support.size):
        counts[support[i]] = row[i]
        total += row[i]
    marginals[:] = counts
    add_supersets(marginals)
    return total


@register_jitable
def lay_margins(lists: int, candidates: Any, support: Any, row: Any, counts: Any, marginals: Any) -> None:
    """Put one replicate into `counts`, and into `marginals` for the terms a search can meet: cheaper than all of them
    where there are many lists."""
    for j in range(1 + lists + candidates.size):
        term = 0 if j == 0 else 1 << j - 1 if j <= lists else candidates[j - 1 - lists]
        marginals[term] = 0.0
        for i in range(support.size):
            if term & ~support[i] == 0:
                marginals[term] += row[i]
    for i in range(support.size):
        counts[support[i]] = row[i]


@register_jitable
def fewest_lists_first(support: Any) -> Any:
    """The order of cells by their number of lists: so ordered, a few show that every parameter is determined."""
    sizes = np.zeros(support.size, np.int64)
    for i in range(support.size):
        mask = support[i]
        while mask:
            sizes[i] += mask & 1
            mask >>= 1
    return np.argsort(sizes, kind="mergesort")


@register_jitable
def highest_likelihood(row: Any) -> float:
    """The log-likelihood that no model can exceed: each count is its own mean.

    A model whose penalty alone takes its criterion above the best need not be fitted: most models of a clean table.
    """
    highest = 0.0
    for count in row:
        if count > 0.0:
            highest += count * math.log(count) - count
    return highest


@njit(cache=True, nogil=True)
def choose(
    models: Any, sizes: Any, starts: Any, first: int, support: Any, tables: Any, cells: Any, offset: Any, score: Any,
    model: Any, unobserved: Any, doubtful: Any, low: int, high: int,
) -> None:  # fmt: skip
    """For each replicate table from `low` to `high`, keep the best of these models and the best before.

    `models` are numbered from `first`; `score`, `model` and `unobserved` are brought up to date in place. A replicate
    in which exact decision needs larger integers is marked `doubtful`.
    """
    counts = np.empty(offset.size)
    marginals = np.empty(offset.size)
    start = np.empty(models.shape[1])
    for r in range(low, high):
        total = lay_out(support, tables[r], counts, marginals)
        if total == 0.0:
            continue
        least = -2.0 * highest_likelihood(tables[r])
        for m in range(sizes.size):
            if least + sizes[m] * math.log(total) >= score[r] - TIE:
                continue
            start[:] = starts[m]
            enough = (sizes[m] * math.log(total) - score[r]) / 2.0
            code, number, likelihood = decide_and_fit(
                models[m, : sizes[m]], counts, marginals, cells, offset, start, ROUGH, enough
            )
            if code == TOO_LARGE:
                doubtful[r] = True
            found = -2.0 * likelihood + sizes[m] * math.log(total)
            if code == EXISTS and found < score[r] - TIE:
                score[r] = found
                model[r] = first + m
                unobserved[r] = number


@register_jitable
def _terms_of(lists: int, candidates: Any, chosen: Any, terms: Any) -> int:
    terms[0] = 0
    for j in range(lists):
        terms[j + 1] = 1 << j
    size = lists + 1
    for i in range(candidates.size):
        if chosen[i]:
            terms[size] = candidates[i]
            size += 1
    return size


@register_jitable
def _may_change(candidates: Any, chosen: Any, i: int) -> bool:
    """Whether the model stays hierarchical when interaction i is added, or taken out."""
    for k in range(candidates.size):
        if k == i:
            continue
        if chosen[i] and chosen[k] and candidates[i] & ~candidates[k] == 0:
            return False
        if not chosen[i] and not chosen[k] and candidates[k] & ~candidates[i] == 0:
            return False
    return True


@register_jitable
def _fit_one(
    lists: int, terms: Any, support: Any, counts: Any, marginals: Any, cells: Any, offset: Any, start: Any,
    tolerance: float, enough: float,
) -> Any:  # fmt: skip
    """As `decide_and_fit`, by the parts of the model's graph where the counted cells determine every parameter. A model
    of which that cannot be said, on a table of more than 4,096 patterns, is left undecided."""
    if cells.size + 1 == counts.size:
        active = terms[np.array([marginals[t] > 0 for t in terms])]
        if is_surely_identified(active, support):
            number, likelihood, settled = fit_factored(lists, terms, marginals, start, tolerance, enough)
            if settled:
                return EXISTS, number, likelihood
            start[0] = math.nan
    if counts.size > MOST_PATTERNS:
        return TOO_LARGE, math.inf, -math.inf
    return decide_and_fit(terms, counts, marginals, cells, offset, start, tolerance, enough)


@register_jitable
def go_downhill(
    lists: int, candidates: Any, chosen: Any, parameters: Any, support: Any, counts: Any, marginals: Any, cells: Any,
    offset: Any, total: float, tolerance: float,
) -> Any:  # fmt: skip
    """From the model of the `chosen` interactions, add or take out the one that lowers the criterion most, until none
    does. `chosen` and `parameters` (by mask) are brought up to date.

    Returns the criterion and the number unobserved, both infinite when no admissible model was met, and whether a
    decision needed larger integers.
    """
    terms = np.empty(lists + 1 + candidates.size, np.int64)
    start = np.empty(terms.size)
    doubtful = False
    best_start = parameters.copy()
    score = math.inf
    unobserved = math.inf
    least = -2.0 * highest_likelihood(counts[support])
    flip = -1  # first the model itself, then its neighbours
    while True:
        step = -2
        for i in range(flip, candidates.size):
            if i >= 0 and not _may_change(candidates, chosen, i):
                continue
            if i >= 0:
                chosen[i] = not chosen[i]
            size = _terms_of(lists, candidates, chosen, terms)
            if least + size * math.log(total) < score - TIE:
                for j in range(size):
                    start[j] = parameters[terms[j]]
                enough = (size * math.log(total) - score) / 2.0
                code, number, likelihood = _fit_one(
                    lists, terms[:size], support, counts, marginals, cells, offset, start[:size], tolerance, enough
                )
                doubtful |= code == TOO_LARGE
                found = -2.0 * likelihood + size * math.log(total)
                if code == EXISTS and found < score - TIE:
                    score, unobserved, step = found, number, i
                    best_start[:] = 0.0
                    for j in range(size):
                        best_start[terms[j]] = start[j]
            if i >= 0:
                chosen[i] = not chosen[i]
        if step == -2 and flip == 0:
            return score, unobserved, doubtful
        if step >= 0:
            chosen[step] = not chosen[step]
        if step > -2:
            parameters[:] = best_start
        flip = 0


@njit(cache=True, nogil=True)
def choose_downhill(
    lists: int, candidates: Any, begin: Any, begin_parameters: Any, support: Any, tables: Any, cells: Any, offset: Any,
    chosen: Any, score: Any, unobserved: Any, doubtful: Any, low: int, high: int, tolerance: float,
) -> None:  # fmt: skip
    """For each replicate table from `low` to `high`, search downhill from the model `begin`; results in place."""
    counts, marginals = np.zeros(offset.size), np.zeros(offset.size)
    order = fewest_lists_first(support)
    ordered = support[order]
    parameters = np.empty(offset.size)
    for r in range(low, high):
        here = ordered[tables[r][order] > 0]
        if here.size == 0:
            continue
        lay_margins(lists, candidates, support, tables[r], counts, marginals)
        chosen[r] = begin
        parameters[:] = begin_parameters
        score[r], unobserved[r], doubtful[r] = go_downhill(
            lists, candidates, chosen[r], parameters, here, counts, marginals, cells, offset, marginals[0], tolerance
        )


@njit(cache=True, nogil=True)
def fit_each(
    lists: int, terms: Any, parameters: Any, support: Any, tables: Any, cells: Any, offset: Any, unobserved: Any,
    low: int, high: int,
) -> None:  # fmt: skip
    """For each replicate table from `low` to `high`, the number unobserved by one model, in place; infinite when it
    has no estimate there."""
    counts, marginals = np.zeros(offset.size), np.zeros(offset.size)
    order = fewest_lists_first(support)
    ordered = support[order]
    for r in range(low, high):
        lay_margins(lists, terms[1 + lists :], support, tables[r], counts, marginals)
        here = ordered[tables[r][order] > 0]
        start = parameters[terms]
        code, number, _ = _fit_one(lists, terms, here, counts, marginals, cells, offset, start, ROUGH, WHATEVER)
        if here.size > 0 and code == EXISTS:
            unobserved[r] = number


def in_threads(work: Callable[[int, int], None], size: int, threads: int) -> None:
    """Call `work(low, high)` on parts of 0..size. Each item is computed by itself, so that the answer does not depend
    on the number of threads."""
    if threads <= 1 or size < 2 * threads:
        work(0, size)
        return
    edges = np.linspace(0, size, 4 * threads + 1).astype(int)
    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work, int(a), int(b)) for a, b in pairwise(edges)]:
            done.result()
