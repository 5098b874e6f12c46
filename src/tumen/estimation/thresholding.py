"""Bayesian thresholding (Silverman 2020, JRSS A 183:691): keep the pairs of lists whose interaction is sure.

The model with all pairs is fitted first. An interaction whose posterior mean is under two posterior standard deviations
from 0 is set to 0, and the model with the others gives the posterior of the total.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.certifying import countable
from tumen.estimation.existence import EXISTS, decide_exactly
from tumen.estimation.loglinear import refuse as refuse_model
from tumen.estimation.models import closed, name_of
from tumen.estimation.poisson import Floats, Weighted, posterior
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, FromDraws, Outcome, Refusal, RefusalCode
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.transforms import superset_sums
from tumen.estimation.weighted import clustered_warning, moved, prior_driven

_DRAWS = 16_000
_KEPT = 10_000
_ENOUGH = 1_000.0

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

    def refuse(code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        return Refusal("threshold", code, reason, table.n, table.lists, None, evidence, None, seed, table.fingerprint)

    overlaps = table.overlaps()
    if not np.any(overlaps[~np.eye(table.K, dtype=bool)]):
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    if prior == "improper" and not _exists(table):
        return refuse_model("threshold", closed(_pairs(table), table.K), table, seed)
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
        wider = _thresholded(table, precision / 4, sure, stream)
        told = np.quantile(total, [0.5, 0.975])
        shift = np.inf if wider is None else moved(told, np.quantile(_totals(wider, table, stream), [0.5, 0.975]))
        shifts[say("prior_interactions")] = float(shift)
        if driven := prior_driven(shifts):
            return refuse(RefusalCode.PRIOR_DRIVEN, driven, prior_shifts=shifts)
    mean = float(total.mean())
    return Estimate(
        method="threshold",
        N=mean,
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
        warnings=clustered_warning(table)
        + tuple(
            say("kept_by_a_hair", pair=table.name(pair), size=size)
            for pair, size in steps.ratios
            if abs(size - sure) < 0.1
        ),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _pairs(table: CaptureTable) -> tuple[int, ...]:
    return tuple(1 << j | 1 << k for j, k in combinations(range(table.K), 2))


def _exists(table: CaptureTable) -> bool:
    counts = table.counts.astype(float)
    terms = np.array(closed(_pairs(table), table.K), np.int64)
    code, _, _ = decide_exactly(terms, superset_sums(counts), counts, countable(table))
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
    terms = np.array([0, *(1 << j for j in range(table.K)), *inside], np.int64)
    design = (cells[:, None] & terms == terms).astype(float)
    shrunk = np.repeat([0.0, precision], [1 + table.K, len(inside)])
    weighted = posterior(design, table.counts[cells].astype(float), shrunk, _DRAWS, stream)
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
