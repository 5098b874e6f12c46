"""What the pages of vocabularies show."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from tumen.coding import reference
from tumen.coding.models import Unit
from tumen.coding.queries import labels
from tumen.coding.queries.usage import used_codes
from tumen.columns import Mask
from tumen.vocabularies import Term, Vocabulary

_CODE_IN_TEXT = re.compile(r"(?<=[(（])[a-z]+(?=[)）])|(?<![a-z_.])[a-z_]+(?:\.[a-z_]+)+")


@dataclass(frozen=True)
class ListLine:
    """One list in the overview."""

    code: str
    title: str
    terms: int
    retired: int
    about: str


@dataclass(frozen=True)
class TermRow:
    """One term with everything its page shows."""

    term: Term
    label: str
    others: str
    definition: str
    includes: str
    excludes: tuple[str, ...]
    example: str
    counting_rule: str
    crosswalks: tuple[tuple[str, str], ...]
    used: int
    used_below: int
    path: str


@dataclass(frozen=True)
class UnitRow:
    """One unit of the archive's tree."""

    unit: Unit
    label: str
    agency: str
    place: str


def overview() -> list[ListLine]:
    """Return every list with its size."""
    lang = reference.language()
    return [
        ListLine(
            each.code, each.title.text(lang), len(each), sum(term.retired is not None for term in each), each.about
        )
        for each in reference.vocabularies()
    ]


def rows(mask: Mask, vocabulary: Vocabulary, text: str = "", only_favourites: bool = False) -> list[TermRow]:
    """Return the terms of a list, or those that fit a search, each with how often the mask shows it in use."""
    lang = reference.language()
    used = used_codes(vocabulary.code, mask)
    terms: Iterable[Term] = vocabulary
    if text:
        terms = vocabulary.search(text, lang, limit=None)
    elif only_favourites:
        terms = vocabulary.favourites()
    below = _below(vocabulary, used)
    schemes = sorted({scheme for term in vocabulary for scheme in term.crosswalks})
    found = []
    for term in terms:
        walks = tuple(
            (scheme, ", ".join(codes)) for scheme in schemes if (codes := vocabulary.crosswalk(term.code, scheme))
        )
        others = [term.label.own(other) for other in ("en", "ko", "zh") if other != lang]
        found.append(
            TermRow(
                term,
                term.label.text(lang),
                " · ".join(other for other in others if other),
                term.definition.text(lang),
                term.includes.text(lang),
                tuple(_readable(text, vocabulary) for text in vocabulary.excludes(term.code, lang)),
                term.example.text(lang),
                vocabulary.counting_rule(term.code, lang),
                walks,
                used[term.code],
                below[term.code],
                " › ".join(parent.label.text(lang) for parent in vocabulary.ancestors(term.code)),
            )
        )
    return found


def units() -> list[UnitRow]:
    """Return the units by name."""
    return [
        UnitRow(unit, labels.unit_label(unit), reference.label("agency", unit.kind), reference.place_label(unit.place))
        for unit in labels.units()
    ]


def _readable(text: str, vocabulary: Vocabulary) -> str:
    """Return a note with the codes it points at replaced by their labels."""
    lang = reference.language()
    return _CODE_IN_TEXT.sub(
        lambda found: vocabulary.label(found[0], lang) if found[0] in vocabulary else found[0], text
    )


def _below(vocabulary: Vocabulary, used: Counter[str]) -> Counter[str]:
    """Return the uses of each term with everything below it."""
    sums: Counter[str] = Counter()
    for term in vocabulary:
        for above in (term, *vocabulary.ancestors(term.code)):
            sums[above.code] += used[term.code]
    return sums
