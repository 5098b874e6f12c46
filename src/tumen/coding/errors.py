"""What can go wrong in coding: one class a failure, each saying how it arises."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class CodingError(Exception):
    """Base of everything that can go wrong in coding; never raised itself."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with one field, and what to do about it. An empty field means the claim as a whole."""

    field: str
    what: str
    advice: str = ""
    part: str = ""  # "involvements-0" when the field stands in a part of the claim

    def __str__(self) -> str:
        return f"{self.what} {self.advice}".strip()

    @property
    def path(self) -> str:
        """The name of the input that the problem is about."""
        return f"{self.part}-{self.field}" if self.part else self.field


class BadClaim(CodingError):
    """A claim cannot be recorded as it is; carries every problem found, so that one look mends them all."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.path or 'claim'}: {problem}" for problem in problems))
        self.problems = tuple(problems)


class BadConsent(CodingError):
    """A decision about consent, a form or a reading of one cannot be recorded as it is; carries every problem found."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(f"{problem.field}: {problem}" for problem in problems))
        self.problems = tuple(problems)


class NotFound(CodingError):
    """The record does not exist, or stands in a compartment this user may not see; the two are told alike."""


class NotAllowed(CodingError):
    """What was asked for may not be done by this user, though she sees what it is done to."""


class OwnCoding(CodingError):
    """Somebody was about to check a coding that she has worked on herself."""


class InUse(CodingError):
    """A record was about to be retracted while others rest on it."""


class BadList(CodingError):
    """A file of terms or places cannot replace the archive's list; the message names file, row and field."""
