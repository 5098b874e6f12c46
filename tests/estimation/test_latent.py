"""Latent classes: exact and long-run answers, the same draws from the same seed, and refusals with their evidence."""

from __future__ import annotations

import json
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaln, gammaln
from tests.estimation.data import needs_shared, published

from tumen.estimation import CaptureTable, Estimate, Refusal, RefusalCode
from tumen.estimation.latent import latent_class
from tumen.estimation.latent_chains import UNRECORDED, Effort, sample
from tumen.estimation.latent_state import Prior
from tumen.estimation.results import quantile_error

SMALL = CaptureTable(("A", "B", "C"), np.array([0, 60, 50, 25, 40, 15, 12, 6]))
LONG_RUNS = json.loads((Path(__file__).parent / "latent_long_runs.json").read_text("utf-8"))
QUICK = Effort(tail_ess=400, r_hat=1.02, sweeps=10_000)


def test_two_chains_of_one_class_give_the_independence_posterior():
    """With one class and p(N) ~ 1/N the posterior of N is known exactly: with uniform captures, a sum over N."""
    table = SMALL
    outcome = latent_class(table, effort=QUICK, shape=1.0, rate=1e6)  # a concentration of nearly 0: one class
    assert isinstance(outcome, Estimate)
    sizes = table.marginals[[1, 2, 4]]
    total = np.arange(table.n, 2000)
    log_posterior = gammaln(total) - gammaln(total - table.n + 1)
    log_posterior = log_posterior + sum(betaln(s + 1, total - s + 1) for s in sizes)
    weights = np.exp(log_posterior - log_posterior.max())
    reached = np.cumsum(weights) / weights.sum()
    exact = total[np.searchsorted(reached, [0.025, 0.5, 0.975])]
    interval = outcome.interval(0.95)
    assert [interval.lower, outcome.N, interval.upper] == pytest.approx(exact, rel=0.02)


@needs_shared
@pytest.mark.parametrize("name", list(LONG_RUNS))
def test_quantiles_of_the_published_tables_are_those_of_a_long_run_of_another_sampler(name: str):
    """Within 2 % and three Monte Carlo errors; `latent_long_runs.json` says how the figures were made."""
    table = published(name)
    draws, judged = sample(table, Prior(0.25, 0.25, 1.0), 1, 1, Effort())
    assert judged.r_hat < 1.01 and judged.tail_ess >= 4000
    total = table.n + draws[:, :, UNRECORDED].ravel()
    for level, expected in zip((0.025, 0.5, 0.975), LONG_RUNS[name]["quantiles"], strict=True):
        error = quantile_error(total, level, judged.bulk_ess if level == 0.5 else judged.tail_ess)
        assert abs(np.quantile(total, level) - expected) < 0.02 * expected + 3 * error


def test_the_same_seed_gives_the_same_draws_whatever_the_threads_and_the_order_of_the_lists():
    first = latent_class(SMALL, seed=3, effort=QUICK)
    assert isinstance(first, Estimate)
    for order in permutations("ABC"):
        other = latent_class(SMALL.select(*order), seed=3, threads=2, effort=QUICK)
        assert isinstance(other, Estimate) and np.array_equal(first.draws, other.draws)
        assert other.fingerprint == first.fingerprint


@needs_shared
def test_chains_that_have_no_time_are_refused_with_what_they_found():
    outcome = latent_class(published("Kosovo"), effort=Effort(sweeps=100))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_CONVERGED
    assert outcome.evidence["tail_ess"] < 4000


@needs_shared
def test_an_answer_that_moves_with_the_prior_of_the_captures_is_refused_with_its_evidence():
    outcome = latent_class(published("UKdat_5"), effort=QUICK)
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.PRIOR_DRIVEN
    assert "imaginary people" in outcome.reason
    assert outcome.evidence["prior_shifts"]["the imaginary people of the captures' prior"] > 0.1
    assert len(outcome.evidence["quantiles"]) == 3 and outcome.evidence["r_hat"] < 1.02


@needs_shared
def test_a_bound_that_cuts_the_posterior_is_prior_driven():
    outcome = latent_class(published("Artificial_3"), effort=QUICK, bound=400)
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.PRIOR_DRIVEN
    assert "bound" in outcome.reason


def test_no_overlap_and_impossible_patterns_are_refused():
    apart = latent_class(CaptureTable(("A", "B"), np.array([0, 10, 10, 0])))
    impossible = latent_class(CaptureTable(("A", "B", "C"), np.array([0, 5, 5, 0, 5, 2, 2, 0]), frozenset({3})))
    assert isinstance(apart, Refusal) and apart.code is RefusalCode.NO_OVERLAP
    assert isinstance(impossible, Refusal) and impossible.code is RefusalCode.NOT_IDENTIFIED


def test_two_classes_that_any_single_class_would_miss_are_recovered():
    """Two thirds are hard to record, a third is easy: taking all for alike gives far too few."""
    rng = np.random.default_rng(2)
    chances = np.array([[0.15] * 5, [0.6] * 5])[(rng.random(6000) < 1 / 3).astype(int)]
    masks = ((rng.random((6000, 5)) < chances) * [1, 2, 4, 8, 16]).sum(1)
    table = CaptureTable(("A", "B", "C", "D", "E"), np.bincount(masks[masks > 0], minlength=32))
    outcome = latent_class(table, effort=QUICK)
    assert isinstance(outcome, Estimate) and outcome.interval().holds(6000)
