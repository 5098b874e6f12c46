"""The decomposable graphs that carry the posterior: all of them up to six lists, beyond by two searches.

The searches start far apart, from the sparsest graph and from the fullest. Each climbs to a graph that no change of one
edge betters, and then looks at the neighbours of every graph near the best. What both find, and what lies at the edge
of what was looked at, tell how much may be missed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np

from tumen.estimation.graphs import Graph, decomposable_graphs, elimination, graph_of, neighbours_of
from tumen.estimation.hyper_dirichlet import Scores

_MOST_ENUMERATED = 6  # lists up to which every decomposable graph is counted through
_WINDOW = 12.0  # graphs down to exp(-12) of the best are expanded
_MOST_GRAPHS = 20_000  # looked at by one search
_NEGLIGIBLE = 40.0  # on the log scale below the best: a graph without weight


@dataclass(frozen=True)
class Found:
    """The graphs to be averaged, best first, and the `inner` ones, whose neighbours were all looked at.

    `found_by_both` is the share of the posterior weight that both searches found, `at_the_edge` the share of the graphs
    that are not inner, about as much as may lie beyond them: 1 and 0 when all graphs were counted.
    """

    graphs: tuple[Graph, ...]
    inner: tuple[Graph, ...]
    found_by_both: float = 1.0
    at_the_edge: float = 0.0

    @property
    def is_complete(self) -> bool:
        """Whether every graph that matters is known to be here."""
        return len(self.inner) == len(self.graphs)


def find_graphs(lists: int, scores: Scores) -> Found:
    """The decomposable graphs that have the impossible patterns, all or those that matter."""
    if lists <= _MOST_ENUMERATED:
        every = [graph for graph in decomposable_graphs(lists) if scores.allows(graph)]
        return _kept(every, every, scores)
    full = graph_of(lists, list(combinations(range(lists), 2)))
    one, other = (_searched(start, scores) for start in (_sparsest(full, scores), full))
    found = _kept(one | other, [graph for graph in one | other if one.get(graph) or other.get(graph)], scores)
    weights = np.exp([scores.evidence(graph) - scores.evidence(found.graphs[0]) for graph in found.graphs])
    both = np.array([graph in one and graph in other for graph in found.graphs])
    inside = set(found.inner)
    edge = np.array([graph not in inside for graph in found.graphs])
    share = weights / weights.sum()
    return replace(found, found_by_both=float(share @ both), at_the_edge=float(share @ edge))


def _kept(graphs: Iterable[Graph], inner: Iterable[Graph], scores: Scores) -> Found:
    """The graphs that are not negligible."""
    order = sorted(graphs, key=scores.evidence, reverse=True)
    least = scores.evidence(order[0]) - _NEGLIGIBLE
    inside = set(inner)
    kept = tuple(graph for graph in order if scores.evidence(graph) > least)
    return Found(kept, tuple(graph for graph in kept if graph in inside))


def _searched(start: Graph, scores: Scores) -> dict[Graph, bool]:
    """Graphs near the best that can be reached from a start, and whether the neighbours of each were looked at."""
    first = _climbed(start, scores)
    found = {first: False}
    best = scores.evidence(first)
    waiting = [(-best, first)]
    while waiting and len(found) < _MOST_GRAPHS:
        value, graph = heapq.heappop(waiting)
        if -value < best - _WINDOW:
            break
        found[graph] = True
        for other in neighbours_of(graph):
            if other not in found and scores.allows(other):
                found[other] = False
                best = max(best, scores.evidence(other))
                heapq.heappush(waiting, (-scores.evidence(other), other))
    return found


def _climbed(graph: Graph, scores: Scores) -> Graph:
    """From a graph to a better neighbour, the first that is met, until there is none."""
    while True:
        here = scores.evidence(graph)
        better = (other for other in neighbours_of(graph) if scores.allows(other) and scores.evidence(other) > here)
        other = next(better, None)
        if other is None:
            return graph
        graph = other


def _sparsest(graph: Graph, scores: Scores) -> Graph:
    """A graph with the impossible patterns from which no edge can be taken."""
    while True:
        edges = sum(mask.bit_count() for mask in graph)
        fewer = (
            other
            for other in neighbours_of(graph)
            if sum(mask.bit_count() for mask in other) < edges and elimination(other) and scores.allows(other)
        )
        other = next(fewer, None)
        if other is None:
            return graph
        graph = other
