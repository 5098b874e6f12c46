"""Dates in words: "about winter 2011", "2011년 겨울경", "约2011年冬"."""

from __future__ import annotations

from typing import Literal

from tumen.dates.components import GROUPINGS
from tumen.dates.days import civil
from tumen.dates.model import Edtf
from tumen.dates.words import Language, Words, words

Style = Literal["short", "tabular"]


def describe(a: Edtf, language: Language = "en", style: Style = "short") -> str:
    """Return the date in words: "short" for a sentence, "tabular" for a cell of a table, with digits first.

    Every EDTF value has a description; what it says is the value, not more (a season is not turned into months).
    Raises ValueError for another language than en, ko, zh.
    """
    return _Writer(words(language), style).value(a)


class _Writer:
    """Writes values in one language and style."""

    def __init__(self, chosen: Words, style: Style) -> None:
        self._months = chosen.months
        self._patterns = chosen.short if style == "short" else chosen.tabular

    def value(self, a: Edtf) -> str:
        if a.kind == "interval":
            return self._interval(a)
        if a.kind in ("one of", "all of"):
            return self._set(a)
        bare = self._bare(a)
        if a.kind == "time":
            return self._filled("time", date=bare, time=a.text.partition("T")[2])
        return self._qualified(bare, a.marks)

    def _filled(self, name: str, **fields: str) -> str:
        return self._patterns[name].format(**fields)

    def _interval(self, a: Edtf) -> str:
        start, end = (self.value(member) if member is not None else "" for member in a.members)
        if start and end:
            return self._filled("interval", start=start, end=end)
        if start:
            return self._filled("open_end" if a.upper_state == "open" else "unknown_end", start=start)
        return self._filled("open_start" if a.lower_state == "open" else "unknown_start", end=end)

    def _set(self, a: Edtf) -> str:
        one = a.kind == "one of"
        written = [self._member(member, one, len(a.members) == 1) for member in a.members if member is not None]
        return self._patterns["or" if one else "and"].join(written)

    def _member(self, member: Edtf, one: bool, alone: bool) -> str:
        if member.kind != "range":
            return self.value(member)
        start, end = (self.value(each) if each is not None else "" for each in member.members)
        if start and end:
            return self._filled("one_range" if one and alone else "range", start=start, end=end)
        if start:
            return self._filled("or_later" if one else "and_later", start=start)
        return self._filled("or_earlier" if one else "and_earlier", end=end)

    def _qualified(self, bare: str, marks: tuple[str, ...]) -> str:
        if not any(marks):
            return bare
        if len(set(marks)) == 1:
            return self._filled({"~": "about", "?": "uncertain", "%": "about_uncertain"}[marks[0]], date=bare)
        notes = [self._patterns[f"{mark}{place}"] for place, mark in enumerate(marks) if mark]
        return self._filled("notes", date=bare, notes=self._patterns["note_separator"].join(notes))

    def _bare(self, a: Edtf) -> str:
        """Return the date without its qualifiers."""
        year, *rest = a.parts
        if not rest:
            # A year without pattern (19XX, 1950S2) says most by its limits.
            return self._year(year) if self._has_name(year) else self._span(a)
        if not rest[0].isdigit():
            return self._partly_stated_month(a, year, rest)
        if int(rest[0]) in GROUPINGS:
            return self._filled(rest[0], year=self._year(year))
        month = self._month(year, rest[0])
        if len(rest) == 1:
            return month
        if rest[1].isdigit():
            return self._filled(
                "day",
                year=self._year(year),
                month=self._months[int(rest[0]) - 1],
                number=rest[0],
                day=str(int(rest[1])),
                day2=rest[1],
            )
        return self._filled("any_day", month=month) if rest[1] == "XX" else self._span(a)

    def _partly_stated_month(self, a: Edtf, year: str, rest: list[str]) -> str:
        if rest[0] == "XX" and (len(rest) == 1 or rest[1] == "XX"):
            return self._filled("any_month", year=self._year(year))
        return self._span(a)

    def _month(self, year: str, month: str) -> str:
        return self._filled("month", year=self._year(year), month=self._months[int(month) - 1], number=month)

    def _has_name(self, year: str) -> bool:
        digits = year.lstrip("-")
        return "S" not in year and ("X" not in digits or digits == "XXXX" or digits.find("X") == 3)

    def _year(self, year: str) -> str:
        if year.lstrip("-") == "XXXX":
            return self._patterns["any_year"]
        if year[-1] == "X" and year.count("X") == 1:
            return self._filled("decade", digits=year[:-1] + "0")
        return self._filled("year", digits=year.removeprefix("Y"))

    def _span(self, a: Edtf) -> str:
        """Return first and last possible day (of whole years: the years)."""
        if a.lower is None or a.upper is None:
            return a.text
        first, last = civil(a.lower), civil(a.upper)
        if first[1:] == (1, 1) and last[1:] == (12, 31):
            return self._filled("span", start=self._year(str(first[0])), end=self._year(str(last[0])))
        return self._filled("span", start=self._day(*first), end=self._day(*last))

    def _day(self, year: int, month: int, day: int) -> str:
        return self._filled(
            "day",
            year=self._year(f"{year:04}"),
            month=self._months[month - 1],
            number=f"{month:02}",
            day=str(day),
            day2=f"{day:02}",
        )
