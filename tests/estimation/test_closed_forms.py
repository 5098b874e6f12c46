"""Bounds, coverage, thresholding and single sources against their published and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from tests.estimation.data import needs_shared, published, reference_for, table_of

from tumen.estimation import CaptureTable, Estimate, FrequencyCounts, Refusal, RefusalCode, Settings
from tumen.estimation.bounds import chao_bound, negative_pairs, zelterman
from tumen.estimation.coverage import sample_coverage
from tumen.estimation.one_source import one_inflation, one_source
from tumen.estimation.thresholding import threshold


def made(people: int, chances: list[float], seed: int = 0) -> CaptureTable:
    rng = np.random.default_rng(seed)
    masks = ((rng.random((people, len(chances))) < chances) * (1 << np.arange(len(chances)))).sum(1)
    return table_of(*np.bincount(masks, minlength=1 << len(chances))[1:])


def test_the_bound_of_two_lists_is_n_plus_the_product_of_singles_over_the_overlap():
    outcome = chao_bound(table_of(60, 50, 20))
    assert isinstance(outcome, Estimate)
    assert outcome.N == 130 + 60 * 50 / 20 == pytest.approx(80 * 70 / 20)  # = Lincoln-Petersen
    assert outcome.interval_kind == "bound"


def test_the_bound_with_list_effects_follows_its_formula_and_without_it_is_chao_s():
    table = table_of(40, 30, 6, 20, 5, 4, 2)
    with_effects, without = chao_bound(table), chao_bound(table, list_effects=False)
    assert isinstance(with_effects, Estimate) and isinstance(without, Estimate)
    assert with_effects.N == pytest.approx(107 + (40 * 30 + 40 * 20 + 30 * 20) / 15)
    assert without.N == pytest.approx(107 + (2 / 3) * 90**2 / (2 * 15))


def test_without_overlap_there_is_no_bound():
    outcome = chao_bound(table_of(40, 30, 0))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NO_OVERLAP
    assert zelterman(table_of(40, 30, 0)) == math.inf


def test_negative_dependence_that_voids_the_bound_is_told():
    apart = table_of(300, 300, 5, 300, 100, 100, 10)
    assert negative_pairs(apart) == (("A", "B"),)
    outcome = chao_bound(apart)
    assert isinstance(outcome, Estimate) and "negatively dependent" in outcome.warnings[0]


def test_the_bound_stays_below_the_truth_when_people_differ():
    rng = np.random.default_rng(4)
    ease = rng.normal(-2, 1.2, 8000)
    masks = ((rng.random((8000, 4)) < 1 / (1 + np.exp(-ease[:, None]))) * [1, 2, 4, 8]).sum(1)
    outcome = chao_bound(table_of(*np.bincount(masks, minlength=16)[1:]))
    assert isinstance(outcome, Estimate) and outcome.interval().upper < 8000


def test_sample_coverage_of_three_lists_is_the_published_estimator():
    table = made(3000, [0.6, 0.5, 0.55])
    z = table.counts.astype(float)
    n1, n2, n3 = (float(table.marginals[1 << j]) for j in range(3))
    coverage = 1 - (z[1] / n1 + z[2] / n2 + z[4] / n3) / 3
    both = (table.marginals[3] + table.marginals[5] + table.marginals[6]) / (3 * coverage)
    inner = (z[1] + z[2] + 2 * z[3]) * table.marginals[3] / (n1 * n2)
    inner += (z[1] + z[4] + 2 * z[5]) * table.marginals[5] / (n1 * n3)
    inner += (z[2] + z[4] + 2 * z[6]) * table.marginals[6] / (n2 * n3)
    outcome = sample_coverage(table)
    assert isinstance(outcome, Estimate)
    assert outcome.N == pytest.approx(both / (1 - inner / (3 * coverage)), rel=1e-12)
    assert outcome.interval().holds(3000)


def test_sample_coverage_is_refused_where_its_authors_distrust_it():
    low = sample_coverage(made(3000, [0.1, 0.1, 0.1]))
    assert isinstance(low, Refusal) and low.code is RefusalCode.TOO_SPARSE and low.evidence["coverage"] < 0.55
    assert isinstance(sample_coverage(table_of(60, 50, 20)), Refusal)


def test_sample_coverage_refuses_when_everybody_is_found_on_other_lists():
    outcome = sample_coverage(table_of(0, 0, 0, 0, 0, 0, 50))
    assert isinstance(outcome, Refusal) and "no total above" in outcome.reason


def test_bootstrap_limits_repeat_with_the_seed_and_change_with_it():
    table = table_of(40, 30, 6, 20, 5, 4, 2)
    draws = [chao_bound(table, settings=Settings(seed=seed)) for seed in (1, 1, 2)]
    first, again, other = (outcome.draws for outcome in draws if isinstance(outcome, Estimate))
    assert np.array_equal(first, again) and not np.array_equal(first, other)


def test_clusters_make_the_limits_of_a_bound_wider():
    rng = np.random.default_rng(3)
    events = ((rng.random((150, 3)) < 0.4) * [1, 2, 4]).sum(1)
    masks = np.repeat(events, 5)
    seen = masks > 0
    columns = {name: (masks[seen] >> j & 1).tolist() for j, name in enumerate("ABC")}
    columns["event"] = np.repeat(np.arange(150), 5)[seen].tolist()
    alone = chao_bound(CaptureTable.from_individuals(columns, lists="ABC"))
    together = chao_bound(CaptureTable.from_individuals(columns, lists="ABC", cluster="event"))
    assert isinstance(alone, Estimate) and isinstance(together, Estimate)
    assert np.std(together.draws) > 1.7 * np.std(alone.draws)  # about the square root of 5


@needs_shared
@pytest.mark.parametrize(("name", "prior"), [("Kosovo", "improper"), ("Kosovo", "proper"), ("UKdat", "proper")])
def test_thresholding_keeps_the_pairs_and_finds_the_total_of_the_reference(name: str, prior):
    row = reference_for(name, f"mse_bayesthresh_{prior}")
    outcome = threshold(published(name), prior=prior)
    assert isinstance(outcome, Estimate)
    interval = outcome.interval()
    # The package's chain of 10,000 dependent draws and its priors of main effects leave a per cent or two.
    assert [outcome.N, interval.lower, interval.upper] == pytest.approx([row["est"], row["lo"], row["hi"]], rel=0.02)
    kept = {frozenset(pair.split(":")) for pair in row["model"].split()}
    (model,) = outcome.models
    assert {frozenset(group.split()) for group in model[1:-1].split("][")} == kept


@needs_shared
def test_a_pair_near_the_threshold_is_told_with_the_answer_that_it_would_give():
    """The reference keeps LA and PFNCA by the noise of its chain: well weighed, the pair is 1.99 deviations from 0."""
    outcome = threshold(published("UKdat_5"), prior="improper")
    assert isinstance(outcome, Estimate)
    assert outcome.diagnostics["sureness"]["LA&PFNCA"] == pytest.approx(1.99, abs=0.03)
    (told,) = (warning for warning in outcome.warnings if "by a hair" in warning)
    otherwise = float(told.rstrip(".").rpartition(" ")[2].replace(",", ""))
    kept = reference_for("UKdat_5", "mse_bayesthresh_improper")["est"]
    assert sorted([outcome.N, otherwise]) == pytest.approx([11_530, kept], rel=0.01)


def test_thresholding_refuses_lists_that_its_flat_prior_cannot_bear():
    empty, everybody = threshold(table_of(30, 20, 6, 0, 0, 0, 0)), threshold(table_of(0, 0, 0, 40, 20, 30, 10))
    assert isinstance(empty, Refusal) and "recorded nobody" in empty.reason
    assert isinstance(everybody, Refusal) and everybody.code is RefusalCode.NO_EXTENDED_MLE


@needs_shared
def test_thresholding_with_a_flat_prior_refuses_what_has_no_extended_estimate():
    outcome = threshold(published("Artificial_3"), prior="improper")
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_IDENTIFIED


def test_one_source_follows_chao_and_the_truncated_poisson_law():
    rng = np.random.default_rng(5)
    named = np.bincount(rng.poisson(1.2, 4000))
    counts = FrequencyCounts(np.r_[0, named[1:]])
    chao, poisson = one_source(counts), one_source(counts, method="poisson")
    assert isinstance(chao, Estimate) and isinstance(poisson, Estimate)
    assert chao.N == pytest.approx(counts.n + named[1] ** 2 / (2 * named[2]))
    rate = math.log(poisson.N / (poisson.N - counts.n))
    mean = (counts.times @ np.arange(counts.times.size)) / counts.n
    assert rate / -math.expm1(-rate) == pytest.approx(mean)  # the likelihood equation
    assert poisson.interval().holds(4000)
    assert not one_inflation(counts).is_suspect


def test_missed_links_show_as_people_named_once_too_often():
    named = np.bincount(np.random.default_rng(5).poisson(1.2, 4000))
    named[0], named[1] = 0, named[1] + 300
    outcome = one_source(FrequencyCounts(named), method="poisson")
    assert isinstance(outcome, Estimate)
    inflation = one_inflation(FrequencyCounts(named))
    assert inflation.is_suspect and 100 < inflation.excess * named.sum() < 500
    assert inflation.total < outcome.N and "missed links" in outcome.warnings[0]


def test_a_source_that_names_nobody_twice_is_refused():
    outcome = one_source(FrequencyCounts(np.array([0, 50, 0])))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.TOO_SPARSE
