"""The columns of this process: built once, pulled forward to the newest change before every count.

Reading is done from snapshots that never change, so a page is counted over one moment. The past is a frame of its own,
built on demand and kept for the next page that asks for the same moment.
"""

from __future__ import annotations

import io
import logging
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import transaction
from numpy.typing import NDArray

from tumen.archive import folder, versions
from tumen.archive.models import Batch
from tumen.columns import BadSnapshot, Frame, Snapshot, UnknownRun, dump, load
from tumen.counting import evidence, feed
from tumen.counting.errors import NotKnownThen
from tumen.counting.fields import ACTS, PERSONS, Schema, newest, schema
from tumen.counting.models import ColumnSnapshot
from tumen.counting.usable import usable
from tumen.linking.models import Run
from tumen.linking.queries import JUDGEMENTS, newest_judgement, resolution

PART = 16 * 1024 * 1024
KEPT_PASTS = 6
# Rows read at once while columns are made anew.
STRETCH = 25_000
# Beyond this share of rows a rebuild is quicker than an update in place.
REBUILD = 0.3

RESOLVED = frozenset({ACTS, PERSONS})
"""The frames whose rows a linkage run joins."""
BESIDE = {PERSONS: ACTS}
"""Frames some fields of which number rows of another, which then is at the same moment."""

_log = logging.getLogger(__name__)


Ints = NDArray[np.int64]
RunKey = tuple[str, int]


@dataclass(frozen=True)
class Loaded:
    """A run as a frame holds it: the changes it stands at, and the records it speaks of, ascending."""

    stands: tuple[int, int]
    records: Ints


class Store:
    """The frames of one archive, and the runs resolved over them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._schema: Schema | None = None
        self._frames: dict[str, Frame] = {}
        self._stands: dict[str, int] = {}
        self._past: OrderedDict[tuple[str, int], tuple[tuple[int, int], Frame]] = OrderedDict()
        self._runs: dict[RunKey, Loaded] = {}
        self._anew: set[str] = set()

    def snapshot(self, name: str, as_of: int | None = None, run: int | None = None) -> Snapshot:
        """Return the columns of a frame at the newest change, or as known at change `as_of`; `run` is resolved over it.

        Raises NotKnownThen for a moment after the newest change, UnknownRun.
        """
        with self._lock, versions.one_moment():
            last = newest()
            if as_of is not None and as_of > last:
                raise NotKnownThen(f"The newest change is {last}; nothing is known yet as of {as_of}.")
            frame = self._frame(name, last, as_of, run)
            # The past is seen with the consent of today.
            now = usable()
            frame.consent(now)
            if name in BESIDE:
                other = self._frame(BESIDE[name], last, as_of, run)
                other.consent(now)
                frame.beside(other)
            return frame.snapshot()

    def _frame(self, name: str, newest: int, as_of: int | None, run: int | None) -> Frame:
        frame = self._pulled(name, newest) if as_of is None else self._of_the_past(name, as_of)
        if run is not None:
            self._resolve(name, frame, run, as_of)
        return frame

    def save(self) -> None:
        """Keep the columns inside the archive for the next start, in short transactions that let people save between.

        Columns kept before go when the new ones are complete; a crash in between leaves both, and the older are read.
        """
        with self._lock:
            frames = [(f"{name}@{self._stands[name]}", frame) for name, frame in self._frames.items()]
        for key, frame in frames:
            kept = ColumnSnapshot.objects.filter(frame__startswith=f"{frame.name}@")
            if kept.filter(frame=key).exists():
                continue
            file = io.BytesIO()
            with self._lock:
                dump(frame, file)
            data = file.getbuffer()
            for part, start in enumerate(range(0, len(data), PART)):
                with transaction.atomic():
                    ColumnSnapshot.objects.create(frame=key, part=part, data=bytes(data[start : start + PART]))
            with transaction.atomic():
                kept.exclude(frame=key).delete()

    def warm(self) -> None:
        """Have every frame ready, resolved by the run that pages count over unless another is asked for."""
        run = default_run()
        for name in schema().frames:
            self.snapshot(name, run=run.pk if run is not None and name in RESOLVED else None)

    def start(self) -> None:
        """Make ready for the first page and the first search, and keep what was made anew for the next start."""
        self.warm()
        evidence.prepare()
        if self._anew:
            self.save()

    def _pulled(self, name: str, newest: int) -> Frame:
        current = schema()
        if self._schema is not current:
            self._schema, self._frames, self._runs = current, {}, {}
            self._past.clear()
        if name not in self._frames:
            self._frames[name] = self._saved(name) or self._built(name, newest)
        frame, stands = self._frames[name], self._stands[name]
        if stands == newest:
            return frame
        ids = feed.touched(name, stands)
        if len(ids) > REBUILD * len(frame) + 1000:
            frame = self._frames[name] = self._built(name, newest)
            self._runs = {key: change for key, change in self._runs.items() if key[0] != name}
        elif len(ids):
            self._update(name, frame, ids, newest)
        self._stands[name] = newest
        return frame

    def _update(self, name: str, frame: Frame, ids: Ints, newest: int) -> None:
        for part, hidden in self._parts(name, ids, newest):
            found, columns = feed.read(name, frame.fields, part, hidden)
            if len(found):
                stale = self._newly_resolved(name, frame, found, columns)
                frame.upsert(found, columns, newest)
                for key in stale:
                    self._runs.pop(key, None)

    def _parts(self, name: str, ids: Ints, newest: int) -> Iterator[tuple[Ints, int | None]]:
        """Cut touched ids into those read as they are, and those that open bulk work holds, read as before it."""
        if not Batch.objects.filter(state__in=Batch.State.unseen()).exists():
            yield ids, None
            return
        held = feed.held_open(name, ids)
        yield np.setdiff1d(ids, held), None
        yield held, newest

    def _newly_resolved(self, name: str, frame: Frame, found: Ints, columns: feed.Columns) -> list[RunKey]:
        """The runs to be loaded anew: those that speak of a row, or of a person or incident, that is new here."""
        loaded = {key: run.records for key, run in self._runs.items() if key[0] == name}
        if not loaded:
            return []
        fresh = [found[frame.rows(found) < 0]]
        for field in frame.fields.values():
            if field.resolved:
                named = np.unique(columns[field.name])
                known = frame.snapshot().refs(field.name).ids
                fresh.append(np.setdiff1d(named, known[np.isin(known, named)]))
        new = np.concatenate(fresh)
        return [key for key, records in loaded.items() if _any_in(new, records)]

    def _built(self, name: str, newest: int) -> Frame:
        hidden = newest if Batch.objects.filter(state__in=Batch.State.unseen()).exists() else None
        frame = self._frame_at(name, hidden)
        self._stands[name] = newest
        self._anew.add(name)
        return frame

    def _frame_at(self, name: str, as_of: int | None) -> Frame:
        frame = Frame(name, *schema().frames[name])
        # The past is put together anew for every statement, so that it is read in one stretch.
        for stretch in feed.stretches(name, STRETCH) if as_of is None else [None]:
            ids, columns = feed.read(name, frame.fields, stretch, as_of)
            if len(ids):
                frame.upsert(ids, columns, as_of)
        frame.change = as_of or 0
        return frame

    def _of_the_past(self, name: str, as_of: int) -> Frame:
        key, stand = (name, as_of), feed.compartments_stand()
        if key not in self._past or self._past[key][0] != stand:
            # The past is seen by the compartments of today: it is made anew once a source may have been moved.
            self._forget_runs(key)
            self._past[key] = stand, self._frame_at(name, as_of)
            while len(self._past) > KEPT_PASTS:
                self._forget_runs(self._past.popitem(last=False)[0])
        self._past.move_to_end(key)
        return self._past[key][1]

    def _forget_runs(self, past: tuple[str, int]) -> None:
        self._runs = {run: held for run, held in self._runs.items() if run[0] != f"{past[0]}@{past[1]}"}

    def _saved(self, name: str) -> Frame | None:
        """The kept columns of a frame, the newest that are whole and fit; others are made anew from the rows."""
        kept = ColumnSnapshot.objects.filter(frame__startswith=f"{name}@")
        keys = kept.values_list("frame", flat=True).distinct()
        for key in sorted(keys, key=lambda key: -int(key.partition("@")[2])):
            parts = kept.filter(frame=key).order_by("part").values_list("data", flat=True)
            try:
                frame = load(io.BytesIO(b"".join(map(bytes, parts))), name, *schema().frames[name])
            except BadSnapshot as error:
                _log.warning("kept columns of %s are not used: %s", name, error)
                continue
            self._stands[name] = int(key.partition("@")[2])
            return frame
        return None

    def _resolve(self, name: str, frame: Frame, run: int, as_of: int | None) -> None:
        row = versions.visible(Run.objects.filter(pk=run)).first()
        if row is None:
            raise UnknownRun(f"There is no linkage run {run} to count over.")
        key = (name if as_of is None else f"{name}@{as_of}", run)
        stands = (row.change, newest_judgement() if row.model == JUDGEMENTS else 0)
        loaded = self._runs.get(key)
        if loaded is None or loaded.stands != stands:
            records, clusters = resolution(row, as_of)
            frame.resolve(run, records, clusters)
            self._runs[key] = Loaded(stands, np.sort(records))


def _any_in(some: Ints, ascending: Ints) -> bool:
    if not len(ascending):
        return False
    at = np.minimum(np.searchsorted(ascending, some), len(ascending) - 1)
    return bool((ascending[at] == some).any())


_store: Store | None = None
_making = threading.Lock()


def store() -> Store:
    """Return this process's columns."""
    global _store
    with _making:
        if _store is None:
            _store = Store()
        return _store


def _forget() -> None:
    global _store
    _store = None


folder.at_close(_forget)


def runs() -> list[Run]:
    """Return the runs that can be counted over, newest first."""
    return list(versions.visible(Run.objects.all()).order_by("-pk"))


def default_run() -> Run | None:
    """Return the run that counts are made over unless another is asked for."""
    found = runs()
    return found[0] if found else None
