"""How allauth behaves here: accounts are made by the group, never by a visitor."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class Adapter(DefaultAccountAdapter):
    """No sign-up page, no mail."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: see `guard.services.make_user`."""
        return False
