"""Undo, redo, and the page of recent changes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tumen.archive import undo as archive_undo
from tumen.archive.errors import BusyRecord, NoSuchChange, UndoConflict
from tumen.archive.models import Batch
from tumen.archive.sentences import told
from tumen.coding.errors import NotAllowed
from tumen.coding.queries import changes
from tumen.coding.views import source as source_views
from tumen.coding.views.common import bench, page
from tumen.guard.masks import mask_for, writable


@page
@require_GET
def recent(request: HttpRequest) -> HttpResponse:
    """List recent changes and bulk jobs."""
    before = request.GET.get("before", "")
    mask = mask_for(request.user)  # type: ignore[arg-type]
    found = changes.recent(mask, int(before) if before.isdecimal() else None)
    allowed = writable(request.user)  # type: ignore[arg-type]
    context = {"page": found, "batches": changes.batches(mask, allowed), "may_undo": bool(allowed)}
    return render(request, "coding/changes.html", context)


@page
@require_GET
def one(request: HttpRequest, seq: int) -> HttpResponse:
    """Show what one change made different."""
    mask = mask_for(request.user)  # type: ignore[arg-type]
    entry = changes.entry(mask, seq)
    differences, further = changes.details(mask, seq)
    context = {"entry": entry, "differences": differences, "further": further,
               "may_undo": changes.may_reverse(mask, seq, writable(request.user))}  # type: ignore[arg-type]  # fmt: skip
    return render(request, "coding/change.html", context)


@page
@require_POST
def undo(request: HttpRequest, seq: int) -> HttpResponse:
    """Reverse one change, where this user may write everything that it wrote."""
    mask = mask_for(request.user)  # type: ignore[arg-type]
    allowed = writable(request.user)  # type: ignore[arg-type]
    if not changes.may_reverse(mask, seq, allowed):
        raise NotAllowed(f"Change {seq} touched records that you may not write.")
    done: int | None = None
    try:
        opened = archive_undo.undo(_actor(request), seq)
    except (UndoConflict, NoSuchChange, BusyRecord) as error:
        words = _("Not undone: {reason}").format(reason=told(str(error)))
    else:
        done = opened.seq
        words = _("Redone.") if opened.kind == "redo" else _("Undone.")
    number = request.POST.get("source", "")
    if number.isdecimal():
        desk = bench(request, int(number))
        return source_views.after_change(request, desk, request.POST.get("_text", ""), words, done)
    (messages.success if done else messages.error)(request, words)
    following = request.POST.get("next", "")
    return redirect(following if url_has_allowed_host_and_scheme(following, {request.get_host()}) else "changes")


@page
@require_POST
def undo_batch(request: HttpRequest, number: int) -> HttpResponse:
    """Reverse a bulk job as a whole, where this user may write everything that it wrote."""
    batch = Batch.objects.filter(pk=number).first()
    if batch is None or not changes.may_reverse_batch(batch, writable(request.user)):  # type: ignore[arg-type]
        raise NotAllowed(f"You may not undo the bulk job {number}.")
    try:
        archive_undo.undo_batch(_actor(request), number)
    except (UndoConflict, NoSuchChange, BusyRecord) as error:
        messages.error(request, _("Not undone: {reason}").format(reason=told(str(error))))
    else:
        messages.success(request, _("The job was undone."))
    return redirect("changes")


def _actor(request: HttpRequest) -> int:
    return int(request.user.pk or 0)
