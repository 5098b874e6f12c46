"""Which compartments a record stands in: that of its source, found by the way its model points there.

Records that point elsewhere (a note on a field, a judgement on two records) are told of by the apps that own them,
with `stands`. Reference rows stand in none.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from django.db.models import ForeignKey

from tumen.archive.models import Record
from tumen.guard.models import Compartment

Finder = Callable[[Collection[int]], Mapping[int, frozenset[int]]]
_finders: dict[type[Record], Finder] = {}
NOWHERE: frozenset[int] = frozenset()
AT_ONCE = 900


def stands(model: type[Record], find: Finder) -> None:
    """Let an app say in which compartments records of a model stand. Registered once, when apps load."""
    _finders[model] = find


def compartments(model: type[Record], records: Collection[int]) -> Mapping[int, frozenset[int]]:
    """Return the compartments that each of these records of one model stands in."""
    if find := _finders.get(model):
        return find(records)
    way, found = path(model), dict.fromkeys(records, NOWHERE)
    listed = sorted(found) if way else []
    for start in range(0, len(listed), AT_ONCE):
        rows = model._base_manager.filter(pk__in=listed[start : start + AT_ONCE]).values_list("pk", way)
        found |= {record: frozenset({compartment}) for record, compartment in rows if compartment is not None}
    return found


@cache
def path(model: type[Any], seen: tuple[type[Any], ...] = ()) -> str:
    """Return how a query walks from a model to its compartment, "" where nothing leads to one."""
    targets = {
        field.name: field.remote_field.model for field in model._meta.concrete_fields if isinstance(field, ForeignKey)
    }
    for name, target in targets.items():
        if target is Compartment:
            return f"{name}_id"
    for name, target in targets.items():
        if issubclass(target, Record) and target not in seen and (rest := path(target, (*seen, model))):
            return f"{name}__{rest}"
    return ""
