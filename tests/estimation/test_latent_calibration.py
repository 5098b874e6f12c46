"""The latent-class sampler draws from the posterior it says: Geweke's joint distribution test (2004, JASA 99:799) and
simulation-based calibration (Talts et al. 2018), each short here and long in the soak. Both reject broken samplers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import chisquare, norm

from tumen.estimation.convergence import effective_size
from tumen.estimation.latent_glide import glide, glider
from tumen.estimation.latent_kernel import allocate, draw_concentration, draw_measure, run
from tumen.estimation.latent_split import split_merge
from tumen.estimation.latent_state import Prior, chain, log_likelihood

UNIFORM, PEAKED, JEFFREYS = Prior(2.0, 2.0, 1.0), Prior(2.0, 2.0, 2.0), Prior(2.0, 2.0, 0.5)
LISTS = 3
PATTERNS = (np.arange(1, 1 << LISTS)[:, None] >> np.arange(LISTS) & 1).astype(bool)
SUMMARIES = 7
LEVEL = 1e-3  # a correct sampler fails one of a thousand seeds; these are fixed


def from_the_prior(rng: np.random.Generator, prior: Prior) -> tuple[float, np.ndarray, np.ndarray]:
    """Concentration, weights and cell probabilities (the unrecorded cell last), straight from the prior."""
    a = rng.gamma(prior.shape, 1 / prior.rate)
    sticks = rng.beta(1, a, 200)
    weights = sticks * np.concatenate([[1], np.cumprod(1 - sticks)[:-1]])
    capture = rng.beta(prior.capture, prior.capture, (200, LISTS))
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


def geweke(steps: int, prior: Prior, glides_on: Prior | None = None, persons: int = 40) -> float:
    """The p-value of equal means of seven summaries, between draws straight from the joint distribution of parameters
    and data, and draws by the sampler's moves that draw new data at each step. `glides_on` breaks one move."""
    rng = np.random.default_rng(11)
    straight = np.empty((steps, SUMMARIES))
    for i in range(steps):
        a, weights, total = from_the_prior(rng, prior)
        counts = rng.multinomial(persons, total[:-1] / total[:-1].sum())
        unrecorded = rng.poisson(rng.gamma(persons) * total[-1] / (1 - total[-1]))
        straight[i] = summaries(a, weights, total, counts, unrecorded)
    state = chain(PATTERNS, np.zeros(len(PATTERNS)))
    state.counts[0] = persons
    state.allocation[0, 0] = persons
    gliding = glider(state)
    moved = np.empty((steps, SUMMARIES))
    for i in range(-200, steps):
        draw_concentration(rng, state, prior)
        draw_measure(rng, state, prior)
        split_merge(rng, state, prior, 3)
        glide(rng, state, gliding, glides_on or prior, i < 0)
        state.counts[:] = rng.multinomial(persons, state.total[:-1] / state.total[:-1].sum())
        unrecorded = allocate(rng, state)
        if i >= 0:
            weights = state.weights[: state.number[1]]
            moved[i] = summaries(math.exp(state.scalar[0]), weights, state.total, state.counts, unrecorded)
    effective = np.array([effective_size(moved[:, i].reshape(4, -1)) for i in range(SUMMARIES)])
    error = np.sqrt(straight.var(0) / steps + moved.var(0) / effective)
    worst = float(np.abs((straight.mean(0) - moved.mean(0)) / error).max())
    return min(1.0, SUMMARIES * 2 * float(norm.sf(worst)))


def calibration(
    replicates: int, prior: Prior, believed: Prior | None = None, thin: int = 10, persons: int = 60
) -> list[float]:
    """The p-values of uniform ranks of the true N - n, concentration and deviance among 19 posterior draws, over data
    sets from the prior. `believed` is the prior that the sampler is told."""
    rng = np.random.default_rng(5)
    kept = 19
    ranks = np.zeros((3, kept + 1), int)
    for _ in range(replicates):
        a, _, total = from_the_prior(rng, prior)
        counts = rng.multinomial(persons, total[:-1] / total[:-1].sum()).astype(float)
        unrecorded = rng.poisson(rng.gamma(persons) * total[-1] / (1 - total[-1]))
        seen = counts > 0
        chances = np.append(total[:-1][seen], total[-1])
        truth = (unrecorded, -2 * log_likelihood(chances, counts[seen]), math.log(a))
        state = chain(PATTERNS[seen], counts[seen])
        state.allocation[:-1, 0] = counts[seen]
        gliding = glider(state)
        run(rng, state, gliding, believed or prior, True, np.zeros((100, 4)))
        out = np.zeros((kept * thin, 4))
        run(rng, state, gliding, believed or prior, False, out)
        for i, (true, drawn) in enumerate(zip(truth, out[::thin, [0, 2, 3]].T, strict=True)):
            ranks[i, (drawn < true).sum() + rng.integers((drawn == true).sum() + 1)] += 1
    bins = ranks.reshape(3, -1, 4).sum(2) if replicates < 1000 else ranks
    return [float(chisquare(each).pvalue) for each in bins]


def test_the_moves_keep_the_joint_distribution_of_parameters_and_data():
    assert geweke(6_000, UNIFORM) > LEVEL


def test_a_move_that_forgets_the_jacobian_of_the_captures_is_found_out():
    """On the logit scale Beta(s, s) has density (c (1 - c)) ** s; a glide on s - 1 = 0 leaves the Jacobian out.

    It has no prior to come back to: left running, its chain goes where nobody is ever recorded, and never ends.
    """
    assert geweke(2_000, UNIFORM, glides_on=UNIFORM._replace(capture=0.0)) < LEVEL


def test_the_truth_has_a_uniform_rank_among_the_draws():
    assert min(calibration(300, UNIFORM, thin=5)) > LEVEL / 3


def test_a_sampler_with_another_prior_is_found_out_by_its_ranks():
    assert min(calibration(300, UNIFORM, believed=PEAKED, thin=5)) < LEVEL / 3


@pytest.mark.soak
@pytest.mark.parametrize("prior", [UNIFORM, PEAKED, JEFFREYS], ids=["uniform", "peaked", "jeffreys"])
def test_the_moves_keep_the_joint_distribution_over_a_long_run(prior: Prior):
    assert geweke(100_000, prior) > LEVEL


@pytest.mark.soak
@pytest.mark.parametrize("prior", [UNIFORM, PEAKED, JEFFREYS], ids=["uniform", "peaked", "jeffreys"])
def test_the_truth_has_a_uniform_rank_over_many_data_sets(prior: Prior):
    assert min(calibration(4000, prior)) > LEVEL / 3
