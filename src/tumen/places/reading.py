"""Reading places from a CSV file: the one that ships with Tumen and those a group adds.

A group's own file has the same columns as data/gazetteer.csv; only `code`, `kind` and one name are required. Such a
file can hold sensitive places: it belongs inside the archive, not beside it.
"""

import csv
import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Protocol

from tumen.places.model import Kind, Place, Precision

COLUMNS = (
    "code",
    "parent",
    "kind",
    "name_en",
    "name_ko",
    "name_zh",
    "other_names",
    "former_names",
    "lat",
    "lon",
    "coordinate_basis",
    "precision",
    "valid_from",
    "valid_to",
    "source",
    "note",
)
REQUIRED = ("code", "parent", "kind")
NAMES = ("name_en", "name_ko", "name_zh")

_CODE = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?(\.[a-z0-9][a-z0-9-]*)*")
_YEAR = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_PRECISION_OF_KIND = {
    Kind.COUNTRY: Precision.COUNTRY,
    Kind.PROVINCE: Precision.PROVINCE,
    Kind.TOWN: Precision.RI,
    Kind.FACILITY: Precision.EXACT,
    Kind.REGION: Precision.UNKNOWN,
    Kind.RIVER: Precision.UNKNOWN,
}


class PlaceFileError(ValueError):
    """A file of places cannot be read: it says in which file, row (the heading is row 1) and field, and what to do."""

    def __init__(self, file: str, row: int, field: str, problem: str, advice: str) -> None:
        super().__init__(f"{file}, row {row}, {field}: {problem} {advice}")
        self.file, self.row, self.field, self.problem, self.advice = file, row, field, problem, advice


class Readable(Protocol):
    """A file on disk or a file inside a package."""

    @property
    def name(self) -> str:
        """The last part of the path, for messages."""

    def read_bytes(self) -> bytes:
        """Return the whole content."""


def read(path: Path | Readable) -> tuple[Place, ...]:
    """Read a UTF-8 CSV of places, checking each field.

    Parents may be places of the gazetteer that this file will be added to, so they are checked there
    (`Gazetteer.extended`).

    Raises:
        PlaceFileError: a column, a code, a kind, a number or a name is missing or wrong.
        OSError: the file cannot be opened.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = f"byte {error.start} is not UTF-8."
        raise PlaceFileError(path.name, 1, "encoding", problem, "Save the file as CSV UTF-8.") from None
    return tuple(_places(path.name, text))


def _places(file: str, text: str) -> Iterator[Place]:
    lines = csv.DictReader(StringIO(text), strict=True)
    number = 1
    try:
        missing = [column for column in REQUIRED if column not in (lines.fieldnames or ())]
        if missing:
            raise PlaceFileError(file, 1, missing[0], "the column is missing.", "Add it to the heading.")
        seen: dict[str, int] = {}
        for number, cells in enumerate(lines, start=2):
            place = _Row(file, number, cells).place()
            if place.code in seen:
                problem = f"{place.code} is already in row {seen[place.code]}."
                raise PlaceFileError(file, number, "code", problem, "Give each place a code of its own.")
            seen[place.code] = number
            yield place
    except csv.Error as error:
        problem = f"this is not well-formed CSV ({error})."
        raise PlaceFileError(file, number, "row", problem, "Check the quotation marks and commas.") from None


class _Row:
    """One row being checked."""

    def __init__(self, file: str, number: int, cells: dict[str, str]) -> None:
        self.file, self.number = file, number
        if None in cells:
            raise self.error("row", "there are more cells than columns.", "Quote cells that contain commas.")
        self.cells = {column: (cells.get(column) or "").strip() for column in COLUMNS}

    def error(self, field: str, problem: str, advice: str) -> PlaceFileError:
        return PlaceFileError(self.file, self.number, field, problem, advice)

    def place(self) -> Place:
        cells = self.cells
        names = [cells[name] for name in NAMES]
        known = next(filter(None, names), None)
        if known is None:
            raise self.error("name_en", "the place has no name.", "Fill in name_en, name_ko or name_zh.")
        kind = self.kind()
        latitude, longitude = self.degrees("lat", 90), self.degrees("lon", 180)
        if (latitude is None) != (longitude is None):
            raise self.error("lat", "only one of lat and lon is filled in.", "Fill in both or neither.")
        return Place(
            code=self.matching("code", _CODE, "a code such as KP-09.onsong.namyang"),
            parent=cells["parent"] or None,
            kind=kind,
            name_en=names[0] or known,
            name_ko=names[1] or known,
            name_zh=names[2] or known,
            other_names=_listed(cells["other_names"]),
            former_names=_listed(cells["former_names"]),
            latitude=latitude,
            longitude=longitude,
            coordinate_basis=cells["coordinate_basis"] or "none",
            precision=self.precision(kind),
            valid_from=self.matching("valid_from", _YEAR, "a year or date such as 2005 or 2005-10-01", optional=True),
            valid_to=self.matching("valid_to", _YEAR, "a year or date such as 2005 or 2005-10-01", optional=True),
            source=cells["source"],
            note=cells["note"],
        )

    def matching(self, field: str, pattern: re.Pattern[str], example: str, *, optional: bool = False) -> str:
        value = self.cells[field]
        if not (optional and not value) and not pattern.fullmatch(value):
            raise self.error(field, f"{value!r} is not {example}.", "Correct it.")
        return value

    def kind(self) -> Kind:
        try:
            return Kind(self.cells["kind"])
        except ValueError:
            problem = f"{self.cells['kind']!r} is not a kind of place."
            raise self.error("kind", problem, f"Use one of: {', '.join(Kind)}.") from None

    def precision(self, kind: Kind) -> Precision:
        value = self.cells["precision"]
        if not value:
            return _PRECISION_OF_KIND.get(kind, Precision.COUNTY)
        try:
            return Precision(value)
        except ValueError:
            classes = ", ".join(precision.value for precision in Precision)
            raise self.error("precision", f"{value!r} is not a precision class.", f"Use one of: {classes}.") from None

    def degrees(self, field: str, limit: int) -> float | None:
        value = self.cells[field]
        if not value:
            return None
        try:
            degrees = float(value)
        except ValueError:
            degrees = float("nan")
        if not -limit <= degrees <= limit:
            problem = f"{value!r} is not a number of degrees between -{limit} and {limit}."
            raise self.error(field, problem, "Use decimal degrees, such as 42.96, or leave both lat and lon empty.")
        return degrees


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(name for part in cell.split(";") if (name := part.strip()))
