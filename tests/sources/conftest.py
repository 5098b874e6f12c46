"""A furnished archive, its user, and a browserless client of the workbench."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.test.utils import override_settings, setup_test_environment, teardown_test_environment

from tumen.archive import check
from tumen.archive.changes import change
from tumen.archive.folder import Archive
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.services import enrol, make_compartment, make_user

PASSWORD = "fictional-demo"


@pytest.fixture(scope="module", autouse=True)
def _environment() -> Iterator[None]:
    setup_test_environment()
    # Passwords are checked at their real cost elsewhere.
    fast = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=fast):
        yield
    teardown_test_environment()


@pytest.fixture
def main(archive: Archive) -> Compartment:
    """The compartment everybody here works in."""
    with change(0, "furnished") as c:
        return make_compartment(c, "main", "Main")


@pytest.fixture
def secret(archive: Archive) -> Compartment:
    """A compartment that `investigator` has no role in."""
    with change(0, "furnished") as c:
        return make_compartment(c, "secret", "Secret")


@pytest.fixture
def member(main: Compartment) -> Callable[[str], User]:
    """Make a user with a role in `main`."""

    def make(role: str) -> User:
        user = make_user(role, PASSWORD)
        with change(0, "furnished") as c:
            enrol(c, user, main, role)
        return user

    return make


@pytest.fixture
def investigator(member: Callable[[str], User]) -> User:
    return member(Membership.Role.INVESTIGATOR)


@pytest.fixture
def client(investigator: User) -> Client:
    """A client logged in as `investigator`."""
    client = Client()
    client.force_login(investigator)
    return client


@pytest.fixture
def clean(archive: Archive) -> Iterator[None]:
    """Whatever the test did, the archive is whole at its end, to the last file."""
    yield
    assert list(check.run(deep=True)) == []


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    """A folder outside the archive."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder
