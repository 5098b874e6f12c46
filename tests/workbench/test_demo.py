"""The demonstration archive: loaded whole, true to its truth, marked as fictional."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from tests.conftest import PASSPHRASE, close_connections

from tumen.archive import check, folder, identity, properties, setup
from tumen.archive.models import Batch, BlindIndex
from tumen.archive.sealed import blind, open_value
from tumen.coding.models import Act, Anchor, Name, Party
from tumen.counting.queries import asking, listing, tables
from tumen.guard.masks import SYSTEM
from tumen.linking.models import Resolution, Run
from tumen.sources.models import Passage, Text
from tumen.workbench import demo, services

ACTS = 500


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A small demonstration archive, open for the tests of this module."""
    path = tmp_path_factory.mktemp("demonstration") / "archive"
    setup.create(path, PASSPHRASE)
    services.furnish("demo", "fictional-demo")
    for _ in demo.fill(ACTS, seed=7, truth=path / demo.TRUTH):
        pass
    yield path
    close_connections()
    folder.close()


def clusters(label: str) -> int:
    """The number of resolved entities among the records of a table."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT COUNT(DISTINCT COALESCE(r.cluster, t.id)) FROM {label} t "
            "LEFT JOIN linking_resolution r ON r.record = t.id"
        )
        return int(cursor.fetchone()[0])


def counted(text: str) -> int:
    return listing.list_page(asking.parse(text), SYSTEM, 1, "en").head.total


@pytest.mark.usefixtures("demonstration")
def test_lists_and_tables_hold_the_published_shares_over_all_records_of_a_person_and_an_act() -> None:
    found = tables.counted(asking.parse_table("unit=persons&dims=main_role"), SYSTEM, 1)
    shares = dict(zip((header.key for header in found.headers[0]), found.percent("all").tolist(), strict=False))
    # W17.P1-P4 and W09 of the published figures; at 500 acts a person is a third of a percentage point.
    published = {"victim": 86.6, "perpetrator": 4.2, "informant": 8.1, "other": 1.1}
    assert {role: shares[role] for role in published} == pytest.approx(published, abs=1)
    assert 100 * counted("unit=acts&evidence=experience,eyewitness") / ACTS == pytest.approx(85.4, abs=1)
    # Most informants are victims as well, in this source or in another.
    informants = counted("unit=persons&role=informant")
    assert informants > 2 * counted("unit=persons&main_role=informant")
    assert informants > counted("unit=persons&role=informant&role=victim") > 0


@pytest.mark.usefixtures("demonstration")
def test_every_row_is_logged_and_the_batch_is_closed() -> None:
    assert list(check.run(deep=True)) == []
    assert set(Batch.objects.values_list("state", flat=True)) == {Batch.State.CLOSED}
    assert properties.is_demonstration()


def test_the_resolved_acts_are_as_many_as_asked_for_and_the_records_are_more(demonstration: Path) -> None:
    assert clusters("coding_act") == ACTS
    assert Act.objects.count() > ACTS
    assert Run.objects.get().model == "truth"
    truth = np.load(demonstration / demo.TRUTH, allow_pickle=False)
    assert len(truth.files) > 0


@pytest.mark.usefixtures("demonstration")
def test_a_cluster_goes_by_its_first_record() -> None:
    for record, cluster in Resolution.objects.values_list("record", "cluster"):
        assert cluster < record


@pytest.mark.usefixtures("demonstration")
def test_passages_lie_in_their_texts_and_open() -> None:
    texts = {text.pk: text for text in Text.objects.all()[:50]}
    for passage in Passage.objects.filter(text__in=texts):
        text = texts[passage.text_id or 0]
        body = open_value(identity.key_for(text.pk), text.pk, "body", text.body)
        assert len(body) == text.length
        assert 0 <= (passage.start or 0) < (passage.end or 0) <= text.length


@pytest.mark.usefixtures("demonstration")
def test_names_are_sealed_and_found_by_exact_match() -> None:
    name = Name.objects.order_by("pk")[3]
    text = open_value(identity.key_for(name.party_id), name.pk, "text", name.text)
    assert text.encode() not in bytes(name.text)
    assert name.pk in BlindIndex.objects.filter(digest=blind("name", text)).values_list("record", flat=True)


@pytest.mark.usefixtures("demonstration")
def test_every_reference_leads_somewhere() -> None:
    parties = set(Party.objects.values_list("pk", flat=True))
    assert set(Act.objects.values_list("victim", flat=True)) <= parties
    passages = set(Passage.objects.values_list("pk", flat=True))
    assert set(Anchor.objects.values_list("passage", flat=True)) <= passages
