"""What a teller says of an act's date, place, age and type: the truth with the noise put on it, column by column."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .data_files import act_kinds, places
from .tellings import Tellings
from .truth import I32, Truth

UNTOLD, DAY, MONTH, SEASON, ABOUT, YEAR, DECADE = range(7)
"""How precisely a date is told."""
AT_COUNTY, AT_PROVINCE, AT_COUNTRY, NOWHERE = range(4)
"""How precisely a place is told."""
SUPPORTS, CONTRADICTS, DENIES = range(3)


@dataclass(slots=True)
class Heard:
    """The columns of a run of records, as plain lists for the scribe's loop.

    `year`, `month`, `day` are as told; `until` is (year, month) of the end of a detention told by months, or None.
    `age` is -1 where not told, and in Korean reckoning where `korean` says so.
    """

    year: list[int]
    month: list[int]
    day: list[int]
    precision: list[int]
    until: list[tuple[int, int] | None]
    place: list[int]
    place_precision: list[int]
    kind: list[int]
    age: list[int]
    korean: list[bool]
    stance: list[int]


def hear(truth: Truth, tellings: Tellings, low: int, high: int, rng: np.random.Generator) -> Heard:
    """Put the noise on the records `low` to `high` (not included) of `tellings`."""
    noise, acts = truth.noise, truth.acts
    act, first = tellings.act[low:high], tellings.first[low:high]
    n = len(act)
    stance = np.zeros(n, dtype=np.int64)
    u = rng.random(n)
    stance[~first & (u < noise.denial)] = DENIES
    stance[~first & (u > 1 - noise.contradiction)] = CONTRADICTS

    when = acts.day[act]
    year, month, day = civil(when)
    u = rng.random((3, n))
    slip = np.where(u[0] < noise.wrong_year, np.where(u[0] < noise.wrong_year / 2, -1, 1), 0)
    year = year + slip + 2 * (stance == CONTRADICTS)
    month = np.clip(month + np.where(u[1] < noise.wrong_month, np.where(u[2] < 0.5, -1, 1), 0), 1, 12)
    day = np.minimum(day, 28)
    steps = np.cumsum([noise.date_day, noise.date_month, noise.date_season, noise.date_about])
    precision = np.searchsorted(steps, rng.random(n), side="right") + DAY
    precision[rng.random(n) < noise.date_decade] = DECADE
    precision[~acts.date_told[act]] = UNTOLD
    ends_year, ends_month, _ = civil(when + acts.days[act])
    lasted = (acts.days[act] > 45) & (precision == MONTH) & ((ends_year > year) | (ends_month > month))
    lasted &= ends_year >= year
    until = [
        (y, m) if told else None
        for y, m, told in zip(ends_year.tolist(), ends_month.tolist(), lasted.tolist(), strict=True)
    ]
    place, place_precision = _places(truth, act, rng)
    age, korean = _ages(truth, act, when, rng)
    kind = acts.kind[act].astype(np.int64)
    changed = ~first & (rng.random(n) < noise.type_changed)
    kind[changed] = _neighbour_kind()[kind[changed]]
    return Heard(
        year.tolist(),
        month.tolist(),
        day.tolist(),
        precision.tolist(),
        until,
        place.tolist(),
        place_precision.tolist(),
        kind.tolist(),
        age.tolist(),
        korean.tolist(),
        stance.tolist(),
    )


def civil(days: I32) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Year, month and day of the month of days since 1970."""
    dates = days.astype("datetime64[D]")
    months = dates.astype("datetime64[M]")
    since = months.astype(np.int64)
    return since // 12 + 1970, since % 12 + 1, (dates - months).astype(np.int64) + 1


def _places(truth: Truth, act: I32, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    noise = truth.noise
    place = truth.acts.place[act].astype(np.int64)
    siblings, province, country = _siblings(), _above(5), _above(2)
    wrong = np.flatnonzero(rng.random(len(act)) < noise.wrong_county)
    place[wrong] = [
        siblings[at][int(u * len(siblings[at]))] for at, u in zip(place[wrong], rng.random(len(wrong)), strict=True)
    ]
    steps = np.cumsum([noise.place_none, noise.place_country, noise.place_province])
    u = rng.random(len(act))
    precision = np.array([NOWHERE, AT_COUNTRY, AT_PROVINCE, AT_COUNTY])[np.searchsorted(steps, u, side="right")]
    place = np.where(
        precision == AT_PROVINCE, province[place], np.where(precision == AT_COUNTRY, country[place], place)
    )
    return place, precision


@cache
def _siblings() -> list[list[int]]:
    """For each place, the places people come from that lie in the same parent (itself included, so never empty)."""
    known = places()
    return [
        [other for other, p in enumerate(known) if p.parent == place.parent and (p.weight or other == number)]
        for number, place in enumerate(known)
    ]


@cache
def _above(letters: int) -> NDArray[np.int64]:
    """For each place, the place above it whose code is the first `letters` of its own: 5 a province, 2 a country."""
    known = places()
    found = []
    for number, place in enumerate(known):
        at = number
        while known[at].code != place.code[:letters] and known[at].parent >= 0:
            at = known[at].parent
        found.append(at)
    return np.array(found)


def _ages(truth: Truth, act: I32, when: I32, rng: np.random.Generator) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Ages as told, sometimes in Korean reckoning: the year of the act less the year of birth, plus one."""
    persons, noise = truth.persons, truth.noise
    victim = truth.acts.victim[act]
    age = (np.maximum(when - persons.born[victim], 0) / 365.2425).astype(np.int64)
    sold = np.array([k.figure == "L3" for k in act_kinds()])[truth.acts.kind[act]]
    told = persons.age_known[victim] & (sold | (rng.random(len(act)) < noise.age_told))
    korean = told & (rng.random(len(act)) < noise.age_korean)
    counted = civil(when)[0] - civil(persons.born[victim])[0] + 1
    return np.where(told, np.where(korean, counted, age), -1), korean


@cache
def _neighbour_kind() -> NDArray[np.int64]:
    """For each kind of act, the next kind of the same right: what a coder would take it for."""
    kinds = act_kinds()
    after = []
    for number, kind in enumerate(kinds):
        same = [other for other, k in enumerate(kinds) if k.right == kind.right and not k.women]
        later = [other for other in same if other > number]
        after.append((later or same)[0])
    return np.array(after)
