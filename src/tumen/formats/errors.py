"""What is wrong with a file of rows: one class a failure, each with file, row and field, and what to do."""

from tumen.text import safe_name


class FormatError(ValueError):
    """Rows cannot be read or written. `row` counts as a spreadsheet does (the header is row 1); 0 means no row."""

    def __init__(self, message: str, *, file: str = "", row: int = 0, field: str = "") -> None:
        self.file, self.row, self.field = safe_name(file) if file else "", row, field
        place = ", ".join(part for part in (self.file, f"row {row}" if row else "", field and f"field {field}") if part)
        super().__init__(f"{place}: {message}" if place else message)


class UnknownFormat(FormatError):
    """There is no format of this name."""


class NotThisFormat(FormatError):
    """The bytes are not of the format they should be: another kind of file, damaged, or locked by a password."""


class BadHeader(FormatError):
    """The first row does not name every column once."""


class RaggedRow(FormatError):
    """A row has more or fewer cells than the header: often an unquoted comma or line break."""


class BadRow(FormatError):
    """A line of JSON Lines is not one JSON object."""


class LongCell(FormatError):
    """A value is longer than a cell of the format may be. It is never cut."""


class UnwritableCell(FormatError):
    """A value holds half a surrogate pair, which no file can hold."""


class TooManyColumns(FormatError):
    """More columns than a sheet of the format may have."""


class Inflated(FormatError):
    """A spreadsheet unpacks to far more than its size: a decompression bomb."""
