"""The report of a run after GATHER, the Guidelines for Accurate and Transparent Health Estimates Reporting (Stevens et
al. 2016, Lancet 388:e19): its 18 items, filled with what the run knows, and boxes for what only its author can know."""

from __future__ import annotations

from collections.abc import Iterator

from tumen import __version__
from tumen.estimation.comparing import Comparison
from tumen.estimation.printing import MOST_CELLS, comparison_table, number
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.sentences import Language, Sentence, run_on, say, tell

MOST_LISTS = 6  # up to which each list is left out and each pair merged: beyond, it takes minutes


def gather_report(comparison: Comparison, language: Language = "en") -> str:
    """The report as Markdown."""
    items: tuple[list[Sentence], ...] = (
        _population(comparison), [_todo("funding")], [_todo("obtained"), _todo("linked")], _included(comparison),
        _sources(comparison), _biased(comparison), _priors(comparison), _data(comparison), _outline(comparison),
        _methods(comparison), _choice(comparison), _sensitivity(comparison), _uncertainty(comparison),
        _code(comparison), [say("gather_json")], [], [_todo("evidence")], _limits(comparison),
    )  # fmt: skip
    lines = ["# " + tell(say("gather_title", n=comparison.table.n), language), "", tell(say("gather_how"), language)]
    for place, item in enumerate(items, 1):
        lines += ["", f"## {place}. {tell(say(f'gather_{place}'), language)}", ""]
        lines += [f"- {_box(line)}{tell(line, language)}" for line in item]
        if place == 16:
            lines += ["```text", *comparison_table(comparison, language), "```"]
    return "\n".join(lines) + "\n"


def _todo(what: str) -> Sentence:
    return say(f"todo_{what}")


def _box(line: Sentence) -> str:
    return "[ ] " if line.key.startswith("todo_") else ""


def _estimates(comparison: Comparison) -> Iterator[Estimate]:
    return (outcome for outcome in comparison.outcomes.values() if isinstance(outcome, Estimate))


def _population(comparison: Comparison) -> list[Sentence]:
    table, population = comparison.table, comparison.settings.population
    lines = [say("gather_indicator", count=table.K, lists=table.lists)]
    if population is None:
        return [*lines, say("gather_not_planned"), _todo("population")]
    first, last = (f"{day:%Y-%m-%d}" for day in population.event_window)
    stated = {name: getattr(population, name) for name in ("description", "area", "excluded")}
    lines.append(say("of_whom", first=first, last=last, **stated))
    first, last = (f"{day:%Y-%m-%d}" for day in population.recording_window)
    lines.append(say("gather_windows", first=first, last=last, years=population.years))
    return [*lines, *([say("gather_closed")] if population.is_closed else [])]


def _included(comparison: Comparison) -> list[Sentence]:
    plan, zeros = comparison.plan, len(comparison.table.structural_zeros)
    lines = []
    if plan is not None:
        sealed = say("gather_sealed", fingerprint=plan.sealed) if plan.is_sealed else say("plan_not_sealed")
        lines += [say("gather_outside", excluded=plan.population.excluded), sealed]
    if plan is not None and plan.merge:
        lines.append(say("gather_merged", lists=tuple("+".join(names) for names in plan.merge)))
    if zeros:
        lines.append(say("patterns_impossible", count=zeros))
    return [*lines, _todo("exclusions")]


def _sources(comparison: Comparison) -> list[Sentence]:
    table = comparison.table
    sizes = table.overlaps().diagonal()
    alone = [int(table.counts[1 << j]) for j in range(table.K)]
    lists = [say("gather_list", name=name, size=int(sizes[j]), alone=alone[j]) for j, name in enumerate(table.lists)]
    return [*lists, say("gather_on_several", several=table.n - sum(alone), n=table.n), _todo("lists")]


def _biased(comparison: Comparison) -> list[Sentence]:
    told = [warning for each in _estimates(comparison) for warning in each.warnings]
    flags = comparison.table.flags() or [say("gather_no_flags")]
    return [*dict.fromkeys([*flags, *told]), _todo("bias")]


def _priors(comparison: Comparison) -> list[Sentence]:
    priors = [
        say("gather_prior", method=each.method, prior=each.prior) for each in _estimates(comparison) if each.prior
    ]
    return priors or [say("gather_no_priors")]


def _data(comparison: Comparison) -> list[Sentence]:
    return [say("gather_fingerprint", fingerprint=comparison.table.fingerprint), _todo("where")]


def _outline(comparison: Comparison) -> list[Sentence]:
    answered = len(list(_estimates(comparison)))
    return [say("gather_outline", answered=answered, run=len(comparison.outcomes))]


def _methods(comparison: Comparison) -> list[Sentence]:
    lines = []
    for outcome in comparison.outcomes.values():
        if isinstance(outcome, Estimate):
            models = tuple(f"{model} {weight:.2f}" for model, weight in list(outcome.models.items())[:3])
            lines.append(say("gather_method", method=outcome.method, models=models, assumption=outcome.assumption))
        else:
            lines.append(say("method_refuses", method=outcome.method, reason=outcome.reason))
    return lines


def _choice(comparison: Comparison) -> list[Sentence]:
    lines = []
    for each in _estimates(comparison):
        found = each.diagnostics
        if "models_fitted" in found:
            counted = {"fitted": found["models_fitted"], "admissible": found["models_admissible"]}
            lines.append(say("gather_fitted", method=each.method, **counted))
    if comparison.plan is None:
        return [*lines, say("verdict_unstated")]
    rule = comparison.plan.verdict
    return [*lines, say("gather_rule", methods=rule.methods, level=100 * rule.level, ratio=rule.widest_ratio)]


def _sensitivity(comparison: Comparison) -> list[Sentence]:
    lines = []
    if comparison.table.counts.size <= MOST_CELLS:
        for curve in comparison.sensitivity("bic"):
            runs = curve.note or say("print_runs", low=number(curve.span[0]), high=number(curve.span[1]))
            lines.append(say("gather_curve", name=curve.name, runs=runs))
    if "bic" in comparison.outcomes and comparison.table.K <= MOST_LISTS:
        for name, outcome in comparison.leave_one_out("bic").items():
            lines.append(say("gather_without", name=name, result=_result(outcome)))
        for pair, outcome in comparison.merges("bic").items():
            lines.append(say("gather_together", pair="+".join(pair), result=_result(outcome)))
    return [*lines, _todo("consistency")]


def _result(outcome: Outcome) -> str:
    return number(outcome.N) if isinstance(outcome, Estimate) else outcome.reason


def _uncertainty(comparison: Comparison) -> list[Sentence]:
    lines = []
    for each in _estimates(comparison):
        lower, upper = (number(error) for error in each.interval(comparison.settings.level).mc_error)
        known = {"method": each.method, "lower": lower, "upper": upper}
        if "replicates" in each.diagnostics:
            unit = say(f"unit_{each.diagnostics['resampled']}")
            lines.append(say("gather_bootstrap", replicates=each.diagnostics["replicates"], unit=unit, **known))
        else:
            lines.append(say("gather_interval", kind=say(f"kind_{each.interval_kind}"), **known))
    return [*lines, say("gather_left_out")]


def _code(comparison: Comparison) -> list[Sentence]:
    settings = comparison.settings
    return [say("gather_code", version=__version__, seed=settings.seed, level=settings.level)]


def _limits(comparison: Comparison) -> list[Sentence]:
    return [comparison.verdict.text, run_on((say("means"), say("means_not")))]
