"""May one figure be given? The rule is stated in the plan before the results are seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tumen.estimation.bootstrapping import FAR
from tumen.estimation.population import AnalysisPlan
from tumen.estimation.results import Estimate, Outcome, Refusal

Standing = Literal["withheld", "no single figure", "agreement"]
UNSTATED = "Population not stated, exploratory: the verdict is withheld. State the population and seal a plan first."
AGREEMENT = "Agreement among methods with related untestable assumptions."


@dataclass(frozen=True)
class Finding:
    """The verdict on a comparison.

    `standing` is "withheld" (no plan), "no single figure", or "agreement". With agreement, `estimate` is the point of
    the plan's first method and `lower` and `upper` the widest limits of all that count. `cautions` stand beside any
    verdict.
    """

    standing: Standing
    reasons: tuple[str, ...]
    cautions: tuple[str, ...] = ()
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    is_exploratory: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        """The verdict in sentences."""
        opening = {"withheld": "", "no single figure": "No single figure can be given.", "agreement": AGREEMENT}
        return " ".join(part for part in (opening[self.standing], *self.reasons, *self.cautions) if part)


def judge(outcomes: Mapping[str, Outcome], plan: AnalysisPlan | None, level: float) -> Finding:
    """Apply the plan's rule to the outcomes, by method."""
    cautions = tuple(_cautions(outcomes))
    if plan is None:
        return Finding("withheld", (UNSTATED,), cautions, is_exploratory=True)
    if not plan.is_sealed:
        cautions = ("The plan was not sealed before the results: this analysis is exploratory.", *cautions)
    rule = plan.verdict
    against: list[str] = []
    counted: dict[str, Estimate] = {}
    for method in rule.methods:
        outcome = outcomes.get(method)
        if isinstance(outcome, Estimate):
            counted[method] = outcome
        elif isinstance(outcome, Refusal):
            against.append(f"{method} refuses: {outcome.reason}")
        else:
            against.append(f"{method} was not run.")
    against += _disagreements(counted, rule.level, rule.widest_ratio)
    if against or not counted:
        return Finding("no single figure", tuple(against), cautions, is_exploratory=not plan.is_sealed)
    limits = [estimate.interval(level) for estimate in counted.values()]
    return Finding(
        "agreement",
        (),
        cautions,
        estimate=counted[rule.methods[0]].N,
        lower=min(limit.lower for limit in limits),
        upper=max(limit.upper for limit in limits),
        is_exploratory=not plan.is_sealed,
    )


def _disagreements(counted: Mapping[str, Estimate], level: float, widest_ratio: float) -> list[str]:
    against = []
    for method, estimate in counted.items():
        interval = estimate.interval(level)
        for other, point in ((name, each.N) for name, each in counted.items() if name != method):
            side, limit = ("lower", interval.lower) if point < estimate.N else ("upper", interval.upper)
            if math.isnan(limit):
                against.append(
                    f"The {side} limit of {method} is not given, so that {other} cannot be checked against it."
                )
            elif (point < limit) if side == "lower" else (point > limit):
                against.append(f"The point of {other} ({point:,.0f}) lies outside the interval of {method}.")
    points = [estimate.N for estimate in counted.values()]
    if points and max(points) / min(points) > widest_ratio:
        against.append(
            f"The largest point is {max(points) / min(points):.2f} times the smallest; {widest_ratio:g} is the most."
        )
    return against


def _cautions(outcomes: Mapping[str, Outcome]) -> list[str]:
    found = []
    estimates = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Estimate)}
    points = {name: each for name, each in estimates.items() if each.interval_kind != "bound"}
    for bound_name, bound in estimates.items():
        if bound.interval_kind != "bound":
            continue
        below = [name for name, each in points.items() if bound.N > each.N]
        if below:
            found.append(
                f"{', '.join(below)} below the lower bound of {bound_name} ({bound.N:,.0f}):"
                " dependence between the lists is negative, or the model is wrong."
            )
    far = [name for name, each in points.items() if each.N / each.n > FAR]
    if far:
        found.append(
            f"{', '.join(far)}: more than {FAR} times the people recorded; the figure rests on the model alone."
        )
    return found
