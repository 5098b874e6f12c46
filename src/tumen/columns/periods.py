"""Bounds and classes of intervals and numbers: "2000" as days, decades over dates, bands over ages."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW

OPEN = ".."
"""The written form of a bound that is not set."""

_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_DAY = np.timedelta64(1, "D")


class BadBound(ValueError):
    """A bound is not a date (YYYY, YYYY-MM, YYYY-MM-DD), a year or a whole number, or lies beyond 32 bits.

    `problem` is a template for one field, `value`, so that the upper floor can translate it.
    """

    def __init__(self, problem: str, value: str) -> None:
        super().__init__(problem, value)
        self.problem, self.value = problem, value

    def told(self, translate: Callable[[str], str] = str) -> str:
        """Return what is wrong, its template translated."""
        return translate(self.problem).format(value=self.value)

    def __str__(self) -> str:
        return self.told()


class Scale(StrEnum):
    """What the integers of an interval or number column count."""

    DAY = "day"  # days since 1970-01-01
    YEAR = "year"
    NUMBER = "number"

    def span(self, text: str) -> tuple[int, int]:
        """The first and the last integer that `text` covers: "2000" in days is 1 January to 31 December 2000."""
        if self is Scale.DAY:
            return _days(text)
        try:
            value = int(text)
        except ValueError:
            raise BadBound("{value!r} is not a whole number", text) from None
        if not OPEN_LOW < value < OPEN_HIGH:
            raise BadBound("{value!r} is beyond 32 bits", text)
        return value, value

    def show(self, low: int, high: int) -> tuple[str, str]:
        """The shortest bounds which cover exactly low to high; open bounds are `..`."""
        if self is not Scale.DAY:
            return (OPEN if low == OPEN_LOW else str(low)), (OPEN if high == OPEN_HIGH else str(high))
        first = np.datetime64(low, "D") if low != OPEN_LOW else None
        after = np.datetime64(high, "D") + _DAY if high != OPEN_HIGH else None
        ends = [moment for moment in (first, after) if moment is not None]
        length = 10
        for width, unit in ((4, "Y"), (7, "M")):
            if all(moment == moment.astype(f"M8[{unit}]") for moment in ends):
                length = width
                break
        last = None if after is None else after - _DAY
        return (OPEN if first is None else str(first)[:length]), (OPEN if last is None else str(last)[:length])


def _days(text: str) -> tuple[int, int]:
    found = _DATE.fullmatch(text)
    try:
        if not found:
            raise ValueError
        start = np.datetime64(text)
        after = (start + 1).astype("M8[D]")
    except ValueError:
        raise BadBound("{value!r} is not a date: write YYYY, YYYY-MM or YYYY-MM-DD", text) from None
    return int(start.astype("M8[D]").astype(np.int64)), int(after.astype(np.int64)) - 1


@dataclass(frozen=True)
class Scheme:
    """A way to cut an interval or number field into classes which do not overlap.

    A value belongs to the class that holds the whole of it. One that reaches over a class boundary is not split and
    not guessed: it is counted under "spans several". This is the principal rule of every period table.

    Attributes:
        name: "year", "decade", "age band"; unique in its field.
        months: calendar classes of so many months (12 years, 120 decades), counted from year 0; or
        starts: the first value of each class as text; what lies before the first start is a class of its own, and
            the last class is open.
    """

    name: str
    months: int = 0
    starts: tuple[str, ...] = ()

    def classes(self, scale: Scale, low: int, high: int) -> tuple[tuple[int, int], ...]:
        """The classes (first, last) in ascending order, enough to hold every value from low to high."""
        if self.starts:
            firsts = [scale.span(start)[0] for start in self.starts]
            edges = [OPEN_LOW, *firsts, OPEN_HIGH]
            return tuple((a, b if b == OPEN_HIGH else b - 1) for a, b in pairwise(edges))
        if low > high:
            return ()
        if scale is Scale.YEAR:
            step = max(1, self.months // 12)
            return tuple((year, year + step - 1) for year in range(low // step * step, high + 1, step))
        if scale is Scale.NUMBER:
            raise BadBound("the scheme {value!r} has calendar steps and cannot cut a number field", self.name)
        month = int(np.datetime64(low, "D").astype("M8[M]").astype(np.int64)) + 1970 * 12
        edges = []
        for step_start in range(month // self.months * self.months, 10_000 * 12, self.months):
            start = np.datetime64(step_start - 1970 * 12, "M").astype("M8[D]").astype(np.int64)
            edges.append(int(start))
            if start > high:
                break
        return tuple((a, b - 1) for a, b in pairwise(edges))


YEARS = Scheme("year", months=12)
DECADES = Scheme("decade", months=120)
