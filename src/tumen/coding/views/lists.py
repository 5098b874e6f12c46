"""Pages of the archive's vocabularies and units."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tumen.archive.changes import change
from tumen.archive.sentences import told
from tumen.coding import reference
from tumen.coding.errors import BadList
from tumen.coding.queries import lists
from tumen.coding.services import list_files
from tumen.coding.services import reference as verbs
from tumen.coding.views.common import page
from tumen.guard.errors import Refused
from tumen.guard.masks import mask_for, writable
from tumen.guard.permissions import Permission
from tumen.places import PlaceFileError
from tumen.vocabularies import Vocabulary, VocabularyFileError


@page
@require_GET
def vocabularies(request: HttpRequest) -> HttpResponse:
    """List the vocabularies."""
    return render(request, "coding/vocabularies.html", {"lists": lists.overview(), "may_write": _may_write(request)})


@page
@require_GET
def vocabulary(request: HttpRequest, list_code: str) -> HttpResponse:
    """Show one list as a tree, or the terms that fit a search."""
    found = _list(list_code)
    text = request.GET.get("q", "").strip()
    rows = lists.rows(mask_for(request.user), found, text, only_favourites=bool(request.GET.get("favourites")))  # type: ignore[arg-type]
    context = {"list": found, "title": found.title.text(reference.language()), "rows": rows, "q": text,
               "may_write": _may_write(request), "favourites": bool(request.GET.get("favourites"))}  # fmt: skip
    return render(request, "coding/vocabulary.html", context)


@page
def load(request: HttpRequest) -> HttpResponse:
    """Replace a list, or add places, by a file: shown what it would do first, then done."""
    _must_write(request)
    context: dict[str, object] = {}
    if request.method == "POST" and (file := request.FILES.get("file")):
        try:
            done = list_files.load(request.user.pk, str(file.name), file.read(list_files.LARGEST + 1))  # type: ignore[arg-type]
        except (VocabularyFileError, PlaceFileError) as error:
            context["error"] = list_files.explained(error)
        except BadList as error:
            context["error"] = told(str(error), about="files")
        else:
            messages.success(request, done.words)
            return redirect("coding:vocabulary", done.list_code) if done.list_code else redirect("coding:vocabularies")
    elif request.method == "POST":
        context["error"] = _("Choose a file first.")
    return render(request, "coding/load_list.html", context, status=422 if "error" in context else 200)


@page
@require_POST
def retire(request: HttpRequest, list_code: str) -> HttpResponse:
    """Retire a term, or offer it again."""
    _must_write(request)
    _list(list_code)
    code = request.POST.get("code", "")
    try:
        with change(request.user.pk, request.POST.get("why", "").strip() or "the list was revised") as c:  # type: ignore[arg-type]
            if request.POST.get("back"):
                verbs.bring_back(c, list_code, code)
            else:
                verbs.retire(c, list_code, code, request.POST.get("replaced_by", "").strip())
    except BadList as error:
        messages.error(request, told(str(error)))
    return redirect("coding:vocabulary", list_code)


@page
def units(request: HttpRequest) -> HttpResponse:
    """List the archive's units, and add one."""
    if request.method == "POST":
        _must_write(request)
        names = ("name", "kind", "place", "since", "until", "cites")
        given: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in names}
        try:
            with change(request.user.pk, "unit added") as c:  # type: ignore[arg-type]
                verbs.add_unit(c, **given)
        except BadList as error:
            messages.error(request, told(str(error)))
        return redirect("coding:units")
    agencies = reference.vocabularies()["agency"]
    offered = [(term.code, agencies.path(term.code, reference.language())) for term in agencies]
    context = {"units": lists.units(), "may_write": _may_write(request), "agencies": offered}
    return render(request, "coding/units.html", context)


def _list(list_code: str) -> Vocabulary:
    known = reference.vocabularies()
    if list_code not in known:
        raise Http404(f"There is no list {list_code}.")
    return known[list_code]


def _may_write(request: HttpRequest) -> bool:
    return bool(writable(request.user))  # type: ignore[arg-type]


def _must_write(request: HttpRequest) -> None:
    if not _may_write(request):
        raise Refused(Permission.CODE)
