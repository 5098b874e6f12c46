"""Bias-corrected and accelerated bootstrap limits (Efron 1987), for replicates that may be infinite.

Silverman, Chan & Vincent (2024) repeat the choice of the model in every replicate. A replicate in which no model is
admissible stands for a table that sets no upper limit: it counts as infinity and is never dropped.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri

from tumen.estimation.results import Interval
from tumen.estimation.sentences import Sentence, run_on, say

FEWEST_BEYOND = 20
SIMULATIONS = 200  # resamples of the replicates, for the Monte Carlo error of the limits
FEWEST_SIMULATIONS, MOST_DRAWN = 50, 1_600_000  # fewer of them when there are many replicates


@dataclass(frozen=True)
class BCa:
    """Limits from sorted `replicates` of the total, the estimate and the acceleration; never below `least`, the people
    recorded (a replicate of clusters can have fewer of them). `most` is how many replicates adaptive goes up to."""

    estimate: float
    replicates: NDArray[np.float64]
    acceleration: float
    least: float = 0.0
    most: int = 0

    def __call__(self, level: float) -> Interval:
        """The interval at this level. A limit with fewer than 20 replicates beyond it is not given, nor is one that
        shuts out the estimate."""
        tail = (1 - level) / 2
        notes, limits, used = [], [], []
        for name, probability, beyond in zip(("lower", "upper"), (tail, 1 - tail), self.beyond(level), strict=True):
            adjusted = float(self._adjusted(probability, self._below(self.replicates)))
            is_open = name == "upper" and self.replicates.size >= 20 and math.isinf(self.replicates[-FEWEST_BEYOND])
            if is_open and beyond < FEWEST_BEYOND:
                limits.append(math.inf)
            elif beyond < FEWEST_BEYOND:
                limits.append(math.nan)
                notes.append(self._too_few(name, beyond))
            else:
                limits.append(max(self.least, float(quantile(self.replicates, adjusted))))
                if self._shuts_out_the_estimate(name, limits[-1]):
                    limits[-1] = math.nan
                    notes.append(say("beyond_the_estimate"))
            used.append(probability)
        if math.isinf(limits[0]):
            notes.append(say("replicates_without_model"))
        errors = self._errors(np.array(used), limits)
        return Interval(limits[0], limits[1], level, errors, run_on(notes) if notes else None)

    def _shuts_out_the_estimate(self, name: str, limit: float) -> bool:
        """Whether nearly all replicates lie on one side of the estimate, so that the correction goes past it: with many
        lists, replicates choose pairs that the table itself does not call for."""
        return math.isfinite(limit) and (limit > self.estimate if name == "lower" else limit < self.estimate)

    def _too_few(self, name: str, beyond: float) -> Sentence:
        size = self.replicates.size
        said = say(f"{name}_not_given", beyond=beyond, replicates=size, needed=FEWEST_BEYOND)
        takes = size * FEWEST_BEYOND / beyond if beyond > 0 else math.inf
        if takes > 1e9:
            return run_on([said, say("takes_too_many")])
        return run_on([said, say("takes_about", about=float(f"{takes:.1g}"), most=self.most)])

    def beyond(self, level: float) -> tuple[float, float]:
        """How many replicates lie beyond the adjusted levels of the two limits, in expectation."""
        tail = (1 - level) / 2
        lower, upper = self._adjusted(np.array([tail, 1 - tail]), self._below(self.replicates))
        counts = self.replicates.size * np.nan_to_num(np.array([lower, 1 - upper]), nan=0.0)
        return float(counts[0]), float(counts[1])

    def _below(self, replicates: NDArray[np.float64]) -> float:
        low = np.searchsorted(replicates, self.estimate * (1 - 1e-9), "left")
        high = np.searchsorted(replicates, self.estimate * (1 + 1e-9), "right")
        return float(low + high) / 2 / replicates.size

    def _adjusted(
        self, probability: float | NDArray[np.float64], below: float | NDArray[np.float64]
    ) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            bias = ndtri(below)
            moved = bias + ndtri(probability)
            slope = 1 - self.acceleration * moved
            adjusted: NDArray[np.float64] = np.where(slope > 0, ndtr(bias + moved / slope), np.nan)
        return adjusted

    def _errors(self, probabilities: NDArray[np.float64], limits: list[float]) -> tuple[float, float]:
        """Standard errors over resamples of the replicates: they hold the noise of the bias correction as well."""
        size = self.replicates.size
        reached = _reached(size)
        low = np.searchsorted(self.replicates, self.estimate * (1 - 1e-9), "left")
        high = np.searchsorted(self.replicates, self.estimate * (1 + 1e-9), "right")
        below = (reached[:, low] + reached[:, high]) / 2 / size
        errors = []
        for probability, limit in zip(probabilities, limits, strict=True):
            if not math.isfinite(limit):
                errors.append(math.nan)
                continue
            adjusted = np.clip(np.nan_to_num(self._adjusted(probability, below), nan=float(probability)), 0, 1)
            rank = np.clip(adjusted * size, 0.5, size)
            at = np.array([np.searchsorted(row[1:], want) for row, want in zip(reached, rank, strict=True)])
            values = self.replicates[np.minimum(at, size - 1)]
            errors.append(math.inf if np.isinf(values).any() else float(values.std(ddof=1)))
        return errors[0], errors[1]


@lru_cache(maxsize=4)
def _reached(size: int) -> NDArray[np.int64]:
    """For each resample of so many sorted replicates, how many of its draws are among the first 0, 1, ... `size`: the
    same for every estimate."""
    stream = np.random.Generator(np.random.Philox(0))
    simulations = max(FEWEST_SIMULATIONS, min(SIMULATIONS, MOST_DRAWN // size))
    copies = stream.multinomial(size, np.full(size, 1 / size), simulations)
    return np.hstack([np.zeros((simulations, 1), np.int64), np.cumsum(copies, axis=1)])


def quantile(ordered: NDArray[np.float64], probability: float) -> float:
    """The quantile of sorted values by linear interpolation at (B + 1) p; infinite as soon as an infinite value takes
    part."""
    at = min(max(probability * (ordered.size + 1) - 1, 0.0), ordered.size - 1.0)
    low, high = ordered[math.floor(at)], ordered[math.ceil(at)]
    return float(high) if math.isinf(high) else float(low + (at - math.floor(at)) * (high - low))


def acceleration(left_out: NDArray[np.float64], copies: NDArray[np.int64]) -> float:
    """The acceleration from estimates with one unit left out, `copies` of each.

    When one of them is infinite the reciprocals are used: to first order the acceleration does not depend on the scale,
    and infinity has a reciprocal.
    """
    values = left_out if np.isfinite(left_out).all() else -1 / left_out
    mean = float(np.average(values, weights=copies))
    cubes = float(copies @ (mean - values) ** 3)
    squares = float(copies @ (mean - values) ** 2)
    return 0.0 if squares == 0 else cubes / (6 * squares**1.5)


def jackknife_variance(left_out: NDArray[np.float64], copies: NDArray[np.int64]) -> float:
    """The jackknife estimate of variance; infinite when a value is."""
    if not np.isfinite(left_out).all():
        return math.inf
    units = int(copies.sum())
    mean = float(np.average(left_out, weights=copies))
    return (units - 1) / units * float(copies @ (left_out - mean) ** 2)
