"""From a user's roles to the mask that every reading function demands, and to what she may do where.

The classes of what can be shown are permissions: `narrative` (testimony and free text) and `search` (looking for words
in it), `identity` (names, contacts, features, exact birth), `notes` (the office's own remarks). Coded facts need none
but `see`. What a role opens in one compartment it opens there alone. Testimony names people, so that without `identity`
its classes are weaker ones, which open nothing but texts whose names a person has reviewed.
"""

from __future__ import annotations

from collections import defaultdict

from tumen.archive import changes, folder, versions
from tumen.columns import ALL, Grant, Mask
from tumen.guard import permissions
from tumen.guard.models import Membership, User
from tumen.guard.permissions import CLASSES, OF_THE_ARCHIVE, Permission
from tumen.places import Precision

NARRATIVE, SEARCH, IDENTITY, NOTES = (
    Permission.NARRATIVE.value,
    Permission.SEARCH.value,
    Permission.IDENTITY.value,
    Permission.NOTES.value,
)

REVIEWED, SEARCH_REVIEWED = "reviewed narrative", "reviewed search"
"""What narrative and search come to for roles that may not see identities: only texts whose names were reviewed."""

SYSTEM = Mask(ALL, frozenset({NARRATIVE, SEARCH, IDENTITY, NOTES}))
"""The mask of the archive's own machinery: building columns, checking, the person who holds the passphrase."""


def mask_for(user: User, *needed: str) -> Mask:
    """Return what `user` may see; someone without membership sees nothing.

    Where permissions are `needed` for what is done with it (export), only compartments in which she holds them all.
    """
    grants = {}
    for compartment, roles in _roles(user).items():
        held = permissions.union(roles)
        if compartment is not None and Permission.SEE in held and held.issuperset(needed):
            finest = permissions.finest(roles)
            grants[compartment] = Grant(_classes(held), "" if finest is Precision.EXACT else finest.value)
    return Mask.of(grants)


def _classes(held: frozenset[Permission]) -> frozenset[str]:
    """Return the classes that permissions open. Words name people: without identity only reviewed ones are opened."""
    classes = {each.value for each in CLASSES & held}
    if IDENTITY not in classes:
        weaker = {NARRATIVE: REVIEWED, SEARCH: SEARCH_REVIEWED}
        classes = {weaker.get(each, each) for each in classes}
    return frozenset(classes)


def may(user: User, permission: str, compartment: int | None = None) -> bool:
    """Say whether `user` holds a permission in a compartment; without one: anywhere, or in the archive as a whole."""
    roles = _roles(user)
    if permission in OF_THE_ARCHIVE:
        return permission in permissions.union(roles.get(None, ()))
    if compartment is not None:
        return permission in permissions.union(roles.get(compartment, ()))
    return bool(where(user, permission))


def where(user: User, permission: str) -> list[int]:
    """Return the compartments in which `user` holds a permission."""
    return [
        compartment
        for compartment, roles in _roles(user).items()
        if compartment is not None and permission in permissions.union(roles)
    ]


def held(user: User) -> frozenset[str]:
    """Return every permission that `user` holds somewhere: what menus offer her."""
    return frozenset(each.value for roles in _roles(user).values() for each in permissions.union(roles))


def may_write(user: User, compartment: int) -> bool:
    """Say whether `user` may take in and code sources of this compartment."""
    return may(user, Permission.CODE, compartment)


def writable(user: User) -> list[int]:
    """Return the compartments whose sources `user` may take in and code."""
    return where(user, Permission.CODE)


def _roles(user: User) -> dict[int | None, set[str]]:
    """Return the roles of a user by compartment, those in the archive as a whole under None.

    A page asks half a dozen times: what is kept is good until anything at all is written, and nothing is kept while a
    change is being made, whose roles may yet change.
    """
    global _kept
    if not user.is_active:
        return {}
    if changes.underway():
        return _stored_roles(user)
    now = (str(folder.current().folder), versions.newest())
    kept = _kept
    if kept[0] != now:
        kept = _kept = (now, {})
    if user.pk not in kept[1]:
        kept[1][user.pk] = _stored_roles(user)
    return kept[1][user.pk]


_kept: tuple[tuple[str, int], dict[int, dict[int | None, set[str]]]] = (("", -1), {})


def _stored_roles(user: User) -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = defaultdict(set)
    rows = versions.visible(Membership.objects.filter(user=user.pk))
    for compartment, role in rows.values_list("compartment_id", "role"):
        found[compartment].add(role)
    return dict(found)
