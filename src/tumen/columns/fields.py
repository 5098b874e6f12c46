"""The fields a query may speak of and the units it may count; each app registers its own, downwards."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum

from tumen.columns.arrays import Array
from tumen.columns.domains import Domain
from tumen.columns.periods import Scale, Scheme

RESERVED = frozenset({
    "unit", "run", "asof", "checked", "sort", "columns", "size", "page", "purpose", "audience", "grain", "because",
    "q", "id", "compartment", "order", "retracted",
})  # fmt: skip
"""Names the text form of a query and the frames keep for themselves."""


class BadField(ValueError):
    """A field or unit is declared in a way that cannot work, or under a name that is taken."""


class Kind(StrEnum):
    """What a field holds."""

    SINGLE = "single"  # one term of a flat list
    HIERARCHY = "hierarchy"  # one term of a tree
    MULTI = "multi"  # any number of terms: its tables are "multiple response"
    INTERVAL = "interval"  # from and to, either of them open
    NUMBER = "number"  # a quantity as a range low to high
    REF = "ref"  # the id of another record, or none

    @property
    def coded(self) -> bool:
        """Whether values are terms of a domain."""
        return self in (Kind.SINGLE, Kind.HIERARCHY, Kind.MULTI)

    @property
    def ranged(self) -> bool:
        """Whether values are a lower and an upper bound."""
        return self in (Kind.INTERVAL, Kind.NUMBER)


class Across(StrEnum):
    """How the value of rows that a linkage run joins follows from those of them that are visible."""

    FIRST = "first"  # that of the first one
    UNION = "union"  # multi: the terms of all; ref: the ids of all
    SUM = "sum"  # number: their bounds added up
    LEADING = "leading"  # single: of their terms the one that stands first in the domain
    OR = "or"  # single: the bitwise or of their codes, looked up in `joins`
    DIFFERENCES = "differences"  # multi: the fields of `domain` in which they contradict each other
    TALLY = "tally"  # number: how many rows of another frame, themselves joined, refer to any of them


@dataclass(frozen=True)
class Field:
    """One field of one kind of row.

    Attributes:
        name: how queries call it; lower-case words joined by "_".
        kind: what it holds.
        label_key: the message the interface translates.
        units: the units whose queries may use it.
        field_class: "" for open fields, else the class a mask must contain.
        domain: the terms (coded kinds only).
        scale: days or years for intervals.
        schemes: the classes in which tables may cut an interval or number.
        resolved: of a ref: its ids follow a linkage run (persons do, sources do not).
        across: how rows joined by a run make one value; of a multi field the union unless said otherwise.
        joins: for each bitwise or of codes the code it means (`Across.OR`).
        rest: a term of a multi field that holds only where no other does, such as "other".
        tied_by: of a ref: under a run two of its ids are one where a resolved row names both for the same entity of
            the field named here. Two tellings of one sale tie the two stories of that victim.
        tally: the frame and its ref field whose rows are numbered (`Across.TALLY`).
        told: of a place: for each precision, as masks name it, the code that every code is told as.
    """

    name: str
    kind: Kind
    label_key: str = ""
    units: frozenset[str] = frozenset()
    field_class: str = ""
    domain: Domain | None = None
    scale: Scale = Scale.DAY
    schemes: tuple[Scheme, ...] = ()
    resolved: bool = False
    across: Across = Across.FIRST
    joins: tuple[int, ...] = ()
    rest: str = ""
    tied_by: str = ""
    tally: tuple[str, str] | None = None
    told: Mapping[str, Array] = field(default_factory=dict, compare=False)

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or not self.name.islower() or self.name in RESERVED:
            raise BadField(
                f"{self.name!r} cannot name a field: lower-case words, none of {', '.join(sorted(RESERVED))}"
            )
        if self.kind.coded != (self.domain is not None):
            raise BadField(f"{self.name}: a {self.kind} field {'needs a' if self.kind.coded else 'has no'} domain")
        if self.kind is Kind.MULTI and self.across is Across.FIRST:
            object.__setattr__(self, "across", Across.UNION)
        if self.kind not in _ACROSS[self.across]:
            raise BadField(f"{self.name}: a {self.kind} field of joined rows cannot be their {self.across}")
        if (self.across is Across.OR) != bool(self.joins) or (self.across is Across.TALLY) != bool(self.tally):
            raise BadField(f"{self.name}: `joins` belongs to {Across.OR}, `tally` to {Across.TALLY}")
        if self.rest and (self.kind is not Kind.MULTI or self.rest not in self.terms):
            raise BadField(f"{self.name}: {self.rest!r} is no term that could hold the rest")
        if self.told and self.kind not in (Kind.SINGLE, Kind.HIERARCHY):
            raise BadField(f"{self.name}: only one term a row can be told as another")
        if self.kind is Kind.NUMBER:
            object.__setattr__(self, "scale", Scale.NUMBER)

    @property
    def stored(self) -> bool:
        """Whether rows hold its values; others are worked out from those of other fields."""
        return self.across not in (Across.DIFFERENCES, Across.TALLY)

    @property
    def terms(self) -> Domain:
        """The domain of a coded field; BadField for any other kind."""
        if self.domain is None:
            raise BadField(f"{self.name} has no terms: it is a {self.kind} field")
        return self.domain

    def scheme(self, name: str) -> Scheme | None:
        """The scheme of this name, or None."""
        return next((scheme for scheme in self.schemes if scheme.name == name), None)


_ACROSS: Mapping[Across, frozenset[Kind]] = {
    Across.FIRST: frozenset(Kind) - {Kind.MULTI},
    Across.UNION: frozenset({Kind.MULTI, Kind.REF}),
    Across.SUM: frozenset({Kind.NUMBER}),
    Across.LEADING: frozenset({Kind.SINGLE}),
    Across.OR: frozenset({Kind.SINGLE}),
    Across.DIFFERENCES: frozenset({Kind.MULTI}),
    Across.TALLY: frozenset({Kind.NUMBER}),
}


@dataclass(frozen=True)
class Unit:
    """What a count counts, over rows of a frame.

    Plain rows if neither `counts` nor `sums` is given.

    Attributes:
        name: the unit's name in queries.
        counts: the ref field whose distinct entities are counted.
        sums: the number field whose lower bounds are added up.
        only: (coded field, term): count only rows with this term, e.g. ("victim_kind", "person").
        beside: the unit to be shown beside and never added: groups beside victims.
        size: the number field that holds how large each counted entity is; summed as a range.
        every_telling: count over all visible tellings of a resolved act, not over its principal row alone.
        left_out: (coded field, term): rows with this term are left out unless a question speaks of the field.
    """

    name: str
    counts: str | None = None
    sums: str | None = None
    only: tuple[str, str] | None = None
    beside: str | None = None
    size: str | None = None
    every_telling: bool = False
    left_out: tuple[str, str] | None = None

    @property
    def reads(self) -> tuple[str, ...]:
        """The fields this unit is computed from."""
        coded = (pair[0] for pair in (self.only, self.left_out) if pair)
        return tuple(name for name in (self.counts, self.sums, *coded, self.size) if name)


class Fields(Mapping[str, Field]):
    """A registry of fields by name. Apps add theirs with `register`; queries are parsed against it."""

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        self._fields: dict[str, Field] = {}
        self.register(*fields)

    def register(self, *fields: Field) -> None:
        """Add fields; BadField if a name is taken."""
        for item in fields:
            if item.name in self._fields:
                raise BadField(f"a field {item.name!r} is registered already")
            self._fields[item.name] = item

    def of(self, unit: str) -> tuple[Field, ...]:
        """The fields that queries of this unit may use, in the order of registration."""
        return tuple(item for item in self._fields.values() if unit in item.units)

    @property
    def units(self) -> tuple[str, ...]:
        """Every unit that some field applies to, sorted."""
        return tuple(sorted({unit for item in self._fields.values() for unit in item.units}))

    def __getitem__(self, name: str) -> Field:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def near(self, name: str) -> tuple[str, ...]:
        """Up to three field names spelt like `name`, best first."""
        return tuple(get_close_matches(name, self._fields, 3, 0.5))
