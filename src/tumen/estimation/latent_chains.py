"""The chains of the latent-class sampler: dispersed starts, a warm-up that finds their steps, and when to stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tumen.estimation.convergence import Convergence, convergence
from tumen.estimation.latent_glide import glider
from tumen.estimation.latent_kernel import run
from tumen.estimation.latent_state import Chain, Prior, chain
from tumen.estimation.table import CaptureTable

Floats = npt.NDArray[np.float64]

UNRECORDED, OCCUPIED, DEVIANCE, CONCENTRATION = range(4)  # what is kept of each sweep

_STARTS = (1, 2, 3, 4, 6, 9, 14, 20)  # classes over which the people are spread at random at the start of each chain
WARM_UP = 400
_FIRST = 1000


@dataclass(frozen=True)
class Effort:
    """When to stop: chains must reach `tail_ess` effective draws in the tails and an R-hat below `r_hat`, within
    `sweeps` sweeps each."""

    chains: int = 8
    tail_ess: float = 4000.0
    r_hat: float = 1.01
    sweeps: int = 100_000

    def reached(self, judged: Convergence) -> bool:
        """Whether the chains agree and are long enough."""
        return judged.r_hat < self.r_hat and judged.tail_ess >= self.tail_ess


def sample(table: CaptureTable, prior: Prior, seed: int, threads: int, effort: Effort) -> tuple[Floats, Convergence]:
    """Run the chains until they are good enough or out of sweeps: draws by [chain, sweep, quantity], and what
    log(N - n) says of their convergence.

    Each chain has its own random stream, so that threads do not matter; neither does the order of the lists.
    """
    table = table.select(*sorted(table.lists))
    generators = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(effort.chains)]
    chains = [_start(table, _STARTS[i % len(_STARTS)], rng) for i, rng in enumerate(generators)]
    gliders = [glider(each) for each in chains]
    with ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:

        def block(sweeps: int, tune: bool = False) -> Floats:
            def go(i: int) -> Floats:
                out = np.zeros((sweeps, 4))
                run(generators[i], chains[i], gliders[i], prior, tune, out)
                return out

            return np.stack(list(pool.map(go, range(effort.chains))))

        block(WARM_UP, tune=True)
        draws = block(min(_FIRST, max(effort.sweeps, 8)))
        while True:
            judged = convergence(logs(draws[:, :, UNRECORDED]))
            done = draws.shape[1]
            if effort.reached(judged) or done >= effort.sweeps:
                return draws, judged
            wanted = effort.tail_ess / max(judged.tail_ess, 1.0) * 1.1 if judged.r_hat < effort.r_hat else 2.0
            more = int(done * min(max(wanted - 1, 0.25), 1.0))
            draws = np.concatenate([draws, block(min(more, effort.sweeps - done))], axis=1)


def logs(unrecorded: Floats) -> Floats:
    """log(N - n); nobody unrecorded counts as half a person."""
    found: Floats = np.log(np.maximum(unrecorded, 0.5))
    return found


def _start(table: CaptureTable, classes: int, rng: np.random.Generator) -> Chain:
    masks = np.flatnonzero(table.counts)
    started = chain((masks[:, None] >> np.arange(table.K)) & 1 == 1, table.counts[masks].astype(float))
    for row, count in enumerate(table.counts[masks]):
        started.allocation[row, :classes] = rng.multinomial(int(count), np.full(classes, 1 / classes))
    return started
