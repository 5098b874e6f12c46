"""Passages that found no place in a corrected text: their old words, and what rests on them."""

from __future__ import annotations

from dataclasses import dataclass

from tumen.archive import versions
from tumen.coding.kinds import is_claim
from tumen.coding.models import Anchor
from tumen.coding.queries import records
from tumen.coding.queries.labels import Labels
from tumen.columns import Mask
from tumen.guard import reading
from tumen.sources import queries as sources
from tumen.sources.models import Passage, Source


@dataclass(frozen=True)
class Lost:
    """One passage to place again."""

    passage: Passage
    words: reading.Shown
    claims: list[tuple[int, str]]


def lost(mask: Mask, source: Source, names: Labels) -> list[Lost]:
    """Return the passages of a source that wait to be placed."""
    found = []
    for passage in versions.visible(Passage.objects.filter(source=source.pk, lost=True)).order_by("start", "pk"):
        body = sources.body(mask, passage.text) if passage.text is not None else reading.EMPTY
        words = reading.Shown(body.words(passage.start, passage.end), body.why)
        wholes = {}
        for anchor in versions.visible(Anchor.objects.filter(passage=passage.pk)):
            whole = records.whole_of(anchor)
            if is_claim(whole):
                wholes[whole.pk] = names.title(whole)
        found.append(Lost(passage, words, list(wholes.items())))
    return found
