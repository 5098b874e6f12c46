"""What every page's frame needs."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from tumen.archive import properties


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return whether the archive is a demonstration, and which part of the workbench this page belongs to."""
    match = request.resolver_match
    return {
        "is_demonstration": properties.is_demonstration(),
        "section": match.namespace or match.url_name if match else "",
    }
