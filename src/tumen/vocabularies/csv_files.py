"""Lists as CSV: the form in which a group edits its own in a spreadsheet.

One line a term; several values in a cell are separated by semicolons; a crosswalk cell that says "-" means "none here",
an empty one "as the parent".
"""

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import PurePath

from tumen.vocabularies.errors import VocabularyFileError
from tumen.vocabularies.rows import Row, check_together
from tumen.vocabularies.terms import LANGUAGES, TEXTS, Term, Trilingual
from tumen.vocabularies.vocabulary import Vocabulary

_NONE = "-"
_COLUMNS = (
    "code",
    *(f"{field}_{lang}" for field in TEXTS for lang in LANGUAGES),
    "also",
    "favourite",
    "retired_on",
    "replaced_by",
)
_CROSSWALK = "crosswalk_"


def parse(text: str, file: str) -> Vocabulary:
    """Return the list that a CSV text holds, named after the file. Raises VocabularyFileError with line and column."""
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[tuple[Row, Term]] = []
    heading: list[str] = []
    try:
        for cells in lines:
            if not heading:
                heading = _heading(cells, file)
            elif any(cells):
                row = Row(file, lines.line_num, _values(heading, cells, file, lines.line_num))
                rows.append((row, row.term()))
    except csv.Error as error:
        raise VocabularyFileError(
            file, lines.line_num, "row", f"not CSV: {error}", "Check its quotation marks"
        ) from None
    if not heading:
        raise VocabularyFileError(file, 0, "file", "the file is empty", f"Begin with a heading: {', '.join(_COLUMNS)}")
    return Vocabulary(PurePath(file).stem, Trilingual(), check_together(rows))


def form(vocabulary: Vocabulary) -> str:
    """Return a list as CSV text with a byte order mark, without which spreadsheets misread Korean and Chinese."""
    schemes = sorted({scheme for term in vocabulary for scheme in term.crosswalks})
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [*_COLUMNS, *(_CROSSWALK + scheme for scheme in schemes)])
    writer.writeheader()
    for term in vocabulary:
        writer.writerow(_cells(term))
    return "\ufeff" + text.getvalue()


def _heading(cells: list[str], file: str) -> list[str]:
    names = [cell.strip() for cell in cells]
    for name in names:
        if name not in _COLUMNS and not name.startswith(_CROSSWALK):
            raise VocabularyFileError(
                file, 1, name or "(empty)", "unknown column", f"The columns are {', '.join(_COLUMNS)}, crosswalk_..."
            )
        if names.count(name) > 1:
            raise VocabularyFileError(file, 1, name, "the column stands twice", "Remove one of the two")
    return names


def _values(heading: list[str], cells: list[str], file: str, number: int) -> Mapping[str, object]:
    """Return the cells of a line in the shape of a TOML term."""
    if len(cells) != len(heading):
        raise VocabularyFileError(
            file,
            number,
            "row",
            f"{len(cells)} cells under {len(heading)} columns",
            "Fill up the row or quote its commas",
        )
    line = {name: cell.strip() for name, cell in zip(heading, cells, strict=True) if cell.strip()}
    values: dict[str, object] = {"code": line.get("code", "")}
    for field in TEXTS:
        values[field] = {lang: line[f"{field}_{lang}"] for lang in LANGUAGES if f"{field}_{lang}" in line}
    values["also"] = _split(line.get("also", ""))
    values["crosswalk"] = {
        name.removeprefix(_CROSSWALK): [] if cell == _NONE else _split(cell)
        for name, cell in line.items()
        if name.startswith(_CROSSWALK)
    }
    if favourite := line.get("favourite"):
        values["favourite"] = int(favourite) if re.fullmatch(r"[0-9]{1,6}", favourite) else favourite
    if "retired_on" in line or "replaced_by" in line:
        on = line.get("retired_on", "")
        values["retired"] = {"on": _date(on), "replaced_by": line.get("replaced_by", "")}
    return values


def _date(text: str) -> date | str:
    """Return an ISO date, or the text itself for the row's own complaint."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text


def _split(cell: str) -> list[str]:
    return [word.strip() for word in cell.split(";") if word.strip()]


def _cells(term: Term) -> dict[str, object]:
    cells: dict[str, object] = {"code": term.code, "also": "; ".join(term.also), "favourite": term.favourite}
    cells |= {f"{field}_{lang}": getattr(term, field).own(lang) for field in TEXTS for lang in LANGUAGES}
    if term.retired:
        cells |= {"retired_on": term.retired.on.isoformat(), "replaced_by": term.retired.replaced_by}
    for scheme, codes in term.crosswalks.items():
        cells[_CROSSWALK + scheme] = "; ".join(codes) or _NONE
    return cells
