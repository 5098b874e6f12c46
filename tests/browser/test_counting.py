"""Lists, search and tables as people use them: facets, words, keys, a cell that opens its list, a file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.browser.conftest import Served, login
from tests.counting.world import ACTOR, World, day

from tumen import formats
from tumen.archive.changes import change
from tumen.guard.models import Compartment
from tumen.guard.services import make_compartment

pytestmark = pytest.mark.browser


@pytest.fixture
def lists(page: Any, served_archive: Served) -> Any:
    """The list of acts of a small archive, seen by an investigator."""
    with served_archive.opened():
        with change(ACTOR, "another compartment") as c:
            closed = make_compartment(c, "closed", "Closed")
        world = World(Compartment.objects.get(code="main"), closed)
        for number in range(60):
            coding = world.coding(closed=number == 59)
            victim = world.party(coding, sex="female" if number % 3 else "male")
            kind = ("liberty.detention.mss", "liberty.detention", "life")[number % 3]
            year = 1998 + number % 10
            act = world.act(victim, type=kind, date=str(year), low=day(year), high=day(year, 12, 31))
            if number % 10 == 0:
                with change(ACTOR, "words") as c:
                    world.told(c, act, "국경에서 강제송환되었다.")
    login(page, served_archive)
    page.goto(f"{served_archive.url}/lists/acts/")
    return page


def total(page: Any) -> int:
    return int(page.inner_text(".table-tools b").replace(",", ""))


def test_facets_columns_and_order_shape_the_list(lists: Any) -> None:
    facets_narrow_and_back_widens(lists)
    columns_and_order_are_chosen(lists)
    pages_fit_a_telephone(lists)


def facets_narrow_and_back_widens(lists: Any) -> None:
    assert total(lists) == 59
    assert "1" in lists.inner_text(".is-hidden-from-you")
    lists.click(".facet:has-text('Dignity and liberty')")
    lists.wait_for_selector(".chip:has-text('Dignity and liberty')")
    assert "type=liberty" in lists.url and total(lists) == 40
    lists.click(".facet:has-text('Detained')")
    lists.wait_for_selector(".chip:has-text('Detained')")
    lists.click(".facet:has-text('Detained by state security')")
    lists.wait_for_selector(".chip:has-text('state security')")
    assert total(lists) == 20
    lists.go_back()
    lists.wait_for_url("**type=liberty.detention&**")
    lists.wait_for_selector(".chip .text:text-is('Detained')")
    assert total(lists) == 40
    lists.click(".chip a[aria-label^='Remove']")
    lists.wait_for_url("**/lists/acts/*")
    assert total(lists) == 59


def test_words_are_found_and_rows_walked_by_keys(lists: Any) -> None:
    rows_are_walked_and_opened_by_keys(lists)
    lists.go_back()
    words_are_found_and_stay_out_of_the_address(lists)


def words_are_found_and_stay_out_of_the_address(lists: Any) -> None:
    lists.keyboard.press("/")
    lists.keyboard.insert_text("강제송환")
    lists.keyboard.press("Enter")
    lists.wait_for_selector("mark")
    assert "q=" in lists.url and "%EA" not in lists.url and "강제" not in lists.url
    assert lists.inner_text("mark >> nth=0") == "강제송환"
    assert total(lists) == 6
    lists.fill("#words", "강제송환 -국경")
    lists.press("#words", "Enter")
    lists.wait_for_selector(".empty")
    lists.click(".tabs a:has-text('Sources')")
    lists.wait_for_url("**/lists/sources/**")


def rows_are_walked_and_opened_by_keys(lists: Any) -> None:
    lists.keyboard.press("j")
    lists.keyboard.press("j")
    second = lists.locator(".row-link").nth(1)
    assert second.evaluate("e => e === document.activeElement")
    target = second.get_attribute("href")
    lists.keyboard.press("Enter")
    lists.wait_for_url(f"**{target}")


def columns_and_order_are_chosen(lists: Any) -> None:
    lists.click("summary:has-text('Columns')")
    lists.check(".columns input[value=victim]")
    lists.click("details:has(.columns) button:has-text('Show')")
    lists.wait_for_selector("th:has-text('Victim')")
    lists.click("th a:has-text('Date')")
    lists.wait_for_selector("th[aria-sort=ascending]")
    assert "sort=period" in lists.url and "victim" in lists.url
    lists.keyboard.press("]")
    lists.wait_for_url("**page=2**")
    assert "51" in lists.inner_text(".table-tools")


def test_tables_are_built_opened_and_saved(lists: Any) -> None:
    a_cell_opens_the_list_that_equals_it(lists)
    a_table_is_built_and_saved(lists)


def a_cell_opens_the_list_that_equals_it(lists: Any) -> None:
    lists.click("a:has-text('Tables')")
    lists.click("a:has-text('T6')")
    cell = lists.locator(".cross tbody td[data-heat] > a").first
    count = int(cell.inner_text())
    cell.click()
    lists.wait_for_url("**/lists/acts/**")
    assert total(lists) == count


def a_table_is_built_and_saved(lists: Any) -> None:
    lists.click("a:has-text('Tables')")
    lists.select_option("#b-unit", "victims")
    lists.select_option("#b-dim-1", "type:1")
    lists.select_option("#b-dim-2", "sex")
    lists.select_option("#b-show", "column")
    lists.click(".builder button:has-text('Count')")
    lists.wait_for_url("**dims=type:1,sex**")
    assert "100.0 %" in lists.inner_text(".cross tfoot")
    lists.click("summary:has-text('Save')")
    lists.fill("#save-title", "Victims by sex")
    lists.click(".menu-panel button:has-text('Save')")
    lists.wait_for_selector(".ready a:has-text('Victims by sex')")


def test_the_file_is_the_list(lists: Any, tmp_path: Path) -> None:
    lists.click(".facet:has-text('Life')")
    lists.wait_for_selector(".chip:has-text('Life')")
    lists.click("summary:has-text('Export')")
    with lists.expect_download() as caught:
        lists.click(".menu-panel a:has-text('XLSX')")
    caught.value.save_as(tmp_path / "list.xlsx")
    rows = list(formats.get("xlsx").read(tmp_path / "list.xlsx"))
    assert sum(row["Type of act"] == "Life" for row in rows) == 19


def pages_fit_a_telephone(lists: Any) -> None:
    base = lists.url.partition("/lists/")[0]
    lists.set_viewport_size({"width": 390, "height": 844})
    for address in ("/lists/acts/?type=liberty", "/lists/persons/", "/tables/", "/tables/ready/T6/",
                    "/tables/ready/T1/", "/figures/"):  # fmt: skip
        lists.goto(base + address)
        assert lists.evaluate("document.documentElement.scrollWidth") <= 390, address
