"""Passages in their place: excerpts of a text with every passage marked, for the page of a claim."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from tumen.columns import Mask
from tumen.guard.reading import Shown
from tumen.sources import queries as sources
from tumen.sources.models import Passage, Text

AROUND = 140
"""How many characters around a passage are shown."""


@dataclass(frozen=True)
class Excerpt:
    """A stretch of a text with the passages in it; passages that lie near each other share one.

    `pieces` are the words in order, each with the ids of the passages that cover it.
    """

    text: int | None
    language: str
    pieces: list[tuple[str, str]]
    fields: list[tuple[Passage, str]]
    hidden: bool = False


def of(mask: Mask, passages: Mapping[int, Passage], fields: Mapping[int, list[str]]) -> list[Excerpt]:
    """Return the excerpts that show `passages`; `fields` says what rests on each."""
    found: list[Excerpt] = []
    by_text: dict[int, list[Passage]] = {}
    for passage in passages.values():
        if passage.text_id is None or passage.start is None or passage.end is None:
            place = " ".join(part for part in (passage.page, passage.row, passage.time_code) if part)
            found.append(Excerpt(None, "", [(place, str(passage.pk))], _fields([passage], fields)))
        else:
            by_text.setdefault(passage.text_id, []).append(passage)
    texts = Text.objects.in_bulk(by_text)
    for number, listed in sorted(by_text.items()):
        text = texts[number]
        shown = sources.body(mask, text)
        listed.sort(key=lambda one: (one.start or 0, one.end or 0))
        if not shown:
            found.append(Excerpt(number, text.language, [], _fields(listed, fields), hidden=True))
            continue
        for start, end, near in _windows(_placed(listed, shown), len(shown.text)):
            pieces = _pieces(shown.text, *_at_words(shown.text, start, end, near), near)
            found.append(Excerpt(number, text.language, pieces, _fields([one.passage for one in near], fields)))
    return found


def _fields(passages: list[Passage], fields: Mapping[int, list[str]]) -> list[tuple[Passage, str]]:
    return [(passage, ", ".join(fields.get(passage.pk, ()))) for passage in passages]


@dataclass(frozen=True)
class _Placed:
    """A passage and where it stands in what is shown of its text."""

    passage: Passage
    start: int
    end: int


def _placed(listed: list[Passage], shown: Shown) -> list[_Placed]:
    return [_Placed(one, *shown.place(one.start or 0, one.end or 0)) for one in listed]


def _windows(listed: list[_Placed], length: int) -> list[tuple[int, int, list[_Placed]]]:
    """Join passages whose surroundings touch; each window is start, end and its passages."""
    windows: list[tuple[int, int, list[_Placed]]] = []
    for passage in listed:
        start, end = max(0, passage.start - AROUND), min(length, passage.end + AROUND)
        if windows and start <= windows[-1][1]:
            first, last, near = windows[-1]
            windows[-1] = (first, max(last, end), [*near, passage])
        else:
            windows.append((start, end, [passage]))
    return windows


def _at_words(body: str, start: int, end: int, passages: list[_Placed]) -> tuple[int, int]:
    """Move the edges of a window inwards to where a word begins, when one is near and no passage is cut."""
    first, last = min(one.start for one in passages), max(one.end for one in passages)
    if start > 0 and (gap := body.find(" ", start, min(start + 20, first))) >= 0:
        start = gap + 1
    if end < len(body) and (gap := body.rfind(" ", max(end - 20, last), end)) >= 0:
        end = gap
    return start, end


def _pieces(body: str, start: int, end: int, passages: list[_Placed]) -> list[tuple[str, str]]:
    edges = {start, end}
    for passage in passages:
        edges |= {edge for edge in (passage.start, passage.end) if start < edge < end}
    cuts = sorted(edges)
    pieces = []
    for left, right in pairwise(cuts):
        over = [one.passage for one in passages if one.start <= left and right <= one.end]
        pieces.append((body[left:right], " ".join(str(one.pk) for one in over)))
    return [
        ("…" + words if number == 0 and start > 0 and not ids else words, ids)
        for number, (words, ids) in enumerate(pieces)
    ]
