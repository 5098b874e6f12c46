"""The claim to copy from: the newest of its kind in the same coding."""

from __future__ import annotations

from typing import Any

from tumen.archive import versions
from tumen.coding.kinds import KINDS
from tumen.coding.models import Coding


def claim(coding: Coding | None, slug: str) -> Any:
    """Return the claim of this kind that was recorded last in the coding, or None."""
    if coding is None or slug not in KINDS:
        return None
    model: Any = KINDS[slug].model
    rows = versions.visible(model._base_manager.filter(coding=coding.pk))
    return rows.order_by("-pk").first()
