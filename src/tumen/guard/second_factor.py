"""The second factor of a login: an app's codes or a security key, and recovery codes on paper.

allauth does the work (RFC 6238, WebAuthn by python-fido2). Here stands who must have one, how its secrets are sealed,
and that a code is good once.
"""

from __future__ import annotations

import base64
import os

from allauth.mfa import app_settings
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.base import forms
from allauth.mfa.models import Authenticator
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.cache import cache
from django.utils.translation import gettext_lazy as _

from tumen.archive import folder, properties
from tumen.archive.errors import DamagedKeys
from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.guard.permissions import Permission

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def is_missing(user: User) -> bool:
    """Say whether `user` must set up a second factor before she gets any page.

    Who may open identities or keep accounts needs one; in a demonstration archive there is nothing to protect.
    """
    if not settings.SECOND_FACTOR_REQUIRED or has_one(user):
        return False
    return (may(user, Permission.IDENTITY) or may(user, Permission.ADMINISTER)) and not properties.is_demonstration()


def has_one(user: User) -> bool:
    """Say whether `user` has set up an app or a key."""
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists()


def has_key(user: User) -> bool:
    """Say whether `user` has a security key."""
    return Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN).exists()


def forget(user: User) -> int:
    """Remove every factor of `user`, for somebody who has lost hers: she sets up new ones at her next login."""
    removed: int = Authenticator.objects.filter(user=user).delete()[0]
    return removed


class Adapter(DefaultMFAAdapter):
    """Secrets of the second factor are sealed under a key of the archive's own for this."""

    error_messages = {**DefaultMFAAdapter.error_messages, "incorrect_code": _("This code or key is not right.")}

    def encrypt(self, text: str) -> str:
        """Seal the secret of an app, or the seed of recovery codes."""
        nonce = os.urandom(12)
        return base64.b64encode(nonce + _cipher().encrypt(nonce, text.encode(), None)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open it. Raises DamagedKeys when it was sealed by another archive or altered."""
        try:
            sealed = base64.b64decode(encrypted_text, validate=True)
            return _cipher().decrypt(sealed[:12], sealed[12:], None).decode()
        except (InvalidTag, ValueError) as error:
            raise DamagedKeys("A secret of a second factor does not open: it is of another archive.") from error


class _Once:
    """A code that was accepted is refused for as long as a clock would still accept it."""

    user: User

    def clean_code(self) -> str:
        code: str = super().clean_code()  # type: ignore[misc]
        lasting = app_settings.TOTP_PERIOD * (2 * app_settings.TOTP_TOLERANCE + 1)
        if not cache.add(f"used-code:{self.user.pk}:{''.join(code.split())}", True, timeout=lasting):
            raise Adapter().validation_error("incorrect_code")
        return code


class AuthenticateForm(_Once, forms.AuthenticateForm):
    """A code at login."""


class ReauthenticateForm(_Once, forms.ReauthenticateForm):
    """A code to confirm who one is."""


def _cipher() -> AESGCM:
    return AESGCM(folder.current().key.derive("second-factor"))
