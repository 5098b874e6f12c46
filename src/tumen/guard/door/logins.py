"""Where one is logged in, and for those who keep accounts, where everybody is; each login can be ended at once."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tumen.guard import second_factor, services, sessions
from tumen.guard.audit import Kind, note
from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.guard.permissions import Permission


def for_administrators(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a view to those who keep accounts; 403 for the others."""

    @login_required
    @wraps(view)
    def opened(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        if not may(request.user, Permission.ADMINISTER):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return opened


@login_required
def logins(request: HttpRequest) -> HttpResponse:
    """One's own logins: where, since when, with what."""
    mine = sessions.logins(request.user.pk, this=request.session.session_key)
    return render(request, "guard/logins.html", {"logins": mine})


@login_required
@require_POST
def end(request: HttpRequest) -> HttpResponse:
    """End one login: of one's own, or of anybody for those who keep accounts."""
    assert isinstance(request.user, User)
    anybody = may(request.user, Permission.ADMINISTER)
    whose = sessions.end(request.POST.get("login", ""), None if anybody else request.user.pk)
    if whose is None:
        raise Http404
    note(Kind.SESSION_END, request.user, about=whose, what="one", request=request)
    return redirect("logins" if whose == request.user.pk else "accounts")


@login_required
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """End every login of one's own but this one."""
    assert isinstance(request.user, User)
    count = sessions.end_all(request.user.pk, but=request.session.session_key)
    note(Kind.SESSION_END, request.user, about=request.user.pk, what="all others", count=count, request=request)
    return redirect("logins")


@for_administrators
def accounts(request: HttpRequest) -> HttpResponse:
    """Everybody who can log in: with what, where she is logged in, and what to do for who lost something."""
    by_user: dict[int, list[sessions.Login]] = {}
    for login in sessions.logins(None, this=request.session.session_key):
        by_user.setdefault(login.user, []).append(login)
    people = [
        (user, second_factor.has_one(user), by_user.get(user.pk, [])) for user in User.objects.order_by("username")
    ]
    return render(request, "guard/accounts.html", {"people": people})


@for_administrators
@require_POST
def new_password(request: HttpRequest, number: int) -> HttpResponse:
    """Give somebody a password that is good for one login, and show it once."""
    user = _other(request, number)
    password = services.give_password(user, request.user)  # type: ignore[arg-type]
    return render(request, "guard/one_time.html", {"who": user, "password": password})


@for_administrators
@require_POST
def forget_factors(request: HttpRequest, number: int) -> HttpResponse:
    """Remove the second factors of somebody who lost them."""
    user = _other(request, number)
    services.forget_factors(user, request.user)  # type: ignore[arg-type]
    messages.success(request, _("{name} sets up a new second factor at the next login.").format(name=user.username))
    return redirect("accounts")


@for_administrators
@require_POST
def end_all(request: HttpRequest, number: int) -> HttpResponse:
    """End every login of somebody."""
    user = _other(request, number)
    note(Kind.SESSION_END, request.user, about=user.pk, what="all", count=sessions.end_all(user.pk), request=request)  # type: ignore[arg-type]
    return redirect("accounts")


def _other(request: HttpRequest, number: int) -> User:
    """Return the user of an address; one's own account is looked after on one's own pages."""
    user = User.objects.filter(pk=number).exclude(pk=request.user.pk or 0).first()
    if user is None:
        raise Http404
    return user
