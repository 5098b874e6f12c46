"""Where the rows of a chunk gather, each under the index it will have in the whole archive."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from .rows import KINDS, RESOLVED, Chunk, Row, Table


class Registry:
    """Collects rows by kind and counts on from chunk to chunk."""

    def __init__(self) -> None:
        self._next = dict.fromkeys(KINDS, 0)
        self.start()

    def start(self) -> None:
        """Begin a new chunk."""
        self.rows: dict[str, list[Row]] = {kind: [] for kind in KINDS}
        self.entities: dict[str, list[int]] = {kind: [] for kind in RESOLVED}

    def add(self, kind: str, row: Row) -> int:
        """Add a row; returns its index in the archive."""
        rows = self.rows[kind]
        rows.append(row)
        return self._next[kind] + len(rows) - 1

    def count(self, kind: str) -> int:
        """How many rows of a kind there are so far, in all chunks."""
        return self._next[kind] + len(self.rows[kind])

    def close(self) -> Chunk:
        """The chunk collected since `start`; the next one counts on from it."""
        tables = {kind: Table(kind, self._next[kind], rows) for kind, rows in self.rows.items()}
        for kind, rows in self.rows.items():
            self._next[kind] += len(rows)
        truth = {kind: np.array(found, dtype=np.int64) for kind, found in self.entities.items()}
        self.start()
        return Chunk(tables, truth)


def floats(rng: np.random.Generator) -> Callable[[], float]:
    """A function that gives the next random number in [0, 1): drawn in bulk, handed out one by one."""

    def stream() -> Iterator[float]:
        while True:
            yield from rng.random(16_384).tolist()

    return stream().__next__
