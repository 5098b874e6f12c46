"""What is known about a source: editing it, and which sources it rests on."""

from __future__ import annotations

from typing import Any

from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.columns import Mask
from tumen.sources import queries
from tumen.sources.errors import CircularCitation, NoSuchSource
from tumen.sources.models import Citation, Source


def edit_source(c: OpenChange, source: Source, base: int, **values: Any) -> Source:
    """Write new values that someone entered who saw version `base`. Raises StaleEdit."""
    return c.update(source, base, **values)


def cite(c: OpenChange, source: Source, cites: Source) -> Citation:
    """Record that `source` rests on `cites`, so that two papers with one origin are not two sources.

    Returns the citation that is there already, if it is. Raises CircularCitation.
    """
    there = versions.visible(Citation.objects.filter(source=source.pk, cites=cites.pk)).first()
    if there is not None:
        return there
    if source.pk in queries.rests_on(cites.pk) | {cites.pk}:
        raise CircularCitation(f"Source {cites.pk} itself rests on source {source.pk}.")
    return c.insert(Citation, source=source, cites=cites)


def uncite(c: OpenChange, source: Source, number: int) -> None:
    """Take a citation of `source` back. Raises NoSuchSource."""
    citation = versions.visible(Citation.objects.filter(source=source.pk, pk=number)).first()
    if citation is None:
        raise NoSuchSource(f"Source {source.pk} has no citation {number}.")
    c.retract(citation)


def find_cited(mask: Mask, words: str) -> Source:
    """Return the source that someone means by a number or by a part of its title. Raises NoSuchSource."""
    if words.strip().isdecimal():
        return queries.get_source(mask, int(words))
    found = queries.titled(mask, words, 6)
    if len(found) == 1:
        return found[0]
    if not found:
        raise NoSuchSource(f"No source has “{words.strip()}” in its title.")
    listed = "; ".join(f"{pk} {title}" for pk, title in queries.titles(found[:5]).items())
    raise NoSuchSource(f"Several sources have “{words.strip()}” in their titles, give a number: {listed}")
