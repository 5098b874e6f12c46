"""Names: found again by exact match through a keyed index that follows every change of the name, undo included."""

from __future__ import annotations

from tumen.archive import identity, states
from tumen.archive.changes import reindex
from tumen.archive.errors import Erased
from tumen.archive.models import Superseded
from tumen.archive.sealed import open_value
from tumen.coding.models import Name

PURPOSE = "name"


def keep_index(name: Name) -> None:
    """Bring the index of one name in step with what the record says now, and with whose name it is."""
    for party in _former_owners(name):
        reindex(name.pk, PURPOSE, [], party)
    values: list[str] = []
    if not name.retracted and name.text is not None:
        try:
            values = [open_value(identity.key_for(name.party_id), name.pk, "text", name.text)]
        except Erased:
            return
    reindex(name.pk, PURPOSE, values, name.party_id)


def _former_owners(name: Name) -> set[int]:
    """Return the parties that an earlier version says the name belongs to, when it is another's now."""
    kept = Superseded.objects.filter(record=name.pk).values_list("data", flat=True)
    return {int(states.parse(data)["party_id"]) for data in kept} - {name.party_id}
