"""Verbs of access: compartments, users, memberships, and the passwords and factors of people who lost theirs."""

from __future__ import annotations

from tumen.archive.backend.base import plainly
from tumen.archive.changes import OpenChange
from tumen.guard import passwords, second_factor, sessions
from tumen.guard.audit import Kind, note
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


def give_password(user: User, by: User | None) -> str:
    """Give `user` a random password that is good for one login, and return it; every login of hers ends.

    `by` is who gives it, None for whoever holds the passphrase. At her next login she must choose her own.
    """
    password = passwords.one_time()
    user.set_password(password)
    user.one_time = True
    with plainly("saving a change"):
        user.save(update_fields=["password", "one_time"])
    sessions.end_all(user.pk)
    note(Kind.PASSWORD, by, about=user.pk, what="one-time")
    return password


def forget_factors(user: User, by: User | None) -> None:
    """Remove the app, keys and codes of somebody who lost them; every login of hers ends, the next sets up new ones."""
    second_factor.forget(user)
    sessions.end_all(user.pk)
    note(Kind.FACTOR_REMOVED, by, about=user.pk, what="all")
