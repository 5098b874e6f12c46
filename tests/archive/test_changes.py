"""Changes: what is written, logged, refused, merged."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tumen.archive import check, folder, identity, setup, undo, versions
from tumen.archive.changes import change
from tumen.archive.errors import (
    Erased,
    NoReason,
    NoSuchVersion,
    OutsideChange,
    StaleEdit,
    UndoConflict,
    UnknownField,
)
from tumen.archive.models import Change, Superseded
from tumen.archive.sealed import open_value
from tumen.coding.models import Coding, Name, Party
from tumen.guard.models import Compartment
from tumen.guard.reading import own_reason
from tumen.sources.models import Source

pytestmark = pytest.mark.usefixtures("archive")


def a_party(**values: object) -> Party:
    with change(1, "a test party") as c:
        compartment = c.insert(Compartment, code=f"part-{c.seq}", title="Main")
        source = c.insert(Source, kind="interview", title="Interview 1", compartment=compartment)
        coding = c.insert(Coding, source=source, coder=1)
        return c.insert(Party, coding=coding, **values)


def test_a_change_logs_who_why_and_a_digest_that_check_can_recompute() -> None:
    a_party(sex="f")
    entry = Change.objects.get()
    assert (entry.seq, entry.actor, str(own_reason(entry)), entry.count) == (1, 1, "a test party", 4)
    assert list(check.run(deep=True)) == []


def test_an_update_keeps_the_old_state_and_counts_versions() -> None:
    party = a_party(sex="f")
    with change(2, "the transcript says otherwise") as c:
        c.update(party, sex="m")
    live = Party.objects.get()
    assert (live.version, live.sex) == (2, "m")
    old = Superseded.objects.get()
    assert (old.record, old.version, old.from_change, old.to_change) == (party.pk, 1, 1, 2)
    assert [v.state["sex"] for v in versions.history(live)] == ["m", "f"]
    assert versions.history(live)[0].changed == {"sex": ("f", "m")}
    assert list(check.run(deep=True)) == []


def test_saving_outside_a_change_is_refused() -> None:
    party = a_party()
    with pytest.raises(OutsideChange):
        party.save()
    with pytest.raises(OutsideChange):
        party.delete()
    with pytest.raises(NoReason), change(1, "  "):
        pass


def test_a_failed_change_leaves_nothing() -> None:
    with pytest.raises(RuntimeError), change(1, "will fail") as c:
        c.insert(Compartment, code="x", title="X")
        raise RuntimeError
    assert not Compartment.objects.exists()
    assert not Change.objects.exists()


def test_two_editors_of_different_fields_are_merged() -> None:
    party = a_party(sex="f", birth="1970")
    mine = Party.objects.get()
    with change(2, "theirs") as c:
        c.update(party, birth="1971")
    with change(3, "mine") as c:
        merged = c.update(mine, base=1, sex="m", birth="1970")
    assert (merged.sex, merged.birth, merged.version) == ("m", "1971", 3)


def test_two_editors_of_one_field_see_base_theirs_and_mine() -> None:
    party = a_party(sex="f")
    with change(2, "theirs") as c:
        c.update(party, sex="m")
    with pytest.raises(StaleEdit) as caught, change(3, "mine") as c:
        c.update(party, base=1, sex="unknown")
    error = caught.value
    assert error.fields == ["sex"]
    assert (error.base["sex"], error.theirs["sex"], error.mine["sex"]) == ("f", "m", "unknown")
    assert Party.objects.get().sex == "m"


def test_an_unchanged_sealed_value_is_not_an_edit() -> None:
    party = a_party(features="a scar on the left hand")
    with change(1, "nothing new") as c:
        same = c.update(party, features="a scar on the left hand")
    assert same.version == 1
    key = identity.key_for(party.pk)
    assert open_value(key, party.pk, "features", Party.objects.get().features) == "a scar on the left hand"


def test_undo_and_redo_of_an_update_and_of_an_insert() -> None:
    party = a_party(sex="f", birth="1970")
    with change(1, "edit") as c:
        c.update(party, sex="m")
    done = undo.undo(1, 2)
    assert Party.objects.get().sex == "f"
    undo.undo(1, done.seq)
    assert Party.objects.get().sex == "m"
    assert [c.kind for c in Change.objects.order_by("seq")] == ["edit", "edit", "undo", "redo"]


def test_undo_refuses_to_lose_later_work() -> None:
    party = a_party(sex="f")
    with change(1, "first") as c:
        c.update(party, sex="m")
    with change(2, "second") as c:
        c.update(Party.objects.get(), sex="unknown")
    with pytest.raises(UndoConflict):
        undo.undo(1, 2)
    assert Party.objects.get().sex == "unknown"


def test_erasing_the_key_makes_live_row_and_old_versions_unreadable() -> None:
    party = a_party()
    with change(1, "name") as c:
        name = c.insert(Name, coding=party.coding, party=party, text="Kim Nobody", kind="full")
    with change(1, "spelling") as c:
        c.update(name, text="Gim Nobody")
    assert identity.destroy([party.pk]) == 1
    with pytest.raises(Erased):
        identity.key_for(party.pk)
    assert Superseded.objects.get().model == "coding.name"
    for state in [version.state for version in versions.history(Name.objects.get())]:
        assert "Nobody" not in str(state)
        with pytest.raises(Erased):
            open_value(identity.key_for(party.pk), name.pk, "text", bytes.fromhex(str(state["text"])))


def test_the_file_holds_no_plain_text(archive: folder.Archive) -> None:
    a_party(features="unmistakable words")
    for path in archive.folder.rglob("*"):
        if path.is_file():
            assert b"unmistakable" not in path.read_bytes()
            assert b"SQLite format 3" not in path.read_bytes()


def test_what_is_not_there_cannot_be_written_or_edited() -> None:
    party = a_party()
    with pytest.raises(UnknownField, match="no field 'colour'"), change(1, "typo") as c:
        c.update(party, colour="red")
    with pytest.raises(UnknownField), change(1, "bookkeeping") as c:
        c.update(party, version=9)
    with pytest.raises(NoSuchVersion), change(1, "from nowhere") as c:
        c.update(party, base=9, sex="f")
    with pytest.raises(ValidationError), change(1, "not a number") as c:
        c.update(party, size_low="many")


def test_a_record_written_twice_in_one_change_has_one_version() -> None:
    party = a_party(sex="f")
    with change(1, "two verbs on one record") as c:
        c.update(party, sex="m", features="a scar")
        c.update(party, birth="1970")
    live = Party.objects.get()
    assert (live.version, live.sex, live.birth) == (2, "m", "1970")
    assert Superseded.objects.count() == 1
    assert list(check.run(deep=True)) == []


def test_a_closed_change_is_not_rewritten_and_nothing_is_deleted_even_by_hand() -> None:
    party = a_party(sex="f")
    table = Party._meta.db_table
    by_hand = (f"UPDATE {table} SET sex = 'm'", f"UPDATE {table} SET sex = 'm', version = 2", f"DELETE FROM {table}")
    for statement in by_hand:
        with pytest.raises(IntegrityError), connection.cursor() as cursor:
            cursor.execute(statement)
    assert Party.objects.get(pk=party.pk).sex == "f"


@given(
    text=st.text(st.characters(codec="utf-8"), max_size=40),
    gaps=st.dictionaries(st.text('가ab"\\', max_size=3), st.text(st.characters(codec="utf-8"), max_size=9)),
)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_is_stored_the_digest_and_the_history_hold_it(
    archive: object, text: str, gaps: dict[str, str]
) -> None:
    party = a_party(gaps=gaps, occupation=text)
    with change(1, "edit") as c:
        c.update(party, gaps={**gaps, "sex": "refused"}, occupation=text + "x", retracted=True)
    old, new = versions.history(Party.objects.get(pk=party.pk))[::-1]
    assert (old.state["gaps"], old.state["occupation"], old.state["retracted"]) == (gaps, text, 0)
    assert set(new.changed) == {"gaps", "occupation", "retracted"}
    seq = Change.objects.latest("seq").seq
    for at, version in ((seq - 1, old), (seq, new)):
        row = next(row for row in versions.rows_at(Party, at) if row["id"] == party.pk)
        assert row == version.state == versions.state_at(party, at)
    assert [found for found in check.run(deep=True) if found.kind == "digest"] == []
    undo.undo(1, seq)
    assert Party.objects.get(pk=party.pk).gaps == gaps


def test_tampering_is_found() -> None:
    party = a_party(sex="f")
    with change(1, "edit") as c:
        c.update(party, sex="m")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_superseded SET data = replace(data, '\"f\"', '\"x\"')")
    assert [(found.kind, found.what) for found in check.run(deep=True)] == [
        ("digest", "change 1: its rows are not what was written")
    ]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM archive_superseded")
        cursor.execute("DROP TRIGGER keep_coding_party_old")
    assert [found.kind for found in check.run()] == ["history", "history"]
    setup.migrate()
    assert [found.kind for found in check.run()] == ["history"]


def test_a_reference_to_nothing_is_found() -> None:
    party = a_party()
    with change(1, "to nobody") as c:
        c.insert(Name, coding_id=99, party=party)
    assert [(found.kind, found.what) for found in check.run(deep=True)] == [
        ("reference", f"coding.name {Name.objects.get().pk}: coding is 99, which is no coding.coding")
    ]
