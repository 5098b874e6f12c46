"""Ten thousand names, most of which only testimony tells: an analyst finds none of them, and no count hangs on any."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.conftest import close_connections
from tests.guard.secrets import Sown, sow
from tests.guard.walking import addresses, few, said, walk

from tumen.archive import folder, setup
from tumen.archive.changes import change
from tumen.coding.models import Act, Coding, Name, Party
from tumen.columns import Mask
from tumen.counting.fields import UNIT_LABELS
from tumen.counting.queries import asking, finding, listing, tables
from tumen.guard.masks import mask_for
from tumen.sources.models import Source
from tumen.sources.services import add_passage, add_text

NAMES = [f"jin{n:05}ok" for n in range(10_000)]
RECORDED, TOLD = NAMES[:500], NAMES[500:]
SEEDED = re.compile(r"jin\d{5}ok")


@pytest.fixture(scope="module")
def sown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sown]:
    setup.create(Path(tmp_path_factory.mktemp("names")) / "archive", "a passphrase for tests only")
    yield sow({"analyst": {"main": ("analyst",)}})
    close_connections()
    folder.close()


def counted(mask: Mask, user: int) -> list[Any]:
    """Every number and label that lists, facets and tables show."""
    found: list[Any] = []
    for unit in UNIT_LABELS:
        page = listing.list_page(asking.parse(f"unit={unit}"), mask, user, "en")
        facets = [(facet.name, [(entry.label, entry.count) for entry in facet.entries]) for facet in page.facets]
        found.append((page.head.total, page.head.hidden, facets, [(row.id, row.title, row.cells) for row in page.rows]))
    table = tables.counted(asking.parse_table("unit=acts&dims=type:1,place:2,sex"), mask, user)
    return [*found, table.counts.tolist(), table.headers]


def seed(sown: Sown) -> None:
    """Give the names to persons who are there, and to testimony, summaries and places as told."""
    with change(sown.users["owner"].pk, "names") as c:
        party, coding = sown.one(Party), sown.one(Coding)
        for name in RECORDED:
            c.insert(Name, coding=coding, party=party, text=name, kind="given", script="latin")
        source = Source.objects.get(pk=sown.one(Source).pk)
        for start in range(0, len(TOLD), 1900):
            body = ", ".join(TOLD[start : start + 1900])
            text = add_text(c, source, body, "en")
            add_passage(c, text, 0, 200)
        c.update(
            Act.objects.get(pk=sown.one(Act).pk), summary=" ".join(TOLD[:50]), place_told=TOLD[51], reason=TOLD[52]
        )
        c.update(Party.objects.get(pk=party.pk), description=TOLD[53], features=TOLD[54], contact=TOLD[55])


def test_an_analyst_is_told_no_name_and_no_count_hangs_on_one(sown: Sown) -> None:
    analyst = sown.users["analyst"]
    mask, before = mask_for(analyst), counted(mask_for(analyst), analyst.pk)
    seed(sown)
    assert counted(mask, analyst.pk) == before
    client = Client(raise_request_exception=False)
    client.force_login(analyst)
    for asked, answer in walk(sown, client, few(addresses(sown))):
        assert not SEEDED.search(answer), asked
    for name in NAMES[::500]:
        assert finding.find(name, ("sources", "acts", "persons"), mask, "en", 5) == (0, [])
        answer = client.post("/search/", {"text": name, "unit": "persons"})
        assert SEEDED.search(said(answer)) is None
        # An error quotes what was typed, and is the same for a name that is nobody's.
        errors = [asked_for(client, each) for each in (name, "jinxxxxxok")]
        assert errors[0] == errors[1]


def asked_for(client: Client, name: str) -> tuple[int, str]:
    """What is answered to who writes a name into an address, apart from the name and the marks of one request."""
    answer = client.get("/lists/persons/", {"q": name, "victim": name})
    told = answer.content.decode().replace(name, "")
    return answer.status_code, re.sub(r'(value|content)="[A-Za-z0-9]{64}"', "", told)


def test_who_may_open_names_finds_them(sown: Sown) -> None:
    """Else the test above proves nothing."""
    client = Client()
    client.force_login(sown.users["owner"])
    for name, unit in ((RECORDED[0], "persons"), (TOLD[3000], "sources")):
        answer = client.post("/search/", {"text": name, "unit": unit}, follow=True)
        assert answer.status_code == 200 and SEEDED.search(said(answer))
