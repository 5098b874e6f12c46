"""Dates as testimony gives them: EDTF values with bounds, comparison, periods, ages, and the words coders use.

>>> from tumen.dates import parse, read, describe
>>> winter = read("2011년 겨울경")
>>> winter.text, winter.precision, describe(winter, "en")
('2011-24~', 'season', 'about winter 2011')
>>> parse("2011-24").bounds
Bounds(low=734138, high=734502)
"""

from tumen.dates.ages import (
    BANDS_CTDC,
    BANDS_TEN_YEARS,
    AgeBands,
    AgeRange,
    AgeSystem,
    ImpossibleAge,
    age_at,
    age_band,
    age_from_interview,
    birth_from_age,
)
from tumen.dates.comparison import bounds, certainly_before, certainly_within, overlaps, possibly_before, years
from tumen.dates.days import civil, day_number
from tumen.dates.errors import InvalidDate
from tumen.dates.model import Bounds, Edtf, EndState, Kind, Precision
from tumen.dates.parsing import bounds_many, parse, parse_afresh, try_parse
from tumen.dates.periods import (
    OUTSIDE,
    PERIODS_NKDB,
    UNKNOWN,
    Period,
    PeriodRule,
    decade_of,
    period_of,
    year_periods,
)
from tumen.dates.reading import read
from tumen.dates.wording import Style, describe
from tumen.dates.words import LANGUAGES, Language

__all__ = [
    # values
    "parse", "try_parse", "parse_afresh", "read", "describe", "Edtf", "Bounds", "InvalidDate",
    "Kind", "Precision", "EndState", "Language", "LANGUAGES", "Style",
    # limits and comparison
    "bounds", "bounds_many", "years", "certainly_before", "possibly_before", "certainly_within", "overlaps",
    "day_number", "civil",
    # periods of tables
    "Period", "PeriodRule", "PERIODS_NKDB", "UNKNOWN", "OUTSIDE", "period_of", "decade_of", "year_periods",
    # ages
    "AgeRange", "AgeSystem", "AgeBands", "BANDS_CTDC", "BANDS_TEN_YEARS", "ImpossibleAge",
    "age_at", "age_from_interview", "birth_from_age", "age_band",
]  # fmt: skip
