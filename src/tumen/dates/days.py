"""Day numbers of the proleptic Gregorian calendar, for any year.

Day 1 is 0001-01-01, as in `datetime.date.toordinal`, but years below 1 and above 9999 work too.
"""

from __future__ import annotations

# Days before each month (index 1..12) and after the year (index 13), in common and in leap years.
_COMMON = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365)
_LEAP = (0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366)


def is_leap(year: int) -> bool:
    """Return whether the year has a 29 February (year 0 has one)."""
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def days_in_month(year: int, month: int) -> int:
    """Return how many days the month (1 to 12) of that year has."""
    before = _LEAP if is_leap(year) else _COMMON
    return before[month + 1] - before[month]


def day_number(year: int, month: int, day: int) -> int:
    """Return the number of the day. The day is not checked: `month_end` and others count on that."""
    earlier = year - 1
    before = _LEAP if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else _COMMON
    return earlier * 365 + earlier // 4 - earlier // 100 + earlier // 400 + before[month] + day


def month_end(year: int, month: int) -> int:
    """Return the number of the last day of the month."""
    return day_number(year, month, days_in_month(year, month))


def civil(number: int) -> tuple[int, int, int]:
    """Return (year, month, day) of a day number: the inverse of `day_number`.

    Counts years from 1 March, so that the leap day ends a year and every 400 years have 146,097 days.
    """
    cycles, rest = divmod(number + 305, 146_097)  # day -305 is 0000-03-01
    year = (rest - rest // 1_460 + rest // 36_524 - rest // 146_096) // 365
    day_of_year = rest - (365 * year + year // 4 - year // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    day = day_of_year - (153 * shifted_month + 2) // 5 + 1
    month = shifted_month + 3 if shifted_month < 10 else shifted_month - 9
    return cycles * 400 + year + (month <= 2), month, day
