"""Which rows of a frame may be used for what: consent is given for sources and data subjects, and rows follow.

A row follows its source. One that is about a data subject who decided for herself (a child, a third person) follows her
too: of the two the stricter counts. See docs/decisions/consent.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.utils.translation import gettext_noop as _

from tumen.coding.consent import BadAnswer, Standing, State
from tumen.coding.queries.consent import standing
from tumen.columns import BadQuery, Snapshot
from tumen.columns.arrays import Array, Int64s
from tumen.counting.fields import ACTS, PERSONS, SOURCES

USUAL_GRAIN = "coded"
"""What is meant where nobody says how much is to be shown: rows of coded facts, as lists show them."""


@dataclass(frozen=True)
class Usable:
    """Where consent stands, for the columns. Equal when it stands the same, so that what follows from it is shared."""

    standing: Standing

    @property
    def reasons(self) -> tuple[str, ...]:
        """The states as queries call them."""
        return tuple(state.code for state in State)

    @property
    def usable(self) -> int:
        """States below this one let a row be used."""
        return State.PUBLIC + 1

    @property
    def grain(self) -> str:
        """The granularity that is meant where a query names none."""
        return USUAL_GRAIN

    def states(self, snapshot: Snapshot, purpose: str, audience: str, grain: str) -> Array:
        """Return the state of each row. Raises BadQuery."""
        try:
            found = self._of_source(snapshot, purpose, audience, grain)
            subject = {ACTS: "victim", PERSONS: ""}.get(snapshot.name)
            if subject is None:
                return found
            if not subject:
                return np.maximum(found, self.standing.of_subjects(snapshot.ids, purpose, audience, grain))
            refs = snapshot.refs(subject)
            of_ids = self.standing.of_subjects(refs.ids, purpose, audience, grain)
            # -1 picks the appended last element: nobody is named, and nobody has to be asked.
            return np.maximum(found, np.append(of_ids, np.uint8(State.GIVEN))[refs.codes])
        except BadAnswer as error:
            words = _("{value!r} is no purpose, audience or granularity")
            raise BadQuery(words, error.near, value=error.value) from error

    def _of_source(self, snapshot: Snapshot, purpose: str, audience: str, grain: str) -> Array:
        if snapshot.name == SOURCES:
            return self.standing.of_sources(snapshot.ids, purpose, audience, grain)
        refs = snapshot.refs("source")
        ids: Int64s = refs.ids
        return np.append(self.standing.of_sources(ids, purpose, audience, grain), np.uint8(State.NO_INTERVIEW))[
            refs.codes
        ]


def usable() -> Usable:
    """Return where consent stands now."""
    return Usable(standing())
