"""What can go wrong when access is given, taken and asked for."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied

from tumen.archive.errors import ArchiveError


class CannotEnrol(ArchiveError):
    """A role does not exist, or stands in a compartment where it belongs to the whole archive, or the other way."""


class LastAdministrator(ArchiveError):
    """What was asked for would leave the archive without anybody who may give roles and make accounts."""


class Refused(PermissionDenied):
    """Somebody opened an address, or sent it something, without the permission that it asks for."""

    def __init__(self, permission: str) -> None:
        super().__init__(f"This asks for the permission {permission!r}.")
        self.permission = permission
