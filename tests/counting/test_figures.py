"""The register of figures: one axis for one unit and population, each figure with who says so."""

from __future__ import annotations

import pytest
from tests.counting.world import ACTOR, World

from tumen.archive.changes import change
from tumen.coding.models import Figure
from tumen.counting.queries import asking, figures
from tumen.guard.masks import SYSTEM

pytestmark = pytest.mark.usefixtures("world")


def register(text: str = "unit=figures") -> figures.FiguresPage:
    return figures.figures_register(asking.parse(text), SYSTEM, ACTOR, "en")


def test_figures_of_one_population_share_an_axis_other_units_do_not() -> None:
    page = register()
    assert [(axis.counted, len(axis.figures)) for axis in page.axes] == [("North Koreans in China", 2)]
    assert [axis.logarithmic for axis in page.alone] == [False]
    low, high = page.axes[0].figures
    assert (low.words, high.words) == ("70,000", "150,000–200,000")
    assert low.low == low.high < high.low < high.high
    assert (high.who, high.chain) == ("A group", "A paper ← A group")


def test_an_axis_is_logarithmic_and_its_ticks_are_powers_of_ten() -> None:
    axis = register().axes[0]
    assert [tick.label for tick in axis.ticks] == ["10,000", "100,000", "1,000,000"]
    assert axis.figures[0].low == pytest.approx(42.25, abs=0.05)


def test_figures_without_number_or_of_nothing_stand_where_they_can(world: World) -> None:
    with change(ACTOR, "more figures") as c:
        same = {"coding": world.codings[0], "unit": "persons", "counted": "north koreans  in china"}
        c.insert(Figure, **same, qualifier="hundred_thousands")
        c.insert(Figure, **same, low_milli=0, high_milli=0)
        c.insert(Figure, **same, low_milli=82_000_500, qualifier="at_least")
    said = {each.words: each for each in register().axes[0].figures}
    assert set(said) == {"Order of hundreds of thousands", "0", "At least 82,000.5", "70,000", "150,000–200,000"}
    assert said["0"].low == 0


def test_a_figure_per_year_does_not_stand_beside_a_stock(world: World) -> None:
    with change(ACTOR, "a flow") as c:
        c.insert(Figure, coding=world.codings[0], unit="persons", counted="North Koreans in China", per="year",
                 low_milli=1000)  # fmt: skip
    assert len(register().axes[0].figures) == 2


def test_the_past_has_the_words_of_then(world: World) -> None:
    figure = Figure.objects.order_by("pk")[0]
    before = figure.change
    with change(ACTOR, "corrected") as c:
        c.update(figure, attributed_to="Someone else")
    assert "A group" in {each.who for each in register(f"unit=figures&asof={before}").axes[0].figures}
    assert "A group" not in {each.who for each in register().axes[0].figures}
