"""What every answer of the workbench says to the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]

APART = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [
            *(f"{feature}=()" for feature in (
                "accelerometer", "autoplay", "camera", "display-capture", "encrypted-media", "fullscreen",
                "geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment", "screen-wake-lock",
                "serial", "usb", "xr-spatial-tracking",
            )),
            *(f"{feature}=(self)" for feature in (
                "clipboard-write", "publickey-credentials-create", "publickey-credentials-get",
            )),
        ]
    ),
}  # fmt: skip
"""No other site may embed or read a page, and no page may use the machine's eyes and ears."""


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


def apart(answer: Answer) -> Answer:
    """Keep every answer, files and refusals included, apart from other sites and from the machine's sensors."""

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        for name, value in APART.items():
            response.setdefault(name, value)
        return response

    return answered


def page_is_left_standing(answer: Answer) -> Answer:
    """Answer a page's own request for a part of it with words and not with the login page.

    The login page would be put where the form was, and what was typed since its last draft would be gone with it.
    """

    def answered(request: HttpRequest) -> HttpResponse:
        response = answer(request)
        asks_for_a_part = "HX-Request" in request.headers and not request.user.is_authenticated
        if asks_for_a_part and response.headers.get("Location", "").startswith(resolve_url(settings.LOGIN_URL)):
            words = _(
                "You have been logged out, so this was not saved. What you typed is still here: "
                "log in again in another tab, come back and repeat it."
            )
            return HttpResponse(words, status=401, content_type="text/plain; charset=utf-8")
        return response

    return answered
