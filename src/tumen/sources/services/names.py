"""Marking the names in a text, saying that they are all marked, and the index of texts without their names."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection

from tumen.archive import identity, versions
from tumen.archive.changes import OpenChange
from tumen.archive.sealed import open_value
from tumen.guard import reading
from tumen.sources import names
from tumen.sources.errors import BadPassage, MarksChanged
from tumen.sources.models import NameMarks, Passage, Source, Text
from tumen.sources.names import Mark
from tumen.text import Lost, Moved, index_tokens, reanchor, tokens_around

TEXTS, PASSAGES = "nameless_text_tokens", "nameless_passage_tokens"


def mark(c: OpenChange, text: Text, add: Iterable[Mark], drop: Iterable[tuple[int, int]] = ()) -> NameMarks:
    """Mark stretches of a text as names, and take marks off those in `drop` (start, end).

    A mark takes the place of those that it overlaps. The text waits for a review again. Raises BadPassage.
    """
    fresh, gone = list(add), set(drop)
    for one in fresh:
        if not 0 <= one.start < one.end <= text.length:
            raise BadPassage(f"{one.start}-{one.end} is not a stretch of a text of {text.length} characters")
    row = names.of_text(text)
    kept = [] if row is None else names.marks_in([row]).get(text.pk, [])
    kept = [one for one in kept if (one.start, one.end) not in gone and not any(_overlap(one, new) for new in fresh)]
    return _write(c, text, row, names.written([*kept, *fresh]))


def review(c: OpenChange, text: Text, seen: int) -> NameMarks:
    """Say that every name in a text is marked. `seen` is the version of the marks that was looked at, 0 for none.

    Raises MarksChanged when somebody has marked something meanwhile.
    """
    row = names.of_text(text)
    if seen != (0 if row is None else row.version):
        raise MarksChanged("Somebody marked something in this text meanwhile. Look at it again.")
    if row is None:
        return c.insert(NameMarks, text=text, marks="", marked=c.seq, reviewed=c.seq)
    return c.update(row, reviewed=row.marked)


def unreview(c: OpenChange, text: Text) -> NameMarks | None:
    """Say that the names in a text are not all marked after all: it is closed at once to roles without identity."""
    row = names.of_text(text)
    return None if row is None else c.update(row, reviewed=0)


def carry_over(c: OpenChange, old: Text, new: Text, before: str, after: str) -> None:
    """Mark in a corrected text what was marked in the one before it, as far as it is found; it waits for a review."""
    row = names.of_text(old)
    marks = [] if row is None else names.marks_in([row]).get(old.pk, [])
    if not marks:
        return
    answers: list[Moved | Lost] = reanchor(before, after, [(one.start, one.end) for one in marks])
    moved = [
        Mark(answer.start, answer.end, one.kind)
        for one, answer in zip(marks, answers, strict=True)
        if not isinstance(answer, Lost)
    ]
    _write(c, new, None, names.written(moved))


def _write(c: OpenChange, text: Text, row: NameMarks | None, written: str) -> NameMarks:
    if row is None:
        return c.insert(NameMarks, text=text, marks=written, marked=c.seq)
    return c.update(row, marks=written, marked=c.seq)


def _overlap(one: Mark, other: Mark) -> bool:
    return one.start < other.end and other.start < one.end


def keep_names(row: NameMarks) -> None:
    """Make a text and its passages findable without their names, or not at all: called with marks a change wrote."""
    index(row.text)


def index(text: Text) -> None:
    """Write what the second index holds of a text: nothing unless it stands, opens, and its names were reviewed."""
    passages = list(Passage.objects.filter(text=text.pk))
    row = names.of_text(text)
    opened = _opened(text, row)
    if opened is None:
        unindex([text.pk], [passage.pk for passage in passages])
        return
    body, spans = opened
    _put(TEXTS, text.pk, tokens_around(body, spans))
    for passage in passages:
        put_passage(passage, body, spans)


def put_passage(passage: Passage, body: str, spans: list[tuple[int, int, str]]) -> None:
    """Write what the second index holds of a passage of a reviewed text."""
    _put(PASSAGES, passage.pk, tokens_around(body, spans, passage.start or 0, passage.end or 0))


def keep_passage(passage: Passage) -> None:
    """Do for one passage that a change wrote what `index` does for all those of a text."""
    opened = None if passage.text is None else _opened(passage.text, names.of_text(passage.text))
    if opened is None:
        unindex([], [passage.pk])
    else:
        put_passage(passage, *opened)


def title_words(source: Source) -> str:
    """Return the words by which a source is found whoever searches: its title and publisher."""
    return " ".join(str(reading.public(source, name)) for name in ("title", "publisher"))


def put_title(source: int, words: str) -> None:
    """Make a source findable by its title in the second index too: titles name nobody at risk."""
    _put(TEXTS, source, index_tokens(words))


def unindex(texts: Iterable[int], passages: Iterable[int]) -> None:
    """Take texts and passages out of the second index."""
    with connection.cursor() as cursor:
        for table, rows in ((TEXTS, texts), (PASSAGES, passages)):
            cursor.executemany(f"DELETE FROM {table} WHERE rowid = %s", [[row] for row in rows])


def _opened(text: Text, row: NameMarks | None) -> tuple[str, list[tuple[int, int, str]]] | None:
    """Return the body of a text and the names in it, where it may be found without them."""
    if row is None or not names.is_reviewed(row) or not versions.visible(Text.objects.filter(pk=text.pk)).exists():
        return None
    marks, key = names.marks_in([row]).get(text.pk), identity.readable([text.pk]).get(text.pk)
    if marks is None or key is None:
        return None
    return open_value(key, text.pk, "body", text.body), names.names_in(marks)


def _put(table: str, record: int, tokens: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT OR REPLACE INTO {table} (rowid, body) VALUES (%s, %s)", [record, tokens])


def expected(counted: bool) -> dict[str, dict[int, int]]:
    """Return what the second index is to hold: for each table the number of words of each record.

    The words are only counted where `counted` says so, else they are 0. Titles are not reviewed, and always there.
    """
    texts: dict[int, int] = {}
    passages: dict[int, int] = {}
    sources = list(Source.objects.only("pk", "title", "publisher"))
    kept = identity.readable(source.pk for source in sources)  # an erased one is found by nothing any more
    for source in (one for one in sources if one.pk in kept):
        texts[source.pk] = _count(index_tokens(title_words(source))) if counted else 0
    for row in names.reviewed_rows().select_related("text").iterator(500):
        opened = _opened(row.text, row)
        if opened is None:
            continue
        texts[row.text_id] = _count(tokens_around(*opened)) if counted else 0
        for passage in Passage.objects.filter(text=row.text_id):
            words = tokens_around(*opened, passage.start or 0, passage.end or 0) if counted else ""
            passages[passage.pk] = _count(words)
    return {TEXTS: texts, PASSAGES: passages}


def held(table: str) -> dict[int, int]:
    """Return the number of words that the second index holds of each record."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, sz FROM {table}_docsize")
        return {record: _varint(size) for record, size in cursor.fetchall()}


def _count(tokens: str) -> int:
    return len(tokens.split())


def _varint(data: bytes) -> int:
    """Read a number as SQLite writes it: seven bits a byte, the highest first, the top bit saying that more follow."""
    number = 0
    for byte in data:
        number = number << 7 | byte & 0x7F
        if not byte & 0x80:
            break
    return number
