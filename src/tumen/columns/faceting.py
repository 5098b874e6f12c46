"""facets: for each field how many of the unit each of its terms would leave, its own conditions set aside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from tumen.columns.arrays import Array, Int64s, starts
from tumen.columns.classes import Axis, Dim, Header, axis_of, owners_of, rolled_values, term_headers
from tumen.columns.counting import Counted, categories_at, counted
from tumen.columns.distinct import Sized, in_order
from tumen.columns.fields import Kind
from tumen.columns.frame import Frame
from tumen.columns.mask import Mask
from tumen.columns.masking import under
from tumen.columns.query import Query
from tumen.columns.scope import Scope, check, scope_of
from tumen.columns.selecting import filtered
from tumen.columns.snapshot import Snapshot


@dataclass(frozen=True)
class FacetCount:
    """One entry of a facet: `header.condition()` added to the query gives `count` of its unit."""

    header: Header
    count: int


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
    snapshot = under(frame.snapshot(), mask)
    dims = {str(asked): asked if isinstance(asked, Dim) else Dim.parse(asked) for asked in fields}
    unit = check(snapshot, query, mask, *(dim.field for dim in dims.values()))
    scope = scope_of(snapshot, query, mask)
    axes = {name: axis_of(scope, dim) for name, dim in dims.items()}
    parts = filtered(snapshot, query, mask, text_rows)
    shared: dict[str | None, Counted] = {}
    result = {}
    for name, axis in axes.items():
        without = axis.dim.field if axis.dim.field in parts.by_field else None
        if without not in shared:
            shared[without] = counted(parts.scope, unit, parts.chosen(without))
        result[name] = tuple(_facet(scope, axis, shared[without]))
    return result


def _facet(scope: Scope, axis: Axis, what: Counted) -> Iterable[FacetCount]:
    field = scope.snapshot.fields[axis.dim.field]
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
    if what.entities is not None:
        counts = _level_counts(scope, axis, depth, what)
    elif field.kind is Kind.MULTI:
        counts = _multi_counts(scope, axis, depth, what)
    else:
        counts = _tree_counts(scope, axis, what)
    headers = term_headers(field)
    for code in np.flatnonzero((counts > 0) & (domain.level <= depth))[int(counts[0] > 0) :].tolist():
        yield FacetCount(headers[code], int(counts[code]))
    yield FacetCount(headers[0], int(counts[0]))


def _category_counts(axis: Axis, what: Counted) -> Int64s:
    codes = axis.codes.take(what.rows)
    if what.entities is None:
        return np.bincount(codes, what.weights, len(axis.headers)).astype(np.int64)
    return _distinct(what.entities, what.sized, codes, len(axis.headers), [None])[0]


def _distinct(entities: Array, groups: Sized, codes: Array, size: int, maps: Sequence[Array | None]) -> list[Int64s]:
    """How many distinct entities have each code, or each image of it under never decreasing maps (None: the code)."""
    rest = codes.take(groups.rest)
    compared = np.bincount(codes, minlength=size) - np.bincount(rest, minlength=size)
    said = groups.places(codes)
    narrow = [None if mapped is None else mapped.astype(codes.dtype) for mapped in maps]
    images = [
        said if mapped is None else {n: [mapped.take(each) for each in places] for n, places in said.items()}
        for mapped in narrow
    ]
    # Sorted by code is sorted by every image: one sort serves all levels.
    who = entities.take(groups.rest)
    found, first = in_order(who, rest, size), starts(who)
    result = []
    for mapped, rows in zip(narrow, groups.repeats(images, [(n,) for n in range(len(maps))]), strict=True):
        here, again = (
            (found, codes.take(rows)) if mapped is None else (mapped.take(found), mapped.take(codes.take(rows)))
        )
        counts = np.bincount(here.take((first | starts(here)).nonzero()[0]), minlength=size)
        counts += compared if mapped is None else np.bincount(mapped, compared, size).astype(np.int64)
        result.append(counts - np.bincount(again, minlength=size))
    return result


def _tree_counts(scope: Scope, axis: Axis, what: Counted) -> Int64s:
    """Counts of rows with one term each: a subtree is a code range, its count a difference of running sums."""
    domain = scope.snapshot.fields[axis.dim.field].terms
    counts = np.bincount(axis.codes[what.rows], what.weights, len(domain)).astype(np.int64)
    running = np.concatenate(([0], np.cumsum(counts)))
    return running[domain.end] - running[:-1]


def _level_counts(scope: Scope, axis: Axis, depth: int, what: Counted) -> Int64s:
    """Counts where one entity has several rows, or one row several terms: distinct at each level of the tree."""
    domain = scope.snapshot.fields[axis.dim.field].terms
    if axis.offsets is None:
        owners, codes = None, axis.codes.take(what.rows)
    else:
        # The deepest axis has one category a code, in code order: categories are codes.
        owners, codes = categories_at(axis_of(scope, Dim(axis.dim.field)), what.rows)
    entities = np.arange(len(what.rows), dtype=np.int32) if what.entities is None else what.entities
    if owners is not None:
        entities = entities.take(owners)
    groups = Sized.of(entities) if what.entities is None or owners is not None else what.sized
    counts = np.zeros(len(domain), np.int64)
    levels = range(depth, 0, -1)
    maps = [None if level == domain.depth else domain.rollup(level) for level in levels]
    for level, found in zip(levels, _distinct(entities, groups, codes, len(domain), maps), strict=True):
        here = domain.level == level
        here[0] = level == depth
        counts[here] = found[here]
    return counts


def _multi_counts(scope: Scope, axis: Axis, depth: int, what: Counted) -> Int64s:
    """Counts of rows with several terms each, in passes over all values; those of rows not chosen become code 0."""
    domain, multi = scope.snapshot.fields[axis.dim.field].terms, scope.multi(axis.dim.field)
    amounts = np.zeros(len(scope.visible), bool if what.weights is None else np.int64)
    amounts[what.rows] = True if what.weights is None else what.weights
    taken = amounts[owners_of(multi)]
    counts = np.zeros(len(domain), np.int64)
    for level in range(depth, 0, -1):
        rolled, fresh = rolled_values(scope, axis.dim.field, level)
        added = taken if fresh is None else taken[fresh]
        if what.weights is None:
            found = np.bincount(rolled * added, minlength=len(domain))
        else:
            found = np.bincount(rolled, added, len(domain)).astype(np.int64)
        here = domain.level == level
        counts[here] = found[here]
    empty = np.flatnonzero(multi.offsets[what.rows + 1] == multi.offsets[what.rows])
    counts[0] = len(empty) if what.weights is None else int(what.weights[empty].sum())
    return counts
