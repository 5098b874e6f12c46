"""EDTF text to Edtf values: ISO 8601-2:2019 as profiled by the Library of Congress, levels 0, 1 and 2."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from tumen.dates.components import date
from tumen.dates.diagnosis import diagnosed
from tumen.dates.errors import InvalidDate
from tumen.dates.model import Bounds, Edtf, Precision

LONGEST = 500  # characters; bounds what the cache can hold and what a hostile cell can cost
CACHED = 65_536  # distinct texts kept: every day of a century and much else
_OPENINGS = {"[": ("]", "one of"), "{": ("}", "all of")}


def parse(text: str) -> Edtf:
    """Return the value of an EDTF text. Values are immutable and cached.

    Follows https://www.loc.gov/standards/datetime/ (February 2019), levels 0 to 2. `Edtf.text` is canonical: qualifiers
    are written in their shortest form; all else stays as it was.

    Raises InvalidDate when the text is not EDTF or names a date that does not exist.
    """
    return _cached(text)


def try_parse(text: str) -> Edtf | None:
    """Return the value of an EDTF text, or None when `parse` would raise InvalidDate."""
    try:
        return _cached(text)
    except InvalidDate:
        return None


def bounds_many(texts: Iterable[str]) -> list[Bounds]:
    """Return the packed bounds of each text, in order: one pass for a column, where values repeat.

    Raises InvalidDate for the first text that is not EDTF.
    """
    known: dict[str, Bounds] = {}
    result = []
    for text in texts:
        found = known.get(text)
        if found is None:
            found = known[text] = _cached(text).bounds
        result.append(found)
    return result


def parse_afresh(text: str) -> Edtf:
    """Return what `parse` returns, without looking into the cache or filling it (for measuring)."""
    if len(text) <= LONGEST:
        value = date(text)
        if value is not None:
            return value
        if text[:1] in _OPENINGS:
            return _set(text)
        if "/" in text:
            return _interval(text)
    raise diagnosed(text, LONGEST)


_cached = lru_cache(maxsize=CACHED)(parse_afresh)


# --- intervals ---


def _interval(text: str) -> Edtf:
    if text.count("/") > 1:
        raise InvalidDate(
            text,
            "an interval has one slash",
            "Write start/end, and a day as 2009-03-12",
            column=text.index("/", text.index("/") + 1) + 1,
        )
    start_text, end_text = text.split("/")
    start = _end(text, start_text, 0)
    end = _end(text, end_text, len(start_text) + 1)
    if start is None and end is None:
        raise InvalidDate(
            text, "the interval has neither start nor end", "Write at least one date, or leave the field out"
        )
    _refuse_reversed(text, start, end, len(start_text) + 2)
    # Put together from the parts, so that their canonical forms are used.
    canonical = f"{start or start_text}/{end or end_text}"
    return _spanning(canonical, "interval", start, end)


def _end(text: str, part: str, offset: int) -> Edtf | None:
    """Return one end of an interval: None for unknown ("") and open ("..")."""
    if part in ("", ".."):
        return None
    return _part(text, part, offset)


# --- sets ---


def _set(text: str) -> Edtf:
    closing, kind = _OPENINGS[text[0]]
    if text[-1] != closing or len(text) < 3:
        raise InvalidDate(
            text,
            "the list does not end with {closing}" if text[-1] != closing else "the list is empty",
            "Write [a,b] for one of several dates, {{a,b}} for all of them",
            column=len(text),
            closing=closing,
        )
    elements = text[1:-1].split(",")
    members = []
    offset = 1
    for place, element in enumerate(elements):
        members.append(_element(text, element, offset, first=place == 0, last=place == len(elements) - 1))
        offset += len(element) + 1
    lows = [member.lower for member in members if member.lower is not None]
    highs = [member.upper for member in members if member.upper is not None]
    return Edtf(
        text[0] + ",".join(member.text for member in members) + closing,
        "one of" if kind == "one of" else "all of",
        min(lows) if len(lows) == len(members) else None,
        max(highs) if len(highs) == len(members) else None,
        _common_precision(members),
        members=tuple(members),
    )


def _element(text: str, element: str, offset: int, *, first: bool, last: bool) -> Edtf:
    if ".." not in element:
        return _part(text, element, offset)
    start_text, _, end_text = element.partition("..")
    if (not start_text and not (first and end_text)) or (not end_text and not last):
        raise InvalidDate(
            text,
            "an open range can stand only at the beginning or the end of a list",
            "Write [..a,b] for a or earlier, [a,b..] for b or later",
            column=offset + 1,
        )
    start = _part(text, start_text, offset) if start_text else None
    end = _part(text, end_text, offset + len(start_text) + 2) if end_text else None
    if start is not None and end is not None and _shape(start) != _shape(end):
        raise InvalidDate(
            text,
            "the two ends of a range differ in precision",
            "Write both as days, both as months or both as years",
            column=offset + len(start_text) + 3,
        )
    _refuse_reversed(text, start, end, offset + len(start_text) + 3)
    return _spanning(f"{start or ''}..{end or ''}", "range", start, end)


def _shape(value: Edtf) -> tuple[int, Precision]:
    return len(value.parts), value.precision


# --- both ---


def _part(text: str, part: str, offset: int) -> Edtf:
    """Return one date inside an interval or a set; blame the right column of the whole when it is wrong."""
    try:
        value = date(part)
        if value is None:
            raise diagnosed(part, LONGEST)
        if value.kind == "time":
            raise InvalidDate(
                part,
                "an interval or a list has no time of day",
                "Write the days only",
                column=part.index("T") + 1,
                field="time",
            )
        return value
    except InvalidDate as error:
        raise error.within(text, offset) from None


def _refuse_reversed(text: str, start: Edtf | None, end: Edtf | None, column: int) -> None:
    if start is None or end is None or start.lower is None or end.upper is None or start.lower <= end.upper:
        return
    raise InvalidDate(
        text,
        "the end {end} lies before the start {start}",
        "Write the earlier date first",
        column=column,
        start=start.text,
        end=end.text,
    )


def _spanning(text: str, kind: str, start: Edtf | None, end: Edtf | None) -> Edtf:
    return Edtf(
        text,
        "interval" if kind == "interval" else "range",
        start.lower if start is not None else None,
        end.upper if end is not None else None,
        _common_precision([value for value in (start, end) if value is not None]),
        members=(start, end),
    )


def _common_precision(values: list[Edtf]) -> Precision:
    precisions = {value.precision for value in values}
    return precisions.pop() if len(precisions) == 1 else "mixed"
