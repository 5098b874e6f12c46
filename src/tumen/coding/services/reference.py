"""Verbs of reference rows: terms loaded and retired, places added, units."""

from __future__ import annotations

import json
from typing import Any

from django.utils import timezone

from tumen.archive import versions
from tumen.archive.bulk import Bulk
from tumen.archive.changes import OpenChange
from tumen.coding import reference
from tumen.coding.errors import BadList
from tumen.coding.models import Place as PlaceRow
from tumen.coding.models import Term as TermRow
from tumen.coding.models import Unit
from tumen.coding.queries.usage import used_codes
from tumen.places import HierarchyError, Place
from tumen.vocabularies import ListMismatchError, Vocabularies, Vocabulary, merge


def load_terms(bulk: Bulk, lists: Vocabularies) -> int:
    """Write every term of `lists` into an archive that has none yet, and return how many."""
    rows: list[tuple[Any, ...]] = []
    for vocabulary in lists:
        for position, term in enumerate(vocabulary):
            stored = json.dumps(reference.term_data(term), ensure_ascii=False, sort_keys=True)
            rows.append((vocabulary.code, term.code, stored, position))
    first = bulk.ids(len(rows))
    bulk.insert(TermRow, ("list", "code", "data", "position"), [(first + n, *row) for n, row in enumerate(rows)])
    return len(rows)


def load_list(c: OpenChange, new: Vocabulary) -> dict[str, int]:
    """Replace a list by a new version of it; a term in use that the new one lacks is kept and retired.

    Returns how many terms were added, changed, retired and taken out. Raises BadList when codes in use are in neither.
    """
    lists = reference.vocabularies()
    old = lists[new.code] if new.code in lists else Vocabulary(new.code, new.title, ())
    try:
        merged = merge(old, new, used_codes(new.code), timezone.localdate())
    except ListMismatchError as error:
        raise BadList(str(error)) from error
    rows = {row.code: row for row in TermRow._base_manager.filter(list=new.code)}
    done = {"added": 0, "changed": 0, "retired": 0, "removed": 0}
    for position, term in enumerate(merged):
        values: dict[str, Any] = {"data": reference.term_data(term), "position": position, "retracted": False}
        row = rows.pop(term.code, None)
        if row is None:
            c.insert(TermRow, list=new.code, code=term.code, **values)
            done["added"] += 1
        elif (row.data, row.position, row.retracted) != (values["data"], position, False):
            newly = term.retired is not None and "retired" not in row.data
            done["retired" if newly else "changed"] += 1
            c.update(row, **values)
    for row in rows.values():
        if row.code != reference.HEAD and not row.retracted:
            c.retract(row)
            done["removed"] += 1
    _head(c, new, rows.get(reference.HEAD))
    return done


def retire(c: OpenChange, list_code: str, code: str, replaced_by: str = "") -> TermRow:
    """Stop offering a term; records that use it keep it. Raises BadList when the replacement is no term of the list."""
    lists = reference.vocabularies()
    if replaced_by and (replaced_by not in lists[list_code] or replaced_by == code):
        raise BadList(f"“{replaced_by}” is no other term of the list {list_code}. Choose one from the list.")
    if not TermRow._base_manager.filter(list=list_code).exists():
        load_list(c, lists[list_code])  # a list shipped since the archive was made has no rows yet
    row = _row(list_code, code)
    return c.update(
        row, data={**row.data, "retired": {"on": timezone.localdate().isoformat(), "replaced_by": replaced_by}}
    )


def bring_back(c: OpenChange, list_code: str, code: str) -> TermRow:
    """Offer a retired term again."""
    row = _row(list_code, code)
    return c.update(row, data={name: value for name, value in row.data.items() if name != "retired"})


def add_places(c: OpenChange, more: list[Place]) -> int:
    """Add places to the archive, or change ones it has; raises BadList when they do not fit into the tree."""
    gazetteer = reference.places()
    known = {place.code: place for place in gazetteer}
    try:
        type(gazetteer)((known | {place.code: place for place in more}).values())
    except HierarchyError as error:
        raise BadList(str(error)) from error
    rows = {row.code: row for row in PlaceRow._base_manager.filter(code__in=[place.code for place in more])}
    for place in more:
        values: dict[str, Any] = {"parent": place.parent or "", "data": reference.place_data(place)}
        if place.code in rows:
            c.update(rows[place.code], retracted=False, **values)
        else:
            c.insert(PlaceRow, code=place.code, **values)
    return len(more)


def add_unit(c: OpenChange, name: str, kind: str = "", parent: Unit | None = None, **values: Any) -> Unit:
    """Add an organisation, office, facility or ring; raises BadList without a name or with an unknown agency."""
    if not name.strip():
        raise BadList("A unit needs a name.")
    if kind and kind not in reference.vocabularies()["agency"]:
        raise BadList(f"“{kind}” is no term of the list agency. Choose one from the list.")
    return c.insert(Unit, name=name.strip(), kind=kind, parent=parent, **values)


def _row(list_code: str, code: str) -> TermRow:
    row = versions.visible(TermRow.objects.filter(list=list_code, code=code)).first()
    if row is None:
        raise BadList(f"The list {list_code} has no term {code!r} in this archive.")
    return row


def _head(c: OpenChange, new: Vocabulary, row: TermRow | None) -> None:
    """Keep the title of a list whose title is not the shipped one."""
    now = reference.vocabularies()
    same = new.code in now and (now[new.code].title, now[new.code].about) == (new.title, new.about)
    if same or new.title.en == new.code:  # a CSV file has no title of its own
        return
    title = {lang: text for lang in ("en", "ko", "zh") if (text := new.title.own(lang))}  # type: ignore[arg-type]
    data = {"title": title, "about": new.about}
    if row is None:
        c.insert(TermRow, list=new.code, code=reference.HEAD, data=data, position=-1)
    else:
        c.update(row, data=data, retracted=False)
