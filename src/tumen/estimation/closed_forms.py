"""Bootstrap limits for estimates that are a formula in the counts: thousands of replicates are one array operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.loglinear import warnings as table_warnings
from tumen.estimation.registry import Settings
from tumen.estimation.resampling import BATCH, clusters_of, design_effect, one_by_one
from tumen.estimation.results import Estimate, FromDraws, IntervalKind
from tumen.estimation.sentences import Sentence
from tumen.estimation.table import CaptureTable

Floats = NDArray[np.float64]
# From counts (one row a table, one column a pattern of the support) to totals; infinite where the formula has no value.
Formula = Callable[[NDArray[np.int64], int, Floats], Floats]

REPLICATES = 4000


def bootstrapped(
    table: CaptureTable,
    formula: Formula,
    settings: Settings,
    *,
    method: str,
    model: str,
    kind: IntervalKind,
    assumption: Sentence,
    diagnostics: Mapping[str, Any],
    warnings: tuple[Sentence, ...] = (),
) -> Estimate:
    """The estimate of a formula, with percentile limits of its bootstrap totals, none of them below the people
    recorded."""
    point = at(table, formula)
    draws = np.maximum(replicates(table, formula, point, settings), table.n)
    effect = design_effect(table, lambda support, tables: formula(support, table.K, tables))
    unclustered = () if resamples_clusters(table, settings) else (one_by_one(effect),)
    return Estimate(
        method=method,
        N=point,
        n=table.n,
        rule=FromDraws(draws),
        interval_kind=kind,
        assumption=assumption,
        lists=table.lists,
        models={model: 1.0},
        draws=draws,
        diagnostics=diagnostics,
        design_effect=effect,
        warnings=(*table_warnings(table), *warnings, *unclustered),
        seed=settings.seed,
        table_fingerprint=table.fingerprint,
    )


def at(table: CaptureTable, formula: Formula) -> float:
    """The formula's value on the table itself."""
    return float(formula(table.support, table.K, table.counts[None, table.support].astype(float))[0])


def resamples_clusters(table: CaptureTable, settings: Settings) -> bool:
    """Whether clusters, and not people, are drawn."""
    return table.is_clustered and settings.bootstrap.unit != "person"


def replicates(table: CaptureTable, formula: Formula, point: float, settings: Settings) -> Floats:
    """Totals of resampled tables.

    Clusters are drawn with replacement where the table has them. Else each replicate has `point` people, of whom as
    many as chance will are on no list, so that the number recorded varies as it would.
    """
    support = table.support
    asked = settings.bootstrap.replicates
    number = asked if isinstance(asked, int) else REPLICATES
    if resamples_clusters(table, settings):
        drawn = clusters_of(table).replicates(settings.seed, 0, -(-number // BATCH) * BATCH)[:number]
    else:
        stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([settings.seed, number])))
        everybody = max(round(point), table.n)
        cells = np.append(table.counts[support], everybody - table.n).astype(float)
        drawn = stream.multinomial(everybody, cells / cells.sum(), number)[:, :-1].astype(float)
    return formula(support, table.K, drawn)


def sizes_of(support: NDArray[np.int64]) -> NDArray[np.int64]:
    """On how many lists each pattern is."""
    return np.array([int(mask).bit_count() for mask in support])


def on_list(support: NDArray[np.int64], lists: int) -> NDArray[np.bool_]:
    """[list, pattern]: whether the pattern contains the list."""
    inside: NDArray[np.bool_] = (support[None, :] >> np.arange(lists)[:, None] & 1).astype(bool)
    return inside
