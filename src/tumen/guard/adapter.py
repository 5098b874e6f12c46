"""How allauth behaves here: accounts are made by the group, never by a visitor; guessing is slowed, never rewarded."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.shortcuts import resolve_url

from tumen.guard.audit import Kind, note
from tumen.guard.models import User
from tumen.guard.sessions import address_of


class Adapter(DefaultAccountAdapter):
    """No sign-up page, no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see `guard.services.make_user`."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Go on to the desk."""
        return resolve_url("home")

    def get_client_ip(self, request: HttpRequest) -> str:
        """Return what the list of logins shows, so that limits and audit mean the same address."""
        return address_of(request)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Refuse to try a password while too many were tried, for names that exist and that do not, and note it."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError:
            known = User.objects.filter(username=credentials.get("username", "")).values_list("pk", flat=True).first()
            note(Kind.LOGIN_SLOWED, None, about=known, request=request)
            raise
