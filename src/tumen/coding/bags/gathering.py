"""What goes into a bag: the sources asked for, as far as a mask shows them, and every change that made them so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from mimetypes import guess_extension
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from tumen.archive import identity, states
from tumen.archive.log import proving
from tumen.archive.log.proving import Opened
from tumen.archive.models import Batch, Change, Identifier, Record, Superseded
from tumen.coding.models import Anchor, Claim, Coding, FieldNote, Mark
from tumen.columns import Mask
from tumen.guard import reading
from tumen.guard.masks import IDENTITY, NARRATIVE
from tumen.sources import queries
from tumen.sources.models import Citation, Original, Passage, Source, Text

BESIDE = (Mark, Anchor, FieldNote, Identifier)
"""What stands on another record."""

States = dict[int, list[states.State]]


@dataclass
class Contents:
    """What a bag of one source holds.

    Attributes:
        source: the source.
        originals: its files, with their paths in the bag.
        texts: its renditions and their bodies, with their paths.
        records: every record that stands in it, by label: all states of each, oldest first.
        left_out: what is not in the bag, with the reason.
    """

    source: Source
    originals: list[tuple[str, Original]] = field(default_factory=list)
    texts: list[tuple[str, Text, str]] = field(default_factory=list)
    records: dict[str, States] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def changes(self) -> set[int]:
        """The changes that wrote any of these states, and those that closed their bulk jobs."""
        wrote = {state["change"] for kind in self.records.values() for listed in kind.values() for state in listed}
        jobs = Change.objects.filter(seq__in=wrote).exclude(batch=None).values("batch")
        closed = Batch.objects.filter(pk__in=jobs).values_list("closed_seq", flat=True)
        return wrote | {seq for seq in closed if seq is not None}


def gather(mask: Mask, numbers: Iterable[int]) -> list[Contents]:
    """Return what a bag of these sources would hold. Raises NotVisible for one that the mask does not show."""
    return [_of(mask, queries.get_source(mask, number)) for number in dict.fromkeys(numbers)]


def entries(listed: Iterable[Contents]) -> tuple[list[Opened], int]:
    """Return the entries of the log that stand for these contents, and how many nobody can open any more.

    Raises DamagedArchive.
    """
    contents = list(listed)
    changes = set[int]().union(*(one.changes for one in contents))
    return proving.opened(changes, {original.pk for one in contents for _path, original in one.originals})


def _of(mask: Mask, source: Source) -> Contents:
    found = Contents(source, records=dict(_records(source)))
    place = f"sources/{source.pk}"
    readable = identity.readable(queries.keeper(row) or 0 for row in queries.originals(source))
    for row in queries.originals(source):
        if not {NARRATIVE, IDENTITY} <= mask.classes:
            found.left_out.append(f"original {row.pk}: not for you to read")
        elif queries.keeper(row) not in readable:
            found.left_out.append(f"original {row.pk}: erased")
        else:
            found.originals.append((f"{place}/originals/{row.pk}{guess_extension(row.media_type) or '.bin'}", row))
    texts = queries.texts(source)
    for text, body in zip(texts, reading.read(mask, texts, "body").values(), strict=True):
        if body.why:
            found.left_out.append(f"text {text.pk}: {'erased' if body.why == 'erased' else 'not for you to read'}")
        else:
            found.texts.append((f"{place}/texts/{text.pk}-{text.rendition}-{text.number}.txt", text, body.text))
    return found


def _records(source: Source) -> Iterator[tuple[str, States]]:
    """Yield each kind of record that stands in a source, with every state of each."""
    within: dict[str, set[int]] = {}
    for label, model in states.record_models().items():
        if numbers := _within(model, source):
            within[label] = numbers
    whole = set[int]().union(*within.values())
    for model in BESIDE:
        rows = model._base_manager.filter(record__in=whole).values_list("pk", flat=True)
        within[model._meta.label_lower] = set(rows)
    for label, numbers in within.items():
        if numbers:
            yield label, _states(label, numbers)


def _within(model: type[Record], source: Source) -> set[int]:
    rows: QuerySet[Any] = model._base_manager.all()
    if model is Source:
        return {source.pk}
    if model in (Original, Text, Passage, Citation, Coding):
        rows = rows.filter(source=source.pk)
    elif issubclass(model, Claim):
        rows = rows.filter(coding__source=source.pk)
    else:
        return set()
    return set(rows.values_list("pk", flat=True))


def _states(label: str, numbers: set[int]) -> States:
    model, found = states.record_models()[label], States()
    with connection.cursor() as cursor:
        for number in sorted(numbers):
            kept = Superseded.objects.filter(record=number).order_by("version").values_list("data", flat=True)
            cursor.execute(
                f"SELECT {states.text_sql(model, 't')} FROM {model._meta.db_table} t WHERE t.id = %s", [number]
            )
            found[number] = [states.parse(data) for data in [*kept, *(data for (data,) in cursor.fetchall())]]
    return found
