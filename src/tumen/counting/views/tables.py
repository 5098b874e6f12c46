"""Tables: the ready ones and those saved, the builder, one table."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_POST

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.columns import BadQuery, Everything, Query
from tumen.counting import services
from tumen.counting.models import Definition
from tumen.counting.queries import asking, consent, definitions, forms, tables, totals
from tumen.counting.queries.exporting import FORMS
from tumen.counting.queries.labels import Labels
from tumen.counting.views.asked import asked, language, mask_of, pairs
from tumen.guard.models import Compartment


@asked
def gallery(request: HttpRequest) -> HttpResponse:
    """The ready tables, those that people saved, and the builder."""
    spoken = language(request)
    context = {
        "ready": [(name, each.label(spoken)) for name, each in definitions.ready().items()],
        "saved": definitions.saved(mask_of(request), request.user.pk or 0),
        "shared_with": _shared_with(request),
        **_builder(request, None),
    }
    return render(request, "counting/tables.html", context)


@asked
def ready(request: HttpRequest, name: str) -> HttpResponse:
    """A ready table; T1 compares totals at two moments."""
    wanted = definitions.ready().get(name)
    if wanted is None:
        raise Http404
    if not wanted.totals:
        spec = asking.parse_table(wanted.table)
        return redirect(f"{reverse('counting:table')}?{spec.to_text()}")
    text = forms.text_of([("unit", "acts"), *(pair for pair in pairs(request) if pair[0] not in ("unit", "since_day"))])
    query = asking.parse(text)
    page = totals.totals_page(query, request.GET.get("since_day", ""), mask_of(request), language(request))
    return render(
        request, "counting/totals.html", {"page": page, "title": wanted.label(language(request)), "name": name}
    )


@asked
def show(request: HttpRequest) -> HttpResponse:
    """One table."""
    text = forms.text_of(pairs(request))
    if forms.is_from_form(request.GET) or ("dims" in request.GET and len(request.GET.getlist("dims")) > 1):
        return redirect(f"{reverse('counting:table')}?{text}")
    spec = asking.parse_table(text)
    if not spec.dims:
        raise BadQuery(noop("Choose at least one thing to count by."))
    page = tables.table_page(spec, mask_of(request), request.user.pk or 0, language(request))
    context = {
        "page": page,
        "shared_with": _shared_with(request),
        **_builder(request, spec),
        "carried_all": forms.hidden(page.address),
        "exports": FORMS,
        "release": consent.release_choices(spec.query, language(request), rows=False),
    }
    return render(request, "counting/table.html", context)


@asked
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    """Keep the table under a title."""
    title, table = request.POST.get("title", "").strip(), request.POST.get("table", "")
    if not title:
        messages.error(request, _("Give the table a title to save it under."))
        return redirect(f"{reverse('counting:table')}?{asking.parse_table(table).to_text()}")
    user = request.user.pk or 0
    chosen = request.POST.get("compartment", "")
    shared = next((one.pk for one in _shared_with(request) if str(one.pk) == chosen), None)
    with change(user, "saved a table") as c:
        services.save_definition(c, user, title, table, shared)
    messages.success(request, _("The table is saved."))
    return redirect("counting:tables")


@asked
@require_POST
def remove(request: HttpRequest, number: int) -> HttpResponse:
    """Take a table that this user saved off the page."""
    found = versions.visible(Definition.objects.filter(pk=number, user=request.user.pk or 0)).first()
    if found is None:
        raise Http404
    with change(request.user.pk or 0, "removed a saved table") as c:
        services.remove_definition(c, found)
    messages.success(request, _("The table is removed."))
    return redirect("counting:tables")


def _shared_with(request: HttpRequest) -> list[Compartment]:
    """The compartments whose people this user may save a table for: those she sees."""
    seen = mask_of(request).compartments
    rows = versions.visible(Compartment.objects.order_by("title"))
    return [row for row in rows if isinstance(seen, Everything) or row.pk in seen]


def _builder(request: HttpRequest, spec: asking.TableSpec | None) -> dict[str, object]:
    """What the builder offers, and what is chosen in it."""
    query = spec.query if spec else Query(request.GET.get("unit") or "acts")
    labels = Labels(language(request), query.unit)
    chosen = [str(dim) for dim in spec.dims] if spec else ["type:1"]
    return {
        "units": tables.unit_options(labels),
        "unit": query.unit,
        "dimensions": tables.dimension_options(query.unit, labels, mask_of(request)),
        "chosen": [*chosen, "", "", ""][:3],
        "show": spec.show if spec else "counts",
        "carried": forms.hidden(asking.to_text(replace(query, unit=query.unit)), "unit") if spec else [],
    }
