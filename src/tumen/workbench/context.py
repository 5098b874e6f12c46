"""What every page's frame needs."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import ResolverMatch
from django.utils.translation import get_language
from django.utils.translation.trans_real import DjangoTranslation

from tumen.archive import properties
from tumen.guard.masks import held
from tumen.guard.models import User
from tumen.guard.sessions import LOCKED


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return what every page says: of which archive, in which part of it, the islands' words, what its user may do.

    `lock_after` is after how many seconds an open page locks itself, 0 for never: nobody is in, or it is locked.
    """
    match = request.resolver_match
    user = getattr(request, "user", None)
    is_in = isinstance(user, User) and not request.session.get(LOCKED)
    return {
        "may": held(user) if isinstance(user, User) else frozenset(),
        "lock_after": settings.IDLE_SECONDS if is_in else 0,
        "is_demonstration": properties.is_demonstration(),
        "section": _section(match) if match else "",
        "island_messages": island_messages(get_language() or "en"),
    }


def _section(match: ResolverMatch) -> str:
    """Return the entry of the main menu that a page belongs to; every page of sources belongs to theirs."""
    return match.kwargs.get("unit") or ("sources" if match.app_name == "sources" else match.url_name or "")


@cache
def island_messages(language: str) -> dict[str, str]:
    """Return what the front end says, in `language`; it keeps its words in gettext's domain `djangojs`."""
    if language == "en":
        return {}
    catalog = DjangoTranslation(language, domain="djangojs")
    return {word: catalog.gettext(word) for word in island_words()}


@cache
def island_words() -> tuple[str, ...]:
    """Return the English texts that the front end shows, as its build lists them."""
    path = files("tumen.workbench") / "static" / "built" / "messages.json"
    return tuple(json.loads(path.read_text("utf-8"))) if path.is_file() else ()
