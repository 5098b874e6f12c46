"""Lower bounds from those recorded once and twice (Chao 1987, Biometrics 43:783; with list effects as for lists that
differ in size), and Zelterman's estimate beside them as a diagnostic."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.closed_forms import Floats, Percentiles, on_list, replicates, sizes_of
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Estimate, Outcome, Refusal, RefusalCode
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

ASSUMPTION = say("chao_assumes")


def chao_bound(table: CaptureTable, *, list_effects: bool = True, settings: Settings | None = None) -> Outcome:
    """A lower bound on the total.

    With list effects it is n + (sum over pairs of lists of s_j s_k) / f2, where s_j people are on list j only and f2 on
    exactly two lists: exact for independent lists that differ in size. Without, all lists are taken to be alike: n +
    (K - 1) / (2 K) f1^2 / f2. Limits are percentiles of the bootstrap; the lower one is what the bound is good for.

    A bound under positive dependence and under differences between people. Void under negative dependence, where people
    on one list are kept from another: it then lies above the truth.
    """
    settings = settings or Settings()
    formula = _with_list_effects if list_effects else _without
    support = np.flatnonzero(table.counts)
    point = float(formula(support, table.K, table.counts[None, support].astype(float))[0])
    if not math.isfinite(point):
        return Refusal(
            "chao",
            RefusalCode.NO_OVERLAP,
            say("chao_no_pairs"),
            table.n,
            table.lists,
            seed=settings.seed,
            table_fingerprint=table.fingerprint,
        )
    if table.structural_zeros:
        return Refusal(
            "chao",
            RefusalCode.NOT_IDENTIFIED,
            say("chao_impossible"),
            table.n,
            table.lists,
            seed=settings.seed,
            table_fingerprint=table.fingerprint,
        )
    draws = replicates(table, formula, point, settings)
    negative = negative_pairs(table)
    return Estimate(
        method="chao",
        N=point,
        n=table.n,
        rule=Percentiles(draws),
        interval_kind="bound",
        assumption=ASSUMPTION,
        lists=table.lists,
        models={"Chao, with list effects" if list_effects else "Chao": 1.0},
        draws=draws,
        diagnostics={"zelterman": zelterman(table), "negative_pairs": negative},
        warnings=tuple(say("pair_negative", one=one, other=other) for one, other in negative),
        seed=settings.seed,
        table_fingerprint=table.fingerprint,
    )


def zelterman(table: CaptureTable) -> float:
    """Zelterman's estimate n / (1 - exp(-2 f2 / f1)), a diagnostic only (Zelterman 1988): it leans on those recorded
    once and twice, and one missed link in a hundred moves it. Infinite when nobody is on two lists."""
    sizes = sizes_of(np.arange(table.counts.size))
    once, twice = float(table.counts[sizes == 1].sum()), float(table.counts[sizes == 2].sum())
    if twice == 0:
        return math.inf
    return float(table.n if once == 0 else table.n / -math.expm1(-2 * twice / once))


def negative_pairs(table: CaptureTable) -> tuple[tuple[str, str], ...]:
    """Pairs of lists whose odds ratio among people on some third list is below 1 beyond chance (one-sided 2.5 %)."""
    found = []
    masks = np.arange(table.counts.size)
    for j in range(table.K):
        for k in range(j + 1, table.K):
            one, other = masks >> j & 1 == 1, masks >> k & 1 == 1
            third = masks & ~(1 << j | 1 << k) != 0
            cells = [
                float(table.counts[third & (one == a) & (other == b)].sum()) + 0.5
                for a in (True, False)
                for b in (True, False)
            ]
            log_odds = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
            if table.K > 2 and log_odds < -1.96 * math.sqrt(sum(1 / cell for cell in cells)):
                found.append((table.lists[j], table.lists[k]))
    return tuple(found)


def _with_list_effects(support: NDArray[np.int64], lists: int, counts: Floats) -> Floats:
    sizes = sizes_of(support)
    alone = np.stack([counts[:, (sizes == 1) & inside].sum(1) for inside in on_list(support, lists)], axis=1)
    pairs = (alone.sum(1) ** 2 - (alone**2).sum(1)) / 2
    return _bounded(counts, pairs, counts[:, sizes == 2].sum(1))


def _without(support: NDArray[np.int64], lists: int, counts: Floats) -> Floats:
    sizes = sizes_of(support)
    once = counts[:, sizes == 1].sum(1)
    return _bounded(counts, (lists - 1) / (2 * lists) * once**2, counts[:, sizes == 2].sum(1))


def _bounded(counts: Floats, pairs: Floats, twice: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        unseen = np.where(twice > 0, pairs / twice, np.inf)
    total: Floats = counts.sum(1) + unseen
    return total


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return chao_bound(table, settings=settings)


register("chao", _method)
