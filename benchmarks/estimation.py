"""Estimation against R and against exact answers. Times are CPU seconds, warm, the median of 5.

R's seconds and answers stand in `../shared/data/mse/reference.json`, measured with the packages named there; without
that folder only the lines that need no R are printed.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.summary import note
from tumen.estimation import Bootstrap, CaptureTable, Estimate, LogLinear, select_bic, stepwise
from tumen.estimation.certifying import certify, check
from tumen.estimation.existence import decide_exactly
from tumen.estimation.models import all_models
from tumen.estimation.transforms import superset_sums

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data" / "mse"
CASES = 2_000  # random four-list tables here; the soak test runs 100,000


def seconds(work: Callable[[], Any], times: int = 5) -> tuple[float, Any]:
    """The median CPU seconds of some work done several times, after a first time, and its answer."""
    work()  # load and compile
    spent = []
    for _ in range(times):
        start = time.process_time()
        answer = work()
        spent.append(time.process_time() - start)
    return statistics.median(spent), answer


def against_r() -> None:
    """Speed and points against the R packages, on the published tables with the same settings."""
    rows = json.loads((SHARED / "reference.json").read_text("utf-8"))["results"]
    for row in rows:
        table = CaptureTable.from_csv(SHARED / f"{row['dataset']}.csv")
        settings = row["settings"]
        if row["method"] == "mse_bic":
            resample = Bootstrap("person", settings["nboot"]) if settings["nboot"] else None
            shortlist = max(1, row["nmodels_boot"])
            work = lambda t=table, b=resample, s=shortlist: select_bic(t, bootstrap=b, shortlist=s, enlarge=False)  # noqa: E731
        elif row["method"] == "sparsemse_stepwise":
            resample = Bootstrap("person", settings["nboot"])
            work = lambda t=table, b=resample: stepwise(t, bootstrap=b)  # noqa: E731
        else:
            continue
        spent, answer = seconds(work)
        name = f"{row['method']} of {row['dataset']}, {settings['nboot']} replicates"
        theirs = row["seconds_cpu_call"]
        note(name, theirs / 100, spent, " s", f"R {theirs:.2f} s CPU, {theirs / spent:.0f} times")
        error = abs(answer.N / row["est"] - 1)
        note(f"{name}: the point", 1, error / 1e-6, "e-6", f"{answer.N:.4f}, R {row['est']:.4f}")
    table = CaptureTable.from_csv(SHARED / "UKdat.csv")
    whole = lambda: select_bic(table, bootstrap=Bootstrap("person", 1_000), shortlist=100, enlarge=False)  # noqa: E731
    spent, _ = seconds(whole, 3)
    note("UKdat, 32,768 models of pairs, 1,000 replicates of the best 100", 4, spent, " s")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "tumen", "estimate", str(SHARED / "Kosovo.csv"), "--method", "bic"]
    command += ["--bootstrap", "1000", "--json"]
    for _ in range(2):  # the first may compile
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, check=True, capture_output=True, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    note("first estimate of a fresh process, compiled before", 3, spent, " s", "Kosovo, bic, 1,000 replicates")


def many_lists() -> None:
    """Searches over pairs of eight and twelve lists, simulated with heterogeneity."""
    for lists, replicates, goal in ((8, 1_000, 60), (12, 1_000, 120)):
        stream = np.random.default_rng(1)
        chances = stream.uniform(0.03, 0.25, lists)
        own = stream.normal(0, 0.5, 5_000)
        on = stream.random((5_000, lists)) < 1 / (1 + np.exp(-(np.log(chances / (1 - chances)) + own[:, None])))
        counts = np.bincount(on @ (1 << np.arange(lists)), minlength=1 << lists)
        counts[0] = 0
        table = CaptureTable(tuple("ABCDEFGHIJKL"[:lists]), counts)
        work = lambda t=table, b=replicates: select_bic(t, search="downhill", bootstrap=Bootstrap("person", b))  # noqa: E731
        start = time.process_time()
        work()
        spent = time.process_time() - start
        note(f"{lists} lists, downhill over pairs, {replicates:,} replicates", goal, spent, " s")


def closed_forms() -> None:
    """Two models of three lists against their formulas in rational numbers."""
    stream = np.random.default_rng(2)
    worst = 0.0
    for _ in range(500):
        a, b, ab, c, ac, bc, abc = (int(count) for count in stream.integers(1, 2_000, 7))
        seen = np.array([0, a, b, ab, c, ac, bc, abc])
        exact = {
            "[A B][A C][B C]": sum(seen) + Fraction(a * b * c * abc, ab * ac * bc),
            "[A C][B C]": sum(seen) + Fraction(a * b, ab),
        }
        for formula, truth in exact.items():
            for times in (1, 7):
                outcome = LogLinear(formula).fit(CaptureTable(tuple("ABC"), times * seen))
                assert isinstance(outcome, Estimate)
                worst = max(worst, abs(outcome.N / float(times * truth) - 1))
    note("closed forms and N(c n) = c N(n), 500 tables: relative error", 1, worst / 1e-10, "e-10")


def existence_cases() -> None:
    """Fast decisions against certificates proved in rational arithmetic."""
    wrong = 0
    cells = np.arange(1, 8)
    for support in range(1, 128):
        counts = np.array([0, *(support >> bit & 1 for bit in range(7))])
        for terms, size in zip(*all_models(3, 2), strict=True):
            wrong += differs(terms[:size], counts, cells)
    note("existence, 127 supports x 8 models of three lists", 0, wrong, " wrong")
    stream = np.random.default_rng(3)
    models, sizes = all_models(4, 3)
    wrong = 0
    for _ in range(CASES):
        counts = np.r_[0, stream.random(15) < stream.uniform(0.1, 1)].astype(np.int64)
        if counts.any():
            model = stream.integers(sizes.size)
            wrong += differs(models[model, : sizes[model]], counts, np.arange(1, 16))
    note(f"existence, {CASES:,} random cases of four lists", 0, wrong, " wrong")


def differs(terms: Any, counts: Any, cells: Any) -> bool:
    """Whether the fast decision differs from a certificate proved in rationals."""
    code = int(decide_exactly(terms, superset_sums(counts), counts, cells)[0])
    proof = certify(tuple(terms.tolist()), cells.tolist(), np.flatnonzero(counts).tolist(), "ABCD")
    check(proof)
    return {0: "", 1: "NoExtendedMLE", 2: "NotIdentified"}[code] != proof.reason


if __name__ == "__main__":
    if SHARED.is_dir():
        against_r()
    else:
        print("the shared data folder is not beside the repository: the lines against R are left out")
    many_lists()
    closed_forms()
    existence_cases()
