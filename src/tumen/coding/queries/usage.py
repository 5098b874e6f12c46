"""Which terms and places the archive's claims use, and how often."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db.models import Count

from tumen.archive.models import Record
from tumen.coding.kinds import KINDS, Holds
from tumen.coding.models import Mark, Unit
from tumen.sources.models import Source

_ELSEWHERE: dict[str, tuple[tuple[type[Record], str], ...]] = {
    "source_kind": ((Source, "kind"),),
    "reliability": ((Source, "reliability"),),
    "language": ((Source, "language"),),
    "agency": ((Unit, "kind"),),
}


def used_codes(list_code: str) -> Counter[str]:
    """Return how many records hold each code of a list, retracted ones included: their history shows the code too."""
    used: Counter[str] = Counter()
    for model, column in (*_columns(Holds.TERM, list_code), *_ELSEWHERE.get(list_code, ())):
        used.update(_counts(model, column))
    if fields := _mark_fields(list_code):
        rows = Mark._base_manager.filter(field__in=fields).values_list("term").annotate(n=Count("pk"))
        used.update(dict(rows))
    del used[""]
    return used


def used_places() -> Counter[str]:
    """Return how many records hold each place."""
    used: Counter[str] = Counter()
    for model, column in _columns(Holds.PLACE):
        used.update(_counts(model, column))
    del used[""]
    return used


def _columns(holds: Holds, list_code: str = "") -> Iterator[tuple[type[Record], str]]:
    for kind in KINDS.values():
        for field in kind.fields:
            if field.holds is holds and field.list == list_code:
                yield kind.model, field.name


def _counts(model: type[Record], column: str) -> dict[str, int]:
    return dict(model._base_manager.values_list(column).annotate(n=Count("pk")).order_by())


def _mark_fields(list_code: str) -> list[str]:
    return [
        field.name
        for kind in KINDS.values()
        for field in kind.fields
        if field.holds is Holds.TERMS and field.list == list_code
    ]
