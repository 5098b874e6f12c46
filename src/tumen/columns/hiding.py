"""hidden: how much of a unit a user does not see, which never depends on what was asked."""

from __future__ import annotations

import numpy as np

from tumen.columns.arrays import OPEN_LOW, Array, Bools
from tumen.columns.fields import Unit
from tumen.columns.grouping import Grouping
from tumen.columns.mask import ALL, Everything, Mask
from tumen.columns.query import Query
from tumen.columns.scope import Scope, kept_scope, left_out, limited
from tumen.columns.snapshot import Snapshot


def hidden(snapshot: Snapshot, query: Query, mask: Mask) -> int:
    """How many of the unit exist only in compartments this user may not see.

    It depends on unit, resolution and moment alone, never on a filter: otherwise it would answer "does she occur?".
    """
    unit, grouping = snapshot.unit(query.unit), snapshot.grouping(query)
    if isinstance(mask.compartments, Everything):
        return 0
    key = ("hidden", mask.compartments, grouping.run if grouping else None, unit.name)
    return snapshot.derived(key, lambda: _hidden(snapshot, unit, grouping, mask))


def _hidden(snapshot: Snapshot, unit: Unit, grouping: Grouping | None, mask: Mask) -> int:
    # What a reader of everything would count, less what this one does.
    whole, scope = (kept_scope(snapshot, grouping, False, seen) for seen in (ALL, mask.compartments))
    there, here = _countable(whole, unit), _countable(scope, unit)
    if unit.sums:
        amounts = snapshot.spans(unit.sums).lower[there & ~scope.visible]
        return int(amounts[amounts != OPEN_LOW].sum(dtype=np.int64))
    if unit.counts:
        # An act names its unit where it is principal.
        counted, shown = (there, here) if unit.every_telling else (there & whole.heads, here & scope.heads)
        entities = whole.entities(unit.counts)
        elsewhere = np.flatnonzero(counted & ~shown)
        return _only_in(entities.take(elsewhere), entities.take(np.flatnonzero(shown)))
    seen = scope.visible
    if grouping is not None:
        seen = seen.copy()
        seen[grouping.members] = scope.leaders >= 0
    return int(np.count_nonzero(there & whole.heads & ~seen))


def _countable(scope: Scope, unit: Unit) -> Bools:
    """The visible rows of a unit, without those of acts that it leaves out unless it is asked for them."""
    rows, only, left = scope.visible, limited(scope.snapshot, unit), left_out(scope, unit)
    if only is not None:
        rows = rows & only
    if left is not None and left.any():
        rows = rows & ~left[scope.head_of_row]
    return rows


def _only_in(some: Array, others: Array) -> int:
    """How many codes (not -1) occur among `some` and not among `others`."""
    size = int(max(some.max(initial=-1), others.max(initial=-1))) + 1
    found = np.zeros(size + 1, bool)
    found[some] = True
    found[others] = False
    found[size] = False  # -1 was written to the last element
    return int(np.count_nonzero(found))
