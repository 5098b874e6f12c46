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
from tumen.coding.queries import lost as lost_passages
from tumen.coding.services import passages
from tumen.coding.views.common import bench, page
from tumen.sources import queries as sources
from tumen.sources import services
from tumen.sources.models import Text
from tumen.text import normalise_line_ends


@page
def correct(request: HttpRequest, number: int) -> HttpResponse:
    """Show a text for correction, or keep the corrected rendition beside the old one."""
    text = get_object_or_404(Text, pk=number)
    desk = bench(request, text.source_id)
    desk.must_write()
    body = str(sources.body(desk.mask, text))
    if not body and text.length:
        raise NotAllowed(f"Text {number} is not shown to you, so you cannot correct it.")
    if request.method != "POST":
        return render(request, "coding/correct.html", {"desk": desk, "source": desk.source, "text": text, "body": body})
    new = normalise_line_ends(request.POST.get("body", ""))
    if not new.strip() or new == body:
        messages.error(request, _("Nothing was changed."))
        return redirect("coding:correct", number)
    with change(desk.user.pk, request.POST.get("why", "").strip() or "text corrected") as c:
        done = services.correct_text(c, text, new)
    moved, gone = len(done.moved), len(done.lost)
    told = ngettext("{n} passage kept its words.", "{n} passages kept their words.", moved).format(n=moved)
    messages.success(request, _("The corrected text is a new rendition; the old one stays.") + " " + told)
    return redirect("coding:lost" if gone else "coding:source", desk.source.pk)


@page
def lost(request: HttpRequest, number: int) -> HttpResponse:
    """List the passages without a place in the corrected text, and place one of them."""
    desk = bench(request, number)
    desk.must_write()
    current = sources.current_text(desk.source)
    if request.method == "POST" and current is not None:
        given: dict[str, Any] = {name: request.POST.get(name, "") for name in ("passage", "words", "drop")}
        try:
            with change(desk.user.pk, "passage placed in the corrected text") as c:
                passages.place(c, desk.source, current, int(given["passage"] or 0), given["words"], bool(given["drop"]))
        except BadClaim as error:
            messages.error(request, " ".join(str(problem) for problem in error.problems))
        return redirect("coding:lost", number)
    found = lost_passages.lost(desk.mask, desk.source, desk.names)
    return render(request, "coding/lost.html", {"desk": desk, "source": desk.source, "lost": found, "text": current})
