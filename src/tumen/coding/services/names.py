"""Names: found again by exact match through a keyed index that follows every change of the name, undo included."""

from __future__ import annotations

from tumen.archive import identity
from tumen.archive.changes import reindex
from tumen.archive.errors import Erased
from tumen.archive.sealed import open_value
from tumen.coding.models import Name

PURPOSE = "name"


def keep_index(name: Name) -> None:
    """Bring the index of one name in step with what the record says now."""
    values: list[str] = []
    if not name.retracted and name.text is not None:
        try:
            key = identity.key_for(name.party_id)
        except Erased:
            return
        values = [open_value(key, name.pk, "text", name.text)]
    reindex(name.pk, PURPOSE, values, name.party_id)
