"""`tumen demo`: a fictional archive, generated and loaded through the same bulk path as any import.

Generation, sealing and tokens run in one process, writing in another; a bounded queue lies between. The truth goes in
as a run of its own and, for scoring linking and estimation later, into `truth.npz` beside the archive.
"""

from __future__ import annotations

import multiprocessing
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tumen.archive import identity, properties, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.demonstration import generate
from tumen.guard.models import Compartment, User
from tumen.linking.models import Run
from tumen.workbench.demo_rows import KINDS, SPACE, Piece, Writer

TRUTH = "truth.npz"
WHY = "demonstration archive (fictional)"


class GenerationFailed(RuntimeError):
    """The process that generates the demonstration ended with an error; carries its traceback."""


def fill(acts: int, seed: int, truth: Path | None = None) -> Iterator[tuple[int, int]]:
    """Fill the open, furnished archive and yield (records written, estimate of all) as it goes.

    Raises ValueError for fewer than 500 acts, GenerationFailed.
    """
    user = User.objects.order_by("pk").first()
    compartment = versions.visible(Compartment.objects.all()).order_by("pk").first()
    assert user is not None and compartment is not None, "an archive is furnished before it is filled"
    with change(user.pk, WHY, kind="run") as c:
        run = c.insert(Run, label="Known truth of the demonstration", model="truth", up_to=c.seq)
    bulk = open_bulk(user.pk, WHY, kind="demonstration")
    writer = Writer(bulk.ids(SPACE * len(KINDS)), compartment.pk, user.pk, run.pk)
    expected, done = acts * 13, 0
    models = _models()
    for piece in _pieces(writer, acts, seed, truth):
        identity.adopt(piece.keys)
        for label, columns, rows in piece.inserts:
            bulk.insert(models[label], columns, rows)
        for statement, rows in piece.derived:
            bulk.derive(statement, rows)
        done += piece.records
        yield done, max(expected, done)
    bulk.close()
    properties.put(properties.DEMONSTRATION, {"acts": acts, "seed": seed})
    yield done, done


def _models() -> dict[str, Any]:
    from tumen.archive import states

    return dict(states.record_models())


def _pieces(writer: Writer, acts: int, seed: int, truth: Path | None) -> Iterator[Piece]:
    """Run the generator in a fork and yield what it makes, at most a few pieces ahead."""
    fork = multiprocessing.get_context("fork")
    queue = fork.Queue(maxsize=3)

    def produce() -> None:
        try:
            demonstration = generate(acts, seed)
            for piece in writer.pieces(demonstration):
                queue.put(piece)
            if truth is not None:
                demonstration.write_truth(truth)
            queue.put(None)
        except BaseException:
            queue.put(traceback.format_exc())
            raise

    # The fork must not carry an open database across.
    from django.db import connections

    connections.close_all()
    identity.close_connection()
    process = fork.Process(target=produce, daemon=True)
    process.start()
    while (piece := queue.get()) is not None:
        if isinstance(piece, str):
            raise GenerationFailed(piece)
        yield piece
    process.join()
