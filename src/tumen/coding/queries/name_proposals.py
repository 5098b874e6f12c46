"""Which stretches of a text may be names: what the source's own parties are called, and what looks like a number.

Only a proposal: a person decides. The archive's other parties are not looked for, so that no page tells that a name of
one source is known from another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tumen.archive import versions
from tumen.coding.models import Name, Party
from tumen.columns import Mask
from tumen.guard import reading
from tumen.sources.models import Source
from tumen.sources.names import KINDS, NO_NAME, Mark
from tumen.text import find

_PATTERNS = (
    ("contact", re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("number", re.compile(r"(?<![\d-])(?:\d{6}-[1-8]\d{6}|\d{17}[\dXx])(?![\d-])")),
    ("contact", re.compile(r"(?<![\d+-])\+?\d[\d ()./-]{7,18}\d(?![\d-])")),
)
_LEAST_DIGITS = 9
"""A shorter run of digits is a year, a date or a sum rather than a telephone."""
_HANGUL_NAME = re.compile("[가-힣]{3}")
_LATIN_PART = 3
"""A part of a Latin name shorter than this is proposed only with the rest of it."""


def proposals(mask: Mask, source: Source, body: str, marks: Iterable[Mark]) -> list[Mark]:
    """Return what may be a name in a text of a source and is not marked yet, in reading order, none overlapping."""
    found: list[Mark] = []
    for words, kind in _called(mask, source):
        found += [Mark(start, end, kind) for start, end in find(body, f'"{words}"')]
    for kind, pattern in _PATTERNS:
        found += [Mark(*hit.span(), kind) for hit in pattern.finditer(body) if _long_enough(kind, hit[0])]
    kept: list[Mark] = []
    taken = list(marks)
    for mark in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if not any(mark.start < other.end and other.start < mark.end for other in taken):
            taken.append(mark)
            kept.append(mark)
    return sorted(kept)


def _called(mask: Mask, source: Source) -> list[tuple[str, str]]:
    """Return what the parties of a source are called, whole and in part, and how they are reached, with the kind."""
    spelled = list(versions.visible(Name.objects.filter(party__coding__source=source.pk)))
    parties = list(versions.visible(Party.objects.filter(coding__source=source.pk)))
    listed: dict[str, str] = {}
    for name, shown in zip(spelled, reading.read(mask, spelled, "text").values(), strict=True):
        kind = "nickname" if "nick" in name.kind else "name"
        for words in _parts(shown.text):
            listed.setdefault(words, kind)
    for shown in reading.read(mask, parties, "contact").values():
        listed.setdefault(shown.text.strip(), "contact")
    return [(words.replace('"', " "), kind) for words, kind in listed.items() if words]


def _parts(name: str) -> list[str]:
    """Return a name, and what people call its bearer for short: its longer words, a Hangul given name."""
    parts = [word for word in name.split() if len(word) >= _LATIN_PART]
    if _HANGUL_NAME.fullmatch(name.strip()):
        parts.append(name.strip()[1:])
    return [name.strip(), *parts]


def _long_enough(kind: str, words: str) -> bool:
    return kind == "number" or "@" in words or sum(char.isdigit() for char in words) >= _LEAST_DIGITS


@dataclass(frozen=True)
class Group:
    """The same words, marked or proposed in the same way in several places.

    `spans` is what a form sends back: `start-end:kind` of each place.
    """

    words: str
    kind: str
    spans: tuple[str, ...]

    @property
    def label(self) -> str:
        """What its kind is called."""
        return str(KINDS.get(self.kind, ""))


def grouped(body: str, marks: Iterable[Mark]) -> list[Group]:
    """Return marks by their words and kind, in the order in which the words first stand."""
    found: dict[tuple[str, str], list[str]] = {}
    for mark in sorted(marks):
        key = (body[mark.start : mark.end], mark.kind)
        found.setdefault(key, []).append(f"{mark.start}-{mark.end}:{mark.kind}")
    return [Group(words, kind, tuple(spans)) for (words, kind), spans in found.items()]


@dataclass(frozen=True)
class Piece:
    """A stretch of a text to show: `kind` is "" between names, and `proposed` tells what waits for a decision."""

    words: str
    kind: str = ""
    proposed: bool = False


def pieces(body: str, marks: Sequence[Mark], proposed: Sequence[Mark]) -> list[Piece]:
    """Return a text cut where names are marked or proposed; joined again the pieces are the text, exactly."""
    shown = [(mark, False) for mark in marks if mark.kind != NO_NAME] + [(mark, True) for mark in proposed]
    found: list[Piece] = []
    at = 0
    for mark, waits in sorted(shown):
        found += [Piece(body[at : mark.start]), Piece(body[mark.start : mark.end], mark.kind, waits)]
        at = mark.end
    return [piece for piece in [*found, Piece(body[at:])] if piece.words]


def everywhere(body: str, words: str, kind: str) -> list[Mark]:
    """Return a mark at each place where exactly these words stand; folded alike, Latin ones as whole words."""
    return [Mark(start, end, kind) for start, end in find(body, '"{}"'.format(words.replace('"', " ")))]
