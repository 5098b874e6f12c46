"""Resampled tables: people, or the clusters through which they were recorded together, drawn with replacement.

Replicates come in batches; each batch has a random stream of its own, so that the first thousand replicates are the
same whether one thousand or four are drawn, and whatever the threads.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.bca import jackknife_variance
from tumen.estimation.errors import BadTable
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

BATCH = 250


@dataclass(frozen=True)
class Units:
    """What is resampled. `support` are the patterns counted; `rows[u]` says how many people of each pattern unit u
    brings, and `copies[u]` how many units there are like it."""

    support: NDArray[np.int64]
    rows: NDArray[np.float64]
    copies: NDArray[np.int64]

    def replicates(self, seed: int, first: int, size: int) -> NDArray[np.float64]:
        """Replicate tables number `first` to `first + size`, both multiples of 250: counts over the support."""
        total = int(self.copies.sum())
        share = self.copies / total
        batches = []
        for batch in range(first // BATCH, (first + size) // BATCH):
            stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, batch])))
            batches.append(stream.multinomial(total, share, BATCH) @ self.rows)
        return np.concatenate(batches)

    def left_out(self) -> NDArray[np.float64]:
        """The table with one unit of each kind left out."""
        everybody: NDArray[np.float64] = self.copies @ self.rows - self.rows
        return everybody


def people_of(table: CaptureTable) -> Units:
    """Each person is a unit."""
    support = table.support
    return Units(support, np.eye(support.size), table.counts[support])


def clusters_of(table: CaptureTable) -> Units:
    """Each cluster is a unit. Raises `BadTable` when the table has none."""
    if table.people is None or table.people.cluster is None:
        raise BadTable("The table has no clusters. Make it with from_individuals(..., cluster=).")
    support = table.support
    places = np.zeros(table.counts.size, np.int64)
    places[support] = np.arange(support.size)
    place = places[table.people.pattern]
    order = np.lexsort((place, table.people.cluster))
    edges = np.flatnonzero(np.diff(table.people.cluster[order])) + 1
    kinds: dict[bytes, int] = {}
    for members in np.split(place[order], edges):
        key = members.astype(np.int64).tobytes()
        kinds[key] = kinds.get(key, 0) + 1
    keys = sorted(kinds)
    rows = np.array([np.bincount(np.frombuffer(key, np.int64), minlength=support.size) for key in keys], np.float64)
    return Units(support, rows, np.array([kinds[key] for key in keys]))


def design_effect(
    table: CaptureTable, total: Callable[[NDArray[np.int64], NDArray[np.float64]], NDArray[np.float64]]
) -> float | None:
    """The variance of an estimate when clusters are the units, over that when people are (both by the jackknife).

    `total` gives the total for each table (a row of counts over the support). What varies is the total over the people
    recorded: leaving out a large cluster makes a smaller table, which says nothing of how well the rest is known. None
    without clusters; not a number when the table without one person has no estimate.
    """
    if not table.is_clustered:
        return None

    def variance(units: Units) -> float:
        without = units.left_out()
        return jackknife_variance(total(units.support, without) / without.sum(1), units.copies)

    together, alone = variance(clusters_of(table)), variance(people_of(table))
    return together / alone if math.isfinite(alone) and alone > 0 else math.nan


def one_by_one(effect: float | None) -> Sentence:
    """What limits that take people as recorded one by one must say, by the design effect (None: no clusters named)."""
    if effect is None:
        return say("no_clusters")
    if not math.isfinite(effect):
        return say("clusters_not_measured")
    return say("clusters_taken_apart", effect=effect, factor=math.sqrt(effect))
