"""hidden: how much of a unit a user does not see, which never depends on what was asked."""

from __future__ import annotations

import numpy as np

from tumen.columns.arrays import OPEN_LOW, Array
from tumen.columns.fields import Unit
from tumen.columns.grouping import Grouping
from tumen.columns.mask import ALL, Everything, Mask
from tumen.columns.query import Query
from tumen.columns.scope import kept_scope, limited
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
    scope = kept_scope(snapshot, grouping, False, mask.compartments)
    rest = snapshot.live & ~scope.visible
    only = limited(snapshot, unit)
    if only is not None:
        rest &= only
    if unit.sums:
        amounts = snapshot.spans(unit.sums).lower[rest]
        return int(amounts[amounts != OPEN_LOW].sum(dtype=np.int64))
    if unit.counts:
        # What a reader of everything would count, less what this one does: an act names its unit where it is principal.
        whole = kept_scope(snapshot, grouping, False, ALL)
        counted, shown = (whole.visible, scope.visible) if unit.every_telling else (whole.heads, scope.heads)
        if only is not None:
            counted, shown = counted & only, shown & only
        entities = whole.entities(unit.counts)
        elsewhere = np.flatnonzero(counted & ~shown)
        return _only_in(entities.take(elsewhere), entities.take(np.flatnonzero(shown)))
    if grouping is None:
        return int(np.count_nonzero(rest))
    in_cluster = rest[grouping.members]
    alone = np.count_nonzero(rest) - np.count_nonzero(in_cluster)
    unseen = grouping.cluster[in_cluster & (scope.leaders < 0)]
    return int(alone) + int(np.count_nonzero(np.diff(unseen, prepend=-1)))


def _only_in(some: Array, others: Array) -> int:
    """How many codes (not -1) occur among `some` and not among `others`."""
    size = int(max(some.max(initial=-1), others.max(initial=-1))) + 1
    found = np.zeros(size + 1, bool)
    found[some] = True
    found[others] = False
    found[size] = False  # -1 was written to the last element
    return int(np.count_nonzero(found))
