"""Logins as rows: where and since when somebody is logged in, and how a login is ended at once.

The engine is Django's own for database sessions, with two differences: what a session holds is sealed under the archive
key, and the row says whose it is, so that it can be listed and ended. A deleted row is a login that has ended: the next
request finds nothing, and a request under way cannot bring it back.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from tumen.archive import folder
from tumen.archive.backend.base import plainly
from tumen.guard.models import Session

BEGAN, SEEN, ADDRESS, DEVICE, LOCKED = "began", "seen", "address", "device", "locked"
"""What a session holds besides what Django and allauth put into it; no name is among it."""

BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {"Android": "Android", "iPhone": "iPhone", "iPad": "iPad", "Windows": "Windows", "Mac OS": "macOS",
           "CrOS": "ChromeOS", "Linux": "Linux"}  # fmt: skip


class SessionStore(DatabaseStore):
    """Django's database sessions, sealed, each with its user."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Return our table."""
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """Return the row of a session; its columns say what the list shows."""
        row = super().create_model_instance(data)
        assert isinstance(row, Session)
        row.user = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.began, row.seen = (_moment(data.get(name)) for name in (BEGAN, SEEN))
        row.address, row.device = data.get(ADDRESS, ""), data.get(DEVICE, "")
        return row

    def encode(self, session_dict: dict[str, Any]) -> str:
        """Seal what a session holds."""
        nonce = os.urandom(12)
        sealed = _cipher().encrypt(nonce, json.dumps(session_dict, separators=(",", ":")).encode(), None)
        return base64.b64encode(nonce + sealed).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Open it; one that was altered or sealed by another archive is an empty session."""
        try:
            sealed = base64.b64decode(session_data, validate=True)
            held: dict[str, Any] = json.loads(_cipher().decrypt(sealed[:12], sealed[12:], None))
        except (InvalidTag, ValueError):
            return {}
        return held


@dataclass(frozen=True)
class Login:
    """One line of the list. `handle` names the session in a form without giving its key away."""

    handle: str
    user: int
    began: datetime
    seen: datetime
    address: str
    device: str
    is_this: bool


def logins(user: int | None, this: str | None = None) -> list[Login]:
    """Return who is logged in, newest sign of life first: one user's logins, or everybody's (None)."""
    rows = [row for row in _live(user) if row.user is not None and row.began is not None and row.seen is not None]
    return [
        Login(_handle(row.pk), row.user, row.began, row.seen, row.address, row.device, row.pk == this)  # type: ignore[arg-type]
        for row in sorted(rows, key=lambda row: row.seen or row.expire_date, reverse=True)
    ]


def end(handle: str, user: int | None) -> int | None:
    """End one login of a user (None: of anybody); return whose it was, None when there is none such."""
    for row in _live(user):
        if _handle(row.pk) == handle:
            _delete([row.pk])
            return row.user
    return None


def end_all(user: int, but: str | None = None) -> int:
    """End every login of a user, except the session with the key `but`; return how many there were."""
    keys = [row.pk for row in _live(user) if row.pk != but]
    _delete(keys)
    return len(keys)


def begin(request: HttpRequest) -> None:
    """Write into a session that has just logged in since when, where and with what."""
    now = timezone.now().timestamp()
    request.session.update({BEGAN: now, SEEN: now, ADDRESS: address_of(request), DEVICE: device_of(request)})


def address_of(request: HttpRequest) -> str:
    """Return the address of the browser; behind our own proxy, the one that the proxy gives."""
    address = request.META.get("REMOTE_ADDR", "")
    if settings.ALLAUTH_TRUSTED_PROXY_COUNT:
        address = request.META.get("HTTP_X_FORWARDED_FOR", address).rpartition(",")[2].strip()
    return str(address)[:45]


def device_of(request: HttpRequest) -> str:
    """Return browser and system, such as "Firefox, Windows", as far as the browser says."""
    agent = request.META.get("HTTP_USER_AGENT", "")
    found = (next((name for mark, name in known.items() if mark in agent), "") for known in (BROWSERS, SYSTEMS))
    return ", ".join(part for part in found if part)


def _live(user: int | None) -> Iterator[Session]:
    now = timezone.now()
    rows = Session.objects.filter(expire_date__gt=now, began__gt=now - timedelta(seconds=settings.LOGIN_SECONDS))
    yield from rows.filter(user=user) if user is not None else rows.exclude(user=None)


def _delete(keys: list[str]) -> None:
    with plainly("ending a login"), transaction.atomic():
        Session.objects.filter(pk__in=keys).delete()


def _handle(key: str) -> str:
    return hashlib.sha256(b"handle:" + key.encode()).hexdigest()[:20]


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _cipher() -> AESGCM:
    return AESGCM(folder.current().key.derive("sessions"))
