"""The register of figures: one axis for one unit and population, each figure with who says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World

from tumen.archive.changes import change
from tumen.coding.models import Figure
from tumen.columns import BadQuery
from tumen.counting.queries import asking, figures
from tumen.guard.masks import SYSTEM

Browse = Callable[[str], Client]

pytestmark = pytest.mark.usefixtures("world")


def register(text: str = "unit=figures", about: int | None = None, order: str = "most") -> figures.FiguresPage:
    return figures.figures_register(asking.parse(text), SYSTEM, ACTOR, "en", about, order)


def test_figures_of_one_population_share_an_axis_other_units_do_not() -> None:
    page = register()
    assert [(axis.counted, len(axis.figures)) for axis in page.axes] == [("North Koreans in China", n) for n in (2, 1)]
    assert [axis.logarithmic for axis in page.axes] == [True, False]
    low, high = page.axes[0].figures
    assert (low.words, high.words) == ("70,000", "150,000–200,000")
    assert low.low == low.high < high.low < high.high
    assert (high.who, high.chain) == ("A group", "A paper ← A group")


def test_an_axis_is_logarithmic_and_its_ticks_are_powers_of_ten() -> None:
    axis = register().axes[0]
    assert [tick.label for tick in axis.ticks] == ["10,000", "100,000", "1,000,000"]
    assert axis.figures[0].low == pytest.approx(42.25, abs=0.05)


def test_figures_without_number_or_of_nothing_stand_where_they_can(world: World, browse: Browse) -> None:
    with change(ACTOR, "more figures") as c:
        same = {"coding": world.codings[0], "unit": "persons", "counted": "north koreans  in china"}
        c.insert(Figure, **same, qualifier="hundred_thousands")
        c.insert(Figure, **same, low_milli=0, high_milli=0)
        c.insert(Figure, **same, low_milli=82_000_500, qualifier="at_least")
    said = {each.words: each for each in register().axes[0].figures}
    assert set(said) == {"Order of hundreds of thousands", "0", "At least 82,000.5", "70,000", "150,000–200,000"}
    assert said["0"].low is None
    assert said["Order of hundreds of thousands"].low is None
    drawn = browse("investigator").get("/figures/").content.decode().partition('aria-label="Order of hundreds')[2]
    assert "<circle" not in drawn.partition("</svg>")[0]


def test_figures_that_do_not_say_of_whom_are_listed_and_not_drawn_on_one_axis(world: World, browse: Browse) -> None:
    with change(ACTOR, "of whom, nobody said") as c:
        for low in (1000, 5000):
            c.insert(Figure, coding=world.codings[0], unit="persons", low_milli=low)
    axis = next(axis for axis in register().axes if not axis.counted)
    assert [(each.low, each.words) for each in axis.figures] == [(None, "1"), (None, "5")]
    assert axis.ticks == []
    assert "of whom is not said" in browse("investigator").get("/figures/").content.decode()


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


def many(world: World) -> None:
    with change(ACTOR, "many figures") as c:
        for number in range(1, 121):
            c.insert(Figure, coding=world.codings[0], unit="persons", counted="Deported", low_milli=number * 1000)
        c.insert(Figure, coding=world.codings[1], unit="persons", counted="Arrived", low_milli=1000, high=800_000)


def test_a_long_axis_goes_on_over_pages_on_one_scale(world: World) -> None:
    many(world)
    pages = [register(f"unit=figures&page={number}") for number in (1, 2, 3)]
    assert [[(axis.counted, len(axis.figures), axis.total) for axis in page.axes] for page in pages] == [
        [("Deported", 50, 120)],
        [("Deported", 50, 120)],
        [
            ("Deported", 20, 120),
            ("North Koreans in China", 2, 2),
            *[(name, 1, 1) for name in ("Arrived", "North Koreans in China")],
        ],
    ]
    assert next(axis.ticks for page in pages for axis in page.axes) == pages[2].axes[0].ticks
    said = [each.id for page in pages for axis in page.axes for each in axis.figures]
    assert len(said) == len(set(said)) == pages[0].head.total == pages[0].pages.entries == 124


def test_one_population_is_chosen_by_a_figure_and_taken_back(world: World) -> None:
    many(world)
    first = register()
    assert [(each.label, each.count) for each in first.populations][:2] == [
        ("Deported", 120),
        ("North Koreans in China", 2),
    ]
    about = int(first.populations[1].address.rpartition("=")[2])
    page = register(about=about)
    assert [axis.counted for axis in page.axes] == ["North Koreans in China"]
    assert page.populations[1].chosen and "about" not in page.populations[1].address
    assert page.pages.entries == 2


def test_axes_stand_in_the_order_asked_for(world: World) -> None:
    many(world)
    assert next(axis.counted for axis in register(order="population").axes) == "Arrived"
    assert next(axis.counted for axis in register(order="newest").axes) == "Arrived"
    with pytest.raises(BadQuery, match="not sorted by"):
        register(order="size")


def test_the_register_keeps_to_its_pages_and_says_when_nothing_fits(browse: Browse) -> None:
    client = browse("investigator")
    text = client.get("/figures/?figure_unit=money").content.decode()
    assert "Nothing here fits" in text and 'href="/figures/?' in text
    assert client.get("/figures/?about=x").status_code == 400
    assert "No figure stands here" in client.get("/figures/?about=1").content.decode()
    assert client.get("/figures/?order=newest&page=1").status_code == 200
