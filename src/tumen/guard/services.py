"""Verbs of access: compartments, users, memberships."""

from __future__ import annotations

from tumen.archive.backend.base import plainly
from tumen.archive.changes import OpenChange
from tumen.guard.models import Compartment, Membership, User


def make_compartment(c: OpenChange, code: str, title: str) -> Compartment:
    """Add a compartment."""
    return c.insert(Compartment, code=code, title=title)


def make_user(username: str, password: str, language: str = "en") -> User:
    """Add someone who can log in; what she sees comes with her memberships. Raises DiskFull."""
    user = User(username=username, language=language)
    user.set_password(password)
    with plainly("saving a change"):
        user.save()
    return user


def enrol(c: OpenChange, user: User, compartment: Compartment, role: str) -> Membership:
    """Give a user a role in a compartment."""
    return c.insert(Membership, user=user, compartment=compartment, role=role)
