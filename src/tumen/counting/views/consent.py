"""The page that says of any question what may be used for what, and why the rest may not."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from tumen.counting.queries import asking, consent, forms, tables
from tumen.counting.queries.labels import Labels
from tumen.counting.views.asked import asked, language, pairs
from tumen.guard.masks import mask_for


@asked
def report(request: HttpRequest) -> HttpResponse:
    """How much of what a question means each purpose and audience may use."""
    text = forms.text_of([("unit", request.GET.get("unit", "acts")), *(p for p in pairs(request) if p[0] != "unit")])
    if forms.is_from_form(request.GET):
        return redirect(f"{reverse('counting:consent')}?{text}")
    spoken = language(request)
    page = consent.consent_page(asking.parse(text), mask_for(request.user), request.user.pk or 0, spoken)  # type: ignore[arg-type]
    context = {
        "page": page,
        "carried": forms.hidden(page.address),
        "carried_on": forms.hidden(page.address, "unit"),
        "units": tables.unit_options(Labels(spoken, page.query.unit)),
    }
    return render(request, "counting/consent.html", context)
