"""Forward selection of pairs of lists by one-sided Poisson tests (Chan, Silverman & Vincent 2021, JASA 116:1297).

From independence, the pair whose number of people on both lists is least probable under the model so far is added, as
long as its probability is below a threshold and the larger model has an estimate. The whole search is repeated in
every bootstrap replicate.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable
from numpy.typing import NDArray

from tumen.estimation.bootstrapping import with_limits
from tumen.estimation.certifying import countable
from tumen.estimation.existence import EXISTS, decide_fast
from tumen.estimation.fitting import PRECISE, WHATEVER, add_supersets, decide_and_fit, lay_means
from tumen.estimation.loglinear import fit_model, refuse
from tumen.estimation.models import closed, interactions
from tumen.estimation.registry import Bootstrap, Settings, register
from tumen.estimation.results import Outcome
from tumen.estimation.searching import in_threads, lay_out
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

THRESHOLD = 0.02


def stepwise(
    table: CaptureTable,
    *,
    threshold: float = THRESHOLD,
    bootstrap: Bootstrap | None = Bootstrap(),  # noqa: B008  (frozen)
    level: float = 0.95,
    seed: int = 1,
    threads: int = 1,
) -> Outcome:
    """The estimate of the model found by forward selection, or a refusal.

    `threshold` is the probability below which a pair is added. Without `bootstrap` the limits are those of the chosen
    model alone, too close.
    """
    chooser = Forward(table, threshold, threads)
    independence = closed([], table.K)
    fitted = fit_model(chooser.best, table) if chooser.best else None
    if fitted is None:
        return refuse("stepwise", chooser.best or independence, table, seed)
    estimate = replace(fitted.estimate("stepwise"), seed=seed)
    estimate = replace(estimate, diagnostics={**estimate.diagnostics, "added": chooser.added})
    if bootstrap is None:
        alone = say("model_taken_as_given")
        return replace(estimate, warnings=(*estimate.warnings, alone))
    return with_limits(estimate, table, chooser, bootstrap, seed, level)


class Forward:
    """Forward selection, on the table and on each replicate."""

    version = 0

    def __init__(self, table: CaptureTable, threshold: float, threads: int) -> None:
        self._table, self._threads = table, threads
        self._log_threshold = math.log(threshold) if threshold > 0 else -math.inf
        self._cells = countable(table)
        self._pairs = np.array(interactions(table.K, 2), np.int64)
        support = np.flatnonzero(table.counts)
        order, unobserved = self._search(support, table.counts[support].astype(float)[None, :])
        taken = [int(self._pairs[at]) for at in order[0] if at >= 0]
        self.added = [table.name(mask) for mask in taken]
        self.best = closed(taken, table.K) if math.isfinite(unobserved[0]) else ()

    def choose(self, support: NDArray[np.int64], tables: NDArray[np.float64], *, widen: bool) -> NDArray[np.float64]:
        """The number unobserved by the model found for each table."""
        unobserved: NDArray[np.float64] = self._search(support, tables)[1]
        return unobserved

    def fixed(self, support: NDArray[np.int64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number unobserved by the model found on the original table."""
        totals = []
        for row in tables:
            counts = np.zeros(self._table.counts.size, np.int64)
            counts[support] = row.astype(np.int64)
            fitted = fit_model(self.best, CaptureTable(self._table.lists, counts, self._table.structural_zeros))
            totals.append(math.inf if fitted is None else fitted.unobserved)
        return np.array(totals)

    def _search(self, support: Any, tables: Any) -> tuple[Any, Any]:
        order = np.full((tables.shape[0], self._pairs.size), -1, np.int64)
        unobserved = np.full(tables.shape[0], np.inf)

        def work(low: int, high: int) -> None:
            step_forward(
                self._table.K, self._pairs, support, tables, self._cells, self._table.counts.size, self._log_threshold,
                order, unobserved, low, high,
            )  # fmt: skip

        in_threads(work, tables.shape[0], self._threads)
        return order, unobserved


@register_jitable
def log_tail(count: float, mean: float) -> float:
    """The logarithm of the smaller Poisson tail from `count` on, `count` included."""
    if mean <= 0.0:
        return 0.0 if count == 0.0 else -math.inf
    log_mass = count * math.log(mean) - mean - math.lgamma(count + 1.0)
    ratio, total, k = 1.0, 1.0, count
    if count > mean:
        while ratio > 1e-17 * total:
            k += 1.0
            ratio *= mean / k
            total += ratio
    else:
        while k > 0.0 and ratio > 1e-17 * total:
            ratio *= k / mean
            total += ratio
            k -= 1.0
    return log_mass + math.log(total)


@njit(cache=True, nogil=True)
def step_forward(
    lists: int, pairs: Any, support: Any, tables: Any, cells: Any, size: int, log_threshold: float, order: Any,
    unobserved: Any, low: int, high: int,
) -> None:  # fmt: skip
    """For each table from `low` to `high`, the pairs in the order in which they were added and the number unobserved,
    in place; the number stays infinite when independence itself has no estimate."""
    counts, marginals, work, mean = np.empty(size), np.empty(size), np.empty(size), np.empty(size)
    offset = np.zeros(size)
    terms = np.zeros(lists + 1 + pairs.size, np.int64)
    start = np.empty(terms.size)
    tails = np.empty(pairs.size)
    for r in range(low, high):
        if lay_out(support, tables[r], counts, marginals) == 0.0:
            continue
        for j in range(lists):
            terms[j + 1] = 1 << j
        used = lists + 1
        start[0] = math.nan
        while True:
            code, number, _ = decide_and_fit(
                terms[:used], counts, marginals, cells, offset, start[:used], PRECISE, WHATEVER
            )
            if code != EXISTS:
                break
            unobserved[r] = number
            code, active, facial = decide_fast(terms[:used], marginals, counts, cells)
            theta = np.empty(active.size)
            at = 0
            for j in range(used):
                if marginals[terms[j]] > 0:
                    theta[at] = start[j]
                    at += 1
            lay_means(active, theta, facial, offset, work, mean)
            add_supersets(mean)
            for i in range(pairs.size):
                tails[i] = log_tail(marginals[pairs[i]], mean[pairs[i]])
                for j in range(lists + 1, used):
                    if terms[j] == pairs[i]:
                        tails[i] = 0.0
            added = False
            while not added:
                best = int(np.argmin(tails))
                if tails[best] >= log_threshold:
                    break
                terms[used] = pairs[best]
                code, _, _ = decide_fast(terms[: used + 1], marginals, counts, cells)
                if code == EXISTS:
                    order[r, used - lists - 1] = best
                    start[used] = 0.0
                    used += 1
                    added = True
                tails[best] = 0.0
            if not added:
                break


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return stepwise(
        table, bootstrap=settings.bootstrap, level=settings.level, seed=settings.seed, threads=settings.threads
    )


register("stepwise", _method)
