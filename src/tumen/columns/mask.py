"""What a user may see: compartments of rows and classes of fields. Every reading function demands one."""

from __future__ import annotations

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
class Mask:
    """What one user may see.

    Attributes:
        compartments: ids of the compartments whose rows may be counted and listed, or `ALL`.
        classes: the field classes that may be filtered, counted, sorted and shown; fields of the class "" need none.
    """

    compartments: frozenset[int] | Everything
    classes: frozenset[str] = frozenset()

    def allow(self, field: str, field_class: str) -> None:
        """Raise Masked unless a field of this class may be used."""
        if field_class and field_class not in self.classes:
            raise Masked(field, field_class)
