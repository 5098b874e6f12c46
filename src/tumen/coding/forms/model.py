"""The shapes of a form: its inputs, its parts, and the evidence of each field, as the templates need them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tumen.coding.kinds import Field, Holds, Kind, Part
from tumen.coding.queries.choices import Choice

_TEMPLATES = {
    **dict.fromkeys((Holds.NUMBER, Holds.CHAIN, Holds.DATE), "line"),
    **dict.fromkeys((Holds.UNIT, Holds.CLAIM, Holds.CHOICE), "select"),
    Holds.AMOUNT: "range",
    Holds.PLACE: "picker",
}


_WIDE = ("description", "type", "place", "place_told")


@dataclass(frozen=True)
class Chip:
    """One piece of evidence in a form."""

    value: str
    text: str
    passage: int | None = None
    span: str = ""


@dataclass
class Input:
    """One field of a form as the template needs it."""

    field: Field
    name: str
    value: Any = ""
    high: str = ""
    label: str = ""
    gap: str = ""
    note: str = ""
    has_note: bool = False
    error: str = ""
    chips: list[Chip] = dataclasses.field(default_factory=list)
    choices: Sequence[Choice] = ()
    new_text: str = ""

    @property
    def template(self) -> str:
        """The file that draws the input."""
        kind = _TEMPLATES.get(self.field.holds, str(self.field.holds))
        if kind == "term":
            kind = "select" if self.choices else "picker"
        return f"coding/inputs/{kind}.html"

    @property
    def is_filled(self) -> bool:
        """Whether something stands here that should be in view."""
        return bool(self.value or self.high or self.gap or self.note or self.error or self.chips)

    @property
    def is_wide(self) -> bool:
        """Whether the input takes the whole width."""
        return self.field.holds in (Holds.TEXT, Holds.TERMS) or self.field.name in (
            "description",
            "type",
            "place",
            "place_told",
        )

    @property
    def is_numeric(self) -> bool:
        """Whether a small screen should offer digits."""
        return self.field.holds in (Holds.NUMBER, Holds.RANGE, Holds.AMOUNT)


@dataclass
class PartForm:
    """The inputs of one part."""

    part: Part
    prefix: str
    inputs: list[Input]
    record: int | None = None
    version: int | None = None
    error: str = ""
    is_empty: bool = True
    base: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclass
class ClaimForm:
    """A whole form."""

    kind: Kind
    groups: list[tuple[str, list[Input]]]
    parts: list[tuple[Part, list[PartForm]]]
    chips: list[Chip]
    base: list[tuple[str, str]]
    record: int | None = None
    version: int | None = None
    error: str = ""

    @property
    def is_new(self) -> bool:
        """Whether the claim is not recorded yet."""
        return self.record is None
