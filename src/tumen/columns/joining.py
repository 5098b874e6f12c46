"""What rows that a run joins say together: the union of their terms, sums, contradictions, stories that are one.

Every function takes the visible rows alone. What a hidden row says changes nothing.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW, Array, Bools, Int32s, Int64s, Kept, places, replaced, starts
from tumen.columns.domains import Domain
from tumen.columns.fields import Field
from tumen.columns.snapshot import Snapshot
from tumen.columns.storage import Codes, Multi, Spans


@dataclass(frozen=True, eq=False)
class Joined:
    """The visible rows of the clusters that have several rows, visible or not.

    Attributes:
        rows: these rows, cluster after cluster.
        first: where in `rows` each cluster begins; there stands its principal row.
    """

    rows: Int32s
    first: Int64s

    def same(self, other: Joined) -> bool:
        """Whether the same rows are joined in the same clusters."""
        return np.array_equal(self.rows, other.rows) and np.array_equal(self.first, other.first)

    @cached_property
    def heads(self) -> Int32s:
        """The principal row of each cluster."""
        heads: Int32s = self.rows[self.first]
        return heads

    @cached_property
    def number(self) -> Int64s:
        """For each of `rows` the number of its cluster."""
        return np.repeat(np.arange(len(self.first)), np.diff(self.first, append=len(self.rows)))

    @cached_property
    def ascending(self) -> Int64s:
        """The numbers of the clusters in the order of their principal rows."""
        return np.argsort(self.heads)


_UNIONS = 6  # a column keeps those of so many scopes; the oldest goes first


def union(multi: Multi, joined: Joined, domain: Domain, rest: str, scope: object) -> Multi:
    """The union of a column's terms over clusters, kept with the column while it only grows, and grown with it.

    Rows that are added after a run stand alone in it, so that a page just after a new act makes no union anew.

    Args:
        rest: a term that is dropped where there is another; "" for none.
        scope: sets the union apart from those of other scopes.
    """
    with multi.kept.lock:
        kept: OrderedDict[object, tuple[Joined, Multi]] = multi.kept.held.setdefault("unions", OrderedDict())
        known = kept.pop(scope, None)
        if known is not None and known[0].same(joined):
            united = _as_long_as(known[1], multi)
        else:
            united = _united(multi, joined, domain, rest)
        kept[scope] = joined, united
        while len(kept) > _UNIONS:
            kept.popitem(last=False)
    return united


def _as_long_as(united: Multi, multi: Multi) -> Multi:
    """A union cut or continued to the rows of another moment of its column."""
    rows, known = len(multi.offsets), len(united.offsets)
    if rows == known:
        return united
    if rows < known:
        offsets = united.offsets[:rows]
        return Multi(offsets, united.values[: offsets[-1]], united.kept)
    tail = multi.offsets[known:] - multi.offsets[known - 1] + united.offsets[-1]
    values = np.concatenate((united.values, multi.values[multi.offsets[known - 1] :]))
    return Multi(np.concatenate((united.offsets, tail)).astype(np.int32), values, united.kept)


def _united(multi: Multi, joined: Joined, domain: Domain, rest: str) -> Multi:
    """A column in which each principal row has the terms of all rows of its cluster."""
    size = len(domain)
    lengths = np.diff(multi.offsets)[joined.rows]
    found = multi.values[places(multi.offsets[joined.rows].astype(np.int64), lengths)]
    keys = np.repeat(joined.number * size, lengths) + found
    keys.sort(kind="stable")  # by cluster they are sorted already
    keys = keys[starts(keys)]
    cluster = keys // size
    codes = keys - cluster * size
    counts = np.bincount(cluster, minlength=len(joined.first))
    if rest:
        kept = (codes != domain.code(rest)) | (counts[cluster] == 1)
        codes, counts = codes[kept], np.bincount(cluster[kept], minlength=len(counts))
    order = joined.ascending
    firsts = np.cumsum(counts) - counts
    given = codes[places(firsts[order], counts[order])]
    offsets, values = replaced(multi.offsets, multi.values, joined.heads[order], counts[order], given)
    return Multi(offsets.astype(np.int32), values, Kept())


def sums(spans: Spans, joined: Joined) -> Spans:
    """A column in which each principal row has the sums of its cluster's bounds, open where an upper one is unknown."""
    lower, upper = spans.lower.copy(), spans.upper.copy()
    if not len(joined.first):
        return Spans(lower, upper, Kept())
    for side, unset, result in ((spans.lower, OPEN_LOW, lower), (spans.upper, OPEN_HIGH, upper)):
        bounds = side[joined.rows].astype(np.int64)
        set_ = bounds != unset
        added = np.add.reduceat(np.where(set_, bounds, 0), joined.first)
        enough = (np.logical_or if unset == OPEN_LOW else np.logical_and).reduceat(set_, joined.first)
        result[joined.heads] = np.where(enough, np.clip(added, OPEN_LOW + 1, OPEN_HIGH - 1), unset)
    return Spans(lower, upper, Kept())


def ored(codes: Codes, joined: Joined, meaning: Sequence[int]) -> Codes:
    """A column in which each principal row has what the bitwise or of its cluster's codes means."""
    values = codes.values.copy()
    if len(joined.first):
        together = np.bitwise_or.reduceat(codes.values[joined.rows], joined.first)
        values[joined.heads] = np.asarray(meaning, values.dtype)[together]
    return Codes(values)


def leading(codes: Codes, joined: Joined) -> Codes:
    """A column in which each principal row has the first term of the domain that a row of its cluster has."""
    values = codes.values.copy()
    if len(joined.first):
        one = values.dtype.type(1)
        # Unknown wraps around to the largest code, and back.
        values[joined.heads] = np.minimum.reduceat(codes.values[joined.rows] - one, joined.first) + one
    return Codes(values)


def differences(snapshot: Snapshot, field: Field, joined: Joined) -> Multi:
    """For each principal row the fields in which its cluster's rows contradict each other.

    Two terms contradict each other unless one is within the other, two ranges unless they touch. What is unknown
    contradicts nothing.
    """
    names = [name for name in field.terms.keys[1:] if name in snapshot.columns]
    said = np.zeros((len(joined.first), len(names)), bool)
    if len(joined.first):
        for column, name in enumerate(names):
            said[:, column] = _differ(snapshot, snapshot.fields[name], joined)
    said = said[joined.ascending]
    lengths = np.zeros(len(snapshot), np.int32)
    lengths[joined.heads[joined.ascending]] = said.sum(axis=1)
    codes = np.array([field.terms.code(name) for name in names], field.terms.dtype)
    offsets = np.concatenate(([0], np.cumsum(lengths))).astype(np.int32)
    return Multi(offsets, codes[np.nonzero(said)[1]], Kept())


def _differ(snapshot: Snapshot, field: Field, joined: Joined) -> Bools:
    if field.kind.ranged:
        spans = snapshot.spans(field.name)
        latest = np.maximum.reduceat(spans.lower[joined.rows], joined.first)
        earliest = np.minimum.reduceat(spans.upper[joined.rows], joined.first)
        apart: Bools = latest > earliest
        return apart
    # In depth-first order the narrowest of nested terms has the highest code; all others have it in their range.
    codes = snapshot.codes(field.name).values[joined.rows]
    narrowest = np.maximum.reduceat(codes, joined.first)[joined.number]
    beside = (codes > 0) & (field.terms.end[codes] <= narrowest)
    found: Bools = np.logical_or.reduceat(beside, joined.first)
    return found


def tied(codes: Int32s, size: int, by: Int32s, joined: Joined) -> Int32s:
    """From the code of an id to the code of the story it is a part of, where ids are one that a cluster's rows tie.

    Args:
        codes: for each row the code of the id it names, -1 for none.
        size: how many codes there are.
        by: for each row the resolved entity that both must be of; -1, not known, ties nothing.
    """
    named = codes[joined.rows]
    having = np.flatnonzero((named >= 0) & (by[joined.rows] >= 0))
    named, whose, number = named[having], by[joined.rows[having]].astype(np.int64), joined.number[having]
    order = np.lexsort((whose, number))
    named, whose, number = named[order], whose[order], number[order]
    pairs = np.flatnonzero(~starts(number) & ~starts(whose))
    return _components(size, named[pairs - 1], named[pairs])


def _components(size: int, one: Array, other: Array) -> Int32s:
    """For each of `size` numbers the smallest that pairs join it to."""
    label = np.arange(size, dtype=np.int32)
    while True:
        low = np.minimum(label[one], label[other])
        before = label.copy()
        np.minimum.at(label, before[one], low)
        np.minimum.at(label, before[other], low)
        label = label[label]
        if np.array_equal(label, before):
            return label
