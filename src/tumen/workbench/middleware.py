"""What every answer of the workbench says to the browser, and who has been away for too long to get one."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from tumen.guard.errors import Refused
from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.workbench import access

Answer = Callable[[HttpRequest], HttpResponse]

SEEN = "seen"
NOTED_EVERY = 60.0
"""Seconds between two notes of the time in the session: each is a write."""
ASKING_BY_THEMSELVES = ("jobs", "sources:arrived")
"""Addresses that open pages ask for again and again, with nobody there."""


def unkept(answer: Answer) -> Answer:
    """Tell browsers to keep no page: their caches are files beside the archive, and readable ones.

    An answer that says itself how long it may be kept, such as a list of terms, is left as it is.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if not response.has_header("Cache-Control") and not response.has_header("Last-Modified"):
            response["Cache-Control"] = "no-store"
        return response

    return answered


def page_is_left_standing(answer: Answer) -> Answer:
    """Answer a page's own request for a part of it with words and not with the login page.

    The login page would be put where the form was, and what was typed since its last draft would be gone with it.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        asks_for_a_part = "HX-Request" in request.headers and not request.user.is_authenticated
        if asks_for_a_part and response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            words = _(
                "You have been logged out, so this was not saved. What you typed is still here: "
                "log in again in another tab, come back and repeat it."
            )
            return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
        return response

    return answered


def logged_out_when_idle(answer: Answer) -> Answer:
    """Log out whoever has asked for nothing for `settings.IDLE_SECONDS`; the login page says so.

    What was typed is safe: a form keeps its draft in the archive as it is filled in, and keeping one is asking.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        now = time.time()
        seen = request.session.get(SEEN, now) if request.user.is_authenticated else now
        if now - seen > settings.IDLE_SECONDS:
            logout(request)
            words = _(
                "You were away for a while and have been logged out. What you had typed into forms is kept as a draft."
            )
            messages.info(request, words)
        response = answer(request)
        is_work = request.user.is_authenticated and not _by_itself(request)
        if is_work and now - request.session.get(SEEN, 0) > NOTED_EVERY:
            request.session[SEEN] = now
        return response

    return answered


class AsksPermission:
    """Refuse an address to whoever lacks the permission that `access` lists for it, before anything is looked up.

    Who is not logged in is left to the page, which sends her to the login.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever."""
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Raise Refused."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or match is None:
            return
        listed = access.needs(match.view_name)
        needed = access.NOBODY if listed is None else listed.to_send if is_sent(request) else listed.to_open
        if needed in (access.ANYBODY, access.USER) or (listed is not None and needed == access.NOBODY):
            return  # what takes nothing answers that itself
        if not may(user, needed):
            raise Refused(needed)


def is_sent(request: HttpRequest) -> bool:
    """Say whether a request sends something, and does not only look."""
    return request.method not in ("GET", "HEAD", "OPTIONS")


def _by_itself(request: HttpRequest) -> bool:
    match = request.resolver_match
    return match is not None and match.view_name in ASKING_BY_THEMSELVES and "HX-Request" in request.headers
