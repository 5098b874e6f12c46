"""From what a form sends to the text form of a question: lists joined, pairs of bounds made one, days made changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from urllib.parse import quote, unquote_plus

from django.utils.translation import gettext_noop as noop

from tumen.columns import OPEN, BadQuery
from tumen.counting.queries import asking

Pairs = list[tuple[str, str]]
_SAFE = ",/:.-_~"
_JOINED = frozenset({"columns", "dims", "sort"})
_DAY = "asof_day"


def text_of(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the text form that a form's fields stand for.

    `columns` and `dims` may come several times; `period__from` and `period__to` make one condition in place of any
    other on the field; `asof_day` is a day and becomes the newest change made by its end. Empty values ask nothing.

    Raises BadQuery for a day that is none.
    """
    joined: dict[str, list[str]] = {}
    bounds: dict[str, dict[str, str]] = {}
    rest: Pairs = []
    day = ""
    for key, value in pairs:
        name, _, end = key.partition("__")
        if key in _JOINED:
            joined.setdefault(key, []).extend(part for part in value.split(",") if part)
        elif end in ("from", "to"):
            bounds.setdefault(name, {})[end] = value.strip()
        elif key == _DAY:
            day = value.strip()
        elif value:
            rest.append((key, value))
    for name, ends in bounds.items():
        low, high = ends.get("from") or OPEN, ends.get("to") or OPEN
        rest = [pair for pair in rest if pair[0].partition(".")[0] != name]
        if (low, high) != (OPEN, OPEN):
            rest.append((name, f"{low}/{high}"))
    if day:
        rest = [pair for pair in rest if pair[0] != "asof"]
        rest.append(("asof", str(asking.known_on(_day(day)))))
    rest += [(key, ",".join(dict.fromkeys(values))) for key, values in joined.items() if values]
    return "&".join(f"{key}={quote(value, safe=_SAFE)}" for key, value in rest)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadQuery(noop("{value!r} is not a day: write YYYY-MM-DD"), value=text) from None


def is_from_form(keys: Iterable[str]) -> bool:
    """Say whether any of these keys is one that only forms send, so that the address should be set right."""
    return any(key == _DAY or "__" in key for key in keys)


def hidden(text: str, *without: str) -> Pairs:
    """Return what a form must carry along so that the rest of a question stays: its pairs but those named."""
    found = []
    for part in text.split("&"):
        key, _, value = part.partition("=")
        if part and key not in without and key.partition(".")[0] not in without:
            found.append((key, unquote_plus(value)))
    return found
