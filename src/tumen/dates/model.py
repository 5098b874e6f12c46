"""What a parsed date is: its canonical text, its kind and the days it can mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["date", "time", "interval", "one of", "all of", "range"]
Precision = Literal[
    "second", "day", "month", "season", "quarter", "quadrimester", "half-year",
    "year", "decade", "century", "millennium", "era", "unknown", "mixed",
]  # fmt: skip
EndState = Literal["known", "unknown", "open"]


class Bounds(NamedTuple):
    """The packed form of a date for storage: first and last possible day number, None where there is no limit.

    Open and unknown ends look alike here; `Edtf.text`, stored beside it, keeps them apart.
    """

    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Edtf:
    """One EDTF value, immutable. Made by `parse` and `read`, equal when the canonical text is equal.

    `lower` and `upper` are the earliest and latest possible day as numbers (1 is 0001-01-01), None when open or
    unknown. Qualifiers (? ~ %) do not move them; see `bounds`.

    `kind` is "date" (also seasons and years), "time" (date and time of day), "interval" (a/b), "one of" ([..]),
    "all of" ({..}); "range" (a..b) occurs only as a member of the last two.

    `precision` is the finest unit down to which every digit is stated, read from the left: 1985-04-XX is known to the
    month, 156X-12-25 to the decade. An interval or set whose parts differ is "mixed".
    """

    text: str
    kind: Kind
    lower: int | None
    upper: int | None
    precision: Precision
    # Of a date: the digits of year, month (or grouping 21-41) and day, and the qualifier of each ("" for none).
    parts: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    # Of an interval or range: (start, end), None where open or unknown. Of a set: its members.
    members: tuple[Edtf | None, ...] = ()

    @property
    def is_uncertain(self) -> bool:
        """Whether any part is marked ? or %: the source or the coder doubts it."""
        return "?" in self.text or "%" in self.text

    @property
    def is_approximate(self) -> bool:
        """Whether any part is marked ~ or %: the value is an estimate."""
        return "~" in self.text or "%" in self.text

    @property
    def bounds(self) -> Bounds:
        """The packed form: `Bounds(lower, upper)`."""
        return Bounds(self.lower, self.upper)

    @property
    def lower_state(self) -> EndState:
        """Whether the earliest day is known, unknown (`/2006`) or open (`../2006`, `[..2006]`)."""
        if self.lower is not None:
            return "known"
        return "unknown" if self.text.startswith("/") else "open"

    @property
    def upper_state(self) -> EndState:
        """Whether the latest day is known, unknown (`2006/`) or open (`2006/..`, `[2006..]`)."""
        if self.upper is not None:
            return "known"
        return "unknown" if self.text.endswith("/") else "open"

    def __eq__(self, other: object) -> bool:
        return self.text == other.text if isinstance(other, Edtf) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"Edtf({self.text!r})"


def written(parts: tuple[str, ...], marks: tuple[str, ...]) -> str:
    """Return the canonical text of a date: a qualifier shared by the leading parts stands once, to their right.

    >>> written(("2004", "06", "11"), ("?", "?", "~"))
    '2004-06?-~11'
    """
    shared = 1
    while shared < len(parts) and marks[shared] == marks[0]:
        shared += 1
    leading = "-".join(parts[:shared]) + marks[0]
    return "-".join([leading, *(mark + part for part, mark in zip(parts[shared:], marks[shared:], strict=True))])
