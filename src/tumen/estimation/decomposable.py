"""The average over decomposable models, with exact marginal likelihoods (Madigan & York 1997, Biometrika 84:19).

In a graph, lists that are not joined are independent given those between them. Under a hyper-Dirichlet prior
(`delta` imaginary persons in every cell) the probability of the counts given n0 unrecorded persons has a closed form,
in which only the all-zero cell of each clique depends on n0. So the posterior of (graph, n0) is computed, not sampled.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, logsumexp

from tumen.estimation.graphs import Graph, bits, cliques, decomposable_graphs, elimination, neighbours_of
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, Fixed, Outcome, Refusal, RefusalCode
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.weighted import clustered_warning, moved, prior_driven

Floats = npt.NDArray[np.float64]

_MOST_ENUMERATED = 6  # lists up to which every decomposable graph is counted through
_WINDOW = 12.0  # search beyond: graphs down to exp(-12) of the best are expanded
_MOST_GRAPHS = 20_000
_EXACT = 1000.0  # numbers unrecorded up to which every one is a point of the grid
_RATIO = 1.004
_FARTHEST = 1e12
_DRAWS = 10_000

ASSUMPTION = say("bma_assumes")


@dataclass(frozen=True)
class Grid:
    """Values of the number unrecorded, each standing for `widths` whole numbers from `starts` on."""

    values: Floats
    starts: Floats
    widths: Floats

    @classmethod
    def of(cls, values: Sequence[int] | npt.NDArray[np.int64]) -> Grid:
        """A grid of exactly these values, as other packages ask for one."""
        points = np.asarray(values, np.float64)
        return cls(points, points, np.ones(len(points)))

    @classmethod
    def up_to(cls, bound: float) -> Grid:
        """Every whole number from 0, then cells of 0.4 % width, up to a bound."""
        steps = int(np.ceil(np.log(max(bound / _EXACT, 1.0)) / np.log(_RATIO)))
        beyond = np.unique(np.round(_EXACT * _RATIO ** np.arange(steps + 1)))
        starts = np.concatenate([np.arange(_EXACT), beyond[:-1]]) if steps else np.arange(bound + 1)
        ends = np.append(starts[1:], beyond[-1] if steps else bound + 1)
        return cls((starts + ends - 1) / 2, starts, ends - starts)


@dataclass(frozen=True)
class Posterior:
    """The joint posterior: `share` of each point of the grid, `weights` of each graph."""

    grid: Grid
    share: Floats
    graphs: tuple[Graph, ...]
    weights: Floats

    def quantiles(self, levels: Sequence[float]) -> Floats:
        """Quantiles of the number unrecorded; inside a cell of the grid by straight line."""
        ends = np.cumsum(self.share)
        places = np.minimum(np.searchsorted(ends, np.asarray(levels) * ends[-1]), len(ends) - 1)
        inside = (np.asarray(levels) * ends[-1] - (ends - self.share)[places]) / self.share[places]
        found: Floats = np.floor(self.grid.starts[places] + inside * self.grid.widths[places] * (1 - 1e-12))
        return found

    def mean(self) -> float:
        """The posterior mean of the number unrecorded on the grid."""
        return float(self.share @ self.grid.values / self.share.sum())


def posterior(table: CaptureTable, grid: Grid, *, delta: float | None = None) -> Posterior:
    """The joint posterior of graph and number unrecorded, p(N) proportional to 1/N, all graphs alike a priori."""
    score = _Scores(table, grid, delta or 1 / (1 << table.K))
    found = decomposable_graphs(table.K) if table.K <= _MOST_ENUMERATED else tuple(_searched(table.K, score))
    totals = np.array([score.evidence(graph) for graph in found])
    weights = np.exp(totals - logsumexp(totals))
    share = np.zeros(len(grid.values))
    for graph, total in zip(found, totals, strict=True):
        if total > totals.max() - 40:
            share += np.exp(score.log_density(graph) - totals.max())
    return Posterior(grid, share / share.sum(), found, weights)


class _Scores:
    """Log marginal likelihoods of graphs over the grid, put together from one term for each set of lists."""

    def __init__(self, table: CaptureTable, grid: Grid, delta: float) -> None:
        self._masks = np.flatnonzero(table.counts)
        self._counts = table.counts[self._masks].astype(float)
        self._persons = self._counts.sum()
        self._grid = grid
        self._delta, self._lists = delta, table.K
        self._prior = delta * (1 << table.K)  # imaginary persons in all
        self._terms: dict[int, Floats] = {0: np.zeros(len(grid.values))}
        n0, n = grid.values, self._persons
        self._common = gammaln(n0 + n) - gammaln(n0 + 1) + np.log(grid.widths)  # with the prior 1/N
        self._all = gammaln(self._prior) - gammaln(self._prior + n + n0)
        self._evidence: dict[Graph, float] = {}

    def log_density(self, graph: Graph) -> Floats:
        """Log of prior times marginal likelihood at each point of the grid."""
        value: Floats = self._common.copy()
        for whole, separator in elimination(graph) or ():
            value += self._term(whole)
            value -= self._term(separator)
        return value

    def evidence(self, graph: Graph) -> float:
        """Log marginal likelihood of a graph, summed over the grid."""
        if graph not in self._evidence:
            density = self.log_density(graph)
            most = density.max()
            self._evidence[graph] = float(most + np.log(np.exp(density - most).sum()))
        return self._evidence[graph]

    def _term(self, lists: int) -> Floats:
        """Log probability of the margin over a set of lists."""
        if lists not in self._terms:
            imagined = self._delta * (1 << (self._lists - lists.bit_count()))
            cells, where = np.unique(self._masks & lists, return_inverse=True)
            counts = np.bincount(where, weights=self._counts)
            seen = counts[cells > 0]
            fixed = float((gammaln(seen + imagined) - gammaln(imagined)).sum())
            nobody = counts[cells == 0].sum() + self._grid.values
            self._terms[lists] = fixed + gammaln(nobody + imagined) - gammaln(imagined) + self._all
        return self._terms[lists]


def _searched(lists: int, score: _Scores) -> Iterable[Graph]:
    """Graphs near the best, found by changing one edge at a time from those that are within the window of it."""
    empty: Graph = (0,) * lists
    found = {empty: score.evidence(empty)}
    open_graphs = [empty]
    best = found[empty]
    while open_graphs and len(found) < _MOST_GRAPHS:
        graph = max(open_graphs, key=found.__getitem__)
        open_graphs.remove(graph)
        if found[graph] < best - _WINDOW:
            break
        for other in neighbours_of(graph):
            if other not in found:
                found[other] = score.evidence(other)
                open_graphs.append(other)
                best = max(best, found[other])
    return found


def average_decomposable(
    table: CaptureTable,
    *,
    delta: float | None = None,
    grid: Sequence[int] | None = None,
    bound: int | None = None,
    seed: int = 1,
) -> Outcome:
    """Estimate the total by averaging all decomposable graphs; the point is the posterior median.

    `delta` imaginary persons stand in each cell a priori (by default one person spread over all), N has prior 1/N, all
    graphs weigh the same. `grid` are the numbers unrecorded to be weighed, by default as far as they can matter;
    `bound` cuts N off. Up to six lists every graph is counted; beyond, the graphs within exp(-12) of the best that a
    search by single edges reaches. The answer is refused as PriorDriven when doubling `delta`, or the bound, moves the
    median or the upper limit by more than a tenth.

    Void when people differ in how easily they are recorded and no list stands for the difference, and when dependence
    among three lists or more is not that of a decomposable graph.
    """

    def refuse(code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        return Refusal("bma", code, reason, table.n, table.lists, None, evidence, None, seed, table.fingerprint)

    if table.structural_zeros:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("bma_impossible"))
    if not any(count for mask, count in enumerate(table.counts) if mask & (mask - 1)):
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    chosen = Grid.of(grid) if grid is not None else _adaptive(table, delta, bound)
    found = posterior(table, chosen, delta=delta)
    base = delta or 1 / (1 << table.K)
    told = found.quantiles((0.5, 0.975)) + table.n
    shifts: dict[str, float] = {
        say("prior_delta"): moved(told, posterior(table, chosen, delta=2 * base).quantiles((0.5, 0.975)) + table.n)
    }
    if bound is not None or grid is not None:
        farther = Grid.up_to(2 * float(chosen.values[-1]))
        shifts[say("prior_bound")] = moved(
            told, posterior(table, farther, delta=delta).quantiles((0.5, 0.975)) + table.n
        )
    evidence = {
        "prior_shifts": shifts,
        "graphs": len(found.graphs),
        "bound": float(chosen.values[-1]) + table.n,
        "mean": found.mean() + table.n,
    }
    if driven := prior_driven(shifts):
        return refuse(RefusalCode.PRIOR_DRIVEN, driven, **evidence)

    def limits(level: float) -> tuple[float, float]:
        lower, upper = found.quantiles(((1 - level) / 2, (1 + level) / 2)) + table.n
        return float(lower), float(upper)

    return Estimate(
        method="bma",
        N=float(told[0]),
        n=table.n,
        rule=Fixed(limits),
        interval_kind="credible",
        assumption=ASSUMPTION,
        lists=table.lists,
        models=_named(table, found),
        draws=_drawn(found, seed) + table.n,
        prior=say("bma_prior", bound=evidence["bound"], delta=base),
        diagnostics=evidence,
        warnings=clustered_warning(table),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _adaptive(table: CaptureTable, delta: float | None, bound: int | None) -> Grid:
    """A grid so long that its last tenfold holds under a millionth of the posterior, or up to the bound."""
    if bound is not None:
        return Grid.up_to(max(bound - table.n, 1))
    farthest = 1000.0 * max(table.n, 10)
    while True:
        grid = Grid.up_to(farthest)
        found = posterior(table, grid, delta=delta)
        if found.share[grid.values > farthest / 10].sum() < 1e-6 or farthest >= _FARTHEST:
            return grid
        farthest *= 1000


def _named(table: CaptureTable, found: Posterior) -> dict[str, float]:
    """The graphs that matter by their cliques, heaviest first."""
    order = [i for i in np.argsort(-found.weights, kind="stable") if found.weights[i] >= 1e-4]
    return {
        "".join(f"[{' '.join(table.lists[j] for j in bits(c))}]" for c in cliques(found.graphs[i])): float(
            found.weights[i]
        )
        for i in order
    }


def _drawn(found: Posterior, seed: int) -> Floats:
    """Independent draws of the number unrecorded."""
    rng = np.random.default_rng(seed)
    cells = rng.choice(len(found.share), size=_DRAWS, p=found.share)
    drawn: Floats = found.grid.starts[cells] + np.floor(rng.random(_DRAWS) * found.grid.widths[cells])
    return drawn


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return average_decomposable(table, seed=settings.seed)


register("bma", _method)
