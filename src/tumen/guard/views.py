"""Pages of users and their roles, for whoever administers the archive. They show no case."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tumen.archive.changes import OpenChange, change
from tumen.archive.sentences import told
from tumen.guard import queries, services
from tumen.guard.errors import CannotEnrol, LastAdministrator, Refused
from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.guard.permissions import Permission

View = Callable[..., HttpResponse]


def administering(view: View) -> View:
    """Let in whoever administers the archive. Raises Refused."""

    @login_required
    @wraps(view)
    def allowed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        if not may(request.user, Permission.ADMINISTER):
            raise Refused(Permission.ADMINISTER)
        return view(request, *args, **kwargs)

    return allowed


@administering
def users(request: HttpRequest) -> HttpResponse:
    """Everybody with an account; a new account."""
    if request.method == "POST":
        name, password = request.POST.get("username", "").strip(), request.POST.get("password", "")
        try:
            with change(request.user.pk or 0, "account made", kind="access") as c:
                made = services.open_account(c, name, password, one_time=True)
        except ValidationError as error:
            for line in error.messages:
                messages.error(request, line)
            return redirect("guard:users")
        messages.success(request, _("The account is made. It sees nothing until it is given a role."))
        return redirect("guard:user", made.pk)
    return render(request, "guard/users.html", {"people": queries.people()})


@administering
def user(request: HttpRequest, number: int) -> HttpResponse:
    """One user's roles: given, taken back, and the account closed for a while."""
    found = queries.person(number)
    if found is None:
        raise Http404
    if request.method == "POST":
        verb = _VERBS.get(request.POST.get("do", ""))
        if verb is None:
            raise Http404
        why, act = verb
        try:
            with change(request.user.pk or 0, why, kind="access") as c:
                act(c, found, request)
        except (CannotEnrol, LastAdministrator) as error:
            messages.error(request, told(str(error)))
        return redirect("guard:user", number)
    context = {"person": found, "roles": queries.offered(), "compartments": queries.compartments(),
               "steps": queries.history(found.user)}  # fmt: skip
    return render(request, "guard/user.html", context)


def _give(c: OpenChange, person: queries.Person, request: HttpRequest) -> None:
    chosen = request.POST.get("compartment", "")
    place = next((one for one in queries.compartments() if str(one.pk) == chosen), None)
    services.appoint(c, person.user, place, request.POST.get("role", ""))


def _take_back(c: OpenChange, person: queries.Person, request: HttpRequest) -> None:
    for role in person.roles:
        if str(role.pk) == request.POST.get("membership", ""):
            services.withdraw(c, role)


def _suspend(c: OpenChange, person: queries.Person, _request: HttpRequest) -> None:
    services.suspend(c, person.user)


def _readmit(c: OpenChange, person: queries.Person, _request: HttpRequest) -> None:
    services.readmit(c, person.user)


_VERBS: dict[str, tuple[str, Callable[[OpenChange, queries.Person, HttpRequest], None]]] = {
    "give": ("role given", _give),
    "take": ("role taken back", _take_back),
    "suspend": ("account closed for a while", _suspend),
    "readmit": ("account opened again", _readmit),
}
