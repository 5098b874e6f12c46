"""Who has which roles: what the pages of users show. Nothing here speaks of a case."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import QuerySet

from tumen.archive import versions
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.permissions import ROLES


@dataclass
class Person:
    """A user with the roles that stand, those in the whole archive first."""

    user: User
    roles: list[Membership] = field(default_factory=list)


def people() -> list[Person]:
    """Return every user by name, suspended ones last."""
    held: dict[int, list[Membership]] = defaultdict(list)
    rows = versions.visible(Membership.objects.select_related("compartment"))
    for role in sorted(rows, key=lambda role: (role.compartment.title if role.compartment else "", role.pk)):
        held[role.user_id].append(role)
    return [Person(user, held[user.pk]) for user in User.objects.order_by("-is_active", "username")]


def person(number: int) -> Person | None:
    """Return one user, or None."""
    return next((each for each in people() if each.user.pk == number), None)


def compartments() -> QuerySet[Compartment]:
    """Return the compartments by title."""
    return versions.visible(Compartment.objects.all()).order_by("title")


def history(user: User) -> list[tuple[versions.Version, Membership]]:
    """Return what happened to a user's roles, newest first."""
    rows = Membership.objects.filter(user=user.pk).select_related("compartment")
    steps = [(step, row) for row in rows for step in versions.history(row)]
    return sorted(steps, key=lambda step: -step[0].change.seq)


def offered() -> list[tuple[str, str, bool]]:
    """Return the roles to choose from: code, name, whether it stands in the whole archive."""
    return [(name, str(Membership.Role(name).label), role.whole_archive) for name, role in ROLES.items()]
