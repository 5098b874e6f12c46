"""From a user's memberships to the mask that every reading function demands.

The classes of what can be shown: `narrative` (testimony and free text), `identity` (names, contacts, features, exact
birth), `notes` (the office's own remarks). Coded facts need none. A role grants classes in its compartment; as long as
one mask stands for all compartments of a user, a class counts only where every role of hers grants it.
"""

from __future__ import annotations

from tumen.archive import versions
from tumen.columns import ALL, Mask
from tumen.guard.models import Membership, User

NARRATIVE, IDENTITY, NOTES = "narrative", "identity", "notes"

CLASSES: dict[str, frozenset[str]] = {
    Membership.Role.INVESTIGATOR: frozenset({NARRATIVE, IDENTITY, NOTES}),
    Membership.Role.CODER: frozenset({NARRATIVE, IDENTITY, NOTES}),
    Membership.Role.ANALYST: frozenset({NARRATIVE}),
    Membership.Role.READER: frozenset(),
}

WRITERS = frozenset({Membership.Role.INVESTIGATOR, Membership.Role.CODER})

SYSTEM = Mask(ALL, frozenset({NARRATIVE, IDENTITY, NOTES}))
"""The mask of the archive's own machinery: building columns, checking, the person who holds the passphrase."""


def mask_for(user: User) -> Mask:
    """Return what `user` may see; someone without membership sees nothing."""
    roles = roles_of(user)
    if not roles:
        return Mask(frozenset(), frozenset())
    classes = frozenset.intersection(*(CLASSES[role] for role in roles.values()))
    return Mask(frozenset(roles), classes)


def may_write(user: User, compartment: int) -> bool:
    """Say whether `user` may take in and code sources of this compartment."""
    return roles_of(user).get(compartment) in WRITERS


def writable(user: User) -> list[int]:
    """Return the compartments whose sources `user` may take in and code."""
    return [compartment for compartment, role in roles_of(user).items() if role in WRITERS]


def roles_of(user: User) -> dict[int, str]:
    """Return a user's role by compartment."""
    rows = versions.visible(Membership.objects.filter(user=user.pk))
    return dict(rows.values_list("compartment_id", "role"))
