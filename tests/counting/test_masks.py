"""What a user may not see changes every count as if it were not there, and no address opens it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from tests.counting.world import ACTOR, World

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.coding.models import Involvement, Name
from tumen.columns import ALL, Mask, Masked, Query
from tumen.counting import evidence, search
from tumen.counting.fields import UNIT_LABELS
from tumen.counting.queries import asking, exporting, figures, finding, listing, tables, totals
from tumen.guard.masks import IDENTITY, NARRATIVE, SEARCH, SYSTEM
from tumen.linking.services import judge, resolve_by_judgements

Browse = Callable[[str], Client]
EVERY_CLASS = SYSTEM.classes


def everything(mask: Mask) -> dict[str, Any]:
    """Every count that lists, facets and tables show, and every row."""
    found: dict[str, Any] = {}
    for unit in UNIT_LABELS:
        page = listing.list_page(asking.parse(f"unit={unit}"), mask, ACTOR, "en")
        found[unit] = (
            page.head.total,
            str(page.head.beside),
            page.head.uncounted,
            [(facet.name, [(entry.label, entry.count) for entry in facet.entries]) for facet in page.facets],
            [(row.id, row.title, row.cells) for row in page.rows],
        )
    for text in ("unit=acts&dims=type:1,period:year", "unit=victims&dims=sex", "unit=tellings&dims=evidence,type:2"):
        table = tables.counted(asking.parse_table(text), mask, ACTOR)
        found[text] = (table.counts.tolist(), table.headers, table.uncounted)
    register = figures.figures_register(asking.parse("unit=figures"), mask, ACTOR, "en")
    found["register"] = [(axis.counted, [said.words for said in axis.figures]) for axis in register.axes]
    found["words"] = finding.find("강제송환", ("acts", "sources", "persons"), mask, "en", 50)
    found["totals"] = [row.count for row in totals.totals_page(asking.parse("unit=acts"), "", mask, "en").rows]
    return found


def test_a_shut_compartment_counts_as_if_its_rows_did_not_exist(world: World) -> None:
    shut = Mask(frozenset({world.main.pk}), EVERY_CLASS)
    seen = everything(shut)
    assert seen["acts"][0] == 3
    assert everything(SYSTEM) != seen
    with change(ACTOR, "the closed source is taken back") as c:
        c.retract(world.codings[2].source)
    now = everything(Mask(ALL, EVERY_CLASS))
    for name, counts in seen.items():
        assert now[name] == counts, name


def test_hidden_depends_on_no_filter_and_no_word(world: World) -> None:
    shut = Mask(frozenset({world.main.pk}), EVERY_CLASS)
    for text in ("unit=acts", "unit=acts&type=life", "unit=acts&type=movement", "unit=acts&period=2003"):
        assert listing.list_page(asking.parse(text), shut, ACTOR, "en").head.hidden == 1
    token = search.remember(ACTOR, "박가명")
    page = listing.list_page(asking.parse(f"unit=persons&q={token}"), shut, ACTOR, "en")
    assert (page.head.total, page.head.hidden) == (0, 1)
    assert listing.list_page(asking.parse(f"unit=persons&q={token}"), SYSTEM, ACTOR, "en").head.total == 1


def test_without_narrative_there_is_no_search_and_no_snippet(world: World, browse: Browse) -> None:
    coded = Mask(ALL, frozenset({IDENTITY}))
    token = search.remember(ACTOR, "강제송환")
    with pytest.raises(Masked):
        listing.list_page(asking.parse(f"unit=acts&q={token}"), coded, ACTOR, "en")
    with pytest.raises(Masked):
        exporting.list_export(asking.parse(f"unit=acts&q={token}"), coded, ACTOR, "en", "csv")
    with pytest.raises(Masked):
        finding.find("강제송환", ("sources",), coded, "en", 5)
    reader = browse("reader")
    assert reader.post("/search/", {"text": "강제송환"}).status_code == 403
    page = reader.get("/lists/acts/")
    assert page.status_code == 200
    assert 'id="words"' not in page.content.decode()


def test_without_identity_nobody_is_named_and_no_name_is_found(world: World) -> None:
    nameless = Mask(ALL, frozenset({NARRATIVE, SEARCH}))
    for unit in ("persons", "victims", "acts"):
        page = listing.list_page(asking.parse(f"unit={unit}&columns=source"), nameless, ACTOR, "en")
        assert "가명" not in str(page.rows)
    shown = listing.list_page(asking.parse("unit=acts&columns=victim"), nameless, ACTOR, "en")
    assert {row.cells[0].kind for row in shown.rows} == {"masked"}
    assert shown.rows[0].cells[0].text == "[victim]"
    token = search.remember(ACTOR, "김가명")
    assert listing.list_page(asking.parse(f"unit=persons&q={token}"), nameless, ACTOR, "en").head.total == 0
    assert listing.list_page(asking.parse(f"unit=persons&q={token}"), SYSTEM, ACTOR, "en").head.total == 1
    assert "김가명" in str(listing.list_page(asking.parse("unit=acts&columns=victim"), SYSTEM, ACTOR, "en").rows)


def test_no_address_shows_more_than_the_mask(world: World, browse: Browse) -> None:
    analyst = browse("analyst")
    closed = world.acts[3]
    addresses = [
        "/lists/acts/",
        f"/lists/acts/?victim={closed.victim_id}",
        f"/lists/acts/?source={closed.coding.source_id}",
        "/lists/persons/", "/lists/parties/", "/lists/sources/", "/figures/",
        "/lists/acts/export/csv/", "/lists/persons/export/jsonl/", "/lists/sources/export/csv/",
        f"/lists/acts/?asof={closed.change}",
        "/tables/table/?unit=acts&dims=type:1",
    ]  # fmt: skip
    for address in addresses:
        response = analyst.get(address)
        body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        assert response.status_code == 200, address
        text = body.decode()
        for secret in (str(closed.pk), "Interview 2", "가명"):
            assert f"#{secret}" not in text and f"/{secret}/" not in text and f"\n{secret}," not in text, address
            assert secret.isdigit() or secret not in text, address


def test_words_belong_to_who_searched_for_them(world: World, browse: Browse) -> None:
    response = browse("investigator").post("/search/", {"text": "강제송환"})
    address = response.headers["Location"]
    assert "강제송환" not in address and "%EA" not in address
    assert browse("investigator").get(address).status_code == 200
    assert browse("analyst").get(address).status_code == 404


def test_a_visitor_is_sent_to_the_login(browse: Browse) -> None:
    for address in ("/lists/acts/", "/tables/", "/figures/", "/lists/acts/export/csv/"):
        response = Client().get(address)
        assert response.status_code == 302
        assert response.headers["Location"].startswith("/accounts/login/")


def test_someone_without_membership_sees_nothing(world: World) -> None:
    nobody = Mask(frozenset(), frozenset())
    page = listing.list_page(Query("acts"), nobody, ACTOR, "en")
    assert (page.head.total, page.head.hidden, page.rows) == (0, 4, [])


def test_a_part_in_an_act_that_was_retracted_finds_it_no_more(world: World) -> None:
    involvement = Involvement.objects.get()
    with change(ACTOR, "his name") as c:
        c.insert(Name, coding=involvement.coding, party=involvement.party, text="리가명", kind="full")
    token = search.remember(ACTOR, "리가명")
    found = f"unit=acts&q={token}"
    assert listing.list_page(asking.parse(found), SYSTEM, ACTOR, "en").head.total == 1
    with change(ACTOR, "it was another") as c:
        c.retract(involvement)
    assert listing.list_page(asking.parse(found), SYSTEM, ACTOR, "en").head.total == 0


def test_what_was_closed_to_somebody_since_stays_closed_in_the_past(world: World) -> None:
    shut = Mask(frozenset({world.main.pk}), EVERY_CLASS)
    source, before = world.codings[0].source, versions.newest()

    def seen(unit: str) -> tuple[int, int]:
        head = listing.list_page(asking.parse(f"unit={unit}&asof={before}"), shut, ACTOR, "en").head
        return head.total, head.hidden

    assert [seen(unit) for unit in ("acts", "persons", "sources", "figures")] == [(3, 1), (2, 1), (2, 1), (3, 0)]
    with change(ACTOR, "closed") as c:
        moved = c.update(source, compartment=world.closed)
    assert [seen(unit) for unit in ("acts", "persons", "sources", "figures")] == [(1, 3), (0, 3), (1, 2), (1, 2)]
    with change(ACTOR, "opened again") as c:
        c.update(moved, compartment=world.main)
    assert seen("acts") == (3, 1)


def test_words_of_an_act_that_was_retracted_find_nobody(world: World) -> None:
    token = search.remember(ACTOR, "강제송환되었다")

    def found() -> int:
        return listing.list_page(asking.parse(f"unit=persons&q={token}"), SYSTEM, ACTOR, "en").head.total

    for prepared in (False, True):
        if prepared:
            evidence.prepare()
        assert found() == 2
        with change(ACTOR, "not so") as c:
            gone = c.retract(world.acts[0])
        assert found() == 0
        with change(ACTOR, "so after all") as c:
            world.acts[0] = c.restore(gone)
    assert found() == 2


def test_the_id_of_a_hidden_record_does_not_tell_whose_it_is(world: World) -> None:
    known, hidden = world.parties[0].pk, world.parties[2].pk
    with change(ACTOR, "the same") as c:
        judge(c, known, hidden, "same", "", ACTOR)
    resolve_by_judgements(ACTOR)

    def acts(party: int, compartments: frozenset[int]) -> int:
        return listing.list_page(asking.parse(f"unit=acts&victim={party}"), Mask(compartments), ACTOR, "en").head.total

    both = frozenset({world.main.pk, world.closed.pk})
    assert (acts(known, both), acts(hidden, both)) == (3, 3)
    shut = frozenset({world.main.pk})
    assert (acts(known, shut), acts(hidden, shut)) == (2, 0)
