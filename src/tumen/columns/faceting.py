"""facets: for each field how many of the unit each of its terms would leave, its own conditions set aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from tumen.columns.arrays import Array, Int64s
from tumen.columns.classes import Axis, Dim, Header, HeaderKind, axis_of
from tumen.columns.counting import Counted, categories_at, counted, distinct_by, total_of
from tumen.columns.domains import UNKNOWN
from tumen.columns.fields import Kind
from tumen.columns.frame import Frame, Snapshot
from tumen.columns.mask import Mask
from tumen.columns.query import Query
from tumen.columns.scope import check
from tumen.columns.selecting import filtered


@dataclass(frozen=True)
class FacetCount:
    """One entry of a facet: `header.condition()` added to the query gives `count` of its unit."""

    header: Header
    count: int


@dataclass(frozen=True, eq=False)
class _Counting:
    """What is counted for one facet, with what all facets over the same rows share."""

    what: Counted
    total: int


def facets(
    frame: Frame | Snapshot, query: Query, mask: Mask, fields: Iterable[str | Dim], text_rows: Array | None = None
) -> dict[str, tuple[FacetCount, ...]]:
    """Count the terms of several fields under a query.

    A facet sets the conditions on its own field aside, so that it shows what else could be chosen. A tree is counted at
    every level (a term's count is that of its whole subtree), or down to the level of a `Dim`; intervals and numbers
    are counted by a scheme ("period:decade"). Counts are in the query's unit: distinct persons for victims. Only terms
    that occur are listed, in the order of their domain, `unknown` always and last.

    Returns:
        The entries under each field as it was asked for.

    Raises:
        BadQuery, Masked, UnknownRun: before any row is looked at.
    """
    snapshot = frame.snapshot()
    dims = {str(asked): asked if isinstance(asked, Dim) else Dim.parse(asked) for asked in fields}
    unit = check(snapshot, query, mask, *(dim.field for dim in dims.values()))
    axes = {name: axis_of(snapshot, dim) for name, dim in dims.items()}
    parts = filtered(snapshot, query, mask, text_rows)
    shared: dict[str | None, _Counting] = {}
    result = {}
    for name, axis in axes.items():
        without = axis.dim.field if axis.dim.field in parts.by_field else None
        if without not in shared:
            what = counted(parts.scope, unit, parts.chosen(without))
            shared[without] = _Counting(what, total_of(what))
        result[name] = tuple(_facet(snapshot, axis, shared[without]))
    return result


def _facet(snapshot: Snapshot, axis: Axis, counting: _Counting) -> Iterable[FacetCount]:
    field = snapshot.fields[axis.dim.field]
    what = counting.what
    if field.kind.ranged:
        counts = _category_counts(axis, what)
        yield from (
            FacetCount(axis.headers[place], int(counts[place])) for place in range(2, len(counts)) if counts[place]
        )
        yield from (
            FacetCount(axis.headers[place], int(counts[place])) for place in (1, 0) if counts[place] or not place
        )
        return
    domain = field.terms
    depth = axis.dim.level or domain.depth
    if what.entities is None and field.kind is not Kind.MULTI:
        counts = _tree_counts(snapshot, axis, what)
    else:
        counts = _level_counts(snapshot, axis, depth, counting)
    for code in np.flatnonzero(counts).tolist():
        if code and domain.level[code] <= depth:
            header = Header(field.name, HeaderKind.TERM, domain.keys[code], int(domain.level[code]))
            yield FacetCount(header, int(counts[code]))
    yield FacetCount(Header(field.name, HeaderKind.UNKNOWN, UNKNOWN), int(counts[0]))


def _category_counts(axis: Axis, what: Counted) -> Int64s:
    codes = axis.codes[what.rows]
    if what.entities is not None:
        codes = distinct_by(what.entities, codes, len(axis.headers))[1]
    return np.bincount(codes, what.weights, len(axis.headers)).astype(np.int64)


def _tree_counts(snapshot: Snapshot, axis: Axis, what: Counted) -> Int64s:
    """Counts of rows with one term each: a subtree is a code range, its count a difference of running sums."""
    domain = snapshot.fields[axis.dim.field].terms
    counts = np.bincount(axis.codes[what.rows], what.weights, len(domain)).astype(np.int64)
    running = np.concatenate(([0], np.cumsum(counts)))
    return running[domain.end] - running[:-1]


def _level_counts(snapshot: Snapshot, axis: Axis, depth: int, counting: _Counting) -> Int64s:
    """Counts where one row has several terms or one entity several rows: deduplicated level by level, deepest first."""
    domain = snapshot.fields[axis.dim.field].terms
    what = counting.what
    deepest = axis_of(snapshot, Dim(axis.dim.field))
    # The deepest axis has one category a code, in code order: categories are codes.
    owners, codes = categories_at(deepest, what.rows)
    places = np.arange(len(what.rows)) if owners is None else owners
    entities = places if what.entities is None else what.entities[places]
    weights = None if what.weights is None else what.weights
    counts = np.zeros(len(domain), np.int64)
    for level in range(domain.depth, 0, -1):
        rolled = domain.rollup(level)[codes]
        if level < domain.depth or what.entities is not None:
            entities, rolled = distinct_by(entities, rolled, len(domain))
        codes = rolled
        if level > depth:
            continue
        found = np.bincount(codes, None if weights is None else weights[entities], len(domain)).astype(np.int64)
        here = domain.level == level
        here[0] = level == depth
        counts[here] = found[here]
    return counts
