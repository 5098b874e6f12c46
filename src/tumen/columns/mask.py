"""What a user may see: compartments of rows, classes of fields in each. Every reading function demands a mask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class Masked(PermissionError):
    """A query asks about a field whose class this user may not see; nothing is counted, listed or hinted at."""

    def __init__(self, field: str, field_class: str) -> None:
        super().__init__(f"the field {field!r} belongs to the class {field_class!r}, which you may not see")
        self.field = field
        self.field_class = field_class


class Everything:
    """All compartments, those not made yet included. Written `ALL`."""

    def __repr__(self) -> str:
        return "ALL"


ALL: Final = Everything()
"""The compartments of one who may see every row."""


@dataclass(frozen=True)
class Grant:
    """What one compartment opens.

    Attributes:
        classes: the field classes that may be filtered, counted, sorted and shown; fields of the class "" need none.
        finest: the precision below which a place is told as the one around it; "" where every place is told.
    """

    classes: frozenset[str] = frozenset()
    finest: str = ""


@dataclass(frozen=True)
class Mask:
    """What one user may see.

    Attributes:
        compartments: ids of the compartments whose rows may be counted and listed, or `ALL`.
        classes: the field classes opened in every one of them.
        finest: as in `Grant`, in every compartment that is not among `apart`.
        apart: where compartments open different things, what each of them opens. `Mask.of` fills it.
    """

    compartments: frozenset[int] | Everything
    classes: frozenset[str] = frozenset()
    finest: str = ""
    apart: tuple[tuple[int, Grant], ...] = ()

    @classmethod
    def of(cls, grants: Mapping[int, Grant]) -> Mask:
        """The mask of somebody to whom these compartments open these things."""
        seen, kinds = frozenset(grants), set(grants.values())
        if len(kinds) < 2:
            one = next(iter(kinds), Grant())
            return cls(seen, one.classes, one.finest)
        common = frozenset.intersection(*(grant.classes for grant in kinds))
        return cls(seen, common, "", tuple(sorted(grants.items(), key=lambda item: item[0])))

    def sees(self, compartment: int) -> bool:
        """Whether rows of a compartment may be counted and listed."""
        return isinstance(self.compartments, Everything) or compartment in self.compartments

    def grant(self, compartment: int) -> Grant:
        """What a compartment opens: nothing where it is not seen."""
        if not self.sees(compartment):
            return Grant()
        if self.apart:
            return dict(self.apart)[compartment]
        return Grant(self.classes, self.finest)

    def within(self, compartment: int) -> Mask:
        """The mask for what stands in one compartment alone."""
        grant = self.grant(compartment)
        return Mask(frozenset({compartment} if self.sees(compartment) else ()), grant.classes, grant.finest)

    def opens(self, field_class: str, compartment: int | None) -> bool:
        """Whether a compartment opens a class. What stands in none (None) opens what every compartment opens."""
        if not field_class:
            return True
        if compartment is None or not self.apart:
            return field_class in self.classes and (compartment is None or self.sees(compartment))
        return field_class in self.grant(compartment).classes

    @property
    def caps(self) -> frozenset[str]:
        """How fine places are told, over all compartments; "" stands for every place."""
        return frozenset(grant.finest for _, grant in self.apart) or frozenset({self.finest})

    def where(self, field_class: str) -> frozenset[int] | Everything:
        """The compartments that open a class."""
        if not self.apart:
            return self.compartments if not field_class or field_class in self.classes else frozenset()
        return frozenset(number for number, grant in self.apart if not field_class or field_class in grant.classes)

    def somewhere(self, field_class: str) -> bool:
        """Whether any compartment opens a class; for what a page offers, never for what it shows."""
        everywhere = not field_class or field_class in self.classes
        return everywhere or any(field_class in grant.classes for _, grant in self.apart)

    def allow(self, field: str, field_class: str) -> None:
        """Raise Masked unless a field of this class may be used in some compartment; elsewhere it reads as unknown."""
        if not self.somewhere(field_class):
            raise Masked(field, field_class)
