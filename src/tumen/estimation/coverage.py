"""The sample-coverage estimate (Chao & Tsay 1998, JASA 93:283; Chao, Tsay et al. 2001, Statist. Med. 20:3123).

How much of each list is found on the others says how much of the population the lists cover together; the pairs'
coefficients of covariation correct for their dependence.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.closed_forms import Floats, at, bootstrapped, on_list, sizes_of
from tumen.estimation.registry import Settings, register
from tumen.estimation.results import Outcome, RefusalCode, refuser
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

ENOUGH = 0.55  # the coverage from which on its authors trust the estimate

ASSUMPTION = say("coverage_assumes")


def sample_coverage(table: CaptureTable, *, settings: Settings | None = None) -> Outcome:
    """Estimate the total from three lists or more.

    List k is covered by the others up to those it alone recorded. Writing A_jk for the people whom, of all lists but k,
    only j recorded, and 1 + g_jk = N n_jk / (n_j n_k) for the covariation of a pair, what the others are expected to
    have recorded gives N C = D + sum of A_jk g_jk / K, with C the mean coverage and D the mean number found without one
    list: linear in N, and for three lists the estimator of the paper. Limits are percentiles of the bootstrap.

    Refused as TooSparse below a coverage of 0.55, where the paper's authors find it unstable: the one-step figure
    stands in the evidence. Void when three lists depend on each other beyond their pairs.
    """
    settings = settings or Settings()
    refuse = refuser("coverage", table, settings.seed)
    if table.K < 3:
        return refuse(RefusalCode.TOO_SPARSE, say("coverage_two_lists"))
    if table.structural_zeros:
        return refuse(RefusalCode.NOT_IDENTIFIED, say("coverage_impossible"))
    if (table.marginals[1 << np.arange(table.K)] == 0).any():
        return refuse(RefusalCode.TOO_SPARSE, say("coverage_empty_list"))
    covered = at(table, _coverage)
    if covered == 0:
        return refuse(RefusalCode.NO_OVERLAP, say("nobody_on_two"))
    found = {"coverage": covered, "one_step": at(table, _one_step)}
    if covered < ENOUGH:
        return refuse(
            RefusalCode.TOO_SPARSE,
            say("coverage_low", covered=covered, enough=ENOUGH),
            **found,
        )
    if not table.n < at(table, _total) < math.inf:
        return refuse(
            RefusalCode.TOO_SPARSE,
            say("coverage_no_total"),
            **found,
        )
    return bootstrapped(
        table,
        _total,
        settings,
        method="coverage",
        model="sample coverage",
        kind="confidence",
        assumption=ASSUMPTION,
        diagnostics=found,
    )


def _parts(support: NDArray[np.int64], lists: int, counts: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Coverage C, found D, the sum of A_jk, and the sum of A_jk n_jk / (n_j n_k), for each table."""
    inside, sizes = on_list(support, lists), sizes_of(support)
    of_list = np.stack([counts[:, held].sum(1) for held in inside], axis=1)
    alone = np.stack([counts[:, held & (sizes == 1)].sum(1) for held in inside], axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        coverage = 1 - (alone / of_list).mean(1)
        found = counts.sum(1) - alone.mean(1)
        only, covaried = np.zeros(len(counts)), np.zeros(len(counts))
        for k in range(lists):
            others = sizes - inside[k]
            for j in range(lists):
                if j != k:
                    here = counts[:, inside[j] & (others == 1)].sum(1)
                    both = counts[:, inside[j] & inside[k]].sum(1)
                    only += here
                    covaried += here * both / (of_list[:, j] * of_list[:, k])
    return coverage, found, only, covaried


def _coverage(support: NDArray[np.int64], lists: int, counts: Floats) -> Floats:
    return _parts(support, lists, counts)[0]


def _total(support: NDArray[np.int64], lists: int, counts: Floats) -> Floats:
    coverage, found, only, covaried = _parts(support, lists, counts)
    with np.errstate(divide="ignore", invalid="ignore"):
        total = (lists * found - only) / (lists * coverage - covaried)
    value: Floats = np.where(np.isfinite(total) & (total >= counts.sum(1)), total, np.inf)
    return value


def _one_step(support: NDArray[np.int64], lists: int, counts: Floats) -> Floats:
    """With the covariations taken at the total that independence would give: for low coverage, a rough figure."""
    coverage, found, only, covaried = _parts(support, lists, counts)
    independent = found / coverage
    value: Floats = independent + (independent * covaried - only) / (lists * coverage)
    return value


def _method(table: CaptureTable, settings: Settings) -> Outcome:
    return sample_coverage(table, settings=settings)


register("coverage", _method)
