"""Erasing a person: what there is of her becomes unreadable for good, while the coded facts go on counting.

Her values are sealed under keys of her party records; the keys of every record judged to be her go, and with them her
live rows and all old versions. What another key seals (old versions from when a record was put down to somebody else,
attributions that name her) is taken away value by value. Reasons that people typed, of every change, judgement and
reveal that touched her records, go with the keys of their own. Texts and originals are sealed under their sources, and
a source may speak of others too, so which sources go with her is the caller's explicit list. What is not sealed but
derived (index rows, search tokens, drafts, remembered searches, messages of jobs) is removed.

Not reached, and listed in the plan to be looked at: sources not on the list, values in them that name her, records that
were put down to her once and are somebody else's now. Backups keep what they hold until they are thrown away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Q

from tumen.archive import burying, identity, objects, reasons, states, versions
from tumen.archive.backend.base import plainly
from tumen.archive.changes import OpenChange, change
from tumen.archive.errors import ErasureUnfinished
from tumen.archive.models import Batch, BlindIndex, Change, Job, Record, Superseded
from tumen.coding.models import Coding, Draft, Party
from tumen.guard import audit
from tumen.guard.models import AuditEvent
from tumen.linking import clusters, reach
from tumen.linking.errors import CannotErase
from tumen.linking.models import Chosen, Judgement
from tumen.linking.reach import Value
from tumen.sources.models import Original, Passage, Source, Text, Upload
from tumen.sources.services import store
from tumen.sources.services.texts import keep_title, unindex

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
        values: values under other keys that are taken away.
        reasons: changes, bulk jobs, judgements and events whose typed reasons go; a part of `owners`.
        speaking: sources that speak of her and are not on the list; their texts stay readable.
        mentions: values in her sources that name her and stay, unless the caller asked for them too.
        once: records that were put down to her and are somebody else's now; what they say now stays readable.
    """

    parties: tuple[int, ...]
    sources: tuple[int, ...]
    owners: tuple[int, ...]
    objects: tuple[str, ...]
    texts: tuple[int, ...]
    passages: tuple[int, ...]
    values: tuple[Value, ...]
    reasons: tuple[int, ...]
    speaking: tuple[int, ...]
    mentions: tuple[Value, ...]
    once: tuple[int, ...]


def plan(party: int, sources: Iterable[int] = (), mentions: bool = False) -> Plan:
    """Return what erasing the person of a party record would reach.

    `mentions` takes away every value in her sources that names her, and not only attributions. Raises CannotErase for
    what does not exist.
    """
    listed = sorted(set(sources))
    if not Party._base_manager.filter(pk=party).exists():
        raise CannotErase(f"#{party} is no party.")
    if missing := set(listed) - set(Source._base_manager.filter(pk__in=listed).values_list("pk", flat=True)):
        raise CannotErase(f"#{min(missing)} is no source.")
    parties = _same(party)
    hers = reach.hers(parties)
    names = reach.names_of(hers)
    originals = list(Original._base_manager.filter(source__in=listed).values_list("pk", "object"))
    texts = _ids(Text, source__in=listed)
    whole = {*listed, *texts, *(pk for pk, _name in originals)}
    typed = _reasons(hers, whole, names)
    # A number from another list is sealed under the record it stands on: hers, or a claim about her.
    owners = {*hers.records, *whole, *_ids(Coding, source__in=listed), *typed}
    speaking = set(Party._base_manager.filter(pk__in=parties).values_list("coding__source_id", flat=True))
    taken = set(reach.sealed_elsewhere(hers.states, owners))
    named = set(reach.naming(names, speaking | set(listed), owners)) - taken
    attributed = {value for value in named if mentions or value.field in reach.ATTRIBUTIONS}
    return Plan(
        tuple(parties),
        tuple(listed),
        tuple(sorted(owners)),
        tuple(name for _pk, name in originals),
        tuple(texts),
        tuple(_ids(Passage, source__in=listed)),
        tuple(sorted(taken | attributed)),
        tuple(sorted(typed)),
        tuple(sorted(speaking - set(listed))),
        tuple(sorted(named - attributed)),
        tuple(sorted(hers.once)),
    )


def erase(actor: int, wanted: Plan, reason: str) -> int:
    """Do what a plan says and return how many keys were destroyed. Coded facts, and so all counts, stay.

    `reason` is kept for good and must not name her. What is derived goes first, in one change, and the keys after it:
    a call that was interrupted is simply made again. Raises NoReason, BusyRecord, DiskFull, and ErasureUnfinished when
    another process reads for so long that an old page could not be overwritten; calling again finishes it.
    """
    names = reach.names_of(reach.hers(wanted.parties))
    spoken_of = [*wanted.sources, *wanted.speaking]
    with change(actor, reason, kind="erase") as c:
        _take_away(c, wanted)
        BlindIndex.objects.filter(Q(owner__in=wanted.owners) | Q(record__in=wanted.owners)).delete()
        Draft.objects.filter(source__in=spoken_of).delete()
        unindex([*wanted.texts, *wanted.sources], wanted.passages)
        for forget in _more:
            forget(names)
        # No history: what went wrong with a file is of use for a day, and may quote it.
        Job.objects.exclude(ended=None).update(message="", result={})
    store.forget(list(Upload.objects.filter(source__in=spoken_of)))
    count = identity.destroy(wanted.owners)
    for name in wanted.objects:
        objects.erase(name)
    _overwrite()
    return count


def _take_away(c: OpenChange, wanted: Plan) -> None:
    burying.bury(c, wanted.values)
    titled = {value.record for value in wanted.values if value.label == Source._meta.label_lower}
    for source in Source._base_manager.filter(pk__in=titled - set(wanted.sources)):
        keep_title(source)


def _same(party: int) -> list[int]:
    """Return the parties that chains of "same" join with this one, itself included."""
    rows = versions.visible(Judgement.objects.filter(answer=Judgement.Answer.SAME)).values_list("a", "b")
    return next((joined for joined in clusters.components(rows, ()) if party in joined), [party])


def _ids(model: type[Record], **of: Any) -> list[int]:
    return list(model._base_manager.filter(**of).order_by("pk").values_list("pk", flat=True))


def _reasons(hers: reach.Hers, whole: set[int], names: Sequence[str]) -> set[int]:
    """Return the owners of the reasons typed for her records and for the sources that go, and of all that name her.

    A bulk job touches many others: its reason goes only where it names her.
    """
    records = {*hers.records, *hers.once}
    judged = set(Judgement._base_manager.filter(Q(a__in=records) | Q(b__in=records)).values_list("pk", flat=True))
    chosen = Chosen._base_manager.filter(Q(cluster__in=records) | Q(record__in=records)).values_list("pk", flat=True)
    of_hers = {state["change"] for _label, state in hers.states}
    touched = of_hers | _writers({*whole, *judged, *chosen}) | _writers(_parts_of(records))
    # The reason of another erasure is the word of whoever did it, kept for good.
    entries = [*Change.objects.exclude(said=None).exclude(kind="erase").values_list("id", "seq", "said")]
    of_changes = {owner for owner, seq, _said in entries if seq in touched}
    jobs = Batch.objects.exclude(said=None).values_list("owner", "said")
    sealed = [*((owner, said) for owner, _seq, said in entries), *((owner or 0, said) for owner, said in jobs)]
    named = {owner for owner, told in reasons.opened(sealed) if reach.names_one(told, names)}
    return {*judged, *chosen, *of_changes, *named, *_audited(records, names)}


def _audited(records: set[int], names: Sequence[str]) -> set[int]:
    """Return the owners of words in the audit that were typed about her records, or that name her."""
    events = list(AuditEvent.objects.exclude(words=None))
    words = audit.words_of(events)
    hers = (e for e in events if e.about in records or reach.names_one(words.get(e.pk, ""), names))
    return {event.words for event in hers if event.words is not None}


def _parts_of(records: set[int]) -> set[int]:
    """Return what stands on records: their marks, anchors, numbers, and the parts of her acts."""
    found: set[int] = set()
    for model in states.record_models().values():
        for name in ("record", "claim", "act"):
            if any(field.name == name for field in model._meta.concrete_fields) and model is not Chosen:
                found |= set(_ids(model, **{f"{name}__in": records}))
    return found


def _writers(records: set[int]) -> set[int]:
    """Return the changes that wrote any state of these records."""
    found = set(Superseded.objects.filter(record__in=records).values_list("from_change", flat=True))
    for model in states.record_models().values():
        found |= set(model._base_manager.filter(pk__in=records).values_list("change", flat=True))
    return found


def _overwrite() -> None:
    """Bring the removal of index rows to the disk: what the write-ahead log held of them goes too."""
    with plainly("erasing"), connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if cursor.fetchone()[0]:
            raise ErasureUnfinished("All is erased, but another process still reads an old page; erase again.")
