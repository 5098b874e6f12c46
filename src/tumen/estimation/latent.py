"""Latent classes: people fall into unknown classes, and within a class the lists record independently
(Manrique-Vallier 2016, Biometrics 72:1246).

The number of classes is not fixed: they are a Dirichlet process. The paper's Gibbs sampler is known to stick, silently;
here eight chains start from dispersed numbers of classes, make the moves of `latent_kernel`, and go on until they agree
and have enough effective draws, or the estimate is refused.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from tumen.estimation.convergence import Convergence, convergence, modes
from tumen.estimation.latent_kernel import CLASSES, Chain, chain, run
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, FromDraws, Outcome, Refusal, RefusalCode, quantile_error
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.weighted import clustered_warning, moved, prior_driven, weighted_quantiles

Floats = npt.NDArray[np.float64]

_STARTS = (1, 2, 3, 4, 6, 9, 14, 20)  # classes over which the people are spread at random at the start of each chain
_WARM_UP = 2000
_THIN = 10
_BLOCK = 1000
_ROUNDS = 5
_MOST_SWEEPS = 400_000
_UNRECORDED, _CLASSES, _DEVIANCE, _CONCENTRATION = range(4)

ASSUMPTION = say("lcm_assumes")


@dataclass(frozen=True)
class Effort:
    """When to stop: chains must reach `tail_ess` effective draws in the tails and an R-hat below `r_hat`, within
    `sweeps` sweeps each."""

    chains: int = 8
    tail_ess: float = 4000.0
    r_hat: float = 1.01
    sweeps: int = _MOST_SWEEPS


def latent_class(
    table: CaptureTable,
    *,
    seed: int = 1,
    threads: int = 1,
    shape: float = 0.25,
    rate: float = 0.25,
    bound: int | None = None,
    effort: Effort | None = None,
) -> Outcome:
    """Estimate the total by a Dirichlet-process mixture of independent lists; the point is the posterior median.

    The prior: p(N) proportional to 1/N (up to `bound` if one is given), capture probabilities uniform in every class,
    concentration of the process Gamma(`shape`, `rate`). The answer is refused as PriorDriven when doubling the bound or
    the scale of the concentration's prior moves the median or an upper limit by more than a tenth, as NotConverged when
    the chains do not agree in time. The same seed gives the same draws whatever the number of threads.

    Void when the classes do not explain the dependence of the lists (a referral from one list to the next makes two
    lists dependent within every class), and when a class exists that no list could record.
    """
    effort = effort or Effort()
    prior = say("lcm_prior", shape=shape, rate=rate)
    if bound:
        prior = say("lcm_prior_bounded", shape=shape, rate=rate, bound=bound)

    def refuse(code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        return Refusal("lcm", code, reason, table.n, table.lists, None, evidence, None, seed, table.fingerprint)

    if table.structural_zeros:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("lcm_impossible"))
    if _on_several(table) == 0:
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    draws, judged, thin = _sample(table, seed, threads, shape, rate, effort)
    unrecorded = draws[:, :, _UNRECORDED]
    total = table.n + unrecorded.ravel()
    found = {
        **_diagnostics(draws, judged, thin),
        "modes": tuple((table.n + float(np.exp(place)), share) for place, share in modes(_logs(unrecorded).ravel())),
    }
    if judged.r_hat >= effort.r_hat or judged.tail_ess < effort.tail_ess:
        return refuse(
            RefusalCode.NOT_CONVERGED,
            say(
                "lcm_not_converged",
                sweeps=found["sweeps"],
                chains=effort.chains,
                r_hat=judged.r_hat,
                tail_ess=judged.tail_ess,
                r_hat_asked=effort.r_hat,
                tail_ess_asked=effort.tail_ess,
            ),
            **found,
        )
    shifts = _shifts(total, np.exp(draws[:, :, _CONCENTRATION].ravel()), rate, bound)
    found["prior_shifts"] = shifts
    if driven := prior_driven(shifts):
        return refuse(RefusalCode.PRIOR_DRIVEN, driven, **found)
    if bound:
        total = total[total <= bound]
    warnings = [*clustered_warning(table)]
    if found["classes_most"] >= CLASSES:
        warnings.append(say("more_classes_needed", classes=CLASSES))
    return Estimate(
        method="lcm",
        N=float(np.median(total)),
        n=table.n,
        rule=FromDraws(total, judged.tail_ess),
        interval_kind="credible",
        assumption=ASSUMPTION,
        lists=table.lists,
        models={f"{int(k)} classes": float(share) for k, share in _shares(draws[:, :, _CLASSES])},
        draws=total,
        mc_error=quantile_error(total, 0.5, judged.bulk_ess),
        prior=prior,
        diagnostics=found,
        warnings=tuple(warnings),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _on_several(table: CaptureTable) -> int:
    return sum(int(count) for mask, count in enumerate(table.counts) if mask & (mask - 1))


def _logs(unrecorded: Floats) -> Floats:
    """log(N - n); nobody unrecorded counts as half a person."""
    logs: Floats = np.log(np.maximum(unrecorded, 0.5))
    return logs


def _start(table: CaptureTable, classes: int, rng: np.random.Generator) -> Chain:
    """A chain over the recorded patterns, in an order that the order of the lists does not change."""
    masks = np.flatnonzero(table.counts)
    started = chain((masks[:, None] >> np.arange(table.K)) & 1 == 1, table.counts[masks].astype(float))
    for row, count in enumerate(table.counts[masks]):
        started.allocation[row, :classes] = rng.multinomial(int(count), np.full(classes, 1 / classes))
    return started


def _sample(
    table: CaptureTable, seed: int, threads: int, shape: float, rate: float, effort: Effort
) -> tuple[Floats, Convergence, int]:
    """Run the chains until they are good enough or out of sweeps: draws by [chain, draw, quantity]."""
    generators = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(effort.chains)]
    chains = [_start(table, _STARTS[i % len(_STARTS)], rng) for i, rng in enumerate(generators)]

    def go(i: int, thin: int, keep: int) -> Floats:
        out = np.zeros((keep, 4))
        run(generators[i], chains[i], shape, rate, _ROUNDS, thin, out)
        return out

    with ThreadPoolExecutor(max_workers=max(threads, 1)) as pool:

        def block(thin: int, keep: int) -> Floats:
            return np.stack(list(pool.map(lambda i: go(i, thin, keep), range(effort.chains))))

        block(_WARM_UP, 1)
        draws = block(_THIN, min(_BLOCK, max(effort.sweeps // _THIN, 8)))
        while True:
            judged = convergence(_logs(draws[:, :, _UNRECORDED]))
            enough = judged.r_hat < effort.r_hat and judged.tail_ess >= effort.tail_ess
            done = draws.shape[1]
            if enough or done * _THIN >= effort.sweeps:
                return draws, judged, _THIN
            wanted = effort.tail_ess / max(judged.tail_ess, 1.0) * 1.1 if judged.r_hat < effort.r_hat else 2.0
            more = int(done * min(max(wanted - 1, 0.25), 1.0))
            draws = np.concatenate([draws, block(_THIN, min(more, effort.sweeps // _THIN - done) or 1)], axis=1)


def _diagnostics(draws: Floats, judged: Convergence, thin: int) -> dict[str, Any]:
    occupied = draws[:, :, _CLASSES]
    deviance = draws[:, :, _DEVIANCE]
    return {
        "r_hat": judged.r_hat,
        "bulk_ess": judged.bulk_ess,
        "tail_ess": judged.tail_ess,
        "chains": draws.shape[0],
        "sweeps": draws.shape[1] * thin,
        "warm_up": _WARM_UP,
        "classes_mean": float(occupied.mean()),
        "classes_most": int(occupied.max()),
        "deviance_mean": float(deviance.mean()),
        "deviance_r_hat": convergence(deviance).r_hat,
        "traces": draws[:, :, _UNRECORDED],
    }


def _shifts(total: Floats, concentration: Floats, rate: float, bound: int | None) -> dict[str, float]:
    """By how much the larger of median and 97.5 % limit moves when a scale of the prior doubles.

    Half the rate of the Gamma prior multiplies the posterior density of a draw by exp(rate a / 2); the truncated
    posterior is the untruncated one without the draws beyond the bound.
    """
    weights = np.exp(rate / 2 * (concentration - concentration.max()))
    shifts: dict[str, float] = {
        say("prior_concentration"): moved(
            weighted_quantiles(total, np.ones_like(weights), (0.5, 0.975)),
            weighted_quantiles(total, weights, (0.5, 0.975)),
        )
    }
    if bound:
        inside, twice = total[total <= bound], total[total <= 2 * bound]
        shifts[say("prior_bound")] = (
            moved(np.quantile(inside, [0.5, 0.975]), np.quantile(twice, [0.5, 0.975])) if len(inside) else np.inf
        )
    return shifts


def _shares(occupied: Floats) -> list[tuple[float, float]]:
    values, counts = np.unique(occupied, return_counts=True)
    return [(float(value), float(count) / occupied.size) for value, count in zip(values, counts, strict=True)]


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return latent_class(table, seed=settings.seed, threads=settings.threads)


register("lcm", _method)
