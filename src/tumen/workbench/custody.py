"""The page of custody, for those who audit: how the log stands, and the file for a second party to countersign."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tumen.archive import jobs
from tumen.archive.errors import ArchiveError
from tumen.archive.log import attestations, checkpoints, replay, standing
from tumen.custody import CustodyError
from tumen.workbench import queries


@login_required
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Size, last checkpoint, who else signed and when, what the last verification found."""
    try:
        now, trouble = standing.now(), ""
    except (ArchiveError, CustodyError) as error:
        now, trouble = None, str(error)
    context = {"now": now, "trouble": trouble, "verifying": queries.is_verifying()}
    return render(request, "workbench/custody.html", context)


@login_required
@require_POST
def request_file(request: HttpRequest) -> HttpResponse:
    """The file to hand to a second party: the newest checkpoint, and the proof from where it last signed."""
    signed = checkpoints.make(whole=True)
    made = attestations.request(signed, attestations.countersigned_at())
    answer = HttpResponse(made, content_type="application/octet-stream")
    answer["Content-Disposition"] = f'attachment; filename="checkpoint-{signed.number}"'
    return answer


@login_required
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Ask for a verification; the job process does it."""
    if not queries.is_verifying():
        jobs.enqueue(replay.JOB, request.user.pk or 0)
    messages.success(request, _("The verification has begun; its result will be shown here."))
    return redirect("custody")
