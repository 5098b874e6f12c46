"""The door and the frame of every page: who gets in, what browsers are told, what is said when something is wrong."""

from __future__ import annotations

import logging
import re
import shutil
import time
from collections.abc import Iterator

import click
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from tests.conftest import close_connections
from tests.workbench.running import Kept

from tumen.archive import folder, setup
from tumen.guard import middleware
from tumen.workbench import proxy, settings, views
from tumen.workbench.logs import Discreet

BANNER = "Fictional demonstration archive"
# What can be asked for without a login: the door itself, the way out, the choice of language.
OPEN = {"account_login", "account_logout", "account_inactive", "leave", "set_language", "mfa_authenticate"}
# A script's own request; a method that the address does not know.
REFUSED = (401, 405)


@pytest.fixture(scope="module", autouse=True)
def archive_of_pages(demo: Kept, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A copy of the demonstration archive, open for the tests of this module."""
    path = tmp_path_factory.mktemp("pages") / "archive"
    shutil.copytree(demo.path, path)
    setup.open_archive(path, demo.passphrase_file.read_text().strip())
    yield
    close_connections()
    folder.close()


@pytest.fixture
def visitor() -> Client:
    """A browser that nobody logged in."""
    return Client(enforce_csrf_checks=False, raise_request_exception=False)


@pytest.fixture
def coder(visitor: Client) -> Client:
    """A browser logged in as the demonstration's user."""
    log_in(visitor)
    return visitor


def log_in(browser: Client, name: str = "demo", password: str = "fictional-demo") -> str:  # noqa: S107 (fictional)
    answer = browser.post(reverse("account_login"), {"login": name, "password": password}, follow=True)
    return answer.content.decode()


def addresses(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the workbench with a name, its parts filled in."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            yield str(pattern.name), "/" + re.sub(r"<(\w+):\w+>", lambda part: FILLED.get(part[1], "a"), route)


FILLED = {"int": "1", "slug": "acts", "str": "acts", "path": "acts"}


def test_without_a_login_every_page_leads_to_the_door(visitor: Client) -> None:
    asked = [(name, address) for name, address in addresses() if name not in OPEN]
    assert len(asked) > 40
    for name, address in asked:
        for send in (visitor.get, visitor.post):
            answer = send(address, follow=True)
            arrived = answer.request["PATH_INFO"] == reverse("account_login")
            assert arrived or answer.status_code in REFUSED, f"{name} {address}: {answer.status_code}"


def test_a_wrong_name_and_a_wrong_password_are_told_alike(visitor: Client) -> None:
    def told(name: str, password: str) -> str:
        page = log_in(visitor, name, password)
        [notice] = re.findall(r'role="alert">(.*?)</div>', page, re.DOTALL)
        return str(notice)

    assert told("demo", "wrong") == told("nobody", "wrong")


def test_there_is_no_way_to_sign_up_or_to_have_mail_sent(visitor: Client) -> None:
    for path in ("signup/", "password/reset/", "email/", "confirm-email/", "login/code/"):
        assert visitor.get(f"/accounts/{path}").status_code == 404


POLICY = {
    "default-src 'self'", "script-src 'self'", "script-src-attr 'none'", "style-src 'self'", "style-src-attr 'none'",
    "object-src 'none'", "base-uri 'none'", "form-action 'self'", "frame-ancestors 'none'", "connect-src 'self'",
}  # fmt: skip
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ENDS_THE_LOGIN = {"account_logout", "leave", "end-others", "lock"}


def test_every_answer_of_every_address_tells_the_browser_what_it_may_do(coder: Client) -> None:
    """Files, refusals and addresses that are not there included; with a login and without, as GET and as POST."""
    asked = [(name, path) for name, path in addresses() if name not in ENDS_THE_LOGIN]
    asked += [("nothing", "/nothing-here/"), ("static", "/static/tumen.css"), ("script", "/static/built/tumen.js")]
    logging.disable(logging.CRITICAL)
    seen = set()
    for browser in (Client(raise_request_exception=False), coder):
        for name, path in asked:
            for send in (browser.get, browser.post):
                answer = send(path)
                seen.add(answer.status_code)
                policy = answer["Content-Security-Policy"]
                assert "unsafe" not in policy and POLICY <= set(policy.split("; ")), path
                assert {header: answer[header] for header in HEADERS} == HEADERS, path
                assert "camera=()" in answer["Permissions-Policy"], path
                is_open = name in ("static", "script", "term_options", "place_options", "mfa_webauthn")
                assert is_open or "no-store" in answer["Cache-Control"], f"{name} {path}"
                if answer.get("Content-Type", "").startswith("text/html") and not answer.streaming:
                    nothing_inline(answer.content.decode(), path)
    logging.disable(logging.NOTSET)
    assert {200, 302, 403, 404, 405} <= seen
    assert coder.get("/").status_code == 200, "the walk must not have ended the login it walks with"


def nothing_inline(body: str, path: str) -> None:
    assert not re.search(r"<[^>]*\s(?:style|on[a-z]+)=|javascript:|<style", body), path
    for attributes, inline in re.findall(r"<script([^>]*)>(.*?)</script>", body, re.DOTALL):
        assert "src=" in attributes or 'type="application/json"' in attributes, f"{path}: {inline}"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", body), path


def test_cookies_are_for_this_site_and_not_for_scripts(coder: Client) -> None:
    assert {"sessionid", "csrftoken"} <= set(coder.cookies)
    for name in ("sessionid", "csrftoken"):
        assert coder.cookies[name]["httponly"]
        assert coder.cookies[name]["samesite"] == "Strict"
    assert coder.cookies["sessionid"]["max-age"] == ""  # gone with the browser


def test_leaving_ends_the_login_and_shows_nothing(coder: Client) -> None:
    assert coder.get("/").status_code == 200
    left = coder.get(reverse("leave"))
    assert "Tumen" not in left.content.decode()
    assert coder.get("/").status_code == 302


@pytest.mark.parametrize("language", ["ko", "zh-hans", "en"])
def test_the_language_is_switched_and_kept(coder: Client, language: str) -> None:
    answer = coder.post(reverse("set_language"), {"language": language, "next": "/"}, follow=True)
    assert answer.status_code == 200
    assert f'<html lang="{language}"' in coder.get("/").content.decode()


def test_the_switch_of_language_leads_nowhere_else(coder: Client) -> None:
    answer = coder.post(reverse("set_language"), {"language": "ko", "next": "https://elsewhere.example/"})
    assert answer["Location"] == "/"


def test_login_and_errors_carry_the_banner_of_the_demonstration(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert BANNER in visitor.get(reverse("account_login")).content.decode()
    assert 'class="is-demo"' in visitor.get("/nothing-here/").content.decode()
    log_in(visitor)
    monkeypatch.setattr(views.queries, "overview", failing)
    logging.disable(logging.CRITICAL)
    broken = visitor.get("/")
    logging.disable(logging.NOTSET)
    assert broken.status_code == 500
    assert 'class="is-demo"' in broken.content.decode()


def failing(*_: object) -> None:
    raise RuntimeError("a secret of this record")


def test_an_error_page_tells_nothing_of_what_failed(coder: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.queries, "overview", failing)
    logging.disable(logging.CRITICAL)
    body = coder.get("/").content.decode()
    logging.disable(logging.NOTSET)
    for told in ("secret of this record", "RuntimeError", "Traceback", "overview"):
        assert told not in body
    assert "Nothing of what you just did was saved" in body


def test_the_log_of_a_failure_names_code_and_not_what_people_typed() -> None:
    words = "what a witness said"
    try:
        try:
            raise KeyError(words)
        except KeyError as error:
            raise RuntimeError(words) from error
    except RuntimeError as error:
        caught = (type(error), error, error.__traceback__)
    record = logging.LogRecord("django.request", logging.ERROR, "", 0, "Internal Server Error: %s", ("/",), caught)
    handler = settings.LOGGING["formatters"]["plain"]
    written = Discreet(handler["format"]).format(record)
    assert words not in written
    assert "RuntimeError" in written
    assert "KeyError" in written
    assert handler["()"] == "tumen.workbench.logs.Discreet"


def test_an_error_page_comes_even_when_the_frame_fails(coder: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views.queries, "overview", failing)
    monkeypatch.setattr("tumen.archive.properties.is_demonstration", failing)
    logging.disable(logging.CRITICAL)
    answer = coder.get("/")
    logging.disable(logging.NOTSET)
    assert answer.status_code == 500
    assert "Nothing of what you just did was saved" in answer.content.decode()


def test_a_page_that_is_not_there_does_not_repeat_its_address(coder: Client) -> None:
    answer = coder.get("/words-of-a-witness/")
    assert answer.status_code == 404
    body = answer.content.decode()
    assert "Not found" in body
    # The language switch leads back to the same page, and is the one place that may name it.
    assert body.count("words-of-a-witness") == body.count('name="next" value="/words-of-a-witness/"')


def test_a_form_without_its_token_is_refused_in_our_words() -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.post(reverse("account_login"), {"login": "demo", "password": "fictional-demo"})
    assert answer.status_code == 403
    body = answer.content.decode()
    assert "Please try again" in body
    assert "CSRF" not in body
    assert BANNER in body


def test_the_pages_answer_to_no_other_name_of_this_machine(visitor: Client) -> None:
    """A page elsewhere that points its own name at 127.0.0.1 gets nothing (DNS rebinding)."""
    logging.disable(logging.CRITICAL)
    answer = visitor.get("/accounts/login/", headers={"host": "elsewhere.example"})
    logging.disable(logging.NOTSET)
    assert answer.status_code == 400
    assert "elsewhere" not in answer.content.decode()


def test_every_page_tells_the_browser_to_keep_nothing_and_to_trust_nobody(coder: Client) -> None:
    answer = coder.get("/")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == answer["Cross-Origin-Opener-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    cookie = coder.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", "")


def test_who_was_away_for_long_finds_the_page_locked(coder: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: later)
    assert coder.get("/").status_code == 200
    later += settings.IDLE_SECONDS - 2 * middleware.NOTED_EVERY
    assert coder.get("/").status_code == 200
    later += settings.IDLE_SECONDS + 1
    answer = coder.get("/lists/sources/", follow=True)
    assert answer.redirect_chain[-1][0] == "/lock/?next=%2Flists%2Fsources%2F"
    assert "Nobody was here for a while" in answer.content.decode()
    assert coder.post(reverse("unlock"), {"password": "fictional-demo", "next": "/lists/sources/"})["Location"] == (
        "/lists/sources/"
    )
    assert coder.get("/").status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_the_lock_away(coder: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    later = time.time()
    monkeypatch.setattr(middleware.time, "time", lambda: later)
    coder.get("/")
    for _ in range(2):
        later += settings.IDLE_SECONDS * 0.6
        coder.get(reverse("jobs"), headers={"HX-Request": "true"})
    assert coder.get("/").status_code == 302


def test_behind_a_tls_proxy_cookies_travel_over_https_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SECURE_PROXY_SSL_HEADER", "SECURE_HSTS_SECONDS",
                 "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SESSION_COOKIE_NAME",
                 "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "ALLAUTH_TRUSTED_PROXY_COUNT"):  # fmt: skip
        monkeypatch.setattr(django_settings, name, getattr(django_settings, name))
    proxy.serve_behind(proxy.https_origin("https://tumen.office.example/"))
    browser = Client(headers={"host": "tumen.office.example", "x-forwarded-proto": "https"})
    log_in(browser)
    assert browser.get("/").status_code == 200
    assert browser.cookies["__Host-sessionid"]["secure"]
    assert browser.cookies["__Host-csrftoken"]["secure"]


@pytest.mark.parametrize("address", ["http://tumen.example", "tumen.example", "https://", "https://a.example/path"])
def test_a_proxys_address_must_be_https_and_a_host_alone(address: str) -> None:
    with pytest.raises(click.BadParameter):
        proxy.https_origin(address)


def test_every_menu_entry_of_the_frame_leads_to_a_page(coder: Client) -> None:
    body = coder.get("/").content.decode()
    links = set(re.findall(r'href="(/[^"#?]*)"', body)) - set(re.findall(r'href="(/static[^"]*)"', body))
    assert len(links) > 8
    for link in sorted(links):
        answer = coder.get(link, follow=True)
        assert answer.status_code == 200, link
        assert 'class="is-demo"' in answer.content.decode(), link


def test_second_factor_and_password_pages_open(coder: Client) -> None:
    for name in ("mfa_index", "account_change_password"):
        answer = coder.get(reverse(name), follow=True)
        assert answer.status_code == 200, name


def test_the_search_for_words_is_sent_in_the_body_and_not_in_an_address(coder: Client) -> None:
    body = coder.get("/").content.decode()
    [form] = re.findall(r'<form class="search"[^>]*>', body)
    assert 'method="post"' in form
