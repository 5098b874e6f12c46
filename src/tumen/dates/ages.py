"""Ages from dates that are known only within limits, and birth dates from ages.

Two ways of counting. International age is the number of birthdays passed (one born on 29 February has it on 1 March in
common years). Korean counting age is the difference of the calendar years plus one: a child is 1 when born and a year
older each 1 January.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from tumen.dates.days import civil, day_number
from tumen.dates.model import Edtf
from tumen.dates.parsing import parse
from tumen.dates.periods import UNKNOWN

AgeSystem = Literal["international", "korean"]


class AgeRange(NamedTuple):
    """The ages, in whole years, that are possible; `high` is None when there is no upper limit."""

    low: int
    high: int | None


class ImpossibleAge(ValueError):
    """An age cannot be: it is negative (counting age: below 1), or the date lies before the birth."""


@dataclass(frozen=True, slots=True)
class AgeBands:
    """Age bands of a table: the first age of each band, ascending from 0; the last has no upper end."""

    starts: tuple[int, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels, youngest first, such as "0-8" and "48+"."""
        closed = [f"{low}-{following - 1}" for low, following in zip(self.starts, self.starts[1:], strict=False)]
        return (*closed, f"{self.starts[-1]}+")


BANDS_TEN_YEARS: Final = AgeBands((0, 10, 20, 30, 40, 50, 60, 70, 80))
BANDS_CTDC: Final = AgeBands((0, 9, 18, 21, 24, 27, 30, 39, 48))


def age_at(birth: Edtf, at: Edtf, system: AgeSystem = "international") -> AgeRange:
    """Return the ages that someone born at `birth` can have at the time `at` (any day of it).

    Raises ImpossibleAge when every reading of `at` lies before every reading of `birth`.
    """
    if at.upper is not None and birth.lower is not None and at.upper < birth.lower:
        raise ImpossibleAge(f"{at} lies before the birth, {birth}")
    youngest = 1 if system == "korean" else 0
    low = youngest
    if at.lower is not None and birth.upper is not None:
        low = max(youngest, _age(birth.upper, at.lower, system))
    high = None
    if at.upper is not None and birth.lower is not None:
        high = _age(birth.lower, at.upper, system)
    return AgeRange(low, high)


def birth_from_age(age: int | AgeRange, at: Edtf, system: AgeSystem = "international") -> Edtf:
    """Return when someone was born who was `age` at the time `at`, as one of a range of days, months or years.

    The answer is as fine as `at` (days, months, else years; always years for the Korean age) and rounded outward, so
    that no possible birth is left out. It is approximate or uncertain when `at` is.

    Raises ImpossibleAge for an age that cannot be, or one that reaches before the year 0.
    """
    youngest, oldest = (age, age) if isinstance(age, int) else age
    least = 1 if system == "korean" else 0
    if youngest < least or (oldest is not None and oldest < youngest):
        raise ImpossibleAge(f"{youngest} to {oldest}" if oldest != youngest else str(age))
    earliest = latest = None
    if at.lower is not None and oldest is not None:
        earliest = _earliest_birth(oldest, at.lower, system)
    if at.upper is not None:
        latest = _latest_birth(youngest, at.upper, system)
    if earliest is None and latest is None:
        raise ImpossibleAge(f"{at} and the age leave the birth without limits")
    places = 1 if system == "korean" else {"second": 3, "day": 3, "month": 2}.get(at.precision, 1)
    mark = {(True, True): "%", (True, False): "?", (False, True): "~"}.get((at.is_uncertain, at.is_approximate), "")
    first, last = _rounded(earliest, places, mark), _rounded(latest, places, mark)
    return parse(first if first == last else f"[{first}..{last}]")


def age_from_interview(age: int | AgeRange, interview: Edtf, at: Edtf, system: AgeSystem = "international") -> AgeRange:
    """Return the international age at the time `at` of someone who was `age`, in that system, at the interview.

    Raises ImpossibleAge when she cannot have been born by then.
    """
    return age_at(birth_from_age(age, interview, system), at)


def age_band(age: int | AgeRange | None, bands: AgeBands = BANDS_CTDC) -> str:
    """Return the label of the band the age falls in, "unknown" when it is None or could fall in several."""
    if age is None:
        return UNKNOWN
    low, high = (age, age) if isinstance(age, int) else age
    if low < 0:
        return UNKNOWN
    band = _band(low, bands)
    straddles = band != len(bands.starts) - 1 if high is None else band != _band(high, bands)
    return UNKNOWN if straddles else bands.labels[band]


def _band(age: int, bands: AgeBands) -> int:
    return sum(start <= age for start in bands.starts) - 1


def _age(birth: int, at: int, system: AgeSystem) -> int:
    birth_year, *birthday = civil(birth)
    year, *today = civil(at)
    if system == "korean":
        return year - birth_year + 1
    return year - birth_year - (today < birthday)


def _earliest_birth(age: int, at: int, system: AgeSystem) -> int:
    year, month, day = civil(at)
    if system == "korean":
        return day_number(year - age + 1, 1, 1)
    turning = day_number(year - age - 1, month, day)  # born then, she would turn a year older today
    # 29 February of a common year is 1 March, whose children turn a year older only tomorrow.
    return turning + 1 if civil(turning)[1:] == (month, day) else turning


def _latest_birth(age: int, at: int, system: AgeSystem) -> int:
    year, month, day = civil(at)
    if system == "korean":
        return day_number(year - age + 1, 12, 31)
    born = day_number(year - age, month, day)
    return born if civil(born)[1:] == (month, day) else born - 1


def _rounded(day: int | None, places: int, mark: str) -> str:
    if day is None:
        return ""
    year, *rest = civil(day)
    if not 0 <= year <= 9999:
        raise ImpossibleAge(f"the birth would be in the year {year}")
    return "-".join([f"{year:04}", *(f"{part:02}" for part in rest)][:places]) + mark
