"""The columns of this process: built once, pulled forward to the newest change before every count.

Reading is done from snapshots that never change, so a page is counted over one moment. The past is a frame of its own,
built on demand and kept for the next page that asks for the same moment.
"""

from __future__ import annotations

import io
import logging
import threading
from collections import OrderedDict

import numpy as np
from django.db import connection, transaction
from numpy.typing import NDArray

from tumen.archive import folder, versions
from tumen.archive.models import Batch
from tumen.columns import BadSnapshot, Frame, Snapshot, UnknownRun, dump, load
from tumen.counting import feed
from tumen.counting.errors import NotKnownThen
from tumen.counting.fields import Schema, schema
from tumen.counting.models import ColumnSnapshot
from tumen.linking.models import Run

PART = 16 * 1024 * 1024
KEPT_PASTS = 4
# Beyond this share of rows a rebuild is quicker than an update in place.
REBUILD = 0.3

_log = logging.getLogger(__name__)


class Store:
    """The frames of one archive, and the runs resolved over them."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._schema: Schema | None = None
        self._frames: dict[str, Frame] = {}
        self._stands: dict[str, int] = {}
        self._past: OrderedDict[tuple[str, int], Frame] = OrderedDict()
        self._runs: dict[tuple[str, int], int] = {}

    def snapshot(self, name: str, as_of: int | None = None, run: int | None = None) -> Snapshot:
        """Return the columns of a frame at the newest change, or as known at change `as_of`; `run` is resolved over it.

        Raises NotKnownThen for a moment after the newest change, UnknownRun.
        """
        with self._lock, versions.one_moment():
            newest = versions.newest()
            if as_of is not None and as_of > newest:
                raise NotKnownThen(f"The newest change is {newest}; nothing is known yet as of {as_of}.")
            frame = self._pulled(name, newest) if as_of is None else self._of_the_past(name, as_of)
            if run is not None:
                self._resolve(name, frame, run)
            return frame.snapshot()

    def save(self) -> None:
        """Keep the columns inside the archive, for the next start."""
        with self._lock:
            for name, frame in self._frames.items():
                if ColumnSnapshot.objects.filter(frame=f"{name}@{self._stands[name]}").exists():
                    continue
                file = io.BytesIO()
                dump(frame, file)
                data = file.getbuffer()
                with transaction.atomic():
                    ColumnSnapshot.objects.filter(frame__startswith=f"{name}@").delete()
                    for part, start in enumerate(range(0, len(data), PART)):
                        ColumnSnapshot.objects.create(
                            frame=f"{name}@{self._stands[name]}", part=part, data=bytes(data[start : start + PART])
                        )

    def warm(self) -> None:
        """Build every frame and the derived arrays that first pages need."""
        for name in schema().frames:
            self.snapshot(name)

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

    def _update(self, name: str, frame: Frame, ids: NDArray[np.int64], newest: int) -> None:
        # While bulk work is open its rows are read as they were before it.
        hidden = newest if Batch.objects.filter(state=Batch.State.OPEN).exists() else None
        found, columns = feed.read(name, frame.fields, ids, as_of=hidden)
        if len(found):
            frame.upsert(found, columns, newest)
            self._runs = {key: change for key, change in self._runs.items() if key[0] != name}

    def _built(self, name: str, newest: int) -> Frame:
        hidden = newest if Batch.objects.filter(state=Batch.State.OPEN).exists() else None
        frame = self._frame_at(name, hidden)
        self._stands[name] = newest
        return frame

    def _frame_at(self, name: str, as_of: int | None) -> Frame:
        frame = Frame(name, *schema().frames[name])
        ids, columns = feed.read(name, frame.fields, as_of=as_of)
        if len(ids):
            frame.upsert(ids, columns, as_of)
        frame.change = as_of or 0
        return frame

    def _of_the_past(self, name: str, as_of: int) -> Frame:
        key = (name, as_of)
        if key not in self._past:
            self._past[key] = self._frame_at(name, as_of)
            while len(self._past) > KEPT_PASTS:
                gone, _ = self._past.popitem(last=False)
                self._runs = {run: change for run, change in self._runs.items() if run[0] != f"{gone[0]}@{gone[1]}"}
        self._past.move_to_end(key)
        return self._past[key]

    def _saved(self, name: str) -> Frame | None:
        parts = ColumnSnapshot.objects.filter(frame__startswith=f"{name}@").order_by("part")
        rows = list(parts.values_list("frame", "data"))
        if not rows:
            return None
        stands = int(rows[0][0].partition("@")[2])
        try:
            frame = load(io.BytesIO(b"".join(bytes(data) for _, data in rows)), name, *schema().frames[name])
        except BadSnapshot as error:
            _log.warning("saved columns of %s are made again: %s", name, error)
            return None
        self._stands[name] = stands
        return frame

    def _resolve(self, name: str, frame: Frame, run: int) -> None:
        key = (f"{name}@{frame.change}" if frame in self._past.values() else name, run)
        change = versions.visible(Run.objects.filter(pk=run)).values_list("change", flat=True).first()
        if change is None:
            raise UnknownRun(f"There is no linkage run {run} to count over.")
        if self._runs.get(key) == change:
            return
        with connection.cursor() as cursor:
            cursor.execute("SELECT record, cluster FROM linking_resolution WHERE run_id = %s", [run])
            pairs = np.asarray(cursor.fetchall(), np.int64).reshape(-1, 2)
        frame.resolve(run, pairs[:, 0], pairs[:, 1])
        self._runs[key] = change


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
