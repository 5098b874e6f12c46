"""Comparing dates that are known only within limits: what is certain, what is possible.

A date stands for one moment somewhere between its bounds; an interval lasts from its start to its end; a set stands for
one (or for all) of its members. "Possibly" is true when some reading of the two dates makes the statement true,
"certainly" when every reading does. An open or unknown end excludes nothing. Qualifiers (? ~ %) carry no width of their
own; pass dates widened by `bounds` where they should.
"""

from __future__ import annotations

from tumen.dates.components import GROUPINGS
from tumen.dates.days import civil, day_number, month_end
from tumen.dates.model import Bounds, Edtf

_EVER = float("inf")
# Days by which one step of fuzz widens a date of each precision: one unit of it, rounded up.
_UNIT_DAYS = {
    "second": 1, "day": 1, "month": 31, "season": 92, "quarter": 92, "quadrimester": 123, "half-year": 184, "year": 366,
    "decade": 3_653, "century": 36_525, "millennium": 365_250,
}  # fmt: skip


def certainly_before(a: Edtf, b: Edtf) -> bool:
    """Return whether every reading of `a` ends before every reading of `b` begins."""
    return a.upper is not None and b.lower is not None and a.upper < b.lower


def possibly_before(a: Edtf, b: Edtf) -> bool:
    """Return whether some reading of `a` ends before some reading of `b` begins. Implied by `certainly_before`."""
    return _earliest_end(a) < _latest_start(b)


def certainly_within(a: Edtf, b: Edtf) -> bool:
    """Return whether every possible day of `a` is a possible day of the span of `b`.

    An open or unknown end of `a` is within only an equally endless `b`.
    """
    return _first(b) <= _first(a) and _last(a) <= _last(b)


def overlaps(a: Edtf, b: Edtf) -> bool:
    """Return whether the two possibly share a day: not certainly apart. The gaps between members of a set count."""
    for one in _pieces(a):
        for other in _pieces(b):
            if _first(one) <= _last(other) and _first(other) <= _last(one):
                return True
    return False


def years(a: Edtf) -> tuple[int | None, int | None]:
    """Return the first and last possible calendar year (astronomical: 0 is 1 BCE), None where open or unknown."""
    low = civil(a.lower)[0] if a.lower is not None else None
    high = civil(a.upper)[0] if a.upper is not None else None
    return low, high


def bounds(a: Edtf, fuzz: int = 0) -> Bounds:
    """Return the bounds, widened where the date is qualified or a winter.

    EDTF gives ? ~ % no width. With `fuzz` above 0 each qualified end moves outward by `fuzz` units of the qualified
    component (2009~ by years of 366 days, 2009-03~ by months of 31 days, 2009-03-~12 by days, 200X~ by decades; a run
    of marked neighbours counts as its finest, and the widest run counts). A winter (2011-24, 2011-28, the southern
    summer 2011-30) also takes in the months at either side: December 2010, January and February 2012.

    Raises ValueError for a negative `fuzz`.
    """
    if fuzz < 0:
        raise ValueError("fuzz is a number of units, 0 or more")
    if fuzz == 0:
        return a.bounds
    if a.kind in ("interval", "range"):
        start, end = a.members
        low = bounds(start, fuzz).low if start is not None else None
        high = bounds(end, fuzz).high if end is not None else None
        return Bounds(low, high)
    if a.members:
        wide = [bounds(member, fuzz) for member in a.members if member is not None]
        lows = [each.low for each in wide if each.low is not None]
        highs = [each.high for each in wide if each.high is not None]
        return Bounds(
            min(lows) if len(lows) == len(wide) else None,
            max(highs) if len(highs) == len(wide) else None,
        )
    return _widened(a, fuzz)


def _widened(a: Edtf, fuzz: int) -> Bounds:
    if a.lower is None or a.upper is None:
        return a.bounds
    low, high = a.lower, a.upper
    if len(a.parts) == 2 and a.parts[1] in ("24", "28", "30"):
        low = day_number(civil(low)[0] - 1, 12, 1)
        high = month_end(civil(high)[0] + 1, 2)
    step = fuzz * max((_unit(a, place) for place in range(len(a.marks)) if _ends_a_run(a.marks, place)), default=0)
    return Bounds(low - step, high + step)


def _ends_a_run(marks: tuple[str, ...], place: int) -> bool:
    return marks[place] != "" and (place + 1 == len(marks) or marks[place + 1] == "")


def _unit(a: Edtf, place: int) -> int:
    """Return the width in days of one unit of the component at `place` (0 year, 1 month or season, 2 day)."""
    if place == 2:
        return _UNIT_DAYS["day"]
    if place == 1:
        part = a.parts[1]
        return _UNIT_DAYS[GROUPINGS[int(part)][0]] if part.isdigit() and int(part) > 12 else _UNIT_DAYS["month"]
    if len(a.parts) == 1 and a.precision in _UNIT_DAYS:
        return _UNIT_DAYS[a.precision]
    unstated = a.parts[0].count("X")
    return _UNIT_DAYS[("year", "decade", "century", "millennium", "millennium")[min(unstated, 4)]]


# --- the four corners of a date: earliest and latest start and end; missing limits are infinite ---


def _first(a: Edtf) -> float:
    return a.lower if a.lower is not None else -_EVER


def _last(a: Edtf) -> float:
    return a.upper if a.upper is not None else _EVER


def _pieces(a: Edtf) -> tuple[Edtf, ...]:
    if a.kind in ("one of", "all of"):
        return tuple(member for member in a.members if member is not None)
    return (a,)


def _earliest_end(a: Edtf) -> float:
    """Return the first day on which all that `a` stands for can be over."""
    if a.kind == "interval":
        return max(_first(end) if end is not None else -_EVER for end in a.members)
    if a.kind == "all of":
        return max(max(_first(end) for end in _ends(member)) for member in _pieces(a))
    return _first(a)


def _latest_start(a: Edtf) -> float:
    """Return the last day on which what `a` stands for can begin."""
    if a.kind == "interval":
        return min(_last(end) if end is not None else _EVER for end in a.members)
    if a.kind == "all of":
        return min(min(_last(end) for end in _ends(member)) for member in _pieces(a))
    return _last(a)


def _ends(member: Edtf) -> list[Edtf]:
    """Return the stated ends of a member of a set: both of a range, or the date itself."""
    return [end for end in member.members if end is not None] or [member]
