"""The one way a date can be wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

SHOWN = 60  # characters of the offending text that a message quotes


class InvalidDate(ValueError):
    """A text is not a date: its form is not EDTF, it names a day that does not exist, or it has several readings.

    The message quotes up to 60 characters of the text, which a user may have pasted into the wrong field: show it to
    her, but do not log it.

    `problem` and `advice` are templates with named fields, filled from `details`, so that the upper floor can translate
    them; `str(error)` is the English message.
    """

    def __init__(
        self, text: str, problem: str, advice: str, *, column: int = 1, field: str | None = None, **details: object
    ) -> None:
        super().__init__(text, problem, advice)
        self.text = text
        self.problem = problem
        self.advice = advice
        self.column = column  # where in the text, counted from 1
        self.field = field  # "year", "month", "day", ... when one component is to blame
        self.details = details

    def told(self, translate: Callable[[str], str] = str) -> tuple[str, str]:
        """Return what is wrong and what to do, without full stops, their templates translated."""
        shown = {name: quoted(str(value)) for name, value in self.details.items()}
        return translate(self.problem).format(**shown), translate(self.advice).format(**shown)

    def __str__(self) -> str:
        problem, advice = self.told()
        return f'"{quoted(self.text)}", column {self.column}: {problem}. {advice}.'

    def within(self, text: str, offset: int) -> Self:
        """Return the same error told of the whole text, of which the blamed part begins after `offset` characters."""
        return type(self)(
            text, self.problem, self.advice, column=self.column + offset, field=self.field, **self.details
        )


def quoted(text: str) -> str:
    """Return the text fit for a one-line message: short, with invisible and direction-changing characters spelt out."""
    shown = "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in text[:SHOWN])
    return shown + "..." if len(text) > SHOWN else shown
