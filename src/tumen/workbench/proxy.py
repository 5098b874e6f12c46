"""Serving behind a TLS proxy on this machine, for an office whose browsers are on other machines."""

from __future__ import annotations

from urllib.parse import urlsplit

import click
from django.conf import settings


def https_origin(text: str) -> str:
    """Return `text` when it is an https address without a path, such as https://tumen.office.example.

    Raises click.BadParameter.
    """
    parts = urlsplit(text.rstrip("/"))
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query or parts.username:
        raise click.BadParameter(f"{text!r} is no address such as https://tumen.office.example.")
    return f"https://{parts.netloc}"


def serve_behind(origin: str) -> None:
    """Answer under `origin` too, and let cookies travel over https only. Called before the web worker starts.

    The proxy must listen on its own, pass the Host header on, set X-Forwarded-Proto, whatever the browser sent, and add
    the browser's address at the end of X-Forwarded-For. Cookies get the prefix with which browsers bind them to this
    host and to https.
    """
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, urlsplit(origin).hostname]
    settings.CSRF_TRUSTED_ORIGINS = [origin]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = settings.LANGUAGE_COOKIE_SECURE = True
    settings.SESSION_COOKIE_NAME = "__Host-sessionid"
    settings.CSRF_COOKIE_NAME = "__Host-csrftoken"
    settings.LANGUAGE_COOKIE_NAME = "__Host-language"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
