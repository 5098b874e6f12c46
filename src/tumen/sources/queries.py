"""Reading sources: only what the mask allows, the rest as if it were not there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext

from tumen.archive import identity, objects, states, versions
from tumen.archive.errors import DamagedObject, NoSuchVersion
from tumen.archive.models import Record
from tumen.columns import ALL, Mask
from tumen.guard import reading
from tumen.guard.models import User
from tumen.sources.errors import NotVisible
from tumen.sources.models import Citation, Original, Passage, Source, Text, Upload
from tumen.text import match_query, safe_name


def visible(mask: Mask) -> QuerySet[Source]:
    """Return the sources that the mask shows."""
    rows = versions.visible(Source.objects.all())
    if mask.compartments is ALL:
        return rows
    return rows.filter(compartment__in=mask.compartments)  # type: ignore[misc]


def get_source(mask: Mask, number: int) -> Source:
    """Return a source; raises NotVisible."""
    source = visible(mask).filter(pk=number).first()
    if source is None:
        raise NotVisible(f"There is no source {number}.")
    return source


def allows(mask: Mask, compartment: int) -> bool:
    """Say whether the mask shows rows of this compartment."""
    return mask.sees(compartment)


def title(source: Source) -> str:
    """Return a source's title, or what stands for it when it was erased. Whoever sees the source may read it."""
    return titles([source])[source.pk]


def titles(sources: Iterable[Source]) -> dict[int, str]:
    """Return the titles of many sources at once."""
    return opened_titles([(source.pk, source.title) for source in sources])


def opened_titles(rows: Iterable[tuple[int, bytes | memoryview | None]]) -> dict[int, str]:
    """Return titles fetched without their sources, as (source, ciphertext)."""
    opened = reading.read_rows(_NOTHING, Source, "title", [(number, number, sealed) for number, sealed in rows])
    gone = gettext("Source {n} (erased)")
    return {number: gone.format(n=number) if shown.why else shown.text for number, shown in opened.items()}


_NOTHING = Mask(frozenset(), frozenset())
AT_ONCE = 200


def titled(mask: Mask, words: str, most: int) -> list[Source]:
    """Return the newest sources, `most` of them at most, with these words in their title."""
    expression, wanted = match_query(words), words.strip().casefold()
    if not expression:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT rowid FROM text_tokens WHERE text_tokens MATCH %s ORDER BY rowid DESC", [expression])
        numbers = [number for (number,) in cursor.fetchall()]
    found: list[Source] = []
    for start in range(0, len(numbers), AT_ONCE):
        rows = list(visible(mask).filter(pk__in=numbers[start : start + AT_ONCE]).order_by("-pk"))
        named = titles(rows)
        found += [row for row in rows if wanted in named[row.pk].casefold()]
        if len(found) >= most:
            break
    return found[:most]


def texts(source: Source) -> list[Text]:
    """Return the renditions of a source, oldest first."""
    return list(versions.visible(Text.objects.filter(source=source.pk)).order_by("pk"))


CODED = (Text.Rendition.TRANSCRIPT, Text.Rendition.READ, Text.Rendition.OCR)
"""The renditions that coders work on; the others are read beside them."""


def current_text(source: Source) -> Text | None:
    """Return the rendition that coders work on: the newest transcript, or what was read from the file."""
    found = [text for text in texts(source) if text.rendition in CODED]
    return max(found, key=lambda text: (text.rendition == Text.Rendition.TRANSCRIPT, text.pk), default=None)


def corrected(text: Text) -> Text | None:
    """Return the text that a correction put in the place of this one, or None where this one still stands."""
    newest = current_text(text.source)
    stands = (
        newest is None or newest.pk == text.pk or text.rendition not in CODED or newest.original_id != text.original_id
    )
    return None if stands else newest


def get_text(source: Source, number: int) -> Text:
    """Return one rendition of a source; raises NotVisible."""
    for text in texts(source):
        if text.pk == number:
            return text
    raise NotVisible(f"There is no text {number}.")


def body(mask: Mask, text: Text) -> reading.Shown:
    """Return a text's body as this mask shows it."""
    return reading.read_one(mask, text, "body")


def open_texts(mask: Mask, source: Source) -> set[int]:
    """Return those renditions of a source that the mask opens, whole or without names."""
    whole, nameless = reading.opened_among(mask, Text, "body", [text.pk for text in texts(source)])
    return {*whole, *nameless}


def passages(text: Text) -> list[Passage]:
    """Return the passages of a text in reading order."""
    return list(versions.visible(Passage.objects.filter(text=text.pk)).order_by("start", "end"))


def originals(source: Source) -> list[Original]:
    """Return the files a source came as."""
    return list(versions.visible(Original.objects.filter(source=source.pk)).order_by("pk"))


def get_original(source: Source, number: int) -> Original:
    """Return one file of a source; raises NotVisible."""
    for original in originals(source):
        if original.pk == number:
            return original
    raise NotVisible(f"There is no original {number}.")


def keeper(original: Original) -> int | None:
    """Return the id whose key opens the file: the original's own, or its source's when it came in by bulk work."""
    for owner in (original.pk, original.source_id):
        if objects.object_name(owner, original.sha256) == original.object:
            return owner
    return None


def content(original: Original) -> Iterator[bytes]:
    """Yield the bytes of a file as it came. Raises DamagedObject, Erased."""
    owner = keeper(original)
    if owner is None:
        raise DamagedObject(f"original {original.pk} names an object that is not its own")
    return objects.read(owner, original.object)


def begun(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Return the same pieces with the first one read, so that a damaged or erased file is known before it is sent."""
    first = next(pieces, b"")
    return chain([first], pieces)


def same_bytes(mask: Mask, sha256: str) -> Original | None:
    """Return the oldest file with these bytes in a source that the mask shows."""
    rows = versions.visible(Original.objects.filter(sha256=sha256)).order_by("pk")
    for original in rows.select_related("source"):
        if visible(mask).filter(pk=original.source_id).exists():
            return original
    return None


@dataclass(frozen=True)
class File:
    """An original as one user sees it."""

    original: Original
    name: reading.Shown
    erased: bool


def files(mask: Mask, source: Source) -> list[File]:
    """Return the originals of a source with their names as the mask shows them, safe to display."""
    rows = originals(source)
    names = reading.read(mask, rows, "file_name")
    readable = identity.readable(keeper(row) or 0 for row in rows)
    shown = {pk: reading.Shown(safe_name(name.text)) if name.text else name for pk, name in names.items()}
    return [File(row, shown[row.pk], keeper(row) not in readable) for row in rows]


def citations(mask: Mask, source: Source) -> tuple[list[tuple[Citation, Source]], int]:
    """Return what a source rests on, as far as the mask shows it, and how many more are hidden."""
    rows = list(versions.visible(Citation.objects.filter(source=source.pk)).order_by("pk"))
    seen = visible(mask).in_bulk([row.cites_id for row in rows])
    shown = [(row, seen[row.cites_id]) for row in rows if row.cites_id in seen]
    return shown, len(rows) - len(shown)


def cited_by(mask: Mask, source: Source) -> list[Source]:
    """Return the sources that rest on this one, as far as the mask shows them."""
    rows = versions.visible(Citation.objects.filter(cites=source.pk)).values_list("source_id", flat=True)
    return list(visible(mask).filter(pk__in=list(rows)).order_by("pk"))


def rests_on(number: int) -> set[int]:
    """Return every source that a source rests on, directly or through others."""
    found: set[int] = set()
    new = {number}
    while new:
        rows = versions.visible(Citation.objects.filter(source__in=new)).values_list("cites_id", flat=True)
        new = set(rows) - found
        found |= new
    return found


def claims(source: Source) -> list[tuple[type[Record], int]]:
    """Return how many claims of each kind the adopted coding of a source makes, kinds without any left out.

    Coding stands above sources, so its kinds are known here only as records that belong to a coding of a source.
    """
    counted: list[tuple[type[Record], int]] = []
    for model in states.record_models().values():
        if _is_claim(model):
            rows: QuerySet[Any] = model._base_manager.all()
            rows = rows.filter(coding__source=source.pk, coding__adopted=True, coding__retracted=False)
            if count := versions.visible(rows).count():
                counted.append((model, count))
    return counted


def _is_claim(model: type[Record]) -> bool:
    for field in model._meta.concrete_fields:
        if field.name == "coding" and field.related_model is not None:
            coding: Any = field.related_model
            return any(part.name == "source" for part in coding._meta.concrete_fields)
    return False


@dataclass(frozen=True)
class Step:
    """One entry of a source's history, for people."""

    version: versions.Version
    who: str
    why: reading.Shown
    fields: list[str]


def history(mask: Mask, source: Source) -> list[Step]:
    """Return what happened to a source, newest first: who, why, and which fields changed."""
    steps = versions.history(source)
    people = User.objects.in_bulk({step.change.actor for step in steps})
    found = []
    for step in steps:
        who = people.get(step.change.actor)
        fields = [source._meta.get_field(column.removesuffix("_id")).name for column in step.changed]
        why = reading.reason(mask, step.change, {source.compartment_id})
        found.append(Step(step, who.username if who else "", why, fields))
    return found


def version(source: Source, number: int) -> Source:
    """Return a source as it was in its version `number`, in memory only. Raises NoSuchVersion."""
    for step in versions.history(source):
        if step.number == number:
            return Source(id=source.pk, version=number, change=step.change.seq, **_editable(step.state))
    raise NoSuchVersion(f"Source {source.pk} never had a version {number}.")


def _editable(state: states.State) -> dict[str, Any]:
    values = states.revive(Source, state)
    return {name: value for name, value in values.items() if name not in states.BOOKKEEPING}


def uploads(user: User) -> list[Upload]:
    """Return this user's uploads of the last days that are finished or wait for her, newest first."""
    return list(Upload.objects.filter(user=user).order_by("-touched")[:100])
