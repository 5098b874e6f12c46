"""Write the figures and pictures of the chapter on estimation, docs/guide/estimation.md, from the code that it teaches.

A figure stands between `<!-- figures: name -->` and `<!-- end -->`; its function is in FIGURES. The tables are the
examples that `tumen estimate --example` prints, the plan is the one in the chapter. A minute or two of CPU.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import NamedTemporaryFile

from tumen.estimation import (
    AnalysisPlan,
    CaptureTable,
    Comparison,
    Estimate,
    Outcome,
    Settings,
    Verdict,
    compare,
    consistency,
)
from tumen.estimation.pictures import write_pictures
from tumen.estimation.printing import consistency_text, number
from tumen.estimation.verdicts import judge

ROOT = Path(__file__).parents[1]
CHAPTER = ROOT / "docs" / "guide" / "estimation.md"
PICTURES = ROOT / "docs" / "images" / "estimation"
SETTINGS = Settings(threads=2)
LEVEL = SETTINGS.level
BLOCK = re.compile(r"(<!-- figures: (\w+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)


@cache
def table(name: str) -> CaptureTable:
    """One of the example tables."""
    with as_file(files("tumen.estimation") / "examples" / f"{name}.csv") as path:
        return CaptureTable.from_csv(path)


@cache
def plan() -> AnalysisPlan:
    """The plan that the chapter prints, sealed."""
    text = re.search(r"```toml\n(.*?)```", CHAPTER.read_text("utf-8"), re.DOTALL)
    assert text is not None
    with NamedTemporaryFile("w", suffix=".toml", encoding="utf-8") as file:
        file.write(text[1])
        file.flush()
        return AnalysisPlan.from_toml(file.name).seal()


@cache
def kosovo() -> Comparison:
    """All methods on Kosovo, by the plan."""
    return compare(table("kosovo"), plan(), settings=SETTINGS)


@cache
def uk() -> Comparison:
    """All methods on the six lists of the United Kingdom."""
    return compare(table("uk"), settings=SETTINGS)


@cache
def uk_merged() -> Comparison:
    """All methods with the two police lists made one."""
    return compare(table("uk").merge("PF", "NCA"), settings=SETTINGS)


def results(comparison: Comparison) -> str:
    """A row a method."""
    head = [
        "| method | estimate | 95 % limits | simulation error of the limits | what it chose |",
        "| --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *map(row, comparison.outcomes.values())])


def row(outcome: Outcome) -> str:
    """One method's row."""
    if not isinstance(outcome, Estimate):
        return f"| {outcome.method} | refuses: {outcome.code} | | | {outcome.reason} |"
    interval = outcome.interval(LEVEL)
    limits = f"{number(interval.lower)} to {number(interval.upper)}"
    limits += " (of a lower bound)" if outcome.interval_kind == "bound" else ""
    errors = ", ".join(number(error) for error in interval.mc_error)
    model, weight = max(outcome.models.items(), key=lambda item: item[1])
    chosen = model if weight > 0.995 else f"{model} ({weight:.0%} of the weight)"
    return f"| {outcome.method} | {number(outcome.N)} | {limits} | {errors} | {chosen} |"


def sensitivity(comparison: Comparison) -> str:
    """What moving each odds ratio that bic's model fixes at 1 does to the total."""
    lines = [
        "| what is not 1 | total, from 1/2 to 2 | 1.25 times larger at | 1.25 times smaller at |",
        "| --- | --- | --- | --- |",
    ]
    tips = {(tip.kind, tip.what, tip.threshold): tip.odds_ratio for tip in comparison.tipping_points("bic")}
    for curve in comparison.sensitivity("bic"):
        low, high = curve.span
        runs = f"{number(low)} to {number(high)}" if curve.is_informative else "uninformative"
        larger, smaller = (tips.get((curve.kind, curve.what, f"1.25 times {way}")) for way in ("larger", "smaller"))
        lines.append(f"| {curve.name} | {runs} | {_odds(larger)} | {_odds(smaller)} |")
    return "\n".join(lines)


def _odds(ratio: float | None) -> str:
    return "none from 1/20 to 20" if ratio is None else f"{ratio:.2f}"


def changed(comparison: Comparison, method: str) -> str:
    """The point of a method without each list, and with each two made one."""
    lines = [f"| {method} | total |", "| --- | --- |"]
    lines += [f"| without {name} | {_point(outcome)} |" for name, outcome in comparison.leave_one_out(method).items()]
    lines += [
        f"| {one} and {other} made one | {_point(found)} |" for (one, other), found in comparison.merges(method).items()
    ]
    return "\n".join(lines)


def _point(outcome: Outcome) -> str:
    return number(outcome.N) if isinstance(outcome, Estimate) else f"refuses: {outcome.code}"


def hidden(name: str, *methods: str) -> str:
    """What `tumen estimate --consistency` prints."""
    return f"```text\n{consistency_text(consistency(table(name), methods=methods, settings=SETTINGS))}\n```"


def verdict(comparison: Comparison) -> str:
    """The verdict in its own words."""
    return f"> {comparison.verdict.text}"


def other_verdict(comparison: Comparison, *methods: str) -> str:
    """What the verdict would be if these methods counted."""
    finding = judge(comparison.outcomes, replace(plan(), verdict=Verdict(methods), sealed=""), LEVEL)
    return f"> {finding.text}"


FIGURES: dict[str, Callable[[], str]] = {
    "kosovo": lambda: results(kosovo()),
    "kosovo_sensitivity": lambda: sensitivity(kosovo()),
    "kosovo_changed": lambda: changed(kosovo(), "stepwise"),
    "kosovo_hidden": lambda: hidden("kosovo", "stepwise", "bma", "chao"),
    "kosovo_verdict": lambda: verdict(kosovo()),
    "kosovo_other_verdict": lambda: other_verdict(kosovo(), "bic", "stepwise", "lcm"),
    "uk": lambda: results(uk()),
    "uk_merged": lambda: results(uk_merged()),
    "uk_sensitivity": lambda: sensitivity(uk_merged()),
    "uk_hidden": lambda: hidden("uk", "stepwise", "bma"),
}


def blocks(text: str) -> dict[str, str]:
    """The figures that a text of the chapter holds, by name."""
    return {name: body.strip("\n") for _, name, body, _ in BLOCK.findall(text)}


def main() -> None:
    """Write the figures into the chapter and the pictures beside it."""
    text = CHAPTER.read_text("utf-8")
    missing = set(FIGURES) ^ set(blocks(text))
    if missing:
        sys.exit(f"{CHAPTER.name} and FIGURES differ in {', '.join(sorted(missing))}.")
    CHAPTER.write_text(BLOCK.sub(lambda found: f"{found[1]}\n{FIGURES[found[2]]()}\n\n{found[4]}", text), "utf-8")
    for name, comparison in (("kosovo", kosovo()), ("uk", uk_merged())):
        write_pictures(comparison, PICTURES / name)


if __name__ == "__main__":
    main()
