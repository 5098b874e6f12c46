"""How often 95 % intervals hold the truth: every method on simulated tables of known size.

`python -m benchmarks.estimation_coverage [--minutes M] [--only TEXT] [--methods bic,bma] [--anew]` goes on where the
last run stopped: what was counted stands in estimation_coverage.csv, one row a setting and method. A table depends only
on the name of its setting and its own number, so that the counts are the same however the work was cut. `--anew`
forgets the counts of the rows it works on. `--page` writes docs/reference/estimation-coverage.md from the counts.
"""

from __future__ import annotations

import csv
import hashlib
import subprocess
import time
import tomllib
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from benchmarks.estimation_page import write_page
from tumen.estimation.latent import Effort, latent_class
from tumen.estimation.registry import METHODS, Settings, register
from tumen.estimation.scoring import Score, score_part
from tumen.estimation.simulation import Scenario, simulate

HERE = Path(__file__).resolve().parent
SETTINGS = HERE / "estimation_settings.toml"
RESULTS = HERE / "estimation_coverage.csv"
ROUNDS = (0.05, 0.25, 0.5, 1.0)  # of the tables asked for: after the first round every row says something
PART = 20  # seconds after which counts are written down
EFFORT = Effort(tail_ess=400, r_hat=1.05)  # of the latent classes: enough for limits, not for publication


@dataclass(frozen=True)
class Setting:
    """A scenario, the methods whose assumption it meets, and how many tables each method runs on."""

    scenario: Scenario
    named: tuple[str, ...]
    tables: dict[str, int]

    @property
    def name(self) -> str:
        """The name of the scenario."""
        return self.scenario.name


@dataclass
class Row:
    """What was counted of one method in one setting, and the commits of the code that did it."""

    setting: str
    score: Score
    code: str = ""


def settings_from(path: Path) -> list[Setting]:
    """The settings of the study."""
    told = tomllib.loads(path.read_text("utf-8"))
    found = []
    for each in told["setting"]:
        methods, named = each.pop("methods", list(METHODS)), tuple(each.pop("named"))
        wanted = told["tables"] | each.pop("tables", {})
        each["capture"] = told["capture"][each["capture"]]
        each["never_together"] = tuple(tuple(group) for group in each.pop("never_together", ()))
        seed = int.from_bytes(hashlib.sha256(each["name"].encode()).digest()[:6])
        found.append(Setting(Scenario(**each, seed=seed), named, {method: wanted[method] for method in methods}))
    return found


def read(path: Path) -> dict[tuple[str, str], Row]:
    """The counts so far."""
    rows = {}
    if path.exists():
        with path.open(encoding="utf-8", newline="") as file:
            for told in csv.DictReader(file):
                score = Score(**{each.name: _value(each.type, told[each.name]) for each in fields(Score)})
                rows[told["setting"], score.method] = Row(told["setting"], score, told["code"])
    return rows


def write(path: Path, rows: dict[tuple[str, str], Row]) -> None:
    """Write the counts down, whole or not at all."""
    names = [each.name for each in fields(Score)]
    half = path.with_suffix(".new")
    with half.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["setting", *names, "code"])
        for row in rows.values():
            table.writerow([row.setting, *(_text(getattr(row.score, name)) for name in names), row.code])
    half.replace(path)


def _value(kind: Any, text: str) -> Any:
    if str(kind).startswith("Counter"):
        return Counter({code: int(count) for code, count in (pair.split(":") for pair in text.split())})
    return {"int": int, "float": float, "str": str}[str(kind)](text)


def _text(value: Any) -> str:
    if isinstance(value, Counter):
        return " ".join(f"{code}:{count}" for code, count in sorted(value.items()))
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def work(settings: list[Setting], methods: list[str], until: float, anew: bool) -> None:
    """Run what is missing, round by round, until the time is over."""
    register("lcm", lambda table, asked: latent_class(table, seed=asked.seed, effort=EFFORT))
    rows, code = read(RESULTS), _commit()
    asked = [(setting, method) for setting in settings for method in setting.tables if method in methods]
    for setting, method in asked:
        if anew or (setting.name, method) not in rows:
            rows[setting.name, method] = Row(setting.name, Score(method))
    for share in ROUNDS:
        for setting, method in asked:
            row, wanted = rows[setting.name, method], max(round(share * setting.tables[method]), 2)
            drawn = simulate(setting.scenario)
            while row.score.tables < wanted:
                if time.monotonic() > until:
                    return
                start, end = row.score.tables, time.monotonic() + PART
                while row.score.tables < wanted and time.monotonic() < end:
                    row.score += score_part(drawn, method, Settings(), [row.score.tables])
                if code not in row.code.split():
                    row.code = f"{row.code} {code}".strip()
                write(RESULTS, rows)
                print(f"{setting.name}: {method}, tables {start} to {row.score.tables}", flush=True)


def _commit() -> str:
    """The last commit that touched the estimators; with a + when they were changed since."""
    estimators = "src/tumen/estimation"
    last = ["git", "log", "-1", "--format=%h", "--", estimators]
    commit = subprocess.run(last, capture_output=True, text=True, check=True, cwd=HERE.parent).stdout.strip()
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", estimators], cwd=HERE.parent, check=False)
    return commit + ("+" if changed.returncode else "")


def main() -> None:
    """Go on with the study, or write its page."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--only", default="", help="settings whose name contains this")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    settings = settings_from(SETTINGS)
    if asked.page:
        write_page(settings, read(RESULTS))
        return
    chosen = [setting for setting in settings if asked.only in setting.name]
    work(chosen, asked.methods.split(","), time.monotonic() + 60 * asked.minutes, asked.anew)


if __name__ == "__main__":
    main()
