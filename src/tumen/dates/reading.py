"""What a coder types, in English, Korean or Chinese, to EDTF: "winter 2011", "2009년 3월", "2000年代初", "c. 2009".

The words of the three languages (words/*.json) are first replaced by neutral marks such as `@m3;` for March; a small
grammar then reads the marks and numbers. What has two readings is refused, naming both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from tumen.dates.days import civil
from tumen.dates.errors import InvalidDate
from tumen.dates.model import Edtf, written
from tumen.dates.parsing import LONGEST, parse, try_parse
from tumen.dates.reading_shapes import part_of, shaped, stepped
from tumen.dates.words import LANGUAGES, Language, words

_DASHES = {ord(dash): "-" for dash in "‐‑‒–—―−"} | {ord(tilde): "~" for tilde in "～〜∼"}
_CHINESE_YEAR = re.compile(r"[〇零一二三四五六七八九]{4}(?=年)")
_CHINESE_DIGITS = {ord(digit): str(value) for value, digit in enumerate("〇一二三四五六七八九")} | {ord("零"): "0"}
MOST_MARKS, LONGEST_PHRASE = 12, 120  # beyond these it is no date, and trying every reading would take long
_RANGE = re.compile(r"@since;@to;|@to;|@since;|~|-")


def read(text: str, relative_to: Edtf | None = None, language: Language | None = None) -> Edtf:
    """Return the date that a coder's text means. EDTF itself is understood first, so 2009-11 is November 2009.

    `relative_to` (the date of the interview or the page) completes what has no year of its own ("March", "29일",
    "작년", "2 years ago"): the year, or year and month, of its earliest day. `language` limits the words to that one.

    An event "before 2010" is `[..2009]`, "2010 이전" and "by 2010" `[..2010]`, "since 2010" the interval `2010/..`;
    "early 2009" is `2009-37` (January to April), "early 2000s" `[2000..2003]`, "3월 초" the first ten days.

    Raises InvalidDate when the text is not understood, has two readings (03/04/2009, 1900s, 98년), names no year, names
    a day that does not exist, or is of the lunar calendar, which this module cannot convert.
    """
    exact = try_parse(text.strip())
    if exact is not None:
        return exact
    if len(text) > LONGEST:
        return parse(text)  # refuses, saying why
    neutral = _neutral(text, language)
    if "@lunar;" in neutral:
        raise InvalidDate(
            text,
            "this is a date of the lunar calendar",
            "Write the solar days or months that it may be, three to seven weeks later than the lunar ones: "
            "[2009-09..2009-10] for the eighth month of 2009; put the words into the note",
        )
    try:
        value = _value(neutral, relative_to) if _is_short(neutral) else None
    except InvalidDate as error:
        raise error.within(text, 1 - error.column) from None
    if value is None:
        raise _not_understood(text, neutral)
    return value


# --- words to marks ---


def _neutral(text: str, language: Language | None) -> str:
    """Return the text with known words as marks, without the spaces beside them."""
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_DASHES)
    plain = plain.replace("@", "\ufffd").replace(";", "\ufffd")  # the characters of marks
    plain = _CHINESE_YEAR.sub(lambda match: match[0].translate(_CHINESE_DIGITS), plain)
    plain = re.sub(r"(?<=[0-9])(?:st|nd|rd|th)\b", "", plain)
    plain = re.sub(r"(?<=[0-9]0)'?s\b", "@decade;", plain)
    pattern, marks = _lexicon(language)
    plain = pattern.sub(lambda match: marks[match[0].rstrip(".")], plain)
    # "10년 전" is ten years ago, "2010년 전" is before 2010.
    plain = re.sub(r"(?<=[0-9]{4})\s*@yearsago;", "@before;", plain)
    plain = " ".join(plain.split())
    return re.sub(r"\s*(@\w+;|[-/~.,])\s*", r"\1", plain).strip(" .,")


@cache
def _lexicon(language: Language | None) -> tuple[re.Pattern[str], dict[str, str]]:
    marks: dict[str, str] = {}
    for each in (language,) if language else LANGUAGES:
        for name, listed in words(each).read.items():
            marks |= dict.fromkeys(listed, f"@{name};" if name else " ")
    # Longest first; a Latin word is whole and may end in a full stop, the others join the numbers without a space.
    ordered = sorted(marks, key=len, reverse=True)
    alternatives = [
        rf"(?<![a-z]){re.escape(word)}(?![a-z])\.?" if word[0].isascii() and word[0].isalpha() else re.escape(word)
        for word in ordered
    ]
    return re.compile("|".join(alternatives)), marks


def _not_understood(text: str, neutral: str) -> InvalidDate:
    strange = re.search(r"[^\W\d_]+", re.sub(r"@\w+;", " ", neutral))
    if strange:
        return InvalidDate(
            text,
            'the word "{word}" is not understood',
            "Write a date such as 2009, March 2009, 12 Mar 2009, winter 2011, before 2010 or 2009~2011",
            column=max(text.casefold().find(strange[0]), 0) + 1,
            word=strange[0],
        )
    return InvalidDate(
        text,
        "this is not understood as a date",
        "Write a date such as 2009, 2009-03, 2009-03-12, winter 2011 or 2009~2011",
    )


# --- the grammar ---


Reading = Callable[[str, Edtf | None], Edtf | None]


def _is_short(neutral: str) -> bool:
    return neutral.count("@") <= MOST_MARKS and len(neutral) <= LONGEST_PHRASE


def _value(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    """Return what the marks mean, None when they are not understood."""
    for reading in (_single, _qualified, _between, _range, _relation):
        value = reading(neutral, relative_to)
        if value is not None:
            return value
    return None


def _single(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    """Return what the marks mean when they are one date: one that can be an end of a range."""
    neutral = neutral.strip(" .,")
    value = shaped(neutral, relative_to)
    if value is None:
        value = _qualified(neutral, relative_to, _single)
    return value if value is not None else _part(neutral, relative_to)


def _without(neutral: str, name: str) -> str | None:
    """Return the text without the mark at its beginning or end, None when it is at neither."""
    mark = f"@{name};"
    if neutral.startswith(mark):
        return neutral.removeprefix(mark).lstrip(" -")
    return neutral.removesuffix(mark).rstrip() if neutral.endswith(mark) else None


def _qualified(neutral: str, relative_to: Edtf | None, inner: Reading | None = None) -> Edtf | None:
    inner = inner or _value
    for name, mark in (("about", "~"), ("maybe", "?")):
        rest = _without(neutral, name)
        # "(uncertain)" as `describe` writes it, "2009?" with words before it
        rest = rest.strip("() ") if rest is not None else None
        value = inner(rest, relative_to) if rest else None
        if value is not None:
            return _marked(value, mark)
    if neutral.endswith("?"):
        value = inner(neutral[:-1], relative_to)
        return _marked(value, "?") if value is not None else None
    opened, found, note = neutral.removesuffix(")").partition("(")
    return inner(f"{opened.strip()}{note}", relative_to) if found and note.startswith("@maybe;") else None


def _marked(value: Edtf, mark: str) -> Edtf:
    """Return the value with the qualifier on each of its dates."""
    if value.members:
        pieces = [str(_marked(member, mark)) if member is not None else "" for member in value.members]
        if value.kind == "range":
            # A range is no text of its own; the set that holds it is parsed as a whole below.
            return Edtf("..".join(pieces), "range", value.lower, value.upper, value.precision, members=value.members)
        if value.kind == "interval":
            start, end = value.text.split("/")
            return parse(f"{pieces[0] or start}/{pieces[1] or end}")
        return parse(value.text[0] + ",".join(pieces) + value.text[-1])
    marks = tuple(mark if known in ("", mark) else "%" for known in value.marks)
    return parse(written(value.parts, marks))


def _between(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    rest = _without(neutral, "between")
    if rest is None:
        return None
    ends = re.split(r"@and;|@to;|@since;|~|-", rest.removesuffix("@until;"))
    if len(ends) != 2:
        return None
    pair = _pair(ends[0], ends[1], relative_to)
    return parse(f"[{pair[0]}..{pair[1]}]") if pair else None


def _range(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    if neutral.startswith("@since;"):  # "from 2009 to 2011"; without an end it is a relation
        neutral = neutral.removeprefix("@since;")
    for match in _RANGE.finditer(neutral):
        start_text, end_text = neutral[: match.start()], neutral[match.end() :].removesuffix("@until;")
        pair = _pair(start_text, end_text, relative_to) if start_text and end_text else None
        if pair is not None:
            return parse(f"{pair[0]}/{pair[1]}")
    return None


def _pair(start_text: str, end_text: str, relative_to: Edtf | None) -> tuple[Edtf, Edtf] | None:
    """Return both ends; one that has no year takes it from the other ("March-May 2009", "2009년 3월~5월")."""
    start, end = _single_or_none(start_text), _single_or_none(end_text)
    if re.fullmatch(r"[0-9]{1,2}", start_text) and end is not None and end.precision == "day":
        start = stepped(start_text, end)  # "3-5 March 2009"
    if start is None:
        start = _single(start_text, end or relative_to)
    if end is None:
        end = _single(end_text, start or relative_to)
    if start is None or end is None or start.kind != "date" or end.kind != "date":
        return None
    return start, end


def _single_or_none(neutral: str) -> Edtf | None:
    try:
        return _single(neutral, None)
    except InvalidDate as error:
        if error.field == "year":  # no year of its own: the caller has another to offer
            return None
        raise


def _relation(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    for name, pattern, step in (
        ("before", "[..{}]", -1),
        ("upto", "[..{}]", 0),
        ("after", "[{}..]", 1),
        ("fromon", "[{}..]", 0),
        ("since", "{}/..", 0),
        ("until", "../{}", 0),
    ):
        rest = _without(neutral, name)
        value = _single(rest, relative_to) if rest else None
        if value is not None and value.kind == "date":
            return parse(pattern.format(_neighbour(value, step) if step else value))
    return None


def _neighbour(value: Edtf, step: int) -> str:
    """Return the unit before (-1) or after (1) a day, month or year, with the qualifier of the date."""
    if value.precision not in ("day", "month", "year", "decade") or value.lower is None or value.upper is None:
        raise InvalidDate(
            value.text,
            "before and after need a day, a month, a year or a decade",
            "Write [..{date}] if it may be in it",
            date=value.text,
        )
    year, *rest = civil(value.lower - 1 if step < 0 else value.upper + 1)
    places = 1 if value.precision == "decade" else len(value.parts)
    text = "-".join([f"{year:04}", *(f"{part:02}" for part in rest)][:places])
    return text + ("%" if len(set(value.marks) - {""}) > 1 else next((mark for mark in value.marks if mark), ""))


def _part(neutral: str, relative_to: Edtf | None) -> Edtf | None:
    for name in ("early", "mid", "late"):
        rest = _without(neutral, name)
        value = _single(rest, relative_to) if rest else None
        if value is not None:
            return part_of(value, name)
    return None
