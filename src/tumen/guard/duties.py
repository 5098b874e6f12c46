"""What a user may do beyond reading and writing records, asked in one place so that roles can grow behind it."""

from __future__ import annotations

from tumen.guard.masks import CLASSES, IDENTITY, roles_of
from tumen.guard.models import User


def may_reveal(user: User) -> bool:
    """Say whether any role of `user` opens identities: she then needs a second factor."""
    return any(IDENTITY in CLASSES[role] for role in roles_of(user).values())


def may_administer(user: User) -> bool:
    """Say whether `user` keeps accounts: sets passwords, ends logins, looks after backups."""
    return user.is_superuser


def may_audit(user: User) -> bool:
    """Say whether `user` reads the audit."""
    return user.is_superuser
