"""The capture table: how many people were recorded by exactly which lists.

A pattern of capture is a bitmask: bit j is set when list j recorded the person, so pattern 0 is the person whom nobody
recorded. `counts[mask]` is the number of people with that pattern, and `counts[0]` is always 0. Everything in this
package is indexed by these masks: the sum over the supersets of a mask is a marginal count, the sum over its subsets a
log-linear predictor.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadTable, UnknownList
from tumen.estimation.people import People, people_from_columns
from tumen.estimation.reading import MOST_LISTS, read_frequencies, read_table
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.transforms import superset_sums


@dataclass(frozen=True)
class CaptureTable:
    """Counts of people by pattern of capture, over 2 to 20 lists.

    `structural_zeros` are patterns that nobody can have (two lists from regions that never meet): they are taken out
    of every fit, which is not the same as a count of 0. `people` is there when the table was made from individuals: it
    carries the clusters and strata. Raises `BadTable`.
    """

    lists: tuple[str, ...]
    counts: NDArray[np.int64]
    structural_zeros: frozenset[int] = frozenset()
    people: People | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        counts = np.array(self.counts)
        if not 2 <= len(self.lists) <= MOST_LISTS:
            raise BadTable(f"A capture table has 2 to {MOST_LISTS} lists, this has {len(self.lists)}.")
        if len(set(self.lists)) < len(self.lists) or not all(self.lists):
            raise BadTable(f"Each list needs a name of its own; these are {', '.join(self.lists)}.")
        if counts.shape != (1 << len(self.lists),):
            raise BadTable(f"{len(self.lists)} lists have {1 << len(self.lists)} patterns, not {counts.size}.")
        if counts.dtype.kind not in "iu" and not np.array_equal(counts, np.floor(counts)):
            raise BadTable("A count is not a whole number.")
        if counts.min() < 0:
            raise BadTable("A count is negative.")
        if counts[0]:
            raise BadTable("People on no list are counted; they are what is to be estimated.")
        for mask in self.structural_zeros:
            if not 0 < mask < counts.size:
                raise BadTable(f"Pattern {mask} is declared impossible, and there is no such pattern.")
            if counts[mask]:
                raise BadTable(f"{counts[mask]} people have the pattern {self.name(mask)}, declared impossible.")
        counts = counts.astype(np.int64)
        counts.flags.writeable = False
        object.__setattr__(self, "counts", counts)

    @classmethod
    def from_counts(
        cls,
        lists: Sequence[str],
        counts: Mapping[tuple[str, ...], int],
        *,
        structural_zeros: Iterable[Sequence[str]] = (),
    ) -> Self:
        """A table from counts by the names of the lists that recorded the people: `{("PF", "NCA"): 31, ...}`."""
        names = tuple(lists)
        dense = np.zeros(1 << len(names), np.int64)
        for pattern, count in counts.items():
            dense[_mask(names, pattern)] += count
        return cls(names, dense, frozenset(_mask(names, pattern) for pattern in structural_zeros))

    @classmethod
    def from_csv(cls, path: Path | str, *, lists: Sequence[str] = ()) -> Self:
        """Read a file with a column of 0 and 1 for each list and a last column `count`.

        Patterns not in the file count 0. A count of "-" declares a pattern impossible (a structural zero). `lists`
        keeps these lists only, in this order. Raises `BadTable`, naming the row, and `OSError`.
        """
        names, counts, impossible = read_table(Path(path))
        table = cls(names, counts, impossible)
        return table if not lists else table.select(*lists)

    @classmethod
    def from_individuals(
        cls,
        df: Any,
        *,
        lists: Sequence[str],
        strata: str | None = None,
        cluster: str | None = None,
        structural_zeros: Iterable[Sequence[str]] = (),
    ) -> Self:
        """A table from one row a person: a data frame, or any mapping of column names to sequences.

        `lists` are columns of 0/1 or truth values. `strata` and `cluster` name a column each (a region; the event,
        family or interview through which people were recorded together); an empty cell is an unknown stratum, and a
        cluster of its own. Raises `BadTable`, naming the row (the first person is row 2, under the header).
        """
        people = people_from_columns(df, tuple(lists), strata, cluster)
        names = tuple(lists)
        if not 2 <= len(names) <= MOST_LISTS:
            raise BadTable(f"A capture table has 2 to {MOST_LISTS} lists, this has {len(names)}.")
        impossible = frozenset(_mask(names, pattern) for pattern in structural_zeros)
        return cls(names, people.counts(1 << len(names)), impossible, people)

    @property
    def K(self) -> int:  # noqa: N802
        """The number of lists."""
        return len(self.lists)

    @cached_property
    def n(self) -> int:
        """The number of people recorded."""
        return int(self.counts.sum())

    @cached_property
    def marginals(self) -> NDArray[np.int64]:
        """For each mask, the people recorded by at least these lists: the sufficient statistics."""
        return superset_sums(self.counts)

    @cached_property
    def in_name_order(self) -> tuple[int, ...]:
        """The numbers of the lists in the order of their names. What is drawn at random is drawn in this order, so that
        the order in which the lists happen to stand does not matter."""
        return tuple(sorted(range(self.K), key=lambda j: self.lists[j]))

    @cached_property
    def support(self) -> NDArray[np.int64]:
        """The masks counted at least once, in an order that follows the names of the lists."""
        masks = np.flatnonzero(self.counts)
        by_name = sum((masks >> j & 1) << place for place, j in enumerate(self.in_name_order))
        return masks[np.argsort(by_name)]

    @property
    def is_clustered(self) -> bool:
        """Whether people were recorded together, in clusters that are known."""
        return self.people is not None and self.people.cluster is not None

    def overlaps(self) -> NDArray[np.int64]:
        """People on both of each two lists, K by K; the diagonal is the size of each list."""
        bits = 1 << np.arange(self.K)
        both: NDArray[np.int64] = self.marginals[bits[:, None] | bits[None, :]]
        return both

    def name(self, mask: int) -> str:
        """The lists of a mask, joined by "&"; "none" for the pattern of those nobody recorded."""
        return "&".join(self.names(mask)) or "none"

    def names(self, mask: int) -> tuple[str, ...]:
        """The lists of a mask."""
        return tuple(name for j, name in enumerate(self.lists) if mask >> j & 1)

    def mask(self, names: Iterable[str]) -> int:
        """The mask of these lists. Raises `UnknownList`."""
        return _mask(self.lists, names)

    def select(self, *names: str) -> Self:
        """Only these lists, in this order; people on none of them are no longer counted."""
        return self._regrouped(names, [[self._index(name)] for name in names])

    def drop(self, *names: str) -> Self:
        """Without these lists; people on none of the others are no longer counted."""
        gone = {self._index(name) for name in names}
        kept = [name for j, name in enumerate(self.lists) if j not in gone]
        return self.select(*kept)

    def merge(self, *names: str, into: str = "") -> Self:
        """Two or more lists made one, called `into` or their names run together, in the place of the first. Where
        another list has that name already, a "+" stands between them."""
        together = [self._index(name) for name in names]
        if len(set(together)) < 2:
            raise BadTable("Name at least two different lists to merge.")
        others = {name for j, name in enumerate(self.lists) if j not in together}
        between = ""
        while between.join(names) in others:
            between += "+"
        new = into or between.join(names)
        groups = [
            together if j == min(together) else [j] for j in range(self.K) if j not in set(together) - {min(together)}
        ]
        called = [new if group is together else self.lists[group[0]] for group in groups]
        return self._regrouped(called, groups)

    def condition_on(self, name: str) -> Self:
        """Only people on this list, cross-classified by the others: the list becomes a population of known size."""
        at = self._index(name)
        others = [other for other in self.lists if other != name]
        here = np.arange(self.counts.size) >> at & 1 == 1
        people = None if self.people is None else self.people.where(here[self.people.pattern])
        impossible = frozenset(mask for mask in self.structural_zeros if here[mask])
        return type(self)(self.lists, np.where(here, self.counts, 0), impossible, people).select(*others)

    def by_stratum(self) -> dict[str | None, Self]:
        """One table a stratum; the people of unknown stratum stand under None. Without strata, one table, under ""."""
        if self.people is None or self.people.stratum is None:
            return {"": self}
        parts = {}
        for code, label in [*enumerate(self.people.strata), (-1, None)]:
            part = self.people.where(self.people.stratum == code)
            if part.pattern.size or label is not None:
                parts[label] = type(self)(self.lists, part.counts(self.counts.size), self.structural_zeros, part)
        return parts

    def with_structural_zeros(self, *patterns: Sequence[str], at_least: Iterable[Sequence[str]] = ()) -> Self:
        """The table with more patterns declared impossible: exactly these, and all that contain one of `at_least`
        (`at_least=[("North", "South")]` when nobody can be on both)."""
        masks = {_mask(self.lists, pattern) for pattern in patterns}
        every = np.arange(self.counts.size)
        for pattern in at_least:
            mask = _mask(self.lists, pattern)
            masks.update(every[every & mask == mask].tolist())
        return type(self)(self.lists, self.counts, self.structural_zeros | masks, self.people)

    def flags(self) -> list[Sentence]:
        """Sentences about lists that an analyst must look at: empty, identical, or contained in another."""
        return list(_odd_lists(self))

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the table, the same whatever the order of lists and rows."""
        order = self.in_name_order
        sorted_table = self._regrouped([self.lists[j] for j in order], [[j] for j in order])
        cells = np.flatnonzero(sorted_table.counts)
        text = repr((
            sorted_table.lists,
            [(int(mask), int(sorted_table.counts[mask])) for mask in cells],
            sorted(sorted_table.structural_zeros),
        ))  # fmt: skip
        return hashlib.sha256(text.encode()).hexdigest()

    def _index(self, name: str) -> int:
        if name not in self.lists:
            raise UnknownList(f"There is no list {name}; there are {', '.join(self.lists)}.")
        return self.lists.index(name)

    def _regrouped(self, names: Iterable[str], groups: Sequence[Sequence[int]]) -> Self:
        """A table whose list g holds whoever was on any of the old lists `groups[g]`."""
        old = np.arange(self.counts.size)
        new = np.zeros_like(old)
        for g, group in enumerate(groups):
            new |= (old & sum(1 << j for j in group) != 0).astype(old.dtype) << g
        counts = np.bincount(new, weights=self.counts, minlength=1 << len(groups)).astype(np.int64)
        counts[0] = 0
        # A new pattern is impossible only if every old pattern that would become it is.
        possible = np.ones(old.size, bool)
        possible[list(self.structural_zeros)] = False
        reachable = np.bincount(new, weights=possible, minlength=counts.size) > 0
        reachable[0] = True
        people = None if self.people is None else self.people.renumbered(new)
        return type(self)(tuple(names), counts, frozenset(np.flatnonzero(~reachable).tolist()), people)


@dataclass(frozen=True)
class FrequencyCounts:
    """How many people one source recorded exactly once, twice, ...: data for estimates from a single source.

    `times[k]` is the number of people recorded k times; `times[0]` is 0. Raises `BadTable`.
    """

    times: NDArray[np.int64]

    def __post_init__(self) -> None:
        times = np.array(self.times)
        if times.ndim != 1 or times.size < 3:
            raise BadTable("Give counts of people recorded 0 (always 0), 1 and 2 times, at least.")
        if times.min() < 0 or not np.array_equal(times, np.floor(times)) or times[0]:
            raise BadTable("Counts are whole numbers, 0 or more, and nobody is recorded 0 times.")
        times = times.astype(np.int64)
        times.flags.writeable = False
        object.__setattr__(self, "times", times)

    @classmethod
    def from_csv(cls, path: Path | str) -> Self:
        """Read a file with the columns `times` and `count`. Raises `BadTable`, naming the row."""
        return cls(read_frequencies(Path(path)))

    @classmethod
    def from_mentions(cls, persons: Iterable[object]) -> Self:
        """Counts from one entry a mention: the person (any hashable key) whom it names."""
        seen: dict[object, int] = {}
        for person in persons:
            seen[person] = seen.get(person, 0) + 1
        return cls(np.bincount(list(seen.values()), minlength=3))

    @classmethod
    def from_table(cls, table: CaptureTable) -> Self:
        """By how many of its lists each person of a table was recorded."""
        lists_of = np.array([int(mask).bit_count() for mask in range(table.counts.size)])
        counts = np.bincount(lists_of, weights=table.counts, minlength=max(3, table.K + 1))
        return cls(counts.astype(np.int64))

    @property
    def n(self) -> int:
        """The number of people recorded."""
        return int(self.times.sum())


def _mask(lists: tuple[str, ...], names: Iterable[str]) -> int:
    mask = 0
    for name in [names] if isinstance(names, str) else names:
        if name not in lists:
            raise UnknownList(f"There is no list {name}; there are {', '.join(lists)}.")
        mask |= 1 << lists.index(name)
    return mask


def _odd_lists(table: CaptureTable) -> Iterable[Sentence]:
    both = table.overlaps()
    for j, name in enumerate(table.lists):
        if both[j, j] == 0:
            yield say("list_recorded_nobody", name=name)
        elif both[j, j] == table.n:
            yield say("list_recorded_everybody", name=name)
    for j in range(table.K):
        for k in range(j + 1, table.K):
            one, other = table.lists[j], table.lists[k]
            if both[j, j] == 0 or both[k, k] == 0:
                continue
            if both[j, k] == both[j, j] == both[k, k]:
                yield say("lists_the_same", one=one, other=other)
            elif both[j, k] == both[j, j]:
                yield say("list_within", one=one, other=other)
            elif both[j, k] == both[k, k]:
                yield say("list_within", one=other, other=one)
