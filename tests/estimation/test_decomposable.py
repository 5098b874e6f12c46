"""The average over decomposable graphs is what R's dga returns, and what can be worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln
from tests.estimation.data import needs_shared, published, reference_for, table_of

from tumen.estimation import CaptureTable, Estimate, Refusal, RefusalCode, graph_search
from tumen.estimation.decomposable import average_decomposable, posterior
from tumen.estimation.graph_search import _searched
from tumen.estimation.graphs import cliques, decomposable_graphs, elimination, graph_of
from tumen.estimation.hyper_dirichlet import Grid, Scores


@pytest.mark.parametrize(("lists", "number"), [(2, 2), (3, 8), (4, 61), (5, 822)])
def test_there_are_as_many_decomposable_graphs_as_counted_by_others(lists: int, number: int):
    assert len(decomposable_graphs(lists)) == number  # OEIS A048193


def test_a_square_is_not_decomposable_and_a_square_with_a_diagonal_is():
    square = [(0, 1), (1, 2), (2, 3), (3, 0)]
    assert elimination(graph_of(4, square)) is None
    assert cliques(graph_of(4, [*square, (0, 2)])) == (0b0111, 0b1101)


@needs_shared
@pytest.mark.parametrize(("name", "step"), [("Artificial_3", 1), ("Kosovo", 1), ("UKdat_5", 5)])
def test_posterior_mean_and_quantiles_are_those_of_dga_on_its_grid(name: str, step: int):
    row = reference_for(name, "dga")
    found = posterior(published(name), Grid.of(range(1, row["settings"]["Nmissing_max"] + 1, step)))
    n = published(name).n
    assert found.mean() + n == pytest.approx(row["mean"], rel=1e-7 if step > 1 else 1e-9)
    assert found.quantiles((0.025, 0.5, 0.975)) + n == pytest.approx([row["lo"], row["est"], row["hi"]], abs=step)


def test_two_independent_lists_have_the_posterior_of_a_hypergeometric_table():
    """With two lists and no edge the marginal likelihood is a product of two Beta integrals."""
    table = table_of(60, 50, 20)
    grid = Grid.of(range(0, 3000))
    score = Scores(table, grid, 0.25)
    total = table.n + grid.values
    exact = gammaln(total) - gammaln(grid.values + 1)
    for size in (80, 70):
        exact = exact + gammaln(size + 0.5) + gammaln(total - size + 0.5) - gammaln(total + 1)
    ours = score.log_density((0, 0))
    assert ours - ours[0] == pytest.approx(exact - exact[0], abs=1e-9)


@needs_shared
def test_a_long_grid_makes_truncation_harmless():
    table = published("Kosovo")
    outcome, bounded = average_decomposable(table), average_decomposable(table, bound=1_000_000)
    assert isinstance(outcome, Estimate) and isinstance(bounded, Estimate)
    assert outcome.N == bounded.N == 12595
    assert sum(outcome.models.values()) == pytest.approx(1, abs=1e-3)


@needs_shared
def test_what_the_prior_decides_is_refused_with_the_evidence():
    outcome = average_decomposable(published("Artificial_3"))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.PRIOR_DRIVEN
    assert outcome.evidence["prior_shifts"]["the imaginary persons (delta)"] > 0.1
    cut = average_decomposable(published("Kosovo"), bound=12_000)
    assert isinstance(cut, Refusal) and "bound" in cut.reason


@needs_shared
def test_the_search_finds_the_graphs_that_counting_through_finds():
    table = published("UKdat_5")
    grid = Grid.up_to(200_000)
    score = Scores(table, grid, 1 / 32)
    everything = {graph: score.evidence(graph) for graph in decomposable_graphs(5)}
    best = max(everything.values())
    near = {graph for graph, value in everything.items() if value > best - 10}
    assert near <= set(_searched((0,) * 5, score))


def independent(lists: int) -> CaptureTable:
    rng = np.random.default_rng(1)
    masks = ((rng.random((5000, lists)) < 0.12) * (1 << np.arange(lists))).sum(1)
    return table_of(*np.bincount(masks, minlength=1 << lists)[1:])


def test_beyond_six_lists_two_searches_from_far_apart_agree_and_say_what_they_may_have_missed():
    outcome = average_decomposable(independent(7))
    assert isinstance(outcome, Estimate) and outcome.interval().holds(5000)
    assert outcome.diagnostics["found_by_both"] > 0.99 and outcome.diagnostics["at_the_edge"] < 0.05
    assert outcome.diagnostics["search"] == "two searches by single edges"


def test_searches_that_do_not_find_the_same_graphs_are_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(graph_search, "_climbed", lambda graph, scores: graph)
    monkeypatch.setattr(graph_search, "_MOST_GRAPHS", 10)
    outcome = average_decomposable(independent(7))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_CONVERGED
    assert "too many graphs" in outcome.reason and outcome.evidence["found_by_both"] < 0.99


def test_the_order_of_the_lists_does_not_matter():
    table = table_of(60, 50, 20, 40, 12, 9, 5)
    one, other = average_decomposable(table), average_decomposable(table.select("C", "A", "B"))
    assert isinstance(one, Estimate) and isinstance(other, Estimate)
    assert one.N == other.N and one.interval() == other.interval()


def test_draws_have_the_posterior_s_quantiles():
    outcome = average_decomposable(table_of(600, 500, 200, 400, 120, 90, 50))
    assert isinstance(outcome, Estimate)
    interval = outcome.interval(0.9)
    assert np.quantile(outcome.draws, [0.05, 0.5, 0.95]) == pytest.approx(
        [interval.lower, outcome.N, interval.upper], rel=0.01
    )


@pytest.mark.soak
def test_eight_lists_are_searched_and_recover_the_truth():
    outcome = average_decomposable(independent(8))
    assert isinstance(outcome, Estimate) and outcome.interval().holds(5000)
