"""What the page of consent of one source shows: where each data subject stands, and what each decided when."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from tumen.archive.models import Change
from tumen.coding import reference
from tumen.coding.consent import AUDIENCES, GRAINS, PURPOSES, STATES, Block, Grid, State
from tumen.coding.models import Coding, Consent, ConsentForm, FormReading
from tumen.coding.queries import consent, labels
from tumen.columns import Mask
from tumen.guard import reading
from tumen.guard.models import User
from tumen.sources.models import Source


@dataclass(frozen=True)
class Cell:
    """What one purpose and audience may use: up to which granularity, or why nothing."""

    label: str
    is_usable: bool
    state: str


@dataclass(frozen=True)
class Stand:
    """One data subject: who it is, and the grid as it stands today."""

    who: labels.Called
    rows: list[tuple[str, list[Cell]]]


@dataclass(frozen=True)
class Made:
    """One decision, ready to be shown."""

    record: Consent
    who: labels.Called
    form: str
    answers: list[str]
    on: str
    starts: str
    ends: str
    guardian: reading.Shown
    words: reading.Shown
    by: str
    change: int


def stands(mask: Mask, source: Source, coding: Coding | None) -> list[Stand]:
    """Return where the teller and every other data subject of a source stand today."""
    rows, names = consent.decisions(source.pk), labels.Labels(mask, coding)
    subjects = [None, *dict.fromkeys(row.subject_id for row in reversed(rows) if row.subject_id is not None)]
    return [
        Stand(_who(names, subject), _grid(row for row in rows if row.subject_id == subject))
        for subject in subjects
        if subject is not None or rows
    ]


def decisions(mask: Mask, source: Source, coding: Coding | None) -> list[Made]:
    """Return every decision about a source, the latest first."""
    rows, names, axes = consent.decisions(source.pk), labels.Labels(mask, coding), consent.grid()
    guardians, words = reading.read(mask, rows, "guardian"), reading.read(mask, rows, "words")
    actors = dict(Change.objects.filter(seq__in=[row.change for row in rows]).values_list("seq", "actor"))
    people = dict(User.objects.filter(pk__in=actors.values()).values_list("pk", "username"))
    return [
        Made(
            record=row,
            who=_who(names, row.subject_id),
            form=row.form.code if row.form is not None else "",
            answers=[block_label(axes, each) for each in consent.blocks(row.answers)],
            on=labels.date(row.date),
            starts=_day(row.starts),
            ends=_day(row.ends),
            guardian=guardians[row.pk],
            words=words[row.pk],
            by=people.get(actors.get(row.change, 0), ""),
            change=row.change,
        )
        for row in rows
    ]


def read_as(mask: Mask, form: ConsentForm) -> list[tuple[FormReading, list[str], reading.Shown, str]]:
    """Return how a legacy form was read: the reading, its answers in words, why, by whom; the latest first."""
    rows, axes = consent.readings(form.pk), consent.grid()
    why = reading.read(mask, rows, "reason")
    people = dict(User.objects.filter(pk__in=[row.reviewer for row in rows]).values_list("pk", "username"))
    return [
        (row, [block_label(axes, each) for each in consent.blocks(row.answers)], why[row.pk],
         people.get(row.reviewer, ""))
        for row in rows
    ]  # fmt: skip


def block_label(axes: Grid, each: Block) -> str:
    """Return an answer in words: the state, what for, for whom, how finely."""
    purposes = _listed(PURPOSES, each.purposes, axes.purposes, _("every purpose"))
    audiences = _listed(AUDIENCES, each.audiences, axes.audiences, _("every audience"))
    return f"{reference.label(STATES, each.state)}: {purposes} · {audiences} · {reference.label(GRAINS, each.grain)}"


def choices(name: str) -> list[tuple[str, str]]:
    """Return the terms of a list of the grid, as a form offers them."""
    return [
        (term.code, term.label.text(reference.language()))
        for term in reference.vocabularies()[name]
        if not term.retired
    ]


def _listed(name: str, codes: Iterable[str], every: tuple[str, ...], whole: str) -> str:
    codes = tuple(codes)
    return whole if set(codes) == set(every) else ", ".join(reference.label(name, code) for code in codes)


def _who(names: labels.Labels, subject: int | None) -> labels.Called:
    return names.party(subject) or labels.Called(_("Teller"))


def _grid(rows: Iterable[Consent]) -> list[tuple[str, list[Cell]]]:
    axes = consent.grid()
    found = consent.states_of(rows).reshape(len(axes.purposes), len(axes.audiences), len(axes.grains))
    return [
        (reference.label(PURPOSES, purpose), [_cell(axes, states.tolist()) for states in row])
        for purpose, row in zip(axes.purposes, found, strict=True)
    ]


def _cell(axes: Grid, states: list[int]) -> Cell:
    usable = [place for place, state in enumerate(states) if state <= State.PUBLIC]
    state = State(states[usable[-1]] if usable else states[0])
    if usable:
        return Cell(reference.label(GRAINS, axes.grains[usable[-1]]), True, state.code)
    own: dict[State, Any] = {State.EMBARGOED: _("not yet"), State.EXPIRED: _("expired")}
    return Cell(own.get(state) or reference.label(STATES, state.code), False, state.code)


def _day(number: int | None) -> str:
    return "" if number is None else date.fromordinal(number).isoformat()
