"""What can be permitted, and which role permits what: `roles.toml`, read once.

ROLES["coder"].permissions    -> {Permission.SEE, Permission.NARRATIVE, ...}
ROLES["analyst"].finest       -> "county"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

from django.db import models
from django.utils.translation import gettext_lazy as _

from tumen.places import Precision


class Permission(models.TextChoices):
    """Everything that is permitted apart from everything else. Without SEE a compartment is not there."""

    SEE = "see", _("see records and their coded facts")
    NARRATIVE = "narrative", _("read testimony and summaries")
    SEARCH = "search", _("search testimony")
    IDENTITY = "identity", _("open names, contacts and features of persons")
    NOTES = "notes", _("read the office’s notes and the reasons of changes")
    CODE = "code", _("take in sources, code them, keep the lists")
    CHECK = "check", _("check what somebody else has coded")
    LINK = "link", _("judge which records speak of the same person or act")
    CONSENT = "consent", _("record what a teller consented to")
    COUNT = "count", _("list, count and tabulate")
    EXPORT = "export", _("take lists and tables out as files")
    PUBLISH = "publish", _("prepare releases")
    ADMINISTER = "administer", _("make accounts, give and take roles")
    AUDIT = "audit", _("read the audit")
    CUSTODY = "custody", _("countersign and verify the custody log")


CLASSES = frozenset({Permission.NARRATIVE, Permission.SEARCH, Permission.IDENTITY, Permission.NOTES})
"""The permissions that open a class of fields; the others permit an act."""
OF_THE_ARCHIVE = frozenset({Permission.ADMINISTER, Permission.AUDIT, Permission.CUSTODY})
"""The permissions that are held in the archive as a whole, and not in a compartment."""


@dataclass(frozen=True)
class Role:
    """A preset of permissions.

    Attributes:
        finest: how fine a place is told.
        whole_archive: whether it stands in the archive as a whole; else it stands in a compartment.
    """

    name: str
    permissions: frozenset[Permission]
    finest: Precision
    whole_archive: bool


def _read() -> dict[str, Role]:
    listed = tomllib.loads(files("tumen.guard").joinpath("roles.toml").read_text("utf-8"))
    return {
        name: Role(
            name,
            frozenset(map(Permission, given["permissions"])),
            Precision(given.get("finest", Precision.COUNTRY.value)),
            given.get("whole_archive", False),
        )
        for name, given in listed.items()
    }


ROLES = _read()


def with_permission(permission: str) -> list[Role]:
    """Return the roles that hold a permission, in the order of the file."""
    return [role for role in ROLES.values() if permission in role.permissions]


def union(roles: Iterable[str]) -> frozenset[Permission]:
    """Return what somebody with all these roles may do."""
    return frozenset[Permission]().union(*(ROLES[role].permissions for role in roles))


def finest(roles: Iterable[str]) -> Precision:
    """Return how fine a place is told to somebody with all these roles."""
    return min((ROLES[role].finest for role in roles), default=Precision.COUNTRY)
