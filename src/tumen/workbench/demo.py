"""`tumen demo`: a fictional archive, generated and loaded through the same bulk path as any import.

Generation, sealing and tokens run in one process, writing in another; a pipe lies between. The truth goes in
as a run of its own and, for scoring linking and estimation later, into `truth.npz` beside the archive.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import traceback
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tumen import demonstration
from tumen.archive import identity, properties, versions
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import change
from tumen.coding.consent import block
from tumen.coding.queries.consent import grid
from tumen.coding.services import consent
from tumen.demonstration import generate
from tumen.guard.models import Compartment, User
from tumen.linking.models import Run
from tumen.workbench.demo_rows import KINDS, SPACE, Piece, Writer
from tumen.workbench.processes import close_connections, die_with

TRUTH = "truth.npz"
WHY = "demonstration archive (fictional)"

_fork = multiprocessing.get_context("fork")


class GenerationFailed(RuntimeError):
    """The process that generates the demonstration was killed, or ended with an error; carries its traceback."""


def fill(acts: int, seed: int, truth: Path | None = None) -> Iterator[tuple[int, int]]:
    """Fill the open, furnished archive and yield (records written, estimate of all) as it goes.

    Raises ValueError for fewer than 500 acts, GenerationFailed.
    """
    user = User.objects.order_by("pk").first()
    compartment = versions.visible(Compartment.objects.all()).order_by("pk").first()
    assert user is not None and compartment is not None, "an archive is furnished before it is filled"
    # First of all, so that not even an interrupted demonstration can pass for real.
    properties.put(properties.DEMONSTRATION, {"acts": acts, "seed": seed})
    with change(user.pk, WHY, kind="run") as c:
        run = c.insert(Run, label="Known truth of the demonstration", model="truth", up_to=c.seq)
    forms = _forms(user.pk)
    bulk = open_bulk(user.pk, WHY, kind="demonstration")
    writer = Writer(bulk.ids(SPACE * len(KINDS)), compartment.pk, user.pk, run.pk, forms, grid())
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
    yield done, done


def _forms(user: int) -> list[int]:
    """Register the forms of consent and the reading of the one that asked otherwise; return them in their order."""
    read = demonstration.reading()
    with change(user, WHY) as c:
        forms = {
            form.code: consent.register_form(
                c, form.code, form.text, [_question(each) for each in form.questions],
                title=form.title, language=form.language, since=form.since, legacy=form.legacy,
            )
            for form in demonstration.forms()
        }  # fmt: skip
        answers = [block((each["state"], *_cells(each))) for each in read["answers"]]
        consent.read_form(c, user, forms[read["form"]], answers, read["reason"])
    return [form.pk for form in forms.values()]


def _question(each: dict[str, Any]) -> consent.Question:
    return consent.Question(each["key"], each["asks"], *_cells(each))


def _cells(each: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], str]:
    return tuple(each["purposes"]), tuple(each["audiences"]), each["grain"]


def _models() -> dict[str, Any]:
    from tumen.archive import states

    return dict(states.record_models())


def _pieces(writer: Writer, acts: int, seed: int, truth: Path | None) -> Iterator[Piece]:
    """Run the generator in a fork and yield what it makes, one piece ahead of the caller."""
    # A pipe and not a queue: its end is seen at once when the generator is killed, in whatever state it was.
    reader, sender = _fork.Pipe(duplex=False)
    close_connections()
    process = _fork.Process(target=_produce, args=(os.getpid(), reader, sender, writer, acts, seed, truth), daemon=True)
    process.start()
    sender.close()
    try:
        while (piece := reader.recv()) is not None:
            if isinstance(piece, str):
                raise GenerationFailed(piece)
            yield piece
    except (EOFError, OSError) as error:  # killed between two pieces, or within one
        process.join()
        raise GenerationFailed(f"The process that generates ended too early ({process.exitcode}).") from error
    finally:
        reader.close()
        process.kill()
        process.join()


def _produce(
    parent: int, reader: Connection, sender: Connection, writer: Writer, acts: int, seed: int, truth: Path | None
) -> None:
    die_with(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the one who writes ends this process
    reader.close()
    try:
        made = generate(acts, seed)
        for piece in writer.pieces(made):
            sender.send(piece)
        if truth is not None:
            made.write_truth(truth)
        sender.send(None)
    except Exception:  # whatever it was is told where it can be read
        sender.send(traceback.format_exc())
