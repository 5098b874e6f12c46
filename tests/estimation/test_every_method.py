"""What must hold for every method alike: order of lists and rows, seeds and threads, clusters, impossible patterns."""

from __future__ import annotations

import itertools
import json
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.estimation.data import table_of

from tumen.estimation import (
    Bootstrap,
    CaptureTable,
    Estimate,
    LogLinear,
    Outcome,
    Refusal,
    RefusalCode,
    Scenario,
    Settings,
    average_decomposable,
    chao_bound,
    compare,
    doubly_robust,
    existence,
    simulate,
)
from tumen.estimation.models import all_models
from tumen.estimation.printing import comparison_text
from tumen.estimation.registry import METHODS, run
from tumen.estimation.reporting import comparison_data

QUICK = Settings(bootstrap=Bootstrap("auto", 250), seed=3)
CHEAP = [method for method in METHODS if method != "lcm"]
COVERED = table_of(300, 260, 330, 240, 310, 295, 380)


def people(clusters: bool, seed: int = 1, events: int = 250) -> dict[str, list]:
    """Columns of a table of families of 1 to 5, everyone of a family on the same lists."""
    rng = np.random.default_rng(seed)
    sizes = rng.integers(1, 6, events)
    masks = np.repeat(((rng.random((events, 3)) < [0.6, 0.55, 0.5]) * [1, 2, 4]).sum(1), sizes)
    family, seen = np.repeat(np.arange(events), sizes), masks > 0
    columns: dict[str, list] = {name: (masks[seen] >> j & 1).tolist() for j, name in enumerate("ABC")}
    return {**columns, "family": family[seen].tolist()} if clusters else columns


def figures(outcome: Outcome) -> list[float]:
    assert isinstance(outcome, Estimate), outcome
    interval = outcome.interval()
    return [outcome.N, interval.lower, interval.upper, float(np.mean(outcome.draws)), outcome.design_effect or 0]


@pytest.mark.parametrize("method", CHEAP)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations("ABC"))
def test_the_order_of_the_lists_changes_nothing(method: str, order: list[str]) -> None:
    first, other = run(method, COVERED, QUICK), run(method, COVERED.select(*order), QUICK)
    assert figures(other) == pytest.approx(figures(first), rel=1e-7, nan_ok=True)
    assert other.table_fingerprint == first.table_fingerprint


@pytest.mark.parametrize("method", CHEAP)
@pytest.mark.parametrize("clusters", [False, True])
def test_the_order_of_the_rows_changes_nothing(method: str, clusters: bool) -> None:
    columns = people(clusters)
    turned = np.random.default_rng(2).permutation(len(columns["A"]))
    mixed = {name: [values[at] for at in turned] for name, values in columns.items()}
    cluster = "family" if clusters else None
    one, other = (
        run(method, CaptureTable.from_individuals(each, lists="ABC", cluster=cluster), QUICK)
        for each in (columns, mixed)
    )
    assert figures(other) == pytest.approx(figures(one), rel=1e-7, nan_ok=True)


@pytest.mark.parametrize("clusters", [False, True])
def test_covariates_may_stand_in_any_order_of_rows_and_lists(clusters: bool) -> None:
    columns = {**people(clusters), "age": np.random.default_rng(5).normal(size=len(people(clusters)["A"])).tolist()}
    turned = np.random.default_rng(2).permutation(len(columns["A"]))
    mixed = {name: [values[at] for at in turned] for name, values in columns.items()}
    one, other = (
        doubly_robust(
            CaptureTable.from_individuals(each, lists=lists, cluster="family" if clusters else None),
            covariates={"age": each["age"]},
        )
        for each, lists in ((columns, "ABC"), (mixed, "CBA"))
    )
    assert isinstance(one, Estimate) and isinstance(other, Estimate)
    assert other.N == pytest.approx(one.N, rel=1e-9)
    assert other.interval().upper == pytest.approx(one.interval().upper, rel=1e-9)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_bits_whatever_the_threads(method: str) -> None:
    one, two = (run(method, COVERED, replace(QUICK, threads=threads)) for threads in (1, 2))
    assert isinstance(one, Estimate) and isinstance(two, Estimate)
    assert one.fingerprint == two.fingerprint
    assert one.interval() == two.interval()


@pytest.mark.parametrize("method", CHEAP)
def test_the_table_of_a_clustered_estimate_tells_its_design_effect(method: str) -> None:
    table = CaptureTable.from_individuals(people(True), lists="ABC", cluster="family")
    comparison = compare(table, methods=[method], settings=QUICK)
    outcome = comparison.outcomes[method]
    assert isinstance(outcome, Estimate) and outcome.design_effect is not None
    assert 2.5 < outcome.design_effect < 5  # E size^2 / E size = 11/3 when all of a family are on the same lists
    data = comparison_data(comparison)[0]
    assert data["design_effect"] == pytest.approx(outcome.design_effect)
    assert "design effect" in comparison_text(comparison)
    takes_people = method in ("bma", "threshold")
    assert any("one by one" in warning for warning in data["warnings"]) == takes_people


@pytest.mark.parametrize("method", CHEAP)
def test_limits_of_people_without_clusters_carry_the_warning(method: str) -> None:
    outcome = run(method, COVERED, QUICK)
    assert isinstance(outcome, Estimate) and outcome.design_effect is None
    assert sum("name the cluster" in warning for warning in outcome.warnings) == 1


def test_limits_of_people_in_clusters_hold_the_truth_once_they_are_widened() -> None:
    drawn = simulate(Scenario(3000, {"A": 0.4, "B": 0.35, "C": 0.3, "D": 0.3}, cluster_mean=6, replicates=60, seed=2))
    outcomes = [average_decomposable(table) for table in drawn]
    found = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    assert len(found) > 50
    assert sum(each.interval().holds(3000) for each in found) < 0.75 * len(found)
    assert sum(each.widened().interval().holds(3000) for each in found) > 0.92 * len(found)
    one = found[0].widened()
    assert one.N == found[0].N and np.std(one.draws) > 2 * np.std(found[0].draws)
    alone = average_decomposable(COVERED)
    assert isinstance(alone, Estimate) and alone.widened() is alone


def test_people_drawn_one_by_one_from_a_clustered_table_carry_the_design_effect() -> None:
    table = CaptureTable.from_individuals(people(True), lists="ABC", cluster="family")
    for method in ("bic", "stepwise", "chao", "coverage"):
        outcome = run(method, table, replace(QUICK, bootstrap=Bootstrap("person", 250)))
        assert isinstance(outcome, Estimate)
        assert any("times as far apart" in warning for warning in outcome.warnings)


@pytest.mark.parametrize("method", METHODS)
def test_a_list_that_is_contained_in_another_is_flagged_by_every_estimate(method: str) -> None:
    contained = table_of(0, 120, 60, 90, 0, 40, 25)  # everybody on A is on B too
    outcome = run(method, contained, QUICK)
    assert (
        isinstance(outcome, Refusal)
        or method == "lcm"
        or any("Everybody on list A is also on list B" in warning for warning in outcome.warnings)
    )


@given(
    counts=st.lists(st.integers(0, 30), min_size=7, max_size=7).filter(lambda counts: sum(counts) > 0),
    cell=st.integers(0, 6),
    model=st.integers(0, 7),
)
@settings(deadline=None)
def test_adding_people_to_an_empty_cell_never_destroys_existence(counts: list[int], cell: int, model: int) -> None:
    models, sizes = all_models(3, 2)
    terms = tuple(int(term) for term in models[model, : sizes[model]])
    before = existence(terms, table_of(*counts))
    counts[cell] += 1
    assert existence(terms, table_of(*counts)).exists or not before.exists


@given(st.lists(st.integers(1, 400), min_size=7, max_size=7), st.integers(2, 50), st.integers(0, 7))
@settings(deadline=None, max_examples=50)
def test_a_fixed_model_scales_with_the_counts(counts: list[int], times: int, model: int) -> None:
    names = ["[A][B][C]", "[A B][C]", "[A C][B]", "[B C][A]", "[A B][A C]", "[A B][B C]", "[A C][B C]", "[AB][AC][BC]"]
    formula = names[model].replace("[AB][AC][BC]", "[A B][A C][B C]")
    one = LogLinear(formula).fit(table_of(*counts))
    many = LogLinear(formula).fit(table_of(*(times * count for count in counts)))
    assert isinstance(one, Estimate) and isinstance(many, Estimate)
    assert many.N == pytest.approx(times * one.N, rel=1e-9)


def apart(people: int, seed: int) -> CaptureTable:
    """Four independent lists, of which A and B never name the same person."""
    capture = {"A": 0.3, "B": 0.25, "C": 0.35, "D": 0.3}
    (table,) = simulate(Scenario(people, capture, never_together=(("A", "B"),), replicates=1, seed=seed))
    return table.with_structural_zeros(at_least=[("A", "B")])


@pytest.mark.parametrize("method", ["bic", "bma", "chao"])
def test_lists_that_nobody_can_be_on_together_are_allowed_for(method: str) -> None:
    table = apart(5000, 1)
    outcome = run(method, table, QUICK)
    assert isinstance(outcome, Estimate)
    assert any("impossible" in warning for warning in outcome.warnings)
    blind = run(method, CaptureTable(table.lists, table.counts), QUICK)
    assert isinstance(blind, Estimate)
    assert abs(math.log(outcome.N / 5000)) < 0.06
    if method == "chao":
        assert blind.N > outcome.N * 1.04  # zeros taken for negative dependence


def test_chao_s_bound_leaves_impossible_pairs_out_of_its_sum() -> None:
    table = table_of(40, 30, 0, 20, 5, 4, 0).with_structural_zeros(at_least=[("A", "B")])
    outcome = chao_bound(table)
    assert isinstance(outcome, Estimate)
    assert outcome.N == pytest.approx(99 + (40 * 20 + 30 * 20) / (5 + 4))
    nothing = table_of(40, 30, 0).with_structural_zeros(("A", "B"))
    refused = chao_bound(nothing)
    assert isinstance(refused, Refusal) and refused.code is RefusalCode.NOT_IDENTIFIED


def test_the_average_over_graphs_joins_lists_that_are_never_together() -> None:
    outcome = average_decomposable(apart(5000, 2))
    assert isinstance(outcome, Estimate)
    for model in outcome.models:
        cliques = [set(clique.split()) for clique in model[1:-1].split("][")]
        assert any({"A", "B"} <= clique for clique in cliques)


def test_impossible_patterns_that_no_graph_but_the_fullest_has_are_refused_by_the_average() -> None:
    table = table_of(40, 30, 8, 20, 5, 4, 0).with_structural_zeros(("A", "B", "C"))
    outcome = average_decomposable(table)
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_IDENTIFIED
    assert "no decomposable graph" in outcome.reason


def test_json_and_text_hold_for_names_of_any_kind() -> None:
    table = table_of(40, 50, 8, 60, 9, 7, 3)
    named = CaptureTable(("경찰 [북]", "ن قابة", "NGO & co"), table.counts)
    comparison = compare(named, methods=CHEAP, settings=QUICK)
    json.dumps(comparison_data(comparison), allow_nan=False, ensure_ascii=False)
    assert "경찰 [북]" in comparison_text(comparison)
    assert len(comparison.leave_one_out()) == 3 and comparison.tipping_points()
    assert [curve.what for curve in comparison.sensitivity()][:2] == ["all lists", "all lists"]


def test_every_permutation_of_three_lists_has_one_fingerprint_and_one_bound() -> None:
    bounds = {
        round(figures(chao_bound(COVERED.select(*order)))[2], 6) for order in itertools.permutations(COVERED.lists)
    }
    assert len(bounds) == 1
