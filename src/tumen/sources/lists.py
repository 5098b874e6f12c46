"""The lists that describe sources: the archive's own once coding has registered them, else the shipped ones."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language

from tumen import vocabularies
from tumen.vocabularies import Language, Vocabularies

_lists: Callable[[], Vocabularies] = vocabularies.load


def use(lists: Callable[[], Vocabularies]) -> None:
    """Take the lists from this function from now on: coding, which stands above sources, keeps the archive's own."""
    global _lists
    _lists = lists


def lists() -> Vocabularies:
    """Return the lists of this archive."""
    return _lists()


def language() -> Language:
    """Return the language of the page as the lists know it."""
    return {"ko": "ko", "zh": "zh"}.get((get_language() or "en")[:2], "en")  # type: ignore[return-value]


def label(name: str, code: str) -> str:
    """Return a term's label in the language of the page, or the code itself when the list has none."""
    known = lists()
    if name not in known or code not in known[name]:
        return code
    return known[name].label(code, language())


def choices(name: str) -> list[tuple[str, str]]:
    """Return the terms of a list for a select, each below its parent, retired ones left out."""
    known = lists()[name]
    return [
        (term.code, "\u2003" * (term.level - 1) + term.label.text(language()))
        for term in known.terms
        if term.retired is None
    ]
