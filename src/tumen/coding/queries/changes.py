"""Recent changes and bulk jobs, as far as a mask shows what they touched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from tumen.archive import states, undo, versions
from tumen.archive.models import Batch, Change, Record, Superseded
from tumen.archive.sentences import told
from tumen.coding.errors import NotFound
from tumen.coding.kinds import is_claim, kind_of
from tumen.coding.models import Anchor, Claim, Coding, FieldNote, Mark, Place, Term, Unit
from tumen.coding.queries import history, records
from tumen.coding.queries.history import Difference
from tumen.coding.queries.labels import Labels
from tumen.columns import Everything, Mask
from tumen.guard import reading, standing
from tumen.guard.masks import NOTES
from tumen.guard.models import Compartment, Membership, Suspension
from tumen.sources import queries as sources
from tumen.sources.models import Passage, Source, Text

SHOWN = 40
ROWS = 2000
"""So many rows fill a page of changes, however few the changes are: each is read to see whether it may be told."""
BATCHES = 20
DETAILED = 50
"""Of so many records a change's page tells the differences."""


@dataclass
class Entry:
    """One change with the whole records that it touched."""

    change: Change
    by: str
    why: reading.Shown
    touched: list[tuple[str, Record]] = field(default_factory=list)
    undone: bool = False


@dataclass
class Recent:
    """A page of changes; `older` is where the next one begins."""

    entries: list[Entry]
    older: int | None
    hidden: int


def recent(mask: Mask, before: int | None = None, limit: int = SHOWN) -> Recent:
    """Return the newest changes outside bulk jobs; those in compartments the mask does not show are only counted."""
    rows = Change.objects.filter(batch=None).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    found = list(rows[: limit + 1])
    filled = accumulate(each.count for each in found)
    shown = found[: max(1, min(limit, sum(total <= ROWS for total in filled)))]
    entries = _entries(mask, shown)
    return Recent(entries, shown[-1].seq if len(shown) < len(found) else None, len(shown) - len(entries))


def entry(mask: Mask, seq: int) -> Entry:
    """Return one change; raises NotFound when there is none that the mask shows."""
    found = _entries(mask, list(Change.objects.filter(seq=seq)))
    if not found:
        raise NotFound(f"There is no change {seq}.")
    return found[0]


def _entries(mask: Mask, found: list[Change]) -> list[Entry]:
    written = _written([each.seq for each in found])
    undone = set(Change.objects.filter(undoes__in=[each.seq for each in found]).values_list("undoes", flat=True))
    who = history.people()
    entries = []
    whole = records.wholes({record.pk: record for listed in written.values() for record in listed}.values())
    allowed = records.allowed_among(mask, {record.pk: record for record in whole.values()}.values())
    sees_all = _sees_all(mask)
    for each in found:
        wholes = {one.pk: one for one in (whole[record.pk] for record in written[each.seq])}
        # Of a change that wrote nothing only the reason is left, and nothing says whom that may speak of.
        if not (wholes or sees_all) or not wholes.keys() <= allowed:
            continue
        why = reading.reason(mask, each, _touched_by(wholes.values()) if mask.apart else ())
        entries.append(Entry(each, who.get(each.actor, ""), why, list(_named(wholes.values())), each.seq in undone))
    return entries


def _touched_by(wholes: Iterable[Record]) -> set[int]:
    """Return the compartments that records stand in."""
    by_kind: dict[type[Record], list[int]] = defaultdict(list)
    for record in wholes:
        by_kind[type(record)].append(record.pk)
    stand = (standing.compartments(kind, numbers).values() for kind, numbers in by_kind.items())
    return set().union(*(each for listed in stand for each in listed))


def batches(mask: Mask, writable: Collection[int]) -> list[tuple[Batch, reading.Shown, bool]]:
    """Return the bulk jobs that the mask shows, newest first, each with its reason and whether this user may undo it.

    A job that wrote into a compartment out of sight is not told, for its reason is somebody else's; nor is one that
    has written nothing, of which nothing says whom it concerns.
    """
    shown = list(Batch.objects.order_by("-pk")[:BATCHES])
    if not _sees_all(mask):
        written = {batch.pk: batch.changes.filter(count__gt=0) for batch in shown}
        shown = [
            batch
            for batch in shown
            if written[batch.pk].exists() and not _writes_outside(written[batch.pk], mask.compartments)
        ]
    return [(batch, _reason_of(mask, batch), may_reverse_batch(batch, writable)) for batch in shown]


def _reason_of(mask: Mask, batch: Batch) -> reading.Shown:
    """Return why a bulk job was made, to who may read the notes of every compartment that it wrote into."""
    written = batch.changes.filter(count__gt=0)
    opening = mask.where(NOTES)
    if mask.apart and opening and written.exists() and not _writes_outside(written, opening):
        return reading.own_reason(batch)
    return reading.reason(mask, batch)


def may_reverse_batch(batch: Batch, writable: Collection[int]) -> bool:
    """Say whether a bulk job is finished, is not what the archive began with, and wrote only where this user may."""
    if batch.state != Batch.State.CLOSED or batch.kind in ("init", "drop"):
        return False
    return bool(writable) and not _writes_outside(batch.changes.all(), frozenset(writable))


def _writes_outside(written: QuerySet[Change], allowed: Collection[int] | Everything) -> bool:
    """Say whether changes of bulk work wrote a source or a claim in any but the `allowed` compartments."""
    if isinstance(allowed, Everything):
        return False
    outside = set(Compartment.objects.exclude(pk__in=allowed).values_list("pk", flat=True))
    if not outside:
        return False
    seqs = written.values("seq")
    for label, model in states.record_models().items():
        path = "compartment" if model is Source else "coding__source__compartment" if issubclass(model, Claim) else ""
        if not path:
            continue
        later = Superseded.objects.filter(model=label, from_change__in=seqs).values("record")
        for touched in (Q(change__in=seqs), Q(pk__in=later)):
            if model._base_manager.filter(touched, **{f"{path}__in": outside}).exists():
                return True
    return False


def _sees_all(mask: Mask) -> bool:
    return all(sources.allows(mask, each) for each in _compartments())


def _compartments() -> set[int]:
    return set(versions.visible(Compartment.objects.all()).values_list("pk", flat=True))


def may_reverse(mask: Mask, seq: int, writable: Collection[int]) -> bool:
    """Say whether everything a change touched stands, and stood before it, where this user may write."""
    touched = undo.touched(seq)
    # Who may see what is decided by whoever enrols people; a coder's undo must not give access back.
    if any(model in (Compartment, Membership, Suspension) for model, *_ in touched):
        return False
    if not touched:
        return False  # one that is not there is refused like one out of sight
    rows = versions.find_many(number for _, number, *_ in touched)
    if records.allowed_among(mask, rows.values()) != rows.keys():
        return False
    # Terms, places and units belong to the archive as a whole: whoever may write somewhere may undo.
    stands = (records.compartment_of(whole) for whole in records.wholes(rows.values()).values())
    found = {compartment for compartment in stands if compartment is not None}
    # Undoing a move would carry a source into the compartment it came from.
    found |= {was["compartment_id"] for model, _, was, _ in touched if model is Source and was is not None}
    return bool(writable) and all(each in writable and sources.allows(mask, each) for each in found)


def details(mask: Mask, seq: int) -> tuple[list[Difference], int]:
    """Return what one change made different, field by field, and how many records beyond the first `DETAILED` it
    touched, whose own pages tell theirs.
    """
    touched = undo.touched(seq)
    first = touched[:DETAILED]
    rows = versions.find_many(number for _, number, *_ in first)
    whole = records.wholes(rows.values())
    allowed = records.allowed_among(mask, rows.values())
    found: list[Difference] = []
    for _model, number, before, after in first:
        record: Any = rows[number]
        if is_claim(record) and number in allowed:
            here = mask.within(records.compartment_of(whole[number]) or 0)
            labels = Labels(here, getattr(whole[number], "coding", None))
            found += history.differences(here, record, before, after, labels)
    return found, len(touched) - len(first)


def _written(seqs: list[int]) -> dict[int, list[Record]]:
    """Return the records that each change wrote: two queries a kind, whatever the number of changes."""
    found: dict[int, list[Record]] = defaultdict(list)
    old: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for model, record, seq in Superseded.objects.filter(from_change__in=seqs).values_list(
        "model", "record", "from_change"
    ):
        old[model].append((record, seq))
    for label, model_class in states.record_models().items():
        for live in model_class._base_manager.filter(change__in=seqs):
            found[live.change].append(live)
        if label in old:
            rows = model_class._base_manager.in_bulk([record for record, _seq in old[label]])
            for record, seq in old[label]:
                found[seq].append(rows[record])
    return found


def _named(touched: Iterable[Record]) -> Iterable[tuple[str, Record]]:
    """Yield label and record, claims first; passages are told only where nothing else was written."""
    rows = [record for record in touched if not isinstance(record, (Anchor, FieldNote, Mark))]
    if any(not isinstance(record, Passage) for record in rows):
        rows = [record for record in rows if not isinstance(record, Passage)]
    names = {Source: _("Source"), Text: _("Text"), Passage: _("Passage"), Term: _("Term"), Coding: _("Coding"),
             Place: _("Place"), Unit: _("Unit")}  # fmt: skip
    for record in sorted(rows, key=lambda row: (not is_claim(row), row.pk)):
        label = (
            kind_of(record).label if is_claim(record) else names.get(type(record), told(str(record._meta.verbose_name)))
        )
        yield str(label), record
