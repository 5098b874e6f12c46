"""The public face: every name is documented, described in the reference, and spelt as its readers expect."""

from __future__ import annotations

import dataclasses
import inspect
import re
from datetime import date
from pathlib import Path

import pytest
from tests.estimation.data import table_of

import tumen.estimation as estimation
from tumen.estimation import (
    AnalysisPlan,
    Bootstrap,
    CaptureTable,
    Estimate,
    LogLinear,
    Population,
    Refusal,
    Verdict,
    chao_bound,
    compare,
    existence,
    select_bic,
)

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "estimators.md"


@pytest.mark.parametrize("name", estimation.__all__)
def test_a_public_name_is_described_in_the_reference_and_documented(name: str) -> None:
    page = PAGE.read_text("utf-8")
    assert re.search(rf"`[^`]*\b{name}\b[^`]*`", page), name
    thing = getattr(estimation, name)
    if inspect.isclass(thing) or inspect.isfunction(thing):
        assert inspect.getdoc(thing)
    if inspect.isclass(thing):
        members = {key: value for key, value in vars(thing).items() if not key.startswith("_")}
        open_ones = [key for key, value in members.items() if callable(value) or isinstance(value, property)]
        assert [key for key in open_ones if not inspect.getdoc(members[key])] == []


def test_names_are_those_of_a_statistician() -> None:
    table = table_of(400, 500, 80, 600, 90, 70, 30)
    assert (table.n, table.K, table.lists) == (1770, 3, ("A", "B", "C"))
    assert table.overlaps().shape == (3, 3) and table.structural_zeros == frozenset()
    assert table.merge("A", "B").lists == ("AB", "C") and table.drop("C").lists == ("A", "B")
    assert table.condition_on("A").lists == ("B", "C") and len(table.fingerprint) == 64
    people = {"A": [1, 1, 0], "B": [0, 1, 1], "county": ["x", "y", ""], "event": [1, 1, 2]}
    made = CaptureTable.from_individuals(people, lists=["A", "B"], strata="county", cluster="event")
    assert made.n == 3 and made.is_clustered

    window = (date(2018, 1, 1), date(2019, 12, 31))
    population = Population(
        description="people", event_window=window, recording_window=window, area="a city", excluded="nobody"
    )
    plan = AnalysisPlan(
        population=population, lists=table.lists, strata="", methods=("bic", "chao"), verdict=Verdict(("bic",))
    ).seal()
    best = select_bic(
        table, max_order=2, search="downhill", bootstrap=Bootstrap(unit="person", replicates=300), seed=1, threads=1
    )
    assert isinstance(best, Estimate)
    fields = {field.name for field in dataclasses.fields(Estimate)} | {"unobserved", "interval", "fingerprint"}
    assert {
        "N", "unobserved", "interval", "interval_kind", "draws", "mc_error", "models", "assumption", "population",
        "prior", "diagnostics", "design_effect", "linkage_share", "seed", "fingerprint", "version",
    } <= fields  # fmt: skip
    assert existence(model="[A B][C]", table=table).exists
    assert isinstance(LogLinear("[A B][C]").fit(table), Estimate)
    assert isinstance(chao_bound(table, list_effects=True), Estimate)
    found = compare(table, plan)
    assert found.verdict.standing == "agreement" and found.verdict.figure
    assert found.sensitivity() and found.tipping_points() and found.leave_one_out() and found.merges()


def test_nobody_reads_a_total_from_a_refusal() -> None:
    refused = chao_bound(table_of(40, 30, 0))
    assert isinstance(refused, Refusal)
    assert not {"N", "unobserved", "interval", "draws"} & {name for name in dir(refused) if not name.startswith("_")}
    assert {"code", "reason", "certificate"} <= {field.name for field in dataclasses.fields(Refusal)}
