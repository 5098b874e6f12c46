"""The pages that belong to no single app: home, running work, help."""

from __future__ import annotations

import sys
from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from tumen.archive import jobs
from tumen.archive.backend.base import meaning
from tumen.archive.errors import ArchiveError, DiskFull
from tumen.archive.sentences import told
from tumen.guard.masks import mask_for, may
from tumen.guard.models import Membership, User
from tumen.guard.permissions import Permission, with_permission
from tumen.guard.services import administrators
from tumen.workbench import queries


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """What is here, and what waits to be done."""
    user = request.user
    assert isinstance(user, User)
    context: dict[str, Any] = {"overview": queries.overview(mask_for(user), user.pk)}
    if may(user, Permission.ADMINISTER):
        context["backup"] = queries.last_backup()
    return render(request, "workbench/home.html", context)


@login_required
def running(request: HttpRequest) -> HttpResponse:
    """Long work: how far it is, how to stop it, what came of it."""
    template = "workbench/jobs_rows.html" if request.headers.get("HX-Request") else "workbench/jobs.html"
    return render(request, template, {"jobs": queries.recent_jobs(request.user.pk or 0)})


@login_required
@require_POST
def stop_job(request: HttpRequest, number: int) -> HttpResponse:
    """Ask a job of one's own to stop."""
    if not queries.is_hers(request.user.pk or 0, number):
        raise Http404
    jobs.ask_to_stop(number)
    return redirect("jobs")


@login_required
def help_page(request: HttpRequest) -> HttpResponse:
    """How to work here, in one page."""
    return render(request, "workbench/help.html")


def leave(request: HttpRequest) -> HttpResponse:
    """The quick exit: the login ends, and what stays on the screen is an empty page without a name."""
    logout(request)
    return HttpResponse("<!doctype html><title></title>", headers={"Clear-Site-Data": '"storage"'})


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """What a browser sent cannot be understood; nothing of it is repeated."""
    return _without_archive(_("This address or form cannot be understood."), 400)


def refused(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say which permission is missing and who can give it; never anything of what was asked for."""
    permission = getattr(exception, "permission", "")
    known = permission in Permission.values
    context = {
        "needed": Permission(permission).label if known else "",
        "roles": [Membership.Role(role.name).label for role in with_permission(permission)],
        "administrators": [user.username for user in administrators().order_by("username")],
    }
    if "text/html" in request.headers.get("Accept", "text/html") and "HX-Request" not in request.headers:
        return render(request, "403.html", context, status=403)
    said = _("You may not do this. It needs the permission to {what}.").format(what=context["needed"])
    words = said if known else _("You may not do this.")
    return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")


def broken(request: HttpRequest) -> HttpResponse:
    """Something failed: a full disk is told as that; of what nobody foresaw, no detail leaves the log.

    A script that asked, and not a person's browser, gets one line. The page is written anew if even its frame fails.
    """
    error = sys.exc_info()[1]
    known = error if isinstance(error, ArchiveError) else meaning(error, "saving a change")
    said = (
        told(str(known)) if known else _("Something went wrong on this side. Nothing of what you just did was saved.")
    )
    status = 507 if isinstance(known, DiskFull) else 500
    if "text/html" not in request.headers.get("Accept", "text/html"):
        return HttpResponse(said, status=status, content_type="text/plain; charset=utf-8")
    try:
        return render(request, "500.html", {"said": said if known else ""}, status=status)
    except Exception:  # the frame asks the archive, and the archive may be what failed
        return _without_archive(said, status)


def _without_archive(text: str, status: int) -> HttpResponse:
    page = f'<!doctype html><meta charset="utf-8"><title>Tumen</title><p>{escape(text)} <a href="/">Tumen</a></p>'
    return HttpResponse(page, status=status)
