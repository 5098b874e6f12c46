"""How the log stands: its size, its last checkpoint, who else signed, what the last verification said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tumen.archive import properties
from tumen.archive.log import attestations, checkpoints, replay, tree
from tumen.archive.log.attestations import Attested
from tumen.archive.models import Attestation


@dataclass(frozen=True)
class Standing:
    """What is to be known of the log at a glance.

    Attributes:
        key: the public key, with which others check.
        entries: leaves of the log.
        checkpoint, day, covered: the number, day and size of the last checkpoint; None before the first.
        attested: what others signed, newest first.
        verified: what `tumen verify` found last, None when it never ran.
    """

    key: str
    entries: int
    checkpoint: int | None
    day: str | None
    covered: int | None
    attested: list[Attested]
    verified: dict[str, Any] | None

    @property
    def countersigned(self) -> Attested | None:
        """The newest countersignature of a second party."""
        return next((one for one in self.attested if one.kind == Attestation.Kind.COSIGNATURE), None)

    @property
    def verified_at(self) -> datetime | None:
        """When the last verification ended."""
        return datetime.fromisoformat(self.verified["at"]) if self.verified else None


def now(most: int = 20) -> Standing:
    """Return how the log stands, with the newest attestations, `most` of them. Raises DamagedKeys, CustodyError."""
    last = checkpoints.newest()
    rows = Attestation.objects.select_related("checkpoint").order_by("-checkpoint_id", "-pk")[:most]
    return Standing(
        checkpoints.verifier().text,
        tree.size(),
        last.number if last else None,
        last.day.isoformat() if last else None,
        last.statement.size if last else None,
        [attestations.verified(row) for row in rows],
        properties.get(replay.LAST),
    )
