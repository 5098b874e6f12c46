"""Facts about the archive itself, few and rarely written."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from tumen.archive.models import Property

DEMONSTRATION = "demonstration"


def get(key: str) -> Any:
    """Return a property, or None."""
    return Property.objects.filter(pk=key).values_list("value", flat=True).first()


def put(key: str, value: Any) -> None:
    """Write a property."""
    with transaction.atomic():
        Property.objects.update_or_create(pk=key, defaults={"value": value})


def is_demonstration() -> bool:
    """Say whether everything in this archive is fictional."""
    return get(DEMONSTRATION) is not None
