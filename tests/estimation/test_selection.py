from __future__ import annotations

import math

import numpy as np
import pytest
from tests.estimation.data import needs_shared, published, reference_for, table_of

from tumen.estimation import BadModel, Bootstrap, CaptureTable, Estimate, Refusal, RefusalCode, select_bic, stepwise
from tumen.estimation.bca import BCa, acceleration, quantile
from tumen.estimation.bootstrapping import most_for
from tumen.estimation.resampling import clusters_of, people_of
from tumen.estimation.searching import in_threads
from tumen.estimation.stepwise import log_tail

QUICK = Bootstrap("person", 250)


def found(outcome: object) -> Estimate:
    assert isinstance(outcome, Estimate), outcome
    return outcome


@needs_shared
@pytest.mark.parametrize("name", ["Artificial_3", "Kosovo", "UKdat_5", "UKdat"])
def test_points_agree_with_the_reference(name: str) -> None:
    table = published(name)
    bic = found(select_bic(table, bootstrap=None))
    known = reference_for(name, "mse_bic")
    assert bic.N == pytest.approx(known["est"], rel=1e-6)
    assert bic.diagnostics["bic"] == pytest.approx(known["bic"], rel=1e-9)
    forward = found(stepwise(table, bootstrap=None))
    assert forward.N == pytest.approx(reference_for(name, "sparsemse_stepwise")["est"], rel=1e-6)


@needs_shared
def test_limits_repeat_the_choice_of_the_model() -> None:
    table = published("Kosovo")
    outcome = found(select_bic(table, bootstrap=Bootstrap("person", 1_000), shortlist=20))
    interval = outcome.interval()
    # The published upper limit is 18,010; the lower limit of 6,947 rests on the smallest replicates, and is not given.
    assert interval.upper == pytest.approx(18_010, abs=4 * interval.mc_error[1])
    assert math.isnan(interval.lower) and "lower limit is not given" in interval.note
    assert outcome.interval(0.5).lower > table.n


@needs_shared
def test_the_five_list_table_of_the_united_kingdom_has_its_published_interval() -> None:
    interval = found(select_bic(published("UKdat_5"))).interval()
    assert interval.lower == pytest.approx(11_168, rel=0.03)
    assert interval.upper == pytest.approx(56_052, rel=0.1)


@needs_shared
def test_the_same_seed_gives_the_same_bits_whatever_the_threads() -> None:
    for method in (select_bic, stepwise):
        one = found(method(published("Kosovo"), bootstrap=QUICK, seed=7, threads=1))
        three = found(method(published("Kosovo"), bootstrap=QUICK, seed=7, threads=3))
        other = found(method(published("Kosovo"), bootstrap=QUICK, seed=8))
        assert one.draws.tobytes() == three.draws.tobytes()
        assert one.fingerprint == three.fingerprint != other.fingerprint


@needs_shared
def test_a_downhill_search_finds_the_model_of_the_exhaustive_one() -> None:
    table = published("UKdat")
    assert found(select_bic(table, search="downhill", bootstrap=None)).N == pytest.approx(12_349.586953, rel=1e-8)


def test_more_replicates_begin_with_the_same_ones() -> None:
    units = people_of(table_of(40, 50, 8, 60, 9, 7, 3))
    assert np.array_equal(units.replicates(3, 0, 1_000)[:500], units.replicates(3, 0, 500))
    assert np.array_equal(units.replicates(3, 500, 250), units.replicates(3, 0, 1_000)[500:750])


def test_replicates_without_a_model_count_as_infinity_and_open_the_upper_limit() -> None:
    table = table_of(40, 30, 2, 20, 0, 0, 0)  # one pair in ten replicates loses its only overlap
    outcome = found(select_bic(table, bootstrap=Bootstrap("person", 1_000)))
    infinite = np.isinf(outcome.draws).sum()
    assert infinite == outcome.diagnostics["infinite_replicates"] > 50
    assert outcome.draws.size == 1_000
    assert outcome.interval().is_open


def test_a_table_that_supports_no_model_is_refused_with_a_certificate() -> None:
    outcome = select_bic(table_of(10, 10, 0, 10, 0, 0, 0))
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.NO_OVERLAP
    assert outcome.certificate is not None and not outcome.certificate.exists


def clustered(size: int) -> CaptureTable:
    stream = np.random.default_rng(5)
    event = np.repeat(np.arange(400), size)
    on = np.repeat(stream.random((400, 3)) < 0.4, size, axis=0)
    seen = on.any(axis=1)
    columns = {name: on[seen, j].astype(int) for j, name in enumerate("ABC")}
    return CaptureTable.from_individuals({**columns, "event": event[seen]}, lists="ABC", cluster="event")


def test_people_recorded_together_are_resampled_together() -> None:
    alone, together = (found(select_bic(clustered(size), max_order=1)) for size in (1, 4))
    assert alone.design_effect == pytest.approx(1.0, abs=0.01)
    assert together.design_effect == pytest.approx(4.0, abs=0.05)
    wide, narrow = together.interval(), alone.interval()
    assert (wide.upper - wide.lower) / together.N == pytest.approx((narrow.upper - narrow.lower) / alone.N, rel=0.15)
    assert any("one by one" in note for note in found(select_bic(clustered(4), bootstrap=QUICK)).warnings)


def test_every_cluster_is_a_unit() -> None:
    units = clusters_of(clustered(3))
    assert units.copies.sum() <= 400
    assert np.array_equal(units.copies @ units.rows, clustered(3).counts[units.support])


def test_a_limit_that_is_not_given_says_how_many_replicates_it_takes() -> None:
    replicates = np.sort(np.random.default_rng(1).normal(1_000, 50, 1_000))
    rule = BCa(970.0, replicates, 0.0, most=64_000)
    interval = rule(0.95)
    beyond = rule.beyond(0.95)[0]
    assert beyond < 20 and math.isnan(interval.lower) and math.isfinite(interval.upper)
    assert "B = 1,000 is too small" in interval.note and "adaptive goes up to 64,000" in interval.note
    needed = float(interval.note.partition("takes about ")[2].partition(";")[0].replace(",", ""))
    assert needed == pytest.approx(20_000 / beyond, rel=0.5)
    assert "No number of replicates" in BCa(2_000.0, replicates, 0.0)(0.95).note


@needs_shared
def test_adaptive_replicates_go_on_for_a_limit_and_stop_where_nobody_would_wait() -> None:
    assert [most_for(lists) for lists in (3, 5, 6, 8, 20)] == [64_000, 64_000, 32_000, 8_000, 1_000]
    outcome = found(stepwise(published("UKdat_5")))
    assert outcome.diagnostics["replicates"] > 8_000
    assert math.isfinite(outcome.interval().lower)  # 1,000 replicates leave two beyond it


def test_a_limit_with_fewer_than_twenty_replicates_beyond_it_is_not_given() -> None:
    replicates = np.sort(np.random.default_rng(1).normal(1_000, 50, 400))
    interval = BCa(1_000.0, replicates, 0.0)(0.95)
    assert math.isnan(interval.lower) and math.isnan(interval.upper)
    wider = BCa(1_000.0, np.sort(np.random.default_rng(1).normal(1_000, 50, 4_000)), 0.0)(0.95)
    assert wider.lower == pytest.approx(902, abs=3 * wider.mc_error[0])
    assert wider.upper == pytest.approx(1_098, abs=3 * wider.mc_error[1])
    assert 0 < wider.mc_error[0] < 5


def test_no_limit_lies_below_the_people_recorded() -> None:
    replicates = np.sort(np.random.default_rng(1).normal(1_000, 50, 4_000))
    assert BCa(1_000.0, replicates, 0.0, least=950.0)(0.95).lower == 950.0


def test_acceleration_is_zero_for_a_symmetric_jackknife_and_survives_infinity() -> None:
    assert acceleration(np.array([9.0, 10.0, 11.0]), np.array([5, 10, 5])) == pytest.approx(0.0)
    assert math.isfinite(acceleration(np.array([9.0, 10.0, math.inf]), np.array([5, 10, 1])))
    assert quantile(np.array([1.0, 2.0, math.inf]), 0.9) == math.inf


def test_poisson_tails_are_those_of_the_distribution() -> None:
    mass = [math.exp(-3.5) * 3.5**k / math.factorial(k) for k in range(80)]
    assert log_tail(9.0, 3.5) == pytest.approx(math.log(sum(mass[9:])), rel=1e-12)
    assert log_tail(1.0, 3.5) == pytest.approx(math.log(sum(mass[:2])), rel=1e-12)
    assert log_tail(4_000.0, 1.0) < -20_000


def test_too_many_models_are_told() -> None:
    table = CaptureTable(tuple("ABCDEFG"), np.r_[0, np.ones(127, int)])
    with pytest.raises(BadModel, match="downhill"):
        select_bic(table, max_order=3, search="exhaustive")


def test_each_item_is_worked_on_once_in_threads() -> None:
    done = np.zeros(103, int)

    def work(low: int, high: int) -> None:
        done[low:high] += 1

    in_threads(work, 103, 3)
    assert (done == 1).all()


def test_a_limit_that_would_shut_out_the_estimate_is_not_given():
    replicates = np.sort(np.random.default_rng(4).normal(120, 10, 4000))
    rule = BCa(107.0, replicates, 0.0)
    interval = rule(0.5)
    assert math.isnan(interval.upper) and "one side of the estimate" in str(interval.note)
