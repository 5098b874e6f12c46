"""What stands in the cells of a list: coded values as labels, read from the columns and not from the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from django.utils.translation import gettext as _

from tumen.columns import OPEN_HIGH, OPEN_LOW, UNKNOWN, Field, Kind, Snapshot
from tumen.columns.arrays import Array
from tumen.columns.scope import Scope
from tumen.counting.fields import PLACES
from tumen.counting.queries.labels import Labels


@dataclass(frozen=True)
class Cell:
    """One cell: its text, its `kind` (`gap` not known, `masked` someone shown by role), how it is set, its number."""

    text: str
    kind: Literal["", "gap", "masked"] = ""
    set: Literal["", "num", "nowrap"] = ""
    value: int | None = None


def unknown(how: Literal["", "num", "nowrap"] = "") -> Cell:
    """Return the cell of a value that is not known."""
    return Cell(_("unknown"), "gap", how)


def cells(labels: Labels, scope: Scope, name: str, rows: Array) -> list[Cell]:
    """Return a field's cells for rows, each speaking for what it is joined with."""
    field = scope.snapshot.fields[name]
    if field.kind is Kind.MULTI:
        return [_several(labels, field, codes) for codes in terms_of(scope, name, rows)]
    if field.kind.coded:
        codes = scope.codes(name).values[rows].tolist()
        known = {code: _term(labels, field, code) for code in set(codes)}
        return [known[code] for code in codes]
    if field.kind is Kind.REF:
        return [unknown() if number < 0 else Cell(f"#{number}") for number in references(scope.snapshot, name, rows)]
    spans = scope.spans(name)
    pairs = zip(spans.lower[rows].tolist(), spans.upper[rows].tolist(), strict=True)
    return [_span(labels, field, low, high) for low, high in pairs]


def references(snapshot: Snapshot, name: str, rows: Array) -> list[int]:
    """Return the ids that rows refer to, -1 for none: those of the rows themselves, not of clusters."""
    refs = snapshot.refs(name)
    codes = refs.codes[rows]
    if not len(refs.ids):
        return [-1] * len(codes)
    return list(np.where(codes < 0, -1, refs.ids[codes]).tolist())


def terms_of(scope: Scope, name: str, rows: Array) -> list[list[int]]:
    """Return the codes of a multi field for each row."""
    multi = scope.multi(name)
    starts, ends = multi.offsets[rows].tolist(), multi.offsets[rows + 1].tolist()
    return [multi.values[start:end].tolist() for start, end in zip(starts, ends, strict=True)]


def _term(labels: Labels, field: Field, code: int) -> Cell:
    if code == 0:
        return Cell(labels.term(field.name, UNKNOWN), "gap")
    key = field.terms.keys[code]
    return Cell(labels.path(field.name, key) if field.name in PLACES else labels.term(field.name, key))


def _several(labels: Labels, field: Field, codes: Sequence[int]) -> Cell:
    if not codes:
        return unknown() if labels.says_unknown(field.name) else Cell("")
    return Cell("; ".join(labels.term(field.name, field.terms.keys[code]) for code in codes))


def _span(labels: Labels, field: Field, low: int, high: int) -> Cell:
    how: Literal["num", "nowrap"] = "num" if field.kind is Kind.NUMBER else "nowrap"
    if low == OPEN_LOW and high == OPEN_HIGH:
        return unknown(how)
    shown = field.scale.show(low, high)
    if field.kind is Kind.NUMBER:
        # Numbers of persons and ages as people write them; years keep their four digits together.
        shown = tuple(f"{int(bound):,}" if bound.lstrip("-").isdigit() else bound for bound in shown)  # type: ignore[assignment]
    return Cell(labels.span(*shown), set=how, value=low if how == "num" and low == high else None)
