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
    if not rows:
        raise BadTable("The table has no rows under its header. Write a row for each pattern of lists.", file=path.name)
    columns = list(rows[0])
    lists = _lists(columns, path.name)
    counts = np.zeros(1 << len(lists), np.int64)
    impossible: set[int] = set()
    seen: dict[int, int] = {}
    for row in rows:
        mask = 0
        for j, name in enumerate(columns[:-1]):
            mask |= _bit(row[name], name, row.number, path.name) << j
        if mask == 0:
            raise BadTable(
                "This pattern is on no list. Nobody can have been counted there; take the row out.",
                row=row.number,
                file=path.name,
            )
        if mask in seen:
            problem = f"This pattern stands in row {seen[mask]} already. Make one row of the two."
            raise BadTable(problem, row=row.number, file=path.name)
        seen[mask] = row.number
        text = row[columns[-1]].strip()
        if text == IMPOSSIBLE:
            impossible.add(mask)
        else:
            counts[mask] = _count(text, row.number, path.name)
    if not counts.any():
        raise BadTable("Nobody is counted in this table. Is it the right file?", file=path.name, field=columns[-1])
    if sum(counts.tolist()) > MOST_PEOPLE:
        problem = "The counts add up to more than 2 to the 53 people. Are they counts of people?"
        raise BadTable(problem, file=path.name, field=columns[-1])
    return lists, counts, frozenset(impossible)


def read_frequencies(path: Path) -> NDArray[np.int64]:
    """Counts by number of times recorded, from the columns `times` and `count`. Raises `BadTable`."""
    found: dict[int, int] = {}
    for row in _rows(path):
        cells = {name.lower(): value for name, value in row.items()}
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
        bad.field = error.field
        raise bad from error


def _lists(columns: list[str], file: str) -> tuple[str, ...]:
    if all(name.replace(".", "", 1).isdecimal() for name in columns):
        problem = f"The first row holds numbers. Put a row above it that names each list, and {COUNT}."
        raise BadTable(problem, row=1, file=file)
    if columns[-1].lower() != COUNT:
        problem = f"The last column must be called {COUNT} and hold the number of people; it is {columns[-1]!r}."
        elsewhere = next((name for name in columns if name.lower() == COUNT), "")
        problem += f" Move the column {elsewhere} to the end." if elsewhere else " Rename it, or add one."
        raise BadTable(problem, row=1, file=file, field=columns[-1])
    lists = tuple(columns[:-1])
    if not 2 <= len(lists) <= MOST_LISTS:
        problem = f"A capture table has 2 to {MOST_LISTS} lists, this has {len(lists)}."
        problem += " Merge or drop lists." if lists[2:] else " One list alone does not show whom it missed."
        raise BadTable(problem, row=1, file=file)
    return lists


def _bit(text: str, name: str, row: int, file: str) -> int:
    if text.strip() not in {"0", "1"}:
        problem = f"It says {text.strip()!r}; it must say 0 or 1: 1 when the people are on list {name}."
        raise BadTable(problem, row=row, file=file, field=name)
    return int(text)


def _count(text: str, row: int, file: str) -> int:
    text = text.strip()
    if text.isascii() and text.isdecimal():
        if int(text) <= MOST_PEOPLE:
            return int(text)
        problem = f"The count {text} is beyond 2 to the 53. Is it a count of people?"
    elif text[:1] in {"-", "\N{MINUS SIGN}"} and text[1:].replace(".", "", 1).isdecimal():
        problem = f"The count {text} is negative. Write how many people have this pattern, 0 for nobody."
    elif text.isascii() and text.replace(".", "", 1).isdecimal():
        problem = f"The count {text} is not a whole number. Count people, each once."
    else:
        problem = f"The count {text!r} is not a number. Write digits only, 0 for nobody."
    raise BadTable(problem, row=row, file=file, field=COUNT)
