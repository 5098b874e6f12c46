"""Who gets in, and how: guessing, factors, one-time passwords, how long a login lasts, what a page answers first."""

from __future__ import annotations

import re
import statistics
import time
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from tests import second_factor as app

from tumen.archive import properties
from tumen.archive.changes import change
from tumen.guard import middleware, passwords, second_factor, sessions
from tumen.guard.audit import Kind
from tumen.guard.models import AuditEvent, Membership, Session, User
from tumen.guard.services import enrol, forget_factors, give_password, make_compartment, make_user

pytestmark = pytest.mark.usefixtures("archive", "no_limits_left", "factor_required")

PASSWORD = "nine grey herons waiting"
LOGIN = "/accounts/login/"


@pytest.fixture
def no_limits_left() -> Iterator[None]:
    """Limits live in memory: a test begins with none used up."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def factor_required(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECOND_FACTOR_REQUIRED", True)


@pytest.fixture
def reader() -> User:
    return member("reader", Membership.Role.READER)


@pytest.fixture
def coder() -> User:
    return member("coder", Membership.Role.CODER)


def member(name: str, role: str) -> User:
    user = make_user(name, PASSWORD)
    with change(user.pk, "enrolled") as c:
        enrol(c, user, make_compartment(c, f"of-{name}", name), role)
    return user


def log_in(browser: Client, name: str, password: str = PASSWORD) -> str:
    return browser.post(LOGIN, {"login": name, "password": password}, follow=True).content.decode()


def is_in(browser: Client) -> bool:
    return browser.get("/").status_code == 200


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))


# Guessing


def test_a_wrong_name_a_wrong_password_and_a_closed_account_get_the_same_answer(reader: User) -> None:
    closed = member("closed", Membership.Role.READER)
    User.objects.filter(pk=closed.pk).update(is_active=False)

    def told(name: str, password: str) -> str:
        page = log_in(Client(), name, password)
        return re.sub(r'value="[^"]*"|content="[^"]*"', "", page)

    answers = {told("nobody", "x"), told("reader", "x"), told("closed", "x"), told("closed", PASSWORD)}
    assert len(answers) == 1


def test_a_wrong_name_takes_as_long_as_a_wrong_password(reader: User) -> None:
    def seconds(name: str) -> float:
        taken = []
        for _ in range(9):
            cache.clear()
            began = time.perf_counter()
            log_in(Client(), name, "wrong")
            taken.append(time.perf_counter() - began)
        return statistics.median(taken)

    seconds("reader")
    known, unknown = seconds("reader"), seconds("nobody")
    assert 0.6 < known / unknown < 1.6


@pytest.mark.parametrize("name", ["reader", "nobody"])
def test_guessing_one_account_is_slowed_whether_it_exists_or_not(reader: User, name: str) -> None:
    for number in range(5):
        assert "Too many" not in log_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), name, f"guess {number}")
    assert "Too many" in log_in(Client(REMOTE_ADDR="10.0.0.9"), name, PASSWORD)
    assert kinds()[-6:] == ["login failed"] * 5 + ["login slowed"]


def test_whoever_is_slowed_gets_in_after_two_minutes(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        log_in(Client(REMOTE_ADDR=f"10.0.0.{number}"), "reader", "guess")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 121)
    browser = Client()
    log_in(browser, "reader")
    assert is_in(browser)


def test_one_address_cannot_try_one_password_on_every_account() -> None:
    answers = [log_in(Client(), f"person{number}", "summer in seoul") for number in range(11)]
    assert "Too many" in answers[10] and "Too many" not in answers[9]


def test_the_typed_name_and_password_of_a_failed_login_are_not_kept(reader: User) -> None:
    log_in(Client(), "a password in the wrong field", "another secret")
    [event] = AuditEvent.objects.filter(kind=Kind.LOGIN_FAILED)
    assert (event.user, event.about, event.what, event.said) == (0, None, "", None)


# Passwords


@pytest.mark.parametrize(
    "password",
    ["short words", "password2024!", "qwertyuiop!!!", "1q2w3e4r5t6y", "abcabcabcabcabc", "aaaaaaaaaaaaaaa",
     "Tumen-Archive-2026", "coder-password-1", "northkorea2026!", "123456789012"],
)  # fmt: skip
def test_what_a_guesser_tries_first_is_no_password(coder: User, password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, coder)


@pytest.mark.parametrize(
    "password",
    [
        "eleven tired oxen",
        "두만강 건너 기러기 아홉",
        "九只灰鹭在等待天亮起来吧",
        "x7#Lq!9vT2@z",
        "long " * 40 + "end of it",
        "correct horse battery",
    ],
)
def test_long_and_strange_is_enough_in_any_script(coder: User, password: str) -> None:
    validate_password(password, coder)


def test_passwords_are_kept_by_argon2id(reader: User) -> None:
    assert reader.password.startswith("argon2$argon2id$")


def test_a_one_time_password_opens_the_change_of_password_and_nothing_else(reader: User) -> None:
    once = give_password(reader, None)
    assert re.fullmatch(r"[a-z2-9]{5}(-[a-z2-9]{5}){2}", once) and once != passwords.one_time()
    browser = Client()
    log_in(browser, "reader", PASSWORD)
    assert not is_in(browser)
    log_in(browser, "reader", once)
    for page in ("/", "/lists/acts/", "/logins/", "/help/"):
        assert browser.get(page)["Location"] == "/accounts/password/change/"
    same = {"oldpassword": once, "password1": once, "password2": once}
    assert browser.post("/accounts/password/change/", same).status_code == 200, "the same again is no change"
    new = {"oldpassword": once, "password1": "eleven tired oxen", "password2": "eleven tired oxen"}
    assert browser.post("/accounts/password/change/", new)["Location"] == "/"
    assert is_in(browser)
    assert not is_in_with(once) and is_in_with("eleven tired oxen")


def is_in_with(password: str) -> bool:
    browser = Client()
    log_in(browser, "reader", password)
    return is_in(browser)


def test_a_new_password_ends_every_other_login_and_keeps_this_one(reader: User) -> None:
    here, there = Client(), Client()
    log_in(here, "reader")
    log_in(there, "reader")
    new = {"oldpassword": PASSWORD, "password1": "eleven tired oxen", "password2": "eleven tired oxen"}
    here.post("/accounts/password/change/", new)
    assert is_in(here) and not is_in(there)
    assert Session.objects.filter(user=reader.pk).count() == 1


# The second factor


def test_who_may_open_identities_gets_no_page_before_she_has_a_second_factor(coder: User) -> None:
    browser = Client()
    log_in(browser, "coder")
    for page in ("/", "/lists/acts/", "/changes/", "/logins/", "/audit/"):
        assert browser.get(page)["Location"] == "/accounts/second-factor/"
    answer = browser.get("/lists/acts/facet/", headers={"HX-Request": "true"})
    assert answer.status_code == 302


def test_who_may_not_needs_none_and_a_demonstration_asks_nobody(reader: User, coder: User) -> None:
    browser = Client()
    log_in(browser, "reader")
    assert is_in(browser)
    assert second_factor.is_missing(coder)
    properties.put(properties.DEMONSTRATION, {"acts": 1})
    assert not second_factor.is_missing(coder)


def test_without_its_code_a_password_opens_nothing(coder: User) -> None:
    app.equip(coder)
    browser = Client()
    page = log_in(browser, "coder")
    assert "Second factor" in page and not is_in(browser)
    assert sessions.logins(coder.pk) == []
    assert "not right" in browser.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert browser.post(reverse("mfa_authenticate"), {"code": app.app_code()}).status_code == 302
    assert is_in(browser)
    assert kinds()[-2:] == ["factor failed", "login"]


def test_a_code_is_good_once_even_within_its_time(coder: User) -> None:
    app.equip(coder)
    code = app.app_code()
    first, second = Client(), Client()
    for browser in (first, second):
        log_in(browser, "coder")
        browser.post(reverse("mfa_authenticate"), {"code": code})
    assert is_in(first) and not is_in(second)


def test_a_recovery_code_is_good_once(coder: User) -> None:
    app.equip(coder)
    code = app.recovery_codes()[3]
    first, second = Client(), Client()
    for browser in (first, second):
        log_in(browser, "coder")
        browser.post(reverse("mfa_authenticate"), {"code": code})
        cache.clear()
    assert is_in(first) and not is_in(second)


def test_guessing_codes_is_slowed(coder: User) -> None:
    app.equip(coder)
    browser = Client()
    log_in(browser, "coder")
    answers = [browser.post(reverse("mfa_authenticate"), {"code": f"{n:06}"}).content.decode() for n in range(6)]
    assert "Too many" in answers[5] and "Too many" not in answers[4]


def test_secrets_of_factors_are_sealed_and_open_only_in_their_archive(coder: User) -> None:
    app.equip(coder)
    for row in Authenticator.objects.all():
        assert app.SECRET not in str(row.data) and app.SEED not in str(row.data)
    sealed = Authenticator.objects.get(type="totp").data["secret"]
    adapter = second_factor.Adapter()
    assert adapter.decrypt(sealed) == app.SECRET
    with pytest.raises(second_factor.DamagedKeys):
        adapter.decrypt(sealed[:-8] + "AAAAAAA=")


def test_changing_factors_asks_for_the_password_again(coder: User) -> None:
    browser = Client()
    log_in(browser, "coder")
    for name in ("mfa_activate_totp", "mfa_add_webauthn", "mfa_generate_recovery_codes"):
        assert browser.get(reverse(name))["Location"].startswith("/accounts/reauthenticate/")


def test_who_lost_her_app_is_helped_by_the_administrator_and_sets_up_another(coder: User) -> None:
    app.equip(coder)
    forget_factors(coder, None)
    browser = Client()
    log_in(browser, "coder")
    assert browser.get("/")["Location"] == "/accounts/second-factor/"
    assert "factor removed" in kinds()


# Logins


def test_what_a_session_holds_is_sealed_and_names_nobody(reader: User) -> None:
    browser = Client(headers={"user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"})
    log_in(browser, "reader")
    row = Session.objects.get(user=reader.pk)
    assert "reader" not in row.session_data and (row.address, row.device) == ("127.0.0.1", "Firefox, Linux")
    assert sessions.SessionStore().decode(row.session_data[:-8] + "AAAAAAA=") == {}
    assert sessions.SessionStore().decode("not sealed at all") == {}


def test_a_login_is_ended_at_once_by_its_user_and_by_an_administrator(reader: User) -> None:
    here, there = Client(), Client()
    log_in(here, "reader")
    log_in(there, "reader")
    [other] = [one for one in sessions.logins(reader.pk, here.session.session_key) if not one.is_this]
    assert there.session.session_key not in here.get("/logins/").content.decode()
    here.post("/logins/end/", {"login": other.handle})
    assert is_in(here) and not is_in(there)
    log_in(there, "reader")
    here.post("/logins/end-others/")
    assert is_in(here) and not is_in(there)
    boss = administrator()
    assert "reader" in boss.get("/people/").content.decode()
    boss.post(f"/people/{reader.pk}/end/")
    assert not is_in(here)
    assert kinds().count("session end") == 3


def test_nobody_else_ends_a_login_or_sets_a_password(reader: User) -> None:
    stranger, victim = Client(), Client()
    member("stranger", Membership.Role.READER)
    log_in(stranger, "stranger")
    log_in(victim, "reader")
    [login] = sessions.logins(reader.pk)
    assert stranger.post("/logins/end/", {"login": login.handle}).status_code == 404
    for what in ("password", "factors", "end"):
        assert stranger.post(f"/people/{reader.pk}/{what}/").status_code == 403
    assert is_in(victim)


def administrator() -> Client:
    user = make_user("boss", PASSWORD)
    with change(1, "test") as c:
        enrol(c, user, None, Membership.Role.ADMINISTRATOR)
    app.equip(user)
    browser = Client(raise_request_exception=False)
    log_in(browser, "boss")
    browser.post(reverse("mfa_authenticate"), {"code": app.app_code()})
    assert is_in(browser)
    return browser


def test_an_administrators_one_time_password_is_shown_once_and_works(reader: User) -> None:
    boss = administrator()
    page = boss.post(f"/people/{reader.pk}/password/").content.decode()
    [once] = re.findall(r'class="secret">([^<]+)<', page)
    assert is_in_or_held(once)
    assert boss.post(f"/people/{reader.pk + 99}/password/").status_code == 404


def is_in_or_held(password: str) -> bool:
    browser = Client()
    log_in(browser, "reader", password)
    return browser.get("/").headers.get("Location") == "/accounts/password/change/"


def test_a_login_lasts_a_days_work_and_no_longer_however_busy(reader: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    browser = Client()
    log_in(browser, "reader")
    began = now
    while now - began < settings.LOGIN_SECONDS - 700:
        now += 600
        assert is_in(browser)
    now += 1400
    assert not is_in(browser)
    assert AuditEvent.objects.filter(kind=Kind.SESSION_END, what="lifetime").exists()


def test_a_locked_page_answers_nothing_but_the_way_out(reader: User) -> None:
    browser = Client()
    log_in(browser, "reader")
    key = browser.session.session_key
    browser.post("/lock/")
    assert browser.get("/lists/acts/")["Location"] == "/lock/?next=%2Flists%2Facts%2F"
    for page in ("/", "/logins/", "/help/", "/accounts/password/change/"):
        assert browser.get(page)["Location"].startswith("/lock/")
        assert browser.post(page).status_code == 401
    assert browser.get("/", headers={"HX-Request": "true"}).status_code == 401
    assert "Locked" in browser.post("/lock/open/", {"password": "wrong"}).content.decode()
    assert browser.post("/lock/open/", {"password": PASSWORD, "next": "//elsewhere.example/"})["Location"] == "/"
    assert is_in(browser) and browser.session.session_key != key
    assert [kind for kind in kinds() if "lock" in kind] == ["lock", "unlock"]


def test_an_unlock_is_guessed_no_faster_than_a_login(reader: User) -> None:
    browser = Client()
    log_in(browser, "reader")
    browser.post("/lock/")
    answers = [browser.post("/lock/open/", {"password": f"guess {n}"}).content.decode() for n in range(6)]
    assert "Too many" in answers[5] and "Too many" not in answers[4]


def test_somebody_who_reads_without_asking_for_anything_is_not_locked_out(
    reader: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: now)
    browser = Client()
    log_in(browser, "reader")
    for _ in range(3):
        now += settings.IDLE_SECONDS * 0.8
        assert browser.post("/lock/here/").status_code == 204
    assert is_in(browser)


def test_leaving_ends_the_login_and_the_page_asks_the_browser_to_forget(reader: User) -> None:
    browser = Client()
    log_in(browser, "reader")
    left = browser.get("/leave/")
    assert left["Clear-Site-Data"] == '"storage"' and "Tumen" not in left.content.decode()
    assert not is_in(browser) and sessions.logins(reader.pk) == []


def test_opening_a_record_is_noted_by_its_number(coder: User) -> None:
    app.equip(coder)
    browser = Client()
    log_in(browser, "coder")
    browser.post(reverse("mfa_authenticate"), {"code": app.app_code()})
    with change(coder.pk, "a source") as c:
        from tumen.guard.models import Compartment
        from tumen.sources import services

        source = services.add_source(c, "news.online", "A title", Compartment.objects.get(), language="en")
    assert browser.get(f"/sources/{source.pk}/code/").status_code == 200
    [event] = AuditEvent.objects.filter(kind=Kind.OPENED)
    assert (event.user, event.about, event.what) == (coder.pk, source.pk, "coding:source")
