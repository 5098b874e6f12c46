"""Clarifying notes: on any field of any kind, sealed, versioned, undone, and shown to those who may read notes."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from tests.coding.conftest import Desk, everything
from tests.coding.test_kinds import needed
from tests.coding.test_pages import form_values

from tumen.archive import identity, undo, versions
from tumen.archive.changes import change
from tumen.archive.errors import StaleEdit
from tumen.coding.errors import BadClaim
from tumen.coding.kinds import KINDS, WHOLE
from tumen.coding.models import Act, FieldNote, Party
from tumen.coding.queries import history, labels, values
from tumen.coding.services.entries import Entry, NewParty
from tumen.coding.services.notes import notes_of
from tumen.guard.models import User

BEATEN = "liberty.assault.beaten"
SECRET = "her sister told it"


def noted_act(desk: Desk, **notes: str) -> Act:
    values = {"type": BEATEN, "victim": NewParty("person", "female", "a woman"), "date": "2011"}
    return Act.objects.get(pk=desk.record("act", values, notes=notes).record.pk)


def test_every_field_of_every_kind_but_free_text_takes_a_note() -> None:
    for kind in KINDS.values():
        assert any(one.has_note for one in kind.fields), kind.slug
    assert not KINDS["act"].field("summary").has_note
    assert KINDS["act"].field("circumstances").has_note


@pytest.mark.parametrize("slug", [kind.slug for kind in WHOLE])
def test_a_note_is_written_in_the_form_of_each_kind_and_found_there_again(desk: Desk, slug: str) -> None:
    field = next(one.name for one in KINDS[slug].fields if one.has_note)
    client = Client()
    client.force_login(desk.user)
    address = reverse("coding:new", args=[desk.source.pk])
    page = form_values(client.get(address, {"kind": slug}).content.decode())
    assert client.post(address, page | needed(desk, slug) | {f"{field}-note": [SECRET]}).status_code == 302
    record = KINDS[slug].model._base_manager.latest("pk")
    again = form_values(client.get(reverse("coding:edit", args=[record.pk])).content.decode())
    assert again[f"{field}-note"] == again[f"{field}-note-base"] == [SECRET]
    assert SECRET in client.get(reverse("coding:record", args=[record.pk])).content.decode()


def test_a_note_stands_on_a_field_of_a_part_too(desk: Desk) -> None:
    act = desk.record(
        "act",
        {"type": BEATEN, "victim": desk.woman()},
        parts={"involvements": [Entry({"agency": "state.mss"}, notes={"agency": "by the uniform"})]},
    ).record
    involvement = Act.objects.get(pk=act.pk).involvements.get()
    assert notes_of(involvement) == {"agency": "by the uniform"}
    assert FieldNote.objects.get().owner == Act.objects.get(pk=act.pk).victim_id


def test_a_note_is_sealed_under_the_victim_and_goes_to_another_one_with_the_act(desk: Desk) -> None:
    act = noted_act(desk, date=SECRET)
    note = FieldNote.objects.get()
    assert SECRET.encode() not in bytes(note.text)
    assert note.owner == act.victim_id
    other = desk.woman()
    desk.edit(act, {"victim": other})
    identity.destroy([act.victim_id])
    assert notes_of(act) == {"date": SECRET}
    identity.destroy([other])
    assert notes_of(act) == {}
    assert values.notes(everything(desk), [act.pk])[act.pk] == {"date": "(erased)"}


def test_a_note_is_changed_taken_away_undone_and_told_in_the_history(desk: Desk) -> None:
    act = noted_act(desk, date=SECRET)
    desk.edit(act, notes={"date": "her mother told it"})
    with change(desk.user.pk, "not needed") as c:
        from tumen.coding.services import claims

        claims.edit(c, act, Entry(notes={"date": ""}))
    assert notes_of(act) == {}
    undo.undo(desk.user.pk, c.seq)
    assert notes_of(act) == {"date": "her mother told it"}
    steps = history.steps(everything(desk), act, labels.Labels(everything(desk), desk.coding))
    told = [(one.before, one.after) for step in steps[::-1] for one in step.differences if one.label == "When: note"]
    assert told == [
        ("", SECRET), (SECRET, "her mother told it"), ("her mother told it", ""), ("", "her mother told it"),
    ]  # fmt: skip


def test_a_field_without_a_note_refuses_one(desk: Desk) -> None:
    with pytest.raises(BadClaim, match="no note"):
        desk.record("party", {"kind": "person"}, notes={"features": "x"})


def test_who_may_not_read_notes_sees_none_and_keeps_them_when_saving(desk: Desk, reader: User) -> None:
    act = noted_act(desk, date=SECRET)
    client = Client()
    client.force_login(reader)
    for address in (reverse("coding:act", args=[act.pk]), reverse("coding:source", args=[desk.source.pk])):
        assert SECRET not in client.get(address).content.decode()
    desk.edit(act, {"cause": "economic"})
    assert notes_of(act) == {"date": SECRET}


def test_two_notes_written_at_once_on_one_field_clash_and_on_two_fields_do_not(desk: Desk) -> None:
    act = noted_act(desk, date=SECRET)
    desk.edit(act, notes={"date": "theirs"}, notes_seen={"date": SECRET})
    desk.edit(act, notes={"date": SECRET, "place": "mine"}, notes_seen={"date": SECRET, "place": ""})
    assert notes_of(act) == {"date": "theirs", "place": "mine"}
    with pytest.raises(StaleEdit) as error:
        desk.edit(act, notes={"date": "mine"}, notes_seen={"date": SECRET})
    assert error.value.fields == ["date-note"]
    assert versions.visible(FieldNote.objects.filter(field="date")).count() == 1


def test_notes_are_not_copied_into_the_next_claim(desk: Desk) -> None:
    noted_act(desk, type=SECRET)
    client = Client()
    client.force_login(desk.user)
    page = client.get(reverse("coding:new", args=[desk.source.pk]), {"kind": "act", "copy": "1"}).content.decode()
    assert form_values(page)["victim"] == [str(Party.objects.get().pk)]
    assert SECRET not in page
