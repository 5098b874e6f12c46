"""Pages about one source: overview, text, original."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from tumen.archive.errors import DamagedObject, Erased
from tumen.columns import Mask
from tumen.guard import masks
from tumen.guard import reading as opening
from tumen.guard.errors import Refused
from tumen.guard.models import User
from tumen.guard.permissions import Permission
from tumen.sources import lists, names, queries
from tumen.sources.models import Source, Text
from tumen.sources.templatetags.source_words import edtf
from tumen.sources.views.access import of_source, user_of


@of_source
def detail(request: HttpRequest, source: Source, mask: Mask) -> HttpResponse:
    """Everything about a source except its text."""
    return render(request, "sources/detail.html", overview(request, source, mask))


def overview(request: HttpRequest, source: Source, mask: Mask) -> dict[str, object]:
    """Return what the overview page shows."""
    rests_on, hidden = queries.citations(mask, source)
    facts = _facts(source, mask)
    return {
        "source": source,
        "facts": [(label, value) for label, value in facts if value],
        "not_recorded": [label for label, value in facts if not value],
        "files": queries.files(mask, source),
        "texts": queries.texts(source),
        "open_texts": queries.open_texts(mask, source),
        "reviewed_texts": names.reviewed(Text, [text.pk for text in queries.texts(source)]),
        "shows_lengths": mask.opens(masks.IDENTITY, source.compartment_id),
        "may_review": masks.may_write(user_of(request), source.compartment_id)
        and mask.opens(masks.IDENTITY, source.compartment_id),
        "note": opening.read_one(mask, source, "note"),
        "claims": [(str(model._meta.verbose_name), count) for model, count in queries.claims(source)],
        "rests_on": rests_on,
        "hidden_citations": hidden,
        "cited_by": queries.cited_by(mask, source),
        "history": queries.history(mask, source),
        "may_change": masks.may_write(user_of(request), source.compartment_id),
        "may_read": mask.opens(masks.NARRATIVE, source.compartment_id),
    }


def _facts(source: Source, mask: Mask) -> list[tuple[str, str]]:
    """Return what is known about a source, in the order of the page; what nobody recorded is empty."""
    person = User.objects.filter(pk=source.assignee).first() if source.assignee else None

    def opened(name: str) -> str:
        shown = opening.read_one(mask, source, name)
        return gettext("(erased)") if shown.why == "erased" else shown.text

    grade = source.reliability and f"{source.reliability}, {lists.label('reliability', source.reliability)}"
    return [
        (gettext("Kind"), lists.label("source_kind", source.kind)),
        (gettext("Status"), str(source.get_status_display())),
        (gettext("Who works on it"), person.username if person else ""),
        (gettext("Compartment"), source.compartment.title),
        (gettext("Language"), lists.label("language", source.language)),
        (gettext("Published"), edtf(source.published)),
        (gettext("Publisher"), opened("publisher")),
        (gettext("Channel"), opened("channel")),
        (gettext("Collector"), opened("collector")),
        (gettext("Reliability"), grade),
        *([(gettext("Risk"), opened("risk"))] if mask.opens(masks.NOTES, source.compartment_id) else []),
        (gettext("Embargo until"), edtf(source.embargo)),
    ]


@of_source
def text(request: HttpRequest, source: Source, mask: Mask, number_of_text: int) -> HttpResponse:
    """One rendition of a source, to read."""
    row = queries.get_text(source, number_of_text)
    return render(request, "sources/text.html", {"source": source, "text": row, "body": queries.body(mask, row)})


@of_source
def original(request: HttpRequest, source: Source, mask: Mask, number_of_file: int) -> HttpResponseBase:
    """The file as it came, decrypted as it is sent."""
    if not mask.opens(masks.NARRATIVE, source.compartment_id):
        raise Refused(Permission.NARRATIVE)
    row = queries.get_original(source, number_of_file)
    name = next(file.name.text for file in queries.files(mask, source) if file.original.pk == row.pk)
    try:
        pieces = queries.begun(queries.content(row))
    except (DamagedObject, Erased) as error:
        raise Http404(str(error)) from error
    answer = StreamingHttpResponse(pieces, content_type="application/octet-stream")
    answer.headers["Content-Length"] = str(row.size)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Disposition"] = _attachment(name or f"original-{row.pk}")
    return answer


def _attachment(name: str) -> str:
    from django.utils.http import content_disposition_header

    return content_disposition_header(as_attachment=True, filename=name) or "attachment"
