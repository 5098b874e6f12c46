"""What the home page and the page of running work show."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from tumen.archive import versions
from tumen.archive.models import Batch, Change, Job
from tumen.columns import ALL, Mask
from tumen.sources.models import Source


@dataclass(frozen=True)
class Overview:
    """The archive at a glance, for one user."""

    by_status: list[tuple[str, int]]
    recent: list[Source]
    changes: list[Change]
    unfinished: list[Batch]


def overview(mask: Mask) -> Overview:
    """Return counts of sources by status, the newest sources, the newest changes, and bulk work left open."""
    sources = versions.visible(Source.objects.all())
    if mask.compartments is not ALL:
        sources = sources.filter(compartment__in=mask.compartments)  # type: ignore[misc]
    counts = [(status.value, sources.filter(status=status).count()) for status in Source.Status]
    recent = list(sources.order_by("-pk")[:10])
    changes = list(Change.objects.filter(batch=None).order_by("-seq")[:10])
    return Overview(counts, recent, changes, list(Batch.objects.filter(state=Batch.State.OPEN)))


def recent_jobs() -> QuerySet[Job]:
    """Return the newest fifty jobs."""
    return Job.objects.order_by("-pk")[:50]
