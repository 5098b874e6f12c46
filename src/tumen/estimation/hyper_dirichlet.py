"""Marginal likelihoods of decomposable graphs under a hyper-Dirichlet prior, over a grid of numbers unrecorded
(Dawid & Lauritzen 1993; Madigan & York 1997).

Patterns declared impossible get no imaginary persons. A graph has them when they are impossible in the margin of one of
its cliques: then the closed form holds as it stands. A graph that would give one of them a chance is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln

from tumen.estimation.graphs import Graph, elimination
from tumen.estimation.table import CaptureTable

Floats = npt.NDArray[np.float64]

_EXACT = 1000.0  # numbers unrecorded up to which every one is a point of the grid
_RATIO = 1.004


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
    def up_to(cls, bound: float, exact: float = _EXACT, ratio: float = _RATIO) -> Grid:
        """Every whole number from 0 to `exact`, then cells of 0.4 % width (or `ratio`), up to a bound."""
        steps = int(np.ceil(np.log(max(bound / exact, 1.0)) / np.log(ratio)))
        beyond = np.unique(np.round(exact * ratio ** np.arange(steps + 1)))
        starts = np.concatenate([np.arange(exact), beyond[:-1]]) if steps else np.arange(bound + 1)
        ends = np.append(starts[1:], beyond[-1] if steps else bound + 1)
        return cls((starts + ends - 1) / 2, starts, ends - starts)


class Scores:
    """Log marginal likelihoods of graphs over the grid, put together from one term for each set of lists."""

    def __init__(self, table: CaptureTable, grid: Grid, delta: float) -> None:
        self._masks = np.flatnonzero(table.counts)
        self._counts = table.counts[self._masks].astype(float)
        self._delta, self._grid = delta, grid
        self._cells, self._lists = table.counts.size, table.K
        self._zeros = np.array(sorted(table.structural_zeros), np.int64)
        self._possible = np.setdiff1d(np.arange(self._cells), self._zeros)
        self._terms: dict[int, Floats] = {0: np.zeros(len(grid.values))}
        self._lost: dict[int, npt.NDArray[np.bool_]] = {}
        n0, n = grid.values, self._counts.sum()
        prior = delta * self._possible.size  # imaginary persons in all
        self._common = gammaln(n0 + n) - gammaln(n0 + 1) + np.log(grid.widths)  # with the prior 1/N
        self._all = gammaln(prior) - gammaln(prior + n + n0)
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

    def allows(self, graph: Graph) -> bool:
        """Whether the graph makes all patterns impossible that are declared so."""
        if not self._zeros.size:
            return True
        lost = np.zeros(self._zeros.size, np.bool_)
        for whole, _ in elimination(graph) or ():
            lost |= self._impossible_in(whole)
        return bool(lost.all())

    def _impossible_in(self, lists: int) -> npt.NDArray[np.bool_]:
        """Which of the impossible patterns are so in the margin over a set of lists."""
        if lists not in self._lost:
            reached = np.zeros(self._cells, np.bool_)
            reached[self._possible & lists] = True
            self._lost[lists] = ~reached[self._zeros & lists]
        return self._lost[lists]

    def _term(self, lists: int) -> Floats:
        """Log probability of the margin over a set of lists."""
        if lists not in self._terms:
            cells, where = np.unique(self._masks & lists, return_inverse=True)
            cells, where = (cells, where) if cells[0] == 0 else (np.append(0, cells), where + 1)
            counts = np.bincount(where, weights=self._counts, minlength=cells.size)
            imagined = self._imagined(lists, cells)
            fixed = float((gammaln(counts[1:] + imagined[1:]) - gammaln(imagined[1:])).sum())
            nobody = counts[0] + self._grid.values
            self._terms[lists] = fixed + gammaln(nobody + imagined[0]) - gammaln(imagined[0]) + self._all
        return self._terms[lists]

    def _imagined(self, lists: int, cells: npt.NDArray[np.int64]) -> Floats:
        """The imaginary persons in cells of the margin over a set of lists."""
        if not self._zeros.size:
            return np.full(cells.size, self._delta * (1 << (self._lists - lists.bit_count())))
        alike = np.bincount(self._possible & lists, minlength=self._cells)[cells]
        return np.asarray(self._delta * alike, np.float64)
