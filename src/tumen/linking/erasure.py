"""Erasing a person: what there is of her becomes unreadable for good, while the coded facts go on counting.

Her values are sealed under keys of her party records; the keys of every record judged to be her go, and with them her
live rows and all old versions. Texts and originals are sealed under their sources, and a source may speak of others
too, so which sources go with her is the caller's explicit list. What is not sealed but derived (index rows, search
tokens, drafts, remembered searches) is removed.

Not reached, and said so in the plan: old versions that were sealed under somebody else's key when a record was first
put down to the wrong person; reasons of changes and judgements; sources not on the list; backups of the keys until
they are rotated out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from tumen.archive import identity, objects, states, versions
from tumen.archive.backend.base import plainly
from tumen.archive.changes import change
from tumen.archive.errors import ErasureUnfinished
from tumen.archive.models import BlindIndex, Record, Superseded
from tumen.archive.sealed import SealedField
from tumen.coding.models import Act, Coding, Draft, LifeEvent, Name, Party, Relation
from tumen.guard import reading
from tumen.guard.masks import SYSTEM
from tumen.linking import clusters
from tumen.linking.errors import CannotErase
from tumen.linking.models import Judgement
from tumen.sources.models import Original, Passage, Source, Text, Upload
from tumen.sources.services import store
from tumen.sources.services.texts import unindex

Forget = Callable[[Sequence[str]], None]
_more: list[Forget] = []


def also(forget: Forget) -> None:
    """Let apps to the right forget what they keep about a person; they are told her names. Registered once."""
    _more.append(forget)


@dataclass(frozen=True)
class Plan:
    """What an erasure reaches, by ids only, so that it can be shown.

    Attributes:
        parties: every record of the person: the one named, and those judged to be the same.
        sources: those whose texts and originals go, as the caller listed them.
        owners: whose keys are destroyed.
        objects: names of the originals' files.
        texts: renditions whose bodies and search tokens go.
        passages: passages whose search tokens go.
        speaking: sources that speak of her and are not on the list; their texts stay readable.
        elsewhere: records of hers with an old version under somebody else's key, which stays readable.
    """

    parties: tuple[int, ...]
    sources: tuple[int, ...]
    owners: tuple[int, ...]
    objects: tuple[str, ...]
    texts: tuple[int, ...]
    passages: tuple[int, ...]
    speaking: tuple[int, ...]
    elsewhere: tuple[int, ...]


def plan(party: int, sources: Iterable[int] = ()) -> Plan:
    """Return what erasing the person of a party record would reach. Raises CannotErase for what does not exist."""
    listed = sorted(set(sources))
    if not Party._base_manager.filter(pk=party).exists():
        raise CannotErase(f"#{party} is no party.")
    if missing := set(listed) - set(Source._base_manager.filter(pk__in=listed).values_list("pk", flat=True)):
        raise CannotErase(f"#{min(missing)} is no source.")
    parties = _same(party)
    originals = list(Original._base_manager.filter(source__in=listed).values_list("pk", "object"))
    texts = _ids(Text, source__in=listed)
    # A number from another list is sealed under the record it stands on: hers, or a claim about her.
    about = [*_ids(Act, victim__in=parties), *_ids(LifeEvent, party__in=parties), *_ids(Relation, party__in=parties)]
    owners = {*parties, *about, *listed, *texts, *(pk for pk, _name in originals), *_ids(Coding, source__in=listed)}
    speaking = set(Party._base_manager.filter(pk__in=parties).values_list("coding__source_id", flat=True))
    return Plan(
        tuple(parties),
        tuple(listed),
        tuple(sorted(owners)),
        tuple(name for _pk, name in originals),
        tuple(texts),
        tuple(_ids(Passage, source__in=listed)),
        tuple(sorted(speaking - set(listed))),
        tuple(_elsewhere(parties)),
    )


def erase(actor: int, wanted: Plan, reason: str) -> int:
    """Do what a plan says and return how many keys were destroyed. Coded facts, and so all counts, stay.

    `reason` is kept for good and must not name her. What is derived goes first, in one change, and the keys after it:
    a call that was interrupted is simply made again. Raises NoReason, DiskFull, and ErasureUnfinished when another
    process reads for so long that an old page could not be overwritten; calling again finishes it.
    """
    names = _names(wanted.parties)
    with change(actor, reason, kind="erase"):
        BlindIndex.objects.filter(owner__in=wanted.owners).delete()
        spoken_of = [*wanted.sources, *wanted.speaking]
        Draft.objects.filter(source__in=spoken_of).delete()
        unindex(wanted.texts, wanted.passages)
        for forget in _more:
            forget(names)
    store.forget(list(Upload.objects.filter(source__in=wanted.sources)))
    count = identity.destroy(wanted.owners)
    for name in wanted.objects:
        objects.erase(name)
    _overwrite()
    return count


def _same(party: int) -> list[int]:
    """Return the parties that chains of "same" join with this one, itself included."""
    rows = versions.visible(Judgement.objects.filter(answer=Judgement.Answer.SAME)).values_list("a", "b")
    return next((joined for joined in clusters.components(rows, ()) if party in joined), [party])


def _ids(model: type[Record], **of: Any) -> list[int]:
    return list(model._base_manager.filter(**of).order_by("pk").values_list("pk", flat=True))


def _names(parties: Sequence[int]) -> list[str]:
    rows = list(Name._base_manager.filter(party__in=parties))
    return [str(shown) for shown in reading.read(SYSTEM, rows, "text").values() if shown]


def _elsewhere(parties: Sequence[int]) -> list[int]:
    """Return records sealed under one of these parties now and under another owner in an old version."""
    found: set[int] = set()
    for label, model in states.record_models().items():
        for owner in {each.owner for each in model._meta.concrete_fields if isinstance(each, SealedField)}:
            field = model._meta.get_field(owner.removesuffix("_id") if owner != "id" else owner)
            if field.primary_key or (isinstance(field, models.ForeignKey) and field.remote_field.model is not Party):
                continue  # such an owner never changes, or is no party
            hers = _ids(model, **{f"{owner}__in": parties})
            for record, data in Superseded.objects.filter(model=label, record__in=hers).values_list("record", "data"):
                state = states.parse(data)
                if state[owner] not in parties and any(
                    state.get(each.name) for each in model._meta.concrete_fields if isinstance(each, SealedField)
                ):
                    found.add(record)
    return sorted(found)


def _overwrite() -> None:
    """Bring the removal of index rows to the disk: what the write-ahead log held of them goes too."""
    with plainly("erasing"), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchone()[0]:
            raise ErasureUnfinished("All is erased, but another process still reads an old page; erase again.")
