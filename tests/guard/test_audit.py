"""The audit keeps what happened, once, and shows it to those who may read it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse

from tumen.archive import identity
from tumen.archive.changes import change
from tumen.guard import audit, audit_reading
from tumen.guard.audit import Kind, note
from tumen.guard.masks import SYSTEM
from tumen.guard.models import AuditEvent, Membership, User
from tumen.guard.services import enrol, make_compartment, make_user

pytestmark = pytest.mark.usefixtures("archive")

NOTHING = audit_reading.Asked()


def auditor(name: str = "auditor") -> User:
    user = make_user(name, "a long password indeed")
    with change(1, "test") as c:
        enrol(c, user, None, Membership.Role.AUDITOR)
    return user


def browser(user: User) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(user)
    return client


def test_the_database_itself_refuses_to_alter_or_delete_an_entry() -> None:
    event = note(Kind.LOGIN, 1)
    for statement in (
        "UPDATE guard_auditevent SET kind = 'logout'",
        "UPDATE guard_auditevent SET at = '1999-01-01'",
        "DELETE FROM guard_auditevent",
        f"INSERT OR REPLACE INTO guard_auditevent SELECT * FROM guard_auditevent WHERE id = {event.pk}",
    ):
        with pytest.raises(DatabaseError), connection.cursor() as cursor:
            cursor.execute(statement)
    assert list(AuditEvent.objects.values_list("pk", "kind")) == [(event.pk, "login")]


def test_what_a_person_typed_is_sealed_and_can_be_erased() -> None:
    event = note(Kind.REVEAL, 1, about=7, words="to write to her sister Kim Yong-hui")
    stored = AuditEvent.objects.get()
    assert b"Kim" not in bytes(stored.said or b"") and stored.what == ""
    assert audit.words_of([stored]) == {event.pk: "to write to her sister Kim Yong-hui"}
    identity.destroy([stored.words or 0])
    assert audit.words_of([AuditEvent.objects.get()]) == {}
    [entry] = audit_reading.audit_page(SYSTEM, NOTHING)[0]
    assert (entry.words.text, entry.words.why) == ("", "erased")


def test_an_entry_inside_a_change_is_kept_or_lost_with_it() -> None:
    with pytest.raises(ZeroDivisionError), change(1, "one more compartment") as c:
        make_compartment(c, "lost", "Lost")
        note(Kind.ROLE, 1, words="because of the office in the south")
        raise ZeroDivisionError
    assert not AuditEvent.objects.exists()
    with change(1, "one more compartment") as c:
        note(Kind.ROLE, 1, words="because of the office in the south")
        kept = make_compartment(c, "kept", "Kept")
    event = AuditEvent.objects.get()
    assert event.words != kept.pk
    assert audit.words_of([event]) == {event.pk: "because of the office in the south"}


def test_a_kind_that_nobody_declared_is_refused() -> None:
    with pytest.raises(ValueError, match="hearsay"):
        note("hearsay", 1)


def test_events_and_changes_stand_in_one_list_newest_first_page_by_page() -> None:
    user = auditor()
    for number in range(5):
        note(Kind.EXPORT, user, what="acts", count=number)
        with change(user.pk, "one more compartment") as c:
            make_compartment(c, f"c{number}", "A compartment")
    whole = audit_reading.audit_page(SYSTEM, NOTHING)[0]
    assert [entry.kind for entry in whole] == [*["Change", "Export"] * 5, "Change"]  # the first is her own role
    paged, place = [], None
    while True:
        entries, place = audit_reading.audit_page(SYSTEM, NOTHING, place, size=3)
        paged += entries
        if place is None:
            break
        place = audit_reading.Place.parse(str(place))
    assert paged == whole == list(audit_reading.audit_rows(SYSTEM, NOTHING))


def test_the_list_is_narrowed_by_who_what_when_and_compartment() -> None:
    user, other = auditor(), auditor("other")
    with change(user.pk, "one more compartment") as c:
        north = make_compartment(c, "north", "North")
    note(Kind.EXPORT, user, compartment=north.pk)
    note(Kind.REFUSAL, other)
    note(Kind.PASSWORD, user, about=other.pk)

    def kinds(**asked: object) -> set[str]:
        return {entry.kind for entry in audit_reading.audit_page(SYSTEM, audit_reading.Asked(**asked))[0]}  # type: ignore[arg-type]

    assert kinds(user=other.pk) == {"Refused", "Password set"}
    assert kinds(kind="export") == {"Export"}
    assert kinds(kind="change") == {"Change"}
    assert kinds(compartment=north.pk) == {"Export"}
    today = AuditEvent.objects.earliest("pk").at.date()
    assert len(kinds(since=today, until=today)) == 4
    assert kinds(until=today.replace(year=today.year - 1)) == set() == kinds(since=today.replace(year=today.year + 1))


def test_reading_the_audit_is_itself_noted_and_the_file_says_all() -> None:
    user = auditor()
    client = browser(user)
    note(Kind.EXPORT, user, what="=cmd", count=3)
    page = client.get(reverse("audit"), {"kind": "export"})
    assert page.status_code == 200 and "=cmd" in page.content.decode()
    file = b"".join(client.get(reverse("audit-export"))).decode("utf-8-sig")
    assert file.splitlines()[0].startswith("When,What,Who,Whom or what")
    assert ",=cmd" not in file and "=cmd" in file
    assert [event.what for event in AuditEvent.objects.filter(kind=Kind.AUDIT_READ)] == ["page", "csv"]
    assert "login" in file.casefold()


def test_who_may_not_audit_is_refused_and_the_refusal_is_noted() -> None:
    user = make_user("coder", "a long password indeed")
    with change(user.pk, "enrolled") as c:
        enrol(c, user, make_compartment(c, "main", "Main"), Membership.Role.CODER)
    client = browser(user)
    for name in ("audit", "audit-export", "accounts"):
        assert client.get(reverse(name)).status_code == 403
    refusals = AuditEvent.objects.filter(kind=Kind.REFUSAL, user=user.pk)
    assert [event.what for event in refusals] == ["audit", "audit-export", "accounts"]


def test_typed_reasons_of_changes_are_hidden_from_an_auditor_without_notes() -> None:
    user = auditor()
    with change(user.pk, "because Kim Yong-hui asked for it") as c:
        make_compartment(c, "main", "Main")
    page = browser(user).get(reverse("audit")).content.decode()
    assert "Kim" not in page
    assert "hidden from you" in page
