"""Changing what is known about a source: its fields, and what it rests on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tumen.archive.changes import change
from tumen.archive.errors import BusyRecord, NoSuchVersion, StaleEdit
from tumen.archive.sealed import SealedField
from tumen.archive.sentences import told
from tumen.columns import Mask
from tumen.guard import reading as opening
from tumen.sources import queries, services
from tumen.sources.errors import SourceError
from tumen.sources.forms import SourceForm
from tumen.sources.models import Source
from tumen.sources.views.access import changing, user_of


@changing
def edit(request: HttpRequest, source: Source, mask: Mask) -> HttpResponse:
    """The form of a source. Someone else's edit meanwhile is shown beside one's own, field by field."""
    user = user_of(request)
    form = SourceForm(user, mask, source, request.POST or None, initial=_initial(source, mask))
    if request.method == "POST" and form.is_valid():
        try:
            with change(user.pk, "what is known about a source") as c:
                services.edit_source(c, source, form.cleaned_data["base"], **form.values())
        except StaleEdit as stale:
            return _conflict(request, source, mask, form, stale)
        except (BusyRecord, NoSuchVersion) as error:
            form.add_error(None, told(str(error)))
        else:
            messages.success(request, gettext("Saved."))
            return redirect("sources:detail", source.pk)
    return render(request, "sources/edit.html", {"source": source, "form": form})


def _initial(source: Source, mask: Mask) -> dict[str, Any]:
    fields = {field.name: field for field in Source._meta.concrete_fields if field.name in SourceForm.base_fields}
    plain = {name: getattr(source, name) for name, field in fields.items() if not isinstance(field, SealedField)}
    sealed = {name: opening.read_one(mask, source, name).text for name in fields.keys() - plain.keys()}
    return {
        **plain,
        **sealed,
        "compartment": source.compartment_id,
        "assignee": source.assignee or "",
        "base": source.version,
    }


def _conflict(request: HttpRequest, source: Source, mask: Mask, form: SourceForm, stale: StaleEdit) -> HttpResponse:
    """Show base, theirs and mine; the same form is sent again, on top of theirs, with the values chosen."""
    live = queries.get_source(mask, source.pk)
    theirs, base = _initial(live, mask), _initial(queries.version(live, form.cleaned_data["base"]), mask)
    rows = []
    for name, field in form.fields.items():
        if name == "base":
            continue
        mine = str(form.cleaned_data[name])
        rows.append(
            {
                "name": name,
                "label": field.label,
                "base": _shown(field, base[name]),
                "theirs": _shown(field, theirs[name]),
                "mine": _shown(field, mine),
                "theirs_value": theirs[name],
                "mine_value": mine,
                # A field that only they changed is theirs; one that only I changed is mine: no question there.
                "differs": name in stale.fields,
                "keeps": theirs[name] if mine == str(base[name]) else mine,
            }
        )
    context = {"source": live, "rows": rows, "who": queries.history(mask, live)[0].who, "base": live.version}
    return render(request, "sources/conflict.html", context, status=409)


def _shown(field: Any, value: Any) -> str:
    """Return a value as the form shows it: the label of a choice, else the text."""
    labels = {str(code): str(label).strip() for code, label in getattr(field, "choices", ())}
    return labels.get(str(value), str(value))


@changing
@require_POST
def cite(request: HttpRequest, source: Source, mask: Mask) -> HttpResponse:
    """Add a source that this one rests on."""
    try:
        cited = services.find_cited(mask, request.POST.get("cites", ""))
        with change(user_of(request).pk, "what a source rests on") as c:
            services.cite(c, source, cited)
    except SourceError as error:
        messages.error(request, told(str(error)))
    return redirect("sources:detail", source.pk)


@changing
@require_POST
def uncite(request: HttpRequest, source: Source, mask: Mask, citation: int) -> HttpResponse:
    """Take a citation back."""
    try:
        with change(user_of(request).pk, "what a source rests on") as c:
            services.uncite(c, source, citation)
    except SourceError as error:
        messages.error(request, told(str(error)))
    return redirect("sources:detail", source.pk)
