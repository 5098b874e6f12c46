"""Running what is missing, in rounds and within a time, and counting it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np

from benchmarks.estimation_coverage.counts import Row, Rows, read, write
from benchmarks.estimation_coverage.settings import Setting, seed_of
from tumen.estimation.latent import latent_class
from tumen.estimation.latent_chains import Effort
from tumen.estimation.registry import Settings, register
from tumen.estimation.scoring import Score, score_part
from tumen.estimation.selection import select_bic
from tumen.estimation.simulation import Scenario, simulate
from tumen.estimation.table import CaptureTable

ROUNDS = (0.05, 0.25, 0.5, 1.0)  # of the tables asked for: after the first round every row says something
PART = 20  # seconds after which counts are written down
EFFORT = Effort(tail_ess=400, r_hat=1.05)  # of the latent classes: enough for limits, not for publication

CLEAN = "clean independent tables"
CLEAN_TABLES = 2_000
FEWEST_TOGETHER = 30  # people on each pair of lists of a clean table

OneMore = Callable[[int], Score]


def run_grid(settings: Iterable[Setting], methods: list[str], until: float, anew: bool) -> None:
    """Run each method on the tables it lacks, round by round, until the time is over."""
    register("lcm", lambda table, asked: latent_class(table, seed=asked.seed, effort=EFFORT))
    rows = read()
    asked = [(setting, method) for setting in settings for method in setting.tables if method in methods]
    for setting, method in asked:
        if anew or (setting.name, method) not in rows:
            rows[setting.name, method] = Row(setting.name, Score(method))
    for share in ROUNDS:
        for setting, method in asked:
            drawn = simulate(setting.scenario)
            wanted = max(round(share * setting.tables[method]), 2)
            _count(
                rows, rows[setting.name, method], wanted, until,
                lambda number, drawn=drawn, method=method: score_part(drawn, method, Settings(), [number]),
            )  # fmt: skip


def run_clean(until: float, anew: bool) -> None:
    """Count how often `bic` refuses clean independent tables of three, four and five lists in turn."""
    rows = read()
    if anew or (CLEAN, "bic") not in rows:
        rows[CLEAN, "bic"] = Row(CLEAN, Score("bic"))

    def one_more(number: int) -> Score:
        score, (truth, table) = Score("bic"), clean_table(number)
        score.add(select_bic(table, bootstrap=None), truth, 0.95)
        return score

    _count(rows, rows[CLEAN, "bic"], CLEAN_TABLES, until, one_more)


def clean_table(number: int) -> tuple[int, CaptureTable]:
    """The truth and a table of independent lists with chances from 2 to 30 %, drawn until every two lists share 30."""
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed_of(CLEAN), number])))
    lists = "ABCDE"[: 3 + number % 3]
    while True:
        people = round(float(np.exp(stream.uniform(np.log(500), np.log(20_000)))))
        capture = dict(zip(lists, stream.uniform(0.02, 0.3, len(lists)).tolist(), strict=True))
        table = simulate(Scenario(people, capture, seed=int(stream.integers(1 << 32)))).table(number)
        if table.overlaps().min() >= FEWEST_TOGETHER:
            return people, table


def _count(rows: Rows, row: Row, wanted: int, until: float, one_more: OneMore) -> None:
    code = _commit()
    while row.score.tables < wanted and time.monotonic() < until:
        start, end = row.score.tables, min(time.monotonic() + PART, until)
        while row.score.tables < wanted and time.monotonic() < end:
            row.score += one_more(row.score.tables)
        if code not in row.code.split():
            row.code = f"{row.code} {code}".strip()
        write(rows)
        print(f"{row.setting}: {row.score.method}, tables {start} to {row.score.tables}", flush=True)


def _commit() -> str:
    """The last commit that touched the estimators; with a + when they were changed since."""
    root, estimators = Path(__file__).parents[2], "src/tumen/estimation"
    last = ["git", "log", "-1", "--format=%h", "--", estimators]
    commit = subprocess.run(last, capture_output=True, text=True, check=True, cwd=root).stdout.strip()
    changed = subprocess.run(["git", "diff", "--quiet", "HEAD", "--", estimators], cwd=root, check=False)
    return commit + ("+" if changed.returncode else "")
