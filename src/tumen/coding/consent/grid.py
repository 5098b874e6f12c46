"""The grid of consent: for each purpose and audience how much may be shown, and the states a cell can be in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import IntEnum
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

PURPOSES, AUDIENCES, GRAINS, STATES = "consent_purpose", "consent_audience", "consent_grain", "consent_state"
"""The lists that the axes of the grid, and the states people can record, come from."""

OWN = "own"
"""The audience of the group itself, for which the embargo of a source does not hold."""
NAMED = "named"
"""The granularity at which a person herself must have agreed to be shown."""


class State(IntEnum):
    """What is known about one cell, nearest to usable first: of several that hold at once the highest counts."""

    GIVEN = 0
    PUBLIC = 1
    EMBARGOED = 2  # given, from a later day on
    EXPIRED = 3  # given, up to an earlier day
    LEGACY = 4  # a legacy form that nobody has read for this cell
    NOT_ASKED = 5
    WITHDRAWN = 6
    REFUSED = 7
    NO_INTERVIEW = 8  # neither an interview nor any decision

    @property
    def code(self) -> str:
        """How addresses, files and the list of states call it."""
        return self.name.lower()


REASONS = tuple(state for state in State if state > State.PUBLIC)
"""Why something may not be used."""

_RECORDED = {state.code: state for state in State if state.code not in ("embargoed", "expired", "no_interview")}
_YES = frozenset({"given", "public"})


def usable(states: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Return whether each state lets something be used."""
    return states <= State.PUBLIC


class BadAnswer(ValueError):
    """An answer names a state, purpose, audience or granularity that its list does not have; says what is near."""

    def __init__(self, what: str, value: str, near: Sequence[str]) -> None:
        hint = f"; did you mean {' or '.join(near)}?" if near else ""
        super().__init__(f"{value!r} is no {what}{hint}")
        self.what, self.value, self.near = what, value, tuple(near)


class Block(NamedTuple):
    """One answer for several cells: each of these purposes with each of these audiences, at one granularity."""

    state: str
    purposes: tuple[str, ...]
    audiences: tuple[str, ...]
    grain: str

    @property
    def is_yes(self) -> bool:
        """Whether it lets something be used; such an answer counts from its first possible day, a no from its last."""
        return self.state in _YES


@dataclass(frozen=True)
class Grid:
    """The axes, as the archive's lists have them.

    Attributes:
        grains: from coarse to fine.
    """

    purposes: tuple[str, ...]
    audiences: tuple[str, ...]
    grains: tuple[str, ...]

    @property
    def size(self) -> int:
        """How many cells there are."""
        return len(self.purposes) * len(self.audiences) * len(self.grains)

    def cell(self, purpose: str, audience: str, grain: str) -> int:
        """Return the number of a cell. Raises BadAnswer."""
        place = [_place(*asked) for asked in zip(self._axes(), (purpose, audience, grain), strict=True)]
        return (place[0] * len(self.audiences) + place[1]) * len(self.grains) + place[2]

    def check(self, each: Block) -> Block:
        """Return a block if every code of it stands in its list. Raises BadAnswer."""
        if each.state not in _RECORDED:
            raise BadAnswer("state of consent", each.state, get_close_matches(each.state, _RECORDED))
        for purpose in each.purposes:
            _place(self._axes()[0], purpose)
        for audience in each.audiences:
            _place(self._axes()[1], audience)
        _place(self._axes()[2], each.grain)
        return each

    def cells(self, each: Block) -> NDArray[np.intp]:
        """Return the cells that an answer settles: a yes its granularity and all coarser, any other all finer ones.

        Codes that have left their list settle nothing.
        """
        return _cells(self, each)

    def _axes(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        return ("purpose", self.purposes), ("audience", self.audiences), ("granularity", self.grains)


@lru_cache(maxsize=4096)
def _cells(grid: Grid, each: Block) -> NDArray[np.intp]:
    numbers = np.arange(grid.size).reshape(len(grid.purposes), len(grid.audiences), len(grid.grains))
    if each.grain not in grid.grains:
        return numbers[:0].ravel()
    at = grid.grains.index(each.grain)
    depth = slice(None, at + 1) if each.is_yes else slice(at, None)
    rows = [grid.purposes.index(code) for code in each.purposes if code in grid.purposes]
    columns = [grid.audiences.index(code) for code in each.audiences if code in grid.audiences]
    return numbers[np.ix_(rows, columns)][:, :, depth].ravel()


def _place(axis: tuple[str, tuple[str, ...]], code: str) -> int:
    what, codes = axis
    if code not in codes:
        raise BadAnswer(what, code, get_close_matches(code, codes))
    return codes.index(code)


def block(kept: Sequence[Any]) -> Block:
    """Return an answer from how a record keeps it."""
    state, purposes, audiences, grain = kept
    return Block(str(state), tuple(purposes), tuple(audiences), str(grain))


def as_json(blocks: Iterable[Block]) -> list[list[Any]]:
    """Return answers as a record keeps them."""
    return [[each.state, list(each.purposes), list(each.audiences), each.grain] for each in blocks]


def recorded(state: str) -> State:
    """Return the state of a recorded code."""
    return _RECORDED[state]
