"""What Django and allauth tell of logins, passwords and factors goes to the audit, and begins or ends logins."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from tumen.guard import sessions
from tumen.guard.audit import Kind, note
from tumen.guard.models import User


def connect() -> None:
    """Listen, once, when apps load."""
    for signal, heard in (
        (user_logged_in, _logged_in),
        (user_logged_out, _logged_out),
        (user_login_failed, _login_failed),
        (password_changed, _password_changed),
        (authenticator_added, _factor(Kind.FACTOR_ADDED)),
        (authenticator_removed, _factor(Kind.FACTOR_REMOVED)),
        (authenticator_reset, _factor(Kind.FACTOR_ADDED)),
        (authentication_failed, _factor(Kind.FACTOR_FAILED)),
    ):
        signal.connect(heard, weak=False, dispatch_uid=f"tumen audit {heard.__qualname__} {id(signal)}")


def _logged_in(request: HttpRequest, user: User, **_: Any) -> None:
    sessions.begin(request)
    note(Kind.LOGIN, user, request=request, what=sessions.device_of(request))


def _logged_out(request: HttpRequest, user: User | None, **_: Any) -> None:
    if user is not None:
        note(Kind.LOGOUT, user, request=request)


def _login_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Note whose name was tried. What was typed is not kept: people type a password into the wrong field."""
    known = User.objects.filter(username=credentials.get("username", "")).values_list("pk", flat=True).first()
    note(Kind.LOGIN_FAILED, None, about=known, request=request)


def _password_changed(request: HttpRequest, user: User, **_: Any) -> None:
    """A new password of one's own ends every other login, and what was good once is no more."""
    User.objects.filter(pk=user.pk).update(one_time=False)
    sessions.end_all(user.pk, but=request.session.session_key)
    note(Kind.PASSWORD, user, about=user.pk, what="own", request=request)


def _factor(kind: Kind) -> Any:
    def noted(request: HttpRequest, user: User, authenticator: Authenticator, **_: Any) -> None:
        is_codes = authenticator.type == Authenticator.Type.RECOVERY_CODES and kind == Kind.FACTOR_ADDED
        note(Kind.CODES if is_codes else kind, user, about=user.pk, what=authenticator.type, request=request)

    return noted
