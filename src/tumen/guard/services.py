"""Verbs of access: compartments, users, roles, suspensions, and the passwords and factors of people who lost theirs."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.db.models import QuerySet

from tumen.archive import versions
from tumen.archive.backend.base import plainly
from tumen.archive.changes import OpenChange
from tumen.guard import passwords, second_factor, sessions
from tumen.guard.audit import Kind, note
from tumen.guard.errors import CannotEnrol, LastAdministrator
from tumen.guard.models import Compartment, Membership, Suspension, User
from tumen.guard.permissions import ROLES, Permission, with_permission


def make_compartment(c: OpenChange, code: str, title: str) -> Compartment:
    """Add a compartment."""
    return c.insert(Compartment, code=code, title=title)


def make_user(username: str, password: str, language: str = "en", one_time: bool = False) -> User:
    """Add someone who can log in; what she sees comes with her memberships. Raises DiskFull.

    A `one_time` password, which somebody else chose for her, is good for one login: then she chooses her own.
    """
    user = User(username=username, language=language, one_time=one_time)
    user.set_password(password)
    with plainly("saving a change"):
        user.save()
    return user


def open_account(c: OpenChange, username: str, password: str, one_time: bool) -> User:
    """Add someone who can log in, once name and password are fit for it. Raises ValidationError, DiskFull."""
    account = User(username=username)
    account.full_clean(exclude=["password"])
    validate_password(password, account)
    made = make_user(username, password, one_time=one_time)
    note(Kind.USER, c.actor, about=made.pk, what="made")
    return made


def enrol(c: OpenChange, user: User, compartment: Compartment | None, role: str) -> Membership:
    """Give a user a role in a compartment, or, without one, in the archive as a whole; a role she has stays.

    Raises CannotEnrol.
    """
    if role not in ROLES:
        raise CannotEnrol(f"There is no role “{role}”; there are {', '.join(ROLES)}.")
    if ROLES[role].whole_archive and compartment is not None:
        raise CannotEnrol(f"The role {role} stands in the archive as a whole, not in a compartment.")
    if not ROLES[role].whole_archive and compartment is None:
        raise CannotEnrol(f"The role {role} stands in a compartment: say which.")
    there = versions.visible(Membership.objects.filter(user=user.pk, compartment=compartment, role=role)).first()
    return there or c.insert(Membership, user=user, compartment=compartment, role=role)


def appoint(c: OpenChange, user: User, compartment: Compartment | None, role: str) -> Membership:
    """Give a user a role as an administrator does, who gives none to herself: she sees no case. Raises CannotEnrol."""
    if c.actor == user.pk:
        raise CannotEnrol("Nobody gives herself a role: another administrator has to.")
    given = enrol(c, user, compartment, role)
    _note_role(c, given, f"{role} given")
    return given


def withdraw(c: OpenChange, membership: Membership) -> Membership:
    """Take a role back. Raises LastAdministrator."""
    _note_role(c, membership, f"{membership.role} taken back")
    return c.retract(membership)


def suspend(c: OpenChange, user: User) -> Suspension:
    """Keep a user from logging in, at once; what she did keeps her name. Raises LastAdministrator."""
    there = versions.visible(Suspension.objects.filter(user=user.pk)).first()
    if there is None:
        there = c.insert(Suspension, user=user)
        note(Kind.USER, c.actor, about=user.pk, what="closed")
        sessions.end_all(user.pk)
    return there


def readmit(c: OpenChange, user: User) -> None:
    """Let a suspended user log in again, with the roles she had."""
    for standing in versions.visible(Suspension.objects.filter(user=user.pk)):
        c.retract(standing)
        note(Kind.USER, c.actor, about=user.pk, what="opened")


def _note_role(c: OpenChange, membership: Membership, what: str) -> None:
    place = membership.compartment_id
    note(Kind.ROLE, c.actor, about=membership.user_id, compartment=place, what=what)


def administrators() -> QuerySet[User]:
    """Return the users who can log in and may give roles."""
    roles = [role.name for role in with_permission(Permission.ADMINISTER)]
    holding = versions.visible(Membership.objects.filter(role__in=roles)).values("user")
    return User.objects.filter(is_active=True, pk__in=holding)


def keep_an_administrator(membership: Membership) -> None:
    """Refuse that the last administrator loses her role, undo included. Raises LastAdministrator."""
    if membership.retracted and Permission.ADMINISTER in ROLES[membership.role].permissions:
        _refuse_none_left()


def follow_suspension(suspension: Suspension) -> None:
    """Let a user log in unless a suspension of hers stands. Raises LastAdministrator."""
    administered = administrators().filter(pk=suspension.user_id).exists()
    stands = versions.visible(Suspension.objects.filter(user=suspension.user_id)).exists()
    User.objects.filter(pk=suspension.user_id).update(is_active=not stands)
    if administered and stands:
        _refuse_none_left()


def _refuse_none_left() -> None:
    if not administrators().exists():
        raise LastAdministrator("Somebody else must be an administrator first: nobody could give roles any more.")


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
