"""Codings: one coder's pass over one source; only the adopted one counts."""

from __future__ import annotations

from tumen.archive import states, versions
from tumen.archive.changes import OpenChange
from tumen.archive.models import Change, Superseded
from tumen.coding.errors import OwnCoding
from tumen.coding.models import Claim, Coding
from tumen.sources.models import Source


def adopted(source: Source) -> Coding | None:
    """Return the coding of a source that counts, or None before anybody coded it."""
    return versions.visible(Coding.objects.filter(source=source.pk, adopted=True)).order_by("pk").first()


def codings(source: Source) -> list[Coding]:
    """Return every coding of a source, the one that counts first."""
    return list(versions.visible(Coding.objects.filter(source=source.pk)).order_by("-adopted", "pk"))


def coding_for(c: OpenChange, source: Source, user: int) -> Coding:
    """Return the coding that counts, made on first use; the source is then being coded."""
    found = adopted(source)
    if found is not None:
        return found
    if source.status == Source.Status.NEW and source.change != c.seq:  # a record is written once in a change
        c.update(source, status=Source.Status.CODING)
    return c.insert(Coding, source=source, coder=user, adopted=True)


def code_in_parallel(c: OpenChange, source: Source, user: int) -> Coding:
    """Begin a second, independent coding of a source; it does not count until it is adopted."""
    return c.insert(Coding, source=source, coder=user, adopted=adopted(source) is None)


def adopt(c: OpenChange, coding: Coding) -> Coding:
    """Let this coding of its source count in place of the one that did."""
    for other in versions.visible(Coding.objects.filter(source=coding.source_id, adopted=True).exclude(pk=coding.pk)):
        c.update(other, adopted=False)
    return c.update(coding, adopted=True)


def coders(coding: Coding) -> set[int]:
    """Return the users who made this coding or wrote any state of one of its claims."""
    seqs: set[int] = set()
    for label, model in states.record_models().items():
        if issubclass(model, Claim):
            rows = model._base_manager.filter(coding=coding.pk)
            seqs.update(rows.values_list("change", flat=True))
            kept = Superseded.objects.filter(model=label, record__in=rows.values("pk"))
            seqs.update(kept.values_list("from_change", flat=True))
    wrote = Change.objects.filter(seq__in=seqs).values_list("actor", flat=True)
    return {coding.coder, *wrote.distinct()}


def check_off(c: OpenChange, coding: Coding, checked: bool = True) -> Coding:
    """Say that a second person has checked the coding, or that this has to be done again.

    Raises OwnCoding: nobody checks what she has coded herself.
    """
    if checked and c.actor in coders(coding):
        raise OwnCoding("You have worked on this coding yourself: somebody else has to check it.")
    source = coding.source
    c.update(source, status=Source.Status.CHECKED if checked else Source.Status.CODED)
    return c.update(coding, checked=checked)
