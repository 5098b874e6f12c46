"""Scenarios have the chances and odds ratios they say; scores count what they say; covariates and linkage recover."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from tests.estimation.data import table_of

from tumen.estimation import BadTable, Bootstrap, CaptureTable, Estimate, Refusal, Settings
from tumen.estimation.bounds import chao_bound
from tumen.estimation.convergence import convergence, effective_size, modes
from tumen.estimation.doubly_robust import doubly_robust
from tumen.estimation.errors import BadPlan
from tumen.estimation.linkages import combine_linkages
from tumen.estimation.results import Interval
from tumen.estimation.scoring import Score, score, score_part, score_text
from tumen.estimation.simulation import Scenario, simulate

CAPTURE = {"A": 0.3, "B": 0.2, "C": 0.1}


@pytest.mark.parametrize("heterogeneity", [0.0, 1.0])
def test_a_scenario_has_the_margins_and_odds_ratios_it_says(heterogeneity: float):
    cells = Scenario(1000, CAPTURE, {"A C": 3.0}, heterogeneity=heterogeneity).cells
    masks = np.arange(8)
    assert [cells[masks >> j & 1 == 1].sum() for j in range(3)] == pytest.approx([0.3, 0.2, 0.1])
    if heterogeneity == 0:
        assert cells[0] * cells[5] / (cells[1] * cells[4]) == pytest.approx(3)
        assert cells[0] * cells[3] / (cells[1] * cells[2]) == pytest.approx(1)
    else:
        assert cells[0] * cells[3] / (cells[1] * cells[2]) > 1.2  # people who differ make lists look dependent


def test_the_same_number_gives_the_same_table_and_another_another():
    drawn = simulate(Scenario(3000, CAPTURE, replicates=3))
    assert drawn.table(1).fingerprint == list(drawn)[1].fingerprint != drawn.table(2).fingerprint


def test_missed_links_add_people_and_take_overlaps():
    whole = simulate(Scenario(20_000, CAPTURE)).table(0)
    split = simulate(Scenario(20_000, CAPTURE, missed_links=1.0)).table(0)
    assert split.n > whole.n and split.overlaps()[0, 1] < 0.2 * whole.overlaps()[0, 1]
    assert split.counts @ [m.bit_count() for m in range(8)] == whole.counts @ [m.bit_count() for m in range(8)]


def test_clusters_are_recorded_together():
    table = simulate(Scenario(2000, CAPTURE, cluster_mean=4.0)).table(0)
    assert table.is_clustered and table.people is not None and table.people.cluster is not None
    patterns = {}
    for pattern, cluster in zip(table.people.pattern, table.people.cluster, strict=True):
        patterns.setdefault(cluster, set()).add(pattern)
    assert all(len(kinds) == 1 for kinds in patterns.values())


def test_impossible_groups_are_structural_zeros():
    table = simulate(Scenario(2000, CAPTURE, never_together=(("A", "B"),))).table(0)
    assert table.structural_zeros == {3, 7}


def test_a_scenario_is_read_from_a_file_and_told_what_is_wrong(tmp_path: Path):
    file = tmp_path / "scenario.toml"
    file.write_text('people = 500\nreplicates = 3\n[capture]\nA = 0.3\nB = 0.2\n[pair_odds]\n"A B" = 3.0\n')
    assert Scenario.from_toml(file) == Scenario(500, {"A": 0.3, "B": 0.2}, {"A B": 3.0}, replicates=3)
    for wrong, word in (
        ("people = 500", "capture"),
        ("folk = 1", "folk"),
        ("people = 5\ncapture = {A = 2, B = 0.1}", "A"),
    ):
        file.write_text(wrong)
        with pytest.raises(BadPlan, match=word):
            Scenario.from_toml(file)


def test_scores_count_coverage_and_refusals():
    quick = Settings(bootstrap=Bootstrap(replicates=200))
    found = score(simulate(Scenario(3000, CAPTURE, replicates=40)), methods=("bma", "coverage"), settings=quick)
    average, coverage = found.scores
    assert average.coverage > 0.8 and average.coverage * 40 + average.over + average.under == pytest.approx(40)
    assert coverage.refused == 1 and coverage.codes == {"TooSparse": 40}
    assert found.data()["scores"][1]["coverage"] is None
    assert "bma" in score_text(found)


def test_scores_of_parts_add_up_to_the_score_of_the_whole():
    drawn, settings = simulate(Scenario(3000, CAPTURE, replicates=7)), Settings()
    (whole,) = score(drawn, methods=("bma",), settings=settings).scores
    parts = score_part(drawn, "bma", settings, range(3))
    parts += score_part(drawn, "bma", settings, range(3, 7))
    same = {"codes": None, "seconds": 0}  # approx takes no nested values
    assert parts.data() | same == pytest.approx(whole.data() | same) and parts.codes == whole.codes


def test_a_limit_that_is_not_given_counts_as_withheld_and_an_infinite_one_as_open():
    found = Score("made")
    for lower, upper in ((90.0, math.nan), (80.0, math.inf), (110.0, 120.0), (70.0, 90.0)):
        found.add(made(Interval(lower, upper, 0.95)), 100, 0.95)
    assert (found.given, found.withheld, found.open, found.over, found.under) == (4, 1, 1, 1, 1)
    assert found.coverage == 0.5 and found.interval_score == pytest.approx((0.1 + 4 + 0.2 + 4) / 2)


def made(interval: Interval) -> Estimate:
    return Estimate("made", 100, 50, lambda level: interval, "confidence", "", ("A", "B"), {})


@pytest.mark.soak
def test_the_average_over_graphs_covers_independent_lists():
    found = score(simulate(Scenario(3000, {**CAPTURE, "D": 0.15}, replicates=1000)), methods=("bma",))
    assert found.scores[0].coverage > 0.93


def individuals(people: int, seed: int) -> tuple[CaptureTable, dict[str, list]]:
    """Two lists that are dependent through age and sex only."""
    rng = np.random.default_rng(seed)
    age, sex = rng.normal(size=people), rng.integers(0, 2, people)
    first = rng.random(people) < 1 / (1 + np.exp(0.6 - 0.9 * age - 0.4 * sex))
    second = rng.random(people) < 1 / (1 + np.exp(0.8 - 0.9 * age + 0.5 * sex))
    seen = first | second
    table = CaptureTable.from_individuals({"A": first[seen], "B": second[seen]}, lists=("A", "B"))
    return table, {"age": age[seen].tolist(), "sex": ["mf"[value] for value in sex[seen]]}


def test_covariates_that_explain_the_dependence_recover_the_truth():
    table, covariates = individuals(6000, 1)
    blind, seeing = doubly_robust(table, covariates={}), doubly_robust(table, covariates=covariates)
    assert isinstance(blind, Estimate) and isinstance(seeing, Estimate)
    assert not blind.interval().holds(6000) and seeing.interval().holds(6000)


def test_without_covariates_it_is_the_two_list_estimate():
    table, _ = individuals(6000, 2)
    outcome = doubly_robust(table, covariates={})
    assert isinstance(outcome, Estimate)
    sizes = np.diag(table.overlaps())
    assert outcome.N == pytest.approx(sizes[0] * sizes[1] / table.overlaps()[0, 1], rel=5e-3)


def test_covariates_must_belong_to_the_people():
    table, _ = individuals(500, 2)
    with pytest.raises(BadTable, match="age"):
        doubly_robust(table, covariates={"age": [1.0]})
    with pytest.raises(BadTable, match="individuals"):
        doubly_robust(table_of(60, 50, 20), covariates={})


@pytest.mark.soak
def test_covariate_intervals_cover():
    held = 0
    for seed in range(200):
        table, covariates = individuals(4000, seed)
        outcome = doubly_robust(table, covariates=covariates)
        held += isinstance(outcome, Estimate) and outcome.interval().holds(4000)
    assert held >= 180


def test_linkage_adds_its_share_of_the_variance():
    drawn = list(simulate(Scenario(3000, {"A": 0.4, "B": 0.3, "C": 0.25}, replicates=20)))
    same, varied = combine_linkages(drawn[:1] * 4, "bma"), combine_linkages(drawn, "bma")
    assert isinstance(same, Estimate) and isinstance(varied, Estimate)
    assert same.linkage_share == pytest.approx(0, abs=1e-3)  # the draws differ
    assert varied.linkage_share is not None and 0.2 < varied.linkage_share < 0.8
    width = [each.interval().upper - each.interval().lower for each in (same, varied)]
    assert width[1] > 1.1 * width[0]


def test_infinite_replicates_of_a_linkage_keep_their_share_of_the_pool():
    sparse = [
        table_of(40, 50, 8),
        table_of(41, 50, 8),
        table_of(60, 70, 1),
    ]  # the last: no overlap in 37 % of replicates
    pooled = combine_linkages(sparse, "chao")
    alone = chao_bound(sparse[-1])
    assert isinstance(pooled, Estimate) and isinstance(alone, Estimate)
    infinite = np.isinf(alone.draws).mean()
    assert infinite > 0.3
    assert np.isinf(pooled.draws).mean() == pytest.approx(infinite / 3, abs=0.01)
    assert pooled.interval().is_open and pooled.linkage_share is not None and pooled.linkage_share > 0


def test_linkages_that_mostly_give_nothing_are_refused():
    outcome = combine_linkages([table_of(40, 30, 0), table_of(40, 30, 0), table_of(40, 30, 5)], "chao")
    assert isinstance(outcome, Refusal) and "2 of 3" in outcome.reason
    with pytest.raises(BadTable):
        combine_linkages([table_of(40, 30, 5)])


def test_chains_that_disagree_have_a_large_r_hat_and_few_effective_draws():
    rng = np.random.default_rng(0)
    good = convergence(rng.normal(size=(8, 1000)))
    assert good.r_hat < 1.01 and 6000 < good.bulk_ess < 10_000 and good.tail_ess > 5000
    apart = convergence(rng.normal(size=(8, 1000)) + np.repeat([0, 3], 4)[:, None])
    assert apart.r_hat > 1.5 and apart.bulk_ess < 50
    wider = convergence(rng.normal(size=(8, 1000)) * np.repeat([1, 4], 4)[:, None])
    assert wider.r_hat > 1.1  # seen by the folded draws alone


def test_the_effective_size_of_an_autoregression_is_the_known_one():
    rng = np.random.default_rng(0)
    chains = np.zeros((8, 5000))
    for t in range(1, 5000):
        chains[:, t] = 0.8 * chains[:, t - 1] + rng.normal(size=8)
    assert effective_size(chains) == pytest.approx(40_000 * 0.2 / 1.8, rel=0.1)


def test_modes_are_counted_and_noise_makes_none():
    rng = np.random.default_rng(0)
    assert len(modes(rng.normal(size=20_000))) == 1
    (first, share), (second, _) = modes(np.r_[rng.normal(0, 1, 15_000), rng.normal(8, 1, 5000)])
    assert (first, second, share) == pytest.approx((0, 8, 0.75), abs=0.5)
