"""How methods do on tables of known truth: coverage, each tail, interval score, refusals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from tumen.estimation.registry import METHODS, Settings, run
from tumen.estimation.results import Estimate
from tumen.estimation.simulation import Simulated


@dataclass(frozen=True)
class Score:
    """How one method did on one scenario.

    Attributes:
        tables, refused: how many tables, and the share refused; `codes` says why.
        coverage: the share of intervals that hold the truth, among those given; for a bound, of lower limits below it.
        truth_below, truth_above: the share of intervals that lie above, and below, the truth.
        open: the share of upper limits that are open.
        bias: the median of estimate / truth - 1.
        error: the median of |log(estimate / truth)|.
        width: the median of (upper - lower) / truth, closed intervals only.
        interval_score: the mean interval score of closed intervals (Gneiting & Raftery 2007) over the truth: width, and
            a penalty of 2 / (1 - level) for each unit by which the truth is missed. Smaller is better.
        seconds: CPU seconds a table.
    """

    method: str
    kind: str
    tables: int
    refused: float
    codes: dict[str, int]
    coverage: float
    truth_below: float
    truth_above: float
    open: float
    bias: float
    error: float
    width: float
    interval_score: float
    seconds: float

    @property
    def coverage_error(self) -> float:
        """The Monte Carlo standard error of the coverage."""
        given = self.tables * (1 - self.refused)
        return math.sqrt(max(self.coverage * (1 - self.coverage), 1e-9) / given) if given else math.nan


@dataclass(frozen=True)
class Scores:
    """All methods on one scenario."""

    name: str
    truth: int
    level: float
    scores: tuple[Score, ...]

    def data(self) -> dict[str, Any]:
        """The scores as plain values for JSON; a figure that there is not is None."""
        rows = [{key: _plain(value) for key, value in asdict(score).items()} for score in self.scores]
        return {"scenario": self.name, "truth": self.truth, "level": self.level, "scores": rows}


def score(simulated: Simulated, *, methods: Sequence[str] = tuple(METHODS), settings: Settings | None = None) -> Scores:
    """Run methods on every table and score them against the truth. Raises `UnknownMethod`."""
    settings = settings or Settings()
    scores = tuple(_score(simulated, method, settings) for method in methods)
    return Scores(simulated.scenario.name, simulated.truth, settings.level, scores)


def score_text(scores: Scores) -> str:
    """The scores as a table for reading."""
    lines = [
        f"{scores.name or 'scenario'}: truth {scores.truth:,}, level {scores.level:g}",
        f"{'method':<10}{'tables':>7}{'refused':>9}{'coverage':>10}{'truth<':>8}{'truth>':>8}{'open':>7}{'bias':>8}{'width':>8}{'score':>8}",
    ]
    for one in scores.scores:
        lines.append(
            f"{one.method:<10}{one.tables:>7}{one.refused:>9.1%}{one.coverage:>10.1%}{one.truth_below:>8.1%}"
            f"{one.truth_above:>8.1%}{one.open:>7.1%}{one.bias:>8.1%}{one.width:>8.2f}{one.interval_score:>8.2f}"
        )
    return "\n".join(lines)


def _score(simulated: Simulated, method: str, settings: Settings) -> Score:
    truth, level = float(simulated.truth), settings.level
    codes: Counter[str] = Counter()
    points, limits, seconds, kind = [], [], 0.0, ""
    for number, table in enumerate(simulated):
        outcome = run(method, table, replace(settings, seed=settings.seed + number))
        seconds += outcome.seconds_cpu
        if not isinstance(outcome, Estimate):
            codes[outcome.code.value] += 1
            continue
        interval = outcome.interval(level)
        kind = outcome.interval_kind
        points.append(outcome.N)
        limits.append((interval.lower, math.inf if math.isnan(interval.upper) else interval.upper))
    if not points:
        no = math.nan
        spent = seconds / len(simulated)
        return Score(method, kind, len(simulated), 1.0, dict(codes), no, no, no, no, no, no, no, no, spent)
    lower, upper = np.array(limits).T
    lower = np.where(np.isnan(lower), 0.0, lower)
    above = np.zeros(len(upper), bool) if kind == "bound" else upper < truth
    closed = np.isfinite(upper)
    penalty = 2 / (1 - level) * (np.maximum(lower - truth, 0) + np.where(above, truth - upper, 0))
    interval_scores = ((upper - lower + penalty) / truth)[closed]
    return Score(
        method,
        kind,
        len(simulated),
        1 - len(points) / len(simulated),
        dict(codes),
        float(1 - ((lower > truth) | above).mean()),
        float((lower > truth).mean()),
        float(above.mean()),
        float((~closed).mean()),
        float(np.median(points) / truth - 1),
        float(np.median(np.abs(np.log(np.array(points) / truth)))),
        float(np.median((upper - lower)[closed]) / truth) if closed.any() else math.nan,
        float(interval_scores.mean()) if closed.any() else math.nan,
        seconds / len(simulated),
    )


def _plain(value: Any) -> Any:
    return None if isinstance(value, float) and not math.isfinite(value) else value
