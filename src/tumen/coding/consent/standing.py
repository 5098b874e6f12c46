"""Where consent stands at one moment, as arrays: for any cell of the grid the state of many sources at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tumen.coding.consent.grid import NAMED, OWN, Grid, State
from tumen.coding.consent.history import States

Ids = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Held:
    """The states of many records. Most records share few patterns of states, which are kept once.

    Attributes:
        ids: ascending.
        pattern: for each of them the number of its pattern.
        patterns: one row a pattern, one column a cell of the grid.
    """

    ids: Ids
    pattern: NDArray[np.int32]
    patterns: States

    @classmethod
    def of(cls, grid: Grid, states: Mapping[int, States]) -> Held:
        """Gather the states of records."""
        numbers: dict[bytes, int] = {}
        ids = np.fromiter(states, np.int64, len(states))
        # Keyed by identity first: the histories of most records are told by one and the same array.
        known: dict[int, int] = {}
        pattern = np.empty(len(states), np.int32)
        for place, found in enumerate(states.values()):
            number = known.get(id(found))
            if number is None:
                number = known[id(found)] = numbers.setdefault(found.tobytes(), len(numbers))
            pattern[place] = number
        patterns = np.frombuffer(b"".join(numbers), np.uint8).reshape(len(numbers), grid.size)
        order = np.argsort(ids)
        return cls(ids[order], pattern[order], patterns)

    def places(self, ids: Ids) -> NDArray[np.int64]:
        """Return where each id stands, -1 where it does not."""
        return places_in(self.ids, ids)

    def at(self, places: NDArray[np.int64], cell: int, otherwise: State) -> States:
        """Return the states of one cell at places, `otherwise` at -1."""
        found = np.full(len(places), otherwise, np.uint8)
        there = places >= 0
        if there.any():
            found[there] = self.patterns[:, cell][self.pattern[places[there]]]
        return found


@dataclass(frozen=True, eq=False)
class Standing:
    """Where consent stands: an immutable value, replaced by another as soon as anything bears on it.

    Attributes:
        sources: what their tellers decided, of sources about which anything was decided for the teller.
        subjects: what other data subjects decided, by party.
        interviewed: the sources that have an interview, ascending.
        tellers: the parties that told one, ascending.
        embargoed: the sources whose own embargo lasts, ascending.
    """

    grid: Grid
    sources: Held
    subjects: Held
    interviewed: Ids
    tellers: Ids
    embargoed: Ids

    def of_sources(self, ids: Ids, purpose: str, audience: str, grain: str) -> States:
        """Return how far what sources tell may be used, as their tellers decided. Raises BadAnswer."""
        cell = self.grid.cell(purpose, audience, grain)
        found = self.sources.at(self.sources.places(ids), cell, State.NO_INTERVIEW)
        silent = found == State.NO_INTERVIEW
        if silent.any():
            found[silent & (places_in(self.interviewed, ids) >= 0)] = State.NOT_ASKED
        if audience != OWN and len(self.embargoed):
            held = places_in(self.embargoed, ids) >= 0
            found[held] = np.maximum(found[held], State.EMBARGOED)
        return found

    def of_subjects(self, ids: Ids, purpose: str, audience: str, grain: str) -> States:
        """Return what parties who are not the teller add to what the teller decided; GIVEN where they add nothing.

        Somebody registered as a data subject decides for herself. Anybody else follows the teller, but for her
        identity, which nobody can give away for her. Raises BadAnswer.
        """
        cell = self.grid.cell(purpose, audience, grain)
        places = self.subjects.places(ids)
        if grain != NAMED:
            return self.subjects.at(places, cell, State.GIVEN)
        found = self.subjects.at(places, cell, State.NOT_ASKED)
        found[(places < 0) & (places_in(self.tellers, ids) >= 0)] = State.GIVEN
        found[ids < 0] = State.GIVEN  # nobody is named
        return found

    def allowed(self, purpose: str, audience: str, grain: str) -> Ids:
        """Return the sources whose tellers let them be used so, ascending. Raises BadAnswer."""
        ids = self.sources.ids
        states = self.of_sources(ids, purpose, audience, grain)
        return ids[states <= State.PUBLIC]


def places_in(ascending: Ids, ids: Ids) -> NDArray[np.int64]:
    """Return where in an ascending array each id stands, -1 where it does not."""
    if not len(ascending):
        return np.full(len(ids), -1, np.int64)
    at = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    return np.where(ascending[at] == ids, at, -1)
