"""The latent-class sampler against a plain Gibbs sampler on the same posterior, both in compiled code, side by side.

The plain sampler is the paper's (Manrique-Vallier 2016): ten classes in stick-breaking order, everything drawn in
turn. Both run eight chains from dispersed starts until R-hat of log(N - n) is below 1.01 and its tails have 4,000
effective draws; the plain one is stopped after 120 (or SECONDS) CPU seconds, and then its time is a lower limit.

`python -m benchmarks.latent_class [FOLDER [SECONDS]]`, the folder that holds UKdat.csv, UKdat_5.csv and Kosovo.csv.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

import numba as nb
import numpy as np

from tumen.estimation import CaptureTable, Estimate
from tumen.estimation.convergence import convergence
from tumen.estimation.latent import latent_class

TABLES = ("Kosovo", "UKdat", "UKdat_5")
CLASSES = 10
CHAINS = 8
STARTS = (1, 2, 3, 4, 6, 8, 9, 10)
THIN = 10
MOST = 120.0


@nb.njit(nogil=True, cache=True)
def gibbs(rng: Any, patterns: Any, counts: Any, allocation: Any, concentration: Any, thin: int, out: Any) -> None:
    """Sweep `thin` times for each N - n in `out`; `allocation` [pattern, class] and `concentration` hold the state."""
    rows, lists = patterns.shape
    classes = allocation.shape[1]
    weights, log_rest = np.zeros(classes), 0.0
    capture = np.zeros((classes, lists))
    persons = counts.sum()
    for i in range(out.size * thin):
        sizes = allocation.sum(0)
        beyond = sizes.sum()
        log_rest = 0.0
        for k in range(classes):
            beyond -= sizes[k]
            stick = 1.0
            if k < classes - 1:
                here, there = rng.standard_gamma(1.0 + sizes[k]), rng.standard_gamma(concentration[0] + beyond)
                stick = here / (here + there)
            weights[k] = stick * np.exp(log_rest)
            if k < classes - 1:
                log_rest += np.log(max(1.0 - stick, 1e-300))
            for j in range(lists):
                caught = 0.0
                for x in range(rows):
                    if patterns[x, j]:
                        caught += allocation[x, k]
                yes, no = rng.standard_gamma(1.0 + caught), rng.standard_gamma(1.0 + sizes[k] - caught)
                capture[k, j] = yes / (yes + no)
        concentration[0] = rng.standard_gamma(0.25 + classes - 1) / (0.25 - log_rest)
        shares = np.zeros((rows, classes))
        for x in range(rows):
            for k in range(classes):
                shares[x, k] = weights[k]
                for j in range(lists):
                    shares[x, k] *= capture[k, j] if patterns[x, j] else 1.0 - capture[k, j]
        missing = shares[rows - 1].sum()
        unrecorded = rng.poisson(rng.standard_gamma(persons) * missing / (1.0 - missing))
        for x in range(rows):
            left = int(counts[x]) if x < rows - 1 else unrecorded
            mass = shares[x].sum()
            for k in range(classes):
                chance = shares[x, k] / mass if mass > 0 else 1.0
                taken = left if k == classes - 1 or chance >= 1 else rng.binomial(left, chance)
                allocation[x, k] = taken
                left -= taken
                mass -= shares[x, k]
        if (i + 1) % thin == 0:
            out[i // thin] = unrecorded


def plain(table: CaptureTable, most: float) -> tuple[float, bool, float, float]:
    """CPU seconds, whether it converged, R-hat and effective draws in the tails."""
    masks = np.append(np.flatnonzero(table.counts), 0)
    patterns = (masks[:, None] >> np.arange(table.K)) & 1 == 1
    counts = table.counts[masks].astype(float)
    generators = [np.random.default_rng(seed) for seed in range(CHAINS)]
    states = []
    for rng, classes in zip(generators, STARTS, strict=True):
        allocation = np.zeros((len(masks), CLASSES))
        for x, count in enumerate(counts):
            allocation[x, :classes] = rng.multinomial(int(count), np.full(classes, 1 / classes))
        states.append((allocation, np.ones(1)))

    def block(length: int) -> Any:
        outs = [np.zeros(length) for _ in range(CHAINS)]
        for rng, (allocation, concentration), out in zip(generators, states, outs, strict=True):
            gibbs(rng, patterns, counts, allocation, concentration, THIN, out)
        return np.stack(outs)

    block(1)
    start = time.process_time()
    block(200)
    draws = block(1000)
    while True:
        judged = convergence(np.log(np.maximum(draws, 0.5)))
        spent = time.process_time() - start
        if judged.r_hat < 1.01 and judged.tail_ess >= 4000:
            return spent, True, judged.r_hat, judged.tail_ess
        if spent > most:
            return spent, False, judged.r_hat, judged.tail_ess
        draws = np.concatenate([draws, block(draws.shape[1])], axis=1)


def main() -> None:
    """Print both times and their ratio for each table."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data" / "mse"
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else beside
    most = float(sys.argv[2]) if len(sys.argv) > 2 else MOST
    if not folder.is_dir():
        print(f"skipped: no folder {folder}")
        return
    print(f"{'table':<10}{'ours s':>8}{'plain s':>9}{'ratio':>8}  median [95 %], R-hat, tail ESS; plain R-hat, ESS")
    for name in TABLES:
        table = CaptureTable.from_csv(folder / f"{name}.csv")
        latent_class(table.select(*table.lists[:2]))  # compiled before the clock starts
        start = time.process_time()
        outcome = latent_class(table)
        ours = time.process_time() - start
        if not isinstance(outcome, Estimate):
            print(f"{name:<10}{ours:8.1f} refused: {outcome.code}: {outcome.reason}")
            continue
        spent, converged, r_hat, tail = plain(table, most)
        at_least = " " if converged else ">"
        found, interval = outcome.diagnostics, outcome.interval()
        print(
            f"{name:<10}{ours:8.1f}{at_least + format(spent, '.0f'):>9}{at_least + format(spent / ours, '.0f'):>8}  "
            f"{outcome.N:.0f} [{interval.lower:.0f}, {interval.upper:.0f}], {found['r_hat']:.4f},"
            f" {found['tail_ess']:.0f}; {r_hat:.3f}, {tail:.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
