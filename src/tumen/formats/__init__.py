"""Rows to files and back, one module a format.

`get("csv").write(rows, file, columns)` streams rows to a binary file; `.read(path_or_file)` gives them back as text by
column name. To add a format, write a module with a `FORMAT` beside the others and name it here.
"""

from tumen.formats import csv, jsonl, xlsx
from tumen.formats.defuse import defuse, restore
from tumen.formats.errors import (
    BadHeader,
    BadRow,
    FormatError,
    Inflated,
    LongCell,
    NotThisFormat,
    RaggedRow,
    TooManyColumns,
    UnknownFormat,
    UnwritableCell,
)
from tumen.formats.rows import Format, Row, Source, Value, Written, text_of

_FORMATS = {format_.name: format_ for format_ in (csv.FORMAT, xlsx.FORMAT, jsonl.FORMAT)}
NAMES = tuple(_FORMATS)
"""The formats there are; each is also the ending of its files."""


def get(name: str) -> Format:
    """The format of this name. Raises `UnknownFormat`."""
    try:
        return _FORMATS[name]
    except KeyError:
        raise UnknownFormat(f"There is no format {name}; there are {', '.join(NAMES)}.") from None


__all__ = [
    "get",
    "NAMES",
    "Format",
    "Row",
    "Value",
    "Source",
    "Written",
    "text_of",
    "defuse",
    "restore",
    "FormatError",
    "UnknownFormat",
    "NotThisFormat",
    "BadHeader",
    "RaggedRow",
    "BadRow",
    "LongCell",
    "UnwritableCell",
    "TooManyColumns",
    "Inflated",
]
