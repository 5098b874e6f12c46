"""Lists: one page of rows with facets, the search box behind them, and the register of figures."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST

from tumen.columns import BadQuery, Masked
from tumen.counting import search
from tumen.counting.fields import UNIT_LABELS
from tumen.counting.queries import asking, consent, forms, listing
from tumen.counting.queries import figures as register
from tumen.counting.queries import tabs as found_tabs
from tumen.counting.queries.exporting import FORMS
from tumen.counting.views.asked import asked, language, mask_of, pairs
from tumen.guard.masks import SEARCH


@asked
def show(request: HttpRequest, unit: str) -> HttpResponse:
    """One page of a list."""
    text = _text(request, unit)
    if forms.is_from_form(request.GET):
        return redirect(f"{reverse('counting:list', args=[unit])}?{text.partition('&')[2]}")
    query = asking.parse(text)
    page = listing.list_page(query, mask_of(request), request.user.pk or 0, language(request))
    context = {
        "page": page,
        "unit": unit,
        "exports": FORMS,
        "carried": forms.hidden(page.address, "unit", "page"),
        "release": consent.release_choices(page.query, language(request), rows=True),
    }
    return render(request, "counting/list.html", context)


@asked
def facet(request: HttpRequest, unit: str) -> HttpResponse:
    """One facet with all its choices: into the panel, or as a page of its own."""
    wanted = request.GET.get("dim", "")
    text = forms.text_of([("unit", unit), *(pair for pair in pairs(request) if pair[0] not in ("unit", "dim", "axes"))])
    query = asking.parse(text)
    whole = listing.one_facet(query, mask_of(request), request.user.pk or 0, language(request), wanted)
    template = "counting/facet.html" if request.headers.get("HX-Request") else "counting/facet_page.html"
    context = {"facet": whole, "address": asking.to_text(query), "unit": unit, "whole": True}
    if unit == "figures" and "axes" in request.GET:
        context |= {"facet": register.facet_on_axes(whole), "on_axes": True}
    return render(request, template, context)


@asked
def tabs(request: HttpRequest, unit: str) -> HttpResponse:
    """The tabs of a search with how many were found in each, fetched by the page once it is shown."""
    query = asking.parse(_text(request, unit))
    found = found_tabs.counted_tabs(query, mask_of(request), request.user.pk or 0, language(request))
    return render(request, "counting/tabs.html", {"tabs": found})


@asked
@require_POST
def search_words(request: HttpRequest) -> HttpResponse:
    """Remember words, so that the address holds only a token, and show where they are found."""
    words = request.POST.get("text", "").strip()
    mask = mask_of(request)
    if not search.may_search(mask):
        raise Masked("text", SEARCH)
    unit = request.POST.get("unit", "")
    rest = forms.hidden(request.POST.get("rest", ""), "unit", "q", "page")
    if not words:
        return redirect(_address(unit or "acts", rest))
    token = search.remember(request.user.pk or 0, words)
    if unit not in UNIT_LABELS:
        unit = found_tabs.first_found(words, token, mask)
    return redirect(_address(unit, [*rest, ("q", token)]))


@asked
def figures(request: HttpRequest) -> HttpResponse:
    """Figures about one population on one axis, page by page."""
    own = [(key, value) for key, value in pairs(request) if key in ("order", "about") and value]
    asks = [(key, value) for key, value in pairs(request) if key not in ("unit", "order", "about")]
    text = forms.text_of([("unit", "figures"), *asks])
    if forms.is_from_form(request.GET):
        return redirect(f"{reverse('counting:figures')}?{forms.text_of([*forms.hidden(text, 'unit'), *own])}")
    settings = dict(own)
    about = settings.get("about", "")
    if about and not (about.isascii() and about.isdigit()):
        raise BadQuery(noop("{value!r} is no figure"), value=about)
    page = register.figures_register(
        asking.parse(text),
        mask_of(request),
        request.user.pk or 0,
        language(request),
        int(about) if about else None,
        settings.get("order", "most"),
    )
    carried = [*forms.hidden(page.address, "unit", "page"), *own]
    return render(request, "counting/figures.html", {"page": page, "carried": carried, "on_axes": True})


def _text(request: HttpRequest, unit: str) -> str:
    if unit not in UNIT_LABELS:
        raise Http404
    return forms.text_of([("unit", unit), *(pair for pair in pairs(request) if pair[0] != "unit")])


def _address(unit: str, rest: forms.Pairs) -> str:
    text = forms.text_of(rest)
    return f"{reverse('counting:list', args=[unit])}{'?' if text else ''}{text}"
