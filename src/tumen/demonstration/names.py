"""Invented names: syllables combined at random, and the many ways in which one name is written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from .data_files import table, text
from .truth import I8, I16, MALE, Flags

LATIN_STYLES = ("dprk", "adhoc", "rr", "mr", "pinyin")
"""Ways to write a Korean name in Latin letters: the North's, the press's, Revised, McCune-Reischauer, Mandarin."""


@dataclass(frozen=True, slots=True)
class Syllables:
    """The name tables as columns; a name is a row number in each."""

    surnames: tuple[dict[str, str], ...]
    surname_weights: NDArray[np.float64]
    given: tuple[dict[str, str], ...]
    chinese_surnames: tuple[dict[str, str], ...]
    chinese_given: tuple[dict[str, str], ...]
    avoided_names: frozenset[str]
    avoided: NDArray[np.bool_]
    confusions: dict[str, str]


@cache
def syllables() -> Syllables:
    """The name tables, with the given names to avoid as a matrix over pairs of syllables."""
    surnames, given, chinese = table("surnames.csv"), table("syllables.csv"), table("chinese_names.csv")
    weights = np.array([float(row["weight"]) for row in surnames])
    lines = text("avoided_given_names.txt").splitlines()
    names = frozenset(line for line in lines if line and not line.startswith("#"))
    avoided = np.array(
        [[a["hangul"] + b["hangul"] in names or a["hangul"] == b["hangul"] for b in given] for a in given]
    )
    return Syllables(
        surnames=tuple(surnames),
        surname_weights=weights / weights.sum(),
        given=tuple(given),
        chinese_surnames=tuple(row for row in chinese if row["part"] == "surname"),
        chinese_given=tuple(row for row in chinese if row["part"] == "given"),
        avoided_names=names,
        avoided=avoided,
        confusions={row["heard"]: row["said"] for row in table("confusions.csv")},
    )


def draw_names(sex: I8, chinese: Flags, rng: np.random.Generator) -> tuple[I16, I16, I16]:
    """Surname and given syllables for each person; no pair of given syllables is one to avoid."""
    known = syllables()
    n = len(sex)
    surname = rng.choice(len(known.surnames), size=n, p=known.surname_weights).astype(np.int16)
    given1, given2 = np.zeros(n, dtype=np.int16), np.zeros(n, dtype=np.int16)
    for number, letters in ((0, "fn"), (1, "mn")):
        here = np.flatnonzero((sex == MALE) == bool(number))
        first = [n for n, row in enumerate(known.given) if row["sex"] in letters and "1" in row["position"]]
        second = [n for n, row in enumerate(known.given) if row["sex"] in letters and "2" in row["position"]]
        given1[here] = rng.choice(first, size=len(here))
        given2[here] = rng.choice(second, size=len(here))
        while len(again := here[known.avoided[given1[here], given2[here]]]):
            given1[again] = rng.choice(first, size=len(again))
            given2[again] = rng.choice(second, size=len(again))
    given2[rng.random(n) < 0.04] = -1
    count = int(chinese.sum())
    surname[chinese] = rng.integers(0, len(known.chinese_surnames), size=count)
    given1[chinese] = rng.integers(0, len(known.chinese_given), size=count)
    given2[chinese] = np.where(rng.random(count) < 0.4, -1, rng.integers(0, len(known.chinese_given), size=count))
    return surname, given1, given2


@cache
def hangul(surname: int, given1: int, given2: int, chinese: bool, southern: bool = False) -> str:
    """The name in Hangul; `southern` drops the initial ㄹ of surnames as Seoul does (리 -> 이)."""
    known = syllables()
    if chinese:
        parts = known.chinese_given[given1]["reading"] + (known.chinese_given[given2]["reading"] if given2 >= 0 else "")
        return known.chinese_surnames[surname]["reading"] + parts
    family = known.surnames[surname]["rok" if southern else "dprk"]
    return family + known.given[given1]["hangul"] + (known.given[given2]["hangul"] if given2 >= 0 else "")


@cache
def hanja(surname: int, given1: int, given2: int, chinese: bool, simplified: bool) -> str:
    """The name in Han characters, traditional or simplified (Chinese names are kept simplified)."""
    known = syllables()
    key = "hans" if simplified or chinese else "hanja"
    families, given = (known.chinese_surnames, known.chinese_given) if chinese else (known.surnames, known.given)
    return families[surname][key] + given[given1][key] + (given[given2][key] if given2 >= 0 else "")


@cache
def latin(surname: int, given1: int, given2: int, chinese: bool, style: str, given_first: bool = False) -> str:
    """The name in Latin letters in one of `LATIN_STYLES` (Chinese names are always pinyin)."""
    known = syllables()
    if chinese:
        family = known.chinese_surnames[surname]["pinyin"]
        given = known.chinese_given[given1]["pinyin"]
        given += known.chinese_given[given2]["pinyin"] if given2 >= 0 else ""
        given = given.capitalize()
    else:
        column = {"dprk": "dprk_latin"}.get(style, style)
        family = known.surnames[surname][column]
        first = known.given[given1][column].capitalize()
        second = known.given[given2]["mr_medial" if style == "mr" else column] if given2 >= 0 else ""
        if style in ("dprk", "adhoc"):
            given = f"{first} {second.capitalize()}".rstrip()
        elif style == "mr" and second:
            given = f"{first}-{second}"
        else:
            given = first + second
    return f"{given} {family}" if given_first else f"{family} {given}"


def mishear(name: str) -> str:
    """The Hangul name with its last confusable given syllable replaced by one that sounds like it."""
    known = syllables()
    for at in range(len(name) - 1, 0, -1):
        if name[at] in known.confusions:
            heard = name[:at] + known.confusions[name[at]] + name[at + 1 :]
            if heard[1:] not in known.avoided_names:
                return heard
    return name


@cache
def other_given(given1: int, given2: int, chinese: bool) -> int:
    """Another first syllable that makes a name of the same kind: for pseudonyms."""
    known = syllables()
    if chinese:
        return (given1 + 7) % len(known.chinese_given)
    mine = known.given[given1]
    options = [
        number
        for number, row in enumerate(known.given)
        if row["sex"] == mine["sex"]
        and "1" in row["position"]
        and number != given1
        and (given2 < 0 or not known.avoided[number, given2])
    ]
    return options[(given1 * 7 + given2) % len(options)]
