"""Accounts and roles are made and taken on a page, by somebody who sees no case, and by `tumen user`."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client

from tumen.archive.changes import change
from tumen.archive.models import Change
from tumen.archive.undo import undo
from tumen.guard.masks import mask_for, may
from tumen.guard.models import AuditEvent, Compartment, Membership, User
from tumen.guard.services import enrol, make_compartment
from tumen.workbench.cli import main

pytestmark = pytest.mark.usefixtures("archive")


@pytest.fixture
def place() -> Compartment:
    with change(1, "begun") as c:
        return make_compartment(c, "main", "Main")


@pytest.fixture
def administrator(place: Compartment) -> Client:
    return logged_in("administrator", "administrator", None)


def logged_in(name: str, role: str, compartment: Compartment | None) -> Client:
    user = User.objects.create(username=name)
    with change(1, "begun") as c:
        enrol(c, user, compartment, role)
    client = Client()
    client.force_login(user)
    return client


def words(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_an_account_is_made_given_a_role_and_closed(administrator: Client, place: Compartment) -> None:
    address = administrator.post("/users/", {"username": "mina", "password": "twelve letters"}).headers["Location"]
    mina = User.objects.get(username="mina")
    assert mina.check_password("twelve letters") and address == f"/users/{mina.pk}/"
    assert "this user sees nothing" in words(administrator, address)
    administrator.post(address, {"do": "give", "role": "coder", "compartment": str(place.pk)})
    assert may(mina, "code", place.pk) and "Coder" in words(administrator, address)
    User.objects.filter(pk=mina.pk).update(one_time=False)  # she has chosen a password of her own
    hers = Client()
    hers.force_login(mina)
    assert hers.get("/sources/add/").status_code == 200
    administrator.post(address, {"do": "suspend"})
    assert hers.get("/sources/add/").status_code == 302, "logged out at once"
    administrator.post(address, {"do": "readmit"})
    assert may(User.objects.get(pk=mina.pk), "code", place.pk)
    role = Membership.objects.get(user=mina)
    administrator.post(address, {"do": "take", "membership": str(role.pk)})
    assert mask_for(mina).compartments == frozenset()
    undo(1, Change.objects.order_by("-seq")[0].seq)
    assert may(mina, "code", place.pk), "taking a role back is undone like any change"


def test_what_is_not_fit_for_an_account_is_said(administrator: Client) -> None:
    for name, password in (("mina", "short"), ("mina", "supernatural"), ("", "twelve letters"), ("a b", "x" * 12)):
        page = administrator.post("/users/", {"username": name, "password": password}, follow=True)
        assert "notice error" in page.content.decode(), (name, password)
    assert User.objects.count() == 1


def test_an_administrator_gives_herself_nothing_and_stays_the_last_one(
    administrator: Client, place: Compartment
) -> None:
    own = User.objects.get()
    address, role = f"/users/{own.pk}/", Membership.objects.get()
    page = administrator.post(address, {"do": "give", "role": "coder", "compartment": str(place.pk)}, follow=True)
    assert "another administrator has to" in page.content.decode()
    for do in ({"do": "take", "membership": str(role.pk)}, {"do": "suspend"}):
        page = administrator.post(address, do, follow=True)
        assert "Somebody else must be an administrator first" in page.content.decode()
    assert may(own, "administer") and not may(own, "see")


def test_only_an_administrator_opens_the_page_and_a_refusal_says_who_can_help(
    administrator: Client, place: Compartment
) -> None:
    coder = logged_in("coder", "coder", place)
    for answer in (coder.get("/users/"), coder.post("/users/", {"username": "x"}), coder.get("/users/999/")):
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "make accounts, give and take roles" in page and "administrator" in page
    assert "/users/" not in words(coder, "/") and "/users/" in words(administrator, "/")


def test_an_administrator_is_offered_and_shown_no_case(administrator: Client, place: Compartment) -> None:
    page = words(administrator, "/")
    assert not any(address in page for address in ("/lists/", "/sources/", "/tables/", "/search/", "/changes/"))
    for address in ("/lists/acts/", "/sources/add/", "/tables/", "/changes/", "/vocabularies/", "/r/1/"):
        assert administrator.get(address).status_code == 403, address


def test_the_same_by_command(place: Compartment, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("twelve letters\n")

    def tumen(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["--archive", "here", "user", *arguments])
        return done.exit_code, done.output

    assert tumen("add", "mina", "--password-file", str(secret))[0] == 0
    assert tumen("give", "mina", "administrator")[0] == 0
    assert tumen("give", "mina", "coder", "--compartment", "main")[0] == 0
    assert "mina: administrator, coder (main)" in tumen("list")[1]
    assert tumen("give", "mina", "coder") == (1, "Error: The role coder stands in a compartment: say which.\n")
    assert tumen("take", "mina", "administrator")[0] == 1, "the last one"
    assert tumen("take", "mina", "coder", "--compartment", "main")[0] == 0
    assert tumen("close", "mina")[0] == 1
    assert '"roles"' in tumen("list", "--json")[1]
    assert tumen("give", "nobody", "coder", "--compartment", "main")[0] == 4


def test_the_audit_keeps_who_made_an_account_gave_and_took_a_role_and_closed_it(
    administrator: Client, place: Compartment
) -> None:
    administrator.post("/users/", {"username": "mina", "password": "tangerine lantern"})
    mina = User.objects.get(username="mina")
    assert mina.one_time, "somebody else knows this password"
    address = f"/users/{mina.pk}/"
    administrator.post(address, {"do": "give", "role": "coder", "compartment": str(place.pk)})
    administrator.post(address, {"do": "take", "membership": str(Membership.objects.get(user=mina).pk)})
    administrator.post(address, {"do": "suspend"})
    own = User.objects.get(username="administrator").pk
    kept = AuditEvent.objects.filter(kind__in=["user", "role"]).order_by("pk").values_list("user", "about", "what")
    assert list(kept) == [(own, mina.pk, what) for what in ("made", "coder given", "coder taken back", "closed")]
