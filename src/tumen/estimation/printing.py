"""Outcomes as lines of text for a terminal."""

from __future__ import annotations

import math
from unicodedata import east_asian_width

from tumen.estimation.comparing import Comparison
from tumen.estimation.consistency import MEANING, Check
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.sentences import Language, Sentence, say, tell

WIDTH = 11
MOST_CELLS = 2**10  # of a table whose sensitivity is printed unasked: beyond, it takes minutes


def comparison_text(comparison: Comparison, language: Language = "en") -> str:
    """A line a method, what each takes for granted, warnings, and the verdict."""
    table = comparison.table
    lines: list[str] = [say("print_recorded", n=table.n, count=table.K, lists=table.lists), ""]
    lines += comparison_table(comparison, language)
    for name, outcome in comparison.outcomes.items():
        if isinstance(outcome, Estimate):
            models = ", ".join(f"{model} {weight:.2f}" for model, weight in list(outcome.models.items())[:3])
            said = [say("print_granted", assumption=outcome.assumption)]
            if outcome.design_effect is not None and math.isfinite(outcome.design_effect):
                said.append(say("print_design_effect", effect=outcome.design_effect))
            lines += ["", f"{name}: {models}", *(f"    {tell(each, language)}" for each in said)]
    lines += _notes(comparison, language)
    lines += _sensitivity(comparison, language)
    lines += ["", say("print_verdict", verdict=comparison.verdict.text)]
    return "\n".join(tell(line, language) for line in lines)


def _notes(comparison: Comparison, language: Language) -> list[str]:
    """The warnings, each once, with the methods that give it."""
    methods: dict[Sentence, list[str]] = {}
    for name, outcome in comparison.outcomes.items():
        for warning in outcome.warnings if isinstance(outcome, Estimate) else ():
            methods.setdefault(warning, []).append(name)
    told = [say("print_note", methods=tuple(names), warning=warning) for warning, names in methods.items()]
    return ["", *(tell(each, language) for each in told)] if told else []


def comparison_table(comparison: Comparison, language: Language = "en") -> list[str]:
    """A line a method, under a head."""
    head = _row(language, say("head_method"), "head_estimate", "head_lower", "head_upper")
    level = comparison.settings.level
    rows = [_left(name, WIDTH) + _line(outcome, level, language) for name, outcome in comparison.outcomes.items()]
    return [f"{head}  {tell(say('head_kind'), language)}", *rows]


def _sensitivity(comparison: Comparison, language: Language) -> list[str]:
    """How far bic's total runs as each odds ratio that its model fixes at 1 goes from 1/2 to 2."""
    if comparison.table.counts.size > MOST_CELLS:
        return []
    lines = []
    for curve in comparison.sensitivity("bic"):
        low, high = curve.span
        runs = curve.note or say("print_runs", low=number(low), high=number(high))
        lines.append(f"    {_left(tell(curve.name, language), 40)} {tell(runs, language)}")
    return ["", say("print_sensitivity"), *lines] if lines else []


def consistency_text(checks: list[Check], language: Language = "en") -> str:
    """A line for each hidden list and method, and what they mean."""
    hidden = _row(language, say("head_hidden"), "head_truth")
    head = _row(language, say("head_method"), "head_estimate", "head_lower", "head_upper")
    lines: list[str] = [f"{hidden}  {head}"]
    for check in checks:
        unknown = say("check_unknown") if isinstance(check.outcome, Estimate) else ""
        word = {True: say("check_passes"), False: say("check_fails"), None: unknown}[check.passes]
        start = f"{_left(check.hidden, WIDTH)}{check.truth:>{WIDTH},}  {_left(check.outcome.method, WIDTH)}"
        lines.append(f"{start}{_line(check.outcome, check.level, language)}  {tell(word, language)}".rstrip())
    return "\n".join([*lines, "", tell(MEANING, language)])


def number(value: float) -> str:
    """A whole number with thousands marked; "open" for infinity, "-" for one that is not given."""
    if math.isnan(value):
        return "-"
    return say("limit_open") if math.isinf(value) else f"{value:,.0f}"


def _line(outcome: Outcome, level: float, language: Language) -> str:
    if not isinstance(outcome, Estimate):
        return "  " + tell(say("print_refused", code=str(outcome.code), reason=outcome.reason), language)
    interval = outcome.interval(level)
    limits = (outcome.N, interval.lower, interval.upper)
    numbers = "".join(_right(tell(number(value), language), WIDTH) for value in limits)
    return f"{numbers}  {100 * level:g} % {tell(say(f'kind_{outcome.interval_kind}'), language)}"


def _row(language: Language, first: Sentence, *rest: str) -> str:
    return _left(tell(first, language), WIDTH) + "".join(_right(tell(say(key), language), WIDTH) for key in rest)


def _left(text: str, width: int) -> str:
    return text + " " * max(width - columns_of(text), 1)


def _right(text: str, width: int) -> str:
    return " " * max(width - columns_of(text), 1) + text


def columns_of(text: str) -> int:
    """How many columns of a terminal a text fills: Korean and Chinese characters fill two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
