"""Latent classes: exact and long-run answers, the same draws from the same seed, and refusals with their evidence."""

from __future__ import annotations

import json
from functools import cache
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from scipy.special import betaln, gammaln
from tests.estimation.data import needs_shared, published

from tumen.estimation import CaptureTable, Estimate, Outcome, Refusal, RefusalCode
from tumen.estimation.latent import Effort, latent_class

SMALL = CaptureTable(("A", "B", "C"), np.array([0, 60, 50, 25, 40, 15, 12, 6]))
LONG_RUNS = json.loads((Path(__file__).parent / "latent_long_runs.json").read_text("utf-8"))
QUICK = Effort(tail_ess=400, r_hat=1.02, sweeps=10_000)


def test_two_chains_of_one_class_give_the_independence_posterior():
    """With one class and p(N) ~ 1/N the posterior of N is known exactly: with uniform captures, a sum over N."""
    counts = np.array([0, 60, 50, 25, 40, 15, 12, 6])
    table = CaptureTable(("A", "B", "C"), counts)
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


def test_the_same_seed_gives_the_same_draws_whatever_the_threads():
    table = CaptureTable(("A", "B", "C"), np.array([0, 60, 50, 25, 40, 15, 12, 6]))
    one, two = (latent_class(table, seed=3, threads=n, effort=QUICK) for n in (1, 2))
    assert isinstance(one, Estimate) and isinstance(two, Estimate)
    assert np.array_equal(one.draws, two.draws)
    assert one.fingerprint == two.fingerprint


@needs_shared
def test_chains_that_have_no_time_are_refused_with_what_they_found():
    outcome = latent_class(published("Kosovo"), effort=Effort(sweeps=200))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_CONVERGED
    assert outcome.evidence["tail_ess"] < 4000


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
    chances = np.array([[0.08] * 4, [0.6] * 4])[(rng.random(6000) < 1 / 3).astype(int)]
    masks = ((rng.random((6000, 4)) < chances) * [1, 2, 4, 8]).sum(1)
    table = CaptureTable(("A", "B", "C", "D"), np.bincount(masks[masks > 0], minlength=16))
    outcome = latent_class(table, effort=QUICK)
    assert isinstance(outcome, Estimate) and outcome.interval().holds(6000)


