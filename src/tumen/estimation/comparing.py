"""All methods side by side, the verdict, and what happens when a list is left out, merged, or an assumption changed."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

from tumen.estimation.errors import BadPlan
from tumen.estimation.population import AnalysisPlan
from tumen.estimation.registry import METHODS, Bootstrap, Settings, run
from tumen.estimation.results import Estimate, Interval, Outcome
from tumen.estimation.sensitivity import Curve, TippingPoint
from tumen.estimation.sensitivity import sensitivity as curves_of
from tumen.estimation.sensitivity import tipping_points as tipping_points_of
from tumen.estimation.table import CaptureTable
from tumen.estimation.verdicts import Finding, judge


@dataclass(frozen=True)
class Comparison:
    """The outcomes of several methods on one table, by method, in the order in which they were asked."""

    table: CaptureTable
    outcomes: Mapping[str, Outcome]
    settings: Settings
    plan: AnalysisPlan | None = None

    @cached_property
    def verdict(self) -> Finding:
        """Whether one figure may be given, by the plan's rule."""
        return judge(self.outcomes, self.plan, self.settings.level, self._beyond_the_plan)

    @property
    def _beyond_the_plan(self) -> tuple[str, ...]:
        """What was chosen that the plan does not say: other methods, or an order of interactions."""
        if self.plan is None:
            return ()
        others = tuple(method for method in self.outcomes if method not in self.plan.methods)
        order = self.settings.max_order
        return others if order is None else (*others, f"max_order={order}")

    def sensitivity(self, method: str = "bic") -> list[Curve]:
        """How the total moves as each assumption of the model that `method` chose is changed from 1/2 to 2; empty when
        the method refused or averages models."""
        terms = self._terms(method)
        return curves_of(self.table, terms) if terms else []

    def tipping_points(self, method: str = "bic") -> list[TippingPoint]:
        """The odds ratios at which the total leaves the interval, and at which it is 1.25 times smaller or larger."""
        terms = self._terms(method)
        if not terms:
            return []
        outcome = self.outcomes[method]
        limits = outcome.interval(self.settings.level) if isinstance(outcome, Estimate) else Interval(0, math.inf, 0.95)
        return tipping_points_of(self.table, terms, limits)

    def leave_one_out(self, method: str = "bic") -> dict[str, Outcome]:
        """The outcome without each list in turn, by list; empty with two lists."""
        if self.table.K < 3:
            return {}
        return {name: self._point(method, self.table.drop(name)) for name in self.table.lists}

    def merges(self, method: str = "bic") -> dict[tuple[str, str], Outcome]:
        """The outcome with each two lists made one, by pair; empty with two lists."""
        if self.table.K < 3:
            return {}
        return {pair: self._point(method, self.table.merge(*pair)) for pair in combinations(self.table.lists, 2)}

    def _point(self, method: str, table: CaptureTable) -> Outcome:
        brief = replace(self.settings, bootstrap=Bootstrap(self.settings.bootstrap.unit, 250))
        return run(method, table, brief)

    def _terms(self, method: str) -> tuple[int, ...]:
        outcome = self.outcomes.get(method)
        if not isinstance(outcome, Estimate) or outcome.certificate is None:
            return ()
        return outcome.certificate.terms


def compare(
    table: CaptureTable,
    plan: AnalysisPlan | None = None,
    *,
    methods: Sequence[str] = (),
    settings: Settings = Settings(),  # noqa: B008  (frozen)
) -> Comparison:
    """Run the plan's methods, or these, or all there are, on the table as the plan has it.

    Without a plan the verdict is withheld. Raises `BadPlan` when the table lacks a list of the plan, and
    `UnknownMethod`.
    """
    if plan is not None:
        table = as_planned(table, plan)
        settings = replace(settings, population=plan.population)
    asked = tuple(methods) or (plan.methods if plan is not None else tuple(METHODS))
    outcomes = {method: run(method, table, settings) for method in asked}
    return Comparison(table, outcomes, settings, plan)


def as_planned(table: CaptureTable, plan: AnalysisPlan) -> CaptureTable:
    """The plan's lists only, merged and with structural zeros as it says. Raises `BadPlan`."""
    missing = [name for name in plan.lists if name not in table.lists]
    if missing:
        raise BadPlan(f"The plan's lists {', '.join(missing)} are not in the table; it has {', '.join(table.lists)}.")
    table = table.select(*plan.lists)
    if plan.structural_zeros:
        table = table.with_structural_zeros(at_least=plan.structural_zeros)
    for names in plan.merge:
        table = table.merge(*names)
    return table
