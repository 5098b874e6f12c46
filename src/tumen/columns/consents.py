"""Consent as the engine sees it: for each row a state, the lowest of which let the row be used as was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tumen.columns.arrays import Array, Bools
from tumen.columns.conditions import BadQuery

if TYPE_CHECKING:
    from tumen.columns.snapshot import Snapshot


class Consents(Protocol):
    """How far rows may be used at one moment: immutable, another object as soon as anything bears on it.

    Attributes:
        reasons: what each state is called.
        usable: states below this number let a row be used.
        grain: the granularity that is meant where a query names none.
    """

    @property
    def reasons(self) -> tuple[str, ...]:
        """What each state is called."""

    @property
    def usable(self) -> int:
        """States below this number let a row be used."""

    @property
    def grain(self) -> str:
        """The granularity that is meant where a query names none."""

    def states(self, snapshot: Snapshot, purpose: str, audience: str, grain: str) -> Array:
        """The state of each row. Raises BadQuery for a purpose, audience or granularity that does not exist."""


@dataclass(frozen=True)
class Asked:
    """What is asked of consent: to be usable, or not to be for one reason."""

    consents: Consents
    purpose: str
    audience: str
    grain: str
    because: str | None = None

    @classmethod
    def made(
        cls, consents: Consents | None, purpose: str, audience: str, grain: str | None, because: str | None
    ) -> Asked:
        """What a query asks. Raises BadQuery where nobody knows of consent, or for a reason that does not exist."""
        if consents is None:
            raise BadQuery("nothing is known of consent for these rows")
        reasons = consents.reasons[consents.usable :]
        if because is not None and because not in reasons:
            raise BadQuery("{reason!r} is no reason why something may not be used", reasons, reason=because)
        return cls(consents, purpose, audience, grain or consents.grain, because)

    def of(self, consents: Consents | None) -> Asked:
        """The same asked of another frame."""
        return self.made(consents, self.purpose, self.audience, self.grain, self.because)

    @property
    def code(self) -> int:
        """The state that is asked for; only where there is a reason."""
        return self.consents.reasons.index(self.because or "")

    def states(self, snapshot: Snapshot) -> Array:
        """The state of each row, kept with the snapshot."""
        key = ("consent", self.consents, self.purpose, self.audience, self.grain)
        return snapshot.derived(key, lambda: self.consents.states(snapshot, self.purpose, self.audience, self.grain))

    def rows(self, snapshot: Snapshot) -> Bools:
        """The rows that are as asked."""
        states = self.states(snapshot)
        found: Bools = states < self.consents.usable if self.because is None else states == self.code
        return found
