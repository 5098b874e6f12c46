"""The latent-class sampler against a plain Gibbs sampler on the same posterior, both in compiled code, side by side.

Both run eight chains from dispersed starts until R-hat of log(N - n) is below 1.01 and its tails have 4,000 effective
draws; the plain one (`plain_gibbs`, ten classes) is stopped after 120 (or SECONDS) CPU seconds, and then its time is a
lower limit. "whole" is the time of `latent_class`, which samples a second time under the doubled prior of the captures.

`python -m benchmarks.latent_class [FOLDER [SECONDS]]`, the folder that holds UKdat.csv, UKdat_5.csv and Kosovo.csv.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.plain_gibbs import growing
from tumen.estimation import CaptureTable, Estimate
from tumen.estimation.convergence import Convergence, convergence
from tumen.estimation.latent import latent_class
from tumen.estimation.latent_chains import UNRECORDED, Effort, logs, sample
from tumen.estimation.latent_state import Prior

TABLES = ("Kosovo", "UKdat", "UKdat_5")
CLASSES = 10
MOST = 120.0
PRIOR = Prior(0.25, 0.25, 1.0)
GOAL = Effort()


def plain(table: CaptureTable, most: float) -> tuple[float, Convergence, str]:
    """CPU seconds of the plain sampler until it reached the goal or was stopped, and what its chains say."""
    for spent, draws in growing(table, CLASSES):
        judged = convergence(logs(draws))
        if GOAL.reached(judged) or spent > most:
            return spent, judged, quantiles(table, draws)
    raise AssertionError("the plain sampler never stops by itself")


def quantiles(table: CaptureTable, unrecorded: npt.NDArray[np.float64]) -> str:
    """The 2.5, 50 and 97.5 % quantiles of the total."""
    return ", ".join(f"{table.n + q:.0f}" for q in np.quantile(unrecorded, (0.025, 0.5, 0.975)))


def main() -> None:
    """Print both times and their ratio for each table."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data" / "mse"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else beside
    most = float(sys.argv[2]) if len(sys.argv) > 2 else MOST
    if not folder.is_dir():
        print(f"skipped: no folder {folder}")
        return
    print(f"{'table':<9}{'ours s':>8}{'plain s':>9}{'ratio':>7}{'whole s':>9}  2.5, 50, 97.5 %; R-hat, tail ESS")
    for name in TABLES:
        table = CaptureTable.from_csv(folder / f"{name}.csv")
        sample(table.select(*table.lists[:2]), PRIOR, 1, 1, Effort(sweeps=10))  # compiled before the clock starts
        start = time.process_time()
        draws, judged = sample(table, PRIOR, 1, 1, GOAL)
        ours = time.process_time() - start
        start = time.process_time()
        outcome = latent_class(table)
        whole = time.process_time() - start
        spent, other, others = plain(table, most)
        at_least = " " if GOAL.reached(other) else ">"
        print(
            f"{name:<9}{ours:8.2f}{at_least + format(spent, '.1f'):>9}{at_least + format(spent / ours, '.0f'):>7}"
            f"{whole:9.2f}  {quantiles(table, draws[:, :, UNRECORDED])}; {judged.r_hat:.4f}, {judged.tail_ess:.0f};"
            f" plain {others}; {other.r_hat:.4f}, {other.tail_ess:.0f};"
            f" {'estimate' if isinstance(outcome, Estimate) else outcome.code}",
            flush=True,
        )


if __name__ == "__main__":
    main()
