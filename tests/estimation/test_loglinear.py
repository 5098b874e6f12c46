from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.estimation.data import needs_shared, published, reference_for, table_of

from tumen.estimation import BadModel, Estimate, LogLinear, Refusal, RefusalCode
from tumen.estimation.models import all_models, closed, name_of, parse

POSITIVE = st.integers(1, 5_000)


def total(formula: str, *counts: int) -> float:
    outcome = LogLinear(formula).fit(table_of(*counts))
    assert isinstance(outcome, Estimate), outcome
    return outcome.N


@given(POSITIVE, POSITIVE, POSITIVE)
def test_two_lists_give_lincoln_and_petersen(a: int, b: int, both: int) -> None:
    assert total("[A][B]", a, b, both) == pytest.approx((a + both) * (b + both) / both, rel=1e-10)


@given(st.lists(POSITIVE, min_size=7, max_size=7))
def test_the_largest_model_of_three_lists_has_its_closed_form(x: list[int]) -> None:
    a, b, ab, c, ac, bc, abc = x
    expected = sum(x) + a * b * c * abc / (ab * ac * bc)
    assert total("[A B][A C][B C]", *x) == pytest.approx(expected, rel=1e-10)


@given(st.lists(POSITIVE, min_size=7, max_size=7))
def test_a_decomposable_model_has_its_closed_form(x: list[int]) -> None:
    # Given C, lists A and B are independent: only the people not on C are estimated, by Lincoln and Petersen.
    a, b, ab, _, _, _, _ = x
    assert total("[A C][B C]", *x) == pytest.approx(sum(x) + a * b / ab, rel=1e-10)


@given(st.lists(POSITIVE, min_size=7, max_size=7), st.integers(2, 50))
def test_a_model_scales_with_its_counts(x: list[int], times: int) -> None:
    once = total("[A B][C]", *x)
    assert total("[A B][C]", *(times * count for count in x)) == pytest.approx(times * once, rel=1e-10)


def test_permuting_the_lists_permutes_the_answer() -> None:
    table = table_of(30, 41, 8, 52, 9, 7, 3)
    outcomes = [LogLinear("[A B][C]").fit(table.select(*order)) for order in itertools.permutations("ABC")]
    totals = [outcome.N for outcome in outcomes if isinstance(outcome, Estimate)]
    assert len(totals) == 6
    assert max(totals) == pytest.approx(min(totals), rel=1e-12)


@needs_shared
def test_the_published_model_of_kosovo_and_its_profile_limits() -> None:
    outcome = LogLinear("[EXH ABA OSCE][EXH HRW][OSCE HRW]").fit(published("Kosovo"))
    assert isinstance(outcome, Estimate)
    known = reference_for("Kosovo", "rcapture_bic")
    assert outcome.N == pytest.approx(known["est"], rel=1e-9)
    interval = outcome.interval(0.95)
    assert (interval.lower, interval.upper) == (
        pytest.approx(known["lo"], rel=2e-4),
        pytest.approx(known["hi"], rel=2e-4),
    )
    assert outcome.certificate is not None and outcome.certificate.exists


@needs_shared
def test_the_model_that_gave_thirteen_trillion_is_refused() -> None:
    outcome = LogLinear("[A B][C]").fit(published("Artificial_3"))
    assert isinstance(outcome, Refusal)
    assert outcome.code is RefusalCode.NO_EXTENDED_MLE
    assert not hasattr(outcome, "N")


def test_the_saturated_model_determines_nothing() -> None:
    outcome = LogLinear("[A B C]").fit(table_of(40, 50, 8, 60, 9, 7, 3))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NOT_IDENTIFIED


def test_lists_without_overlap_are_refused() -> None:
    outcome = LogLinear("[A][B]").fit(table_of(10, 20, 0))
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.NO_OVERLAP


def test_structural_zeros_stay_out_of_the_fit() -> None:
    # A and B meet nobody in common by nature; within C each is Lincoln-Petersen with C.
    table = table_of(40, 60, 0, 50, 20, 30, 0)
    impossible = table.with_structural_zeros(at_least=[("A", "B")])
    zeros, none = LogLinear("[A][B][C]").fit(impossible), LogLinear("[A][B][C]").fit(table)
    assert isinstance(zeros, Estimate) and isinstance(none, Estimate)
    # Likelihood equations of three cells on C and three off C, without A&B: u * (1 + a + b) off C.
    ratio = (40 + 60) / (20 + 30)
    assert zeros.N == pytest.approx(table.n + 50 * ratio, rel=1e-9)
    assert none.N != pytest.approx(zeros.N, rel=1e-3)


def test_models_are_counted_named_and_read() -> None:
    assert [all_models(k, k - 1)[1].size for k in (2, 3, 4, 5)] == [1, 8, 113, 6893]
    assert all_models(6, 2)[1].size == 32_768
    for terms, size in zip(*all_models(4, 3), strict=True):
        model = tuple(int(term) for term in terms[:size])
        assert set(parse(name_of(model, ["a", "b c", "d", "e"]), ["a", "b c", "d", "e"])) == set(model)


@pytest.mark.parametrize("formula", ["[A X]", "A B", "[A B]["])
def test_a_bad_formula_is_told(formula: str) -> None:
    with pytest.raises(BadModel):
        parse(formula, ["A", "B", "C"])


def test_a_model_holds_all_that_its_terms_contain() -> None:
    assert closed([7], 4) == (0, 1, 2, 4, 8, 3, 5, 6, 7)


def test_an_interval_can_be_open_and_shrinks_with_its_level() -> None:
    outcome = LogLinear("[A][B]").fit(table_of(400, 500, 1))
    assert isinstance(outcome, Estimate)
    assert outcome.interval(0.5).upper < outcome.interval(0.95).upper
    assert math.isfinite(outcome.interval(0.5).upper)
    assert outcome.interval(0.5).lower > outcome.interval(0.95).lower > outcome.n
    with pytest.raises(ValueError, match="level"):
        outcome.interval(1.0)
    assert np.isfinite(outcome.N)
