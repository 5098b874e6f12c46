"""An archive of an earlier version: what it held in plain is sealed in place, and nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, setup, triggers, versions
from tumen.archive.changes import change
from tumen.archive.models import Batch, Change, Superseded
from tumen.coding.models import Coding, Figure, Involvement, Party, Relation, Telling
from tumen.counting.models import Definition
from tumen.guard import reading
from tumen.guard.masks import SYSTEM
from tumen.guard.services import make_compartment
from tumen.linking.models import Chosen, Judgement
from tumen.sources.models import Source, Upload
from tumen.sources.queries import title

EARLIER = (("counting", "0001"), ("linking", "0001"), ("coding", "0005"), ("sources", "0003"), ("archive", "0003"))
WORD = "zqplain"


def rows() -> dict[str, list[dict[str, Any]]]:
    """What the earlier version wrote, table by table, one record in two versions."""
    claim = {"coding_id": 50, "gaps": "{}"}
    dated = {"date": "", "low": None, "high": None}
    said = {"attributed_to": f"{WORD} said", "chain": json.dumps([f"{WORD} A", "B"])}
    post = {"rank": f"{WORD} rank", "post": f"{WORD} post"}
    empty = ("sex", "birth", "origin", "birthplace", "residence", "occupation", "education", "membership", "religion",
             "marital", "fate", "fate_as_of")  # fmt: skip
    party = dict.fromkeys(empty, "")
    return {
        "sources_source": [
            {"id": 40, "kind": "news", "title": f"{WORD} Title", "publisher": f"{WORD} paper", "language": "",
             "published": "", "channel": "", "collector": f"{WORD} collector", "reliability": "",
             "compartment_id": 1, "status": "new", "embargo": "", "risk": f"{WORD} risk"},
            {"id": 41, "kind": "news", "title": f"{WORD} erased", "publisher": "", "language": "", "published": "",
             "channel": "", "collector": "", "reliability": "", "compartment_id": 1, "status": "new", "embargo": "",
             "risk": ""},
        ],
        "coding_coding": [{"id": 50, "source_id": 40, "coder": 1, "adopted": 1, "checked": 0}],
        "coding_party": [{"id": 60, "kind": "person", **claim, **party}],
        "coding_telling": [{"id": 70, "claim": 60, **claim, "connection": "", "evidence_form": "", "stance": "supports",
                            "credibility": "", "chain": said["chain"]}],
        "coding_figure": [{"id": 71, **claim, **dated, "unit": "persons", "counted": f"{WORD} counted",
                           "population": "", "place": "", "per": "", "qualifier": "", **said}],
        "coding_practicestatement": [{"id": 72, **claim, **dated, "type": "", "place": "", **said}],
        "coding_quotation": [{"id": 73, **claim, "role": f"{WORD} role", "chain": said["chain"]}],
        "coding_involvement": [{"id": 74, **claim, "act_id": 90, "degree": "", "agency": "", **post}],
        "coding_relation": [{"id": 75, **claim, **dated, "party_id": 60, "kind": "kin", **post}],
        "linking_judgement": [{"id": 76, "a": 60, "b": 61, "answer": "unsure", "reason": f"{WORD} reason",
                               "reviewer": 1}],
        "linking_chosen": [{"id": 77, "cluster": 60, "field": "sex", "rule": "", "reason": f"{WORD} chosen"}],
        "counting_definition": [{"id": 78, "title": f"{WORD} table", "asks": "unit=acts", "user": 1}],
    }  # fmt: skip


@pytest.fixture
def earlier(archive: folder.Archive) -> folder.Archive:
    """The open archive, brought back to the tables of the earlier version and filled as that filled them."""
    for app, number in EARLIER:
        triggers.remove()  # each call ends with those of today's models
        call_command("migrate", app, number, verbosity=0, interactive=False)
    triggers.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE archive_pack SET next = 1000")
        cursor.execute(
            "INSERT INTO guard_compartment (id, version, change, retracted, code, title) "
            "VALUES (1, 1, 1, 0, 'main', 'Main')"
        )
        cursor.execute("INSERT INTO guard_user (id, password, username, first_name, last_name, email, is_superuser, "
                       "is_staff, is_active, date_joined, language) "
                       "VALUES (1, '', 'u', '', '', '', 0, 0, 1, '2026-01-01', 'en')")  # fmt: skip
        cursor.execute(
            "INSERT INTO archive_batch (id, kind, why, actor, state, opened, closed_seq, cursor, marked) "
            "VALUES (1, 'import', %s, 1, 'closed', '2026-01-01 00:00:00', 3, '', 0)",
            [f"{WORD} job"],
        )
        for number, (why, batch) in enumerate(((f"{WORD} why", None), ("text corrected", None), (f"{WORD} job", 1)), 1):
            cursor.execute(
                "INSERT INTO archive_change (seq, id, at, actor, kind, why, batch_id, salt, digest, count) "
                "VALUES (%s, %s, '2026-01-01 00:00:00', 1, 'edit', %s, %s, x'00', x'00', 0)",
                [number, number, why, batch],
            )
        for table, listed in rows().items():
            for row in listed:
                values = {"version": 1, "change": 1, "retracted": 0, **row}
                if row["id"] == 40:
                    values |= {"version": 2, "change": 2}
                    old = {**row, "version": 1, "change": 1, "retracted": 0, "title": f"{WORD} Old title",
                           "assignee": None, "note": None}  # fmt: skip
                    cursor.execute(
                        "INSERT INTO archive_superseded (record, model, version, from_change, to_change, data) "
                        "VALUES (40, 'sources.source', 1, 1, 2, %s)",
                        [json.dumps(old)],
                    )
                columns = ", ".join(f'"{name}"' for name in values)
                marks = ", ".join(["%s"] * len(values))
                cursor.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(values.values()))
        cursor.execute(
            "INSERT INTO sources_upload (id, user_id, owner, modified, length, received, parts, facts, state, "
            "trouble, again, touched) VALUES ('t', 1, 99, '', 1, 0, '[]', %s, 'arriving', '[]', 0, '2026-01-01')",
            [json.dumps({"title": f"{WORD} facts"})],
        )
    identity.keys_for([99, 41], make=True)
    identity.destroy([41])
    return archive


def cells() -> str:
    found = []
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%%'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            found += [str(cell) for row in cursor.fetchall() for cell in row]
    return "\n".join(found)


def test_what_was_plain_is_sealed_and_reads_as_before(earlier: folder.Archive) -> None:
    assert WORD in cells()
    close_connections()
    folder.close()
    setup.open_archive(earlier.folder, PASSPHRASE)
    assert WORD not in cells()
    assert triggers.current()
    source = Source.objects.get(pk=40)
    assert title(source) == f"{WORD} Title" and source.channel is None
    assert str(reading.read_one(SYSTEM, source, "risk")) == f"{WORD} risk"
    assert [str(reading.public(source, name)) for name in ("publisher", "collector")] == [
        f"{WORD} paper", f"{WORD} collector"
    ]  # fmt: skip
    old = versions.history(source)[-1].state
    assert str(reading.public(Source(id=40, title=bytes.fromhex(old["title"])), "title")) == f"{WORD} Old title"
    assert str(reading.public(Telling.objects.get(), "chain")) == f"{WORD} A < B"
    figure, relation, part = Figure.objects.get(), Relation.objects.get(), Involvement.objects.get()
    assert str(reading.public(figure, "counted")) == f"{WORD} counted" and figure.population is None
    assert [str(reading.public(row, "post")) for row in (relation, part)] == [f"{WORD} post"] * 2
    for row, told in ((Judgement.objects.get(), "reason"), (Chosen.objects.get(), "chosen")):
        assert str(reading.read_one(SYSTEM, row, "reason")) == f"{WORD} {told}"
    assert str(reading.public(Definition.objects.get(), "title")) == f"{WORD} table"
    assert [str(reading.own_reason(entry)) for entry in Change.objects.order_by("seq")] == [
        f"{WORD} why", "text corrected", f"{WORD} job"
    ]  # fmt: skip
    assert str(reading.own_reason(Batch.objects.get())) == f"{WORD} job"


def test_what_belongs_to_somebody_erased_goes_when_it_is_sealed(earlier: folder.Archive) -> None:
    setup.migrate()
    assert Source.objects.get(pk=41).title is None


def test_the_digests_fit_what_is_stored_now_and_people_can_go_on(earlier: folder.Archive) -> None:
    setup.migrate()
    with connection.cursor() as cursor:  # the earlier version would have counted
        for seq in (1, 2, 3):
            written = len(check.states.written_by(seq)) + Superseded.objects.filter(from_change=seq).count()
            cursor.execute("UPDATE archive_change SET count = %s WHERE seq = %s", [written, seq])
    assert list(check.digests()) == []
    with change(1, f"{WORD} goes on") as c:
        c.update(Source.objects.get(pk=40), title="Another")
        make_compartment(c, "second", "Second")
    assert list(check.digests()) == []
    assert Superseded.objects.filter(record=40).count() == 2
    assert Coding.objects.get().source_id == 40 and Party.objects.get().pk == 60


def test_an_unfinished_upload_keeps_what_was_said_about_it(earlier: folder.Archive) -> None:
    from tumen.sources.services.uploads import _facts

    setup.migrate()
    assert _facts(Upload.objects.get()) == {"title": f"{WORD} facts"}
