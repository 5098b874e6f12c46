"""What a comparison means and does not mean, in plain English, Korean or Chinese."""

from __future__ import annotations

import math
import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal

from tumen.estimation.comparing import Comparison
from tumen.estimation.results import Estimate, Outcome

Language = Literal["en", "ko", "zh"]
LANGUAGES: tuple[Language, ...] = ("en", "ko", "zh")


def lay_summary(comparison: Comparison, language: Language = "en") -> str:
    """A paragraph a method, between what was recorded and what the figure is not. The assumption of a method and the
    reason of a refusal stand in English."""
    words = _words(language)
    said = {"agreement": "agreement", "no single figure": "disagreement", "withheld": "withheld"}
    lines = [words["recorded"].format(n=f"{comparison.table.n:,}")]
    lines += [_outcome(each, comparison.settings.level, words) for each in comparison.outcomes.values()]
    lines += [words[said[comparison.verdict.standing]], words["means"], words["means_not"]]
    return "\n\n".join(lines)


def _outcome(outcome: Outcome, level: float, words: dict[str, str]) -> str:
    if not isinstance(outcome, Estimate):
        return words["refused"].format(method=outcome.method, reason=outcome.reason)
    interval = outcome.interval(level)
    limits = {name: _number(value, words) for name, value in (("lower", interval.lower), ("upper", interval.upper))}
    sentence = {"confidence": "interval", "credible": "credible", "bound": "bound"}[outcome.interval_kind]
    if interval.is_open and sentence != "bound":
        sentence = "open"
    elif sentence != "bound" and (math.isnan(interval.lower) or math.isnan(interval.upper)):
        sentence = "missing"
    figures = {"N": f"{outcome.N:,.0f}", "unobserved": f"{outcome.unobserved:,.0f}", "level": f"{100 * level:g} %"}
    parts = [words["method"], words[sentence], words["assumption"]]
    return " ".join(
        part.format(method=outcome.method, assumption=outcome.assumption, **figures, **limits) for part in parts
    )


def _number(value: float, words: dict[str, str]) -> str:
    if math.isnan(value):
        return words["nothing"]
    return words["unlimited"] if math.isinf(value) else f"{value:,.0f}"


@cache
def _words(language: str) -> dict[str, str]:
    return tomllib.loads((files("tumen.estimation") / "words" / f"{language}.toml").read_text("utf-8"))
