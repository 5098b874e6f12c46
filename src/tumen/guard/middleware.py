"""Who gets an answer at all: logins that have lasted too long, locked pages, and what must be done first."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from tumen.guard import second_factor
from tumen.guard.audit import Kind, note
from tumen.guard.models import User
from tumen.guard.sessions import BEGAN, LOCKED, SEEN

Answer = Callable[[HttpRequest], HttpResponse]

NOTED_EVERY = 60.0
"""Seconds between two notes of the time in the session: each is a write."""
ASKING_BY_THEMSELVES = ("jobs", "sources:arrived")
"""Addresses that open pages ask for again and again, with nobody there."""
ALWAYS = frozenset({"account_logout", "leave", "set_language", "lock", "unlock"})
"""What anybody may ask for, locked or not."""
FIRST = ALWAYS | {"account_change_password", "account_reauthenticate"}
"""What is open to somebody who must choose a password of her own or set up a second factor."""
READING = frozenset(
    {"sources:text", "sources:original", "coding:source", "coding:act", "coding:party", "coding:record"}
)
"""Pages that show what was told, or who is spoken of: that they were opened is kept."""


def watched(answer: Answer) -> Answer:
    """End logins that have lasted for `settings.LOGIN_SECONDS`, and lock those idle for `settings.IDLE_SECONDS`.

    What was typed is safe: a form keeps its draft in the archive as it is filled in, and an open page that locks
    itself keeps what stands in it.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        user, now = request.user, time.time()
        if not isinstance(user, User):
            return answer(request)
        session = request.session
        if now - session.setdefault(BEGAN, now) > settings.LOGIN_SECONDS:
            note(Kind.SESSION_END, user, about=user.pk, what="lifetime", request=request)
            session.flush()
            request.user = AnonymousUser()
            messages.info(request, _("This login has lasted for a whole day's work and has ended. Log in again."))
            return answer(request)
        if not session.get(LOCKED) and now - session.get(SEEN, now) > settings.IDLE_SECONDS:
            session[LOCKED] = True
            note(Kind.LOCK, user, what="idle", request=request)
        if session.get(LOCKED):
            return answer(request) if _name(request) in ALWAYS else _locked(request)
        response = answer(request)
        is_here = request.user.is_authenticated and not session.get(LOCKED) and not _asks_by_itself(request)
        if is_here and now - session.get(SEEN, 0) > NOTED_EVERY:
            session[SEEN] = now
        return response

    return answered


def first_things_first(answer: Answer) -> Answer:
    """Give no page but the way there to somebody who must change her password or set up a second factor."""

    def answered(request: HttpRequest) -> HttpResponse:
        user = request.user
        if not isinstance(user, User) or request.session.get(LOCKED):
            return answer(request)
        request.held = ""  # type: ignore[attr-defined]
        name = _name(request)
        if user.one_time:
            request.held = "password"  # type: ignore[attr-defined]
            return answer(request) if name in FIRST else redirect("account_change_password")
        if second_factor.is_missing(user):
            request.held = "factor"  # type: ignore[attr-defined]
            return answer(request) if name in FIRST or name.startswith("mfa_") else redirect("mfa_index")
        return answer(request)

    return answered


def kept_in_the_audit(answer: Answer) -> Answer:
    """Note what somebody was refused, and which sources and records she opened, by their numbers."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        user = request.user
        if isinstance(user, User):
            name, number = (
                _name(request),
                (request.resolver_match.kwargs if request.resolver_match else {}).get("number"),
            )
            about = number if isinstance(number, int) else None
            if response.status_code == 403:
                note(Kind.REFUSAL, user, about=about, what=name[:80], request=request)
            elif response.status_code == 200 and name in READING:
                note(Kind.OPENED, user, about=about, what=name, request=request)
        return response

    return answered


def _locked(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks for the password; a page's own request gets words and leaves the page standing."""
    if (
        "HX-Request" in request.headers
        or "X-Requested-With" in request.headers
        or request.method not in ("GET", "HEAD")
    ):
        words = _("The page is locked, so this was not saved. What you typed is still here: unlock it and repeat it.")
        return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
    return redirect(f"{reverse('lock')}?{urlencode({'next': request.get_full_path()})}")


def _name(request: HttpRequest) -> str:
    """Return the name of the page asked for; middleware runs before Django has looked it up."""
    try:
        return (request.resolver_match or resolve(request.path_info)).view_name
    except Resolver404:
        return ""


def _asks_by_itself(request: HttpRequest) -> bool:
    return "HX-Request" in request.headers and _name(request) in ASKING_BY_THEMSELVES
