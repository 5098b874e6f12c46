"""Which period of a table a date falls in.

The rule that keeps sums right: a date belongs to a period only when every day it can mean lies in it. A date that could
lie in several is "unknown", never split and never counted twice; a date that lies in none is "outside". With the rule
"start", what lasted counts in the period in which it began.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from tumen.dates.comparison import years
from tumen.dates.days import day_number
from tumen.dates.model import Bounds, Edtf

UNKNOWN: Final = "unknown"
OUTSIDE: Final = "outside"
PeriodRule = Literal["whole", "start"]


@dataclass(frozen=True, slots=True)
class Period:
    """A named span of days, both ends included; None where it has no limit."""

    label: str
    low: int | None
    high: int | None

    @classmethod
    def of_years(cls, label: str, first: int | None, last: int | None) -> Period:
        """Return the period from 1 January of `first` to 31 December of `last`."""
        return cls(
            label,
            day_number(first, 1, 1) if first is not None else None,
            day_number(last, 12, 31) if last is not None else None,
        )


# The periods of the published tables on North Korea.
PERIODS_NKDB: Final = (
    Period.of_years("before 1990", None, 1989),
    Period.of_years("1990s", 1990, 1999),
    Period.of_years("2000s", 2000, 2009),
    Period.of_years("2010s", 2010, 2019),
    Period.of_years("2020 and later", 2020, None),
)


def period_of(a: Edtf | Bounds, periods: Sequence[Period], rule: PeriodRule = "whole") -> str:
    """Return the label of the period that `a` falls in, "unknown" when it could be several, "outside" when none.

    With rule "whole" the whole span must lie in one period; with "start" only the start of an interval must (other
    dates and packed bounds are taken whole). `periods` do not overlap.
    """
    low, high = _span(a, rule)
    touched = [
        period
        for period in periods
        if (period.low is None or high is None or period.low <= high)
        and (period.high is None or low is None or low <= period.high)
    ]
    if not touched:
        return OUTSIDE
    only = touched[0]
    starts_inside = only.low is None or (low is not None and only.low <= low)
    ends_inside = only.high is None or (high is not None and high <= only.high)
    return only.label if len(touched) == 1 and starts_inside and ends_inside else UNKNOWN


def decade_of(a: Edtf) -> str:
    """Return the decade, such as "1990s", that `a` falls in whole, or "unknown"."""
    first, last = years(a)
    if first is None or last is None or first // 10 != last // 10:
        return UNKNOWN
    return f"{first // 10 * 10}s"


def year_periods(first: int, last: int) -> tuple[Period, ...]:
    """Return one period for each calendar year from `first` to `last`, labelled with its number."""
    return tuple(Period.of_years(str(year), year, year) for year in range(first, last + 1))


def _span(a: Edtf | Bounds, rule: PeriodRule) -> Bounds:
    if isinstance(a, Bounds):
        return a
    if rule == "start" and a.kind == "interval":
        start = a.members[0]
        # Nothing is known of a missing start but that it is no later than the end.
        return start.bounds if start is not None else Bounds(None, a.upper)
    return a.bounds
