"""What roles add up to, and what belongs to one user alone."""

from __future__ import annotations

import pytest

from tumen.archive.changes import change
from tumen.coding.services import drafts
from tumen.guard.masks import NARRATIVE, mask_for, may_write, writable
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.services import enrol, make_compartment

pytestmark = pytest.mark.usefixtures("archive")


def enrolled(name: str, **roles: str) -> tuple[User, dict[str, Compartment]]:
    user = User.objects.create(username=name)
    with change(1, "enrolled") as c:
        places = {code: make_compartment(c, code, code) for code in roles}
        for code, role in roles.items():
            enrol(c, user, places[code], role)
    return user, places


def test_a_class_counts_only_where_every_role_grants_it() -> None:
    user, places = enrolled("two roles", first=Membership.Role.CODER, second=Membership.Role.READER)
    assert mask_for(user).classes == frozenset()
    assert mask_for(user).compartments == {place.pk for place in places.values()}
    assert writable(user) == [places["first"].pk] and not may_write(user, places["second"].pk)
    other, _places = enrolled("analyst", third=Membership.Role.ANALYST, fourth=Membership.Role.CODER)
    assert mask_for(other).classes == {NARRATIVE}


def test_a_role_that_was_taken_back_shows_nothing_at_once() -> None:
    user, places = enrolled("gone", first=Membership.Role.CODER)
    with change(1, "left the group") as c:
        c.retract(Membership.objects.get(user=user))
    assert mask_for(user).compartments == frozenset() and mask_for(user).classes == frozenset()
    assert not may_write(user, places["first"].pk)


def test_a_draft_is_its_writers_alone() -> None:
    drafts.keep(1, 7, "act-new-1", {"summary": ["what I heard"]})
    assert drafts.take(1, 7, "act-new-1") == {"summary": ["what I heard"]}
    assert drafts.take(2, 7, "act-new-1") is None and drafts.kept(2, 7) == []
    drafts.discard(2, 7, "act-new-1")
    assert drafts.take(1, 7, "act-new-1") is not None
