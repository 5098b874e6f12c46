"""Consent: the decisions about one source, the forms people are asked by, how legacy forms are read."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.coding.consent import AUDIENCES, GRAINS, PURPOSES, STATES, Block
from tumen.coding.errors import BadConsent, NotAllowed, NotFound, Problem
from tumen.coding.kinds import KINDS
from tumen.coding.models import ConsentForm, Party
from tumen.coding.queries import consent as queries
from tumen.coding.queries import consent_page
from tumen.coding.queries.choices import choices_of
from tumen.coding.services import consent as verbs
from tumen.coding.views.common import Bench, bench, page
from tumen.guard.masks import mask_for, may
from tumen.guard.permissions import Permission


@page
def source(request: HttpRequest, number: int) -> HttpResponse:
    """Show what the data subjects of a source decided, and record what one of them decides now."""
    desk = bench(request, number)
    form = _form(request.POST.get("form") or request.GET.get("form", ""))
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        desk.must_consent()
        try:
            _record(request, desk, form)
        except BadConsent as error:
            problems = error.problems
        else:
            return redirect("coding:consent", number)
    context = {
        "desk": desk,
        "source": desk.source,
        "stands": consent_page.stands(desk.mask, desk.source, desk.coding),
        "decisions": consent_page.decisions(desk.mask, desk.source, desk.coding),
        "audiences": [label for _code, label in consent_page.choices(AUDIENCES)],
        "problems": problems,
        "given": request.POST,
        **(_entry(desk, form) if desk.may_consent else {}),
    }
    return render(request, "coding/consent.html", context)


def _entry(desk: Bench, form: ConsentForm | None) -> dict[str, Any]:
    """What the form of a new decision offers."""
    parties = choices_of(KINDS["interview"].field("teller"), desk.names, "", None)
    return {
        "forms": queries.forms(),
        "form": form,
        "questions": verbs.questions_of(form) if form is not None else [],
        "subjects": [choice for choice in parties if not choice.group],
        "states": consent_page.choices(STATES),
        "answer_states": [pair for pair in consent_page.choices(STATES) if pair[0] not in ("legacy", "public")],
        "purposes": consent_page.choices(PURPOSES),
        "audience_choices": consent_page.choices(AUDIENCES),
        "grains": consent_page.choices(GRAINS),
    }


def _record(request: HttpRequest, desk: Bench, form: ConsentForm | None) -> None:
    post = request.POST
    told = verbs.Told(*(post.get(name, "").strip() for name in ("date", "starts", "ends", "guardian", "words")))
    subject = _subject(desk, post.get("subject", ""))
    with change(desk.user.pk, "consent decided") as c:
        if "withdraw" in post:
            verbs.withdraw(c, desk.source, subject, told)
        elif form is not None:
            given = {name.removeprefix("q-"): str(post[name]) for name in post if name.startswith("q-") and post[name]}
            verbs.decide(c, desk.source, subject, verbs.answers_of(form, given), told, form)
        else:
            answer = Block(post.get("state", ""), tuple(post.getlist("purposes")), tuple(post.getlist("audiences")),
                           post.get("grain", ""))  # fmt: skip
            verbs.decide(c, desk.source, subject, [answer], told)
    messages.success(request, _("The decision is recorded. It counts from the next question on."))


def _subject(desk: Bench, number: str) -> Party | None:
    if not number:
        return None
    found = versions.visible(Party.objects.filter(pk=number)).first() if number.isdecimal() else None
    if found is None or found.coding.source_id != desk.source.pk:
        raise BadConsent([Problem("subject", _("Choose one of this source’s parties."))])
    return found


@page
def forms(request: HttpRequest) -> HttpResponse:
    """List the forms of consent, and register a new version of one."""
    _must_belong(request)
    may_write = may(request.user, Permission.CONSENT)  # type: ignore[arg-type]
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        if not may_write:
            raise NotAllowed("You may read the forms of consent and not register one.")
        try:
            _register(request)
        except BadConsent as error:
            problems = error.problems
        else:
            messages.success(request, _("The form is registered."))
            return redirect("coding:consent_forms")
    context = {"forms": queries.forms(), "may_write": may_write, "problems": problems, "given": request.POST}
    return render(request, "coding/consent_forms.html", context)


def _register(request: HttpRequest) -> None:
    post = request.POST
    questions = verbs.read_questions(post.get("questions", ""))
    with change(request.user.pk or 0, "a form of consent") as c:
        verbs.register_form(
            c, post.get("code", ""), post.get("text", ""), questions, title=post.get("title", "").strip(),
            language=post.get("language", ""), since=post.get("since", "").strip(), legacy=bool(post.get("legacy")),
        )  # fmt: skip


@page
def one_form(request: HttpRequest, number: int) -> HttpResponse:
    """Show a form with what it asks; for a legacy form how it is read, and read it anew."""
    _must_belong(request)
    found = _form(str(number))
    if found is None:
        raise NotFound(f"There is no form {number}.")
    may_write = may(request.user, Permission.CONSENT)  # type: ignore[arg-type]
    problems: tuple[Problem, ...] = ()
    if request.method == "POST":
        if not may_write:
            raise NotAllowed("You may read the forms of consent and not judge them.")
        try:
            answers = [question.answered("given") for question in verbs.read_questions(request.POST.get("answers", ""))]
            with change(request.user.pk or 0, "a form of consent read") as c:
                verbs.read_form(c, request.user.pk or 0, found, answers, request.POST.get("reason", ""))
        except BadConsent as error:
            problems = error.problems
        else:
            messages.success(request, _("The reading is recorded. It counts from the next question on."))
            return redirect("coding:consent_form", number)
    mask = mask_for(request.user)  # type: ignore[arg-type]
    axes = queries.grid()
    context = {
        "form": found,
        "questions": [
            (each.key, each.asks, consent_page.block_label(axes, each.answered("given")))
            for each in verbs.questions_of(found)
        ],
        "readings": consent_page.read_as(mask, found),
        "may_write": may_write,
        "problems": problems,
        "given": request.POST,
    }
    return render(request, "coding/consent_form.html", context)


def _must_belong(request: HttpRequest) -> None:
    """Forms stand in no compartment: whoever has a role in any sees them. Raises NotFound."""
    if not mask_for(request.user).compartments:  # type: ignore[arg-type]
        raise NotFound("There are no forms of consent for you.")


def _form(number: str) -> ConsentForm | None:
    if not number.isdecimal():
        return None
    return versions.visible(ConsentForm.objects.filter(pk=number)).first()
