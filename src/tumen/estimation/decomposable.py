"""The average over decomposable models, with exact marginal likelihoods (Madigan & York 1997, Biometrika 84:19).

In a graph, lists that are not joined are independent given those between them. Under a hyper-Dirichlet prior
(`delta` imaginary persons in every cell) the probability of the counts given n0 unrecorded persons has a closed form,
in which only the all-zero cell of each clique depends on n0. So the posterior of (graph, n0) is computed, not sampled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import logsumexp

from tumen.estimation.graph_search import Found, find_graphs
from tumen.estimation.graphs import Graph, bits, cliques
from tumen.estimation.hyper_dirichlet import Grid, Scores
from tumen.estimation.loglinear import warnings as table_warnings
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, Fixed, Outcome, RefusalCode, refuser
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.weighted import clusters_told, moved, prior_driven

Floats = npt.NDArray[np.float64]

_FARTHEST = 1e12
_DRAWS = 10_000
_FOUND_BY_BOTH = 0.99  # of the weight, at which two searches count as agreed
_MUCH_AT_THE_EDGE = 0.05  # of the weight, from which on it is told
_EDGE_SHIFT = 0.02  # by which the graphs at the edge of the searches may move median or upper limit

ASSUMPTION = say("bma_assumes")


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


def posterior(
    table: CaptureTable, grid: Grid, *, delta: float | None = None, graphs: Sequence[Graph] | None = None
) -> Posterior:
    """The joint posterior of graph and number unrecorded, p(N) proportional to 1/N, all graphs alike a priori; over
    these graphs, or those that matter."""
    score = Scores(table, grid, delta or _one_person(table))
    found = tuple(graphs) if graphs is not None else find_graphs(table.K, score).graphs
    totals = np.array([score.evidence(graph) for graph in found])
    weights = np.exp(totals - logsumexp(totals))
    share = np.zeros(len(grid.values))
    for graph in found:
        share += np.exp(score.log_density(graph) - totals.max())
    return Posterior(grid, share / share.sum(), found, weights)


def _one_person(table: CaptureTable) -> float:
    """One imaginary person, spread over the patterns that are possible."""
    return 1 / (table.counts.size - len(table.structural_zeros))


def _candidates(table: CaptureTable, delta: float) -> Found:
    """The graphs worth weighing on a fine grid, by their weight on a coarse one."""
    return find_graphs(table.K, Scores(table, Grid.up_to(_FARTHEST, exact=64, ratio=1.06), delta))


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
    `bound` cuts N off. Up to six lists every graph is counted. Beyond, two searches by single edges start from the
    sparsest and from the fullest graph; NotConverged when over a hundredth of the weight was found by one of them only,
    or the graphs at the edge of what they looked at move the median or the upper limit by over a fiftieth. PriorDriven
    when doubling `delta`, or the bound, moves them by more than a tenth.

    Patterns declared impossible are so in every graph averaged: nobody on both of two lists joins these lists in all of
    them. Refused as NotIdentified when only the graph in which all lists are joined has them.

    Void when people differ in how easily they are recorded and no list stands for the difference, and when dependence
    among three lists or more is not that of a decomposable graph.
    """
    refuse = refuser("bma", table, seed)
    if not any(count for mask, count in enumerate(table.counts) if mask & (mask - 1)):
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    base = delta or _one_person(table)
    candidates = _candidates(table, base)
    if len(candidates.graphs) < 2 and table.structural_zeros:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("bma_impossible"))
    searched: dict[str, Any] = {
        "graphs": len(candidates.graphs),
        "search": "every graph" if candidates.is_complete else "two searches by single edges",
        "found_by_both": candidates.found_by_both,
        "at_the_edge": candidates.at_the_edge,
    }
    weigh = partial(posterior, table, graphs=candidates.graphs)
    chosen = Grid.of(grid) if grid is not None else _adaptive(table, weigh, base, bound)
    found = weigh(chosen, delta=base)
    edge = moved(_told(table, posterior(table, chosen, delta=base, graphs=candidates.inner)), _told(table, found))
    searched["edge_shift"] = edge
    if candidates.found_by_both < _FOUND_BY_BOTH or edge > _EDGE_SHIFT:
        return refuse(
            RefusalCode.NOT_CONVERGED,
            say("bma_not_searched", both=candidates.found_by_both, edge=edge),
            **searched,
        )
    shifts = _shifts(table, weigh, found, base, is_bounded=bound is not None or grid is not None)
    farthest = float(chosen.values[-1]) + table.n
    evidence = {**searched, "prior_shifts": shifts, "bound": farthest, "mean": found.mean() + table.n}
    if driven := prior_driven(shifts):
        return refuse(RefusalCode.PRIOR_DRIVEN, driven, **evidence)
    return _estimate(table, found, say("bma_prior", bound=farthest, delta=base), evidence, seed)


def _estimate(table: CaptureTable, found: Posterior, prior: Sentence, evidence: dict[str, Any], seed: int) -> Estimate:
    effect, clustered = clusters_told(table)
    missed = say("bma_at_the_edge", share=evidence["at_the_edge"], shift=evidence["edge_shift"])
    is_much = evidence["at_the_edge"] > _MUCH_AT_THE_EDGE

    def limits(level: float) -> tuple[float, float]:
        lower, upper = found.quantiles(((1 - level) / 2, (1 + level) / 2)) + table.n
        return float(lower), float(upper)

    return Estimate(
        method="bma",
        N=float(found.quantiles((0.5,))[0]) + table.n,
        n=table.n,
        rule=Fixed(limits),
        interval_kind="credible",
        assumption=ASSUMPTION,
        lists=table.lists,
        models=_named(table, found),
        draws=_drawn(found, seed) + table.n,
        prior=prior,
        diagnostics=evidence,
        design_effect=effect,
        warnings=(*table_warnings(table), *((missed,) if is_much else ()), *clustered),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _shifts(
    table: CaptureTable, weigh: Callable[..., Posterior], found: Posterior, delta: float, *, is_bounded: bool
) -> dict[str, float]:
    """By how much the larger of median and 97.5 % limit moves when a scale of the prior doubles."""
    told = partial(_told, table)
    shifts: dict[str, float] = {say("prior_delta"): moved(told(found), told(weigh(found.grid, delta=2 * delta)))}
    if is_bounded:
        farther = Grid.up_to(2 * float(found.grid.values[-1]))
        shifts[say("prior_bound")] = moved(told(found), told(weigh(farther, delta=delta)))
    return shifts


def _told(table: CaptureTable, found: Posterior) -> Floats:
    """Median and upper limit of the total."""
    return found.quantiles((0.5, 0.975)) + table.n


def _adaptive(table: CaptureTable, weigh: Callable[..., Posterior], delta: float, bound: int | None) -> Grid:
    """A grid so long that its last tenfold holds under a millionth of the posterior, or up to the bound."""
    if bound is not None:
        return Grid.up_to(max(bound - table.n, 1))
    farthest = 1000.0 * max(table.n, 10)
    while True:
        grid = Grid.up_to(farthest)
        if weigh(grid, delta=delta).share[grid.values > farthest / 10].sum() < 1e-6 or farthest >= _FARTHEST:
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
