"""The posterior of a Poisson log-linear model by importance sampling: independent weighted draws, no chain to distrust.

The posterior of a log-linear model has one mode and is log-concave; a multivariate t with few degrees of freedom around
that mode covers it, and the effective number of draws tells how well.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_DEGREES = 8.0
_BATCH = 16_000  # draws at a time
_MOST_DRAWS = 320_000
_MOST_NUMBERS = 50_000_000  # held at a time: 400 MB
_MOST_MEANS = 300_000_000  # of cells, computed in all: some ten seconds
_STEPS = 200


@dataclass(frozen=True)
class Weighted:
    """Draws of the parameters (rows) with weights that sum to 1."""

    draws: Floats
    weights: Floats

    @property
    def effective(self) -> float:
        """How many unweighted draws are worth as much."""
        return float(1 / (self.weights**2).sum())

    def mean(self) -> Floats:
        """Posterior means."""
        mean: Floats = self.weights @ self.draws
        return mean

    def deviation(self) -> Floats:
        """Posterior standard deviations."""
        squares: Floats = self.weights @ (self.draws - self.mean()) ** 2
        return np.sqrt(squares)


def posterior(
    design: Floats, counts: Floats, precision: Floats, effective: float, stream: np.random.Generator
) -> Weighted | None:
    """Draw from the posterior of counts ~ Poisson(exp(design theta)), theta ~ N(0, 1 / precision), until so many
    `effective` draws are there, or as many as are worth waiting for.

    A precision of 0 is a flat prior. None when there is no finite mode."""
    found = _mode(design, counts, precision)
    if found is None:
        return None
    mode, information = found
    factor = np.linalg.cholesky(information)
    parameters = len(mode)
    batch = max(min(_BATCH, _MOST_NUMBERS // len(counts)), 1)
    most = min(_MOST_DRAWS, _MOST_MEANS // len(counts))
    parts: list[tuple[Floats, Floats]] = []
    while True:
        normal = stream.standard_normal((batch, parameters))
        scale = np.sqrt(_DEGREES / stream.chisquare(_DEGREES, batch))
        steps = np.linalg.solve(factor.T, normal.T).T * scale[:, None]
        squared = ((steps @ factor) ** 2).sum(1)
        proposal = -0.5 * (_DEGREES + parameters) * np.log1p(squared / _DEGREES)
        predictor = (mode + steps) @ design.T
        target = predictor @ counts - np.exp(np.minimum(predictor, 500)).sum(1)
        target -= 0.5 * ((mode + steps) ** 2) @ precision
        parts.append((mode + steps, target - proposal))
        logs = np.concatenate([log for _, log in parts])
        weights = np.exp(logs - logs.max())
        drawn = Weighted(np.concatenate([draws for draws, _ in parts]), weights / weights.sum())
        if drawn.effective >= effective or len(logs) >= most:
            return drawn


def _mode(design: Floats, counts: Floats, precision: Floats) -> tuple[Floats, Floats] | None:
    """The mode and the information there, by Newton's method with halved steps."""
    theta: Floats = np.linalg.lstsq(design, np.log(counts + 0.5), rcond=None)[0].astype(np.float64)

    def log_density(at: Floats) -> float:
        predictor = design @ at
        return float(predictor @ counts - np.exp(np.minimum(predictor, 500)).sum() - 0.5 * precision @ at**2)

    value = log_density(theta)
    for _ in range(_STEPS):
        mean = np.exp(np.minimum(design @ theta, 500))
        gradient = design.T @ (counts - mean) - precision * theta
        information: Floats = (design.T * mean) @ design + np.diag(precision)
        try:
            step = np.linalg.solve(information, gradient)
        except np.linalg.LinAlgError:
            return None
        decrement = float(gradient @ step)
        if not 0 <= decrement < np.inf:
            return None
        share = 1.0
        while log_density(theta + share * step) < value and share > 1e-8:
            share /= 2
        theta = (theta + share * step).astype(np.float64)
        value = log_density(theta)
        if decrement < 1e-12:
            return theta, information
    return None
