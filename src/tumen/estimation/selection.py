"""The model with the smallest Bayesian information criterion, with limits that take account of having chosen it.

Silverman, Chan & Vincent (2024, Statistics and Computing 34:44). All models are fitted to the table; the best of them
make a shortlist, among which every replicate chooses anew. The shortlist grows until fewer than 1 % of the replicates
choose a model from its last tenth.
"""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from tumen.estimation.bootstrapping import with_limits
from tumen.estimation.certifying import countable
from tumen.estimation.errors import EstimationError
from tumen.estimation.existence import EXISTS, TOO_LARGE, decide_exactly
from tumen.estimation.fitting import PRECISE, WHATEVER, fit, fit_models
from tumen.estimation.loglinear import fit_model, refuse
from tumen.estimation.models import MOST_MODELS, Terms, all_models, interactions, name_of, order_for
from tumen.estimation.registry import Bootstrap, Settings, register
from tumen.estimation.results import Outcome
from tumen.estimation.searching import MOST_PATTERNS, ROUGH, choose, choose_downhill, fit_each, in_threads
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable
from tumen.estimation.transforms import superset_sums

SHORTLIST = 100
LAST = 10  # the last tenth of the shortlist
FEW = 0.01  # of the replicates

Search = Literal["auto", "exhaustive", "downhill"]


def select_bic(
    table: CaptureTable,
    *,
    max_order: int | None = None,
    search: Search = "auto",
    bootstrap: Bootstrap | None = Bootstrap(),  # noqa: B008  (frozen)
    shortlist: int = SHORTLIST,
    enlarge: bool = True,
    level: float = 0.95,
    seed: int = 1,
    threads: int = 1,
) -> Outcome:
    """The estimate of the best model by the criterion, or a refusal.

    `max_order` is the largest number of lists in an interaction; None is every hierarchical model below the saturated
    one up to five lists, and pairs beyond. `search` is exhaustive where there are at most 250,000 models, and downhill
    beyond: add or drop one interaction at a time, from independence and, up to twelve lists, from the fullest model.
    Without `bootstrap` the limits are those of the chosen model alone, too close. `level` is the level that adaptive
    replicates aim at.
    Raises `BadModel`.
    """
    order = order_for(table, max_order)
    how = search if search != "auto" else "exhaustive" if _is_searchable(table.K, order) else "downhill"
    chooser: Shortlist | Downhill
    if how == "exhaustive":
        chooser = Shortlist(table, order, shortlist, enlarge, threads)
    elif how == "downhill":
        chooser = Downhill(table, order, threads)
    else:
        raise EstimationError(f"A search is exhaustive or downhill, not {search}.")
    fitted = fit_model(chooser.best, table) if chooser.best else None
    if fitted is None:
        independence = tuple(int(term) for term in all_models(table.K, 1)[0][0])
        return refuse("bic", chooser.best or independence, table, seed)
    estimate = fitted.estimate("bic")
    estimate = replace(estimate, seed=seed, diagnostics={**estimate.diagnostics, **chooser.diagnostics})
    if bootstrap is None:
        alone = say("model_taken_as_given")
        return replace(estimate, warnings=(*estimate.warnings, alone))
    estimate = with_limits(estimate, table, chooser, bootstrap, seed, level)
    warnings = estimate.warnings
    if chooser.diagnostics["undecided"]:
        warnings = (*warnings, say("models_too_large", count=chooser.diagnostics["undecided"]))
    return replace(estimate, warnings=warnings, diagnostics={**estimate.diagnostics, **chooser.diagnostics})


def _is_searchable(lists: int, order: int) -> bool:
    if order <= 2:
        return order < 2 or 1 << lists * (lists - 1) // 2 <= MOST_MODELS
    return lists <= 5


class Shortlist:
    """All models up to an order, fitted to a table; the best of them, to choose among in each replicate."""

    def __init__(self, table: CaptureTable, order: int, size: int, enlarge: bool, threads: int) -> None:
        self.version = 0
        self._threads = threads
        self._enlarge = enlarge
        self._cells = countable(table)
        self._offset = np.zeros(table.counts.size)
        models, sizes = all_models(table.K, order)
        codes, likelihoods, thetas = self._fit_all(models, sizes, table)
        scores = np.where(codes == EXISTS, -2 * likelihoods + sizes * math.log(table.n), np.inf)
        ranked = np.argsort(scores, kind="stable")
        self._ranked = ranked[: int(np.isfinite(scores).sum())]
        self._size = min(size, self._ranked.size)
        self._models, self._sizes, self._thetas = models, sizes, thetas
        self._last_share = 0.0
        self._doubtful = 0
        self._fitted = sizes.size
        constant = 2 * float(gammaln(table.counts + 1).sum())
        names = {name_of(self._terms(m), table.lists): float(scores[m] + constant) for m in self._ranked[:10]}
        self._best_ten = names

    def _fit_all(self, models: Any, sizes: Any, table: CaptureTable) -> tuple[Any, Any, Any]:
        counts = table.counts.astype(float)
        codes, likelihoods = np.empty(sizes.size, np.int64), np.empty(sizes.size)
        thetas = np.empty(models.shape)

        def work(low: int, high: int) -> None:
            found = fit_models(models[low:high], sizes[low:high], counts, self._cells, self._offset, ROUGH)
            codes[low:high], likelihoods[low:high], thetas[low:high] = found[0], found[2], found[3]

        in_threads(work, sizes.size, self._threads)
        for m in np.flatnonzero(codes == TOO_LARGE):
            terms = models[m, : sizes[m]]
            marginals = superset_sums(counts)
            codes[m], active, facial = decide_exactly(terms, marginals, counts, self._cells)
            if codes[m] == EXISTS:
                theta = np.full(active.size, math.nan)
                likelihoods[m], _ = fit(active, facial, counts, marginals, self._offset, theta, PRECISE, WHATEVER)
        return codes, likelihoods, thetas

    def _terms(self, model: int) -> Terms:
        return tuple(int(term) for term in self._models[model, : self._sizes[model]])

    @property
    def best(self) -> Terms:
        """The model with the smallest criterion; empty when no model is admissible."""
        return self._terms(self._ranked[0]) if self._ranked.size else ()

    @property
    def diagnostics(self) -> dict[str, Any]:
        """What was searched, for the estimate."""
        return {
            "search": "exhaustive",
            "models_fitted": self._fitted,
            "models_admissible": int(self._ranked.size),
            "shortlist": self._size,
            "share_of_last_tenth": self._last_share,
            "undecided": self._doubtful,
            "best_by_bic": self._best_ten,
        }

    def choose(self, support: NDArray[np.int64], tables: NDArray[np.float64], *, widen: bool) -> NDArray[np.float64]:
        """The number unobserved by the best model of the shortlist for each table."""
        state = _State(tables.shape[0])
        self._run(support, tables, state, 0, self._size)
        while widen and self._enlarge and self._size < self._ranked.size:
            self._last_share = float(np.mean(state.model >= self._size - max(1, self._size // LAST)))
            if self._last_share < FEW:
                break
            grown = min(2 * self._size, self._ranked.size)
            self._run(support, tables, state, self._size, grown)
            self._size = grown
            self.version += 1
        if widen:
            last = self._size - max(1, self._size // LAST)
            self._last_share = float(np.mean(state.model >= last))
            self._doubtful += int(state.doubtful.sum())
        return state.unobserved

    def fixed(self, support: NDArray[np.int64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number unobserved by the best model of the original table."""
        state = _State(tables.shape[0])
        self._run(support, tables, state, 0, 1)
        return state.unobserved

    def _run(self, support: Any, tables: Any, state: _State, first: int, last: int) -> None:
        chosen = self._ranked[first:last]
        widest = int(self._sizes[chosen].max())
        models = np.ascontiguousarray(self._models[chosen, :widest])
        starts = np.ascontiguousarray(self._thetas[chosen, :widest])
        sizes = self._sizes[chosen]

        def work(low: int, high: int) -> None:
            choose(
                models, sizes, starts, first, support, tables, self._cells, self._offset,
                state.score, state.model, state.unobserved, state.doubtful, low, high,
            )  # fmt: skip

        in_threads(work, tables.shape[0], self._threads)


class _State:
    """The best so far in each replicate."""

    def __init__(self, size: int) -> None:
        self.score = np.full(size, np.inf)
        self.model = np.full(size, -1, np.int64)
        self.unobserved = np.full(size, np.inf)
        self.doubtful = np.zeros(size, np.bool_)


class Downhill:
    """A search from neighbour to neighbour, repeated in each replicate from the model chosen on the table."""

    version = 0

    def __init__(self, table: CaptureTable, order: int, threads: int) -> None:
        self._lists = table.K
        self._threads = threads
        self._cells = countable(table)
        self._offset = np.zeros(table.counts.size)
        self._candidates = np.array(interactions(table.K, order), np.int64)
        self._doubtful = 0
        support = np.flatnonzero(table.counts)
        one = table.counts[support].astype(float)[None, :]
        best = math.inf
        self.best: Terms = ()
        self._begin = np.zeros(self._candidates.size, np.bool_)
        for full in (False, True) if table.counts.size <= MOST_PATTERNS else (False,):
            begin = np.full(self._candidates.size, full)
            chosen, score, _, _ = self._search(begin, np.full(self._offset.size, math.nan), support, one, PRECISE)
            if score[0] < best:
                best = float(score[0])
                self._begin = chosen[0]
        if math.isfinite(best):
            singles = [0, *(1 << j for j in range(table.K))]
            self.best = (*singles, *(int(term) for term in self._candidates[self._begin]))
        self._parameters = np.full(self._offset.size, math.nan)
        fitted = fit_model(self.best, table) if self.best else None
        if fitted is not None:
            self._parameters[:] = 0.0
            self._parameters[fitted.active] = fitted.theta

    @property
    def diagnostics(self) -> dict[str, Any]:
        """What was searched, for the estimate."""
        return {"search": "downhill", "undecided": self._doubtful}

    def choose(self, support: NDArray[np.int64], tables: NDArray[np.float64], *, widen: bool) -> NDArray[np.float64]:
        """The number unobserved at the end of the search for each table."""
        unobserved: NDArray[np.float64]
        _, _, unobserved, doubtful = self._search(self._begin, self._parameters, support, tables, ROUGH)
        self._doubtful += int(doubtful.sum())
        return unobserved

    def fixed(self, support: NDArray[np.int64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
        """The number unobserved by the model of the original table."""
        terms = np.array(self.best, np.int64)
        unobserved = np.full(tables.shape[0], np.inf)

        def work(low: int, high: int) -> None:
            fit_each(
                self._lists, terms, self._parameters, support, tables, self._cells, self._offset, unobserved, low, high
            )

        in_threads(work, tables.shape[0], self._threads)
        return unobserved

    def _search(self, begin: Any, parameters: Any, support: Any, tables: Any, tolerance: float) -> Any:
        size = tables.shape[0]
        chosen = np.zeros((size, self._candidates.size), np.bool_)
        score, unobserved, doubtful = np.full(size, np.inf), np.full(size, np.inf), np.zeros(size, np.bool_)

        def work(low: int, high: int) -> None:
            choose_downhill(
                self._lists, self._candidates, begin, parameters, support, tables, self._cells, self._offset,
                chosen, score, unobserved, doubtful, low, high, tolerance,
            )  # fmt: skip

        in_threads(work, size, self._threads)
        return chosen, score, unobserved, doubtful


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return select_bic(
        table,
        max_order=settings.max_order,
        bootstrap=settings.bootstrap,
        level=settings.level,
        seed=settings.seed,
        threads=settings.threads,
    )


register("bic", _method)
