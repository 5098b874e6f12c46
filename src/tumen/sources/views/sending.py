"""Uploads in pieces, after the core of tus 1.0: POST announces, HEAD asks how far, PATCH adds, DELETE gives up.

The island that speaks it is frontend/src/islands/upload.ts. The answer to the last piece is what became of the file,
as JSON: {"url", "title", "note"} or {"error"}.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from tumen.archive.errors import ArchiveError
from tumen.archive.sentences import told
from tumen.sources.errors import BrokenOff, NoSuchUpload, SourceError, TooMuch, WrongOffset
from tumen.sources.forms import FactsForm
from tumen.sources.models import Source, Upload
from tumen.sources.queries import title
from tumen.sources.services import uploads
from tumen.sources.services.intake import sentences
from tumen.sources.views.access import sending, user_of
from tumen.text.extract import CannotRead, NoReader

BODY = "application/offset+octet-stream"


@sending
@require_POST
def announce(request: HttpRequest) -> HttpResponse:
    """Begin an upload, or say how far the one of the same file got."""
    try:
        length = int(request.headers["Upload-Length"])
        said = _metadata(request.headers.get("Upload-Metadata", ""))
        name, modified = said.pop("filename"), said.pop("lastmodified", "")
    except (KeyError, ValueError, binascii.Error):
        return _refused(gettext("The browser did not say what it wants to send; choose the file again."), 400)
    form = FactsForm(user_of(request), said)
    if length < 0 or not form.is_valid():
        return _refused(form.problems(), 400)
    try:
        upload = uploads.begin(user_of(request), name, length, modified[:40], form.facts())
    except TooMuch as error:
        return _refused(told(str(error)), 413)
    answer = _settled(upload) or HttpResponse(status=201)
    answer["Location"] = reverse("sources:piece", args=[upload.pk])
    return _told(answer, upload)


@sending
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def piece(request: HttpRequest, token: str) -> HttpResponse:
    """Say how far an upload got, take its next piece, or give it up."""
    try:
        upload = uploads.find(user_of(request), token)
    except NoSuchUpload as error:
        return _refused(told(str(error)), 404)
    if request.method == "DELETE":
        uploads.discard(upload)
        return _told(HttpResponse(status=204))
    if request.method == "HEAD":
        # A server that died after the last piece had no time to read the file.
        return _told(_settled(upload) or HttpResponse(), upload)
    return _told(_append(request, upload), upload)


def _append(request: HttpRequest, upload: Upload) -> HttpResponse:
    if request.headers.get("Content-Type") != BODY:
        return _refused(gettext("A piece of a file comes as %(type)s.") % {"type": BODY}, 415)
    try:
        uploads.append(upload, int(request.headers.get("Upload-Offset", "-1")), request)  # type: ignore[arg-type]
    except ValueError:
        return _refused(gettext("The browser did not say where the piece belongs."), 400)
    except WrongOffset as error:
        upload.received = error.received
        return _refused(told(str(error)), 409)
    except TooMuch as error:
        return _refused(told(str(error)), 413)
    except (BrokenOff, ArchiveError) as error:
        # Not 5xx: the island would try the same at once, and a full disk stays full.
        return _refused(told(str(error)), 422)
    return _settled(upload) or HttpResponse(status=204)


def _settled(upload: Upload) -> HttpResponse | None:
    """Take the file in when all of it is there and say what became of it; None while more is to come."""
    if upload.received < upload.length or upload.state != Upload.State.ARRIVING:
        return None
    try:
        taken = uploads.finish(upload)
    except CannotRead as reason:
        return _refused(" ".join(told(sentence) for sentence in sentences(reason)), 422)
    except (ArchiveError, SourceError, NoReader) as error:
        return _refused(told(str(error)), 422)
    if taken is None:
        return JsonResponse({"url": reverse("jobs"), "note": gettext("It has arrived and is being read.")})
    return JsonResponse(_result(taken.source, again=taken.again is not None, warnings=taken.warnings))


def _result(source: Source, again: bool, warnings: list[str]) -> dict[str, Any]:
    result = {"url": reverse("sources:detail", args=[source.pk]), "title": title(source)}
    if again:
        result["note"] = gettext("It is in the archive already; nothing was added.")
    elif warnings:
        result["note"] = gettext("Taken in.") + " " + " ".join(told(warning) for warning in warnings)
    return result


def _metadata(header: str) -> dict[str, str]:
    """Return the pairs of an Upload-Metadata header: a key and, in base64, its value."""
    said = {}
    for pair in header.split(","):
        key, _, value = pair.strip().partition(" ")
        said[key] = base64.b64decode(value, validate=True).decode()
    return said


def _refused(words: str, status: int) -> HttpResponse:
    return JsonResponse({"error": words}, status=status)


def _told(answer: HttpResponse, upload: Upload | None = None) -> HttpResponse:
    answer["Tus-Resumable"] = "1.0.0"
    answer["Cache-Control"] = "no-store"
    if upload is not None:
        answer["Upload-Offset"], answer["Upload-Length"] = str(upload.received), str(upload.length)
    return answer
