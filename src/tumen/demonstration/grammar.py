"""Sentences from fragments: templates with slots, Korean particles by the last sound, dates in words and in EDTF."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from .data_files import toml
from .hearing import ABOUT, DAY, DECADE, MONTH, SEASON, UNTOLD, YEAR

Template = tuple[tuple[str, str, str], ...]
"""A sentence as (text before the slot, slot or "", particle or "") in order."""

_SLOT = re.compile(r"\{(\w+)(?::([^}]+))?\}")
_PARTICLES = {
    "은": ("는", "은"),
    "이": ("가", "이"),
    "을": ("를", "을"),
    "와": ("와", "과"),
    "으로": ("로", "으로"),
}
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_SEASONS = {
    "ko": ("봄", "여름", "가을", "겨울"),
    "en": ("spring", "summer", "autumn", "winter"),
    "zh": ("春", "夏", "秋", "冬"),
}


@dataclass(frozen=True, slots=True)
class Language:
    """The fragments of one language. `acts` are by key of the kind of act, `figure` by key of the topic; the rest as in
    the fragment files."""

    code: str
    mark: str
    notice: str
    titles: dict[str, str]
    acts: dict[str, tuple[Template, ...]]
    about: dict[str, tuple[Template, ...]]
    practice: dict[str, tuple[Template, ...]]
    figure: dict[str, Template]
    organisations: tuple[str, ...]
    quotation: tuple[Template, ...]
    people: dict[str, tuple[str, ...]]
    place_types: dict[str, str]
    selves: dict[bool, dict[str, str]]


def compile_template(sentence: str) -> Template:
    """Cut a sentence at its slots, so that filling it is a walk over a tuple."""
    parts: list[tuple[str, str, str]] = []
    at = 0
    for found in _SLOT.finditer(sentence):
        parts.append((sentence[at : found.start()], found[1], found[2] or ""))
        at = found.end()
    parts.append((sentence[at:], "", ""))
    return tuple(parts)


@cache
def language(code: str) -> Language:
    """The fragments of `code`: ko, en or zh."""
    data = toml(f"fragments_{code}.toml")

    def compiled(section: dict[str, list[str]]) -> dict[str, tuple[Template, ...]]:
        return {key: tuple(map(compile_template, sentences)) for key, sentences in section.items()}

    return Language(
        code=code,
        mark=data["mark"],
        notice=data["notice"],
        titles=data["titles"],
        acts=compiled(data["acts"]),
        about=compiled(data["about"]),
        practice=compiled(data["practice"]),
        figure={key: compile_template(sentence) for key, sentence in data["figure"]["text"].items()},
        organisations=tuple(data["figure"]["organisations"]),
        quotation=tuple(map(compile_template, data["quotation"]["text"])),
        people={key: tuple(words) for key, words in data["people"].items()},
        place_types=data["place_types"],
        selves={True: data["self"]["speech"], False: data["self"]["writing"]},
    )


def fill(template: Template, slots: dict[str, Any]) -> str:
    """The sentence with its slots filled and its first letter a capital one. KeyError names a slot without a value."""
    out: list[str] = []
    for before, slot, particle in template:
        if before:
            out.append(before)
        if slot:
            out.append(with_particle(slots[slot], particle) if particle else slots[slot])
    sentence = "".join(out)
    return sentence[:1].upper() + sentence[1:]


@lru_cache(maxsize=200_000)
def with_particle(word: str, particle: str) -> str:
    """The Korean word with particle: 은/는, 이/가, 을/를, 와/과, 으로/로 by its last sound, 저/나 in their own forms.

    What stands in brackets at the end is not pronounced and does not count; a word that does not end in Hangul is
    taken to end in a vowel.
    """
    for forms in language("ko").selves.values():
        if word == forms[""] and particle in forms:
            return forms[particle]
    if particle not in _PARTICLES:
        return word + particle
    spoken = word.partition("(")[0] or word
    final = (ord(spoken[-1]) - 0xAC00) % 28 if "가" <= spoken[-1] <= "힣" else 0
    if particle == "으로" and final == 8:
        final = 0
    return word + _PARTICLES[particle][1 if final else 0]


def edtf(precision: int, year: int, month: int, day: int, until: tuple[int, int] | None) -> str | None:
    """The date as told, in EDTF (ISO 8601-2:2019 level 0-1, seasons 21-24), None where none was told."""
    if precision == UNTOLD:
        return None
    if precision == DAY:
        return f"{year:04d}-{month:02d}-{day:02d}"
    if precision == MONTH:
        start = f"{year:04d}-{month:02d}"
        return f"{start}/{until[0]:04d}-{until[1]:02d}" if until else start
    if precision == SEASON:
        return f"{year:04d}-{21 + season(month)}"
    if precision == ABOUT:
        return f"{year:04d}~"
    if precision == DECADE:
        return f"{year // 10:03d}X"
    return f"{year:04d}"


def season(month: int) -> int:
    """0 spring (from March), 1 summer, 2 autumn, 3 winter."""
    return (month - 3) % 12 // 3


def when(code: str, precision: int, year: int, month: int, day: int, until: tuple[int, int] | None) -> str:
    """The same date in words, ready to begin a sentence of the language; empty where none was told."""
    if precision == UNTOLD:
        return ""
    return {"ko": _when_ko, "en": _when_en, "zh": _when_zh}[code](precision, year, month, day, until)


def _when_ko(precision: int, year: int, month: int, day: int, until: tuple[int, int] | None) -> str:
    if until and precision == MONTH:
        return f"{year}년 {month}월부터 {until[0]}년 {until[1]}월까지 "
    return {
        DAY: f"{year}년 {month}월 {day}일에 ",
        MONTH: f"{year}년 {month}월에 ",
        SEASON: f"{year}년 {_SEASONS['ko'][season(month)]}에 ",
        ABOUT: f"{year}년쯤에 ",
        DECADE: f"{year // 10 * 10}년대에 ",
        YEAR: f"{year}년에 ",
    }[precision]


def _when_en(precision: int, year: int, month: int, day: int, until: tuple[int, int] | None) -> str:
    if until and precision == MONTH:
        return f"from {_MONTHS[month - 1]} {year} to {_MONTHS[until[1] - 1]} {until[0]}, "
    return {
        DAY: f"on {day} {_MONTHS[month - 1]} {year}, ",
        MONTH: f"in {_MONTHS[month - 1]} {year}, ",
        SEASON: f"in the {_SEASONS['en'][season(month)]} of {year}, ",
        ABOUT: f"in about {year}, ",
        DECADE: f"in the {year // 10 * 10}s, ",
        YEAR: f"in {year}, ",
    }[precision]


def _when_zh(precision: int, year: int, month: int, day: int, until: tuple[int, int] | None) -> str:
    if until and precision == MONTH:
        return f"{year}年{month}月至{until[0]}年{until[1]}月，"
    return {
        DAY: f"{year}年{month}月{day}日，",
        MONTH: f"{year}年{month}月，",
        SEASON: f"{year}年{_SEASONS['zh'][season(month)]}天，",
        ABOUT: f"大约{year}年，",
        DECADE: f"{year // 10 * 10}年代，",
        YEAR: f"{year}年，",
    }[precision]
