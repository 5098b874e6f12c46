"""Limits that take account of the choice of the model: the whole procedure is repeated on every resampled table."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.bca import FEWEST_BEYOND, BCa, acceleration
from tumen.estimation.errors import EstimationError
from tumen.estimation.registry import Bootstrap
from tumen.estimation.resampling import BATCH, Units, clusters_of, design_effect, one_by_one, people_of
from tumen.estimation.results import Estimate
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

FIRST, ENOUGH = 1_000, 8_000  # adaptive numbers of replicates: at first, and at most for the sake of precision
FARTHEST = 64_000  # at most for a limit that fewer do not give, up to five lists; half as many with each list more
NEAR_ENOUGH = 0.02  # a limit's Monte Carlo error, relative to the limit, at which adaptive bootstrap stops
FAR = 10  # times the people recorded, beyond which an estimate is flagged


class Chooser(Protocol):
    """A procedure from tables to numbers unobserved, choice of the model included."""

    version: int
    """Changes when the procedure was widened, so that earlier replicates must be computed anew."""

    def choose(self, support: NDArray[np.int64], tables: NDArray[np.float64], *, widen: bool) -> NDArray[np.float64]:
        """The number unobserved for each table of counts over the `support`; infinite without an admissible model."""

    def fixed(self, support: NDArray[np.int64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for the model chosen on the original table only."""


@dataclass(frozen=True)
class _Run:
    units: Units
    totals: NDArray[np.float64]
    rule: BCa


def with_limits(
    estimate: Estimate, table: CaptureTable, chooser: Chooser, bootstrap: Bootstrap, seed: int, level: float
) -> Estimate:
    """The estimate with selection-aware limits, its bootstrap totals as draws, and a design effect or a warning."""
    unit = bootstrap.unit if bootstrap.unit != "auto" else "cluster" if table.is_clustered else "person"
    units = clusters_of(table) if unit == "cluster" else people_of(table)
    run = _run(estimate, units, chooser, bootstrap, seed, level)
    warnings = list(estimate.warnings)
    effect = design_effect(table, lambda support, tables: _totals(chooser.fixed(support, tables), tables))
    if unit == "person":
        warnings.append(one_by_one(effect))
    interval = run.rule(level)
    if interval.note:
        warnings.append(interval.note)
    if estimate.N / table.n > FAR:
        warnings.append(say("far_beyond", times=estimate.N / table.n))
    diagnostics = {
        **estimate.diagnostics,
        "replicates": run.totals.size,
        "infinite_replicates": int(np.isinf(run.totals).sum()),
        "acceleration": run.rule.acceleration,
        "resampled": unit,
    }
    return replace(
        estimate,
        rule=run.rule,
        draws=run.totals,
        warnings=tuple(warnings),
        design_effect=effect,
        diagnostics=diagnostics,
        seed=seed,
    )


def _run(estimate: Estimate, units: Units, chooser: Chooser, bootstrap: Bootstrap, seed: int, level: float) -> _Run:
    adaptive = bootstrap.replicates == "adaptive"
    wanted = FIRST if bootstrap.replicates == "adaptive" else bootstrap.replicates
    if wanted < 1:
        raise EstimationError("The number of replicates is 1 or more, or adaptive.")
    tables = np.empty((0, units.support.size))
    totals = np.empty(0)
    faster = math.nan
    while True:
        upto = -(-wanted // BATCH) * BATCH
        fresh = units.replicates(seed, tables.shape[0], upto - tables.shape[0])
        tables = np.concatenate([tables, fresh])
        version = chooser.version
        found = _totals(chooser.choose(units.support, fresh, widen=True), fresh)
        if chooser.version != version and totals.size:
            found = _totals(chooser.choose(units.support, tables, widen=True), tables)
            totals = found
        else:
            totals = np.concatenate([totals, found])
        if math.isnan(faster) or chooser.version != version:
            without = units.left_out()
            left_out = _totals(chooser.choose(units.support, without, widen=False), without)
            faster = acceleration(left_out, units.copies)
        rule = BCa(estimate.N, np.sort(totals[:wanted]), faster, estimate.n, most_for(len(estimate.lists)))
        if not adaptive or wanted >= rule.most or _is_near_enough(rule, level):
            return _Run(units, totals[:wanted], rule)
        wanted *= 2


def most_for(lists: int) -> int:
    """How many replicates adaptive goes up to, that nobody waits for many minutes."""
    return max(FARTHEST >> max(lists - 5, 0), FIRST)


def _totals(unobserved: NDArray[np.float64], tables: NDArray[np.float64]) -> NDArray[np.float64]:
    totals: NDArray[np.float64] = unobserved + tables.sum(1)
    return totals


def _is_near_enough(rule: BCa, level: float) -> bool:
    """Whether more replicates would not help: each limit is near enough, open, or out of reach of the most."""
    interval = rule(level)
    size = rule.replicates.size
    for limit, error, beyond in zip(
        (interval.lower, interval.upper), interval.mc_error, rule.beyond(level), strict=True
    ):
        if math.isnan(limit) and rule.most / size * beyond >= FEWEST_BEYOND:
            return False
        if math.isfinite(limit) and not error <= NEAR_ENOUGH * limit and size < ENOUGH:
            return False
    return True
