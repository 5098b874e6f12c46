"""Taking a file in: its bytes encrypted as they stream, its text read by a confined process, its rows in one change.

The order is what makes it safe: the object first, then the reading, then source, original and text together. Whatever
fails on the way (a hostile file, a full disk) takes the object with it; a killed process leaves a stray file that the
next `sweep` removes.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import IO

from tumen import dates
from tumen.archive import ids, objects
from tumen.archive.changes import OpenChange, change
from tumen.columns import Mask
from tumen.guard.masks import SYSTEM
from tumen.guard.models import Compartment
from tumen.sources import lists, queries
from tumen.sources.errors import UnknownKind
from tumen.sources.models import Original, Source, Text
from tumen.sources.services.store import at_work
from tumen.sources.services.texts import add_source, add_text
from tumen.text import index_tokens, safe_name
from tumen.text.extract import CannotRead, Extraction, extract

LONGEST_TITLE = 200
BLOCK = 1 << 20
UNREAD = "application/octet-stream"

# Kinds in which somebody tells of herself or of others: the name of such a file often is a person's name, and titles
# are shown to everybody, so it does not become the title.
PERSONAL = frozenset({"interview", "questionnaire", "letter", "statement", "medical", "hotline"})


@dataclass(frozen=True)
class Taken:
    """What became of a file. With `again`, these bytes were in that source already and nothing was added."""

    source: Source
    original: Original
    text: Text | None
    again: Source | None = None
    warnings: list[str] = field(default_factory=list)


class _Known(Exception):
    """Somebody took the same bytes in while this copy was being read."""

    def __init__(self, original: Original) -> None:
        super().__init__(original.pk)
        self.original = original


def take_in(
    actor: int,
    stream: IO[bytes] | Iterable[bytes],
    name: str,
    compartment: Compartment,
    *,
    kind: str,
    keep_unreadable: bool = False,
    even_again: bool = False,
    sees: Mask = SYSTEM,
    why: str = "taken in",
    **facts: str,
) -> Taken:
    """Take one file in as a new source and return what became of it.

    `name` is the file's name, of which only the last part is kept, sealed. `facts` are fields of Source (title,
    language, published, ...); those left out are taken from the document. The same bytes in a source that the mask
    `sees` shows add nothing unless `even_again` says so; sources it does not show stay unmentioned. A file that cannot
    be read is kept without a text when `keep_unreadable` says so.

    Raises CannotRead (of the file), UnknownKind, InvalidDate, DiskFull, Erased; then nothing was added.
    """
    settled = _settled(kind, facts)
    with at_work():
        number = ids.reserve()
        stored = objects.write(number, _chunks(stream))
        try:
            if not even_again and (known := queries.same_bytes(sees, stored.sha256)):
                return _again(known)
            reading, trouble = _read(number, stored.name, name, keep_unreadable)
            tokens = index_tokens(reading.text) if reading else None
            with change(actor, why, kind="intake") as c:
                if not even_again and (known := queries.same_bytes(sees, stored.sha256)):
                    raise _Known(known)
                return _record(c, number, stored, name, compartment, settled, reading, tokens, trouble)
        except _Known as found:
            return _again(found.original)
        finally:
            # The row decides, and not how this block was left: a Ctrl-C may arrive between the commit and here.
            if not Original.objects.filter(pk=number).exists():
                objects.erase(stored.name)


def file_stream(chunks: Iterable[bytes]) -> IO[bytes]:
    """Return pieces of bytes as a file to read from."""
    return io.BufferedReader(_Pieces(iter(chunks)), BLOCK)


def sentences(reason: CannotRead) -> list[str]:
    """Return why a file cannot be read and what to do, without its name: these are kept where names may not be."""
    detail = f"{reason.where}: {reason.detail}" if reason.where else reason.detail
    return [sentence for sentence in (detail, reason.advice) if sentence]


def _settled(kind: str, facts: dict[str, str]) -> dict[str, str]:
    """Return the facts as they are stored: the kind known, the dates as EDTF."""
    if kind not in lists.lists()["source_kind"]:
        raise UnknownKind(f"{kind!r} is no kind of source; the list source_kind has them.")
    settled = {"kind": kind, **{name: value.strip() for name, value in facts.items()}}
    for name in ("published", "embargo"):
        if settled.get(name):
            settled[name] = dates.read(settled[name]).text
    return settled


def _read(number: int, stored: str, name: str, keep: bool) -> tuple[Extraction | None, list[str]]:
    """Return the text of a stored object, or, of an unreadable one that is to be kept, why there is none."""
    try:
        with file_stream(objects.read(number, stored)) as file:
            return extract(file, name), []
    except CannotRead as reason:
        if not keep:
            raise
        return None, sentences(reason)


def _record(
    c: OpenChange,
    number: int,
    stored: objects.Stored,
    name: str,
    compartment: Compartment,
    facts: dict[str, str],
    reading: Extraction | None,
    tokens: str | None,
    trouble: list[str],
) -> Taken:
    warnings = [*trouble, *(reading.warnings if reading else [])]
    known = dict(facts)
    known["title"] = _title(known.get("title", ""), known["kind"], reading, name, number)
    if reading is not None:
        known["language"] = known.get("language") or reading.language
        known["published"] = known.get("published") or _published(reading, warnings)
    kind, title = known.pop("kind"), known.pop("title")
    source = add_source(c, kind, title, compartment, **known)
    original = c.insert(
        Original,
        reserved=number,
        source=source,
        sha256=stored.sha256,
        size=stored.size,
        media_type=reading.media_type if reading else UNREAD,
        object=stored.name,
        file_name=_last_part(name),
        warnings=warnings,
    )
    text = None
    if reading is not None:
        text = add_text(c, source, reading.text, source.language, original=original, pages=reading.pages, tokens=tokens)
    return Taken(source, original, text, warnings=warnings)


def _again(original: Original) -> Taken:
    source = original.source
    return Taken(source, original, queries.current_text(source), again=source)


def _title(given: str, kind: str, reading: Extraction | None, name: str, number: int) -> str:
    """Return the title: as given, as the document has it, or from the file's name."""
    if given:
        return given[:LONGEST_TITLE]
    if kind.split(".")[0] in PERSONAL:
        return f"{lists.lists()['source_kind'].label(kind)} {ids.split(number)[1]}"
    if reading is not None and reading.title:
        return safe_line(reading.title)
    stem = PurePath(safe_name(name)).stem
    return safe_line(stem.replace("_", " "))


def safe_line(text: str) -> str:
    """Return a title that a file gave itself, fit to be shown on one line: no folders are cut off, all else is."""
    return safe_name(text.replace("/", "∕").replace("\\", "∖"), LONGEST_TITLE)


def _published(reading: Extraction, warnings: list[str]) -> str:
    if not reading.published:
        return ""
    try:
        return dates.read(reading.published).text
    except dates.InvalidDate:
        warnings.append("The document names a date of publication that cannot be understood.")
        return ""


def _last_part(name: str) -> str:
    """Return the file's own name as it was, without folders and without what is no text (undecodable bytes)."""
    last = PurePath(name.replace("\\", "/")).name
    return last.encode("utf-8", "replace").decode()


def _chunks(stream: IO[bytes] | Iterable[bytes]) -> Iterator[bytes]:
    if isinstance(stream, io.IOBase):
        while chunk := stream.read(BLOCK):
            yield chunk
    else:
        yield from stream


class _Pieces(io.RawIOBase):
    """An iterator of bytes as an unbuffered file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._held = chunks, memoryview(b"")

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill `buffer` from the piece at hand; 0 at the end."""
        while not self._held:
            piece = next(self._chunks, None)
            if piece is None:
                return 0
            self._held = memoryview(piece)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count
