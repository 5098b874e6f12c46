"""Decomposable graphs over lists: which lists depend on each other directly. A graph is a tuple of neighbour masks.

A graph is decomposable when its lists can be taken away one at a time so that the neighbours left of each are all
joined to one another (Lauritzen 1996). Then anything that multiplies over cliques and divides by separators is a sum
over that order of f(list and neighbours) - f(neighbours).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations

Graph = tuple[int, ...]
Factor = tuple[int, int]  # (list and its later neighbours, its later neighbours), as masks of lists


def elimination(graph: Graph) -> tuple[Factor, ...] | None:
    """The factors of a decomposable graph; None if it is not decomposable."""
    left = (1 << len(graph)) - 1
    factors: list[Factor] = []
    while left:
        for j in bits(left):
            neighbours = graph[j] & left
            if all((graph[i] | 1 << i) & neighbours == neighbours for i in bits(neighbours)):
                factors.append((neighbours | 1 << j, neighbours))
                left &= ~(1 << j)
                break
        else:
            return None
    return tuple(factors)


def cliques(graph: Graph) -> tuple[int, ...]:
    """The cliques of a decomposable graph as masks, in ascending order. Raises ValueError for other graphs."""
    factors = elimination(graph)
    if factors is None:
        raise ValueError("the graph is not decomposable")
    complete = [whole for whole, _ in factors]
    return tuple(sorted(c for c in complete if not any(c != d and c & d == c for d in complete)))


@lru_cache(maxsize=8)
def decomposable_graphs(lists: int) -> tuple[Graph, ...]:
    """Every decomposable graph over so many lists: 8 for three, 61 for four, 822 for five, 18,154 for six.

    Raises:
        ValueError: more than six lists, where there are too many to count through.
    """
    if not 1 <= lists <= 6:
        raise ValueError(f"decomposable graphs are enumerated over at most six lists, not {lists}")
    pairs = list(combinations(range(lists), 2))
    graphs = (
        graph_of(lists, [pair for i, pair in enumerate(pairs) if chosen >> i & 1]) for chosen in range(1 << len(pairs))
    )
    return tuple(graph for graph in graphs if elimination(graph) is not None)


def graph_of(lists: int, edges: list[tuple[int, int]]) -> Graph:
    """The graph with these edges."""
    masks = [0] * lists
    for i, j in edges:
        masks[i] |= 1 << j
        masks[j] |= 1 << i
    return tuple(masks)


def neighbours_of(graph: Graph) -> Iterator[Graph]:
    """The decomposable graphs that differ by one edge."""
    for i, j in combinations(range(len(graph)), 2):
        other = list(graph)
        other[i] ^= 1 << j
        other[j] ^= 1 << i
        if elimination(tuple(other)) is not None:
            yield tuple(other)


def bits(mask: int) -> Iterator[int]:
    """The numbers of the lists in a mask."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low
