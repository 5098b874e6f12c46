"""What the engine must be told, asked of it: a default of a later version must not weaken it unseen."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tumen.archive import identity
from tumen.archive.bulk import open_bulk

pytestmark = pytest.mark.usefixtures("archive")
FULL, MEMORY = 2, 2


def told(engine: Any, pragma: str) -> Any:
    return engine.execute(f"PRAGMA {pragma}").fetchone()[0]


def engines() -> dict[str, Any]:
    connection.ensure_connection()
    identity.keys_for([1], make=True)
    return {"rows": connection.connection, "keys": identity._connection()}


@pytest.mark.parametrize("which", ["rows", "keys"])
def test_what_is_deleted_is_overwritten_and_nothing_is_spilled_to_a_file(which: str) -> None:
    engine = engines()[which]
    assert told(engine, "secure_delete") == 1
    assert told(engine, "temp_store") == MEMORY
    assert told(engine, "journal_mode") == "wal"


def test_an_acknowledged_edit_is_on_the_disk_also_after_bulk_work_on_the_same_connection() -> None:
    engine = engines()["rows"]
    assert told(engine, "synchronous") == FULL
    bulk = open_bulk(1, "work that a crash may drop")
    bulk.mark("half")
    assert told(engine, "synchronous") == FULL
    assert told(engines()["keys"], "synchronous") == FULL


def test_destroying_keys_compacts_their_file() -> None:
    engine = engines()["keys"]
    identity.keys_for(range(2, 3000), make=True)
    pages = told(engine, "page_count")
    identity.destroy(range(2, 3000))
    assert told(engine, "freelist_count") == 0 and told(engine, "page_count") < pages
    assert identity.readable([1, 2, 2999]).keys() == {1}
