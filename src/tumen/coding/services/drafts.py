"""Drafts: what a coder has typed and not saved, sealed in the archive so that no crash loses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from tumen.archive import identity
from tumen.archive.backend.base import plainly
from tumen.archive.sealed import open_value, seal_value
from tumen.coding.models import Draft

Data = dict[str, list[str]]


@dataclass(frozen=True)
class Kept:
    """A draft as its page lists it."""

    form: str
    saved: datetime


def keep(user: int, source: int, form: str, data: Mapping[str, list[str]]) -> None:
    """Keep what stands in a form; what was kept for the form before is replaced."""
    key = identity.keys_for([source], make=True)[source]
    with plainly("keeping a draft"), transaction.atomic(durable=True):
        draft, _ = Draft.objects.get_or_create(
            user=user, source=source, form=form[:200], defaults={"saved": timezone.now()}
        )
        draft.data = seal_value(key, draft.pk, "data", 1, json.dumps(data, ensure_ascii=False))
        draft.saved = timezone.now()
        draft.save()


def take(user: int, source: int, form: str) -> Data | None:
    """Return what was kept of a form, or None."""
    draft = Draft.objects.filter(user=user, source=source, form=form).first()
    if draft is None or draft.data is None:
        return None
    keys = identity.readable([source])
    if source not in keys:
        return None
    data: Data = json.loads(open_value(keys[source], draft.pk, "data", draft.data))
    return data


def kept(user: int, source: int) -> list[Kept]:
    """Return a user's drafts for a source, newest first."""
    rows = Draft.objects.filter(user=user, source=source).order_by("-saved")
    return [Kept(row.form, row.saved) for row in rows]


def discard(user: int, source: int, form: str) -> None:
    """Forget a draft: its form was saved, or its writer threw it away."""
    with transaction.atomic():
        Draft.objects.filter(user=user, source=source, form=form).delete()
