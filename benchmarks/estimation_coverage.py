"""How often 95 % intervals hold the truth: every method on simulated tables of known size, written to the reference.

`python -m benchmarks.estimation_coverage [TIMES]` runs all settings and rewrites docs/reference/estimation-coverage.md.
Methods that take long run on fewer tables (`TABLES`); TIMES multiplies all of them. Each row says on how many.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path

from tumen.estimation.latent import latent_class
from tumen.estimation.latent_chains import Effort
from tumen.estimation.registry import Bootstrap, Settings, register
from tumen.estimation.scoring import Score, score
from tumen.estimation.simulation import Scenario, simulate

PAGE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "estimation-coverage.md"
METHODS = ("bic", "stepwise", "bma", "threshold", "chao", "coverage", "lcm")
TABLES = {"bic": 40, "stepwise": 400, "bma": 400, "threshold": 60, "chao": 400, "coverage": 400, "lcm": 10}
BOOTSTRAP = 1000

THREE = {"A": 0.3, "B": 0.25, "C": 0.2}
FOUR = {"A": 0.2, "B": 0.15, "C": 0.12, "D": 0.1}
FOUR_HIGH = {"A": 0.3, "B": 0.3, "C": 0.25, "D": 0.2}
FOUR_LOW = {"A": 0.1, "B": 0.06, "C": 0.04, "D": 0.02}
FIVE = {"A": 0.2, "B": 0.15, "C": 0.12, "D": 0.1, "E": 0.08}


@dataclass(frozen=True)
class Setting:
    """A scenario, and the methods whose assumption it meets."""

    scenario: Scenario
    named: tuple[str, ...] = ()
    methods: tuple[str, ...] = METHODS


SETTINGS = (
    Setting(Scenario(500, THREE, name="500, 3 lists, independent"), ("bic", "bma", "chao")),
    Setting(Scenario(3000, THREE, name="3,000, 3 lists, independent"), ("bic", "bma", "chao")),
    Setting(Scenario(3000, FOUR, name="3,000, 4 lists, independent"), ("bic", "bma", "chao")),
    Setting(Scenario(20_000, FOUR, name="20,000, 4 lists, independent"), ("bic", "bma", "chao")),
    Setting(Scenario(3000, FIVE, name="3,000, 5 lists, independent"), ("bma", "chao"), METHODS[1:]),
    Setting(Scenario(3000, FOUR_LOW, name="3,000, 4 lists, capture 2-10 %, independent"), ("bic", "bma", "chao")),
    Setting(Scenario(3000, FOUR, {"A B": 3.0}, name="3,000, 4 lists, one pair odds 3"), ("bic", "bma", "chao")),
    Setting(Scenario(20_000, FOUR, {"A B": 3.0}, name="20,000, 4 lists, one pair odds 3"), ("bic", "bma", "chao")),
    Setting(Scenario(3000, FOUR, {"A B": 1 / 3}, name="3,000, 4 lists, one pair odds 1/3"), ("bic", "bma")),
    Setting(Scenario(3000, FOUR, {"A B": 3.0, "C D": 3.0}, name="3,000, 4 lists, two pairs odds 3"), ("bic", "chao")),
    Setting(
        Scenario(3000, FOUR_HIGH, {"A B": 3.0}, name="3,000, 4 lists, high coverage, one pair odds 3"), ("coverage",)
    ),
    Setting(Scenario(3000, FOUR, heterogeneity=1.0, name="3,000, 4 lists, heterogeneity 1"), ("chao",)),
    Setting(
        Scenario(3000, FOUR_HIGH, heterogeneity=1.0, name="3,000, 4 lists, high coverage, heterogeneity 1"), ("chao",)
    ),
    Setting(Scenario(3000, FOUR, cluster_mean=3.0, name="3,000, 4 lists, clusters of 3"), ("bic", "chao")),
    Setting(Scenario(3000, FOUR, cluster_mean=6.0, name="3,000, 4 lists, clusters of 6"), ("bic", "chao")),
    Setting(Scenario(3000, FOUR, missed_links=0.02, name="3,000, 4 lists, 2 % missed links")),
    Setting(Scenario(3000, FOUR, missed_links=0.05, name="3,000, 4 lists, 5 % missed links")),
    Setting(
        Scenario(3000, FOUR, never_together=(("A", "B"),), name="3,000, 4 lists, A and B never together"), ("bic",)
    ),
    Setting(Scenario(3000, FOUR, unreachable=0.1, name="3,000, 4 lists, 10 % beyond every list")),
)


def main() -> None:
    """Run all settings and write the page."""
    times = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    register(
        "lcm", lambda table, settings: latent_class(table, seed=settings.seed, effort=Effort(tail_ess=400, r_hat=1.05))
    )
    settings = Settings(bootstrap=Bootstrap(replicates=BOOTSTRAP))
    rows: list[tuple[Setting, Score]] = []
    start = time.process_time()
    for setting in SETTINGS:
        for method in setting.methods:
            drawn = simulate(replace(setting.scenario, replicates=max(round(times * TABLES[method]), 2)))
            (one,) = score(drawn, methods=(method,), settings=settings).scores
            rows.append((setting, one))
            print(_row(setting, one), flush=True)
        PAGE.write_text(_page(rows), "utf-8")
    print(f"{time.process_time() - start:.0f} CPU s; written to {PAGE.name}")


def _row(setting: Setting, one: Score) -> str:
    name = f"**{one.method}**" if one.method in setting.named else one.method
    if one.refused == 1:
        why = max(one.codes, key=lambda code: one.codes[code])
        return f"| {name} | {one.tables} | 100 % ({why}) | | | | | | | {one.seconds:.2f} |"
    cells = [f"{one.refused:.1%}", f"{one.coverage:.1%} ± {one.coverage_error:.1%}", f"{one.truth_below:.1%}"]
    cells += [
        f"{one.truth_above:.1%}",
        f"{one.open:.1%}",
        f"{one.bias:+.1%}",
        f"{one.width:.2f}",
        f"{one.interval_score:.2f}",
    ]
    return f"| {name} | {one.tables} | {' | '.join(cells)} | {one.seconds:.2f} |"


def _page(rows: list[tuple[Setting, Score]]) -> str:
    parts = [_HEAD.format(bootstrap=BOOTSTRAP)]
    last = ""
    for setting, one in rows:
        if setting.scenario.name != last:
            last = setting.scenario.name
            parts.append(f"\n## {last}\n\n{_COLUMNS}")
        parts.append(_row(setting, one))
    return "\n".join(parts) + "\n"


_COLUMNS = (
    "| method | tables | refused | coverage, s.e. | truth below | truth above | open | bias | width | score | CPU s |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
)

_HEAD = """# How often the intervals hold the truth

Made by `python -m benchmarks.estimation_coverage` on simulated tables, as many as each row says: {bootstrap} bootstrap
replicates, level 95 %; the latent classes are asked for 400 effective draws and an R-hat of 1.05 only.
Capture chances are A 0.3, B 0.25, C 0.2 (three lists); A 0.2, B 0.15, C 0.12, D 0.1, E 0.08 (four and five); A 0.3,
B 0.3, C 0.25, D 0.2 (high coverage); A 0.1, B 0.06, C 0.04, D 0.02 (2-10 %).

A method in bold is one whose assumption the setting meets; the others show what happens when it is not met. Coverage is
the share of intervals that hold the truth, among tables that were not refused; for `chao`, a bound, the share of lower
limits below the truth. "Truth below" and "truth above" are its two tails. "Open" is the share of upper limits that are
open or not given. Bias is the median of estimate / truth - 1; width and interval score (smaller is better) are
in units of the truth, closed intervals only. The standard error of a coverage stands beside it.
"""

if __name__ == "__main__":
    main()
