"""Decisions about consent from a file of rows: all of them read and checked first, recorded in one change, or none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.coding.consent import Block
from tumen.coding.errors import BadConsent, CodingError, Problem
from tumen.coding.models import Consent, ConsentForm, Party
from tumen.coding.services.consent import Told, decide
from tumen.sources.models import Source

COLUMNS = ("source", "subject", "form", "date", "state", "purposes", "audiences", "granularity", "starts", "ends",
           "guardian", "words")  # fmt: skip
"""The columns of a file; all but source, state, purposes, audiences and granularity may be empty or left out."""
NEEDED = ("source", "state", "purposes", "audiences", "granularity")
Row = Mapping[str, str]


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with one row, counted as a spreadsheet does."""

    row: int
    field: str
    value: str
    problem: str

    def __str__(self) -> str:
        return _("row {row}, {field} {value!r}: {problem}").format(
            row=self.row, field=self.field, value=self.value, problem=self.problem
        )


class BadRows(CodingError):
    """Rows of a file of decisions cannot be recorded; nothing of the file was. Carries what is wrong, row by row."""

    def __init__(self, problems: list[RowProblem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


def record_rows(c: OpenChange, rows: Iterable[tuple[int, Row]]) -> list[Consent]:
    """Record the decision of each (number, row). Several codes in a cell are parted by ";", "*" stands for all.

    Raises BadRows once every row was looked at; the change then has to be given up.
    """
    made: list[Consent] = []
    problems: list[RowProblem] = []
    forms = {form.code: form for form in versions.visible(ConsentForm.objects.all())}
    for number, row in rows:
        told = {name: str(row.get(name) or "").strip() for name in COLUMNS}
        wrong = list(_missing(told))
        source = None if wrong else _source(told["source"], wrong)
        subject = _subject(told["subject"], source, wrong) if source is not None else None
        form = forms.get(told["form"])
        if told["form"] and form is None:
            wrong.append(Problem("form", _("There is no such form.")))
        if not wrong and source is not None:
            answer = Block(told["state"], _codes(told["purposes"]), _codes(told["audiences"]), told["granularity"])
            try:
                made.append(decide(c, source, subject, [answer], _told(told), form))
            except BadConsent as error:
                wrong += error.problems
        problems += [RowProblem(number, each.field, told.get(each.field, ""), str(each)) for each in wrong]
    if problems:
        raise BadRows(problems)
    return made


def _missing(told: Row) -> Iterator[Problem]:
    for name in NEEDED:
        if not told[name]:
            yield Problem(name, _("This cell is empty."))


def _source(text: str, wrong: list[Problem]) -> Source | None:
    found = versions.visible(Source.objects.filter(pk=text)).first() if text.isdecimal() else None
    if found is None:
        wrong.append(Problem("source", _("There is no such source."), _("Write its number.")))
    return found


def _subject(text: str, source: Source, wrong: list[Problem]) -> Party | None:
    if not text:
        return None
    rows = Party.objects.filter(pk=text, coding__source=source.pk) if text.isdecimal() else Party.objects.none()
    found = versions.visible(rows).first()
    if found is None:
        wrong.append(Problem("subject", _("This source has no such party."), _("Write the party’s number.")))
    return found


def _told(told: Row) -> Told:
    return Told(told["date"], told["starts"], told["ends"], told["guardian"], told["words"])


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(";") if code.strip())
