"""Bootstrap limits for estimates that are a formula in the counts: thousands of replicates are one array operation."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.registry import Settings
from tumen.estimation.resampling import BATCH, clusters_of
from tumen.estimation.results import Interval, quantile_error
from tumen.estimation.table import CaptureTable

Floats = NDArray[np.float64]
# From counts (one row a table, one column a pattern of the support) to totals; infinite where the formula has no value.
Formula = Callable[[NDArray[np.int64], int, Floats], Floats]

REPLICATES = 4000


def replicates(table: CaptureTable, formula: Formula, point: float, settings: Settings) -> Floats:
    """Totals of resampled tables.

    Clusters are drawn with replacement where the table has them. Else each replicate has `point` people, of whom as
    many as chance will are on no list, so that the number recorded varies as it would.
    """
    support = np.flatnonzero(table.counts)
    asked = settings.bootstrap.replicates
    number = asked if isinstance(asked, int) else REPLICATES
    if table.is_clustered and settings.bootstrap.unit != "person":
        drawn = clusters_of(table).replicates(settings.seed, 0, -(-number // BATCH) * BATCH)[:number]
    else:
        stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([settings.seed, number])))
        everybody = max(round(point), table.n)
        cells = np.append(table.counts[support], everybody - table.n).astype(float)
        drawn = stream.multinomial(everybody, cells / cells.sum(), number)[:, :-1].astype(float)
    return formula(support, table.K, drawn)


@dataclass(frozen=True)
class Percentiles:
    """Percentile limits of bootstrap totals; an upper limit among the infinite ones is open."""

    draws: Floats

    def __call__(self, level: float) -> Interval:
        """The interval at this level."""
        tail = (1 - level) / 2
        ordered = np.sort(self.draws)
        low, high = (ordered[min(math.floor(q * ordered.size), ordered.size - 1)] for q in (tail, 1 - tail))
        errors = (
            quantile_error(ordered, tail, ordered.size),
            quantile_error(ordered, 1 - tail, ordered.size),
        )
        return Interval(float(low), float(high), level, errors)


def sizes_of(support: NDArray[np.int64]) -> NDArray[np.int64]:
    """On how many lists each pattern is."""
    return np.array([int(mask).bit_count() for mask in support])


def on_list(support: NDArray[np.int64], lists: int) -> NDArray[np.bool_]:
    """[list, pattern]: whether the pattern contains the list."""
    inside: NDArray[np.bool_] = (support[None, :] >> np.arange(lists)[:, None] & 1).astype(bool)
    return inside
