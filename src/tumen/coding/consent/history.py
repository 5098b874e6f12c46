"""What follows from decisions: of each cell the latest one counts, seen from today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.coding.consent.grid import Block, Grid, State, recorded

States = NDArray[np.uint8]


@dataclass(frozen=True)
class Decision:
    """What one data subject decided at one time.

    Attributes:
        answers: in their order; where two speak of one cell the later one counts.
        low, high: the first and last day on which it can have been made (day 1 = 0001-01-01).
        recorded: the number of the change that recorded it, which settles what was decided on one day.
        starts, ends: a yes counts from and up to these days.
        form: the form it was asked by.
    """

    answers: tuple[Block, ...]
    low: int
    high: int
    recorded: int
    starts: int | None = None
    ends: int | None = None
    form: int | None = None


def decided(grid: Grid, decisions: Iterable[Decision], readings: Mapping[int, tuple[Block, ...]], today: int) -> States:
    """Return the state of every cell; one that nobody decided is "not asked".

    Of decisions whose days are known roughly, a yes counts as early and anything else as late as it can have been, so
    that doubt is never read as consent.

    Args:
        readings: of each legacy form that somebody has read, what a signature under it covers.
        today: the day on which something is to be used.
    """
    states = np.full(grid.size, State.NOT_ASKED, np.uint8)
    answers = [
        (each.low if given.is_yes else each.high, each.recorded, place, given, each)
        for each in decisions
        for place, given in enumerate(each.answers)
    ]
    answers.sort(key=lambda answer: answer[:3])
    for _day, _change, _place, given, decision in answers:
        cells = grid.cells(given)
        if recorded(given.state) is not State.LEGACY:
            states[cells] = _seen_from(today, given.state, decision)
            continue
        read = np.full(grid.size, State.LEGACY, np.uint8)
        for reading in readings.get(decision.form or 0, ()):
            read[grid.cells(reading)] = _seen_from(today, reading.state, decision)
        states[cells] = read[cells]
    return states


def _seen_from(today: int, state: str, decision: Decision) -> State:
    found = recorded(state)
    if found <= State.PUBLIC:
        if decision.starts is not None and today < decision.starts:
            return State.EMBARGOED
        if decision.ends is not None and today > decision.ends:
            return State.EXPIRED
    return found
