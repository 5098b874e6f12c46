"""What roles add up to, and what belongs to one user alone."""

from __future__ import annotations

import pytest

from tumen.archive.changes import change
from tumen.archive.undo import undo
from tumen.coding.services import drafts
from tumen.guard import services
from tumen.guard.errors import CannotEnrol, LastAdministrator
from tumen.guard.masks import IDENTITY, NARRATIVE, NOTES, SEARCH, mask_for, may, may_write, writable
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.permissions import CLASSES, OF_THE_ARCHIVE, ROLES, Permission
from tumen.guard.services import enrol, make_compartment

pytestmark = pytest.mark.usefixtures("archive")


def enrolled(name: str, **roles: str) -> tuple[User, dict[str, Compartment]]:
    """A user with roles in compartments that are made for her; several roles parted by commas."""
    user = User.objects.create(username=name)
    with change(1, "enrolled") as c:
        places = {code: make_compartment(c, code, code) for code in roles}
        for code, listed in roles.items():
            for role in listed.split(","):
                enrol(c, user, places[code], role)
    return user, places


def administrator(name: str) -> User:
    user = User.objects.create(username=name)
    with change(1, "enrolled") as c:
        enrol(c, user, None, Membership.Role.ADMINISTRATOR)
    return user


def test_the_file_of_roles_and_their_names_are_the_same() -> None:
    assert list(Membership.Role.values) == list(ROLES)
    assert frozenset().union(*(role.permissions for role in ROLES.values())) == frozenset(Permission)


@pytest.mark.parametrize("role", ROLES.values(), ids=lambda role: role.name)
def test_a_role_of_the_archive_sees_no_case_and_a_role_in_a_compartment_governs_nothing(role: object) -> None:
    whole = role.permissions & OF_THE_ARCHIVE  # type: ignore[attr-defined]
    assert bool(whole) == role.whole_archive  # type: ignore[attr-defined]
    assert not whole or whole == role.permissions  # type: ignore[attr-defined]
    assert CLASSES.isdisjoint(role.permissions) or Permission.SEE in role.permissions  # type: ignore[attr-defined]


def test_what_is_opened_in_one_compartment_is_not_opened_in_another() -> None:
    user, places = enrolled("two roles", first=Membership.Role.CODER, second=Membership.Role.READER)
    mask = mask_for(user)
    first, second = places["first"].pk, places["second"].pk
    assert mask.compartments == {first, second}
    assert [mask.opens(each, first) for each in (NARRATIVE, SEARCH, IDENTITY, NOTES)] == [True] * 4
    assert [mask.opens(each, second) for each in (NARRATIVE, SEARCH, IDENTITY, NOTES)] == [False] * 4
    assert mask.where(NARRATIVE) == {first} and mask.somewhere(NARRATIVE)
    assert mask.classes == frozenset(), "what stands in no compartment opens only what all of them open"
    assert (mask.grant(first).finest, mask.grant(second).finest) == ("", "county")
    assert writable(user) == [first] and not may_write(user, second)


def test_several_roles_in_one_compartment_add_up() -> None:
    user, places = enrolled("analyst and linker", main="analyst,linker")
    mask, main = mask_for(user), places["main"].pk
    assert mask.classes == {NARRATIVE, SEARCH, IDENTITY}
    assert mask.finest == "", "the finer of the two"
    assert may(user, Permission.LINK, main) and not may(user, Permission.CODE)


def test_a_mask_for_an_act_leaves_out_compartments_where_it_is_not_permitted() -> None:
    user, places = enrolled("takes out of one", first="coder", second="checker")
    assert mask_for(user).compartments == {place.pk for place in places.values()}
    assert mask_for(user, Permission.EXPORT).compartments == {places["first"].pk}


def test_an_administrator_sees_no_case() -> None:
    user = administrator("keeps the accounts")
    assert mask_for(user).compartments == frozenset() and mask_for(user).classes == frozenset()
    assert may(user, Permission.ADMINISTER) and not may(user, Permission.AUDIT) and not may(user, Permission.SEE)


def test_a_role_stands_where_it_belongs() -> None:
    user, places = enrolled("anybody", main="reader")
    with change(1, "wrong") as c:
        for compartment, role in ((places["main"], "administrator"), (None, "coder"), (places["main"], "queen")):
            with pytest.raises(CannotEnrol):
                enrol(c, user, compartment, role)
        assert enrol(c, user, places["main"], "reader").version == 1, "the role she has"
    assert Membership.objects.filter(user=user).count() == 1


def test_a_role_that_was_taken_back_shows_nothing_at_once() -> None:
    user, places = enrolled("gone", first=Membership.Role.CODER)
    with change(1, "left the group") as c:
        services.withdraw(c, Membership.objects.get(user=user))
    assert mask_for(user).compartments == frozenset() and mask_for(user).classes == frozenset()
    assert not may_write(user, places["first"].pk)


def test_a_suspended_user_sees_nothing_and_gets_her_roles_back() -> None:
    user, places = enrolled("on leave", main=Membership.Role.CODER)
    with change(1, "on leave") as c:
        services.suspend(c, user)
    assert mask_for(User.objects.get(pk=user.pk)).compartments == frozenset()
    with change(1, "back") as c:
        services.readmit(c, user)
    assert may_write(User.objects.get(pk=user.pk), places["main"].pk)


def test_the_last_administrator_stays_by_whatever_way() -> None:
    first, second = administrator("first"), administrator("second")
    role = Membership.objects.get(user=second)
    with change(1, "leaves") as c:
        services.withdraw(c, Membership.objects.get(user=first))
    for attempt in (lambda c: services.withdraw(c, role), lambda c: services.suspend(c, second)):
        with pytest.raises(LastAdministrator), change(1, "leaves too") as c:
            attempt(c)
    with pytest.raises(LastAdministrator):
        undo(1, role.change)
    assert [user.username for user in services.administrators()] == ["second"]
    assert User.objects.get(pk=second.pk).is_active


def test_a_draft_is_its_writers_alone() -> None:
    drafts.keep(1, 7, "act-new-1", {"summary": ["what I heard"]})
    assert drafts.take(1, 7, "act-new-1") == {"summary": ["what I heard"]}
    assert drafts.take(2, 7, "act-new-1") is None and drafts.kept(2, 7) == []
    drafts.discard(2, 7, "act-new-1")
    assert drafts.take(1, 7, "act-new-1") is not None
