"""The chapter on estimation prints what the code gives."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scripts import make_chapter
from scripts.make_chapter import CHAPTER, FIGURES, PICTURES, SETTINGS, blocks, row, sensitivity, table
from tests.estimation.data import needs_shared, published, table_of

from tumen.estimation import (
    Bootstrap,
    CaptureTable,
    Comparison,
    Estimate,
    RefusalCode,
    Settings,
    compare,
    select_bic,
)
from tumen.estimation import (
    sensitivity as curves_of,
)
from tumen.estimation.models import parse
from tumen.estimation.pictures import write_pictures
from tumen.estimation.registry import METHODS

AT_ONCE = ("bma", "threshold", "chao", "coverage")  # the methods that answer without a bootstrap of models or chains


@cache
def text() -> str:
    return CHAPTER.read_text("utf-8")


def named(name: str) -> CaptureTable:
    return table("uk").merge("PF", "NCA") if name == "uk_merged" else table(name)


@cache
def at_once(name: str) -> Comparison:
    return compare(named(name), methods=AT_ONCE, settings=SETTINGS)


def test_every_figure_has_its_place_and_every_place_its_figure() -> None:
    assert set(blocks(text())) == set(FIGURES)
    assert all(blocks(text()).values())


@pytest.mark.parametrize("name", ["kosovo", "uk", "uk_merged"])
@pytest.mark.parametrize("method", AT_ONCE)
def test_a_row_of_a_method_is_what_the_method_gives(name: str, method: str) -> None:
    assert row(at_once(name).outcomes[method]) in blocks(text())[name]


@pytest.mark.parametrize(("block", "name"), [("kosovo_sensitivity", "kosovo"), ("uk_sensitivity", "uk_merged")])
def test_the_sensitivity_is_what_the_code_gives(block: str, name: str) -> None:
    brief = Settings(bootstrap=Bootstrap("person", 250))
    assert sensitivity(compare(named(name), methods=("bic",), settings=brief)) == blocks(text())[block]


@pytest.mark.soak
@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_is_what_the_code_gives(name: str) -> None:
    assert FIGURES[name]() == blocks(text())[name]


@pytest.mark.soak
def test_the_pictures_are_what_the_code_draws(tmp_path: Path) -> None:
    for name, comparison in (("kosovo", make_chapter.kosovo()), ("uk", make_chapter.uk_merged())):
        for path in write_pictures(comparison, tmp_path / name):
            assert path.read_text("utf-8") == (PICTURES / name / path.name).read_text("utf-8"), path.name


def test_the_two_lists_of_the_idea_give_348_and_598() -> None:
    two = table_of(40, 50, 8)
    curve = next(
        curve for curve in curves_of(two, parse("[A][B]", two.lists), (1.0, 2.0)) if curve.kind == "missing cell"
    )
    assert curve.totals == pytest.approx((348, 598))
    assert "48 × 58 / 8 = 348" in text() and "not 348 but 598" in text()


def test_the_limits_of_the_model_held_fixed_are_those_told() -> None:
    alone = select_bic(table("kosovo"), bootstrap=None)
    assert isinstance(alone, Estimate)
    assert f"limits of {alone.interval().lower:,.0f} to {alone.interval().upper:,.0f}" in text()


def test_the_united_kingdom_has_as_few_people_on_several_lists_as_told() -> None:
    merged = named("uk_merged")
    assert merged.marginals[merged.mask(["LA", "NG", "PFNCA"])] == 2 and "rests on two people" in text()
    several = [int(count) for mask, count in enumerate(table("uk").counts) if mask & (mask - 1)]
    assert f"{table('uk').n:,} people, of whom only {sum(several)} are on more than one list" in text()


@needs_shared
@pytest.mark.parametrize(("example", "name"), [("kosovo", "Kosovo"), ("uk", "UKdat")])
def test_the_example_tables_are_the_published_ones(example: str, name: str) -> None:
    ours: CaptureTable = table(example)
    assert ours.lists == published(name).lists and np.array_equal(ours.counts, published(name).counts)


def test_every_method_and_every_reason_to_refuse_is_explained() -> None:
    assert all(f"| `{method}` |" in text() for method in METHODS)
    assert all(f"| {code} |" in text() for code in RefusalCode)


def test_the_checklist_has_the_eighteen_items_of_gather() -> None:
    assert [f"| {item} " in text().partition("What a report must say")[2] for item in range(1, 20)] == [True] * 18 + [
        False
    ]
