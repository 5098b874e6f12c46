"""Verbs of consent: forms are registered, legacy forms read, decisions recorded. Nothing here changes a decision."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from tumen import dates
from tumen.archive import versions
from tumen.archive.changes import OpenChange
from tumen.coding.consent import BadAnswer, Block, as_json
from tumen.coding.errors import BadConsent, Problem
from tumen.coding.models import Consent, ConsentForm, FormReading, Interview, Party
from tumen.coding.queries.consent import grid
from tumen.guard import reading
from tumen.guard.audit import Kind, note
from tumen.sources.models import Source

EVERY = "*"
"""Stands for every purpose or every audience that there is when the decision is recorded, and none that comes later."""


@dataclass(frozen=True)
class Question:
    """One question of a form, and the cells that an answer to it is for."""

    key: str
    asks: str
    purposes: tuple[str, ...]
    audiences: tuple[str, ...]
    grain: str

    def answered(self, state: str) -> Block:
        """Return what an answer says."""
        return Block(state, self.purposes, self.audiences, self.grain)


@dataclass(frozen=True)
class Told:
    """What is recorded beside the answers of a decision, as it was entered."""

    date: str = ""
    starts: str = ""
    ends: str = ""
    guardian: str = ""
    words: str = ""


def register_form(
    c: OpenChange,
    code: str,
    text: str,
    questions: Sequence[Question],
    *,
    title: str = "",
    language: str = "",
    since: str = "",
    legacy: bool = False,
) -> ConsentForm:
    """Register one version of a form. Raises BadConsent."""
    problems = []
    if not code.strip():
        problems.append(Problem("code", _("A form has a code."), _("Write what is printed on it, with its version.")))
    elif ConsentForm.objects.filter(code=code.strip()).exists():
        problems.append(Problem("code", _("This form is registered."), _("A changed form is a version of its own.")))
    if not text.strip():
        problems.append(Problem("text", _("The text of the form is missing."), _("Copy it word for word.")))
    if not questions and not legacy:
        what = _("No question says what an answer is for.")
        problems.append(Problem("questions", what, _("Write one line a question, or say that it is a legacy form.")))
    if since and dates.try_parse(since) is None:
        problems.append(Problem("since", _("“{date}” is no date.").format(date=since), _("Write a year, or EDTF.")))
    kept = []
    for question in questions:
        try:
            asked = expanded(question.answered("given"))
        except BadAnswer as error:
            problems.append(Problem("questions", f"{question.key}: {error}"))
        else:
            kept.append([question.key, question.asks, asked.purposes, asked.audiences, asked.grain])
    if problems:
        raise BadConsent(problems)
    words = json.dumps(kept, ensure_ascii=False)
    return c.insert(ConsentForm, code=code.strip(), title=title, text=text, questions=words,
                    language=language, since=since, legacy=legacy)  # fmt: skip


def questions_of(form: ConsentForm) -> list[Question]:
    """Return the questions of a form; none of a legacy form that was registered without."""
    told = str(reading.public(form, "questions"))
    return [
        Question(key, asks, tuple(purposes), tuple(audiences), grain)
        for key, asks, purposes, audiences, grain in (json.loads(told) if told else ())
    ]


def read_form(c: OpenChange, user: int, form: ConsentForm, answers: Iterable[Block], reason: str) -> FormReading:
    """Judge what a signature under a legacy form covers; earlier judgements stay and no longer count.

    Raises BadConsent.
    """
    problems = []
    if not form.legacy:
        problems.append(Problem("form", _("This form asked in the terms of the grid; its answers need no reading.")))
    if not reason.strip():
        problems.append(Problem("reason", _("A reading needs a reason."), _("Say why the form is read so.")))
    blocks = _checked(answers, problems)
    if any(each.state not in ("given", "refused", "not_asked") for each in blocks):
        problems.append(Problem("answers", _("A reading says given, refused or not asked.")))
    if problems:
        raise BadConsent(problems)
    return c.insert(FormReading, form=form, answers=as_json(blocks), reviewer=user, reason=reason.strip())


def decide(
    c: OpenChange,
    source: Source,
    subject: Party | None,
    answers: Iterable[Block],
    told: Told,
    form: ConsentForm | None = None,
) -> Consent:
    """Record what a data subject decided; `subject` None is the teller. Raises BadConsent."""
    problems: list[Problem] = []
    blocks = _checked(answers, problems)
    if not blocks and not problems:
        problems.append(Problem("answers", _("The decision says nothing."), _("Answer at least one question.")))
    told_on, low, high = _day_of(told.date, problems)
    starts, ends = _bound("starts", told.starts, problems), _bound("ends", told.ends, problems)
    if starts is not None and ends is not None and ends < starts:
        problems.append(Problem("ends", _("It ends before it begins.")))
    if any(each.state == "legacy" for each in blocks) and (form is None or not form.legacy):
        problems.append(Problem("form", _("Which legacy form was signed?"), _("Register it, then choose it here.")))
    if subject is not None and subject.coding.source_id != source.pk:
        problems.append(Problem("subject", _("This party belongs to another source.")))
    if problems:
        raise BadConsent(problems)
    states = sorted({each.state for each in blocks})
    note(Kind.CONSENT, c.actor, about=source.pk, compartment=source.compartment_id, what=", ".join(states))
    return c.insert(
        Consent, source=source, subject=None if subject is None or _tells(source, subject) else subject, form=form,
        answers=as_json(blocks), date=told_on, low=low, high=high, starts=starts, ends=ends,
        guardian=told.guardian.strip(), words=told.words.strip(),
    )  # fmt: skip


def withdraw(c: OpenChange, source: Source, subject: Party | None, told: Told) -> Consent:
    """Record that a data subject takes back whatever she agreed to. Raises BadConsent."""
    return decide(c, source, subject, [everything("withdrawn")], told)


def answers_of(form: ConsentForm, given: Mapping[str, str]) -> list[Block]:
    """Return what answers to the questions of a form say; a question that was not answered says nothing.

    Raises BadConsent.
    """
    if form.legacy and set(given.values()) == {"legacy"}:
        return [everything("legacy")]
    questions = {question.key: question for question in questions_of(form)}
    strange = [key for key in given if key not in questions]
    if strange:
        raise BadConsent([Problem("answers", _("The form has no question “{key}”.").format(key=strange[0]))])
    return [questions[key].answered(state) for key, state in given.items() if state]


def everything(state: str) -> Block:
    """Return one answer for the whole grid."""
    axes = grid()
    return Block(state, axes.purposes, axes.audiences, axes.grains[-1 if Block(state, (), (), "").is_yes else 0])


def expanded(each: Block) -> Block:
    """Return a block with EVERY replaced by what there is today, every code checked. Raises BadAnswer."""
    axes = grid()
    return axes.check(
        each._replace(
            purposes=axes.purposes if EVERY in each.purposes else each.purposes,
            audiences=axes.audiences if EVERY in each.audiences else each.audiences,
        )
    )


def read_questions(text: str) -> list[Question]:
    """Read questions as people write them, one a line: key | purposes | audiences | granularity | words.

    Several purposes or audiences are parted by commas; EVERY stands for all. Raises BadConsent.
    """
    found, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        parts = [part.strip() for part in line.split("|", 4)]
        if len(parts) < 4:
            what = _("Line {n} has fewer than four parts.").format(n=number)
            problems.append(Problem("questions", what, _("Write: key | purposes | audiences | granularity | words")))
            continue
        key, purposes, audiences, grain, asks = [*parts, ""][:5]
        found.append(Question(key, asks, _codes(purposes), _codes(audiences), grain))
    if problems:
        raise BadConsent(problems)
    return found


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(",") if code.strip())


def _checked(answers: Iterable[Block], problems: list[Problem]) -> list[Block]:
    checked = []
    for each in answers:
        try:
            checked.append(expanded(each))
        except BadAnswer as error:
            problems.append(Problem("answers", str(error)))
    return checked


def _day_of(text: str, problems: list[Problem]) -> tuple[str, int, int]:
    """Return the date of a decision with its first and last day; nobody decides in the future."""
    today = timezone.localdate()
    if not text.strip():
        return today.isoformat(), today.toordinal(), today.toordinal()
    try:
        found = dates.read(text)
    except dates.InvalidDate as error:
        what, advice = error.told(_)
        problems.append(Problem("date", f"{what}.", f"{advice}."))
        return "", 0, 0
    low, high = found.bounds
    if low is not None and low > today.toordinal():
        problems.append(Problem("date", _("The date lies in the future.")))
    last = today.toordinal()
    return found.text, low if low is not None else 1, min(high, last) if high is not None else last


def _bound(field: str, text: str, problems: list[Problem]) -> int | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip()).toordinal()
    except ValueError:
        problems.append(Problem(field, _("“{date}” is no day.").format(date=text), _("Write YYYY-MM-DD.")))
    return None


def _tells(source: Source, subject: Party) -> bool:
    """Say whether a party is the teller of this source, who is written as nobody else."""
    rows = versions.visible(Interview.objects.filter(coding__source=source.pk, teller=subject.pk))
    return rows.exists()


__all__ = [
    "EVERY", "Question", "Told", "answers_of", "decide", "everything", "expanded",
    "questions_of", "read_form", "read_questions", "register_form", "withdraw",
]  # fmt: skip
