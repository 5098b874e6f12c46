"""A source with a text, and users who may and may not code it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from tumen.archive import folder
from tumen.archive.changes import change
from tumen.coding.kinds import KINDS
from tumen.coding.models import Coding
from tumen.coding.services import claims
from tumen.coding.services.codings import coding_for
from tumen.coding.services.entries import Entry
from tumen.columns import Mask
from tumen.guard.models import Compartment, Membership, User
from tumen.guard.services import enrol, make_compartment, make_user
from tumen.sources import services as sources
from tumen.sources.models import Source, Text

BODY = (
    "🙂 In winter 2011 a woman was sold in Yanbian. Her husband beat her.\n"
    "Another woman, 김순희, was held at Onsong. They always beat them there.\n"
)


@dataclass
class Desk:
    """What a coder has before her."""

    user: User
    compartment: Compartment
    source: Source
    text: Text
    coding: Coding

    def record(self, slug: str, values: dict[str, object] | None = None, **entry: object) -> claims.Saved:
        with change(self.user.pk, f"record {slug}") as c:
            return claims.record(c, self.coding, KINDS[slug], Entry(values or {}, **entry))  # type: ignore[arg-type]

    def edit(self, claim: object, values: dict[str, object] | None = None, **entry: object) -> claims.Saved:
        with change(self.user.pk, "edit") as c:
            return claims.edit(c, claim, Entry(values or {}, **entry))  # type: ignore[arg-type]

    def woman(self, **values: object) -> int:
        return self.record("party", {"kind": "person", "sex": "female", **values}).record.pk

    def span(self, words: str) -> tuple[int, int]:
        start = BODY.index(words)
        return start, start + len(words)


@pytest.fixture
def desk(archive: folder.Archive) -> Desk:
    user = make_user("coder", "a long password")
    with change(user.pk, "set up") as c:
        main = make_compartment(c, "main", "Main")
        enrol(c, user, main, Membership.Role.CODER)
        source = sources.add_source(c, "news", "An article", main, published="2023-03-28")
        text = sources.add_text(c, source, BODY, "en")
        coding = coding_for(c, source, user.pk)
    return Desk(user, main, source, text, coding)


@pytest.fixture
def reader(desk: Desk) -> User:
    """Someone who sees coded facts only."""
    user = make_user("reader", "a long password")
    with change(desk.user.pk, "enrol a reader") as c:
        enrol(c, user, desk.compartment, Membership.Role.READER)
    return user


def everything(desk: Desk) -> Mask:
    return Mask(frozenset({desk.compartment.pk}), frozenset({"narrative", "identity", "notes"}))
