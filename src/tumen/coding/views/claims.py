"""Making, changing and retracting one claim."""

from __future__ import annotations

import re
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tumen.archive.changes import change
from tumen.archive.errors import BusyRecord, Erased, StaleEdit
from tumen.archive.models import Record
from tumen.archive.sentences import told
from tumen.coding import forms
from tumen.coding.errors import BadClaim, InUse, NotFound, Problem
from tumen.coding.kinds import KINDS, WHOLE, Kind, kind_of
from tumen.coding.queries import conflicts, history, last, records, source_page
from tumen.coding.services import claims, codings, drafts
from tumen.coding.services.entries import Entry
from tumen.coding.views import source as source_views
from tumen.coding.views.common import Bench, bench, bench_of, is_partial, page
from tumen.guard import reading
from tumen.guard.masks import mask_for
from tumen.sources import queries as sources

SLUGS = {kind.slug for kind in WHOLE}

FORM = re.compile(r"[a-z-]{1,40}-new-\w{1,40}|(edit|correct)-[0-9]{1,18}", re.ASCII)
"""What forms are called whose drafts are kept."""


@page
def new(request: HttpRequest, number: int) -> HttpResponse:
    """Show the form of a new claim, or record it."""
    given = request.POST if request.method == "POST" else request.GET
    desk = bench(request, number, given.get("_coding", given.get("coding", "")))
    desk.must_write()
    if request.method == "POST":
        return _record(request, desk)
    data: dict[str, list[str]]
    slug, token = request.GET.get("kind", ""), f"{secrets.token_hex(4)}"
    if draft := request.GET.get("draft", ""):
        data = drafts.take(desk.user.pk, number, draft) or {}
        slug, _dash, token = draft.rpartition("-new-")
    elif request.GET.get("copy"):
        found = last.claim(desk.coding, slug)
        data = forms.data_copied(desk.mask, found) if found is not None else {}
        data["evidence"] = request.GET.getlist("evidence")
    else:
        data = _from_selection(
            desk, slug, request.GET.get("text", ""), request.GET.get("start"), request.GET.get("end")
        )
    slug = "act" if slug in ("place", "date") else slug
    if slug not in SLUGS:
        raise NotFound(f"There is no kind of claim “{slug}”.")
    return _show(request, desk, KINDS[slug], data, f"{slug}-new-{token}")


def _from_selection(desk: Bench, slug: str, text: str, start: str | None, end: str | None) -> dict[str, list[str]]:
    """Return what a selection fills in."""
    if not (start and end and start.isdecimal() and end.isdecimal()):
        return {}
    chosen = source_views.chosen_text(desk, text)
    number = f"{chosen.pk}:" if chosen is not None else ""
    body = sources.body(desk.mask, chosen) if chosen is not None else reading.EMPTY
    if body.blanked is not None:
        return {}
    return forms.data_selected(slug, body.words(int(start), int(end)), f"{number}{start}-{end}")


def _record(request: HttpRequest, desk: Bench) -> HttpResponse:
    data = forms.data_of(request.POST)
    slug, draft = request.POST.get("_kind", ""), request.POST.get("_draft", "")
    if slug not in SLUGS:
        raise NotFound(f"There is no kind of claim “{slug}”.")
    kind = KINDS[slug]
    text = request.POST.get("_text", "")
    entry = forms.entry_of(kind, data, int(text) if text.isdecimal() else None)
    try:
        with change(desk.user.pk, request.POST.get("why", "").strip() or f"{kind.words} recorded") as c:
            coding = desk.coding or codings.coding_for(c, desk.source, desk.user.pk)
            saved = claims.record(c, coding, kind, entry)
    except BadClaim as error:
        return _show(request, desk, kind, data, draft, problems=error.problems)
    drafts.discard(desk.user.pk, desk.source.pk, draft)
    desk.coding = coding
    words = _("{kind} recorded.").format(kind=kind.label)
    return source_views.after_change(request, desk, text, words, c.seq, saved.warnings)


@page
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Show the form of a claim, or change it."""
    claim = records.claim(mask_for(request.user), number)  # type: ignore[arg-type]
    desk = bench_of(request, claim)
    if kind_of(claim).slug not in SLUGS:
        return redirect("coding:record", records.whole_of(claim).pk)
    form = f"edit-{number}"
    if request.method == "POST":
        desk.must_write()
        return _change(request, desk, claim, form)
    if not desk.may_write:
        return redirect("coding:record", number)
    kept = drafts.take(desk.user.pk, desk.source.pk, form)
    if kept is not None and request.GET.get("draft"):
        return _show(request, desk, kind_of(claim), kept, form, claim)
    data = forms.data_from(desk.mask, claim)
    return _show(request, desk, kind_of(claim), data, form, claim, has_draft=kept is not None)


def _change(request: HttpRequest, desk: Bench, claim: Record, form: str) -> HttpResponse:
    data = forms.data_of(request.POST)
    kind, text = kind_of(claim), request.POST.get("_text", "")
    _choose_sides(data)
    entry = forms.entry_of(kind, data, int(text) if text.isdecimal() else None)
    try:
        with change(desk.user.pk, request.POST.get("why", "").strip() or f"{kind.words} changed") as c:
            saved = claims.edit(c, claim, entry)
    except BadClaim as error:
        return _show(request, desk, kind, data, form, claim, problems=error.problems)
    except (BusyRecord, Erased) as error:
        return _show(request, desk, kind, data, form, claim, problems=[Problem("", told(str(error)))])
    except StaleEdit as error:
        return _stale(request, desk, claim, data, form, error, entry)
    drafts.discard(desk.user.pk, desk.source.pk, form)
    words = _("{kind} changed.").format(kind=kind.label)
    return source_views.after_change(request, desk, text, words, c.seq, saved.warnings)


def _choose_sides(data: dict[str, list[str]]) -> None:
    """Put their value where the coder chose it on the three-way page."""
    for name in [name for name in data if name.startswith("keep-")]:
        stem = name.removeprefix("keep-")
        if data.pop(name)[-1] == "theirs":
            for theirs in [one for one in data if one.startswith(f"theirs-{stem}:")]:
                data[theirs.partition(":")[2]] = data[theirs]
    for name in [name for name in data if name.startswith("theirs-")]:
        del data[name]


def _stale(
    request: HttpRequest,
    desk: Bench,
    claim: Record,
    data: dict[str, list[str]],
    form: str,
    error: StaleEdit,
    whole: Entry,
) -> HttpResponse:
    """Show base, theirs and mine field by field, and the form merged where only one side changed."""
    record: Any = records.claim(desk.mask, error.record)
    prefix = next(
        (name.removesuffix("record") for name, listed in data.items()
         if name.endswith("-record") and listed[-1] == str(error.record)),
        "",
    )  # fmt: skip
    parts = (part for listed in whole.parts.values() for part in listed)
    entry = next((part for part in parts if part.record == error.record), whole)
    found, merged = conflicts.conflicts(desk.mask, record, error, entry, desk.names)
    data |= {f"{prefix}{name}": listed for name, listed in merged.items()}
    data[f"{prefix}version"] = [str(error.theirs["version"])]
    by, last_change = history.latest_by(record)
    context = {"conflicts": found, "prefix": prefix, "theirs_by": by, "theirs_at": last_change and last_change.at}
    return _show(request, desk, kind_of(claim), data, form, claim, extra=context)


def _show(
    request: HttpRequest,
    desk: Bench,
    kind: Kind,
    data: forms.Data,
    draft: str,
    record: Record | None = None,
    problems: Any = (),
    has_draft: bool = False,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    text = data["_text"][-1] if data.get("_text") else request.GET.get("text", "")
    chosen = source_views.chosen_text(desk, text)
    snippets = source_page.snippets(desk.mask, desk.source, data.get("evidence", ()), chosen)
    form = forms.form_of(kind, desk.mask, desk.coding, desk.names, data, record, problems, snippets)
    address = reverse("coding:edit", args=[record.pk]) if record else reverse("coding:new", args=[desk.source.pk])
    panel = {
        "form": form,
        "claim_kind": kind,
        "action": address,
        "draft": draft,
        "draft_url": reverse("coding:draft", args=[desk.source.pk, draft]),
        "has_draft": has_draft,
        "problems": problems,
        "may_copy": record is None and last.claim(desk.coding, kind.slug) is not None,
        "record": record,
        **(extra or {}),
    }
    status = 422 if problems and not is_partial(request) else 200
    if is_partial(request):
        return render(request, "coding/_form.html", panel | {"desk": desk, "source": desk.source, "text": chosen})
    return render(request, "coding/source.html", source_views.page_context(desk, text, panel), status=status)


@page
@require_POST
def retract(request: HttpRequest, number: int) -> HttpResponse:
    """Take a claim out of every count, or bring it back."""
    claim = records.claim(mask_for(request.user), number)  # type: ignore[arg-type]
    desk = bench_of(request, claim)
    desk.must_write()
    bring_back = bool(claim.retracted)
    why = request.POST.get("why", "").strip() or ("brought back" if bring_back else "retracted by the coder")
    try:
        with change(desk.user.pk, why) as c:
            (claims.restore if bring_back else claims.retract)(c, claim)
    except InUse as error:
        data = forms.data_from(desk.mask, claim)
        problems = [Problem("", told(str(error)))]
        return _show(request, desk, kind_of(claim), data, f"edit-{number}", claim, problems=problems)
    words = _("{kind} brought back.") if bring_back else _("{kind} retracted; its history stays.")
    text = request.POST.get("_text", "")
    return source_views.after_change(request, desk, text, words.format(kind=kind_of(claim).label), c.seq)


@page
def draft(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """Keep a draft, or discard it."""
    desk = bench(request, number)
    desk.must_write()
    if not FORM.fullmatch(form):
        raise NotFound(f"There is no form “{form}”.")
    if request.method == "POST" and not request.POST.get("_discard"):
        drafts.keep(desk.user.pk, number, form, forms.data_of(request.POST))
        return HttpResponse(status=204)
    if request.method == "POST":
        drafts.discard(desk.user.pk, number, form)
        return source_views.after_change(request, desk, "", _("Draft discarded."), None)
    raise NotFound("A draft is opened from the page of its source.")


@page
@require_GET
def panel(request: HttpRequest, number: int) -> HttpResponse:
    """Close the form: show the panel at rest."""
    desk = bench(request, number, request.GET.get("coding", ""))
    if not is_partial(request):
        return redirect("coding:source", number)
    return render(
        request, "coding/_resting.html", source_views.resting_panel(desk) | {"desk": desk, "source": desk.source}
    )


__all__ = ["draft", "edit", "new", "panel", "retract"]
