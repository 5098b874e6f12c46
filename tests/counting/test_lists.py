"""Lists: rows, facets, filters in force, order, columns, pages, words."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.counting.world import ACTOR, World

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.columns import BadQuery
from tumen.counting import search
from tumen.counting.queries import asking, forms, listing, tabs
from tumen.counting.queries.filters import Entry, Facet
from tumen.guard.masks import SYSTEM

Browse = Callable[[str], Client]


def a_list(text: str) -> listing.ListPage:
    return listing.list_page(asking.parse(text), SYSTEM, ACTOR, "en")


def facet(page: listing.ListPage, name: str) -> Facet:
    return next(each for each in page.facets if each.name == name)


def entry(page: listing.ListPage, name: str, label: str) -> Entry:
    def among(entries: list[Entry]) -> Entry | None:
        for each in entries:
            if each.label == label:
                return each
            if (below := among(each.below)) is not None:
                return below
        return None

    found = among(facet(page, name).entries)
    assert found is not None, label
    return found


@pytest.mark.usefixtures("world")
def test_a_choice_of_a_facet_leads_to_the_list_it_counts() -> None:
    page = a_list("unit=acts")
    for each in page.facets:
        waiting = list(each.entries)
        while waiting:
            one = waiting.pop()
            waiting += one.below
            assert a_list(one.address).head.total == one.count, (each.name, one.label)


@pytest.mark.usefixtures("world")
def test_choosing_narrows_widens_and_is_taken_back() -> None:
    liberty = a_list(entry(a_list("unit=acts"), "type", "Dignity and liberty").address)
    assert "type=liberty" in liberty.address
    detained = a_list(entry(liberty, "type", "Detained").address)
    assert "type=liberty.detention" in detained.address
    assert entry(detained, "type", "Detained").state == "on"
    assert entry(detained, "type", "Detained by state security (MSS)").state == "within"
    assert entry(detained, "type", "Dignity and liberty").state == "part"
    both = a_list(entry(detained, "type", "Life").address)
    assert both.head.total == 4
    back = a_list(entry(both, "type", "Detained").address)
    assert back.query.where[0].values == ("life",)
    assert a_list(back.chips[0].opposite).head.total == 2
    assert a_list(back.chips[0].without).head.total == 4


@pytest.mark.usefixtures("world")
def test_unknown_is_a_choice_and_is_said_in_the_head() -> None:
    page = a_list("unit=acts&period=2000/2009")
    assert page.head.total == 3
    assert page.head.unknown == (("Date", 1),)
    assert a_list(entry(page, "period", "unknown").address).head.total == 1


@pytest.mark.usefixtures("world")
def test_columns_order_and_pages_are_in_the_address() -> None:
    page = a_list("unit=acts&columns=period,victim&sort=-period&size=2")
    assert [column.name for column in page.columns] == ["period", "victim"]
    assert [row.cells[0].text for row in page.rows] == ["2004-05", "2003"]
    assert page.columns[0].order == "descending"
    assert "sort" not in page.columns[0].sort
    assert (page.pages.first, page.pages.last, page.pages.entries) == (1, 2, 4)
    following = a_list(page.pages.next)
    assert [row.cells[0].text for row in following.rows] == ["2003", "unknown"]
    assert page.columns[1].sort


@pytest.mark.usefixtures("world")
def test_words_are_found_in_three_scripts_and_marked() -> None:
    for words, count, hit in (
        ("강제송환", 2, "강제송환"),
        ("husband", 1, "husband"),
        ("拐卖", 1, "拐卖"),
        ("송환", 2, "송환"),
    ):
        page = a_list(f"unit=acts&q={search.remember(ACTOR, words)}")
        assert page.head.total == count
        assert (hit, True) in page.rows[0].found
        assert [tab.label for tab in page.tabs] == ["Acts", "Sources", "Persons", "Figures"]
    asked = asking.parse(f"unit=acts&q={search.remember(ACTOR, '강제송환')}")
    found = tabs.counted_tabs(asked, SYSTEM, ACTOR, "en")
    assert [tab.label for tab in found] == ["Acts 2", "Sources 2", "Persons 3", "Figures 0"]
    assert all(a_list(tab.address).head.total == int(tab.label.split()[-1]) for tab in found)
    assert a_list(f"unit=sources&q={search.remember(ACTOR, '강제송환')}").head.total == 2


def test_a_page_of_rows_costs_the_same_number_of_statements_however_long(world: World) -> None:
    def statements() -> int:
        a_list("unit=acts&columns=victim,source,period")
        with CaptureQueriesContext(
            connection,
        ) as caught:
            a_list("unit=acts&columns=victim,source,period")
        return len(caught)

    few = statements()
    for _ in range(20):
        world.act()
    assert statements() == few
    assert few < 25


def test_a_search_opens_where_the_words_are_found(browse: Browse) -> None:
    client = browse("investigator")
    for words, unit in (("husband", "acts"), ("Interview", "sources"), ("nowhere", "acts"), ("", "acts")):
        response = client.post("/search/", {"text": words})
        assert response.headers["Location"].startswith(f"/lists/{unit}/"), words


@pytest.mark.usefixtures("world")
def test_forms_become_addresses() -> None:
    text = forms.text_of([("unit", "acts"), ("period", "2001"), ("period__from", "2003"), ("period__to", ""),
                          ("columns", "period"), ("columns", "sex"), ("checked", "")])  # fmt: skip
    assert text == "unit=acts&period=2003/..&columns=period,sex"
    assert asking.parse(text).columns == ("period", "sex")
    with pytest.raises(BadQuery):
        forms.text_of([("asof_day", "yesterday")])


def test_a_day_becomes_the_change_made_by_its_end(world: World, browse: Browse) -> None:
    client = browse("investigator")
    response = client.get("/lists/acts/?asof_day=2020-01-01")
    assert response.headers["Location"] == "/lists/acts/?asof=0"
    assert "Nothing is recorded" in client.get("/lists/acts/?asof=0").content.decode()
    later = versions.newest()
    with change(ACTOR, "edited afterwards") as c:
        c.update(world.acts[0], type="life")
    page = a_list(f"unit=acts&type=life&asof={later}")
    assert page.head.total == 2
    assert a_list("unit=acts&type=life").head.total == 3


def test_wrong_questions_get_pages_that_say_what_is_wrong(browse: Browse) -> None:
    client = browse("investigator")
    for address, status, said in (
        ("/lists/acts/?type=lberty", 400, "liberty"),
        ("/lists/acts/?tpye=liberty", 400, "type"),
        ("/lists/acts/?asof=99999", 400, "newest change"),
        ("/lists/acts/?run=12", 404, "linkage run 12"),
        ("/lists/acts/?q=unheard-of", 404, "search again"),
        ("/lists/acts/?sort=evidence", 400, "order"),
        ("/lists/acts/export/csv/?sort=evidence", 400, "order"),
        (f"/lists/acts/?victim={10**30}", 400, "not an id"),
        ("/tables/table/?unit=acts", 400, "Choose at least one"),
        ("/tables/table/?unit=acts&dims=type:9", 400, "levels"),
    ):
        response = client.get(address)
        assert response.status_code == status, address
        assert said in response.content.decode(), address
    assert client.get("/lists/nothing/").status_code == 404
    for address in ("/lists/victims/?columns=id,sex", "/tables/ready/T1/?since_day=9999-12-31", "/changes/?before=²"):
        assert client.get(address).status_code == 200, address


def test_every_page_is_shown_and_carries_no_style_or_script_of_its_own(browse: Browse) -> None:
    client = browse("investigator")
    for address in (
        "/lists/acts/", "/lists/victims/", "/lists/groups/", "/lists/incidents/", "/lists/tellings/",
        "/lists/episodes/", "/lists/act_sources/", "/lists/persons/", "/lists/parties/", "/lists/sources/",
        "/lists/figures/", "/figures/",
        "/tables/", "/tables/ready/T1/?since_day=2026-01-01", "/lists/acts/facet/?dim=type",
        "/tables/table/?unit=victims&dims=type:1,sex&show=row", "/tables/table/?unit=acts&dims=type:2,period:year,sex",
    ):  # fmt: skip
        text = client.get(address).content.decode()
        assert "Hidden from you" in text or "tables/" in address or "facet" in address, address
        assert not re.search(r"\sstyle=|<script>|\son[a-z]+=", text), address


def test_labels_follow_the_language_of_the_page(browse: Browse) -> None:
    client = browse("investigator")
    client.cookies["django_language"] = "ko"
    assert "보위부" in client.get("/lists/acts/").content.decode()
    client.cookies["django_language"] = "zh-hans"
    assert "国" in client.get("/lists/acts/").content.decode()
