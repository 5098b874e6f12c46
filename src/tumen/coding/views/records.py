"""The pages of a single act, party or other claim, and the permalink that finds any record."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_GET

from tumen.archive.models import Record
from tumen.coding.kinds import is_claim, kind_of
from tumen.coding.models import Term
from tumen.coding.queries import history, record_page, records
from tumen.coding.views.common import bench_of, page
from tumen.guard.masks import mask_for
from tumen.sources.models import Passage, Source, Text


@page
@require_GET
def record(request: HttpRequest, number: int, slug: str = "") -> HttpResponse:
    """Show one claim."""
    claim = records.claim(mask_for(request.user), number, slug)  # type: ignore[arg-type]
    whole = records.whole_of(claim)
    if whole.pk != claim.pk:
        return redirect("coding:record", whole.pk)
    desk = bench_of(request, claim)
    shown = record_page.show(desk.sees, claim, desk.names)
    context = {"desk": desk, "source": desk.source, "shown": shown, "record": claim,
               "steps": history.steps(desk.mask, claim, desk.names), "counts": records.exists(claim)}  # fmt: skip
    return render(request, "coding/record.html", context)


@page
@require_GET
def permalink(request: HttpRequest, number: int) -> HttpResponse:
    """Go to the page of the record with this id, of whatever kind."""
    found = records.find(mask_for(request.user), number)  # type: ignore[arg-type]
    return redirect(_address(request, records.whole_of(found)))


def _address(request: HttpRequest, found: Record) -> str:
    if is_claim(found):
        slug = kind_of(found).slug
        return reverse(f"coding:{slug}" if slug in ("act", "party") else "coding:record", args=[found.pk])
    if isinstance(found, Term):
        return f"{reverse('coding:vocabulary', args=[found.list])}#{found.code}"
    source = records.source_of(found)
    if source is None:
        return reverse("changes")
    if isinstance(found, Source):
        try:
            return reverse("sources:detail", args=[source.pk])
        except NoReverseMatch:
            return reverse("coding:source", args=[source.pk])
    address = reverse("coding:source", args=[source.pk])
    text = found.pk if isinstance(found, Text) else found.text_id if isinstance(found, Passage) else None
    return f"{address}?text={text}" if text else address
