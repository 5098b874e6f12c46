"""The coding page of one source: its text, its claims, and the panel in which a claim is made or changed."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tumen.archive.changes import change
from tumen.archive.models import Change
from tumen.archive.sentences import told
from tumen.coding import reference
from tumen.coding.errors import NotFound, OwnCoding
from tumen.coding.kinds import KINDS, WHOLE
from tumen.coding.queries import source_page
from tumen.coding.services import codings, drafts
from tumen.coding.views.common import Bench, bench, is_partial, page
from tumen.guard import reading
from tumen.sources import queries as sources
from tumen.sources.models import Text


@page
@require_GET
def source(request: HttpRequest, number: int) -> HttpResponse:
    """Show a source for coding."""
    desk = bench(request, number, request.GET.get("coding", ""))
    return render(request, "coding/source.html", page_context(desk, request.GET.get("text", "")))


def page_context(desk: Bench, text: str = "", panel: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return everything the coding page shows; `panel` is what stands in the claim panel."""
    current = chosen_text(desk, text)
    context = claims_context(desk, current)
    body = context["body"]
    context |= {
        "source": desk.source,
        "kind_label": reference.label("source_kind", desk.source.kind),
        "text": current,
        "parts": source_page.body_parts(current, body) if current is not None and body else [],
        "tabs": source_page.renditions(desk.source, current),
        "codings": codings.codings(desk.source),
        "lost": source_page.lost(desk.source) if desk.may_write else [],
        "kinds": WHOLE,
    }
    return context | (panel if panel is not None else resting_panel(desk))


def claims_context(desk: Bench, current: Text | None) -> dict[str, Any]:
    """Return the list of claims and the passages, which every save brings up to date."""
    body = sources.body(desk.mask, current) if current is not None else reading.EMPTY
    listed = source_page.cards(desk.coding, desk.names, current, body)
    readable = bool(body)
    return {
        "desk": desk,
        "text": current,
        "body": body,
        "claims": listed,
        "highlights": source_page.highlights(current, body, desk.coding, listed) if current and readable else [],
        "is_readable": readable,
        # What is selected in a text without names has no place in the text itself.
        "may_select": desk.may_write and body.blanked is None,
    }


def resting_panel(desk: Bench) -> dict[str, Any]:
    """Return the panel when no form is open: drafts to continue."""
    kept = drafts.kept(desk.user.pk, desk.source.pk) if desk.may_write else []
    listed = []
    for draft in kept:
        slug = draft.form.rpartition("-new-")[0]
        whole, _dash, number = draft.form.rpartition("-")
        if slug in KINDS:
            label, address = KINDS[slug].label, reverse("coding:new", args=[desk.source.pk]) + f"?draft={draft.form}"
        elif whole == "correct":
            label, address = _("Correct the text"), reverse("coding:correct", args=[number]) + "?draft=1"
        else:
            label, address = _("Change of {n}").format(n=number), reverse("coding:edit", args=[number]) + "?draft=1"
        listed.append({"form": draft.form, "saved": draft.saved, "label": label, "address": address,
                       "is_page": whole == "correct"})  # fmt: skip
    return {"drafts": listed, "form": None}


def chosen_text(desk: Bench, number: str) -> Text | None:
    """Return the rendition asked for, or the one that coders work on."""
    for text in sources.texts(desk.source):
        if str(text.pk) == number:
            return text
    return sources.current_text(desk.source)


def after_change(
    request: HttpRequest, desk: Bench, text: str, words: str, seq: int | None, warnings: list[Any] | None = None
) -> HttpResponse:
    """Answer a save, an undo or a retraction: the claims anew, and a notice that offers to undo it."""
    told = [str(warning) for warning in warnings or ()]
    shown = chosen_text(desk, text)
    if shown is not None and sources.corrected(shown) is not None:
        told.append(_("This text was corrected: what you select in it goes to the corrected text. Load the page anew."))
    if not is_partial(request):
        messages.success(request, words)
        for warning in told:
            messages.warning(request, warning)
        address = reverse("coding:source", args=[desk.source.pk])
        query = "&".join(part for part in (f"text={text}" if text else "", _coding_query(desk)) if part)
        return redirect(f"{address}?{query}" if query else address)
    context = claims_context(desk, shown) | resting_panel(desk)
    is_undo = seq is not None and Change.objects.filter(seq=seq, kind="undo").exists()
    context |= {"words": words, "seq": seq, "is_undo": is_undo, "warnings": told, "source": desk.source}
    return render(request, "coding/_saved.html", context)


def _coding_query(desk: Bench) -> str:
    return f"coding={desk.coding.pk}" if desk.coding is not None and not desk.coding.adopted else ""


@page
@require_POST
def parallel(request: HttpRequest, number: int) -> HttpResponse:
    """Begin an independent coding."""
    desk = bench(request, number)
    desk.must_write()
    with change(desk.user.pk, "an independent coding") as c:
        made = codings.code_in_parallel(c, desk.source, desk.user.pk)
    messages.success(request, _("An independent coding has begun. It does not count until it is adopted."))
    return redirect(f"{reverse('coding:source', args=[number])}?coding={made.pk}")


@page
@require_POST
def adopt(request: HttpRequest, number: int) -> HttpResponse:
    """Let another coding of the source count."""
    desk = bench(request, number, request.POST.get("coding", ""))
    desk.must_write()
    if desk.coding is None:
        raise NotFound("There is no coding to adopt.")
    with change(desk.user.pk, request.POST.get("why", "").strip() or "adopted after comparison") as c:
        codings.adopt(c, desk.coding)
    messages.success(request, _("This coding counts now."))
    return redirect("coding:source", number)


@page
@require_POST
def check_off(request: HttpRequest, number: int) -> HttpResponse:
    """Say that a second person has checked the coding."""
    desk = bench(request, number, request.POST.get("coding", ""))
    desk.must_check()
    if desk.coding is None:
        raise NotFound("There is no coding to check.")
    checked = request.POST.get("checked") == "1"
    try:
        with change(desk.user.pk, "checked" if checked else "to be checked again") as c:
            codings.check_off(c, desk.coding, checked)
    except OwnCoding as error:
        messages.error(request, told(str(error)))
    return redirect("coding:source", number)
