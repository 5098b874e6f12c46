"""One date without slash or braces: 2009, 2009-03-12?, 201X, 2011-24, Y-17E7, 1985-04-12T23:20:30Z."""

from __future__ import annotations

import re
from functools import cache

from tumen.dates.days import day_number, days_in_month, is_leap, month_end
from tumen.dates.errors import InvalidDate
from tumen.dates.model import Edtf, Precision, written

LAST_YEAR = 10**12  # years beyond this are refused, so that day numbers stay below 2^53

# Sub-year groupings of ISO 8601-2: precision, first and last month. The standard gives the seasons no dates; here they
# are the meteorological ones, and 21-24 are read as northern. A winter stays in the year it is written with (January,
# February or December of it), so that its bounds are that year's; `bounds(..., fuzz=1)` adds the months around it.
GROUPINGS: dict[int, tuple[Precision, int, int]] = {
    21: ("season", 3, 5), 22: ("season", 6, 8), 23: ("season", 9, 11), 24: ("season", 1, 12),
    25: ("season", 3, 5), 26: ("season", 6, 8), 27: ("season", 9, 11), 28: ("season", 1, 12),
    29: ("season", 9, 11), 30: ("season", 1, 12), 31: ("season", 3, 5), 32: ("season", 6, 8),
    33: ("quarter", 1, 3), 34: ("quarter", 4, 6), 35: ("quarter", 7, 9), 36: ("quarter", 10, 12),
    37: ("quadrimester", 1, 4), 38: ("quadrimester", 5, 8), 39: ("quadrimester", 9, 12),
    40: ("half-year", 1, 6), 41: ("half-year", 7, 12),
}  # fmt: skip
# Precision of a year by the number of digits that are not stated.
_BY_UNSTATED: tuple[Precision, ...] = ("year", "decade", "century", "millennium")

_PLAIN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?([?~%]?)")
_FULL = re.compile(r"([?~%]?)(-?[0-9X]{4})([?~%]?)(?:-([?~%]?)([0-9X]{2})([?~%]?)(?:-([?~%]?)([0-9X]{2})([?~%]?))?)?")
_YEAR = re.compile(r"(?:Y(-?[1-9][0-9]*)|(-?[0-9]{4}))(?:E([1-9][0-9]*))?(?:S([1-9][0-9]*))?([?~%]?)")
_TIME = re.compile(
    r"(-?[0-9]{4}-[0-9]{2}-[0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:Z|[+-]([0-9]{2})(?::([0-9]{2}))?)?"
)


def date(text: str) -> Edtf | None:
    """Return the date, or None when the text has not the form of one.

    Raises InvalidDate when it has the form but names a day, month or hour that does not exist.
    """
    match = _PLAIN.fullmatch(text)
    if match is None:
        return _full_date(text) or _long_year(text) or _date_and_time(text)
    year_text, month_text, day_text, mark = match.groups()
    year = int(year_text)
    if month_text is None:
        lower = day_number(year, 1, 1)
        return Edtf(text, "date", lower, lower + (365 if is_leap(year) else 364), "year", (year_text,), (mark,))
    month = int(month_text)
    if day_text is None:
        if 1 <= month <= 12:
            lower = day_number(year, month, 1)
            upper = lower + days_in_month(year, month) - 1
            return Edtf(text, "date", lower, upper, "month", (year_text, month_text), (mark, mark))
    elif 1 <= month <= 12 and (day := int(day_text)) >= 1 and (day <= 28 or day <= days_in_month(year, month)):
        lower = day_number(year, month, day)
        return Edtf(text, "date", lower, lower, "day", (year_text, month_text, day_text), (mark, mark, mark))
    return _full_date(text)  # seasons, and dates that do not exist


# --- dates with qualified components, unspecified digits and sub-year groupings ---


def _full_date(text: str) -> Edtf | None:
    match = _FULL.fullmatch(text)
    if match is None:
        return None
    groups = match.groups()
    parts = tuple(part for part in groups[1::3] if part is not None)
    own, group = groups[0::3], groups[2::3]
    # A mark on the left is the component's own; a mark on the right also holds for all components before it.
    marks = tuple(_both(own[i] or "", *(mark or "" for mark in group[i:])) for i in range(len(parts)))
    columns = tuple(match.start(index) + 1 for index in (2, 5, 8))
    lower, upper = _days(text, parts, columns)
    return Edtf(written(parts, marks), "date", lower, upper, _precision(parts), parts, marks)


def _both(*marks: str) -> str:
    together = set(marks) - {""}
    if not together:
        return ""
    return together.pop() if len(together) == 1 else "%"


def _days(text: str, parts: tuple[str, ...], columns: tuple[int, ...]) -> tuple[int, int]:
    """Return first and last day number; raise InvalidDate naming the component that is impossible."""
    year_text = parts[0]
    if year_text == "-0000":
        raise InvalidDate(text, "the year zero has no sign", "Write 0000", column=columns[0], field="year")
    first_year, last_year = _year_range(year_text)
    if len(parts) == 1:
        return day_number(first_year, 1, 1), day_number(last_year, 12, 31)
    months = _matching(parts[1], 12)
    if not months:
        return _grouping_days(text, parts, columns, first_year, last_year)
    if len(parts) == 2:
        return day_number(first_year, months[0], 1), month_end(last_year, months[-1])
    days = _matching(parts[2], 31)
    years = range(first_year, last_year + 1)
    if days and days[0] <= max(days_in_month(2000, month) for month in months):
        first = _first_day(year_text, years, months, days)
        last = _first_day(year_text, years[::-1], months[::-1], days[::-1])
        if first is not None and last is not None:
            return first, last
    raise _impossible_day(text, parts, columns[2])


def _year_range(year_text: str) -> tuple[int, int]:
    digits = year_text.lstrip("-")
    low, high = int(digits.replace("X", "0")), int(digits.replace("X", "9"))
    # There is no year -0000, so -000X begins with -0001.
    return (-high, -(low or 1)) if year_text[0] == "-" else (low, high)


@cache
def _matching(pattern: str, last: int) -> tuple[int, ...]:
    """Return the numbers from 1 to `last` that a two-place pattern such as "1X" can stand for."""
    form = re.compile(pattern.replace("X", "."))
    return tuple(number for number in range(1, last + 1) if form.fullmatch(f"{number:02}"))


def _first_day(year_text: str, years: range, months: tuple[int, ...], days: tuple[int, ...]) -> int | None:
    """Return the first day that exists, trying in the given order; only 29 February takes more than one year."""
    form = re.compile(year_text.lstrip("-").replace("X", "."))
    for year in years:
        if form.fullmatch(f"{abs(year):04}"):
            for month in months:
                for day in days:
                    if day <= days_in_month(year, month):
                        return day_number(year, month, day)
    return None


def _grouping_days(
    text: str, parts: tuple[str, ...], columns: tuple[int, ...], first_year: int, last_year: int
) -> tuple[int, int]:
    code = int(parts[1]) if parts[1].isdigit() else 0
    if code not in GROUPINGS:
        raise InvalidDate(
            text,
            "there is no month {month}",
            "Write 01 to 12, a season 21 to 24, a part of the year 25 to 41, or XX if the month is not known",
            column=columns[1],
            field="month",
            month=parts[1],
        )
    if len(parts) == 3:
        raise InvalidDate(
            text,
            "{month} is a season or part of a year and has no days",
            "Leave the day out, or write a month from 01 to 12",
            column=columns[2],
            field="day",
            month=parts[1],
        )
    _, first, last = GROUPINGS[code]
    return day_number(first_year, first, 1), month_end(last_year, last)


def _impossible_day(text: str, parts: tuple[str, ...], column: int) -> InvalidDate:
    year, month, day = parts
    if "X" in month or "X" in year:
        problem, last = "no day {day} exists in {month}", 31
    else:
        problem, last = "{month} has {last} days, so there is no day {day}", days_in_month(int(year), int(month))
    return InvalidDate(
        text,
        problem,
        "Write a day that exists, or {month}-XX if the day is not known",
        column=column,
        field="day",
        day=day,
        month=f"{year}-{month}",
        last=last,
    )


def _precision(parts: tuple[str, ...]) -> Precision:
    year = parts[0].lstrip("-")
    if "X" in year:
        first = year.index("X")
        return "unknown" if first == 0 else _BY_UNSTATED[4 - first]
    if len(parts) == 1 or "X" in parts[1]:
        return "year"
    if len(parts) == 2:
        return GROUPINGS[int(parts[1])][0] if int(parts[1]) > 12 else "month"
    return "month" if "X" in parts[2] else "day"


# --- years of more than four digits, exponents, significant digits ---


def _long_year(text: str) -> Edtf | None:
    match = _YEAR.fullmatch(text)
    if match is None:
        return None
    prefixed, plain, exponent, significant, mark = match.groups()
    if plain and exponent:
        return None
    digits = prefixed or plain
    # Lengths first: a number of a thousand digits is refused before it is computed.
    if len(digits) > 14 or len(exponent or "") > 2 or abs(year := int(digits) * 10 ** int(exponent or 0)) > LAST_YEAR:
        raise InvalidDate(
            text, "the year is too far away", "Years reach from -1000000000000 to 1000000000000", field="year"
        )
    if prefixed and not exponent and abs(year) <= 9999:
        raise InvalidDate(
            text,
            "Y is for years of more than four digits",
            "Write {year}",
            field="year",
            year=f"{year:05}" if year < 0 else f"{year:04}",
        )
    size = len(str(abs(year)))
    kept = len(significant) if significant and len(significant) > 2 else int(significant or size)
    if kept > size:
        raise InvalidDate(
            text,
            "the year has fewer than {kept} digits",
            "Write S1 to S{size}",
            column=text.index("S") + 2,
            field="year",
            kept=significant,
            size=size,
        )
    width = 10 ** (size - kept)
    low = abs(year) // width * width
    first, last = (low, low + width - 1) if year >= 0 else (-low - width + 1, -low)
    unstated = size - kept
    precision: Precision = _BY_UNSTATED[unstated] if unstated < len(_BY_UNSTATED) else "era"
    body = text.removesuffix(mark) if mark else text
    return Edtf(text, "date", day_number(first, 1, 1), day_number(last, 12, 31), precision, (body,), (mark,))


# --- date and time of day ---

_LIMITS = (
    (2, 23, "hour", "there is no hour {value}"),
    (3, 59, "minute", "there is no minute {value}"),
    (4, 59, "second", "there is no second {value}"),
    (5, 23, "time shift", "there is no time shift {value}"),
    (6, 59, "time shift", "there is no time shift {value}"),
)


def _date_and_time(text: str) -> Edtf | None:
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        day = date(match[1])
    except InvalidDate as error:
        raise error.within(text, 0) from None
    if day is None:
        return None
    for group, limit, field, problem in _LIMITS:
        if match[group] is not None and int(match[group]) > limit:
            raise InvalidDate(
                text,
                problem,
                "Write 00 to {limit}",
                column=match.start(group) + 1,
                field=field,
                value=match[group],
                limit=limit,
            )
    return Edtf(text, "time", day.lower, day.upper, "second", day.parts, day.marks)
