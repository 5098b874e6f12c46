"""What a user may do beyond reading and writing records, asked in one place so that roles can grow behind it."""

from __future__ import annotations

from tumen.guard.masks import may
from tumen.guard.models import User
from tumen.guard.permissions import Permission


def may_reveal(user: User) -> bool:
    """Say whether any role of `user` opens identities: she then needs a second factor."""
    return may(user, Permission.IDENTITY)


def may_administer(user: User) -> bool:
    """Say whether `user` keeps accounts: sets passwords, ends logins, looks after backups."""
    return may(user, Permission.ADMINISTER)


def may_audit(user: User) -> bool:
    """Say whether `user` reads the audit."""
    return may(user, Permission.AUDIT)
