"""What may be used for what: for any question how many each purpose and audience may use, and why the others not."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from tumen.coding.consent import AUDIENCES, GRAINS, PURPOSES, REASONS, State
from tumen.coding.queries.consent import grid
from tumen.columns import Mask, Query, Selection, select, withheld
from tumen.columns.arrays import Int64s
from tumen.counting.queries import asking, filters
from tumen.counting.queries.head import Choice, Head, head
from tumen.counting.queries.labels import REASON_WORDS, Labels, Language
from tumen.counting.usable import USUAL_GRAIN
from tumen.formats import Value
from tumen.guard.masks import IDENTITY, NARRATIVE

COARSEST_ROWS = "coded"
"""Whoever gets rows gets at least coded facts, however coarse a use was asked for."""
OPENS = {"aggregate": (), "coded": (), "narrative": (NARRATIVE,), "named": (NARRATIVE, IDENTITY)}
"""The classes of fields that each granularity lets out."""


@dataclass(frozen=True)
class Cell:
    """How many one purpose and audience may use, how many percent of all that is, and where to look into it."""

    count: int
    share: int
    heat: int
    chosen: bool
    address: str


@dataclass(frozen=True)
class Reason:
    """Why some may not be used: how many, and the address of their list."""

    label: str
    count: int
    address: str


@dataclass(frozen=True)
class ConsentPage:
    """Everything the page of consent shows of one question.

    Attributes:
        rows: purposes with their cells.
        usable: how many the chosen purpose and audience may use, and the address of their list.
        otherwise: how many of these are told otherwise by what may be used alone, and so do not meet the question.
    """

    query: Query
    address: str
    head: Head
    chips: list[filters.Chip]
    grains: list[Choice]
    audiences: list[str]
    rows: list[tuple[str, list[Cell]]]
    purpose: str
    audience: str
    grain: str
    total: int
    usable: Reason
    otherwise: int
    reasons: list[Reason]


def consent_page(query: Query, mask: Mask, user: int, language: Language) -> ConsentPage:
    """Return what may be used of all that a question means. Raises as `list_page`."""
    query = asking.with_words(query, user)
    axes, labels = grid(), Labels(language, query.unit)
    purpose, audience = query.purpose or axes.purposes[0], query.audience or axes.audiences[0]
    query = replace(query, purpose=purpose, audience=audience, grain=query.grain or USUAL_GRAIN, because=None, page=1)
    bare, selection, chosen, total = _asked_of(query, mask)
    counts = {
        (one, other): _usable(withheld(selection, one, other, query.grain))
        for one in axes.purposes
        for other in axes.audiences
    }
    rows = [
        (
            labels.listed(PURPOSES, one),
            [_cell(query, one, other, counts[one, other], selection.total) for other in axes.audiences],
        )
        for one in axes.purposes
    ]
    return ConsentPage(
        query=query,
        address=asking.to_text(query),
        head=head(bare, labels, selection.total, selection.hidden, selection.uncounted, (), selection.beside),
        chips=filters.chips(bare, labels),
        grains=[
            Choice(labels.listed(GRAINS, one), asking.to_text(replace(query, grain=one)), one == query.grain)
            for one in axes.grains
        ],
        audiences=[labels.listed(AUDIENCES, other) for other in axes.audiences],
        rows=rows,
        purpose=labels.listed(PURPOSES, purpose),
        audience=labels.listed(AUDIENCES, audience),
        grain=labels.listed(GRAINS, query.grain or USUAL_GRAIN),
        total=selection.total,
        usable=Reason(_("may be used"), total, asking.to_text(query)),
        otherwise=_usable(chosen) - total,
        reasons=[
            Reason(_(REASON_WORDS[state.code]), int(chosen[state]), asking.to_text(replace(query, because=state.code)))
            for state in REASONS
            if chosen[state]
        ],
    )


def release_facts(query: Query, mask: Mask, labels: Labels) -> dict[str, Value]:
    """Return what the head of a file says of consent: for what it is, and how many were left out, for which reasons."""
    if query.purpose is None or query.audience is None:
        return {_("Consent"): _("not asked for: a working copy for use inside the group")}
    if query.because is not None:
        words = _("may not be used for %(use)s; a working copy for use inside the group")
        return {_("Consent"): words % {"use": labels.consent(query)}}
    _bare, _selection, chosen, total = _asked_of(query, mask)
    facts: dict[str, Value] = {
        _("Purpose"): labels.listed(PURPOSES, query.purpose),
        _("Audience"): labels.listed(AUDIENCES, query.audience),
        _("Granularity"): labels.listed(GRAINS, query.grain or USUAL_GRAIN),
        _("Usable by consent"): total,
        _("Left out for want of consent"): int(chosen.sum()) - total,
    }
    left_out = [(_(REASON_WORDS[state.code]), int(chosen[state])) for state in REASONS]
    left_out.append((_("told otherwise by what may be used"), _usable(chosen) - total))
    return facts | {_("Left out (%(reason)s)") % {"reason": label}: n for label, n in left_out if n}


@dataclass(frozen=True)
class ReleaseChoices:
    """What whoever takes a file out is asked, each choice as (code, label, whether it is chosen)."""

    purposes: list[tuple[str, str, bool]]
    audiences: list[tuple[str, str, bool]]
    grains: list[tuple[str, str, bool]]


def release_choices(query: Query, language: Language, rows: bool) -> ReleaseChoices:
    """Return what can be chosen for a file of rows, or of counts."""
    axes, labels = grid(), Labels(language, query.unit)
    grains = axes.grains[1:] if rows else axes.grains[:1]
    return ReleaseChoices(
        [(code, labels.listed(PURPOSES, code), code == query.purpose) for code in axes.purposes],
        [(code, labels.listed(AUDIENCES, code), code == query.audience) for code in axes.audiences],
        [(code, labels.listed(GRAINS, code), code == query.grain) for code in grains],
    )


def of_rows(query: Query) -> Query:
    """Return a question for a file of rows: at least as fine as rows are."""
    order = grid().grains
    if query.purpose is None or query.grain not in order:
        return query
    return replace(query, grain=max(query.grain, COARSEST_ROWS, key=order.index))


def released(query: Query, mask: Mask) -> Mask:
    """Return the mask with which a release is written: nothing finer than what was asked for, whoever writes it."""
    if query.purpose is None:
        return mask
    return replace(mask, classes=mask.classes & frozenset(OPENS.get(query.grain or USUAL_GRAIN, ())))


def _asked_of(query: Query, mask: Mask) -> tuple[Query, Selection, Int64s, int]:
    """The question without consent, what it chooses, how many of that are in each state, and how many may be used."""
    bare = replace(query, purpose=None, audience=None, grain=None, because=None)
    snapshot = asking.columns_for(bare)
    found = asking.found_rows(snapshot, bare, mask)
    selection = select(snapshot, bare, mask, found)
    states = withheld(selection, query.purpose or "", query.audience or "", query.grain)
    return bare, selection, states, select(snapshot, replace(query, because=None), mask, found).total


def _usable(states: Int64s) -> int:
    return int(states[: State.PUBLIC + 1].sum())


def _cell(query: Query, purpose: str, audience: str, count: int, total: int) -> Cell:
    share = count / total if total else 0.0
    address = asking.to_text(replace(query, purpose=purpose, audience=audience))
    is_chosen = (purpose, audience) == (query.purpose, query.audience)
    return Cell(count, round(100 * share), round(9 * share**0.5), is_chosen, address)


__all__ = ["ConsentPage", "consent_page", "of_rows", "release_facts", "released"]
