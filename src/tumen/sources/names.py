"""The names in texts: reading what was marked, and leaving it out for whoever may not see identities.

A text without names is shown, and searched, only when a person has said that its marks are complete. Everything here
fails closed: no marks, marks that were changed since, or a key that is gone, and there is no text.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tumen.archive import identity, versions
from tumen.archive.models import Record
from tumen.archive.sealed import is_tombstone, open_value
from tumen.sources.errors import UnreadableMarks
from tumen.sources.models import NameMarks, Text
from tumen.sources.queries import CODED
from tumen.text import Blanked, blank

KINDS: dict[str, str | Promise] = {
    "name": gettext_lazy("Name"),
    "nickname": gettext_lazy("Nickname"),
    "place": gettext_lazy("Place or address"),
    "contact": gettext_lazy("Phone, e-mail"),
    "number": gettext_lazy("Number of a document"),
}
"""What is left out of a text."""
NO_NAME = "none"
"""The kind of a mark that says that something proposed is no name; it stays in the text, and is not proposed again."""


@dataclass(frozen=True, order=True)
class Mark:
    """A stretch of a text, in code points, and of what kind it is."""

    start: int
    end: int
    kind: str


_WRITTEN = re.compile(r"(\d+)-(\d+):([a-z]+)")


def parsed(written: str) -> list[Mark]:
    """Read marks as they are stored. Raises UnreadableMarks."""
    found = []
    for part in written.split():
        match = _WRITTEN.fullmatch(part)
        if match is None or not (match[3] in KINDS or match[3] == NO_NAME) or int(match[1]) >= int(match[2]):
            raise UnreadableMarks("The names marked in a text are not written as this version writes them.")
        found.append(Mark(int(match[1]), int(match[2]), match[3]))
    return found


def written(marks: Iterable[Mark]) -> str:
    """Return marks as they are stored, in reading order."""
    return " ".join(f"{mark.start}-{mark.end}:{mark.kind}" for mark in sorted(set(marks)))


def reviewed_rows() -> QuerySet[NameMarks]:
    """Return the marks that a person found complete and nobody has touched since."""
    return versions.visible(NameMarks.objects.filter(reviewed=F("marked"), reviewed__gt=0))


def of_text(text: Text) -> NameMarks | None:
    """Return the marks of a text, reviewed or not."""
    return versions.visible(NameMarks.objects.filter(text=text.pk)).order_by("pk").first()


def is_reviewed(row: NameMarks | None) -> bool:
    """Say whether a person has found these marks complete."""
    return row is not None and not row.retracted and row.reviewed == row.marked > 0


def marks_in(rows: Iterable[NameMarks]) -> dict[int, list[Mark]]:
    """Return the marks of texts by text, for the archive's own work; a text whose key is gone is left out."""
    listed = list(rows)
    keys = identity.readable(row.text_id for row in listed)
    found: dict[int, list[Mark]] = {}
    for row in listed:
        if row.marks is None:
            found[row.text_id] = []
        elif row.text_id in keys and not is_tombstone(row.marks):
            found[row.text_id] = parsed(open_value(keys[row.text_id], row.pk, "marks", row.marks))
    return found


def names_in(marks: Iterable[Mark]) -> list[tuple[int, int, str]]:
    """Return what is left out of a text, as (start, end, kind)."""
    return [(mark.start, mark.end, mark.kind) for mark in marks if mark.kind != NO_NAME]


def reviewed(model: type[Record], records: Collection[int]) -> Collection[int]:
    """Return those of these records of one model whose names were reviewed: texts; nobody reviews other words."""
    if model is not Text:
        return frozenset()
    return frozenset(reviewed_rows().filter(text__in=list(records)).values_list("text_id", flat=True))


def without(model: type[Record], values: Mapping[int, str]) -> Mapping[int, Blanked]:
    """Return texts without their names; a text that is not reviewed any more as nothing."""
    words = _words()
    marks = marks_in(reviewed_rows().filter(text__in=list(values)))
    found: dict[int, Blanked] = {}
    for text, body in values.items():
        spans = [(start, end, words[kind]) for start, end, kind in names_in(marks[text])] if text in marks else None
        found[text] = Blanked("") if spans is None else blank(body, spans)
    return found


def _words() -> dict[str, str]:
    """Return what stands in the place of each kind, in the language of the page."""
    return {
        "name": _("[name]"),
        "nickname": _("[nickname]"),
        "place": _("[place]"),
        "contact": _("[contact]"),
        "number": _("[number]"),
    }


WAITING, REVIEWED = "waiting", "reviewed"
"""How far a source's names are: some text that stands waits for its review, or none does."""


def standing(texts: Iterable[tuple[int, str, int | None]]) -> list[int]:
    """Return those of one source's texts that no correction has replaced, from (id, rendition, original) each."""
    rows = list(texts)
    worked_on = [row for row in rows if row[1] in CODED]
    newest = max(worked_on, key=lambda row: (row[1] == Text.Rendition.TRANSCRIPT, row[0]), default=None)
    return [row[0] for row in rows if newest is None or row == newest or row[1] not in CODED or row[2] != newest[2]]


def states(sources: Collection[int]) -> dict[int, str]:
    """Return how far the names of sources are, those without a text left out."""
    rows = versions.visible(Text.objects.filter(source__in=list(sources)))
    by_source: dict[int, list[tuple[int, str, int | None]]] = {}
    for source, text, rendition, original in rows.values_list("source_id", "pk", "rendition", "original_id"):
        by_source.setdefault(source, []).append((text, rendition, original))
    done = set(reviewed_rows().filter(text__source__in=list(sources)).values_list("text_id", flat=True))
    return {source: state_of(texts, done) for source, texts in by_source.items()}


def state_of(texts: Iterable[tuple[int, str, int | None]], done: Collection[int]) -> str:
    """Return how far a source with these texts is when those `done` are reviewed."""
    return REVIEWED if all(text in done for text in standing(texts)) else WAITING
