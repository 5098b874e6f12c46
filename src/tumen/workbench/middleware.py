"""What every answer of the workbench says to the browser."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext as _

from tumen.guard.errors import Refused
from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.workbench import access

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


class AsksPermission:
    """Refuse an address to whoever lacks the permission that `access` lists for it, before anything is looked up.

    Who is not logged in is left to the page, which sends her to the login.
    """

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer as ever."""
        return self._answer(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Raise Refused."""
        user, match = request.user, request.resolver_match
        if not isinstance(user, User) or match is None:
            return
        listed = access.needs(match.view_name)
        needed = access.NOBODY
        if listed is not None:
            # A page that takes nothing may answer what is sent like what is asked: it asks for as much.
            takes = is_sent(request) and listed.to_send != access.NOBODY
            needed = listed.to_send if takes else listed.to_open
        if needed in (access.ANYBODY, access.USER) or (listed is not None and needed == access.NOBODY):
            return  # what takes nothing answers that itself
        if not may(user, needed):
            raise Refused(needed)


def is_sent(request: HttpRequest) -> bool:
    """Say whether a request sends something, and does not only look."""
    return request.method not in ("GET", "HEAD", "OPTIONS")
