"""What an estimator returns: an `Estimate`, or a `Refusal` that says why there is none.

The two have no field for the total in common, so that nobody reads a figure from a refusal by accident.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from tumen import __version__
from tumen.estimation.certificate import Certificate
from tumen.estimation.population import Population
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

IntervalKind = Literal["confidence", "credible", "bound"]


class RefusalCode(StrEnum):
    """Why there is no estimate."""

    NO_EXTENDED_MLE = "NoExtendedMLE"  # no (extended) maximum likelihood estimate with a finite total exists
    NOT_IDENTIFIED = "NotIdentified"  # the data that are there do not determine the number unobserved
    PRIOR_DRIVEN = "PriorDriven"  # the answer moves with the prior or its truncation
    NOT_CONVERGED = "NotConverged"  # the chains or the iterations did not settle
    NO_OVERLAP = "NoOverlap"  # nobody is on two lists
    OPEN_POPULATION = "OpenPopulation"  # people enter and leave during the windows
    TOO_SPARSE = "TooSparse"  # too few people, lists or overlaps for this method


@dataclass(frozen=True)
class Interval:
    """Limits for the total. `upper` is infinite when `is_open`; a limit that cannot be given is NaN, and `note` says
    why. `mc_error` holds the Monte Carlo standard errors of the two limits (NaN where unknown)."""

    lower: float
    upper: float
    level: float
    mc_error: tuple[float, float] = (math.nan, math.nan)
    note: Sentence | None = None

    @property
    def is_open(self) -> bool:
        """Whether the data set no upper limit."""
        return math.isinf(self.upper)

    def holds(self, value: float) -> bool:
        """Whether a value lies inside; a limit that is not given excludes nothing."""
        return not (value < self.lower or value > self.upper)


class IntervalRule(Protocol):
    """Computes the limits of an estimate at any level."""

    def __call__(self, level: float) -> Interval:
        """The interval at this level, between 0 and 1."""


@dataclass(frozen=True)
class Estimate:
    """A total and what stands behind it.

    `N` is the estimated total (recorded and unobserved people), `n` the people recorded. `draws` are totals from the
    posterior or from the bootstrap (infinite where a replicate had no admissible model), empty for a closed form.
    `mc_error` is the Monte Carlo standard error of `N`, 0 when it is computed and not simulated. `models` maps each
    model to its weight: 1 for a chosen one, probabilities for an average.
    """

    method: str
    N: float
    n: int
    rule: IntervalRule = field(repr=False, compare=False)
    interval_kind: IntervalKind
    assumption: Sentence
    lists: tuple[str, ...]
    models: Mapping[str, float]
    draws: NDArray[np.float64] = field(default_factory=lambda: np.empty(0), repr=False, compare=False)
    mc_error: float = 0.0
    population: Population | None = None
    prior: Sentence | None = None
    diagnostics: Mapping[str, Any] = field(default_factory=dict, repr=False)
    design_effect: float | None = None
    linkage_share: float | None = None
    warnings: tuple[Sentence, ...] = ()
    seed: int | None = None
    table_fingerprint: str = ""
    certificate: Certificate | None = field(default=None, repr=False)
    version: str = __version__
    seconds_cpu: float = field(default=0.0, compare=False)

    @property
    def unobserved(self) -> float:
        """The estimated number of people whom no list recorded."""
        return self.N - self.n

    def interval(self, level: float = 0.95) -> Interval:
        """The limits at a level between 0 and 1."""
        if not 0 < level < 1:
            raise ValueError(f"A level lies between 0 and 1, not {level}.")
        return self.rule(level)

    def widened(self) -> Estimate:
        """For a method that takes people as recorded one by one: the estimate with limits and draws moved away from the
        point, on the logarithm of the number unobserved, by the square root of the design effect.

        The estimate itself when no design effect above 1 is known. Do not widen what resampled the clusters.
        """
        effect = self.design_effect or 1.0
        if not 1 < effect < math.inf:
            return self
        rule = Widened(self.rule, self.n, self.N, math.sqrt(effect))
        told = say("limits_widened", effect=effect)
        return replace(self, rule=rule, draws=rule.moved(self.draws), warnings=(*self.warnings, told))

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what was asked of which table and what came out."""
        asked = (self.method, self.table_fingerprint, self.seed, self.version, self.prior)
        answer = (repr(float(self.N)), [repr(float(value)) for value in self.draws], dict(self.models))
        return hashlib.sha256(json.dumps([asked, answer], default=str).encode()).hexdigest()


@dataclass(frozen=True)
class Refusal:
    """No estimate, with the reason in a sentence and, where there is one, a certificate that can be checked."""

    method: str
    code: RefusalCode
    reason: Sentence
    n: int = 0
    lists: tuple[str, ...] = ()
    certificate: Certificate | None = field(default=None, repr=False)
    evidence: Mapping[str, Any] = field(default_factory=dict, repr=False)
    population: Population | None = None
    seed: int | None = None
    table_fingerprint: str = ""
    version: str = __version__
    seconds_cpu: float = field(default=0.0, compare=False)


Outcome = Estimate | Refusal


class Refuse(Protocol):
    """Makes the refusals of one method on one table."""

    def __call__(self, code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        """A refusal with its reason in a sentence."""


def refuser(method: str, table: CaptureTable, seed: int | None = None) -> Refuse:
    """What a method needs to refuse a table."""

    def refuse(code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        return Refusal(
            method, code, reason, table.n, table.lists, None, evidence, seed=seed, table_fingerprint=table.fingerprint
        )

    return refuse


def mean_weights(estimates: Sequence[Estimate]) -> dict[str, float]:
    """The weight of each model over several estimates of equal standing."""
    weights: dict[str, float] = {}
    for each in estimates:
        for name, weight in each.models.items():
            weights[name] = weights.get(name, 0.0) + weight / len(estimates)
    return weights


@dataclass(frozen=True)
class FromDraws:
    """Equal-tailed limits from draws of the total; `effective` is their effective number in the tails, for the Monte
    Carlo error (the number of draws when they are independent).

    Each limit is one of the draws, never a mean of two of them: so an infinite draw makes a limit open, and no other.
    """

    draws: NDArray[np.float64]
    effective: float = 0.0

    def __call__(self, level: float) -> Interval:
        """The interval at this level."""
        tail = (1 - level) / 2
        ordered = np.sort(self.draws)
        lower, upper = (ordered[min(math.floor(q * ordered.size), ordered.size - 1)] for q in (tail, 1 - tail))
        size = self.effective or ordered.size
        errors = (quantile_error(ordered, tail, size), quantile_error(ordered, 1 - tail, size))
        return Interval(float(lower), float(upper), level, errors)


def spread(outcome: Estimate, size: int) -> NDArray[np.float64]:
    """So many draws of an estimate, evenly over its sorted ones, infinite ones too; without draws, its point.

    For pooling estimates of equal standing, whatever the number of draws that each has.
    """
    if not outcome.draws.size:
        return np.full(size, outcome.N)
    places = np.floor((np.arange(size) + 0.5) / size * outcome.draws.size).astype(int)
    even: NDArray[np.float64] = np.sort(outcome.draws)[places]
    return even


def quantile_error(draws: NDArray[np.float64], probability: float, effective: float) -> float:
    """The Monte Carlo standard error of a quantile: half the distance between the quantiles one binomial standard
    error to either side (Woodruff 1952). Infinite when that reaches into infinite draws."""
    if draws.size < 2:
        return math.nan
    step = math.sqrt(probability * (1 - probability) / max(effective, 1.0))
    ordered = np.sort(draws)
    at = np.clip([probability - step, probability + step], 0, 1) * (ordered.size - 1)
    low, high = ordered[math.floor(at[0])], ordered[math.ceil(at[1])]
    return math.inf if math.isinf(high) else float(high - low) / 2


@dataclass(frozen=True)
class Widened:
    """Another rule's limits, `factor` times as far from the point on the logarithm of the number unobserved."""

    rule: IntervalRule
    n: int
    point: float
    factor: float

    def __call__(self, level: float) -> Interval:
        """The interval at this level."""
        found = self.rule(level)
        lower, upper = self.moved(np.array([found.lower, found.upper]))
        return Interval(float(lower), float(upper), level, note=found.note)

    def moved(self, totals: NDArray[np.float64]) -> NDArray[np.float64]:
        """Totals moved away from the point."""
        unobserved = self.point - self.n
        if unobserved <= 0:
            return totals
        away: NDArray[np.float64] = self.n + unobserved * (np.maximum(totals - self.n, 0) / unobserved) ** self.factor
        return away


@dataclass(frozen=True)
class Fixed:
    """Limits worked out by formula: a function from a level to (lower, upper)."""

    limits: Callable[[float], tuple[float, float]]

    def __call__(self, level: float) -> Interval:
        """The interval at this level."""
        lower, upper = self.limits(level)
        return Interval(float(lower), float(upper), level, (0.0, 0.0))
