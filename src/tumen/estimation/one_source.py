"""Estimates from a single source, by how often it names each person: zero-truncated Poisson, Chao's bound, and a check
for one-inflation (Godwin & Boehning 2017, JRSS C 66:425; Chiu & Chao 2016).

Missed links make two people of one and inflate the number named once; a person named once who then takes care never
to be named again does the same. Both push every estimate here up, so the check stands beside each figure.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, gammaln, ndtri

from tumen.estimation.results import Estimate, Fixed, Outcome, Refusal, RefusalCode
from tumen.estimation.sentences import say
from tumen.estimation.table import FrequencyCounts

_SUSPECT = 0.05


@dataclass(frozen=True)
class OneInflation:
    """Whether more people are named once than a Poisson law allows.

    Attributes:
        excess: the estimated share of recorded people who stand at one beyond the law.
        p_value: of the likelihood ratio test against no excess (a half-and-half mixture of 0 and chi-squared).
        total: the estimated total when the excess is set aside: n plus those the law leaves unrecorded.
    """

    excess: float
    p_value: float
    total: float

    @property
    def is_suspect(self) -> bool:
        """Whether the excess is beyond chance (5 %)."""
        return self.p_value < _SUSPECT


def one_source(counts: FrequencyCounts, *, method: Literal["chao", "poisson"] = "chao") -> Outcome:
    """Estimate the total from one source.

    "chao" is the lower bound n + f1^2 / (2 f2), right when people differ in how often they are named; "poisson" is the
    zero-truncated Poisson estimate, right only when they do not. Refused as TooSparse when nobody is named twice.

    Void when being named once makes a second naming more or less likely; `one_inflation` looks for the commonest form.
    """
    f1, f2, n = float(counts.times[1]), float(counts.times[2]), counts.n
    name = "one-source-" + method
    if f2 == 0 or _mean(counts) <= 1:
        return Refusal(name, RefusalCode.TOO_SPARSE, say("nobody_named_twice"), n, ("source",))
    inflation = one_inflation(counts)
    if method == "chao":
        unseen = f1**2 / (2 * f2)
        ratio = f1 / f2
        variance = f2 * (0.25 * ratio**4 + ratio**3 + 0.5 * ratio**2)
        assumption = say("one_source_chao_assumes")
        kind: Literal["bound", "confidence"] = "bound"
    else:
        rate = _rate(_mean(counts))
        unseen = n / math.expm1(rate)
        total = n + unseen
        variance = total / (math.exp(rate) - rate - 1)
        assumption = say("one_source_poisson_assumes")
        kind = "confidence"

    def limits(level: float) -> tuple[float, float]:
        """Log-normal limits for the number unrecorded (Chao 1987)."""
        if unseen == 0:
            return float(n), float(n)
        spread = math.exp(float(ndtri((1 + level) / 2)) * math.sqrt(math.log1p(variance / unseen**2)))
        return n + unseen / spread, n + unseen * spread

    too_often = {"excess": inflation.excess, "p": inflation.p_value, "total": inflation.total}
    warnings = (say("named_once_too_often", **too_often),) if inflation.is_suspect else ()
    return Estimate(
        method=name,
        N=n + unseen,
        n=n,
        rule=Fixed(limits),
        interval_kind=kind,
        assumption=assumption,
        lists=("source",),
        models={"Chao" if method == "chao" else "zero-truncated Poisson": 1.0},
        diagnostics={"one_inflation": inflation},
        warnings=warnings,
    )


def one_inflation(counts: FrequencyCounts) -> OneInflation:
    """Test for an excess of people named once, by likelihood ratio.

    Under one-inflation the law's rate is seen in those named twice or more; the excess is what f1 exceeds it by.
    """
    times = np.arange(counts.times.size)
    n, f1 = counts.n, float(counts.times[1])
    more = counts.times.astype(float).copy()
    more[1] = 0
    if more.sum() == 0:
        return OneInflation(0.0, 1.0, math.inf)
    plain = _rate(_mean(counts))
    rate = _rate_above_one(float(more @ times) / more.sum())
    at_one = rate / math.expm1(rate)  # the zero-truncated law's share of ones
    excess = max((f1 / n - at_one) / (1 - at_one), 0.0)
    if excess == 0:
        return OneInflation(0.0, 1.0, n / -math.expm1(-plain))
    inflated = f1 * math.log(excess + (1 - excess) * at_one)
    inflated += float(more[1:] @ (math.log1p(-excess) + _log_law(rate, times[1:])))
    fitted = float(counts.times[1:] @ _log_law(plain, times[1:]))
    statistic = max(2 * (inflated - fitted), 0.0)
    unseen = (1 - excess) * n / math.expm1(rate)
    return OneInflation(excess, float(chdtrc(1, statistic)) / 2, n + unseen)


def _mean(counts: FrequencyCounts) -> float:
    return float(counts.times @ np.arange(counts.times.size)) / counts.n


def _log_law(rate: float, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """Log probabilities of the zero-truncated Poisson law."""
    law: NDArray[np.float64] = times * math.log(rate) - gammaln(times + 1) - math.log(math.expm1(rate))
    return law


def _rate(mean: float) -> float:
    """The rate of the zero-truncated Poisson law with this mean, above 1."""
    if mean <= 1:
        return 1e-12
    return _root(lambda rate: rate / -math.expm1(-rate) - mean, 1e-12, mean)


def _rate_above_one(mean: float) -> float:
    """The rate of the Poisson law truncated below two with this mean, above 2."""
    if mean <= 2:
        return 1e-6

    def gap(rate: float) -> float:
        return rate * math.expm1(rate) / (math.expm1(rate) - rate) - mean

    return _root(gap, 1e-6, mean)


def _root(rising: Callable[[float], float], low: float, high: float) -> float:
    """Where a rising function is 0, by halving: 100 halvings leave nothing of a float."""
    for _ in range(100):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return (low + high) / 2
