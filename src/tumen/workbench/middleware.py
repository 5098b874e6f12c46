"""What every answer of the workbench says to the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


def unkept(answer: Answer) -> Answer:
    """Tell browsers to keep no page: their caches are files beside the archive, and readable ones.

    An answer that says itself how long it may be kept, such as a list of terms, is left as it is.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        if not response.has_header("Cache-Control") and not response.has_header("Last-Modified"):
            response["Cache-Control"] = "no-store"
        return response

    return answered
