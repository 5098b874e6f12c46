"""What a comparison means and does not mean, in plain English, Korean or Chinese."""

from __future__ import annotations

import math

from tumen.estimation.comparing import Comparison
from tumen.estimation.registry import METHODS
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.sentences import Language, Sentence, run_on, say, tell
from tumen.estimation.verdicts import Finding


def lay_summary(comparison: Comparison, language: Language = "en") -> str:
    """Who was recorded, a paragraph a method, the verdict with its reasons, and what such a figure is and is not."""
    paragraphs = [_recorded(comparison)]
    paragraphs += [_outcome(each, comparison.settings.level) for each in comparison.outcomes.values()]
    paragraphs.append(_verdict(comparison.verdict))
    if any(isinstance(each, Estimate) for each in comparison.outcomes.values()):
        paragraphs += [say("means"), say("means_not")]
    else:
        paragraphs.append(say("no_figure_means"))
    return "\n\n".join(tell(paragraph, language) for paragraph in paragraphs)


def called(method: str) -> str:
    """What a method is called in a sentence."""
    return say(f"method_{method}") if method in METHODS else method


def _recorded(comparison: Comparison) -> Sentence:
    recorded = say("recorded", n=comparison.table.n)
    population = comparison.settings.population
    if population is None:
        return recorded
    first, last = (f"{day:%Y-%m-%d}" for day in population.event_window)
    stated = {name: getattr(population, name) for name in ("description", "area", "excluded")}
    return run_on((recorded, say("of_whom", first=first, last=last, **stated)))


def _outcome(outcome: Outcome, level: float) -> Sentence:
    method = called(outcome.method)
    if not isinstance(outcome, Estimate):
        return say("gives_no_figure", method=method, reason=outcome.reason)
    first = "by_bound" if outcome.interval_kind == "bound" else "by_method"
    return run_on((
        say(first, method=method, N=outcome.N, unobserved=outcome.unobserved),
        _limits(outcome, level),
        say("takes_for_granted", assumption=outcome.assumption),
    ))  # fmt: skip


def _limits(outcome: Estimate, level: float) -> Sentence:
    interval = outcome.interval(level)
    lower, upper, percent = interval.lower, interval.upper, 100 * level
    if outcome.interval_kind == "bound":
        return say("only_a_bound")
    if interval.is_open:
        return say("no_limits") if not math.isfinite(lower) else say("no_upper_limit", lower=lower)
    if math.isnan(lower) and math.isnan(upper):
        return say("neither_limit")
    if math.isnan(upper):
        return say("only_lower", lower=lower, level=percent)
    if math.isnan(lower):
        return say("only_upper", upper=upper, level=percent)
    return say(f"within_{outcome.interval_kind}", lower=lower, upper=upper, level=percent)


def _verdict(finding: Finding) -> Sentence:
    if finding.standing == "withheld":
        return run_on((say("summary_withheld"), *finding.cautions))
    if finding.estimate is None:
        return run_on((say("summary_disagreement"), *finding.reasons, *finding.cautions))
    return run_on((say("summary_agreement"), *finding.figure, *finding.cautions))
