"""Latent classes: people fall into unknown classes, and within a class the lists record independently
(Manrique-Vallier 2016, Biometrics 72:1246).

The number of classes is not fixed: they are a Dirichlet process. The paper's Gibbs sampler is known to stick, silently;
here eight chains start from dispersed numbers of classes, make the moves of `latent_kernel`, and go on until they agree
and have enough effective draws, or the estimate is refused.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tumen.estimation.convergence import Convergence, convergence, modes
from tumen.estimation.latent_chains import CONCENTRATION, DEVIANCE, OCCUPIED, UNRECORDED, WARM_UP, Effort, logs, sample
from tumen.estimation.latent_state import CLASSES, Prior
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, FromDraws, Outcome, Refusal, RefusalCode, quantile_error
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.weighted import clusters_told, moved, prior_driven, weighted_quantiles

Floats = npt.NDArray[np.float64]

_LEVELS = (0.025, 0.5, 0.975)

ASSUMPTION = say("lcm_assumes")


def latent_class(
    table: CaptureTable,
    *,
    seed: int = 1,
    threads: int = 1,
    shape: float = 0.25,
    rate: float = 0.25,
    capture: float = 1.0,
    bound: int | None = None,
    effort: Effort | None = None,
) -> Outcome:
    """Estimate the total by a Dirichlet-process mixture of independent lists; the point is the posterior median.

    The prior: p(N) proportional to 1/N (up to `bound` if one is given), capture probabilities Beta(`capture`,
    `capture`) in every class (uniform: 2 imaginary people a class and list, one of them on the list), concentration of
    the process Gamma(`shape`, `rate`). The answer is refused as PriorDriven when doubling the imaginary people, the
    scale of the concentration's prior or the bound moves the median or the upper limit by more than a tenth, as
    NotConverged when the chains do not agree in time. Neither threads nor the order of the lists change the draws.

    Void when the classes do not explain the dependence of the lists (a referral from one list to the next makes two
    lists dependent within every class), and when a class exists that no list could record.
    """
    effort = effort or Effort()

    def refuse(code: RefusalCode, reason: Sentence, **evidence: Any) -> Refusal:
        return Refusal("lcm", code, reason, table.n, table.lists, None, evidence, None, seed, table.fingerprint)

    if table.structural_zeros:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("lcm_impossible"))
    if _on_several(table) == 0:
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    draws, judged = sample(table, Prior(shape, rate, capture), seed, threads, effort)
    found = _diagnostics(table, draws, judged)
    if not effort.reached(judged):
        return refuse(RefusalCode.NOT_CONVERGED, _unsettled(effort, draws, judged), **found)
    other, other_judged = sample(table, Prior(shape, rate, 2 * capture), seed, threads, effort)
    if not effort.reached(other_judged):
        unsettled = _unsettled(effort, other, other_judged)
        return refuse(RefusalCode.NOT_CONVERGED, say("lcm_other_prior", unsettled=unsettled), **found)
    total, other_total = (table.n + each[:, :, UNRECORDED].ravel() for each in (draws, other))
    concentration = np.exp(draws[:, :, CONCENTRATION].ravel())
    shifts = found["prior_shifts"] = _shifts(total, other_total, concentration, rate, bound)
    if driven := prior_driven(shifts):
        return refuse(RefusalCode.PRIOR_DRIVEN, driven, **found)
    if bound:
        total = total[total <= bound]
    effect, clustered = clusters_told(table)
    warnings = [*clustered]
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
        models={f"{int(k)} classes": float(share) for k, share in _shares(draws[:, :, OCCUPIED])},
        draws=total,
        mc_error=quantile_error(total, 0.5, judged.bulk_ess),
        prior=_prior_in_words(shape, rate, capture, bound),
        diagnostics=found,
        design_effect=effect,
        warnings=tuple(warnings),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _prior_in_words(shape: float, rate: float, capture: float, bound: int | None) -> Sentence:
    if bound:
        return say("lcm_prior_bounded", shape=shape, rate=rate, capture=capture, bound=bound)
    return say("lcm_prior", shape=shape, rate=rate, capture=capture)


def _unsettled(effort: Effort, draws: Floats, judged: Convergence) -> Sentence:
    return say(
        "lcm_not_converged",
        sweeps=draws.shape[1],
        chains=effort.chains,
        r_hat=judged.r_hat,
        tail_ess=judged.tail_ess,
        r_hat_asked=effort.r_hat,
        tail_ess_asked=effort.tail_ess,
    )


def _on_several(table: CaptureTable) -> int:
    return sum(int(count) for mask, count in enumerate(table.counts) if mask & (mask - 1))


def _diagnostics(table: CaptureTable, draws: Floats, judged: Convergence) -> dict[str, Any]:
    unrecorded, occupied, deviance = (draws[:, :, kept] for kept in (UNRECORDED, OCCUPIED, DEVIANCE))
    return {
        "r_hat": judged.r_hat,
        "bulk_ess": judged.bulk_ess,
        "tail_ess": judged.tail_ess,
        "chains": draws.shape[0],
        "sweeps": draws.shape[1],
        "warm_up": WARM_UP,
        "quantiles": tuple(float(table.n + q) for q in np.quantile(unrecorded, _LEVELS)),
        "modes": tuple((table.n + float(np.exp(place)), share) for place, share in modes(logs(unrecorded).ravel())),
        "classes_mean": float(occupied.mean()),
        "classes_most": int(occupied.max()),
        "deviance_mean": float(deviance.mean()),
        "deviance_r_hat": convergence(deviance).r_hat,
        "traces": unrecorded,
    }


def _shifts(
    total: Floats, other_total: Floats, concentration: Floats, rate: float, bound: int | None
) -> dict[str, float]:
    """By how much the larger of median and 97.5 % limit moves when a scale of the prior doubles.

    `other_total` was sampled with the captures' prior doubled. Half the rate of the Gamma prior multiplies the
    posterior density of a draw by exp(rate a / 2); the truncated posterior is the untruncated one without the draws
    beyond the bound.
    """
    weights = np.exp(rate / 2 * (concentration - concentration.max()))
    checked = _LEVELS[1:]
    before = np.quantile(total, checked)
    shifts: dict[str, float] = {
        say("prior_captures"): moved(before, np.quantile(other_total, checked)),
        say("prior_concentration"): moved(before, weighted_quantiles(total, weights, checked)),
    }
    if bound:
        inside, twice = total[total <= bound], total[total <= 2 * bound]
        shifts[say("prior_bound")] = (
            moved(np.quantile(inside, checked), np.quantile(twice, checked)) if len(inside) else np.inf
        )
    return shifts


def _shares(occupied: Floats) -> list[tuple[float, float]]:
    values, counts = np.unique(occupied, return_counts=True)
    return [(float(value), float(count) / occupied.size) for value, count in zip(values, counts, strict=True)]


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return latent_class(table, seed=settings.seed, threads=settings.threads)


register("lcm", _method)
