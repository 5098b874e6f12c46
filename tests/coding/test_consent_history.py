"""What follows from a history of decisions: the latest counts, doubt is never consent, what was not asked is no yes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen.coding.consent import BadAnswer, Block, Decision, Grid, Held, Standing, State, as_json, block, decided

GRID = Grid(("report", "court"), ("own", "public"), ("aggregate", "coded", "narrative", "named"))
TODAY = 1000
STATES = ("given", "refused", "withdrawn", "not_asked", "legacy", "public")
NOBODY = np.zeros(0, np.int64)


def blocks(states: Sequence[str] = STATES) -> st.SearchStrategy[Block]:
    def some(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(codes), min_size=1, max_size=2, unique=True).map(tuple)

    return st.builds(Block, st.sampled_from(states), some(GRID.purposes), some(GRID.audiences),
                     st.sampled_from(GRID.grains))  # fmt: skip


@st.composite
def decisions(draw: st.DrawFn, states: Sequence[str] = STATES) -> Decision:
    low = draw(st.integers(1, TODAY))
    return Decision(
        tuple(draw(st.lists(blocks(states), min_size=1, max_size=3))),
        low,
        draw(st.integers(low, TODAY)),
        draw(st.integers(1, 50)),
        draw(st.one_of(st.none(), st.integers(900, 1100))),
        draw(st.one_of(st.none(), st.integers(900, 1100))),
        draw(st.sampled_from([None, 5])),
    )


histories = st.lists(decisions(), max_size=6, unique_by=lambda each: each.recorded)
readings = st.dictionaries(
    st.just(5), st.lists(blocks(("given", "refused", "not_asked")), min_size=1, max_size=2).map(tuple)
)


def naive(history: Sequence[Decision], read: dict[int, tuple[Block, ...]], cell: tuple[str, str, str]) -> State:
    """The state of one cell, looked for answer by answer without arrays."""
    found, when = State.NOT_ASKED, (0, 0, -1)
    for decision in history:
        for place, answer in enumerate(decision.answers):
            if not settles(answer, cell):
                continue
            moment = (decision.low if answer.is_yes else decision.high, decision.recorded, place)
            if moment > when:
                found, when = seen(answer, decision, read, cell), moment
    return found


def settles(answer: Block, cell: tuple[str, str, str]) -> bool:
    finer = GRID.grains.index(cell[2]) - GRID.grains.index(answer.grain)
    return cell[0] in answer.purposes and cell[1] in answer.audiences and (finer <= 0 if answer.is_yes else finer >= 0)


def seen(
    answer: Block, decision: Decision, read: dict[int, tuple[Block, ...]], cell: tuple[str, str, str]
) -> State:  # fmt: skip
    if answer.state == "legacy":
        of_form = [each for each in read.get(decision.form or 0, ()) if settles(each, cell)]
        return seen(of_form[-1], decision, {}, cell) if of_form else State.LEGACY
    state = State[answer.state.upper()]
    if state <= State.PUBLIC and decision.starts is not None and decision.starts > TODAY:
        return State.EMBARGOED
    if state <= State.PUBLIC and decision.ends is not None and decision.ends < TODAY:
        return State.EXPIRED
    return state


def every_cell() -> list[tuple[str, str, str]]:
    return [(p, a, g) for p in GRID.purposes for a in GRID.audiences for g in GRID.grains]


@given(histories, readings)
def test_the_latest_answer_counts_in_every_cell(history, read) -> None:
    found = decided(GRID, history, read, TODAY)
    assert [State(int(found[GRID.cell(*cell)])) for cell in every_cell()] == [
        naive(history, read, cell) for cell in every_cell()
    ]


@given(histories, readings)
def test_the_order_in_which_decisions_are_read_does_not_matter(history, read) -> None:
    assert np.array_equal(decided(GRID, history, read, TODAY), decided(GRID, history[::-1], read, TODAY))


@given(histories, readings)
def test_after_a_withdrawal_of_everything_nothing_may_be_used(history, read) -> None:
    gone = Decision((Block("withdrawn", GRID.purposes, GRID.audiences, "aggregate"),), TODAY, TODAY, 99)
    assert set(decided(GRID, [*history, gone], read, TODAY).tolist()) == {State.WITHDRAWN}


@given(st.lists(decisions(("refused", "withdrawn", "not_asked", "legacy")), max_size=6))
def test_without_a_yes_nothing_may_be_used(history) -> None:
    assert (decided(GRID, history, {}, TODAY) > State.PUBLIC).all()


@given(histories, readings)
def test_a_yes_to_something_finer_is_a_yes_to_what_is_coarser(history, read) -> None:
    only = [replace(each, answers=tuple(a for a in each.answers if a.is_yes)) for each in history]
    states = decided(GRID, only, read, TODAY).reshape(-1, len(GRID.grains)) <= State.PUBLIC
    same_bounds = all(each.starts is None and each.ends is None for each in only)
    if same_bounds:
        assert (np.diff(states.astype(int), axis=1) <= 0).all()


@given(histories, readings, decisions())
def test_a_decision_leaves_alone_what_it_does_not_speak_of(history, read, more) -> None:
    before, after = (decided(GRID, each, read, TODAY) for each in (history, [*history, more]))
    changed = {every_cell()[n] for n in np.flatnonzero(before != after).tolist()}
    assert all(any(settles(answer, cell) for answer in more.answers) for cell in changed)


@pytest.mark.parametrize(("today", "expected"), [(99, State.EMBARGOED), (100, State.GIVEN), (200, State.GIVEN),
                                                 (201, State.EXPIRED)])  # fmt: skip
def test_a_yes_counts_from_its_first_day_to_its_last(today: int, expected: State) -> None:
    yes = Decision((Block("given", ("report",), ("public",), "coded"),), 1, 1, 1, starts=100, ends=200)
    assert decided(GRID, [yes], {}, today)[GRID.cell("report", "public", "aggregate")] == expected


def test_doubt_about_the_day_of_a_decision_is_never_read_as_consent() -> None:
    """Agreed some time in a year, refused some time in the same year: which came last is unknown."""
    cells = (("report",), ("public",), "aggregate")
    yes, no = (Decision((Block(state, *cells),), 10, 375, n) for n, state in ((2, "given"), (1, "refused")))
    assert decided(GRID, [yes, no], {}, TODAY)[GRID.cell("report", "public", "aggregate")] == State.REFUSED


def test_a_legacy_form_lets_nothing_be_used_until_it_is_read() -> None:
    signed = Decision((Block("legacy", GRID.purposes, GRID.audiences, "aggregate"),), 1, 1, 1, form=5)
    assert set(decided(GRID, [signed], {}, TODAY).tolist()) == {State.LEGACY}
    read = {5: (Block("given", ("report",), ("public",), "aggregate"),)}
    found = decided(GRID, [signed], read, TODAY)
    assert np.flatnonzero(found == State.GIVEN).tolist() == [GRID.cell("report", "public", "aggregate")]
    assert (np.delete(found, GRID.cell("report", "public", "aggregate")) == State.LEGACY).all()


@given(blocks())
def test_answers_are_kept_as_they_were_given(answer) -> None:
    assert block(json.loads(json.dumps(as_json([answer])))[0]) == answer


@pytest.mark.parametrize("wrong", [Block("gven", ("report",), ("own",), "coded"), Block("given", ("x",), ("own",),
                         "coded"), Block("given", ("report",), ("x",), "coded"), Block("given", ("report",), ("own",),
                         "x"), Block("expired", ("report",), ("own",), "coded")])  # fmt: skip
def test_codes_that_no_list_has_are_refused(wrong: Block) -> None:
    with pytest.raises(BadAnswer):
        GRID.check(wrong)


def standing(sources: dict[int, list[Decision]], subjects: dict[int, list[Decision]] | None = None, **more) -> Standing:
    def held(of: dict[int, list[Decision]]) -> Held:
        return Held.of(GRID, {record: decided(GRID, each, {}, TODAY) for record, each in of.items()})

    rest = {"interviewed": NOBODY, "tellers": NOBODY, "embargoed": NOBODY} | more
    return Standing(GRID, held(sources), held(subjects or {}), **rest)


def yes(grain: str = "named") -> list[Decision]:
    return [Decision((Block("given", GRID.purposes, GRID.audiences, grain),), 1, 1, 1)]


def test_a_source_without_interview_or_decision_is_told_from_one_that_nobody_asked_about() -> None:
    found = standing({7: yes()}, interviewed=np.array([7, 8])).of_sources(
        np.array([7, 8, 9]), "report", "public", "coded"
    )
    assert found.tolist() == [State.GIVEN, State.NOT_ASKED, State.NO_INTERVIEW]


def test_the_embargo_of_a_source_holds_for_all_but_the_group_itself() -> None:
    now = standing({7: yes()}, embargoed=np.array([7]))
    assert now.allowed("report", "own", "coded").tolist() == [7]
    assert now.allowed("report", "public", "coded").tolist() == []


def test_a_registered_subject_decides_for_herself_and_nobody_gives_away_the_name_of_another() -> None:
    no = [Decision((Block("refused", GRID.purposes, GRID.audiences, "coded"),), 1, 1, 1)]
    now = standing({7: yes()}, {20: no}, tellers=np.array([10]))
    who = np.array([10, 20, 30, -1])
    assert now.of_subjects(who, "report", "public", "coded").tolist() == [
        State.GIVEN,
        State.REFUSED,
        State.GIVEN,
        State.GIVEN,
    ]
    assert now.of_subjects(who, "report", "public", "named").tolist() == [
        State.GIVEN, State.REFUSED, State.NOT_ASKED, State.GIVEN,
    ]  # fmt: skip
