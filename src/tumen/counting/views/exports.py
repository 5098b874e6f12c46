"""Lists and tables as files, written while they are sent."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils import timezone

from tumen import formats
from tumen.counting.fields import UNIT_LABELS
from tumen.counting.queries import asking, exporting, forms
from tumen.counting.streaming import streamed
from tumen.counting.views.asked import asked, language, mask_of, pairs
from tumen.guard.audit import Kind, note
from tumen.guard.permissions import Permission


@asked
def export_list(request: HttpRequest, unit: str, form: str) -> HttpResponse:
    """A list as a file: all its rows, the columns chosen, in its order."""
    if unit not in UNIT_LABELS or form not in formats.NAMES:
        raise Http404
    query = asking.parse(forms.text_of([("unit", unit), *(pair for pair in pairs(request) if pair[0] != "unit")]))
    mask = mask_of(request, Permission.EXPORT)
    return _sent(request, exporting.list_export(query, mask, request.user.pk or 0, language(request), form), form)


@asked
def export_table(request: HttpRequest, form: str) -> HttpResponse:
    """A table as a file."""
    if form not in formats.NAMES:
        raise Http404
    spec = asking.parse_table(forms.text_of(pairs(request)))
    mask = mask_of(request, Permission.EXPORT)
    return _sent(request, exporting.table_export(spec, mask, request.user.pk or 0, language(request)), form)


def _sent(request: HttpRequest, export: exporting.Export, form: str) -> HttpResponse:
    """Note the export, then send it: what cannot be noted is not sent."""
    note(Kind.EXPORT, request.user.pk, what=f"{export.name} {form}", count=export.count, request=request)
    response = StreamingHttpResponse(
        streamed(lambda file: export.write(form, file)), content_type=formats.get(form).media_type
    )
    name = f"{export.name}-{timezone.now():%Y-%m-%d}.{form}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]
