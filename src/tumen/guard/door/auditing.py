"""The auditor's page: who did what, and when; reading it is an event of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tumen.guard import audit_reading as reading
from tumen.guard.audit import Kind, note
from tumen.guard.masks import mask_for, may
from tumen.guard.models import User
from tumen.guard.permissions import Permission


class AskedForm(forms.Form):
    """Who, what, when, which compartment."""

    user = forms.TypedChoiceField(label=_("Who"), required=False, coerce=int, empty_value=None)
    kind = forms.ChoiceField(label=_("What"), required=False)
    since = forms.DateField(label=_("From day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("To day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    compartment = forms.TypedChoiceField(label=_("Compartment"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (
            ("user", reading.people()),
            ("kind", reading.kinds()),
            ("compartment", reading.compartments()),
        ):
            self.fields[name].choices = [("", _("any")), *choices]  # type: ignore[attr-defined]

    def asked(self) -> reading.Asked:
        """Return the question; a field that cannot be read asks for nothing."""
        self.is_valid()
        return reading.Asked(**{name: value for name, value in self.cleaned_data.items() if value not in (None, "")})


@login_required
def audit(request: HttpRequest) -> HttpResponse:
    """What was done, newest first."""
    user = _auditor(request)
    form = AskedForm(request.GET)
    asked = form.asked()
    place = reading.Place.parse(request.GET.get("after", ""))
    entries, older = reading.audit_page(mask_for(user), asked, place)
    note(Kind.AUDIT_READ, user, what="page", count=len(entries), request=request)
    carried = request.GET.copy()
    carried.pop("after", None)
    context = {"form": form, "entries": entries, "older": older, "asked": asked, "carried": carried.urlencode()}
    return render(request, "guard/audit.html", context)


@login_required
def export(request: HttpRequest) -> HttpResponse:
    """The same as a file, all of it."""
    user = _auditor(request)
    asked = AskedForm(request.GET).asked()
    note(Kind.AUDIT_READ, user, what="csv", request=request)
    rows = reading.audit_csv(reading.audit_rows(mask_for(user), asked))
    response = StreamingHttpResponse(rows, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="tumen-audit-{timezone.now():%Y-%m-%d}.csv"'
    return response  # type: ignore[return-value]


def _auditor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    if not may(request.user, Permission.AUDIT):
        raise PermissionDenied
    return request.user
