"""Tables: every cell opens the list that equals it; shares, groups beside, rules, saved tables, totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World

from tumen.archive import undo, versions
from tumen.archive.changes import change
from tumen.columns import TableTooLarge
from tumen.columns import tables as engine
from tumen.counting.models import Definition
from tumen.counting.queries import asking, definitions, exporting, listing, tables
from tumen.counting.queries.labels import LISTS, RULES, SCHEMES, UNIT_LABELS, WORDS, Labels
from tumen.guard.masks import SYSTEM

Browse = Callable[[str], Client]


def a_table(text: str) -> tables.TablePage:
    return tables.table_page(asking.parse_table(text), SYSTEM, ACTOR, "en")


def cells(page: tables.TablePage) -> Iterator[tables.TableCell]:
    for layer in page.layers:
        for row in [*layer.rows, layer.total]:
            yield from [*row.cells, row.total]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "text",
    [
        "unit=acts&dims=type:1",
        "unit=acts&dims=type:2,period:year",
        "unit=acts&type=liberty&dims=type:3,evidence:2",
        "unit=victims&dims=type:1,sex,period:paper",
        "unit=tellings&dims=evidence:1",
        "unit=act_sources&dims=place:1,type:1",
        "unit=persons&dims=role,sex",
    ],
)
def test_a_cell_opens_the_list_that_equals_it(text: str) -> None:
    opened = 0
    for cell in cells(a_table(text)):
        if cell.count:
            assert listing.list_page(asking.parse(cell.address), SYSTEM, ACTOR, "en").head.total == cell.count
            opened += 1
        if cell.beside_address:
            groups = listing.list_page(asking.parse(cell.beside_address), SYSTEM, ACTOR, "en").head.total
            assert cell.beside.startswith(f"{groups} groups")
    assert opened


@pytest.mark.usefixtures("world")
def test_groups_stand_beside_persons_with_their_size() -> None:
    page = a_table("unit=victims&dims=type:1")
    assert page.layers[0].total.total.count == 2
    assert page.layers[0].total.total.beside == "1 groups (20–30 persons)"
    assert page.has_beside


def test_groups_of_unknown_size_leave_the_upper_end_open(world: World, browse: Browse) -> None:
    world.act(world.party(world.codings[0], kind="group", size_low=50))
    assert a_table("unit=victims&dims=sex").layers[0].total.total.beside == "2 groups (70 persons or more)"
    assert "of 70 persons or more" in browse("investigator").get("/lists/victims/").content.decode()
    made = exporting.table_export(asking.parse_table("unit=victims&dims=sex"), SYSTEM, ACTOR, "en")
    last = list(made.rows)[-1]
    assert (last["Victims (persons), Victims (groups), persons from"],
            last["Victims (persons), Victims (groups), persons to"]) == (70, None)  # fmt: skip


def test_a_table_as_known_now_stays_what_it_was(world: World) -> None:
    page = a_table("unit=acts&dims=type:1&show=row")
    assert f"asof={page.known}" in page.pinned
    world.act(type="life")
    assert a_table(page.pinned).whole.count == page.whole.count
    assert a_table(page.address).whole.count == page.whole.count + 1
    assert a_table(page.pinned).pinned == page.pinned


@pytest.mark.usefixtures("world")
def test_shares_are_of_rows_or_columns_with_unknown_in_the_base() -> None:
    row = a_table("unit=acts&dims=type:1,period:year&show=row").layers[0].rows[-2]
    assert [cell.share for cell in row.cells if cell.count] == ["50.0 %", "50.0 %"]
    assert row.total.share == "100.0 %"
    column = a_table("unit=acts&dims=type:1,period:year&show=column")
    assert column.layers[0].rows[0].cells[0].share == "50.0 %"
    assert not any(cell.share for cell in cells(a_table("unit=acts&dims=type:1,period:year")))


@pytest.mark.usefixtures("world")
def test_a_table_states_unknown_and_overlap() -> None:
    page = a_table("unit=acts&dims=evidence:1,period:year")
    assert any("Multiple response" in rule for rule in page.rules)
    assert ("Date, by year", 1) in page.unknown
    assert page.layers[0].rows[-1].label == "unknown"


@pytest.mark.usefixtures("world")
def test_a_table_by_age_says_how_ages_are_got_and_nothing_of_dates() -> None:
    rules = a_table("unit=acts&dims=age:ten").rules
    assert [rule for rule in rules if rule.startswith("An age is that at the act")]
    assert not [rule for rule in rules if "date that reaches" in rule]
    assert [rule for rule in a_table("unit=acts&dims=period:year").rules if "date that reaches" in rule]


def test_every_rule_and_word_can_be_translated() -> None:
    stated = {
        *(engine.PRINCIPAL_TELLING, engine.PRINCIPAL_PERIOD, engine.PRINCIPAL_NUMBER, engine.PRINCIPAL_TERM),
        *(engine.UNITED_TERMS, engine.MULTIPLE_RESPONSE),
    }
    assert stated == set(RULES)


@pytest.mark.usefixtures("archive")
def test_every_field_unit_and_scheme_has_words() -> None:
    labels = Labels("ko")
    for name, field in labels.schema.fields.items():
        assert labels.field(name)
        for scheme in field.schemes:
            assert scheme.name in SCHEMES
        if field.kind.coded:
            for key in field.terms.keys:
                assert labels.term(name, key), (name, key)
    assert set(labels.schema.fields.units) <= set(UNIT_LABELS)
    assert LISTS and WORDS


@pytest.mark.usefixtures("archive")
def test_ready_tables_can_be_asked_for() -> None:
    ready = definitions.ready()
    assert list(ready) == [f"T{n}" for n in range(1, 9)]
    for each in ready.values():
        assert each.label("ko") != each.label("en")
        if not each.totals:
            assert a_table(each.table).layers


def test_a_table_too_large_for_a_page_says_what_to_do(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tables, "SHOWN_CELLS", 3)
    with pytest.raises(TableTooLarge, match="higher level"):
        a_table("unit=acts&dims=type:1,period:year")


def test_a_table_is_saved_opened_removed_and_brought_back(browse: Browse) -> None:
    client = browse("investigator")
    client.post("/tables/table/save/", {"title": "My table", "table": "unit=acts&dims=type:1&q=a-token"})
    kept = Definition.objects.get()
    assert kept.asks == "unit=acts&run=records&dims=type:1"
    assert "My table" in client.get("/tables/").content.decode()
    client.post(f"/tables/saved/{kept.pk}/remove/")
    assert "My table" not in client.get("/tables/").content.decode()
    undo.undo(ACTOR, versions.newest())
    assert "My table" in client.get("/tables/").content.decode()
    assert browse("reader").post(f"/tables/saved/{kept.pk}/remove/").status_code == 404


def test_a_saved_table_is_its_users_or_for_all_who_see_a_compartment(world: World, browse: Browse) -> None:
    hers, table = browse("investigator"), "unit=acts&dims=type:1"
    hers.post("/tables/table/save/", {"title": "For me", "table": table})
    hers.post("/tables/table/save/", {"title": "For us", "table": table, "compartment": str(world.main.pk)})
    hers.post("/tables/table/save/", {"title": "Elsewhere", "table": table, "compartment": "1"})
    assert [name in hers.get("/tables/").content.decode() for name in ("For me", "For us", "Elsewhere")] == [True] * 3
    page = browse("reader").get("/tables/").content.decode()
    assert [name in page for name in ("For me", "For us", "Elsewhere")] == [False, True, False]


def test_totals_show_the_growth_since_a_day(world: World, browse: Browse) -> None:
    with change(ACTOR, "more work") as c:
        c.retract(world.acts[0])
    text = browse("investigator").get("/tables/ready/T1/?since_day=2000-01-01").content.decode()
    assert "2000-01-01" in text and "(change 0)" in text
