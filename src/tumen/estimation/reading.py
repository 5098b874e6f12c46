"""Capture tables and frequency counts out of CSV files, with errors that name the row."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadTable
from tumen.formats import FormatError, Row, get

COUNT = "count"
TIMES = "times"
IMPOSSIBLE = "-"
MOST_LISTS = 20  # 2 to the 20 cells are held densely, 8 MB
MOST_PEOPLE = 2**53  # beyond it a count is no longer an exact floating-point number


def read_table(path: Path) -> tuple[tuple[str, ...], NDArray[np.int64], frozenset[int]]:
    """The lists, the counts by mask and the impossible patterns of a file. Raises `BadTable`, naming the row."""
    rows = _rows(path)
    columns = list(rows[0]) if rows else []
    if not rows:
        raise BadTable("The table has no rows under its header.", file=path.name)
    if columns[-1].strip().lower() != COUNT:
        raise BadTable(f"The last column must be called {COUNT}; it is {columns[-1]!r}.", row=1, file=path.name)
    lists = tuple(name.strip() for name in columns[:-1])
    if not 2 <= len(lists) <= MOST_LISTS:
        raise BadTable(f"A capture table has 2 to {MOST_LISTS} lists, this has {len(lists)}.", row=1, file=path.name)
    counts = np.zeros(1 << len(lists), np.int64)
    impossible: set[int] = set()
    seen: dict[int, int] = {}
    for row in rows:
        mask = 0
        for j, name in enumerate(columns[:-1]):
            mask |= _bit(str(row[name]), name, row.number, path.name) << j
        if mask == 0:
            raise BadTable(
                "This pattern is on no list. Nobody can have been counted there; take the row out.",
                row=row.number,
                file=path.name,
            )
        if mask in seen:
            raise BadTable(f"This pattern stands in row {seen[mask]} already.", row=row.number, file=path.name)
        seen[mask] = row.number
        text = str(row[columns[-1]]).strip()
        if text == IMPOSSIBLE:
            impossible.add(mask)
        else:
            counts[mask] = _count(text, row.number, path.name)
    if not counts.any():
        raise BadTable("Nobody is counted in this table.", file=path.name)
    return lists, counts, frozenset(impossible)


def read_frequencies(path: Path) -> NDArray[np.int64]:
    """Counts by number of times recorded, from the columns `times` and `count`. Raises `BadTable`."""
    found: dict[int, int] = {}
    for row in _rows(path):
        cells = {name.strip().lower(): str(value) for name, value in row.items()}
        if TIMES not in cells or COUNT not in cells:
            raise BadTable(f"The columns must be called {TIMES} and {COUNT}.", row=1, file=path.name)
        times = _count(cells[TIMES], row.number, path.name)
        if times == 0 or times in found:
            problem = "Nobody is recorded 0 times." if times == 0 else f"{times} times stands twice."
            raise BadTable(problem, row=row.number, file=path.name)
        if times > 1_000_000:
            raise BadTable("Nobody is recorded more than a million times.", row=row.number, file=path.name)
        found[times] = _count(cells[COUNT], row.number, path.name)
    counts = np.zeros(max([2, *found]) + 1, np.int64)
    for times, count in found.items():
        counts[times] = count
    return counts


def _rows(path: Path) -> list[Row]:
    try:
        return list(get("csv").read(path))
    except FormatError as error:
        bad = BadTable(str(error))
        bad.row = error.row or None
        raise bad from error


def _bit(text: str, name: str, row: int, file: str) -> int:
    if text.strip() not in {"0", "1"}:
        raise BadTable(f"List {name} says {text.strip()!r}; it must say 0 or 1.", row=row, file=file)
    return int(text)


def _count(text: str, row: int, file: str) -> int:
    text = text.strip()
    if text.startswith("-") and text[1:].replace(".", "", 1).isdecimal():
        raise BadTable(f"The count {text} is negative.", row=row, file=file)
    if text.isascii() and text.isdecimal():
        value = int(text)
        if value > MOST_PEOPLE:
            raise BadTable(f"The count {text} is beyond 2 to the 53.", row=row, file=file)
        return value
    if text.replace(".", "", 1).isdecimal():
        raise BadTable(f"The count {text} is not a whole number.", row=row, file=file)
    raise BadTable(f"The count {text!r} is not a number (write 0 for nobody).", row=row, file=file)
