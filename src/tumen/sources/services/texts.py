"""Sources, their texts and passages: adding them, and moving passages to a corrected rendition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from tumen.archive import identity, versions
from tumen.archive.changes import OpenChange
from tumen.archive.sealed import open_value
from tumen.guard.models import Compartment
from tumen.sources import queries
from tumen.sources.errors import BadPassage, Superseded
from tumen.sources.models import Original, Passage, Source, Text
from tumen.sources.names import reviewed_rows
from tumen.sources.services import names
from tumen.text import Lost, index_tokens, reanchor


@dataclass(frozen=True)
class Reanchored:
    """What became of the passages when a corrected rendition arrived."""

    text: Text
    moved: list[Passage]
    lost: list[tuple[Passage, str]]


def add_source(c: OpenChange, kind: str, title: str, compartment: Compartment, **values: Any) -> Source:
    """Add a source; its title is found by the search of texts."""
    return c.insert(Source, kind=kind, title=title, compartment=compartment, **values)


def add_text(
    c: OpenChange,
    source: Source,
    body: str,
    language: str = "",
    rendition: str = Text.Rendition.READ,
    original: Original | None = None,
    pages: Sequence[int] = (),
    tokens: str | None = None,
) -> Text:
    """Add an immutable rendition of a source. `body` has LF line ends; positions in it are code points.

    `tokens` are those of `body` when the caller has made them before it opened the change: a long text takes a while.
    """
    number = Text.objects.filter(source=source.pk, rendition=rendition).count() + 1
    text = c.insert(
        Text,
        source=source,
        original=original,
        rendition=rendition,
        number=number,
        language=language,
        length=len(body),
        pages=list(pages),
        body=body,
    )
    _index_tokens("text_tokens", text.pk, index_tokens(body) if tokens is None else tokens)
    return text


def add_passage(c: OpenChange, text: Text, start: int, end: int) -> Passage:
    """Return the passage of `text` from `start` to `end`, the one that is there already or a new one.

    Raises BadPassage.
    """
    if not 0 <= start < end <= text.length:
        raise BadPassage(f"{start}-{end} is not a stretch of a text of {text.length} characters")
    same = versions.visible(Passage.objects.filter(text=text.pk, start=start, end=end)).first()
    if same is not None:
        return same
    return c.insert(Passage, source=text.source, text=text, start=start, end=end)


def carried_over(text: Text, start: int, end: int) -> tuple[Text, int, int]:
    """Return where a stretch selected in `text` stands now: in the corrected text, when it was corrected meanwhile.

    Raises BadPassage when the words are not there any more.
    """
    newest = queries.corrected(text)
    if newest is None:
        return text, start, end
    (answer,) = reanchor(body_of(text), body_of(newest), [(start, end)])
    if isinstance(answer, Lost):
        raise BadPassage("the text was corrected meanwhile, and these words are not in it")
    return newest, answer.start, answer.end


def correct_text(c: OpenChange, old: Text, body: str) -> Reanchored:
    """Add a corrected rendition of `old` and move the passages of `old` to it.

    A passage that finds no place keeps its old one and is marked `lost`, for a coder to settle. Marks of names are
    copied, and wait for a review. Raises Superseded when `old` was corrected already: what the first correction said
    would be gone from the text that coders work on.
    """
    newest = queries.corrected(old)
    if newest is not None:
        raise Superseded(old.pk, newest.pk)
    before = body_of(old)
    rendition = Text.Rendition.TRANSCRIPT if old.rendition == Text.Rendition.READ else old.rendition
    new = add_text(c, old.source, body, old.language, rendition, old.original)
    names.carry_over(c, old, new, before, body)
    passages = list(versions.visible(Passage.objects.filter(text=old.pk)).order_by("start", "end"))
    moved: list[Passage] = []
    lost: list[tuple[Passage, str]] = []
    spans = [(passage.start or 0, passage.end or 0) for passage in passages]
    for passage, answer in zip(passages, reanchor(before, body, spans), strict=True):
        if isinstance(answer, Lost):
            lost.append((c.update(passage, lost=True), answer.reason))
            continue
        moved.append(move_passage(c, passage, new, answer.start, answer.end))
    return Reanchored(new, moved, lost)


def move_passage(c: OpenChange, passage: Passage, text: Text, start: int, end: int) -> Passage:
    """Put a passage on a stretch of another rendition; claims that rest on it stay."""
    return c.update(passage, text=text, start=start, end=end, lost=False)


def body_of(text: Text) -> str:
    """Open a text's body for the archive's own work; pages go through `guard.reading`."""
    return open_value(identity.key_for(text.pk), text.pk, "body", text.body)


def keep_title(source: Source) -> None:
    """Make a source findable by its title and publisher as they are now; called with each one that a change wrote."""
    words = names.title_words(source)
    _index_tokens("text_tokens", source.pk, index_tokens(words))
    names.put_title(source.pk, words)


def keep_passage(passage: Passage) -> None:
    """Make a passage findable by the words it stands on now; called with each one that a change wrote.

    One without text, or whose text was erased, has no words.
    """
    text = passage.text
    key = identity.readable([text.pk]).get(text.pk) if text is not None else None
    if text is not None and key is not None:
        body = open_value(key, text.pk, "body", text.body)
        _index_tokens("passage_tokens", passage.pk, index_tokens(body[passage.start : passage.end]))
    names.keep_passage(passage)


def unindex(texts: Sequence[int], passages: Sequence[int]) -> None:
    """Take texts and passages out of the search for good: their tokens are removed, not only marked as gone."""
    with connection.cursor() as cursor:
        for table, rows in (
            ("text_tokens", texts), ("passage_tokens", passages), (names.TEXTS, texts), (names.PASSAGES, passages)
        ):  # fmt: skip
            cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [[row] for row in rows])
            if rows:
                # A delete leaves the tokens in the index with a tombstone; merging it into one drops both.
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")


def rebuild() -> int:
    """Write both search indexes anew, the whole one and the one without names; returns how many texts they hold."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            for table in ("text_tokens", "passage_tokens", names.TEXTS, names.PASSAGES):
                cursor.execute(f"INSERT INTO {table}({table}) VALUES ('delete-all')")
        for source in Source.objects.iterator(500):
            if source.pk in identity.readable([source.pk]):
                keep_title(source)
        count = 0
        for text in Text.objects.iterator(100):
            if text.pk in identity.readable([text.pk]):
                _index_tokens("text_tokens", text.pk, index_tokens(body_of(text)))
                count += 1
        for passage in Passage.objects.select_related("text").iterator(500):
            keep_passage(passage)
        for row in reviewed_rows().select_related("text").iterator(100):
            names.index(row.text)
    return count


def _index_tokens(table: str, record: int, tokens: str) -> None:
    # `OR REPLACE`: what was edited, moved or put back is indexed anew under its id.
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} (rowid, body) VALUES (%s, %s)", [record, tokens])
