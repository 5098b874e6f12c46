"""Recording, editing, retracting."""

from __future__ import annotations

import pytest
from tests.coding.conftest import Desk

from tumen.archive import versions
from tumen.archive.changes import change
from tumen.archive.errors import StaleEdit
from tumen.archive.models import BlindIndex
from tumen.archive.sealed import blind
from tumen.archive.undo import undo
from tumen.coding.errors import BadClaim, InUse
from tumen.coding.kinds import KINDS
from tumen.coding.models import Act, Anchor, Coding, Episode, Involvement, Mark, Name, Party, Telling, Transfer
from tumen.coding.services import claims
from tumen.coding.services.entries import NEW, Entry, Evidence, NewParty
from tumen.guard.reading import public

BEATEN, SOLD = "liberty.assault.beaten", "liberty.sale.sold.marriage"


def problems(error: pytest.ExceptionInfo[BadClaim]) -> dict[str, str]:
    return {problem.path: str(problem) for problem in error.value.problems}


def test_an_act_keeps_its_codes_date_parts_and_evidence(desk: Desk) -> None:
    start, end = desk.span("sold in Yanbian")
    act = desk.record(
        "act",
        {"type": SOLD, "victim": NewParty("person", "female", "a woman"), "date": "winter 2011",
         "circumstances": ["alone", "undocumented"], "episode": NEW, "place_told": "Yanbian"},
        gaps={"age": "not_asked"},
        evidence=[Evidence("", text=desk.text.pk, start=start, end=end)],
        parts={
            "involvements": [Entry({"agency": "private.broker"})],
            "transfer": [Entry({"price_low": "8,000", "currency": "CNY"})],
            "tellings": [Entry({"connection": "victim", "chain": "UCA News < iNews ← NKDB"})],
        },
    ).record  # fmt: skip
    act = Act.objects.get(pk=act.pk)
    assert (act.date, act.gaps) == ("2011-24", {"age": "not_asked"})
    assert act.low and act.high and act.low < act.high
    assert act.victim.sex == "female"
    assert set(Mark.objects.filter(record=act.pk).values_list("term", flat=True)) == {"alone", "undocumented"}
    assert Involvement.objects.get(act=act).agency == "private.broker"
    assert Transfer.objects.get(act=act).price_low == 8000
    assert str(public(Telling.objects.get(claim=act.pk), "chain")) == "UCA News < iNews < NKDB"
    assert Episode.objects.get(pk=act.episode_id).victim_id == act.victim_id
    passage = Anchor.objects.get(record=act.pk).passage
    assert (passage.start, passage.end) == (start, end)


def test_a_party_made_in_place_rests_on_the_evidence_of_its_field(desk: Desk) -> None:
    start, end = desk.span("a woman")
    desk.record(
        "act",
        {"type": BEATEN, "victim": NewParty("person", "female", "a woman")},
        evidence=[Evidence("victim", text=desk.text.pk, start=start, end=end)],
    )
    assert Anchor.objects.filter(record=Party.objects.get().pk, field="").count() == 1


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"type": "torture"}, "type", "no term"),
        ({"date": "31 February 2011"}, "date", "no day 31"),
        ({"place": "Atlantis"}, "place", "no place"),
        ({"age_low": "30", "age_high": "20"}, "age", "larger"),
        ({"age_low": "young"}, "age", "not a whole number"),
        ({"place": "KP-09", "precision": "exact"}, "precision", "finer than the place"),
        ({"victim": ""}, "victim", "needed"),
        ({"circumstances": ["pregnant", "sad"]}, "circumstances", "no term"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(desk: Desk, values: dict[str, object], field: str, says: str) -> None:
    with pytest.raises(BadClaim) as error:
        desk.record("act", {"type": BEATEN, "victim": desk.woman(), **values})
    assert says in problems(error)[field]
    assert not Act.objects.exists()


def test_all_problems_are_told_at_once_those_of_parts_too(desk: Desk) -> None:
    with pytest.raises(BadClaim) as error:
        desk.record(
            "act",
            {"type": BEATEN, "victim": "", "date": "yesteryear"},
            parts={"involvements": [Entry({"agency": "nobody"})], "transfer": [Entry({"price_low": "5"})]},
        )
    assert {"victim", "date", "involvements-0-agency", "transfer-0-"} <= {
        f"{p.part}-{p.field}" if p.part else p.field for p in error.value.problems
    }


def test_a_value_and_a_reason_for_having_none_exclude_each_other(desk: Desk) -> None:
    with pytest.raises(BadClaim) as error:
        desk.record("act", {"type": BEATEN, "victim": desk.woman(), "date": "2011"}, gaps={"date": "unknown"})
    assert "reason for having none" in problems(error)["date"]


def test_a_victim_of_another_source_is_refused(desk: Desk) -> None:
    from tumen.coding.services.codings import coding_for
    from tumen.sources import services as sources

    woman = desk.woman()
    with change(desk.user.pk, "another source") as c:
        other = sources.add_source(c, "news", "Another", desk.compartment)
        coding = coding_for(c, other, desk.user.pk)
    with pytest.raises(BadClaim) as error, change(desk.user.pk, "record") as c:
        claims.record(c, coding, KINDS["act"], Entry({"type": BEATEN, "victim": woman}))
    assert "another source" in problems(error)["victim"]


def test_a_date_after_publication_and_an_impossible_age_are_told_and_kept(desk: Desk) -> None:
    woman = desk.woman(birth="1990")
    saved = desk.record("act", {"type": BEATEN, "victim": woman, "date": "2024", "age_low": "12", "age_high": "12"})
    assert {warning.field for warning in saved.warnings} == {"date", "age"}


def test_a_date_in_the_future_is_told_where_the_source_has_no_date_of_its_own(desk: Desk) -> None:
    with change(desk.user.pk, "undated") as c:
        c.update(desk.source, published="")
    desk.coding = Coding.objects.get(pk=desk.coding.pk)
    saved = desk.record("act", {"type": BEATEN, "victim": desk.woman(), "date": "2999"})
    assert [str(warning) for warning in saved.warnings] == ["The date lies in the future."]


def test_a_name_is_found_by_its_index_and_no_longer_by_the_old_one_after_a_change_or_an_undo(desk: Desk) -> None:
    def found(name: str) -> list[int]:
        return list(BlindIndex.objects.filter(digest=blind("name", name)).values_list("record", flat=True))

    party = desk.record("party", {"kind": "person"}, parts={"names": [Entry({"text": "김순희"})]}).record
    name = Name.objects.get(party=party.pk)
    assert found("김 순희") == [name.pk]
    with change(desk.user.pk, "correct the name") as c:
        claims.edit(c, party, Entry(parts={"names": [Entry({"text": "김순이"}, record=name.pk, version=1)]}))
        seq = c.seq
    assert (found("김순희"), found("김순이")) == ([], [name.pk])
    undo(desk.user.pk, seq)
    assert (found("김순희"), found("김순이")) == ([name.pk], [])


def test_what_two_coders_change_in_different_fields_is_merged_and_the_same_field_is_told(desk: Desk) -> None:
    act = desk.record("act", {"type": BEATEN, "victim": desk.woman(), "circumstances": ["alone"]}).record
    seen = Act.objects.get(pk=act.pk)
    desk.edit(seen, {"date": "2011", "circumstances": ["alone", "hungry"]}, version=1)
    saved = desk.edit(
        seen,
        {"date": "", "cause": "economic", "circumstances": ["alone", "debt"]},
        version=1,
        base={"circumstances": frozenset({"alone"})},
    ).record
    assert (saved.date, saved.cause) == ("2011", "economic")  # type: ignore[attr-defined]
    codes = versions.visible(Mark.objects.filter(record=act.pk)).values_list("term", flat=True)
    assert set(codes) == {"alone", "hungry", "debt"}
    with pytest.raises(StaleEdit) as error:
        desk.edit(seen, {"date": "2012"}, version=1)
    assert "date" in error.value.fields


def test_a_retracted_act_takes_its_parts_along_and_brings_them_back(desk: Desk) -> None:
    act = desk.record(
        "act", {"type": BEATEN, "victim": desk.woman()}, parts={"involvements": [Entry({"agency": "state.mss"})]}
    ).record
    with change(desk.user.pk, "coded twice") as c:
        claims.retract(c, Act.objects.get(pk=act.pk))
    assert not versions.visible(Involvement.objects.all()).exists()
    with change(desk.user.pk, "not coded twice") as c:
        claims.restore(c, Act.objects.get(pk=act.pk))
    assert versions.visible(Involvement.objects.all()).count() == 1


def test_a_party_that_acts_rest_on_is_not_retracted(desk: Desk) -> None:
    woman = desk.woman()
    desk.record("act", {"type": BEATEN, "victim": woman})
    with pytest.raises(InUse), change(desk.user.pk, "retract") as c:
        claims.retract(c, Party.objects.get(pk=woman))


def test_one_undo_takes_back_an_act_with_all_that_came_with_it(desk: Desk) -> None:
    with change(desk.user.pk, "an act") as c:
        claims.record(
            c, desk.coding, KINDS["act"],
            Entry({"type": BEATEN, "victim": NewParty("person", "female")},
                  parts={"involvements": [Entry({"agency": "private.buyer"})]}),
        )  # fmt: skip
        seq = c.seq
    undo(desk.user.pk, seq)
    assert not any(versions.visible(model.objects.all()).exists() for model in (Act, Party, Involvement))
