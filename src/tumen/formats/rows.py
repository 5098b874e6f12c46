"""Rows, the values in them, and what a format is."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Protocol

from tumen.formats.errors import BadHeader

Value = str | int | float | bool | Decimal | date | datetime | None
Source = str | Path | IO[bytes]


class Row(dict[str, str]):
    """One row by column name; `number` is its row in the file as a spreadsheet counts, for messages."""

    def __init__(self, number: int, cells: Iterable[tuple[str, str]]) -> None:
        super().__init__(cells)
        self.number = number


@dataclass(frozen=True)
class Written:
    """How many rows were written, and what the person who opens the file must be told."""

    rows: int
    notes: tuple[str, ...] = ()


class Read(Protocol):
    """Reads rows one by one. A file object must be seekable and stays open."""

    def __call__(self, source: Source, *, name: str = "") -> Iterator[Row]:
        """`name` stands in messages when `source` is a file object."""


class Write(Protocol):
    """Writes rows one by one to a binary file, which stays open; memory does not grow with their number."""

    def __call__(self, rows: Iterable[Mapping[str, Value]], file: IO[bytes], columns: Sequence[str]) -> Written:
        """Only `columns` are written, in this order; a row without one has an empty cell there."""


@dataclass(frozen=True)
class Format:
    """One way to keep rows in a file."""

    name: str
    media_type: str
    read: Read
    write: Write


def text_of(value: Value) -> str:
    """A value as every format reads it back: numbers without empty decimals, dates in ISO 8601, None as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value) and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, Decimal) and value.is_finite():
        plain = f"{value:f}"
        plain = plain.rstrip("0").rstrip(".") if "." in plain else plain
        return "0" if plain == "-0" else plain
    if isinstance(value, date):  # datetime is one
        return value.isoformat()
    return str(value)


def checked_header(names: Sequence[str], file: str, row: int = 1) -> list[str]:
    """Column names without blanks around them. Raises `BadHeader` for nameless or repeated ones."""
    columns = [name.strip() for name in names]
    while columns and not columns[-1]:
        columns.pop()
    if not columns:
        raise BadHeader("The first row should name the columns, but it is empty.", file=file, row=row)
    for number, column in enumerate(columns, 1):
        if not column:
            raise BadHeader(f"Column {number} has no name.", file=file, row=row)
        if columns.index(column) != number - 1:
            raise BadHeader("Two columns have this name; rename one.", file=file, row=row, field=column)
    return columns


@contextmanager
def opened(source: Source) -> Iterator[IO[bytes]]:
    """The file to read: opened and closed here when `source` is a path."""
    if isinstance(source, str | Path):
        with Path(source).open("rb") as file:
            yield file
    else:
        yield source


def name_of(source: Source, name: str) -> str:
    """What to call the file in messages."""
    return name or (Path(source).name if isinstance(source, str | Path) else "")
