"""Lists and tables as files, written while they are sent."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from tumen.counting.views.asked import asked


@asked
def export_list(request: HttpRequest, unit: str, form: str) -> HttpResponse:
    raise Http404


@asked
def export_table(request: HttpRequest, form: str) -> HttpResponse:
    raise Http404
