"""under: the columns as a mask shows them, so that whatever is counted over them can tell nothing that it hides.

What a compartment does not open is not there: a field of a class that it does not open reads as unknown in its rows,
and a place finer than it tells as the place around it. Counts, facets, orders, conflicts and exports are worked out
from these columns, and so cannot differ by what is hidden.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace
from threading import Lock

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Bools, Kept
from tumen.columns.fields import Field
from tumen.columns.mask import Mask
from tumen.columns.snapshot import Snapshot
from tumen.columns.storage import Codes, Multi, Refs, Spans, View

UNOPENED = "unopened"
"""How a field is shown where its class is not opened; other words are the finest precisions of places."""
Hides = tuple[tuple[str, tuple[str | None, ...]], ...]
"""The fields shown otherwise than they are, and how in each compartment; None as they are."""


def under(snapshot: Snapshot, mask: Mask) -> Snapshot:
    """The snapshot as a mask shows it: itself where the mask hides nothing of the rows it shows."""
    hides = _hides(snapshot, mask)
    beside = {name: _hides(other, mask) for name, other in snapshot.others.items()}
    if not hides and not any(beside.values()):
        return snapshot
    return snapshot.derived(("under", hides, tuple(beside.items())), lambda: _made(snapshot, mask, hides))


def _hides(snapshot: Snapshot, mask: Mask) -> Hides:
    fields = (snapshot.fields[name] for name in snapshot.columns)
    found = (
        (field.name, tuple(_hidden_in(field, mask, number) for number in snapshot.compartment_ids))
        for field in fields
        if field.field_class or field.told
    )
    return tuple((name, how) for name, how in found if any(how))


def _hidden_in(field: Field, mask: Mask, compartment: int) -> str | None:
    if not mask.sees(compartment):
        return None  # nobody counts its rows
    grant = mask.grant(compartment)
    if field.field_class and field.field_class not in grant.classes:
        return UNOPENED
    return grant.finest if grant.finest in field.told else None


def _made(snapshot: Snapshot, mask: Mask, hides: Hides) -> Snapshot:
    columns = dict(snapshot.columns)
    for name, how in hides:
        for kind in sorted({one for one in how if one}):
            rows = np.array([one == kind for one in how], bool)[snapshot.compartments]
            columns[name] = _hidden(columns[name], rows, snapshot.fields[name].told.get(kind))
    others = {name: under(other, mask) for name, other in snapshot.others.items()}
    made = replace(snapshot, columns=columns, others=others, _derived=OrderedDict(), _lock=Lock())
    made.inherit(snapshot)
    return made


def _hidden(view: View, rows: Bools, told: Array | None) -> View:
    """A column in which `rows` are unknown, or where `told` is given hold for each code the one it is told as."""
    if isinstance(view, Codes):
        return Codes(np.where(rows, view.values.dtype.type(0) if told is None else told[view.values], view.values))
    if isinstance(view, Spans):
        lower, upper = np.where(rows, OPEN_LOW, view.lower), np.where(rows, OPEN_HIGH, view.upper)
        return Spans(lower.astype(np.int32), upper.astype(np.int32), Kept())
    if isinstance(view, Refs):
        return Refs(np.where(rows, np.int32(-1), view.codes), view.ids)
    lengths = np.diff(view.offsets)
    offsets = np.concatenate((view.offsets[:1], np.cumsum(np.where(rows, 0, lengths), dtype=np.int32)))
    return Multi(offsets, view.values[~np.repeat(rows, lengths)], Kept())
