"""The page where files come in, and what became of those that did."""

from __future__ import annotations

import contextlib

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from tumen.archive.errors import ArchiveError
from tumen.archive.sentences import told
from tumen.guard.masks import mask_for
from tumen.guard.models import Compartment
from tumen.sources import queries, services
from tumen.sources.errors import NoSuchUpload, SourceError
from tumen.sources.forms import FactsForm
from tumen.sources.models import Upload
from tumen.sources.services import uploads
from tumen.sources.services.intake import sentences
from tumen.sources.views.access import adding, user_of
from tumen.text import safe_name
from tumen.text.extract import CannotRead, NoReader


@adding
def add(request: HttpRequest) -> HttpResponse:
    """Choose files and say what they are. Without scripts the form takes one small file."""
    form = FactsForm(user_of(request), request.POST or None)
    if request.method == "POST" and form.is_valid():
        file = request.FILES.get("files")
        if file is None:
            words = gettext("Choose a file. Without scripts in your browser it may have 8 MB at most.")
            form.add_error(None, words)
        elif (number := _take(request, form, file)) is not None:
            return redirect("sources:detail", number)
    return render(request, "sources/add.html", {"form": form, **_arrived(request)})


@adding
def arrived(request: HttpRequest) -> HttpResponse:
    """What became of the files, as a part of the page."""
    return render(request, "sources/uploads.html", _arrived(request))


@adding
@require_POST
def decide(request: HttpRequest, token: str) -> HttpResponse:
    """Try a file that could not be read again, keep it without a text, or remove it."""
    try:
        upload = uploads.find(user_of(request), token)
    except NoSuchUpload as error:
        raise Http404(str(error)) from error
    if "discard" in request.POST:
        uploads.discard(upload)
    elif upload.state == Upload.State.FAILED:
        # A failure is told beside the file.
        with contextlib.suppress(CannotRead, SourceError, ArchiveError, NoReader):
            uploads.finish(upload, keep_unreadable="keep" in request.POST)
    return redirect("sources:add")


def _take(request: HttpRequest, form: FactsForm, file: UploadedFile) -> int | None:
    """Take one file of an ordinary form in and return its source, or add to the form why not."""
    user = user_of(request)
    facts = form.facts()
    compartment = Compartment.objects.get(pk=facts.pop("compartment"))
    try:
        why = "taken in from a browser"
        name = file.name or ""
        taken = services.take_in(user.pk, file.chunks(), name, compartment, sees=mask_for(user), why=why, **facts)
    except CannotRead as reason:
        form.add_error(None, " ".join(told(sentence) for sentence in sentences(reason)))
        return None
    except (SourceError, ArchiveError, NoReader) as error:
        form.add_error(None, told(str(error)))
        return None
    if taken.again:
        messages.info(request, gettext("It is in the archive already; nothing was added."))
    return taken.source.pk


def _arrived(request: HttpRequest) -> dict[str, object]:
    user = user_of(request)
    rows = queries.uploads(user)
    seen = queries.visible(mask_for(user)).in_bulk([row.source for row in rows if row.source])
    shown = [(row, safe_name(uploads.file_name(row)), seen.get(row.source or 0)) for row in rows]
    return {"uploads": shown, "busy": any(row.state == Upload.State.WAITING for row in rows)}
