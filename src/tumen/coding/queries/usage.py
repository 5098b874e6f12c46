"""Which terms the archive's sources and claims use, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.db.models import Count, QuerySet

from tumen.archive.models import Record
from tumen.coding.kinds import KINDS, Holds
from tumen.coding.models import Mark, Unit
from tumen.columns import Everything, Mask
from tumen.guard import standing
from tumen.guard.masks import SYSTEM
from tumen.sources.models import Source

_ELSEWHERE: dict[str, tuple[tuple[type[Record], str], ...]] = {
    "source_kind": ((Source, "kind"),),
    "reliability": ((Source, "reliability"),),
    "language": ((Source, "language"),),
    "agency": ((Unit, "kind"),),
}


def used_codes(list_code: str, mask: Mask = SYSTEM) -> Counter[str]:
    """Return how many records that the mask shows hold each code of a list.

    Retracted ones are included: their history shows the code too.
    """
    used: Counter[str] = Counter()
    for model, column in (*_columns(Holds.TERM, list_code), *_ELSEWHERE.get(list_code, ())):
        used.update(_counted(_shown(model, mask), column))
    for model, field in _columns(Holds.TERMS, list_code):
        marks = Mark._base_manager.filter(field=field, record__in=_shown(model, mask).values("pk"))
        used.update(_counted(marks, "term"))
    del used[""]
    return used


def _columns(holds: Holds, list_code: str) -> Iterator[tuple[type[Record], str]]:
    for kind in KINDS.values():
        for field in kind.fields:
            if field.holds is holds and field.list == list_code:
                yield kind.model, field.name


def _shown(model: type[Record], mask: Mask) -> QuerySet[Any]:
    """Return the records of a kind that stand in compartments the mask shows, or in none."""
    path = standing.path(model)
    rows = model._base_manager.all()
    if isinstance(mask.compartments, Everything) or not path:
        return rows
    return rows.filter(**{f"{path}__in": mask.compartments})


def _counted(rows: QuerySet[Any], column: str) -> dict[str, int]:
    return dict(rows.values_list(column).annotate(n=Count("pk")).order_by())
