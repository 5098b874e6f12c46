from __future__ import annotations

import math
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from tests.estimation.data import needs_shared, published, table_of

from tumen.estimation import (
    AnalysisPlan,
    BadPlan,
    BadTable,
    Bootstrap,
    CaptureTable,
    Estimate,
    Interval,
    Outcome,
    Population,
    Refusal,
    RefusalCode,
    Settings,
    Verdict,
    by_strata,
    compare,
    consistency,
    lay_summary,
    sensitivity,
    tipping_points,
    total,
)
from tumen.estimation.models import parse
from tumen.estimation.pictures import rank_plot, sensitivity_plot, side_by_side, trace_plot, upset, write_pictures
from tumen.estimation.registry import run
from tumen.estimation.results import Fixed, FromDraws
from tumen.estimation.verdicts import judge

YEAR = (date(1999, 3, 1), date(1999, 6, 30))
PEOPLE = Population("people killed", YEAR, YEAR, "Kosovo", "nobody known")
QUICK = Settings(bootstrap=Bootstrap("person", 1_000))


def plan(*methods: str, **changes: object) -> AnalysisPlan:
    fields: dict[str, object] = {"methods": methods, "verdict": Verdict(methods), **changes}
    return AnalysisPlan(PEOPLE, ("EXH", "ABA", "OSCE", "HRW"), **fields)  # type: ignore[arg-type]


def estimate(method: str, point: float, lower: float, upper: float, kind: str = "confidence") -> Estimate:
    rule = Fixed(lambda level: (lower, upper))
    return Estimate(method, point, 100, rule, kind, "none", ("A", "B"), {"[A][B]": 1.0})  # type: ignore[arg-type]


def standing(*outcomes: Outcome, counted: tuple[str, ...] = ("bic", "bma")) -> tuple[str, str]:
    sealed = AnalysisPlan(PEOPLE, ("A", "B"), methods=counted, verdict=Verdict(counted)).seal()
    finding = judge({outcome.method: outcome for outcome in outcomes}, sealed, 0.95)
    return finding.standing, finding.text


def test_methods_that_agree_give_one_figure_with_the_widest_limits() -> None:
    sealed = AnalysisPlan(PEOPLE, ("A", "B"), methods=("bic", "bma"), verdict=Verdict(("bic", "bma"))).seal()
    outcomes = {"bic": estimate("bic", 200, 150, 260), "bma": estimate("bma", 220, 170, 300)}
    finding = judge(outcomes, sealed, 0.95)
    assert finding.standing == "agreement"
    assert (finding.estimate, finding.lower, finding.upper) == (200, 150, 300)
    assert "related untestable assumptions" in finding.text


@pytest.mark.parametrize(
    ("bma", "reason"),
    [
        (estimate("bma", 280, 190, 300), "outside the interval of bic"),
        (estimate("bma", 255, 150, 300), "1.27 times"),
        (estimate("bma", 190, 150, 195), "outside the interval of bma"),
        (Refusal("bma", RefusalCode.PRIOR_DRIVEN, "it moves"), "bma refuses"),
        (estimate("bma", 190, 150, math.nan), "not given"),
    ],
)
def test_there_is_no_single_figure_when_the_methods_that_count_disagree(bma: Outcome, reason: str) -> None:
    found, text = standing(estimate("bic", 200, 150, 260), bma)
    assert found == "no single figure"
    assert reason in text


def test_a_bound_is_checked_from_one_side_and_does_not_count() -> None:
    found, text = standing(
        estimate("bic", 200, 150, 260), estimate("bma", 210, 150, 260), estimate("chao", 205, 180, 240, "bound")
    )
    assert found == "agreement"
    assert "bic below the lower bound of chao" in text


def test_a_bound_that_the_plan_counts_has_a_lower_limit_only() -> None:
    counted = ("chao", "bic", "bma")
    bound = estimate("chao", 120, 110, 130, "bound")
    above = {"chao": bound, "bic": estimate("bic", 200, 150, 260), "bma": estimate("bma", 210, 150, 260)}
    sealed = AnalysisPlan(PEOPLE, ("A", "B"), methods=counted, verdict=Verdict(counted)).seal()
    finding = judge(above, sealed, 0.95)
    assert (finding.standing, finding.estimate, finding.lower, finding.upper) == ("agreement", 200, 150, 260)
    below = judge(above | {"chao": estimate("chao", 240, 205, 270, "bound")}, sealed, 0.95)
    assert below.standing == "no single figure" and "The point of bic (200) lies outside" in below.text
    alone = AnalysisPlan(PEOPLE, ("A", "B"), methods=("chao",), verdict=Verdict(("chao",))).seal()
    assert "lower bounds only" in judge({"chao": bound}, alone, 0.95).text


@pytest.mark.parametrize(
    ("methods", "order", "named"),
    [(("bic",), None, ""), (("bic", "chao"), None, "name chao:"), (("bic",), 2, "name max_order=2:")],
)
def test_what_a_sealed_plan_does_not_say_is_exploratory(
    methods: tuple[str, ...], order: int | None, named: str
) -> None:
    table = CaptureTable(("EXH", "ABA", "OSCE", "HRW"), np.array([0, *[40, 50, 8] * 5]))
    finding = compare(table, plan("bic").seal(), methods=methods, settings=replace(QUICK, max_order=order)).verdict
    assert finding.is_exploratory == bool(named) and named in finding.text


def test_a_total_of_more_than_ten_times_the_recorded_is_flagged() -> None:
    assert "more than 10 times" in standing(estimate("bic", 1_100, 900, 1_400), estimate("bma", 1_150, 900, 1_500))[1]


def test_without_a_plan_the_verdict_is_withheld() -> None:
    finding = compare(table_of(40, 50, 8), methods=["stepwise"], settings=QUICK).verdict
    assert finding.standing == "withheld"
    assert "Population not stated, exploratory" in finding.text


@needs_shared
def test_kosovo_has_no_single_figure() -> None:
    comparison = compare(published("Kosovo"), plan("bic", "stepwise").seal(), settings=QUICK)
    assert comparison.verdict.standing == "no single figure"
    assert all(outcome.population == PEOPLE for outcome in comparison.outcomes.values())
    assert compare(published("Kosovo"), plan("bic"), settings=QUICK).verdict.is_exploratory


def test_an_open_population_is_refused_unless_nobody_can_enter_or_leave() -> None:
    decades = (date(1990, 1, 1), date(2020, 1, 1))
    settings = replace(QUICK, population=replace(PEOPLE, event_window=decades))
    outcome = run("bic", table_of(40, 50, 8), settings)
    assert isinstance(outcome, Refusal) and outcome.code is RefusalCode.OPEN_POPULATION
    closed = replace(settings, population=replace(PEOPLE, event_window=decades, is_closed=True))
    assert isinstance(run("bic", table_of(40, 50, 8), closed), Estimate)


def test_a_plan_is_sealed_once_and_read_back(tmp_path: Path) -> None:
    sealed = plan("bic", structural_zeros=(("EXH", "HRW"),), merge=(("ABA", "OSCE"),)).seal()
    path = tmp_path / "plan.toml"
    path.write_text(sealed.to_toml(), "utf-8")
    assert AnalysisPlan.from_toml(path) == sealed
    path.write_text(sealed.to_toml().replace("0.95", "0.9"), "utf-8")
    with pytest.raises(BadPlan, match="changed after it was sealed"):
        AnalysisPlan.from_toml(path)


@pytest.mark.parametrize("text", ["lists = [", "lists = ['A']", "[population]\narea = 3", "[population]\nplace = 'x'"])
def test_a_bad_plan_is_told(tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(BadPlan):
        AnalysisPlan.from_toml(path)


def test_the_plan_prepares_the_table() -> None:
    table = table_of(*range(1, 16))
    made = AnalysisPlan(PEOPLE, ("A", "B", "C"), methods=("bic",), verdict=Verdict(("bic",)), merge=(("B", "C"),))
    assert compare(table, made, settings=QUICK).table.lists == ("A", "BC")
    with pytest.raises(BadPlan, match="not in the table"):
        compare(table_of(1, 2, 3), made)


def test_a_pair_that_is_not_independent_moves_the_total_by_its_odds_ratio() -> None:
    table = table_of(40, 50, 8)
    curves = {curve.kind: curve for curve in sensitivity(table, parse("[A][B]", "AB"))}
    for kind in ("missing cell", "pair"):
        for odds_ratio, value in zip(curves[kind].odds_ratios, curves[kind].totals, strict=True):
            assert value == pytest.approx(98 + odds_ratio * 40 * 50 / 8, rel=1e-9)


def test_a_flat_curve_is_called_uninformative() -> None:
    curves = sensitivity(table_of(40, 50, 8, 60, 9, 7, 0), parse("[A B][A C][B C]", "ABC"))
    assert curves == []  # without anybody on all lists this model has no estimate at all
    flat = {c.kind: c for c in sensitivity(table_of(40, 50, 0, 60, 9, 7, 0), parse("[A B][C]", "ABC"))}
    assert not flat["highest order"].is_informative
    assert "nobody is on all lists" in flat["highest order"].note.lower()
    assert flat["missing cell"].is_informative


def test_tipping_points_are_where_the_total_leaves_the_interval() -> None:
    table = table_of(40, 50, 8)
    found = tipping_points(table, parse("[A][B]", "AB"), Interval(98 + 125, 98 + 500, 0.95))
    ratios = {(point.kind, point.threshold): point.odds_ratio for point in found}
    assert ratios["pair", "lower limit"] == pytest.approx(0.5, rel=1e-5)
    assert ratios["pair", "upper limit"] == pytest.approx(2.0, rel=1e-5)


def test_lists_are_left_out_and_merged_one_by_one() -> None:
    comparison = compare(table_of(40, 50, 8, 60, 9, 7, 3), methods=["stepwise"], settings=QUICK)
    assert list(comparison.leave_one_out("stepwise")) == ["A", "B", "C"]
    assert list(comparison.merges("stepwise")) == [("A", "B"), ("A", "C"), ("B", "C")]
    assert compare(table_of(40, 50, 8), methods=["stepwise"], settings=QUICK).leave_one_out() == {}


def test_totals_add_draws_and_a_refused_stratum_makes_the_total_at_least() -> None:
    stream = np.random.default_rng(2)
    parts: dict[str, Outcome] = {}
    for name in "NS":
        draws = stream.normal(1_000, 30, 5_000)
        parts[name] = replace(estimate(name, 1_000, 0, 0), draws=draws, rule=FromDraws(draws))
    both = total(parts)
    interval = both.interval()
    assert both.N == 2_000
    assert (interval.upper - interval.lower) / 2 == pytest.approx(1.96 * 30 * math.sqrt(2), rel=0.06)
    floor = total({**parts, "W": Refusal("bic", RefusalCode.TOO_SPARSE, "few", n=40)})
    assert floor.is_at_least and floor.N == 2_040 and floor.interval().is_open


def test_a_total_with_an_infinite_draw_has_limits_and_no_number_that_is_none() -> None:
    stream = np.random.default_rng(2)
    parts: dict[str, Outcome] = {}
    for name, share in (("N", 0.01), ("S", 0.0)):
        draws = np.where(stream.random(5_000) < share, np.inf, stream.normal(1_000, 30, 5_000))
        parts[name] = replace(estimate(name, 1_000, 0, 0), draws=draws, rule=FromDraws(draws))
    for found in (parts["N"].rule(0.95), total(parts).interval()):  # type: ignore[union-attr]
        assert math.isfinite(found.lower) and math.isfinite(found.upper) and not math.isnan(found.mc_error[0])
    assert FromDraws(parts["N"].draws)(0.99).is_open  # type: ignore[union-attr]


def test_draws_of_imputed_strata_are_added_within_their_imputation() -> None:
    """Who is imputed to one stratum is not in the other: totals vary less than the strata."""
    blocks = np.repeat(np.arange(10.0), 400) * 100
    north = replace(estimate("N", 1_450, 0, 0), draws=1_000 + blocks, diagnostics={"imputations": 10})
    south = replace(estimate("S", 1_450, 0, 0), draws=1_900 - blocks, diagnostics={"imputations": 10})
    assert np.ptp(total({"N": north, "S": south}).draws) == 0
    assert np.ptp(total({"N": replace(north, diagnostics={}), "S": south}).draws) > 1_000


def test_unknown_strata_are_imputed_within_the_draws() -> None:
    stream = np.random.default_rng(3)
    on = stream.random((3_000, 2)) < 0.4
    seen = on.any(axis=1)
    place = np.where(stream.random(3_000) < 0.5, "N", "S").astype(object)
    place[stream.random(3_000) < 0.1] = None
    table = CaptureTable.from_individuals(
        {"A": on[seen, 0].astype(int), "B": on[seen, 1].astype(int), "place": place[seen]}, lists="AB", strata="place"
    )
    outcomes = by_strata(table, "bic", replace(QUICK, bootstrap=Bootstrap("person", 250)))
    assert list(outcomes) == ["N", "S"]
    whole = total(outcomes)
    assert abs(whole.n - table.n) <= 1  # recorded people of imputed strata are averages
    assert whole.N == pytest.approx(3_000, rel=0.08)
    with pytest.raises(BadTable, match="no strata"):
        by_strata(table_of(40, 50, 8), "bic", QUICK)


def test_a_list_of_known_size_is_hidden_and_refusals_are_kept() -> None:
    checks = consistency(table_of(40, 50, 8, 60, 0, 7, 0), methods=["bic"], settings=QUICK)
    assert [(check.hidden, check.truth) for check in checks] == [("A", 48), ("B", 65), ("C", 67)]
    assert all(check.passes is None and math.isnan(check.log_error) for check in checks)
    sound = consistency(table_of(400, 500, 80, 600, 90, 70, 15), methods=["bic"], settings=QUICK)
    assert all(isinstance(check.outcome, Estimate) for check in sound)


@pytest.mark.parametrize(("language", "word"), [("en", "not a count"), ("ko", "추정"), ("zh", "估计")])
def test_a_summary_is_told_in_three_languages(language: str, word: str) -> None:
    comparison = compare(table_of(40, 50, 8), methods=["bic"], settings=QUICK)
    said = lay_summary(comparison, language)  # type: ignore[arg-type]
    assert word in said and "{" not in said and "348" in said


def test_pictures_are_svg_with_a_title_and_a_description(tmp_path: Path) -> None:
    comparison = compare(table_of(40, 50, 8, 60, 9, 7, 3), methods=["bic", "stepwise"], settings=QUICK)
    chains = np.random.default_rng(1).lognormal(5, 0.2, (4, 500))
    curves = comparison.sensitivity()
    drawn = [
        upset(comparison.table), side_by_side(comparison), sensitivity_plot(curves), trace_plot(chains, "lcm"),
        rank_plot(chains, "lcm"),
    ]  # fmt: skip
    for picture in drawn:
        root = ElementTree.fromstring(picture)  # noqa: S314  (our own)
        assert [child.tag.rpartition("}")[2] for child in root][:2] == ["title", "desc"]
        assert "nan" not in picture and "script" not in picture
    assert {path.name for path in write_pictures(comparison, tmp_path)} == {
        "lists.svg", "estimates.svg", "sensitivity.svg",
    }  # fmt: skip
