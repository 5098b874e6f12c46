"""The whole article coded by clicks and keys, and the archive it leaves compared with what the verbs leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.browser.coder import Coder
from tests.browser.conftest import Served, login
from tests.coding.shape import shape_of

from tumen.archive.changes import change
from tumen.coding.models import Coding
from tumen.coding.services.coded_files import apply_coded_file
from tumen.guard.models import Compartment, User
from tumen.sources import services as sources
from tumen.sources.models import Source
from tumen.sources.queries import current_text

FIXTURE = Path(__file__).parents[1] / "coding" / "fixtures" / "article_000.json"

pytestmark = pytest.mark.browser


def take_in(document: str) -> int:
    """Add the article as a source; return its id."""
    user = User.objects.get()
    with change(user.pk, "take in") as c:
        main = Compartment.objects.get()
        source = sources.add_source(c, "news.online", "An article", main, published="2023-03-28", language="en")
        sources.add_text(c, source, document, "en")
    return source.pk


def by_verbs(document: str, data: dict[str, Any]) -> Coding:
    """Apply the coded file to a second source with the same text."""
    source = Source.objects.get(pk=take_in(document))
    user = User.objects.get()
    with change(user.pk, "apply") as c:
        coding: Coding = c.insert(Coding, source=source, coder=user.pk, adopted=True)
        apply_coded_file(c, coding, current_text(source), data)
    return coding


def test_the_article_coded_by_hand_leaves_the_records_that_its_coded_file_leaves(
    served_archive: Served, page: Any, shared: Path
) -> None:
    path = shared / "data" / "documents" / "000.txt"
    if not path.is_file():
        pytest.skip("document 000 is not among the shared data")
    document = path.read_text("utf-8").replace("\r\n", "\n")
    data = json.loads(FIXTURE.read_text("utf-8"))
    with served_archive.opened():
        source = take_in(document)
    login(page, served_archive)
    page.goto(f"{served_archive.url}/sources/{source}/code/")
    page.wait_for_selector("html[data-ready]")
    with served_archive.opened():  # its vocabularies give the words that the coder types
        coder = Coder(page, document)
        for claim in data["claims"]:
            coder.code(claim)
        by_hand = shape_of(Coding.objects.get(source=source))
        by_file = shape_of(by_verbs(document, data))
        for kind, listed in by_file.items():
            assert by_hand[kind] == listed
    assert by_hand.keys() == by_file.keys()
    assert sum(len(listed) for listed in by_hand.values()) == len(data["claims"])
