"""Lower bounds from those recorded once and twice (Chao 1987, Biometrics 43:783; with list effects as for lists that
differ in size), and Zelterman's estimate beside them as a diagnostic."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.closed_forms import Floats, at, bootstrapped, sizes_of
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Outcome, RefusalCode, refuser
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

ASSUMPTION = say("chao_assumes")


def chao_bound(table: CaptureTable, *, list_effects: bool = True, settings: Settings | None = None) -> Outcome:
    """A lower bound on the total.

    With list effects it is n + (sum over pairs of lists of s_j s_k) / f2, where s_j people are on list j only and f2 on
    exactly two lists: exact for independent lists that differ in size. Without, all lists are taken to be alike: n +
    (K - 1) / (2 K) f1^2 / f2. Limits are percentiles of the bootstrap; the lower one is what the bound is good for.

    With patterns declared impossible, only pairs of lists are summed of which both singles and the pair are possible:
    of independent lists each such pair alone gives the number unrecorded as s_j s_k / f_jk. Lists alike have no such
    pairs, and are refused.

    A bound under positive dependence and under differences between people. Void under negative dependence, where people
    on one list are kept from another: it then lies above the truth.
    """
    settings = settings or Settings()
    refuse = refuser("chao", table, settings.seed)
    if table.structural_zeros and not list_effects:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("chao_not_alike"))
    pairs = possible_pairs(table)
    if not pairs:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("chao_impossible"))
    formula = partial(with_list_effects, pairs=pairs) if list_effects else _without
    if not math.isfinite(at(table, formula)):
        return refuse(RefusalCode.NO_OVERLAP, say("chao_no_pairs"))
    negative = negative_pairs(table)
    left_out = math.comb(table.K, 2) - len(pairs)
    return bootstrapped(
        table,
        formula,
        settings,
        method="chao",
        model="Chao, with list effects" if list_effects else "Chao",
        kind="bound",
        assumption=ASSUMPTION,
        diagnostics={"zelterman": zelterman(table), "negative_pairs": negative, "pairs_left_out": left_out},
        warnings=(
            *(say("pair_negative", one=one, other=other) for one, other in negative),
            *((say("pairs_left_out", count=left_out),) if left_out else ()),
        ),
    )


def possible_pairs(table: CaptureTable) -> tuple[tuple[int, int], ...]:
    """The pairs of lists of which people can be on either alone and on exactly both."""
    return tuple(
        (j, k)
        for j, k in combinations(range(table.K), 2)
        if not table.structural_zeros & {1 << j, 1 << k, 1 << j | 1 << k}
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
    possible = np.array([mask not in table.structural_zeros for mask in masks])
    for j, k in possible_pairs(table):
        one, other = masks >> j & 1 == 1, masks >> k & 1 == 1
        third = possible & (masks & ~(1 << j | 1 << k) != 0)
        four = [third & (one == a) & (other == b) for a in (True, False) for b in (True, False)]
        if not all(cell.any() for cell in four):
            continue
        cells = [float(table.counts[cell].sum()) + 0.5 for cell in four]
        log_odds = math.log(cells[0] * cells[3] / (cells[1] * cells[2]))
        if log_odds < -1.96 * math.sqrt(sum(1 / cell for cell in cells)):
            found.append((table.lists[j], table.lists[k]))
    return tuple(found)


def with_list_effects(
    support: NDArray[np.int64], lists: int, counts: Floats, pairs: Sequence[tuple[int, int]] | None = None
) -> Floats:
    """Chao's bound with list effects for each table of counts over the support, over these pairs of lists or all."""
    place = {int(mask): at for at, mask in enumerate(support)}
    nobody = np.zeros(len(counts))

    def people(mask: int) -> Floats:
        return counts[:, place[mask]] if mask in place else nobody

    singles, twice = nobody.copy(), nobody.copy()
    for j, k in pairs if pairs is not None else combinations(range(lists), 2):
        singles += people(1 << j) * people(1 << k)
        twice += people(1 << j | 1 << k)
    return _bounded(counts, singles, twice)


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
