"""The shapes of single dates that `read` knows, after words have become marks: 2009@Y;3@M;, 12@m3;2009, @g24;2011."""

from __future__ import annotations

import re

from tumen.dates.days import civil, days_in_month
from tumen.dates.errors import InvalidDate
from tumen.dates.model import Edtf
from tumen.dates.parsing import parse

_YEAR = r"(?P<year>\d{4})(?:@Y;)?"
_MONTH = r"(?P<month>\d{1,2})@M;"
_NAMED = r"@m(?P<month>\d+);"
_DAY = r"(?P<day>\d{1,2})"
_SEASON = r"@g(?P<grouping>\d+);"

# A shape without a year takes it from `relative_to`.
_SHAPES = tuple(
    re.compile(shape, re.ASCII)
    for shape in (
        _YEAR,
        rf"{_YEAR}{_MONTH}",
        rf"{_MONTH}{_YEAR}",
        rf"{_YEAR} ?(?P<month>\d{{1,2}})@M;{_DAY}(?:@D;)?",
        r"(?P<year>\d{4})\.(?P<month>\d{1,2})",
        r"(?P<year>\d{4})-(?P<month>\d)",
        r"(?P<year>\d{4})(?P<separator>[-./ ])(?P<month>\d{1,2})(?P=separator)(?P<day>\d{1,2})",
        rf"{_NAMED},?{_YEAR}",
        rf"{_YEAR},?{_NAMED}",
        rf"{_NAMED}{_DAY}(?:,| |, ){_YEAR}",
        rf"{_DAY}[- .]?{_NAMED}[-,]?{_YEAR}",
        rf"{_YEAR},?{_NAMED}{_DAY}(?:@D;)?",
        rf"{_SEASON}{_YEAR}",
        rf"{_YEAR}{_SEASON}",
        r"(?P<decade>\d{3}0)@decade;",
        r"(?P<century>\d{1,2}) ?@century;",
        rf"{_NAMED}",
        rf"{_MONTH}",
        rf"{_NAMED}{_DAY}(?:@D;)?",
        rf"{_DAY}{_NAMED}",
        rf"{_MONTH}{_DAY}(?:@D;)?",
        rf"{_DAY}@D;",
        _SEASON,
        r"@(?P<relative>thisyear|lastyear|today|yesterday);",
        rf"@(?P<relative>thisyear|lastyear);(?:{_NAMED}|(?P<number>\d{{1,2}})@M;)(?:(?P<day>\d{{1,2}})(?:@D;)?)?",
        rf"@(?P<relative>thisyear|lastyear);{_SEASON}",
        r"(?P<ago>\d{1,3})@yearsago;",
        r"@g24;(?P<year>\d{4})(?:@Y;)?[-/](?P<next>\d{4}|\d{2})",
    )
)
_SLASHED = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})", re.ASCII)
_YEAR_SLASH_NUMBER = re.compile(r"(\d{4})/(\d{1,2})", re.ASCII)
_SHORT_YEAR = re.compile(r"'?(\d\d)(@Y;|@decade;)?(?:.*@M;.*|[-./]\d{1,2}[-./]\d{1,2})?", re.ASCII)


def shaped(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    """Return the date when the text has one of the shapes, else None.

    Raises InvalidDate for a shape with two readings, without a year, or with an impossible day.
    """
    for shape in _SHAPES:
        match = shape.fullmatch(neutral)
        if match:
            return _built({name: found for name, found in match.groupdict().items() if found}, relative_to)
    slashed = _SLASHED.fullmatch(neutral)
    if slashed:
        return _day_and_month(int(slashed[1]), int(slashed[3]), slashed[4])
    _refuse_two_readings(neutral)
    return None


def _built(found: dict[str, str], relative_to: Edtf | None) -> Edtf:
    if "decade" in found:
        return _decade(found["decade"])
    if "century" in found:
        if not 1 <= int(found["century"]) <= 99:
            raise InvalidDate(found["century"], "there is no such century", "Write a year", field="century")
        return parse(f"{int(found['century']) - 1:02}XX")
    if "next" in found:
        return _winter(found["year"], found["next"])
    month = found.get("month") or found.get("number") or found.get("grouping")
    year, month, day = _completed(found, month, relative_to)
    return parse(
        "-".join([year, *(f"{int(part):02}" for part in (month, day) if part)]) + ("~" if "ago" in found else "")
    )


def _completed(
    found: dict[str, str], month: str | None, relative_to: Edtf | None
) -> tuple[str, str | None, str | None]:
    """Return year, month and day, what is missing taken from the earliest day of `relative_to`."""
    day = found.get("day")
    if "year" in found:
        return found["year"], month, day
    if relative_to is None or relative_to.lower is None:
        raise InvalidDate(
            "", "the year is missing", "Write the year too, or give the date of the interview or page", field="year"
        )
    number = relative_to.lower - (found.get("relative") == "yesterday")
    year, this_month, this_day = civil(number)
    if found.get("relative") in ("today", "yesterday"):
        if relative_to.precision not in ("day", "second"):
            raise InvalidDate("", "today and yesterday need a date known to the day", "Write the date", field="year")
        return f"{year:04}", str(this_month), str(this_day)
    if day and not month:
        if len(relative_to.parts) < 2 or relative_to.precision not in ("day", "month", "second"):
            raise InvalidDate("", "the month is missing", "Write year and month too", field="year")
        month = str(this_month)
    year -= int(found.get("ago", 0)) + (found.get("relative") == "lastyear")
    if not 0 <= year <= 9999:
        raise InvalidDate("", "the year is too far away", "Write the year", field="year")
    return f"{year:04}", month, day


def _decade(digits: str) -> Edtf:
    if digits.endswith("00") and digits != "2000":
        raise InvalidDate(
            digits,
            "{digits}s may be ten years or a hundred",
            "Write {ten}X for the ten years, {hundred}XX for the hundred",
            field="decade",
            digits=digits,
            ten=digits[:3],
            hundred=digits[:2],
        )
    return parse(f"{digits[:3]}X")


def _winter(year: str, following: str) -> Edtf:
    """Return "winter 2011-12": one of the months from December to February."""
    if int(following) != (int(year) + 1) % 10 ** len(following):
        raise InvalidDate(year, "a winter spans two years that follow each other", "Write winter 2011-12", field="year")
    return parse(f"[{year}-12..{int(year) + 1:04}-02]")


def stepped(day: str, end: Edtf) -> Edtf:
    """Return the day of the same month as `end`."""
    return parse("-".join([*end.parts[:2], f"{int(day):02}"]))


_TENTHS = {"early": (0, 3), "mid": (4, 6), "late": (7, 9)}
_THIRDS = {"early": "37", "mid": "38", "late": "39"}
_TEN_DAYS = {"early": (1, 10), "mid": (11, 20), "late": (21, 31)}


def part_of(value: Edtf, part: str) -> Edtf:
    """Return the early, mid or late part of a decade (years 0-3, 4-6, 7-9), a year (four months) or a month (ten days).

    Raises InvalidDate for anything else.
    """
    if value.kind == "date" and not any(value.marks):
        text = value.text
        if value.precision == "decade" and len(value.parts) == 1:
            first, last = _TENTHS[part]
            return parse(f"[{text[:3]}{first}..{text[:3]}{last}]")
        if value.precision == "year" and len(value.parts) == 1:
            return parse(f"{text}-{_THIRDS[part]}")
        if value.precision == "month" and len(value.parts) == 2:
            first, last = _TEN_DAYS[part]
            last = min(last, days_in_month(int(value.parts[0]), int(value.parts[1])))
            return parse(f"[{text}-{first:02}..{text}-{last:02}]")
    raise InvalidDate(value.text, "early, mid and late need a decade, a year or a month", "Write start and end instead")


def _day_and_month(first: int, second: int, year: str) -> Edtf:
    """Return the date of first/second/year when only one order of day and month makes sense; refuse otherwise."""
    if first != second and first <= 12 and second <= 12:
        raise InvalidDate(
            year,
            "this may be {day_first} (day first) or {month_first} (month first)",
            "Write {day_first} or {month_first}",
            day_first=f"{year}-{second:02}-{first:02}",
            month_first=f"{year}-{first:02}-{second:02}",
        )
    month, day = (first, second) if second > 12 else (second, first)
    return parse(f"{year}-{month:02}-{day:02}")


def _refuse_two_readings(neutral: str) -> None:
    short = _SHORT_YEAR.fullmatch(neutral)
    if short and (short[2] or "/" in neutral or "-" in neutral or "." in neutral or neutral.startswith("'")):
        raise InvalidDate(
            neutral,
            "the year has two digits: it may be 19{year} or 20{year}",
            "Write it with four digits",
            year=short[1],
        )
    slash = _YEAR_SLASH_NUMBER.fullmatch(neutral)
    if slash:
        year, number = slash[1], slash[2]
        raise InvalidDate(
            neutral,
            "this may be a month ({month}) or the end of an interval ({interval})",
            "Write {month} or {interval}",
            month=f"{year}-{int(number):02}",
            interval=f"{year}/{year[:2]}{number:0>2}",
        )
