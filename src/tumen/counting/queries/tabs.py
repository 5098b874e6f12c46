"""The tabs of a search: the same words in the other kinds of rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from tumen.columns import Mask, Query, select
from tumen.counting.queries import asking
from tumen.counting.queries.head import Choice
from tumen.counting.queries.labels import Labels, Language

FOUND_IN = ("acts", "sources", "persons", "figures")
"""The kinds of rows that a search looks into, each a tab of its page."""


def tabs_of(query: Query, labels: Labels, totals: Mapping[str, int]) -> list[Choice]:
    """The same words in the other kinds of rows; how many were found there is said where it is known."""
    tabs = []
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}&q={query.token}"), as_of=query.as_of, checked=query.checked)
        label = f"{labels.unit(unit)} {totals[unit]:,}" if unit in totals else labels.unit(unit)
        tabs.append(Choice(label, asking.to_text(asked), query.unit == unit))
    return tabs


def counted_tabs(query: Query, mask: Mask, user: int, language: Language) -> list[Choice]:
    """Return the tabs of a search with how many each holds; apart from the list, which need not wait for them.

    Raises as `list_page`.
    """
    query = asking.with_words(query, user)
    totals = {}
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}"), text=query.text, token=query.token)
        asked = replace(asked, as_of=query.as_of, checked=query.checked)
        snapshot = asking.columns_for(asked)
        totals[unit] = select(snapshot, asked, mask, asking.found_rows(snapshot, asked, mask)).total
    return tabs_of(query, Labels(language, query.unit), totals)


def first_found(words: str, token: str, mask: Mask) -> str:
    """Return the first kind of rows in which the words are found, acts when they are found nowhere. Raises Masked."""
    for unit in FOUND_IN:
        asked = replace(asking.parse(f"unit={unit}"), text=words, token=token)
        snapshot = asking.columns_for(asked)
        if select(snapshot, asked, mask, asking.found_rows(snapshot, asked, mask)).total:
            return unit
    return FOUND_IN[0]
