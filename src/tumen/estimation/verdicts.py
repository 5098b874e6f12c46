"""May one figure be given? The rule is stated in the plan before the results are seen."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from tumen.estimation.bootstrapping import FAR
from tumen.estimation.population import AnalysisPlan
from tumen.estimation.results import Estimate, Outcome, Refusal
from tumen.estimation.sentences import Sentence, run_on, say

Standing = Literal["withheld", "no single figure", "agreement"]


@dataclass(frozen=True)
class Finding:
    """The verdict on a comparison.

    `standing` is "withheld" (no plan), "no single figure", or "agreement". With agreement, `estimate` is the point of
    the plan's first method and `lower` and `upper` the widest limits of all that count, bounds apart. `cautions` stand
    beside any verdict. `is_exploratory` when the plan was not sealed, or something was done that is not in it.
    """

    standing: Standing
    reasons: tuple[Sentence, ...]
    cautions: tuple[Sentence, ...] = ()
    estimate: float | None = None
    lower: float | None = None
    upper: float | None = None
    is_exploratory: bool = False

    def __str__(self) -> str:
        return self.text

    @property
    def figure(self) -> tuple[Sentence, ...]:
        """The figure that the methods agree on, as a sentence; none without agreement."""
        if self.estimate is None or self.lower is None or self.upper is None:
            return ()
        if math.isfinite(self.lower) and math.isfinite(self.upper):
            return (say("agreed_between", N=self.estimate, lower=self.lower, upper=self.upper),)
        return (say("agreed_without_limits", N=self.estimate),)

    @property
    def text(self) -> Sentence:
        """The verdict in sentences."""
        opening = {
            "withheld": (),
            "no single figure": (say("verdict_no_single_figure"),),
            "agreement": (say("verdict_agreement"), *self.figure),
        }
        return run_on((*opening[self.standing], *self.reasons, *self.cautions))


def judge(
    outcomes: Mapping[str, Outcome], plan: AnalysisPlan | None, level: float, beyond: tuple[str, ...] = ()
) -> Finding:
    """Apply the plan's rule to the outcomes, by method. `beyond` names what was done that the plan does not say."""
    cautions = tuple(_cautions(outcomes))
    if plan is None:
        return Finding("withheld", (say("verdict_unstated"),), cautions, is_exploratory=True)
    if not plan.is_sealed:
        cautions = (say("plan_not_sealed"), *cautions)
    elif beyond:
        cautions = (say("beyond_the_plan", what=beyond), *cautions)
    is_exploratory = not plan.is_sealed or bool(beyond)
    rule = plan.verdict
    against: list[Sentence] = []
    counted: dict[str, Estimate] = {}
    for method in rule.methods:
        outcome = outcomes.get(method)
        if isinstance(outcome, Estimate):
            counted[method] = outcome
        elif isinstance(outcome, Refusal):
            against.append(say("method_refuses", method=method, reason=outcome.reason))
        else:
            against.append(say("method_not_run", method=method))
    against += _disagreements(counted, rule.level, rule.widest_ratio)
    points = [estimate for estimate in counted.values() if estimate.interval_kind != "bound"]
    if counted and not points:
        against.append(say("only_bounds"))
    if against:
        return Finding("no single figure", tuple(against), cautions, is_exploratory=is_exploratory)
    limits = [estimate.interval(level) for estimate in points]
    return Finding(
        "agreement",
        (),
        cautions,
        estimate=points[0].N,
        lower=_widest(min, [limit.lower for limit in limits]),
        upper=_widest(max, [limit.upper for limit in limits]),
        is_exploratory=is_exploratory,
    )


def _widest(of: Callable[[list[float]], float], limits: list[float]) -> float:
    """The farthest of several limits; not known when one of them is not."""
    return math.nan if any(map(math.isnan, limits)) else of(limits)


def _disagreements(counted: Mapping[str, Estimate], level: float, widest_ratio: float) -> list[Sentence]:
    """Points outside another's interval, of which a bound has the lower limit only; and points too far apart."""
    against = []
    points = {name: each.N for name, each in counted.items() if each.interval_kind != "bound"}
    for method, estimate in counted.items():
        interval = estimate.interval(level)
        for other, point in points.items():
            if other == method or (estimate.interval_kind == "bound" and point >= estimate.N):
                continue
            side, limit = ("lower", interval.lower) if point < estimate.N else ("upper", interval.upper)
            if math.isnan(limit):
                against.append(say(f"{side}_unchecked", method=method, other=other))
            elif (point < limit) if side == "lower" else (point > limit):
                against.append(say("point_outside", other=other, point=point, method=method))
    if points and max(points.values()) / min(points.values()) > widest_ratio:
        ratio = max(points.values()) / min(points.values())
        against.append(say("points_apart", ratio=ratio, most=widest_ratio))
    return against


def _cautions(outcomes: Mapping[str, Outcome]) -> list[Sentence]:
    found = []
    estimates = {name: outcome for name, outcome in outcomes.items() if isinstance(outcome, Estimate)}
    points = {name: each for name, each in estimates.items() if each.interval_kind != "bound"}
    for bound_name, bound in estimates.items():
        if bound.interval_kind != "bound":
            continue
        below = [name for name, each in points.items() if bound.N > each.N]
        if below:
            found.append(say("below_the_bound", methods=tuple(below), bound=bound_name, least=bound.N))
    far = [name for name, each in points.items() if each.N / each.n > FAR]
    if far:
        found.append(say("far_above_recorded", methods=tuple(far), times=FAR))
    return found
