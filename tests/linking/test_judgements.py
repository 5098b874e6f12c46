"""Judgements: what they join, what they refuse, names that stay, and that undo takes them back."""

from __future__ import annotations

import pytest
from tests.counting.world import ACTOR, World

from tumen.archive import undo, versions
from tumen.archive.changes import change
from tumen.columns import Mask
from tumen.counting import search
from tumen.counting.queries import asking, listing, tables
from tumen.guard.masks import SYSTEM
from tumen.linking import clusters, queries
from tumen.linking.errors import CannotJudge, Contradiction
from tumen.linking.models import Redirect
from tumen.linking.services import judge, resolve_by_judgements

pytestmark = pytest.mark.usefixtures("archive")


def judged(a: int, b: int, answer: str = "same", reviewer: int = ACTOR) -> int:
    with change(ACTOR, "judged") as c:
        judge(c, a, b, answer, "the same day, the same place", reviewer)
    return versions.newest()


@pytest.fixture
def told() -> World:
    """Three sources that tell of one act against one person, and a fourth that tells of another."""
    world = World.new()
    for _ in range(4):
        coding = world.coding()
        world.party(coding, sex="female")
        world.act(world.parties[-1])
    return world


def counted(run: int | str, as_of: str = "") -> tuple[int, int, int, int]:
    """Acts in the list, acts in the table, victims, tellings."""
    rest = f"&run={run}{as_of}"
    page = listing.list_page(asking.parse(f"unit=acts{rest}"), SYSTEM, ACTOR, "en")
    assert len(page.rows) == page.head.total
    table = tables.counted(asking.parse_table(f"unit=acts&dims=type:1{rest}"), SYSTEM, ACTOR)
    victims = listing.list_page(asking.parse(f"unit=victims{rest}"), SYSTEM, ACTOR, "en").head.total
    tellings = listing.list_page(asking.parse(f"unit=tellings{rest}"), SYSTEM, ACTOR, "en").head.total
    return page.head.total, table.total, victims, tellings


def test_three_records_judged_the_same_count_once_and_undone_thrice(told: World) -> None:
    run = resolve_by_judgements(ACTOR)
    assert counted(run.pk) == (4, 4, 4, 4)
    acts, parties = [act.pk for act in told.acts], [party.pk for party in told.parties]
    before = versions.newest()
    steps = [judged(acts[0], acts[1]), judged(acts[1], acts[2]), judged(parties[0], parties[1])]
    steps.append(judged(parties[2], parties[1]))
    assert counted(run.pk) == (2, 2, 2, 4)
    assert counted("records") == (4, 4, 4, 4)
    assert counted(run.pk, f"&asof={before}") == (4, 4, 4, 4)
    assert counted(run.pk, f"&asof={steps[1]}") == (2, 2, 2, 4)
    for step in steps[::-1][:3]:
        undo.undo(ACTOR, step)
    assert counted(run.pk) == (3, 3, 3, 4)
    undone = undo.undo(ACTOR, steps[0])
    assert counted(run.pk) == (4, 4, 4, 4)
    undo.undo(ACTOR, undone.seq)
    assert counted(run.pk) == (3, 3, 3, 4)
    assert counted(run.pk, f"&asof={steps[1]}") == (2, 2, 2, 4)


def test_words_of_another_telling_are_shown_with_the_act(told: World) -> None:
    with change(ACTOR, "words") as c:
        told.told(c, told.acts[1], "taken back over the river")
    run = resolve_by_judgements(ACTOR)
    judged(told.acts[0].pk, told.acts[1].pk)
    token = search.remember(ACTOR, "river")
    rows = listing.list_page(asking.parse(f"unit=acts&run={run.pk}&q={token}"), SYSTEM, ACTOR, "en").rows
    assert [(row.id, ("river", True) in row.found) for row in rows] == [(told.acts[0].pk, True)]


def test_the_newest_run_is_counted_over_unless_records_are_asked_for(told: World) -> None:
    assert asking.parse("unit=acts").resolution == "records"
    run = resolve_by_judgements(ACTOR)
    assert asking.parse("unit=acts").resolution == run.pk
    assert asking.parse("unit=acts&run=records").resolution == "records"
    assert asking.parse("unit=sources").resolution == "records"
    assert resolve_by_judgements(ACTOR).pk == run.pk


def test_a_difference_inside_what_is_joined_is_refused(told: World) -> None:
    resolve_by_judgements(ACTOR)
    a, b, c = (act.pk for act in told.acts[:3])
    judged(a, b)
    judged(b, c)
    with pytest.raises(Contradiction) as caught:
        judged(c, a, "different", reviewer=2)
    assert caught.value.records == (a, c)
    assert set(caught.value.chain) == {a, b, c}
    assert str(a) in str(caught.value)
    judged(a, b, "unsure")
    judged(c, a, "different", reviewer=2)
    with pytest.raises(Contradiction):
        judged(a, b)


def test_only_two_records_of_one_kind_are_judged(told: World) -> None:
    act, party = told.acts[0].pk, told.parties[0].pk
    for a, b, answer in (
        (act, act, "same"),
        (act, party, "same"),
        (act, 99, "same"),
        (act, told.acts[1].pk, "perhaps"),
    ):
        with pytest.raises(CannotJudge):
            judged(a, b, answer)


def test_a_reviewer_who_judges_again_replaces_her_answer(told: World) -> None:
    a, b = told.acts[0].pk, told.acts[1].pk
    judged(a, b)
    judged(b, a, "unsure")
    found = queries.judgements_on(a, SYSTEM)
    assert [(each.answer, each.version) for each in found] == [("unsure", 2)]


def test_clusters_keep_their_names_and_redirect_old_ones(told: World) -> None:
    run = resolve_by_judgements(ACTOR)
    a, b, c, d = (act.pk for act in told.acts)
    judged(c, d)
    assert queries.cluster_of(run, d) == c
    judged(a, b)
    joining = judged(b, c)
    assert {queries.cluster_of(run, each) for each in (a, b, c, d)} == {a}
    assert dict(Redirect.objects.values_list("old", "new")) == {c: a}
    undo.undo(ACTOR, joining)
    assert queries.cluster_of(run, d) == c
    assert not Redirect.objects.exists()


def test_members_in_shut_compartments_are_not_told(told: World) -> None:
    run = resolve_by_judgements(ACTOR)
    closed = told.act(told.party(told.coding(closed=True)))
    judged(told.acts[0].pk, closed.pk)
    shut = Mask(frozenset({told.main.pk}), frozenset())
    members = queries.cluster_members(run, told.acts[0].pk, shut)
    assert members.records == [told.acts[0].pk]
    assert queries.judgements_on(told.acts[0].pk, shut) == []
    assert len(queries.judgements_on(told.acts[0].pk, SYSTEM)) == 1


def test_a_name_goes_with_most_of_its_records() -> None:
    before = {1: 1, 2: 1, 3: 3, 4: 3, 5: 3}
    assert set(clusters.named([[1, 2, 3, 4, 5]], before).values()) == {3}
    assert clusters.named([[2, 7]], before) == {2: 2, 7: 2}
    assert clusters.redirects(before, clusters.named([[1, 2, 3, 4, 5]], before), ()) == {1: 3}
