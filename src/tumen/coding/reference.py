"""The archive's own copy of the vocabularies and the gazetteer, as the rest of Tumen reads them.

    vocabularies()["act_type"].label("liberty.arrest", "ko")
    places().path("KP-09.onsong", "ko")

Both are built from rows and kept until a row of theirs changes. An archive without terms
answers with the shipped lists.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import date
from typing import Any, Generic, TypeVar

from django.db.models import Count, Max, QuerySet
from django.utils.translation import get_language

from tumen import places as shipped_places
from tumen import vocabularies as shipped
from tumen.archive import folder, versions
from tumen.archive.models import Record
from tumen.coding.models import Place as PlaceRow
from tumen.coding.models import Term as TermRow
from tumen.columns import Mask
from tumen.places import Gazetteer, Kind, Place, Precision
from tumen.vocabularies import Language, Retirement, Term, Trilingual, Vocabularies, Vocabulary

T = TypeVar("T")

HEAD = ""
"""The code of the row that holds a list's title, for lists whose title differs from the shipped one."""


class _Kept(Generic[T]):
    """Something built from the rows of one kind, built again when they changed."""

    def __init__(self, model: type[Record], build: Callable[[QuerySet[Any]], T]) -> None:
        self._model, self._build = model, build
        self._lock = threading.Lock()
        self._state: object = None
        self._seen: object = None
        self._value: T | None = None

    def get(self) -> T:
        # Asked dozens of times a page: as long as nothing at all was written, one look at the newest change is enough.
        seen = (str(folder.current().folder), versions.newest())
        with self._lock:
            if self._value is None or self._seen != seen:
                rows = versions.visible(self._model._base_manager.all())
                now = (seen[0], *rows.aggregate(newest=Max("change"), count=Count("pk")).values())
                if self._value is None or self._state != now:
                    self._value, self._state = self._build(rows), now
                self._seen = seen
            return self._value


def vocabularies() -> Vocabularies:
    """Return the lists of this archive."""
    return _lists.get()


def places() -> Gazetteer:
    """Return the gazetteer of this archive: the shipped places and its own."""
    return _places.get()


def language() -> Language:
    """Return the language that labels are shown in: that of the page."""
    return {"ko": "ko", "zh": "zh"}.get((get_language() or "en")[:2], "en")  # type: ignore[return-value]


def label(list_code: str, code: str) -> str:
    """Return a term's label in the language of the page, or the code itself when no list has it."""
    lists = vocabularies()
    if not code or list_code not in lists or code not in lists[list_code]:
        return code
    return lists[list_code].label(code, language())


def place_label(code: str) -> str:
    """Return a place with the places around it in the language of the page, or the code when it is unknown."""
    gazetteer = places()
    return gazetteer.path(code, language()) or gazetteer.name(code, language()) if code in gazetteer else code


def term_data(term: Term) -> dict[str, Any]:
    """Return a term as its row keeps it; empty values are left out."""
    data: dict[str, Any] = {name: _texts(getattr(term, name)) for name in shipped.TEXTS}
    data["favourite"] = term.favourite
    data["also"] = list(term.also)
    data["crosswalks"] = {scheme: list(codes) for scheme, codes in term.crosswalks.items()}
    if term.retired:
        data["retired"] = {"on": term.retired.on.isoformat(), "replaced_by": term.retired.replaced_by}
    return {name: value for name, value in data.items() if value not in ("", None, [], {})}


def told_place(code: str, mask: Mask) -> str:
    """Return the code that a place is told as under a mask of one compartment; "" for none, or none coarse enough."""
    if not mask.finest or not code:
        return code
    return places().told_at(code, Precision(mask.finest)) if code in places() else ""


def place_data(place: Place) -> dict[str, Any]:
    """Return a place as its row keeps it."""
    data = {field.name: getattr(place, field.name) for field in fields(place)}
    data |= {"kind": place.kind.value, "precision": place.precision.value}
    data |= {"other_names": list(place.other_names), "former_names": list(place.former_names)}
    return {name: value for name, value in data.items() if name not in ("code", "parent")}


def _texts(texts: Trilingual) -> dict[str, str]:
    return {lang: texts.own(lang) for lang in shipped.LANGUAGES if texts.own(lang)}


def _trilingual(kept: Mapping[str, str] | str) -> Trilingual:
    """Return a text as it was kept: by language, or in English alone where it was stored before notes had languages."""
    return Trilingual(en=kept) if isinstance(kept, str) else Trilingual(**kept)


def _term(row: TermRow) -> Term:
    data: Mapping[str, Any] = row.data
    retired = data.get("retired")
    return Term(
        code=row.code,
        also=tuple(data.get("also", ())),
        crosswalks={scheme: tuple(codes) for scheme, codes in data.get("crosswalks", {}).items()},
        favourite=data.get("favourite"),
        retired=Retirement(date.fromisoformat(retired["on"]), retired["replaced_by"]) if retired else None,
        **{name: _trilingual(data.get(name, {})) for name in shipped.TEXTS},
    )


def _build_lists(rows: QuerySet[TermRow]) -> Vocabularies:
    original = shipped.load()
    heads: dict[str, Mapping[str, Any]] = {}
    terms: dict[str, list[Term]] = {}
    for row in rows.order_by("list", "position", "pk"):
        if row.code == HEAD:
            heads[row.list] = row.data
        else:
            terms.setdefault(row.list, []).append(_term(row))
    if not terms:
        return original
    own = [Vocabulary(code, *_head(code, heads.get(code), original, listed)) for code, listed in terms.items()]
    # A list that Tumen ships since this archive was made stands for itself until somebody changes it.
    later = [each for each in original if each.code not in terms and each.code not in heads]
    return Vocabularies([*own, *later])


def _head(
    code: str, head: Mapping[str, Any] | None, original: Vocabularies, terms: list[Term]
) -> tuple[Trilingual, Iterable[Term], str]:
    if head is not None:
        return Trilingual(**head.get("title", {})), terms, head.get("about", "")
    if code in original:
        return original[code].title, terms, original[code].about
    return Trilingual(en=code), terms, ""


def _place(row: PlaceRow) -> Place:
    data = dict(row.data)
    return Place(
        code=row.code,
        parent=row.parent or None,
        **{
            **data,
            "kind": Kind(data["kind"]),
            "precision": Precision(data["precision"]),
            "other_names": tuple(data.get("other_names", ())),
            "former_names": tuple(data.get("former_names", ())),
        },
    )


def _build_places(rows: QuerySet[PlaceRow]) -> Gazetteer:
    own = {row.code: _place(row) for row in rows.order_by("pk")}
    original = shipped_places.load()
    if not own:
        return original
    changed = [own.pop(place.code, place) for place in original]
    return Gazetteer([*changed, *own.values()])


_lists: _Kept[Vocabularies] = _Kept(TermRow, _build_lists)
_places: _Kept[Gazetteer] = _Kept(PlaceRow, _build_places)
