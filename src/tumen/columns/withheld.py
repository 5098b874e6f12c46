"""Why something may not be used: of joined records the telling that comes nearest to being usable speaks for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from tumen.columns.arrays import OPEN_LOW, Array, Bools, Int64s, starts
from tumen.columns.consents import Asked
from tumen.columns.fields import Unit
from tumen.columns.query import Query
from tumen.columns.scope import Scope, limited
from tumen.columns.snapshot import Snapshot

if TYPE_CHECKING:
    from tumen.columns.selecting import Selection


def because_of(snapshot: Snapshot, query: Query) -> Asked | None:
    """The reason by which chosen rows are to be narrowed once they are chosen, None if by none."""
    if query.because is None or query.purpose is None or query.audience is None:
        return None
    unit = snapshot.unit(query.unit)
    asked = Asked.made(snapshot.consents, query.purpose, query.audience, query.grain, query.because)
    return None if unit.every_telling or unit.sums else asked


def withheld_rows(scope: Scope, unit: Unit, asked: Asked, chosen: Bools) -> Bools:
    """Those of the chosen principal rows whose unit may not be used, for the reason asked for."""
    nearest = _nearest(scope, asked.states(scope.snapshot))
    if unit.counts is None:
        meant: Bools = chosen & (nearest == asked.code)
        return meant
    rows, entities = _of_entities(scope, unit, chosen)
    first = starts(entities)
    states = np.minimum.reduceat(nearest[rows], np.flatnonzero(first)) if len(rows) else nearest[:0]
    found = np.zeros(len(chosen), bool)
    found[rows[(states == asked.code)[np.cumsum(first) - 1]]] = True
    return found


def withheld(selection: Selection, purpose: str, audience: str, grain: str | None = None) -> Int64s:
    """How many of the unit that a selection chose are in each state, of those that have several the nearest to usable.

    Args:
        selection: chosen without regard to consent.

    Raises:
        BadQuery: the purpose, audience or granularity does not exist.
    """
    scope, unit, snapshot = selection.scope, selection.unit, selection.snapshot
    asked = Asked.made(snapshot.consents, purpose, audience, grain, None)
    states, size = asked.states(snapshot), len(asked.consents.reasons)
    if unit.sums is not None:
        told = np.flatnonzero(scope.visible & selection.chosen[scope.head_of_row])
        amounts = snapshot.spans(unit.sums).lower[told]
        return np.bincount(states[told], np.where(amounts != OPEN_LOW, amounts, 0), size).astype(np.int64)
    if unit.counts is None:
        only = limited(snapshot, unit)
        rows = np.flatnonzero(selection.chosen if only is None else selection.chosen & only)
        return np.bincount(_nearest(scope, states)[rows], minlength=size).astype(np.int64)
    rows, entities = _of_entities(scope, unit, selection.chosen)
    if not len(rows):
        return np.zeros(size, np.int64)
    each = states if unit.every_telling else _nearest(scope, states)
    nearest = np.minimum.reduceat(each[rows], np.flatnonzero(starts(entities)))
    return np.bincount(nearest, minlength=size).astype(np.int64)


def _nearest(scope: Scope, states: Array) -> Array:
    """The state of each principal row: the nearest to usable of the visible rows of its cluster."""
    joined = scope.joined
    if not len(joined.rows):
        return states
    nearest = states.copy()
    nearest[joined.heads] = np.minimum.reduceat(states[joined.rows], joined.first)
    return nearest


def _of_entities(scope: Scope, unit: Unit, chosen: Bools) -> tuple[Array, Array]:
    """The rows that name one of a unit and are chosen, and beside each the code of what it names, ascending."""
    order, entities = scope.by_entity(unit)
    taken = chosen.take(scope.head_of_row.take(order) if unit.every_telling else order)
    if unit.every_telling:
        taken &= scope.visible.take(order)
    return order[taken], entities[taken]
