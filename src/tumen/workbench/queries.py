"""What the home page and the page of running work show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from tumen.archive import backup, versions
from tumen.archive.log import replay
from tumen.archive.models import Batch, Change, Job
from tumen.coding.models import Draft
from tumen.columns import ALL, Mask, Query, facets
from tumen.counting.store import store
from tumen.guard import reading
from tumen.sources.models import Source
from tumen.sources.names import WAITING

SHOWN = 10
BACKUP_EVERY = timedelta(days=7)
"""A backup older than this is shown as a warning."""


@dataclass(frozen=True)
class Overview:
    """The archive at a glance, for one user: only sources her mask shows, only changes of her own."""

    by_status: list[tuple[str, int]]
    names_waiting: int
    waiting: list[Source]
    recent: list[Source]
    drafts: list[tuple[Source, Draft]]
    changes: list[tuple[Change, reading.Shown]]
    unfinished: list[Batch]

    @property
    def is_empty(self) -> bool:
        """Whether the user sees no source at all."""
        return not self.recent


@dataclass(frozen=True)
class LastBackup:
    """When a backup last passed every check (None: never), and whether that is too long ago."""

    when: datetime | None
    is_old: bool


def last_backup() -> LastBackup:
    """Return what those who keep an archive must know before anything else."""
    last = backup.last_verified()
    return LastBackup(last.at if last else None, last is None or timezone.now() - last.at > BACKUP_EVERY)


def overview(mask: Mask, user: int) -> Overview:
    """Return counts of sources by status, what waits for this user, what is new, and what she did last."""
    sources = versions.visible(Source.objects.all())
    if mask.compartments is not ALL:
        sources = sources.filter(compartment__in=mask.compartments)  # type: ignore[misc]
    begun = [Source.Status.NEW, Source.Status.CODING]
    drafts = Draft.objects.filter(user=user).order_by("-saved")[:SHOWN]
    hers = Change.objects.filter(batch=None, actor=user)
    of_drafts = sources.in_bulk([draft.source for draft in drafts])
    counts = _counts(mask)
    return Overview(
        by_status=[(status.value, counts["status"].get(status.value, 0)) for status in Source.Status],
        names_waiting=counts["names"].get(WAITING, 0),
        waiting=list(sources.filter(assignee=user, status__in=begun).order_by("pk")[:SHOWN]),
        recent=list(sources.order_by("-pk")[:SHOWN]),
        drafts=[(of_drafts[draft.source], draft) for draft in drafts if draft.source in of_drafts],
        changes=[(each, reading.own_reason(each)) for each in hers.order_by("-seq")[:SHOWN]],
        unfinished=list(Batch.objects.filter(state__in=Batch.State.unseen())),
    )


def _counts(mask: Mask) -> dict[str, dict[str, int]]:
    counted = facets(store().snapshot("sources"), Query("sources"), mask, ["status", "names"])
    return {dim: {entry.header.key: entry.count for entry in entries} for dim, entries in counted.items()}


def recent_jobs(user: int) -> list[tuple[Job, bool]]:
    """Return the newest fifty jobs, each with whether it is this user's: only then its message is for her."""
    return [(job, job.actor == user) for job in Job.objects.order_by("-pk")[:50]]


def is_hers(user: int, number: int) -> bool:
    """Say whether a job was asked for by this user."""
    return Job.objects.filter(pk=number, actor=user).exists()


def is_verifying() -> bool:
    """Say whether a verification of the custody log waits or runs."""
    return Job.objects.filter(kind=replay.JOB, state__in=[Job.State.WAITING, Job.State.RUNNING]).exists()
