"""Finding records and where they belong: source, compartment, the whole that a part stands in."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any

from tumen.archive import versions
from tumen.archive.models import Identifier, Record
from tumen.coding.errors import NotFound
from tumen.coding.kinds import KINDS, is_claim
from tumen.coding.models import Anchor, Coding, Draft, FieldNote, Involvement, Mark, Name, Telling, Transfer
from tumen.columns import Mask
from tumen.guard.models import Compartment, Suspension
from tumen.sources import queries as sources
from tumen.sources.models import Citation, NameMarks, Original, Passage, Source, Text

__all__ = ["Draft", "claim", "compartment_of", "exists", "find", "source_of", "speaks_of", "whole_of", "wholes"]


_speaks_of: dict[type[Record], Callable[[Any], Iterable[int]]] = {}


def speaks_of(model: type[Record], records: Callable[[Any], Iterable[int]]) -> None:
    """Let apps to the right say which records one of theirs speaks of; it is shown to those who see all of them."""
    _speaks_of[model] = records


def find(mask: Mask, number: int) -> Record:
    """Return the record of this id, of whatever kind. Raises NotFound when there is none that the mask allows."""
    record = versions.find(number)
    if record is None or not allowed(mask, record):
        raise NotFound(f"There is no record {number}.")
    return record


def claim(mask: Mask, number: int, slug: str = "") -> Any:
    """Return a claim, of one kind when `slug` names it. Raises NotFound."""
    if slug:
        record: Record | None = KINDS[slug].model._base_manager.filter(pk=number).first()
    else:
        models = [kind.model for kind in KINDS.values()]
        record = next((row for model in models if (row := model._base_manager.filter(pk=number).first())), None)
    if record is None or not is_claim(record) or not allowed(mask, record):
        raise NotFound(f"There is no record {number}.")
    return record


def allowed(mask: Mask, record: Record) -> bool:
    """Say whether the mask shows the compartment that a record stands in; reference rows stand in none."""
    return record.pk in allowed_among(mask, [record])


def allowed_among(mask: Mask, listed: Collection[Record]) -> set[int]:
    """Return the ids of the records that `allowed` lets through: a few queries for any number."""
    spoken = {record.pk: set(of(record)) for record in listed if (of := _speaks_of.get(type(record)))}
    named = versions.find_many(set().union(*spoken.values())) if spoken else {}
    within = allowed_among(mask, named.values()) if named else set()
    # What was spoken of and is no record any more hides nothing.
    found = {pk for pk, of_these in spoken.items() if of_these & named.keys() <= within}
    rest = [record for record in listed if record.pk not in spoken]
    whole = wholes(rest)
    for record in rest:
        compartment = compartment_of(whole[record.pk])
        if compartment is None or sources.allows(mask, compartment):
            found.add(record.pk)
    return found


def exists(record: Record) -> bool:
    """Say whether a record counts today."""
    return versions.visible(type(record)._base_manager.filter(pk=record.pk)).exists()


_PARENT: dict[type[Record], str] = {
    Involvement: "act_id", Transfer: "act_id", Name: "party_id", Telling: "claim",
    Mark: "record", Anchor: "record", Identifier: "record", FieldNote: "record", NameMarks: "text_id",
}  # fmt: skip


def whole_of(record: Record) -> Record:
    """Return the claim that a part, a code, an anchor or an identifier belongs to; anything else is its own whole."""
    return wholes([record])[record.pk]


def wholes(listed: Collection[Record]) -> dict[int, Record]:
    """Return the whole of each record by the record's id, their sources read along: a few queries for any number."""
    known = {record.pk: record for record in listed}
    above: dict[int, int] = {}
    new: Collection[Record] = listed
    while new:
        up = {record.pk: getattr(record, _PARENT[type(record)]) for record in new if type(record) in _PARENT}
        above |= up
        missing = set(up.values()) - known.keys()
        new = list(versions.find_many(missing).values()) if missing else []
        known |= {record.pk: record for record in new}
    found = {}
    for record in listed:
        number = record.pk
        while above.get(number) in known:
            number = above[number]
        found[record.pk] = known[number]
    if len(found) > 1:
        _read_sources(list(found.values()))
    return found


def _read_sources(listed: list[Record]) -> None:
    """Set the coding or source of each record that has one, so that none is fetched by itself."""
    rows: list[Any] = listed
    codings = Coding.objects.select_related("source").in_bulk({row.coding_id for row in rows if _has(row, "coding_id")})
    sources_of = Source.objects.in_bulk({row.source_id for row in rows if _has(row, "source_id")})
    for row in rows:
        if _has(row, "coding_id"):
            row.coding = codings[row.coding_id]
        elif _has(row, "source_id"):
            row.source = sources_of[row.source_id]


def _has(row: Any, name: str) -> bool:
    return getattr(row, name, None) is not None


def source_of(record: Record) -> Source | None:
    """Return the source that a record belongs to, or None for reference rows and access."""
    record = whole_of(record)
    if isinstance(record, Source):
        return record
    if isinstance(record, (Coding, Text, Original, Passage, Citation)):
        return record.source
    coding = getattr(record, "coding", None)
    return coding.source if coding is not None else None


UNSEEN = 0
"""The compartment of what stands in none and is shown on pages of its own alone: roles in the whole archive."""


def compartment_of(record: Record) -> int | None:
    """Return the compartment that a record stands in, or None when it stands in none."""
    if isinstance(record, Compartment):
        return record.pk
    if isinstance(record, Suspension):
        return UNSEEN
    if hasattr(record, "compartment_id"):
        return record.compartment_id or UNSEEN
    source = source_of(record)
    return source.compartment_id if source is not None else None


def standing_of(numbers: Collection[int]) -> dict[int, frozenset[int]]:
    """Return the compartments of records that are parts of claims, or that speak of records as judgements do."""
    found: dict[int, frozenset[int]] = dict.fromkeys(numbers, frozenset())
    for number, record in versions.find_many(numbers).items():
        spoken = _speaks_of.get(type(record))
        of = versions.find_many(spoken(record)).values() if spoken else [record]
        found[number] = frozenset(place for each in of if (place := compartment_of(each)) is not None)
    return found
