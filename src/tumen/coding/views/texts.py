"""Correcting a text, and placing the passages that a correction lost."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tumen.archive.changes import change
from tumen.coding.errors import BadClaim, NotAllowed
from tumen.coding.queries import conflicts, history
from tumen.coding.queries import lost as lost_passages
from tumen.coding.services import drafts, passages
from tumen.coding.views.common import Bench, bench, page
from tumen.sources import queries as sources
from tumen.sources import services
from tumen.sources.errors import Superseded
from tumen.sources.models import Text
from tumen.text import normalise_line_ends


@page
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Show a text for correction, or keep the corrected rendition beside the old one."""
    text = get_object_or_404(Text, pk=number)
    desk = bench(request, text.source_id)
    desk.must_write()
    shown = sources.body(desk.mask, text)
    body = shown.text
    # A text without names is no text to correct: it would be saved without them.
    if (not body and text.length) or shown.blanked is not None:
        raise NotAllowed(f"Text {number} is not shown to you, so you cannot correct it.")
    form = f"correct-{number}"
    if request.method != "POST":
        newest, kept = sources.corrected(text), drafts.take(desk.user.pk, desk.source.pk, form)
        if newest is not None and kept is not None:
            return _superseded(request, desk, text, newest, _body(kept))
        if newest is not None:
            return redirect("coding:correct", newest.pk)
        if kept is not None and request.GET.get("draft"):
            return _show(request, desk, text, _body(kept))
        return _show(request, desk, text, body, has_draft=kept is not None)
    new = normalise_line_ends(request.POST.get("body", ""))
    if not new.strip() or new == body:
        messages.error(request, _("Nothing was changed."))
        return redirect("coding:correct", number)
    try:
        with change(desk.user.pk, request.POST.get("why", "").strip() or "text corrected") as c:
            done = services.correct_text(c, text, new)
    except Superseded as error:
        return _superseded(request, desk, text, sources.get_text(desk.source, error.newest), new)
    drafts.discard(desk.user.pk, desk.source.pk, form)
    moved, gone = len(done.moved), len(done.lost)
    told = ngettext("{n} passage kept its words.", "{n} passages kept their words.", moved).format(n=moved)
    messages.success(request, _("The corrected text is a new rendition; the old one stays.") + " " + told)
    return redirect("coding:lost" if gone else "coding:source", desk.source.pk)


def _superseded(request: HttpRequest, desk: Bench, old: Text, newest: Text, mine: str) -> HttpResponse:
    """Show what was typed again, with what somebody else corrected since: saved again, it is put on top of that."""
    drafts.keep(desk.user.pk, desk.source.pk, f"correct-{newest.pk}", {"body": [mine]})
    drafts.discard(desk.user.pk, desk.source.pk, f"correct-{old.pk}")
    by, last_change = history.latest_by(newest)
    theirs = conflicts.changed_lines(str(sources.body(desk.mask, old)), str(sources.body(desk.mask, newest)))
    extra = {"theirs": theirs, "theirs_by": by, "theirs_at": last_change and last_change.at}
    return _show(request, desk, newest, mine, status=409, **extra)


def _body(kept: drafts.Data) -> str:
    return normalise_line_ends("".join(kept.get("body", [])[-1:]))


def _show(request: HttpRequest, desk: Bench, text: Text, body: str, status: int = 200, **extra: Any) -> HttpResponse:
    context = {"desk": desk, "source": desk.source, "text": text, "body": body, "draft": f"correct-{text.pk}", **extra}
    return render(request, "coding/correct.html", context, status=status)


@page
def lost(request: HttpRequest, number: int) -> HttpResponse:
    """List the passages without a place in the corrected text, and place one of them."""
    desk = bench(request, number)
    desk.must_write()
    current = sources.current_text(desk.source)
    if request.method == "POST" and current is not None:
        given = {name: request.POST.get(name, "") for name in ("passage", "words", "drop")}
        number_of = int(given["passage"]) if given["passage"].isdecimal() else 0
        try:
            with change(desk.user.pk, "passage placed in the corrected text") as c:
                passages.place(c, desk.source, current, number_of, given["words"], bool(given["drop"]))
        except BadClaim as error:
            messages.error(request, " ".join(str(problem) for problem in error.problems))
        return redirect("coding:lost", number)
    found = lost_passages.lost(desk.mask, desk.source, desk.names)
    return render(request, "coding/lost.html", {"desk": desk, "source": desk.source, "lost": found, "text": current})
