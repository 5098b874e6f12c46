"""Condition: one restriction on one field, as a plain value, and what makes a question unanswerable."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from tumen.columns.arrays import OPEN_HIGH, OPEN_LOW
from tumen.columns.domains import UNKNOWN
from tumen.columns.fields import Field, Kind
from tumen.columns.periods import OPEN, BadBound

Value = str | int


class BadQuery(ValueError):
    """A query names a field, term, unit or bound that does not exist or fit; `near` offers what may be meant.

    `problem` is a template with named fields, filled from `details`, so that the upper floor can translate it;
    `str(error)` is the English message.
    """

    def __init__(self, problem: str, near: Iterable[str] = (), /, **details: object) -> None:
        super().__init__(problem, near)
        self.problem, self.near, self.details = problem, tuple(near), details

    def told(self, translate: Callable[[str], str] = str) -> str:
        """Return what is wrong, its template translated; `near` is left to the reader."""
        details = {
            name: detail.told(translate) if isinstance(detail, BadBound) else detail
            for name, detail in self.details.items()
        }
        return translate(self.problem).format(**details)

    def __str__(self) -> str:
        return self.told() + (f"; did you mean {' or '.join(self.near)}?" if self.near else "")


class Op(StrEnum):
    """How a condition compares."""

    IN = "in"  # any of the terms or anything narrower; any of the ids
    NOT_IN = "not"  # none of them; rows of which nothing is known stay
    EXACTLY = "exactly"  # any of the terms, coded at just this level
    BETWEEN = "between"  # the whole value lies between the bounds
    TOUCHES = "touches"  # some of the value may lie between the bounds
    SPANS = "spans"  # known, but in no single class of the scheme
    IS_UNKNOWN = "unknown"


_OPS: Mapping[Kind, frozenset[Op]] = {
    **dict.fromkeys(
        (Kind.SINGLE, Kind.HIERARCHY, Kind.MULTI), frozenset((Op.IN, Op.NOT_IN, Op.EXACTLY, Op.IS_UNKNOWN))
    ),
    **dict.fromkeys((Kind.INTERVAL, Kind.NUMBER), frozenset((Op.BETWEEN, Op.TOUCHES, Op.SPANS, Op.IS_UNKNOWN))),
    Kind.REF: frozenset((Op.IN, Op.NOT_IN, Op.IS_UNKNOWN)),
}


@dataclass(frozen=True)
class Condition:
    """One restriction on one field.

    `values` are term keys, ids, two bounds as text (".." is open), or the name of a scheme, as the operation asks.
    Lists of terms and ids are kept sorted and without repetition, so that equal conditions are equal values.
    """

    field: str
    op: Op
    values: tuple[Value, ...] = ()

    def __post_init__(self) -> None:
        values = tuple(self.values)
        if self.op in (Op.IN, Op.NOT_IN, Op.EXACTLY):
            values = tuple(sorted(set(values), key=lambda value: (isinstance(value, str), value)))
        if self.op in (Op.BETWEEN, Op.TOUCHES):
            values = tuple(str(value) for value in values)
        if values == (UNKNOWN,) and self.op in (Op.IN, Op.EXACTLY):
            object.__setattr__(self, "op", Op.IS_UNKNOWN)
        object.__setattr__(self, "values", () if self.op is Op.IS_UNKNOWN else values)

    def check(self, field: Field) -> None:
        """Raise BadQuery unless operation and values fit the field."""
        if self.op not in _OPS[field.kind]:
            raise BadQuery("{field}: cannot be asked with {op!r}", field=self.field, op=self.op.value)
        if self.op is Op.SPANS:
            names = [scheme.name for scheme in field.schemes]
            if len(self.values) != 1 or self.values[0] not in names:
                raise BadQuery("{field}: 'spans' takes the name of one scheme", names, field=self.field)
        elif self.op in (Op.BETWEEN, Op.TOUCHES):
            if len(self.values) != 2 or self.values == (OPEN, OPEN):
                raise BadQuery("{field}: give two bounds, of which one may be '..'", field=self.field)
            low, high = self.bounds(field)
            if low > high:
                first, last = self.values
                raise BadQuery("{field}: {low} lies after {high}", field=self.field, low=first, high=last)
        elif self.op is not Op.IS_UNKNOWN:
            self._check_list(field)

    def _check_list(self, field: Field) -> None:
        if not self.values:
            raise BadQuery("{field}: no value is given", field=self.field)
        for value in self.values:
            if field.kind is Kind.REF:
                if not isinstance(value, int) or not 0 <= value < 2**63:
                    raise BadQuery("{field}: {value!r} is not an id", field=self.field, value=value)
            elif value not in field.terms:
                near = field.terms.near(str(value))
                raise BadQuery("{field}: there is no term {value!r}", near, field=self.field, value=value)

    def bounds(self, field: Field) -> tuple[int, int]:
        """The two bounds as integers of the field's scale; BadQuery if one cannot be read."""
        low, high = (str(value) for value in self.values)
        try:
            return (
                OPEN_LOW if low == OPEN else field.scale.span(low)[0],
                OPEN_HIGH if high == OPEN else field.scale.span(high)[1],
            )
        except BadBound as error:
            raise BadQuery("{field}: {bound}", field=self.field, bound=error) from error

    def pair(self) -> tuple[str, str]:
        """Key and value of the text form, escaped."""
        if self.op is Op.IS_UNKNOWN:
            return self.field, UNKNOWN
        key = self.field if self.op in (Op.IN, Op.BETWEEN) else f"{self.field}.{self.op.value}"
        parts = [quote(str(value), safe=":.-_~") for value in self.values]
        if self.op in (Op.BETWEEN, Op.TOUCHES):
            return key, parts[0] if parts[0] == parts[1] else "/".join(parts)
        return key, ",".join(parts)
