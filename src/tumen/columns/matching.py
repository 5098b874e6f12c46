"""From conditions to boolean rows."""

from __future__ import annotations

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Bools
from tumen.columns.classes import SPANS, period_classes
from tumen.columns.conditions import Condition, Op
from tumen.columns.domains import UNKNOWN, Domain
from tumen.columns.fields import Across, Field, Kind
from tumen.columns.scope import Scope, pick


def rows_where(scope: Scope, condition: Condition) -> Bools:
    """The rows (visible or not) whose value meets a condition that has been checked."""
    field = scope.snapshot.fields[condition.field]
    if field.kind.ranged:
        return _ranged(scope, field, condition)
    if field.kind is Kind.REF:
        return _ref(scope, condition)
    wanted = _wanted(field.terms, condition)
    if field.kind is Kind.MULTI:
        multi = scope.multi(field.name)
        found = any_value(multi.offsets, pick(multi.values, wanted))
        if wanted[0]:
            found |= np.diff(multi.offsets) == 0
    else:
        found = pick(scope.codes(field.name).values, wanted)
    return ~found if condition.op is Op.NOT_IN else found


def _wanted(domain: Domain, condition: Condition) -> Bools:
    """For each code of a domain whether the condition names it."""
    wanted = np.zeros(len(domain), bool)
    keys = (UNKNOWN,) if condition.op is Op.IS_UNKNOWN else condition.values
    for key in keys:
        code = domain.code(str(key))
        wanted[code : code + 1 if condition.op is Op.EXACTLY else domain.end[code]] = True
    return wanted


def any_value(offsets: Array, hits: Bools) -> Bools:
    """Rows of which any value is hit."""
    found = np.zeros(len(offsets) - 1, bool)
    counts = np.diff(offsets)
    filled = np.flatnonzero(counts)
    if len(filled):
        found[filled] = np.logical_or.reduceat(hits, offsets[filled])
    return found


def _ranged(scope: Scope, field: Field, condition: Condition) -> Bools:
    spans = scope.spans(field.name)
    if condition.op is Op.SPANS:
        scheme = field.scheme(str(condition.values[0]))
        assert scheme is not None
        spanning: Bools = period_classes(scope, field, scheme).codes == SPANS
        return spanning
    unknown: Bools = (spans.lower == OPEN_LOW) & (spans.upper == OPEN_HIGH)
    if condition.op is Op.IS_UNKNOWN:
        return unknown
    low, high = condition.bounds(field)
    inside: Bools = (spans.lower >= low) & (spans.upper <= high)
    touching: Bools = (spans.lower <= high) & (spans.upper >= low)
    return (inside if condition.op is Op.BETWEEN else touching) & ~unknown


def _ref(scope: Scope, condition: Condition) -> Bools:
    entities = scope.entities(condition.field)
    if condition.op is Op.IS_UNKNOWN:
        return ~_told(scope, condition.field, entities >= 0)
    refs = scope.snapshot.refs(condition.field)
    ids = refs.ids
    codes = np.flatnonzero(np.isin(ids, np.array(condition.values, np.int64)))
    meant = scope.meant(condition.field)
    if meant is not None and scope.allowed is not None:
        # One that no row they may see names asks for nobody: the answer would tell whose hidden record that is.
        codes = codes[np.isin(codes, refs.codes[scope.allowed])]
    # An id asks for the person it means, whichever of her records it is.
    meaning: Array = codes if meant is None else meant[codes]
    wanted = np.zeros(len(ids) + 1, bool)  # the last element answers for -1, none
    wanted[meaning] = True
    found = _told(scope, condition.field, wanted[entities])
    return ~found if condition.op is Op.NOT_IN else found


def _told(scope: Scope, name: str, hits: Bools) -> Bools:
    """The rows hit, where an act has the ids of all its tellings those whose telling is hit."""
    return scope.spread(hits) if scope.snapshot.fields[name].across is Across.UNION else hits
