"""How a kind of claim is declared: its fields, what each may hold, and what it is called."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from django.utils.translation import gettext_lazy as _

from tumen.archive.models import Record
from tumen.archive.sealed import SealedField

LINK = " < "
"""What stands between the links of a chain, as people type it and as it is kept."""

Words = Any  # a text or a translation that is made when it is shown

RANGE_HELP = _("One number alone is exactly that; 23+ means 23 or more, “to” alone means up to.")


class Holds(StrEnum):
    """What a field holds, which decides its input, its checks and its columns."""

    TERM = "term"  # one code of a list
    TERMS = "terms"  # several codes of a list, each a Mark
    DATE = "date"  # EDTF, with its first and last day beside it where the record has columns for them
    PLACE = "place"  # a code of the gazetteer
    PARTY = "party"  # a party of the same coding
    UNIT = "unit"  # an organisation or office of the archive's tree
    CLAIM = "claim"  # another claim of the same coding
    RANGE = "range"  # two whole numbers, from and to
    AMOUNT = "amount"  # two decimals kept in thousandths, from and to
    NUMBER = "number"  # one whole number
    LINE = "line"  # a line of text
    TEXT = "text"  # several lines of text
    CHAIN = "chain"  # who says so through whom, in order
    CHOICE = "choice"  # one of a few values that are no vocabulary


@dataclass(frozen=True)
class Field:
    """One coded field of a claim.

    Attributes:
        name: the model's field, the Mark's field for several codes, the stem of `_low` and `_high` for ranges.
        list: the vocabulary of TERM and TERMS.
        of: the kind of claim that CLAIM points at.
        choices: value and label of CHOICE.
        bounds: the columns of first and last day of a DATE.
        copies: whether "copy from last" carries the value over.
    """

    name: str
    label: Words
    holds: Holds
    list: str = ""
    of: str = ""
    required: bool = False
    group: Words = ""
    help: Words = ""
    choices: tuple[tuple[str, Words], ...] = ()
    bounds: tuple[str, str] | None = None
    store: tuple[str, str] | None = None  # the columns of an AMOUNT
    copies: bool = True
    gap: bool = True
    sealed: str = ""  # the class of what is inside, filled in from the model

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the inputs of a form."""
        return (f"{self.name}_low", f"{self.name}_high") if self.is_range else (self.name,)

    @property
    def columns(self) -> tuple[str, ...]:
        """The model's attributes that the field writes; none for several codes."""
        match self.holds:
            case Holds.TERMS:
                return ()
            case Holds.RANGE:
                return self.inputs
            case Holds.AMOUNT:
                return self.store or ()
            case Holds.DATE:
                return (self.name, *(self.bounds or ()))
            case Holds.PARTY | Holds.UNIT | Holds.CLAIM:
                return (f"{self.name}_id",)
        return (self.name,)

    @property
    def is_range(self) -> bool:
        """Whether the field has a from and a to."""
        return self.holds in (Holds.RANGE, Holds.AMOUNT)


@dataclass(frozen=True)
class Part:
    """A claim that is recorded inside another: an involvement of an act, a name of a party."""

    name: str
    kind: str
    link: str  # the attribute that points at the whole
    many: bool
    label: Words
    add: Words


@dataclass(frozen=True)
class Kind:
    """One kind of claim."""

    slug: str
    model: type[Record]
    label: Words
    plural: Words
    fields: tuple[Field, ...]
    parts: tuple[Part, ...] = ()
    help: Words = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", tuple(self._with_class(field) for field in self.fields))

    @property
    def words(self) -> str:
        """What it is called in the reason of a change."""
        return self.slug.replace("-", " ")

    def field(self, name: str) -> Field:
        """Return a field by its name; KeyError when there is none."""
        return self._by_name[name]

    def has(self, name: str) -> bool:
        """Say whether there is a field of this name."""
        return name in self._by_name

    def of_column(self, column: str) -> Field | None:
        """Return the field that a column belongs to, or None for bookkeeping."""
        return self._by_column.get(column) or self._by_column.get(f"{column}_id")

    def part(self, name: str) -> Part:
        """Return a part by its name."""
        return next(part for part in self.parts if part.name == name)

    @cached_property
    def _by_name(self) -> dict[str, Field]:
        return {field.name: field for field in self.fields}

    @cached_property
    def _by_column(self) -> dict[str, Field]:
        return {column: field for field in self.fields for column in field.columns}

    def _with_class(self, field: Field) -> Field:
        if field.holds not in (Holds.LINE, Holds.TEXT, Holds.CHAIN):
            return field
        described = self.model._meta.get_field(field.name)
        return replace(field, sealed=described.shows) if isinstance(described, SealedField) else field


def grouped(group: Words, fields: Iterable[Field]) -> tuple[Field, ...]:
    """Return the fields under one heading of the form."""
    return tuple(replace(field, group=group) for field in fields)
