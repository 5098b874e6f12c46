"""Opening sealed values, for those who may: the only way from ciphertext to the page."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from tumen.archive import identity, reasons
from tumen.archive.models import Batch, Change, Record
from tumen.archive.sealed import ANYBODY, SealedField, is_tombstone, open_value
from tumen.columns import Mask
from tumen.guard import standing
from tumen.guard.masks import NARRATIVE, NOTES, REVIEWED
from tumen.text import Blanked

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class Shown:
    """A sealed value as one user gets it: its text, or why there is none.

    `blanked` is there where names were left out of the text: positions in the whole text are found by `place`.
    """

    text: str = ""
    why: str = ""  # "" shown or empty, "masked" not for this user, "erased" gone for good
    blanked: Blanked | None = None

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return where a stretch of the whole value stands in `text`."""
        return (start, end) if self.blanked is None else self.blanked.place(start, end)

    def words(self, start: int | None, end: int | None) -> str:
        """Return a stretch of the whole value as it is shown."""
        left, right = self.place(start or 0, end or 0)
        return self.text[left:right]

    def __str__(self) -> str:
        return self.text

    def __bool__(self) -> bool:
        return bool(self.text)


EMPTY, MASKED, ERASED = Shown(), Shown(why="masked"), Shown(why="erased")


def field_class(model: type[Record], field: str) -> str:
    """Return the class of a sealed field: what a mask must hold to open it, ANYBODY when nothing."""
    return model_field(model, field).shows


def model_field(model: type[Record], field: str) -> SealedField:
    """Return a sealed field of a kind of record; TypeError for any other field."""
    described = model._meta.get_field(field)
    if not isinstance(described, SealedField):
        raise TypeError(f"{model.__name__}.{field} is not sealed")
    return described


def read(mask: Mask, records: Iterable[R], field: str) -> dict[int, Shown]:
    """Open one sealed field of many records at once; the answer maps each record's id to what may be shown.

    The caller has chosen records of compartments that the mask allows; this function holds what each of them opens.
    """
    rows = list(records)
    if not rows:
        return {}
    owner = model_field(type(rows[0]), field).owner
    return read_rows(mask, type(rows[0]), field, [(row.pk, getattr(row, owner), getattr(row, field)) for row in rows])


def read_rows(
    mask: Mask, model: type[Record], field: str, rows: Sequence[tuple[int, int, bytes | memoryview | None]]
) -> dict[int, Shown]:
    """Do the same for values fetched without their records: (record, owner, ciphertext)."""
    there = [(pk, owner, value) for pk, owner, value in rows if value is not None]
    whole, reviewed = opened_among(mask, model, field, {pk for pk, _, _ in there})
    keys = identity.readable(owner for pk, owner, _ in there if pk in whole or pk in reviewed)
    shown: dict[int, Shown] = {}
    for pk, owner, value in rows:
        if value is None:
            shown[pk] = EMPTY
        elif pk not in whole and pk not in reviewed:
            shown[pk] = MASKED
        elif owner not in keys or is_tombstone(value):
            shown[pk] = ERASED
        else:
            shown[pk] = Shown(open_value(keys[owner], pk, field, value))
    named = {pk: shown[pk].text for pk in reviewed if shown[pk]}
    return shown | ({pk: Shown(left.text, blanked=left) for pk, left in _blank(model, named).items()} if named else {})


def opened_among(
    mask: Mask, model: type[Record], field: str, records: Collection[int]
) -> tuple[Collection[int], Collection[int]]:
    """Return those of these records of one model whose sealed field the mask opens whole, and those without names."""
    shows = field_class(model, field)
    if shows == ANYBODY or (shows in mask.classes and not mask.apart):
        return records, frozenset()
    reviewed = _reviewed(model, records) if shows == NARRATIVE and mask.somewhere(REVIEWED) else frozenset()
    if not mask.apart:
        return frozenset(), reviewed
    if not mask.somewhere(shows) and not reviewed:
        return frozenset(), frozenset()
    stand = standing.compartments(model, records)
    whole = {pk for pk in records if opens(mask, shows, stand[pk])}
    return whole, {pk for pk in reviewed if pk not in whole and opens(mask, REVIEWED, stand[pk])}


def opens(mask: Mask, shows: str, compartments: Collection[int]) -> bool:
    """Say whether every one of the compartments that something stands in opens a class."""
    if not compartments:
        return mask.opens(shows, None)
    return all(mask.opens(shows, compartment) for compartment in compartments)


Reviewed = Callable[[type[Record], Collection[int]], Collection[int]]
Blank = Callable[[type[Record], Mapping[int, str]], Mapping[int, Blanked]]


def nothing_reviewed(model: type[Record], records: Collection[int]) -> Collection[int]:
    """Return no record: until a person has gone through the names in a text, any of them may name somebody."""
    return frozenset()


def nothing_left(model: type[Record], values: Mapping[int, str]) -> Mapping[int, Blanked]:
    """Return every value as one blank."""
    return dict.fromkeys(values, Blanked(""))


_reviewed: Reviewed = nothing_reviewed
_blank: Blank = nothing_left


def mask_names_by(reviewed: Reviewed, blank: Blank) -> None:
    """Let an app say in which narrative fields of records a person has gone through the names, and leave them out.

    Only those are opened to roles that may read testimony and not identities, and only without the names.
    """
    global _reviewed, _blank
    _reviewed, _blank = reviewed, blank


def public(record: Record, field: str) -> Shown:
    """Open a sealed field that is shown to anybody who sees the record. Raises TypeError for any other field."""
    if field_class(type(record), field) != ANYBODY:
        raise TypeError(f"{type(record).__name__}.{field} asks for a mask")
    return read_one(_NOTHING, record, field)


_NOTHING = Mask(frozenset(), frozenset())


def reason(mask: Mask, entry: Change | Batch, compartments: Collection[int] = ()) -> Shown:
    """Return why a change or a bulk job was made: people write names into reasons, so they are notes of the office.

    `compartments` are those that it touched; every one of them must open notes, and all that the mask shows where
    nothing says which they are.
    """
    return own_reason(entry) if opens(mask, NOTES, compartments) else MASKED


def own_reason(entry: Change | Batch) -> Shown:
    """Return why a change or a bulk job was made to the one who made it."""
    if isinstance(entry, Change) and not entry.why and entry.said is None and entry.batch is not None:
        return own_reason(entry.batch)
    told = reasons.told(entry, entry.id if isinstance(entry, Change) else entry.owner)
    return ERASED if told is None else Shown(told)


def read_one(mask: Mask, record: Record, field: str) -> Shown:
    """Open one sealed field of one record."""
    return read(mask, [record], field)[record.pk]
