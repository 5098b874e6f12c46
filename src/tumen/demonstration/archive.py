"""The demonstration archive as its reader sees it: a truth, and chunks of records that tell of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .data_files import codes, places
from .noise import Noise
from .rows import KINDS, RESOLVED, Chunk, Row, Table
from .scribe import CHUNK, Scribe
from .tellings import plan_tellings
from .truth import Truth
from .units import tree
from .world import build_truth

FULL_SIZE = 87_317
"""Resolved acts of a full-size archive: the total of the White Paper 2024."""


class Demonstration:
    """A fictional archive. The truth is built at once; the records are written as they are asked for.

    Two demonstrations of the same size, seed and noise give the same records, byte for byte.
    """

    def __init__(self, acts: int, seed: int, noise: Noise) -> None:
        self.truth: Truth
        self.truth, plan = build_truth(acts, seed, noise)
        self._tellings = plan_tellings(self.truth, plan)

    @property
    def sources(self) -> int:
        """How many sources there are."""
        return len(self._tellings.kind)

    @property
    def act_records(self) -> int:
        """How many act records there are: one for each telling of an act."""
        return len(self._tellings.act)

    def units(self) -> Table:
        """The unit tree, to be loaded before the first chunk."""
        known = places()
        rows: list[Row] = [
            (
                codes("agency")[unit.agency], unit.en, unit.ko, unit.zh, unit.parent if unit.parent >= 0 else None,
                known[unit.place].code, codes("place_type")[unit.place_type],
            )
            for unit in tree().units
        ]  # fmt: skip
        return Table("units", 0, rows)

    def chunks(self) -> Iterator[Chunk]:
        """The records, a thousand sources at a time, in order of collection; memory does not grow from chunk to chunk.

        Inside a chunk the tables come in the order of `KINDS`, in which rows refer to earlier tables only (and to
        earlier rows of their own). Every act's first record is its first telling.
        """
        scribe = Scribe(self.truth, self._tellings)
        for number in range(-(-self.sources // CHUNK)):
            yield scribe.chunk(number)

    def rows(self, kind: str) -> Iterator[Row]:
        """The rows of one kind of record over all chunks. KeyError when there is no such kind."""
        if kind not in KINDS:
            raise KeyError(f"no records of kind {kind!r}; there are {', '.join(KINDS)}")
        if kind == "units":
            yield from self.units().rows
            return
        for chunk in self.chunks():
            yield from chunk.tables[kind].rows

    def write_truth(self, path: Path) -> None:
        """Write the truth to one .npz file, for scoring linking and estimation: the true persons, acts and capture
        histories, N and all parameters, and for every record of the kinds in `RESOLVED` the true entity it stands for.

        Writes the records once more to number them. Raises OSError when the file cannot be written.
        """
        found: dict[str, list[NDArray[Any]]] = {kind: [] for kind in RESOLVED}
        for chunk in self.chunks():
            for kind, entities in chunk.truth.items():
                found[kind].append(entities.astype(np.int32))
        self.truth.write(path, {kind: np.concatenate(parts) for kind, parts in found.items()})


def generate(acts: int = FULL_SIZE, seed: int = 2024, noise: Noise | None = None) -> Demonstration:
    """A fictional archive of `acts` resolved acts; at the default size the published counts hold exactly.

    Raises ValueError when `acts` is too small for the archive's proportions (fewer than 500).
    """
    return Demonstration(acts, seed, noise or Noise())
