"""What can go wrong when access is given and taken."""

from __future__ import annotations

from tumen.archive.errors import ArchiveError


class CannotEnrol(ArchiveError):
    """A role does not exist, or stands in a compartment where it belongs to the whole archive, or the other way."""


class LastAdministrator(ArchiveError):
    """What was asked for would leave the archive without anybody who may give roles and make accounts."""
