"""Axes: what a table's dimension or a facet counts by, as small category numbers for every row."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Growing, Int32s, code_type, starts
from tumen.columns.conditions import BadQuery, Condition, Op
from tumen.columns.domains import UNKNOWN
from tumen.columns.fields import Field, Kind
from tumen.columns.periods import Scheme
from tumen.columns.scope import Scope
from tumen.columns.storage import Multi

SPANS = 1
"""The class number of values that are known but lie in no single class; 0 is unknown, classes start at 2."""

Bounds = tuple[tuple[int, int], ...]

_LOOKUP_LIMIT = 1 << 20
_BLOCK = 1 << 16


class HeaderKind(StrEnum):
    """What one category of an axis stands for."""

    TERM = "term"  # a term and all below it
    EXACTLY = "exactly"  # a term coded at just this level, although the axis looks deeper
    PERIOD = "period"  # one class of a scheme
    SPANS = "spans"  # known, but in no single class
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Header:
    """One category: a row, column or layer of a table, or an entry of a facet.

    Attributes:
        field: the field counted by.
        kind: what it stands for.
        key: the term's key, the bounds "2000/2009" or "2003", the scheme's name for `spans`, or "unknown".
        level: the depth of the term, else 0.
    """

    field: str
    kind: HeaderKind
    key: str
    level: int = 0

    def condition(self) -> Condition:
        """The condition that holds for exactly the rows in this category."""
        if self.kind is HeaderKind.UNKNOWN:
            return Condition(self.field, Op.IS_UNKNOWN)
        if self.kind is HeaderKind.PERIOD:
            low, _, high = self.key.partition("/")
            return Condition(self.field, Op.BETWEEN, (low, high or low))
        ops = {HeaderKind.TERM: Op.IN, HeaderKind.EXACTLY: Op.EXACTLY, HeaderKind.SPANS: Op.SPANS}
        return Condition(self.field, ops[self.kind], (self.key,))


@dataclass(frozen=True)
class Dim:
    """One dimension: a field, with the level of a tree or the scheme of an interval or number. Text: `type:1`."""

    field: str
    level: int | None = None
    scheme: str | None = None

    @classmethod
    def parse(cls, text: str) -> Dim:
        """Read `evidence`, `type:1` or `period:decade`."""
        name, _, rest = text.partition(":")
        if rest.isascii() and rest.isdigit():
            return cls(name, level=int(rest))
        return cls(name, scheme=rest or None)

    def __str__(self) -> str:
        rest = self.scheme if self.level is None else self.level
        return self.field if rest is None else f"{self.field}:{rest}"


@dataclass(frozen=True, eq=False)
class Axis:
    """A dimension over a scope.

    Attributes:
        headers: the categories; category 0 is unknown.
        codes: for each row its category (single-valued), or for each value its category (multi).
        offsets: of a multi field, where each row's values start; else None.
        ordered: whether the categories are classes whose empty places between others must be shown.
    """

    dim: Dim
    headers: tuple[Header, ...]
    lookup: Int32s
    codes: Array
    offsets: Int32s | None
    ordered: bool = False


@dataclass(frozen=True, eq=False)
class Classed:
    """An interval or number column cut by a scheme: the classes' bounds, and for each row 0, SPANS or 2 + class."""

    bounds: Bounds
    codes: Array


def period_classes(scope: Scope, field: Field, scheme: Scheme) -> Classed:
    """Cut a column by a scheme; kept with the column, so that after an edit only new rows are cut."""
    spans = scope.spans(field.name)
    size = len(spans.lower)
    with spans.kept.lock:
        bounds, codes = spans.kept.held.get(scheme, (None, None))
        if bounds is not None and codes.size < size:
            tail = spans.lower[codes.size :], spans.upper[codes.size :]
            low, high = _extent(*tail)
            if low > high or (bounds and bounds[0][0] <= low and high <= bounds[-1][1]):
                codes.append(_classify(*tail, bounds))
            else:
                bounds = None
        if bounds is None:
            bounds = scheme.classes(field.scale, *_extent(spans.lower, spans.upper))
            codes = Growing(code_type(len(bounds) + 2))
            codes.append(_classify(spans.lower, spans.upper, bounds))
            spans.kept.held[scheme] = bounds, codes
        return Classed(bounds, codes.view()[:size])


def _classify(lowers: Int32s, uppers: Int32s, bounds: Bounds) -> Array:
    """For each pair of bounds 0 for unknown, SPANS, or 2 + the number of the class that holds both."""
    low, high = _extent(lowers, uppers)
    open_low, open_high = bool(bounds) and bounds[0][0] == OPEN_LOW, bool(bounds) and bounds[-1][1] == OPEN_HIGH
    firsts = np.array([first for first, _ in bounds], np.int64)
    codes = np.zeros(len(lowers), code_type(len(bounds) + 2))
    small = 0 <= high - low < min(_LOOKUP_LIMIT, 4 * len(lowers))
    # One element before and one after the known values answer for bounds that stand open.
    table = np.searchsorted(firsts, np.arange(low - 1, high + 2), "right").astype(codes.dtype) + 1 if small else None
    for start in range(0, len(codes), _BLOCK):
        lower, upper = lowers[start : start + _BLOCK], uppers[start : start + _BLOCK]
        from_class, to_class = (_class_numbers(side, firsts, table, low, high) for side in (lower, upper))
        # Where no class is open, an open bound counts as 0, so that two of them make 0: unknown.
        np.putmask(from_class, lower == OPEN_LOW, 2 if open_low else 0)
        np.putmask(to_class, upper == OPEN_HIGH, len(bounds) + 1 if open_high else 0)
        block = np.where(from_class == to_class, from_class, SPANS)
        if open_low or open_high:
            np.putmask(block, (lower == OPEN_LOW) & (upper == OPEN_HIGH), 0)
        codes[start : start + _BLOCK] = block
    return codes


def _extent(lowers: Int32s, uppers: Int32s) -> tuple[int, int]:
    """The lowest and highest bound that is set; lowest above highest if none is."""
    if not len(lowers):
        return 0, -1
    # Wrapping around moves the open ends out of the way of minimum and maximum.
    low = min(int((lowers - np.int32(1)).min()) + 1, int(uppers.min()))
    high = max(int((uppers + np.int32(1)).max()) - 1, int(lowers.max()))
    return low, high


def _class_numbers(values: Array, firsts: Array, table: Array | None, low: int, high: int) -> Array:
    """The class of each value, counted from 2."""
    if table is None:
        return np.searchsorted(firsts, values, "right") + 1
    numbers: Array = table[np.clip(values, low - 1, high + 1) - (low - 1)]
    return numbers


def axis_of(scope: Scope, dim: Dim) -> Axis:
    """The axis of a dimension.

    Raises:
        BadQuery: the field cannot be counted by, or needs a level or scheme that is not given or does not exist.
    """
    field = scope.snapshot.fields[dim.field]
    if field.kind is Kind.REF:
        raise BadQuery("{field} refers to other records and cannot be counted by", field=dim.field)
    if field.kind.ranged:
        scheme = field.scheme(dim.scheme or "")
        if scheme is None:
            names = [known.name for known in field.schemes]
            raise BadQuery(
                "{field} is counted by one of its schemes, not {scheme!r}", names, field=dim.field, scheme=dim.scheme
            )
        classed = period_classes(scope, field, scheme)
        headers = [Header(field.name, HeaderKind.UNKNOWN, UNKNOWN), Header(field.name, HeaderKind.SPANS, scheme.name)]
        for first, last in classed.bounds:
            low, high = field.scale.show(first, last)
            headers.append(Header(field.name, HeaderKind.PERIOD, low if low == high else f"{low}/{high}"))
        same = np.arange(len(headers), dtype=np.int32)
        return Axis(dim, tuple(headers), same, classed.codes, None, ordered=True)
    domain = field.terms
    if dim.scheme is not None or (dim.level is not None and not 1 <= dim.level <= domain.depth):
        raise BadQuery("{dim}: {field} has the levels 1 to {depth}", dim=dim, field=dim.field, depth=domain.depth)
    level = dim.level or domain.depth
    categories, lookup = _term_categories(field, level)
    if field.kind is not Kind.MULTI:
        return Axis(dim, categories, lookup, scope.codes(field.name).values, None)
    values, fresh = rolled_values(scope, field.name, level)
    offsets = scope.multi(field.name).offsets
    if fresh is not None:
        offsets = np.searchsorted(fresh, offsets).astype(np.int32)
    return Axis(dim, categories, lookup, values, offsets)


@lru_cache(maxsize=256)
def _term_categories(field: Field, level: int) -> tuple[tuple[Header, ...], Int32s]:
    """The categories of a tree at one level, and from code to category."""
    domain = field.terms
    rolled, places = np.unique(domain.rollup(level), return_inverse=True)
    headers = [Header(field.name, HeaderKind.UNKNOWN, UNKNOWN)]
    for code in rolled[1:].tolist():
        wider = domain.level[code] < level and domain.end[code] > code + 1
        kind = HeaderKind.EXACTLY if wider else HeaderKind.TERM
        headers.append(Header(field.name, kind, domain.keys[code], int(domain.level[code])))
    return tuple(headers), places.astype(np.int32)


@lru_cache(maxsize=256)
def term_headers(field: Field) -> tuple[Header, ...]:
    """For each code of a field's domain the header of the whole subtree."""
    domain = field.terms
    unknown = Header(field.name, HeaderKind.UNKNOWN, UNKNOWN)
    levels = domain.level.tolist()
    return unknown, *(
        Header(field.name, HeaderKind.TERM, key, level) for key, level in zip(domain.keys[1:], levels[1:], strict=True)
    )


def rolled_values(scope: Scope, name: str, level: int) -> tuple[Array, Array | None]:
    """A multi column at one level of its tree, each term once a row: the codes, and which values of the column they
    come from (None: all). Kept with the snapshot.
    """
    multi, domain = scope.multi(name), scope.snapshot.fields[name].terms
    if level >= domain.depth:
        return multi.values, None

    def make() -> tuple[Array, Array]:
        values = domain.rollup(level).astype(multi.values.dtype)[multi.values]
        fresh = starts(values) | starts(owners_of(multi))
        kept = np.flatnonzero(fresh)
        return values[kept], kept

    return scope.snapshot.derived(("rolled", name, level, scope.key if scope.grouping else None), make)


def owners_of(multi: Multi) -> Int32s:
    """The row of each value of a multi column; kept with the column."""
    with multi.kept.lock:
        owners = multi.kept.held.setdefault("owners", Growing(np.int32))
        if owners.size < len(multi.values):
            row = int(np.searchsorted(multi.offsets, owners.size, "right")) - 1
            owners.append(np.repeat(np.arange(row, len(multi.offsets) - 1), np.diff(multi.offsets[row:])))
        found: Int32s = owners.view()[: len(multi.values)]
        return found
