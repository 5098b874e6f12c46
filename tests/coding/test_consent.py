"""Recording consent: decisions are added and never changed, forms say what they ask, and the next question sees it."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk

from tumen.archive.changes import change
from tumen.archive.undo import undo
from tumen.coding.consent import Block, State
from tumen.coding.errors import BadConsent
from tumen.coding.models import Consent, ConsentForm, DecisionStands, Interview, Party
from tumen.coding.queries import consent as queries
from tumen.coding.services import consent
from tumen.coding.services.consent import Question, Told
from tumen.coding.services.consent_files import BadRows, record_rows
from tumen.guard.models import AuditEvent, Membership, User
from tumen.guard.services import enrol, make_user

YES = Block("given", ("*",), ("*",), "narrative")
NO = Block("refused", ("*",), ("*",), "aggregate")


def decide(
    desk: Desk, *answers: Block, subject: int | None = None, form: ConsentForm | None = None, **told: str
) -> Consent:
    party = Party.objects.get(pk=subject) if subject is not None else None
    with change(desk.user.pk, "consent decided") as c:
        return consent.decide(c, desk.source, party, answers, Told(**told), form)


def usable(desk: Desk, grain: str = "coded") -> bool:
    return desk.source.pk in queries.allows("reporting", "public", grain)


def test_nothing_may_be_used_before_anybody_decided(desk: Desk) -> None:
    assert not usable(desk)


def test_a_withdrawal_is_seen_by_the_next_question(desk: Desk) -> None:
    decide(desk, YES)
    assert usable(desk) and not usable(desk, "named")
    with change(desk.user.pk, "consent decided") as c:
        consent.withdraw(c, desk.source, None, Told())
    assert not usable(desk, "aggregate")


def test_a_yes_entered_late_does_not_outdo_a_later_withdrawal(desk: Desk) -> None:
    decide(desk, Block("withdrawn", ("*",), ("*",), "aggregate"), date="2020-06-01")
    decide(desk, YES, date="2019-01-01")
    assert not usable(desk)
    decide(desk, YES, date="2021-01-01")
    assert usable(desk)


def test_a_decision_is_never_changed_but_an_entry_made_in_error_is_taken_back(desk: Desk) -> None:
    made = decide(desk, NO)
    with pytest.raises(DecisionStands), change(desk.user.pk, "tampered") as c:
        c.update(made, answers=[["given", ["reporting"], ["public"], "named"]])
    second = decide(desk, YES)
    assert usable(desk)
    undo(desk.user.pk, second.change, "undo")
    assert not usable(desk)
    assert Consent.objects.get(pk=made.pk).answers == made.answers


def test_all_purposes_means_those_there_are_today(desk: Desk) -> None:
    kept = decide(desk, YES).answers[0]
    assert "*" not in kept[1] and len(kept[1]) == len(queries.grid().purposes)


def test_a_teller_named_as_a_party_is_the_teller(desk: Desk) -> None:
    woman, other = desk.woman(), desk.woman()
    desk.record("interview", {"teller": str(woman)})
    assert decide(desk, NO, subject=woman).subject_id is None
    assert decide(desk, NO, subject=other).subject_id == other


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"date": "2999"}, "date"),
        ({"date": "never"}, "date"),
        ({"starts": "May"}, "starts"),
        ({"starts": "2030-01-02", "ends": "2030-01-01"}, "ends"),
    ],
)
def test_what_cannot_be_recorded_is_said_by_field(desk: Desk, told: dict[str, str], field: str) -> None:
    with pytest.raises(BadConsent) as caught:
        decide(desk, YES, **told)
    assert [problem.field for problem in caught.value.problems] == [field]
    assert not Consent.objects.exists()


def register(desk: Desk, code: str = "F1", legacy: bool = False) -> ConsentForm:
    questions = [] if legacy else [Question("1", "May it be published?", ("reporting",), ("public",), "coded")]
    with change(desk.user.pk, "a form of consent") as c:
        return consent.register_form(c, code, "We ask you.", questions, legacy=legacy)


def test_answers_to_a_form_settle_the_cells_its_questions_are_for(desk: Desk) -> None:
    form = register(desk)
    decide(desk, *consent.answers_of(form, {"1": "given"}), form=form)
    assert usable(desk) and not usable(desk, "narrative")
    assert queries.allows("advocacy", "public", "aggregate").tolist() == []
    with pytest.raises(BadConsent):
        consent.answers_of(form, {"2": "given"})
    with pytest.raises(BadConsent):
        register(desk)


def test_a_legacy_form_is_read_by_a_recorded_judgement_and_can_be_read_otherwise(desk: Desk) -> None:
    form = register(desk, legacy=True)
    decide(desk, *consent.answers_of(form, {"signed": "legacy"}), form=form)
    assert not usable(desk, "aggregate")
    for answer, expected in ((Block("given", ("reporting",), ("public",), "coded"), True),
                             (Block("given", ("documentation",), ("own",), "coded"), False)):  # fmt: skip
        with change(desk.user.pk, "a form of consent read") as c:
            consent.read_form(c, desk.user.pk, form, [answer], "It says so.")
        assert usable(desk) is expected
    with pytest.raises(BadConsent) as caught, change(desk.user.pk, "read") as c:
        consent.read_form(c, desk.user.pk, form, [YES], " ")
    assert [problem.field for problem in caught.value.problems] == ["reason"]


def test_the_embargo_of_a_source_holds_until_its_day(desk: Desk) -> None:
    decide(desk, YES)
    with change(desk.user.pk, "embargo") as c:
        c.update(desk.source, embargo="2999")
    assert not usable(desk)


def test_rows_of_a_file_are_recorded_all_or_none_and_each_fault_is_named(desk: Desk) -> None:
    good = {"source": str(desk.source.pk), "state": "given", "purposes": "reporting;research", "audiences": "*",
            "granularity": "coded"}  # fmt: skip
    rows = [(2, good), (3, {**good, "source": "1"}), (4, {**good, "state": "gven", "subject": "7", "form": "F9"}),
            (5, {**good, "granularity": "", "date": "2999"})]  # fmt: skip
    with pytest.raises(BadRows) as caught, change(desk.user.pk, "from a file") as c:
        record_rows(c, rows)
    assert [(each.row, each.field) for each in caught.value.problems] == [
        (3, "source"), (4, "subject"), (4, "form"), (5, "granularity"),
    ]  # fmt: skip
    assert not Consent.objects.exists()
    with change(desk.user.pk, "from a file") as c:
        assert len(record_rows(c, rows[:1])) == 1
    assert usable(desk)


def test_questions_of_a_form_are_read_line_by_line() -> None:
    found = consent.read_questions("1 | reporting, research | * | coded | May | it?\n\n2|advocacy|un|named|")
    assert found[0] == Question("1", "May | it?", ("reporting", "research"), ("*",), "coded")
    assert found[1].grain == "named"
    with pytest.raises(BadConsent):
        consent.read_questions("only this")


@pytest.fixture
def investigator(desk: Desk) -> Client:
    with change(1, "a role") as c:
        enrol(c, desk.user, desk.compartment, Membership.Role.INVESTIGATOR)
    client = Client()
    client.force_login(desk.user)
    return client


def test_a_decision_is_recorded_on_the_page_of_its_source_and_shown_there(desk: Desk, investigator: Client) -> None:
    address = reverse("coding:consent", args=[desk.source.pk])
    form = register(desk)
    assert "May it be published?" in investigator.get(address, {"form": form.pk}).content.decode()
    answer = investigator.post(address, {"form": form.pk, "q-1": "given", "date": "2020", "words": "said aloud"})
    assert answer.status_code == 302 and usable(desk)
    page = investigator.get(address).content.decode()
    assert "said aloud" in page and "Coded facts" in page
    investigator.post(address, {"withdraw": "1"})
    assert not usable(desk)
    kept = AuditEvent.objects.filter(kind="consent").order_by("pk").values_list("about", "what")
    assert list(kept) == [(desk.source.pk, "given"), (desk.source.pk, "withdrawn")]
    assert (
        "There is no" not in page
        and "2999" in investigator.post(address, {"state": "given", "date": "2999"}).content.decode()
    )


def test_words_and_guardians_are_shown_by_class_and_states_to_whoever_sees_the_source(desk: Desk, reader: User) -> None:
    decide(desk, YES, guardian="her aunt", words="a long talk")
    client = Client()
    client.force_login(reader)
    page = client.get(reverse("coding:consent", args=[desk.source.pk])).content.decode()
    assert "her aunt" not in page and "a long talk" not in page
    assert "Words without names" in page and "Record a decision" not in page
    refused = client.post(reverse("coding:consent", args=[desk.source.pk]), {"withdraw": "1"})
    assert refused.status_code == 403 and usable(desk)


def test_who_does_not_see_the_source_learns_nothing_of_its_consent(desk: Desk) -> None:
    stranger = make_user("stranger", "a long password")
    client = Client()
    client.force_login(stranger)
    assert client.get(reverse("coding:consent", args=[desk.source.pk])).status_code == 403
    form = register(desk)
    assert client.get(reverse("coding:consent_forms")).status_code == 403
    assert client.get(reverse("coding:consent_form", args=[form.pk])).status_code == 403


def test_forms_are_registered_and_read_on_their_pages(desk: Desk, investigator: Client, reader: User) -> None:
    forms = reverse("coding:consent_forms")
    given = {"code": "F-2003", "text": "I agree.", "legacy": "1"}
    assert investigator.post(forms, given).status_code == 302
    form = ConsentForm.objects.get()
    page = reverse("coding:consent_form", args=[form.pk])
    assert "Nobody has read it" in investigator.get(page).content.decode()
    read = {"answers": "a | reporting | public | coded |", "reason": "It was explained."}
    assert investigator.post(page, read).status_code == 302
    assert "It was explained." in investigator.get(page).content.decode()
    client = Client()
    client.force_login(reader)
    assert client.post(page, read).status_code == 403 and client.post(forms, given).status_code == 403
    assert "It was explained." not in client.get(page).content.decode()


def test_an_interview_is_told_by_one_of_the_parties_and_shown_beside_the_text(desk: Desk, investigator: Client) -> None:
    woman = desk.woman()
    made = desk.record("interview", {"teller": str(woman), "channel": "snowball", "place_class": "shelter",
                                     "date": "2019-05", "duration_low": "90", "duration_high": "90",
                                     "promises": "nobody hears of it"})  # fmt: skip
    assert Interview.objects.get(pk=made.record.pk).teller_id == woman
    page = investigator.get(reverse("coding:source", args=[desk.source.pk])).content.decode()
    assert "Through earlier interviewees" in page and "nobody hears of it" not in page
    assert queries.standing().interviewed.tolist() == [desk.source.pk]
    found = queries.standing().of_sources(queries.standing().interviewed, "reporting", "public", "coded")
    assert found.tolist() == [State.NOT_ASKED]


def test_the_commands_report_and_import(desk: Desk, tmp_path: Path) -> None:
    from tumen.archive.session import Session
    from tumen.counting.consent_commands import consent as group

    file = tmp_path / "decisions.csv"
    file.write_text(f"source,state,purposes,audiences,granularity\n{desk.source.pk},given,reporting,public,coded\n")
    run = CliRunner().invoke(group, ["import", str(file), "--dry-run"], obj=Session(None, None, None))
    assert run.exit_code == 0 and "nothing was" in run.output and not usable(desk)
    run = CliRunner().invoke(group, ["import", str(file)], obj=Session(None, None, None))
    assert run.exit_code == 0 and usable(desk), run.output
    asked = ["report", "unit=sources", "--purpose", "reporting", "--audience", "public", "--json"]
    run = CliRunner().invoke(group, asked, obj=Session(None, None, None))
    assert run.exit_code == 0 and '"may be used": 1' in run.output, run.output
    file.write_text(f"source,state,purposes,audiences,granularity\n{desk.source.pk},,reporting,public,coded\n")
    run = CliRunner().invoke(group, ["import", str(file)], obj=Session(None, None, None))
    assert run.exit_code == 4 and "row 2, state" in run.output


def test_another_compartment_keeps_its_interviews(desk: Desk) -> None:
    desk.record("interview", {"channel": "snowball"})
    stranger = make_user("elsewhere", "a long password")
    with change(desk.user.pk, "enrol") as c:
        from tumen.guard.services import make_compartment

        enrol(c, stranger, make_compartment(c, "other", "Other"), Membership.Role.INVESTIGATOR)
    client = Client()
    client.force_login(stranger)
    page = client.get("/lists/interviews/").content.decode()
    assert "Everything here is hidden from you" in page
