"""The lock: a page that nobody sits at asks for the password or key before it goes on."""

from __future__ import annotations

import time
from typing import Any

from allauth.account.forms import ReauthenticateForm
from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.mfa.webauthn.forms import ReauthenticateWebAuthnForm
from allauth.mfa.webauthn.internal.auth import begin_authentication
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from tumen.guard import second_factor
from tumen.guard.audit import Kind, note
from tumen.guard.models import User
from tumen.guard.sessions import LOCKED, SEEN


@login_required
def lock(request: HttpRequest) -> HttpResponse:
    """Lock (POST), or ask for the password or key."""
    if request.method == "POST":
        if not request.session.get(LOCKED):
            request.session[LOCKED] = True
            note(Kind.LOCK, _user(request), what="page", request=request)
        return HttpResponse(status=204) if _is_part(request) else redirect("lock")
    if not request.session.get(LOCKED):
        return HttpResponse(status=204) if _is_part(request) else _onward(request)
    return _ask(request, {})


@login_required
@require_POST
def unlock(request: HttpRequest) -> HttpResponse:
    """Go on where the page was locked, with a new session key."""
    user = _user(request)
    by_key = "credential" in request.POST
    form = (ReauthenticateWebAuthnForm if by_key else ReauthenticateForm)(user=user, data=request.POST)
    if not form.is_valid():
        if by_key:
            note(Kind.FACTOR_FAILED, user, about=user.pk, what="webauthn", request=request)
        errors = [str(error) for listed in form.errors.values() for error in listed]
        return _ask(request, {"errors": errors})
    if by_key:
        form.save()
    else:
        reauthenticate_by_password(request)
    request.session.pop(LOCKED, None)
    request.session[SEEN] = time.time()
    request.session.cycle_key()
    note(Kind.UNLOCK, user, what="key" if by_key else "password", request=request)
    return HttpResponse(status=204) if _is_part(request) else _onward(request)


@login_required
@require_POST
def here(request: HttpRequest) -> HttpResponse:
    """A page says that somebody is reading it: being asked is all it needs (see `middleware.watched`)."""
    return HttpResponse(status=204)


def _ask(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    user = _user(request)
    if second_factor.has_key(user):
        context["options"] = begin_authentication(user)
    context["next"] = request.POST.get("next") or request.GET.get("next", "")
    return render(request, "guard/unlock.html" if _is_part(request) else "guard/locked.html", context)


def _onward(request: HttpRequest) -> HttpResponseRedirect:
    to = request.POST.get("next") or request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure()):
        to = resolve_url("home")
    return HttpResponseRedirect(to)


def _is_part(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "tumen-lock"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
