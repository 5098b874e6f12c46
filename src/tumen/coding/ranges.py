"""Amounts as a coder types them into two boxes, "from" and "to", and as they are kept: a lower and an upper bound.

One number alone is exactly that number, since nobody who types an age of 23 means "23 or older". A limit is written as
one: `23+` (or `≥ 23`, `23 이상`, `23以上`), or a number in the second box alone for "up to". Both bounds may also be
typed into the first box: `20-25`.
"""

from __future__ import annotations

import re

_MORE = re.compile(r"(?:(?:>=|≥)\s*(?P<after>[\d.,\s]+)|(?P<before>[\d.,\s]+?)\s*(?:\+|이상|以上))")
_SPAN = re.compile(r"(?P<low>[\d.,\s]+?)\s*%?\s*[-–~〜～]\s*(?P<high>[\d.,\s]+%?)")

_LOWER = frozenset({"at_least", "more_than"})
_UPPER = frozenset({"at_most", "less_than"})


def read(first: str, second: str, qualifier: str = "") -> tuple[str, str]:
    """Return the texts of lower and upper bound, "" for none. `qualifier` is that of a figure, such as `at_least`."""
    first, second = first.strip(), second.strip()
    if not first or second:
        return first, second
    if found := _MORE.fullmatch(first):
        return (found["after"] or found["before"]).strip(), ""
    if found := _SPAN.fullmatch(first):
        return found["low"].strip(), found["high"].strip()
    if qualifier in _LOWER:
        return first, ""
    if qualifier in _UPPER:
        return "", first
    return first, first


def typed(low: str, high: str) -> tuple[str, str]:
    """Return what the two boxes show for kept bounds, such that `read` gives these bounds again."""
    return (f"{low}+", "") if low and not high else (low, high)
