"""What joined records say together, as lists and tables show it: roles, sources, stances, episodes, conflicts."""

from __future__ import annotations

import pytest
from tests.counting.world import ACTOR, World, day, user

from tumen.archive import folder, versions
from tumen.archive.changes import change
from tumen.coding.models import Act, Episode, Involvement, Party, Telling
from tumen.columns import Mask
from tumen.counting.queries import asking, listing, tables
from tumen.counting.queries.rows import Row
from tumen.guard.masks import SYSTEM, mask_for
from tumen.linking import queries as linking
from tumen.linking.models import Run
from tumen.linking.services import judge, resolve_by_judgements


@pytest.fixture
def told(archive: folder.Archive) -> World:
    """One woman and one act in three sources, the last of them closed: she suffers it, tells of it, and once sold."""
    made = World.new()
    for closed in (False, False, True):
        coding = made.coding(closed)
        made.party(coding, sex="female", birth_low=day(1980), birth_high=day(1980, 12, 31))
    first, second, third = made.parties
    made.act(first)
    made.act(second, type="liberty.detention.mss")
    made.act(third)
    with change(ACTOR, "who tells, who did it") as c:
        c.insert(Telling, coding=second.coding, claim=made.acts[1].pk, informant=second, evidence_form="experience")
        c.insert(Telling, coding=first.coding, claim=made.acts[0].pk, evidence_form="hearsay")
        other = c.insert(Party, coding=third.coding, sex="female")
        act = c.insert(Act, coding=third.coding, victim=other, type="life")
        c.insert(Involvement, coding=third.coding, act=act, party=third)
    return made


def join(*records: Party | Act) -> Run:
    run = resolve_by_judgements(ACTOR)
    with change(ACTOR, "the same") as c:
        for record in records[1:]:
            judge(c, records[0].pk, record.pk, "same", "told alike", ACTOR)
    return run


def a_list(text: str, mask: Mask = SYSTEM) -> listing.ListPage:
    return listing.list_page(asking.parse(text), mask, ACTOR, "en")


def shown(row: Row, page: listing.ListPage) -> dict[str, str]:
    return {column.name: cell.text for column, cell in zip(page.columns, row.cells, strict=True)}


def counts(text: str, mask: Mask = SYSTEM) -> dict[str, int]:
    page = tables.table_page(asking.parse_table(text), mask, ACTOR, "en")
    return {row.label: row.total.count for row in page.layers[0].rows if row.total.count}


def test_a_person_has_the_roles_of_all_her_records_that_one_may_see(told: World) -> None:
    run = join(*told.parties)
    join(*told.acts)
    asked = f"unit=persons&run={run.pk}&columns=role,main_role,acts_told&sort=id"
    page = a_list(asked)
    assert shown(page.rows[0], page) == {
        "role": "Victim; Perpetrator; Informant",
        "main_role": "Victim",
        "acts_told": "1",
    }
    open_only = mask_for(user(told, "analyst", "analyst"))
    page = a_list(asked, open_only)
    assert shown(page.rows[0], page) == {"role": "Victim; Informant", "main_role": "Victim", "acts_told": "1"}
    assert counts(f"unit=persons&run={run.pk}&dims=role", open_only) == {"Victim": 1, "Informant": 1}
    assert counts(f"unit=persons&run={run.pk}&dims=role") == {"Victim": 2, "Perpetrator": 1, "Informant": 1}
    assert a_list(f"unit=persons&run={run.pk}&role=informant").head.total == 1


def test_a_hidden_record_bridges_two_visible_ones_and_tells_nothing_else(told: World) -> None:
    """Two accounts that a third one, out of sight, shows to be of one woman: see docs/decisions/access.md."""
    first, second, third = told.parties
    run = join(third, first, second)
    open_only = mask_for(user(told, "linker", "linker"))
    page = a_list(f"unit=persons&run={run.pk}&columns=role,source,birth", open_only)
    assert (page.head.total, len(page.rows)) == (1, 1), "one woman, as for a reader of everything"
    assert page.rows[0].id in {first.pk, second.pk}
    assert "Perpetrator" not in str(page.rows) and "Interview 2" not in str(page.rows)
    assert linking.judgements_on(first.pk, open_only) == []
    assert linking.cluster_members(run, first.pk, open_only).records == sorted([first.pk, second.pk])
    with change(ACTOR, "the closed account is taken back") as c:
        c.retract(third)
    assert a_list(f"unit=persons&run={run.pk}", open_only).head.total == 1, "the judgements stand"


def test_roles_are_those_of_the_moment_asked_for(told: World) -> None:
    run = join(*told.parties)
    before = versions.newest()
    with change(ACTOR, "she told nothing") as c:
        c.retract(Telling.objects.get(informant=told.parties[1].pk))
    assert "Informant" not in counts(f"unit=persons&run={run.pk}&dims=role")
    assert counts(f"unit=persons&run={run.pk}&dims=role&asof={before}")["Informant"] == 1
    page = a_list(f"unit=persons&run={run.pk}&columns=acts_told&asof={before}&sort=id")
    assert page.rows[0].cells[0].text == "3"


def test_a_resolved_act_has_the_codes_of_all_its_tellings(told: World) -> None:
    run = join(*told.acts)
    assert counts(f"unit=acts&run={run.pk}&type=liberty&dims=evidence:1") == {"Direct experience": 1, "Hearsay": 1}
    assert counts(f"unit=acts&run={run.pk}&type=liberty&dims=conflict") == {"no conflict": 1}
    for each in told.acts[:2]:
        source = each.coding.source_id
        assert a_list(f"unit=acts&run={run.pk}&source={source}&evidence=experience").head.total == 1
    sources = a_list(f"unit=act_sources&run={run.pk}&type=liberty")
    assert [row.id for row in sources.rows] == [act.coding.source_id for act in told.acts]
    assert len({row.title.text for row in sources.rows}) == 3


def test_records_that_contradict_each_other_are_in_conflict(told: World) -> None:
    run = join(*told.parties)
    with change(ACTOR, "another year, another sex") as c:
        c.update(told.parties[1], birth_low=day(1983), birth_high=day(1983, 12, 31))
        c.update(told.parties[2], sex="male")
    assert counts(f"unit=persons&run={run.pk}&dims=conflict") == {"Sex": 1, "Born": 1, "no conflict": 1}
    page = a_list(f"unit=persons&run={run.pk}&conflict=birth&columns=conflict,sex")
    assert shown(page.rows[0], page)["conflict"] == "Sex; Born"
    # Who may not see the record that contradicts sees no contradiction.
    assert counts(f"unit=persons&run={run.pk}&dims=conflict", mask_for(user(told, "a", "analyst"))) == {"Born": 1}
    assert a_list("unit=persons&run=records&conflict=birth").head.total == 0


def test_acts_that_are_only_denied_are_left_out_and_counted_when_asked_for(told: World) -> None:
    with change(ACTOR, "an office denies it") as c:
        for telling in Telling.objects.filter(claim=told.acts[0].pk):
            c.update(telling, stance="denies")
        c.insert(Telling, coding=told.codings[2], claim=told.acts[2].pk, stance="contradicts")
        c.insert(Telling, coding=told.codings[2], claim=told.acts[2].pk, stance="supports")
    page = a_list("unit=acts&run=records")
    assert page.head.total == 3 and page.head.left_out is not None
    number, address = page.head.left_out
    assert (number, a_list(address).head.total) == (1, 1)
    facet = listing.one_facet(page.query, SYSTEM, ACTOR, "en", "stance")
    assert {entry.label: entry.count for entry in facet.entries} == {
        "Told": 1, "Only denied": 1, "Told and denied": 1, "No telling": 1, "unclear": 0,
    }  # fmt: skip
    table = tables.table_page(asking.parse_table("unit=acts&run=records&dims=stance,type:1"), SYSTEM, ACTOR, "en")
    whole = table.layers[0].total.total
    assert whole.count == 4 == a_list(whole.address).head.total
    assert table.head.left_out is None
    for row in table.layers[0].rows:
        if row.total.count:
            assert a_list(row.total.address).head.total == row.total.count
    # A telling of it in another source: told and denied, and counted.
    run = join(*told.acts)
    assert counts(f"unit=acts&run={run.pk}&dims=stance") == {"Told and denied": 1, "No telling": 1}
    assert a_list(f"unit=acts&run={run.pk}").head.left_out is None


def test_episodes_that_share_a_resolved_act_of_one_victim_are_one(told: World) -> None:
    with change(ACTOR, "stories") as c:
        for act in told.acts:
            c.update(act, episode=c.insert(Episode, coding=act.coding, victim=act.victim))
    run = join(*told.parties)
    asked = f"unit=episodes&run={run.pk}"
    assert a_list(asked).head.total == 3
    join(told.acts[0], told.acts[1])
    assert a_list(asked).head.total == 2
    join(told.acts[0], told.acts[2])
    assert a_list(asked).head.total == 1
    assert len(a_list(asked).rows) == 1
    assert a_list("unit=episodes&run=records").head.total == 3
    assert a_list(asked, mask_for(user(told, "analyst", "analyst"))).head.total == 1
