"""Shared fixtures: an encrypted archive made once a session and copied for each test that writes."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tumen.workbench.settings")

import hypothesis
import pytest
from django.conf import settings
from django.utils import translation
from tests.scan import Seeds, files_below, find, small, temporary_folders

from tumen.archive import folder, keys, setup

PASSPHRASE = "a passphrase for tests only"
SHARED = Path(__file__).resolve().parents[2] / "shared"

# `make test` tries the same examples each time, whatever the machine's load; `make soak` goes looking for new ones.
hypothesis.settings.register_profile("short", deadline=None, derandomize=True)
hypothesis.settings.register_profile("soak", deadline=None, max_examples=1000, print_blob=True)
hypothesis.settings.load_profile("short")

setup.start_django()
# Django's test client asks as this host, which the workbench itself does not answer to.
settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
# Most tests are not about getting in; those that are ask for the second factor themselves (`second_factor.required`).
settings.SECOND_FACTOR_REQUIRED = False


@pytest.fixture(scope="session", autouse=True)
def full_cost() -> Iterator[dict[str, int]]:
    """Argon2id at its real cost takes a second each time; its cost is a constant that one test checks."""
    real = dict(keys.ARGON2)
    keys.ARGON2.update(time=1, memory=64, lanes=1)
    yield real
    keys.ARGON2.update(real)


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty archive with its tables."""
    path = tmp_path_factory.mktemp("template") / "archive"
    setup.create(path, PASSPHRASE)
    close_connections()
    folder.close()
    return path


@pytest.fixture
def archive(template: Path, tmp_path: Path) -> Iterator[folder.Archive]:
    """A fresh empty archive, open in this process."""
    path = tmp_path / "archive"
    shutil.copytree(template, path)
    opened = setup.open_archive(path, PASSPHRASE)
    yield opened
    close_connections()
    folder.close()


def close_connections() -> None:
    """Close this thread's database connection, so that the next archive gets its own."""
    from django.db import connections

    connections.close_all()


@pytest.fixture(autouse=True)
def no_language_left() -> Iterator[None]:
    """A page asked for in Korean leaves its language on the thread; the next test begins without one."""
    yield
    translation.deactivate()


@pytest.fixture
def shared() -> Path:
    """The folder of shared test data; skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return SHARED


@pytest.fixture(scope="session", autouse=True)
def nothing_stays_readable() -> Iterator[Seeds]:
    """After the whole suite, look for the seeded strings once more wherever programs leave temporary files.

    `test_scan` sows them; the files it wrote are gone by then, and nothing else may have kept them.
    """
    began, seeds = time.time() - 2, Seeds(1000)
    yield seeds
    left = small(files_below(*temporary_folders(), since=began, depth=1))
    assert find(seeds, left) == []
