"""The latent-class sampler draws from the posterior it says, crosses modes, and refuses when its chains disagree."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import betaln, gammaln
from scipy.stats import chisquare
from tests.estimation.data import needs_shared, published

from tumen.estimation import CaptureTable, Estimate, Refusal, RefusalCode
from tumen.estimation.convergence import effective_size
from tumen.estimation.latent import Effort, latent_class
from tumen.estimation.latent_kernel import (
    Chain,
    allocate,
    chain,
    draw_concentration,
    draw_measure,
    move_measure,
    run,
)

SHAPE, RATE = 2.0, 2.0
LISTS = 3
PATTERNS = (np.arange(1, 1 << LISTS)[:, None] >> np.arange(LISTS) & 1).astype(bool)
QUICK = Effort(tail_ess=400, r_hat=1.02, sweeps=60_000)


def from_the_prior(rng: np.random.Generator) -> tuple[float, np.ndarray, np.ndarray]:
    """Concentration, weights and cell probabilities (the unrecorded cell last), straight from the prior."""
    a = rng.gamma(SHAPE, 1 / RATE)
    sticks = rng.beta(1, a, 200)
    weights = sticks * np.concatenate([[1], np.cumprod(1 - sticks)[:-1]])
    capture = rng.random((200, LISTS))
    rows = np.vstack([PATTERNS, np.zeros((1, LISTS), bool)])
    cells = np.where(rows[None], capture[:, None, :], 1 - capture[:, None, :]).prod(2)
    return a, weights, weights @ cells


def summaries(a: float, weights: np.ndarray, total: np.ndarray, counts: np.ndarray, unrecorded: float) -> list[float]:
    """What is compared: the concentration, the measure, the data, the number unrecorded."""
    several = PATTERNS.sum(1) > 1
    return [
        math.log(a),
        float((weights**2).sum()),
        math.log1p(-total[-1]),
        float((total[:-1] ** 2).sum()),
        float(counts[several].sum()),
        math.log1p(unrecorded),
        math.log(a) * math.log1p(-total[-1]),
    ]


def geweke(steps: int, rounds: int, persons: int = 40) -> np.ndarray:
    """z-scores between draws straight from the joint distribution and draws by the sampler's moves (Geweke 2004)."""
    rng = np.random.default_rng(11)
    straight = []
    for _ in range(steps):
        a, weights, total = from_the_prior(rng)
        counts = rng.multinomial(persons, total[:-1] / total[:-1].sum())
        unrecorded = rng.poisson(rng.gamma(persons) * total[-1] / (1 - total[-1]))
        straight.append(summaries(a, weights, total, counts, unrecorded))
    state: Chain = chain(PATTERNS, np.zeros(len(PATTERNS)))
    state.counts[0] = persons
    state.allocation[0, 0] = persons
    moved = []
    for _ in range(steps):
        draw_concentration(rng, state, SHAPE, RATE)
        draw_measure(rng, state)
        move_measure(rng, state, rounds)
        chances = state.total[:-1] / state.total[:-1].sum()
        state.counts[:] = rng.multinomial(persons, chances)
        unrecorded = allocate(rng, state)
        weights = state.weights[: state.number[1]]
        moved.append(summaries(math.exp(state.scalar[0]), weights, state.total, state.counts, unrecorded))
    one, other = np.array(straight), np.array(moved)
    effective = np.array([effective_size(other[:, i].reshape(4, -1)) for i in range(other.shape[1])])
    error = np.sqrt(one.var(0) / len(one) + other.var(0) / effective)
    return np.asarray((one.mean(0) - other.mean(0)) / error)


def ranks(replicates: int, rounds: int = 2, persons: int = 60, kept: int = 19) -> np.ndarray:
    """Ranks of the true number unrecorded among posterior draws, one for each data set from the prior."""
    rng = np.random.default_rng(5)
    found = []
    for _ in range(replicates):
        _, _, total = from_the_prior(rng)
        counts = rng.multinomial(persons, total[:-1] / total[:-1].sum()).astype(float)
        truth = rng.poisson(rng.gamma(persons) * total[-1] / (1 - total[-1]))
        seen = counts > 0
        state = chain(PATTERNS[seen], counts[seen])
        state.allocation[:-1, 0] = counts[seen]
        out = np.zeros((kept, 4))
        run(rng, state, SHAPE, RATE, rounds, 100, out[:1])
        run(rng, state, SHAPE, RATE, rounds, 20, out)
        found.append((out[:, 0] < truth).sum() + rng.integers((out[:, 0] == truth).sum() + 1))
    return np.bincount(found, minlength=kept + 1)


def test_the_moves_keep_the_joint_distribution_of_parameters_and_data():
    assert np.abs(geweke(8_000, rounds=2)).max() < 4


@pytest.mark.soak
def test_the_moves_keep_the_joint_distribution_over_a_long_run():
    assert np.abs(geweke(200_000, rounds=3)).max() < 4
    assert np.abs(geweke(200_000, rounds=0)).max() < 4


def test_the_truth_has_a_uniform_rank_among_the_draws():
    assert chisquare(ranks(300).reshape(5, 4).sum(1)).pvalue > 0.001


@pytest.mark.soak
def test_the_truth_has_a_uniform_rank_over_many_data_sets():
    assert chisquare(ranks(4000)).pvalue > 0.001


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


@needs_shared
@pytest.mark.soak
@pytest.mark.parametrize(
    ("name", "lower", "median", "upper"),
    [("Kosovo", 9058, 10421, 13760), ("UKdat", 16995, 22920, 34340), ("UKdat_5", 15700, 22270, 34240)],
)
def test_the_published_tables_agree_with_a_long_run_of_another_sampler(
    name: str, lower: float, median: float, upper: float
):
    """The long run: 4 x 10 million sweeps of the plain partition sampler (UKdat_5), and long runs of this one."""
    outcome = latent_class(published(name), threads=2)
    assert isinstance(outcome, Estimate)
    interval = outcome.interval()
    assert [interval.lower, outcome.N, interval.upper] == pytest.approx([lower, median, upper], rel=0.02)
    assert outcome.diagnostics["r_hat"] < 1.01 and outcome.diagnostics["tail_ess"] > 4000
