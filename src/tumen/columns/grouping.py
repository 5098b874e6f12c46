"""Resolution: which rows tell of one act, and which ids mean one person, under one linkage run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from tumen.columns.arrays import Array, Int32s, Int64s


class UnknownRun(LookupError):
    """A query asks for a linkage run that these columns have not been given."""


@dataclass(frozen=True, eq=False)
class Grouping:
    """One run's clusters over a frame. Rows added after the run stand alone until the next one.

    Attributes:
        run: the run's number.
        names: for each row of that moment the id its cluster goes by.
        members: the rows of clusters with several rows, by cluster and, inside, by order key, then id.
        cluster: for each of `members` the dense number of its cluster; ascending.
        refs: for each resolved ref column, from the code of an id to the code of the person or incident it means.
    """

    run: int
    names: Int64s
    members: Int32s
    cluster: Int32s
    refs: Mapping[str, Int32s]

    @classmethod
    def build(cls, run: int, names: Int64s, order: Array, ids: Array, refs: Mapping[str, Int32s]) -> Grouping:
        """Group rows that have the same name."""
        _, numbers, sizes = np.unique(names, return_inverse=True, return_counts=True)
        several = np.flatnonzero(sizes[numbers] > 1)
        dense = np.cumsum(sizes > 1, dtype=np.int64)[numbers[several]] - 1
        sequence = np.lexsort((ids[several], order[several], dense))
        return cls(run, names, several[sequence].astype(np.int32), dense[sequence].astype(np.int32), refs)

    def reordered(self, order: Array, ids: Array) -> Grouping:
        """The same clusters after order keys have changed."""
        sequence = np.lexsort((ids[self.members], order[self.members], self.cluster))
        return replace(self, members=self.members[sequence])

    def meant(self, field: str, size: int) -> Int32s | None:
        """From code to resolved code of a ref column that has `size` codes by now; None if it is not resolved."""
        known = self.refs.get(field)
        if known is None or len(known) >= size:
            return known
        return np.concatenate((known, np.arange(len(known), size, dtype=np.int32)))
