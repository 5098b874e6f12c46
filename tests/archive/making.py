"""Making records for tests of the spine."""

from __future__ import annotations

import secrets
from typing import Any

import tests.conftest  # noqa: F401 (loads the apps, for a process that is not pytest)

from tumen.archive import identity, ids, objects
from tumen.archive.changes import change
from tumen.archive.models import Record
from tumen.archive.sealed import open_value
from tumen.coding.models import Coding, Party
from tumen.guard.models import Compartment
from tumen.sources.models import Original, Source


def source() -> Source:
    with change(1, "a test source") as c:
        return _source_in(c)


def party(**values: Any) -> Party:
    with change(1, "a test party") as c:
        coding = c.insert(Coding, source=_source_in(c), coder=1)
        return c.insert(Party, coding=coding, **values)


def original(content: bytes, of: Source | None = None) -> Original:
    number = ids.reserve()
    stored = objects.write(number, [content])
    with change(1, "a test original") as c:
        told = of or _source_in(c)
        return c.insert(
            Original,
            number,
            source=told,
            sha256=stored.sha256,
            size=stored.size,
            media_type="text/plain",
            object=stored.name,
            file_name="interview.txt",
        )


def opened(record: Record, field: str) -> str:
    owner = getattr(record, record._meta.get_field(field).owner)
    return open_value(identity.key_for(owner), record.pk, field, getattr(record, field))


def _source_in(c: Any) -> Source:
    compartment = c.insert(Compartment, code=secrets.token_hex(8), title="Part")
    return c.insert(Source, kind="interview", title="Interview", compartment=compartment)
