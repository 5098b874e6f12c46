"""Bayesian thresholding (Silverman 2020, JRSS A 183:691): keep the pairs of lists whose interaction is sure.

The model with all pairs is fitted first. An interaction whose posterior mean is under two posterior standard deviations
from 0 is set to 0, and the model with the others gives the posterior of the total.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.certifying import countable
from tumen.estimation.existence import EXISTS, decide_exactly
from tumen.estimation.loglinear import refuse as refuse_model
from tumen.estimation.loglinear import warnings as table_warnings
from tumen.estimation.models import Terms, closed, name_of
from tumen.estimation.poisson import Floats, Weighted, posterior
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, FromDraws, Outcome, RefusalCode, refuser
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.transforms import superset_sums
from tumen.estimation.weighted import clusters_told, moved, prior_driven

_KEPT = 10_000
_WANTED, _ENOUGH = 10_000.0, 1_000.0  # effective draws: aimed at, and needed
_HAIR = 0.1  # standard deviations from the threshold
_MOST_LISTS = 14


ASSUMPTION = say("threshold_assumes")


@dataclass(frozen=True)
class _Step:
    """One fit: the pairs in it, those taken as impossible, and the posterior."""

    pairs: tuple[int, ...]
    never: tuple[int, ...]
    weighted: Weighted
    ratios: tuple[tuple[int, float], ...] = ()


def threshold(
    table: CaptureTable,
    *,
    prior: Literal["proper", "improper"] = "proper",
    scale: float = 1.0,
    sure: float = 2.0,
    seed: int = 1,
) -> Outcome:
    """Estimate the total by thresholding the pairwise log-linear model; the point is the posterior mean.

    `prior` "proper" gives every interaction N(0, `scale`^2), "improper" a flat prior, for which pairs that nobody is
    on together are taken as impossible and the table must have an extended maximum likelihood estimate. Main effects
    are flat. Refused as PriorDriven when doubling `scale` moves median or upper limit by more than a tenth.

    The selection is made once, on the posterior means: the interval holds for the selected model. Void when three lists
    depend on each other beyond their pairs, and when a real dependence is too weak to be seen in the table.
    """
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, table.n])))
    precision = 0.0 if prior == "improper" else scale**-2
    refuse = refuser("threshold", table, seed)
    if table.K > _MOST_LISTS:
        return refuse(
            RefusalCode.NOT_CONVERGED,
            say("threshold_many_lists", patterns=table.counts.size, lists=table.K, most=_MOST_LISTS),
        )
    overlaps = table.overlaps()
    if not np.any(overlaps[~np.eye(table.K, dtype=bool)]):
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    empty = [name for name, size in zip(table.lists, overlaps.diagonal(), strict=True) if size == 0]
    if empty:
        return refuse(RefusalCode.TOO_SPARSE, say("threshold_empty_list", name=empty[0]))
    # What the flat part of the prior leaves open.
    needed = closed(_pairs(table) if prior == "improper" else (), table.K)
    if not _exists(needed, table):
        return refuse_model("threshold", needed, table, seed)
    steps = _thresholded(table, precision, sure, stream)
    if steps is None:
        return refuse(RefusalCode.NOT_CONVERGED, say("threshold_no_mode"))
    total = _totals(steps, table, stream)
    if steps.weighted.effective < _ENOUGH:
        return refuse(
            RefusalCode.NOT_CONVERGED,
            say("threshold_few_draws", effective=steps.weighted.effective, asked=_ENOUGH),
        )
    shifts: dict[str, float] = {}
    if prior == "proper":
        shift = _shift(total, _thresholded(table, precision / 4, sure, stream), table, stream)
        shifts[say("prior_interactions")] = shift
        if driven := prior_driven(shifts):
            return refuse(RefusalCode.PRIOR_DRIVEN, driven, prior_shifts=shifts)
    effect, clustered = clusters_told(table)
    return Estimate(
        method="threshold",
        N=float(total.mean()),
        n=table.n,
        rule=FromDraws(total, steps.weighted.effective),
        interval_kind="credible",
        assumption=ASSUMPTION,
        lists=table.lists,
        models={name_of(closed(steps.pairs, table.K), table.lists): 1.0},
        draws=total,
        mc_error=float(total.std() / np.sqrt(steps.weighted.effective)),
        prior=say("threshold_prior", scale=scale) if prior == "proper" else say("threshold_prior_flat"),
        diagnostics={
            "effective": steps.weighted.effective,
            "prior_shifts": shifts,
            "sureness": {table.name(pair): size for pair, size in steps.ratios},
            "impossible_pairs": tuple(table.name(pair) for pair in steps.never),
        },
        design_effect=effect,
        warnings=(
            *table_warnings(table),
            say("threshold_selection"),
            *_by_a_hair(steps, table, precision, sure, stream),
            *clustered,
        ),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _shift(total: Floats, wider: _Step | None, table: CaptureTable, stream: np.random.Generator) -> float:
    """By how much the larger of median and upper limit moves under a wider prior."""
    if wider is None:
        return math.inf
    return moved(np.quantile(total, [0.5, 0.975]), np.quantile(_totals(wider, table, stream), [0.5, 0.975]))


def _by_a_hair(
    steps: _Step, table: CaptureTable, precision: float, sure: float, stream: np.random.Generator
) -> Iterator[Sentence]:
    """What the answer would be, had a pair near the threshold been decided the other way."""
    for pair, size in steps.ratios:
        if abs(size - sure) < _HAIR:
            other = {*steps.pairs} ^ {pair}
            kept = tuple(each for each in _pairs(table) if each in other)
            refitted = _fit(table, (*kept, *steps.never), precision, stream)
            otherwise = math.nan if refitted is None else float(_totals(refitted, table, stream).mean())
            yield say(
                "kept_by_a_hair" if size >= sure else "dropped_by_a_hair",
                pair=table.name(pair),
                size=size,
                otherwise=otherwise,
            )


def _pairs(table: CaptureTable) -> tuple[int, ...]:
    return tuple(1 << j | 1 << k for j, k in combinations(table.in_name_order, 2))


def _exists(terms: Terms, table: CaptureTable) -> bool:
    counts = table.counts.astype(float)
    code, _, _ = decide_exactly(np.array(terms, np.int64), superset_sums(counts), counts, countable(table))
    return bool(code == EXISTS)


def _thresholded(table: CaptureTable, precision: float, sure: float, stream: np.random.Generator) -> _Step | None:
    """Fit all pairs, keep the sure ones, fit again."""
    full = _fit(table, _pairs(table), precision, stream)
    if full is None:
        return None
    at = slice(1 + table.K, None)
    ratio = np.abs(full.weighted.mean()[at]) / full.weighted.deviation()[at]
    kept = tuple(pair for pair, size in zip(full.pairs, ratio, strict=True) if size >= sure)
    final = _fit(table, (*kept, *full.never), precision, stream)
    return None if final is None else replace(final, ratios=tuple(zip(full.pairs, ratio.tolist(), strict=True)))


def _fit(table: CaptureTable, pairs: tuple[int, ...], precision: float, stream: np.random.Generator) -> _Step | None:
    """Fit main effects and pairs. Under a flat prior a pair with nobody on it makes its patterns impossible."""
    together = superset_sums(table.counts)
    never = tuple(pair for pair in pairs if precision == 0 and together[pair] == 0)
    inside = tuple(pair for pair in pairs if pair not in never)
    cells = np.array([cell for cell in countable(table) if not any(cell & pair == pair for pair in never)])
    terms = np.array([0, *(1 << j for j in table.in_name_order), *inside], np.int64)
    design = (cells[:, None] & terms == terms).astype(float)
    shrunk = np.repeat([0.0, precision], [1 + table.K, len(inside)])
    weighted = posterior(design, table.counts[cells].astype(float), shrunk, _WANTED, stream)
    return None if weighted is None else _Step(inside, never, weighted)


def _totals(step: _Step, table: CaptureTable, stream: np.random.Generator) -> Floats:
    """Unweighted draws of the total by systematic resampling, in random order."""
    places = (np.arange(_KEPT) + stream.random()) / _KEPT
    chosen: NDArray[np.int64] = np.searchsorted(np.cumsum(step.weighted.weights), places)
    chosen = np.minimum(chosen, len(step.weighted.weights) - 1)
    totals: Floats = table.n + np.exp(step.weighted.draws[stream.permutation(chosen), 0])
    return totals


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return threshold(table, seed=settings.seed)


register("threshold", _method)
