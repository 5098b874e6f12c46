"""Lists that pickers fetch: terms, places, and the places that words of a source may mean."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from tumen.coding import reference
from tumen.coding.queries import candidates, choices
from tumen.coding.views.common import bench, page
from tumen.guard.masks import mask_for


@page
@require_GET
def terms(request: HttpRequest, list_code: str) -> HttpResponse:
    """Return a list's terms in the language of the page."""
    lists = reference.vocabularies()
    if list_code not in lists:
        raise Http404(f"There is no list {list_code}.")
    return _kept(JsonResponse({"options": choices.options(lists[list_code])}))


@page
@require_GET
def places(request: HttpRequest) -> HttpResponse:
    """Return the gazetteer in the language of the page."""
    return _kept(JsonResponse({"options": choices.place_options(mask_for(request.user))}))  # type: ignore[arg-type]


@page
@require_POST
def place_candidates(request: HttpRequest, number: int) -> HttpResponse:
    """Return the places that the words of a field may mean. The words come in the body: they are testimony."""
    desk = bench(request, number, request.POST.get("_coding", ""))
    desk.must_write()
    told = request.POST.get("place_told", "")
    found = candidates.candidates(desk.coding, told, request.POST.get("place", ""))
    return render(request, "coding/_candidates.html", {"candidates": found, "told": told})


def _kept(response: HttpResponse) -> HttpResponse:
    # Lists are fetched once a page; a browser may keep them for its session's next pages.
    response["Cache-Control"] = "private, max-age=60"
    response["Vary"] = "Accept-Language, Cookie"
    return response
