"""What those who keep an archive are told before anything else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from tumen.archive import backup, moments, properties
from tumen.archive.changes import change
from tumen.guard.models import Membership, User
from tumen.guard.services import enrol, make_user

pytestmark = pytest.mark.usefixtures("archive")


def desk(is_administrator: bool) -> str:
    user = User.objects.filter(username="boss").first() or make_user("boss", "nine grey herons waiting")
    if is_administrator:
        with change(1, "test") as c:
            enrol(c, user, None, Membership.Role.ADMINISTRATOR)
    browser = Client()
    browser.force_login(User.objects.get(pk=user.pk))
    return browser.get("/").content.decode()


def test_the_desk_of_an_administrator_says_when_the_last_verified_backup_was_made(tmp_path: Path) -> None:
    assert "Last verified backup" not in desk(is_administrator=False)
    page = desk(is_administrator=True)
    assert "Last verified backup" in page and "never" in page and "notice warn" in page
    backup.backup(tmp_path / "backup")
    page = desk(is_administrator=True)
    assert f"{datetime.now(UTC):%Y-%m-%d}" in page and "notice warn" not in page
    week_ago = moments.name_of(datetime.now(UTC) - timedelta(days=8))
    properties.put(backup.LAST, {"moment": week_ago, "newest": 1, "to": "elsewhere"})
    assert "notice warn" in desk(is_administrator=True)
