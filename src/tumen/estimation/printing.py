"""Outcomes as lines of text for a terminal."""

from __future__ import annotations

import math

from tumen.estimation.comparing import Comparison
from tumen.estimation.consistency import MEANING, Check
from tumen.estimation.results import Estimate, Outcome

WIDTH = 11
MOST_CELLS = 2**10  # of a table whose sensitivity is printed unasked: beyond, it takes minutes


def comparison_text(comparison: Comparison) -> str:
    """A line a method, what each takes for granted, warnings, and the verdict."""
    table, level = comparison.table, comparison.settings.level
    lines = [f"{table.n:,} people recorded by {table.K} lists: {', '.join(table.lists)}", ""]
    lines.append(f"{'method':<{WIDTH}}{'estimate':>{WIDTH}}{'lower':>{WIDTH}}{'upper':>{WIDTH}}  what the interval is")
    lines += [f"{name:<{WIDTH}}{_line(outcome, level)}" for name, outcome in comparison.outcomes.items()]
    for name, outcome in comparison.outcomes.items():
        if isinstance(outcome, Estimate):
            models = ", ".join(f"{model} {weight:.2f}" for model, weight in list(outcome.models.items())[:3])
            lines += ["", f"{name}: {models}", f"    takes for granted: {outcome.assumption}"]
            if outcome.design_effect is not None and math.isfinite(outcome.design_effect):
                lines.append(f"    design effect of the clusters: {outcome.design_effect:.2f}")
    lines += _notes(comparison)
    lines += _sensitivity(comparison)
    return "\n".join([*lines, "", f"Verdict: {comparison.verdict.text}"])


def _notes(comparison: Comparison) -> list[str]:
    """The warnings, each once, with the methods that give it."""
    methods: dict[str, list[str]] = {}
    for name, outcome in comparison.outcomes.items():
        for warning in outcome.warnings if isinstance(outcome, Estimate) else ():
            methods.setdefault(warning, []).append(name)
    notes = [f"    {', '.join(names)}: {warning}" for warning, names in methods.items()]
    return ["", "notes:", *notes] if notes else []


def _sensitivity(comparison: Comparison) -> list[str]:
    """How far bic's total runs as each odds ratio that its model fixes at 1 goes from 1/2 to 2."""
    if comparison.table.counts.size > MOST_CELLS:
        return []
    lines = []
    for curve in comparison.sensitivity("bic"):
        low, high = curve.span
        runs = f"{number(low)} to {number(high)}" if curve.is_informative else curve.note
        lines.append(f"    {curve.kind + ': ' + curve.what:<40} {runs}")
    return ["", "bic, when an odds ratio fixed at 1 runs from 1/2 to 2:", *lines] if lines else []


def consistency_text(checks: list[Check]) -> str:
    """A line for each hidden list and method, and what they mean."""
    head = f"{'hidden':<{WIDTH}}{'truth':>{WIDTH}}  {'method':<{WIDTH}}{'estimate':>{WIDTH}}{'lower':>{WIDTH}}"
    lines = [f"{head}{'upper':>{WIDTH}}"]
    for check in checks:
        unknown = "cannot be told" if isinstance(check.outcome, Estimate) else ""
        word = {True: "passes", False: "FAILS", None: unknown}[check.passes]
        start = f"{check.hidden:<{WIDTH}}{check.truth:>{WIDTH},}  {check.outcome.method:<{WIDTH}}"
        lines.append(f"{start}{_line(check.outcome, check.level)}  {word}".rstrip())
    return "\n".join([*lines, "", MEANING])


def _line(outcome: Outcome, level: float) -> str:
    if not isinstance(outcome, Estimate):
        return f"  refused ({outcome.code}): {outcome.reason}"
    interval = outcome.interval(level)
    numbers = "".join(f"{number(value):>{WIDTH}}" for value in (outcome.N, interval.lower, interval.upper))
    return f"{numbers}  {100 * level:g} % {outcome.interval_kind}"


def number(value: float) -> str:
    """A whole number with thousands marked; "open" for infinity, "-" for one that is not given."""
    if math.isnan(value):
        return "-"
    return "open" if math.isinf(value) else f"{value:,.0f}"
