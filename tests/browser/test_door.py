"""Getting in, staying in and getting out, in a real Chromium: second factors, the lock, the list of logins, leaving."""

from __future__ import annotations

from typing import Any

import pytest
from tests import second_factor
from tests.browser.conftest import PASSWORD, USER, Served, login

from tumen.guard.models import AuditEvent, User
from tumen.guard.services import give_password

pytestmark = pytest.mark.browser

IDLE_MS = 16 * 60 * 1000


@pytest.fixture
def bare(served_archive: Served) -> Served:
    """The served archive, whose user has no second factor yet."""
    from allauth.mfa.models import Authenticator

    with served_archive.opened():
        Authenticator.objects.all().delete()
    return served_archive


def open_at_localhost(page: Any, served: Served) -> str:
    """Log in with the password alone, under the name that security keys ask for; return the address."""
    address = served.url.replace("127.0.0.1", "localhost")
    page.goto(f"{address}/accounts/login/")
    page.fill("#id_login", USER)
    page.fill("#id_password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_load_state()
    return address


def confirm(page: Any) -> None:
    """Say who one is once more, as is asked before factors are changed."""
    page.fill("main #id_password", PASSWORD)
    page.click("main button:has-text('Confirm')")
    page.wait_for_load_state()


def kinds(served: Served) -> list[str]:
    with served.opened():
        return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


def test_who_may_open_identities_sets_up_an_app_before_anything_else(page: Any, bare: Served) -> None:
    open_at_localhost(page, bare)
    assert page.url.endswith("/accounts/second-factor/")
    page.goto(f"{bare.url.replace('127.0.0.1', 'localhost')}/sources/")
    assert page.url.endswith("/accounts/second-factor/")
    page.click("a:has-text('Set up an app')")
    confirm(page)
    page.click("summary:has-text('Type it into the app')")
    secret = page.inner_text(".secret")
    page.fill("#id_code", "000000")
    page.click("button:has-text('Set up')")
    assert "not right" in page.inner_text("main")
    page.fill("#id_code", second_factor.app_code(secret))
    page.click("button:has-text('Set up')")
    page.wait_for_url("**/recovery-codes/")
    codes = page.locator(".recovery-codes li").all_inner_texts()
    assert len(codes) == 10
    page.reload()
    assert page.locator(".recovery-codes").count() == 0, "the codes are shown once"
    page.goto(f"{bare.url.replace('127.0.0.1', 'localhost')}/")
    assert page.inner_text("h1") == "Home"
    page.click("summary:has-text('demo')")
    page.click("button:has-text('Log out')")
    open_at_localhost(page, bare)
    page.fill("#id_code", codes[0])
    page.press("#id_code", "Enter")
    page.wait_for_url(lambda address: address.endswith("/") and "accounts" not in address)
    assert {"login", "factor added", "codes", "logout"} <= set(kinds(bare))


def test_a_security_key_is_set_up_and_opens_the_door(page: Any, bare: Served) -> None:
    client = page.context.new_cdp_session(page)
    client.send("WebAuthn.enable")
    client.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True,
                "isUserVerified": True, "automaticPresenceSimulation": True,
            }
        },
    )  # fmt: skip
    address = open_at_localhost(page, bare)
    page.click("a:has-text('Add a key')")
    confirm(page)
    page.wait_for_selector("html[data-ready]")
    page.click("[data-use-key]")
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{address}/accounts/second-factor/webauthn/")
    assert page.locator("tbody tr").count() == 1
    page.goto(f"{address}/")
    page.wait_for_selector("html[data-ready]")
    page.click("summary:has-text('demo')")
    page.click("button:has-text('Lock')")
    page.wait_for_url("**/lock/")
    page.wait_for_selector("html[data-ready]")
    page.click("[data-use-key]")
    page.wait_for_url(f"{address}/")
    page.wait_for_selector("html[data-ready]")
    page.click("summary:has-text('demo')")
    page.click("button:has-text('Log out')")
    open_at_localhost(page, bare)
    page.wait_for_selector("html[data-ready]")
    page.click("[data-use-key]")
    page.wait_for_url(f"{address}/")
    assert kinds(bare).count("login") == 2


def test_under_a_bare_number_a_key_says_that_it_cannot_be_used(page: Any, served_archive: Served) -> None:
    login(page, served_archive)
    page.goto(f"{served_archive.url}/accounts/second-factor/webauthn/add/")
    confirm(page)
    page.wait_for_selector("html[data-ready]")
    page.click("[data-use-key]")
    page.wait_for_selector("[role=alert]:has-text('cannot use keys')")


def test_a_page_where_nothing_was_typed_goes_when_nobody_is_there(page: Any, served_archive: Served) -> None:
    login(page, served_archive)
    page.clock.install()
    page.goto(f"{served_archive.url}/help/")
    page.wait_for_selector("html[data-ready]")
    page.clock.fast_forward(IDLE_MS)
    page.wait_for_url("**/lock/?next=%2Fhelp%2F")
    page.fill("#unlock-password", "wrong")
    page.press("#unlock-password", "Enter")
    page.wait_for_selector("[role=alert]")
    page.fill("#unlock-password", PASSWORD)
    page.press("#unlock-password", "Enter")
    page.wait_for_url(f"{served_archive.url}/help/")
    assert [kind for kind in kinds(served_archive) if kind in ("lock", "unlock")] == ["lock", "unlock"]


def test_a_curtain_falls_over_what_was_typed_and_the_password_brings_it_back(page: Any, served_archive: Served) -> None:
    login(page, served_archive)
    page.clock.install()
    page.goto(f"{served_archive.url}/sources/add/")
    page.wait_for_selector("html[data-ready]")
    field = page.locator("main form input[type=text]:visible").first
    field.fill("words that only stand here")
    page.clock.fast_forward(IDLE_MS)
    page.wait_for_selector("dialog.curtain #unlock-password")
    assert not field.is_visible() and not page.locator("header.topbar").is_visible()
    assert page.title() == "Tumen"
    page.keyboard.press("Escape")
    assert page.locator("dialog.curtain").is_visible()
    status = page.evaluate("fetch('/lists/acts/', {headers: {'HX-Request': 'true'}}).then((answer) => answer.status)")
    assert status == 401, "behind the curtain the server answers nothing"
    page.fill("#unlock-password", "wrong")
    page.press("#unlock-password", "Enter")
    page.wait_for_selector("dialog.curtain [role=alert]")
    page.fill("#unlock-password", PASSWORD)
    page.press("#unlock-password", "Enter")
    page.wait_for_selector("dialog.curtain", state="detached")
    assert field.input_value() == "words that only stand here" and field.is_visible()


def test_tabs_of_one_browser_are_locked_and_unlocked_together(page: Any, served_archive: Served) -> None:
    login(page, served_archive)
    page.clock.install()
    other = page.context.new_page()
    for tab in (page, other):
        tab.goto(f"{served_archive.url}/sources/add/")
        tab.wait_for_selector("html[data-ready]")
        tab.locator("main form input[type=text]:visible").first.fill("typed")
    page.clock.fast_forward(IDLE_MS)
    for tab in (page, other):
        tab.wait_for_selector("dialog.curtain #unlock-password")
    page.fill("#unlock-password", PASSWORD)
    page.press("#unlock-password", "Enter")
    for tab in (page, other):
        tab.wait_for_selector("dialog.curtain", state="detached")


def test_two_escapes_leave_at_once_and_nothing_leads_back(page: Any, served_archive: Served) -> None:
    page.goto("about:blank")
    login(page, served_archive)
    page.goto(f"{served_archive.url}/help/")
    page.wait_for_selector("html[data-ready]")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url("about:blank")
    assert page.inner_text("body") == "" and page.title() == ""
    page.go_back()
    page.wait_for_load_state()
    assert "/accounts/login/" in page.url
    assert kinds(served_archive)[-1] == "logout"


def test_a_login_ended_elsewhere_is_over_at_the_next_click(page: Any, browser: Any, served_archive: Served) -> None:
    login(page, served_archive)
    context = browser.new_context(user_agent="Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0")
    other = context.new_page()
    login(other, served_archive)
    page.goto(f"{served_archive.url}/logins/")
    assert page.locator("tbody tr").count() == 2 and "Firefox, Windows" in page.inner_text("main")
    page.click("button:has-text('End this login')")
    assert page.locator("tbody tr").count() == 1
    other.goto(f"{served_archive.url}/")
    assert "/accounts/login/" in other.url
    context.close()
    assert page.goto(f"{served_archive.url}/").status == 200


def test_a_password_from_the_administrator_is_good_for_one_login(page: Any, served_archive: Served) -> None:
    with served_archive.opened():
        once = give_password(User.objects.get(username=USER), None)
    page.goto(f"{served_archive.url}/accounts/login/")
    page.fill("#id_login", USER)
    page.fill("#id_password", once)
    page.click("button[type=submit]")
    page.fill("#id_code", second_factor.next_recovery_code(served_archive.url))
    page.press("#id_code", "Enter")
    page.wait_for_url("**/accounts/password/change/")
    page.goto(f"{served_archive.url}/sources/")
    assert page.url.endswith("/accounts/password/change/")
    page.fill("#id_oldpassword", once)
    for field in ("#id_password1", "#id_password2"):
        page.fill(field, "nine grey herons waiting")
    page.click("main button:has-text('Change the password')")
    page.wait_for_url(f"{served_archive.url}/")
    with served_archive.opened():
        assert not User.objects.get(username=USER).one_time


def test_the_audit_shows_a_day_to_who_may_read_it(page: Any, served_archive: Served) -> None:
    login(page, served_archive)
    page.goto(f"{served_archive.url}/audit/")
    assert "Login" in page.inner_text("main table")
    page.select_option("#id_kind", "change")
    page.click("main button:has-text('Show')")
    assert "a new archive" in page.inner_text("main table")
