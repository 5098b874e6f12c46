"""How methods do on tables of known truth: coverage, each tail, interval score, refusals."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Self

from tumen.estimation.registry import METHODS, Settings, run
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.simulation import Simulated


@dataclass
class Score:
    """How one method did on tables of known truth, as counts and sums: the scores of two lots of tables add up.

    Attributes:
        tables: how many tables; `codes` counts the refusals among them by code.
        over, under: intervals that lie above, and below, the truth. A bound is over when its lower limit is.
        open: upper limits that are open.
        withheld: intervals of which a limit is not given; that limit counts as holding the truth.
        log_ratio: the sum of log(estimate / truth); `log_ratio_squared` of its squares.
        closed: intervals with both limits; `log_width` the sum of log((upper - lower) / truth) over them,
            `penalized` that of their interval scores (Gneiting & Raftery 2007) over the truth: width, and a penalty
            of 2 / (1 - level) for each unit by which the truth is missed.
        spent: CPU seconds.
    """

    method: str
    kind: str = ""
    tables: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    over: int = 0
    under: int = 0
    open: int = 0
    withheld: int = 0
    log_ratio: float = 0.0
    log_ratio_squared: float = 0.0
    closed: int = 0
    log_width: float = 0.0
    penalized: float = 0.0
    spent: float = 0.0

    def add(self, outcome: Outcome, truth: float, level: float) -> None:
        """Count one more outcome."""
        self.tables += 1
        self.spent += outcome.seconds_cpu
        if not isinstance(outcome, Estimate):
            self.codes[outcome.code.value] += 1
            return
        self.kind = outcome.interval_kind
        interval = outcome.interval(level)
        lower, upper = interval.lower, math.inf if self.kind == "bound" else interval.upper
        self.over += lower > truth
        self.under += upper < truth
        self.open += interval.is_open
        self.withheld += math.isnan(interval.lower) or math.isnan(interval.upper)
        ratio = math.log(outcome.N / truth)
        self.log_ratio += ratio
        self.log_ratio_squared += ratio**2
        if math.isfinite(interval.lower) and math.isfinite(interval.upper):
            width = interval.upper - interval.lower
            missed = max(lower - truth, 0.0) + max(truth - upper, 0.0)
            self.closed += 1
            self.log_width += math.log(max(width, 1e-9) / truth)
            self.penalized += (width + 2 / (1 - level) * missed) / truth

    def __iadd__(self, other: Score) -> Self:
        """Take in the tables of another score of the same method."""
        for each in fields(self):
            if each.name not in ("method", "kind"):
                setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))
        self.kind = self.kind or other.kind
        return self

    @property
    def given(self) -> int:
        """Tables that were not refused."""
        return self.tables - self.codes.total()

    @property
    def refused(self) -> float:
        """The share of tables refused."""
        return _share(self.codes.total(), self.tables)

    @property
    def coverage(self) -> float:
        """The share of intervals that hold the truth, among those given; for a bound, of lower limits below it."""
        return _share(self.given - self.over - self.under, self.given)

    @property
    def coverage_error(self) -> float:
        """The Monte Carlo standard error of the coverage, by Agresti and Coull: not 0 when all tables were covered."""
        share = _share(self.given - self.over - self.under + 2, self.given + 4)
        return math.sqrt(share * (1 - share) / (self.given + 4)) if self.given else math.nan

    @property
    def bias(self) -> float:
        """The geometric mean of estimate / truth, less 1."""
        return math.expm1(_share(self.log_ratio, self.given))

    @property
    def error(self) -> float:
        """The root mean square of log(estimate / truth)."""
        return math.sqrt(_share(self.log_ratio_squared, self.given))

    @property
    def width(self) -> float:
        """The geometric mean of (upper - lower) / truth, closed intervals only."""
        return math.exp(_share(self.log_width, self.closed))

    @property
    def interval_score(self) -> float:
        """The mean interval score over the truth, closed intervals only. Smaller is better."""
        return _share(self.penalized, self.closed)

    @property
    def seconds(self) -> float:
        """CPU seconds a table."""
        return _share(self.spent, self.tables)

    def data(self) -> dict[str, Any]:
        """The figures as plain values for JSON; a figure that there is not is None."""
        counts = {"truth_below": self.over, "truth_above": self.under, "open": self.open, "withheld": self.withheld}
        shares = {name: _share(count, self.given) for name, count in counts.items()}
        told = ("refused", "coverage", "coverage_error", "bias", "error", "width", "interval_score", "seconds")
        figures = {**{name: getattr(self, name) for name in told}, **shares}
        whole = {"method": self.method, "kind": self.kind, "tables": self.tables, "codes": dict(self.codes)}
        return whole | {name: value if math.isfinite(value) else None for name, value in figures.items()}


@dataclass(frozen=True)
class Scores:
    """All methods on one scenario."""

    name: str
    truth: int
    level: float
    scores: tuple[Score, ...]

    def data(self) -> dict[str, Any]:
        """The scores as plain values for JSON."""
        rows = [score.data() for score in self.scores]
        return {"scenario": self.name, "truth": self.truth, "level": self.level, "scores": rows}


def score(simulated: Simulated, *, methods: Sequence[str] = tuple(METHODS), settings: Settings | None = None) -> Scores:
    """Run methods on every table and score them against the truth. Raises `UnknownMethod`."""
    settings = settings or Settings()
    scores = tuple(score_part(simulated, method, settings, range(len(simulated))) for method in methods)
    return Scores(simulated.scenario.name, simulated.truth, settings.level, scores)


def score_part(simulated: Simulated, method: str, settings: Settings, numbers: Iterable[int]) -> Score:
    """Run one method on the tables of these numbers; a table's random numbers depend on its own number only."""
    found = Score(method)
    for number in numbers:
        outcome = run(method, simulated.table(number), replace(settings, seed=settings.seed + number))
        found.add(outcome, float(simulated.truth), settings.level)
    return found


def score_text(scores: Scores) -> str:
    """The scores as a table for reading."""
    lines = [
        f"{scores.name or 'scenario'}: truth {scores.truth:,}, level {scores.level:g}",
        f"{'method':<10}{'tables':>7}{'refused':>9}{'coverage':>10}{'truth<':>8}{'truth>':>8}{'open':>7}{'bias':>8}{'width':>8}{'score':>8}",
    ]
    for one in scores.scores:
        over, under, is_open = (_share(count, one.given) for count in (one.over, one.under, one.open))
        lines.append(
            f"{one.method:<10}{one.tables:>7}{one.refused:>9.1%}{one.coverage:>10.1%}{over:>8.1%}"
            f"{under:>8.1%}{is_open:>7.1%}{one.bias:>8.1%}{one.width:>8.2f}{one.interval_score:>8.2f}"
        )
    return "\n".join(lines)


def _share(part: float, whole: int) -> float:
    return part / whole if whole else math.nan
