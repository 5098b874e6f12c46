"""Excel workbooks (ECMA-376). Written by hand, as a stream: libraries need temporary files, or all of it in memory.

A sheet ends at 1,048,576 rows; longer lists go on on further sheets, each with the header, and `Written.notes` says
so. A cell ends at 32,767 characters; a longer text is refused, not cut. Reading (python-calamine) holds a sheet in
memory.
"""

import math
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any
from xml.sax.saxutils import escape

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from tumen.formats.defuse import defuse, restore
from tumen.formats.errors import Inflated, LongCell, NotThisFormat, TooManyColumns, UnwritableCell
from tumen.formats.rows import Format, Row, Source, Value, Written, checked_header, name_of, opened, text_of

MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767  # in UTF-16 units
_MOST_DIGITS = 10**15  # Excel keeps 15 digits: longer numbers, such as ids, are written as text
_MOST_SHEET_BYTES = 2_000_000_000  # beyond this the container needs ZIP64, which Excel distrusts
_MOST_INFLATION = 200
_CHUNK = 2_000  # rows put together before they are compressed

_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_START = (
    f'{_HEAD}<worksheet xmlns="{_NS}"><sheetViews><sheetView workbookViewId="0">'
    '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><sheetData>'
)
_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_NS}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font>'
    '<font><b/><sz val="11"/><name val="Calibri"/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill>'
    '<fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf fontId="1" applyFont="1" xfId="0"/></cellXfs></styleSheet>'
)

# XML cannot hold these; OOXML writes them as _xHHHH_, and an underscore that would look like that as _x005F_.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
_CONTINUED = re.compile(r"\d+ \(continued\)")


def write(rows: Iterable[Mapping[str, Value]], file: IO[bytes], columns: Sequence[str]) -> Written:
    """Rows as a workbook: numbers and booleans as such, everything else as text, formulas defused.

    Raises `LongCell`, `TooManyColumns`, `UnwritableCell`; what `file` then holds is no workbook.
    """
    if len(columns) > MOST_COLUMNS:
        raise TooManyColumns(f"{len(columns):,} columns; a sheet holds {MOST_COLUMNS:,}. Use CSV or JSON Lines.")
    letters = [_letters(number) for number in range(len(columns))]
    named = zip(letters, columns, strict=True)
    header = "".join(_text_cell(f"{at}1", defuse(name), 1, name, style=1) for at, name in named)
    remaining: Iterator[Mapping[str, Value]] = iter(rows)
    total, sheets = 0, 0
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as book:
        while sheets == 0 or (next_row := list(islice(remaining, 1))):
            if sheets:
                remaining = chain(next_row, remaining)
            sheets += 1
            with book.open(f"xl/worksheets/sheet{sheets}.xml", "w") as sheet:
                total = _write_sheet(sheet, remaining, letters, columns, header, total)
        _write_frame(book, sheets)
    notes = (f"The {total:,} rows stand on {sheets} sheets, because a sheet of a workbook holds {MOST_ROWS:,} rows.",)
    return Written(total, notes if sheets > 1 else ())


def _write_sheet(
    sheet: IO[bytes], rows: Iterator[Mapping[str, Value]], letters: list[str], columns: Sequence[str], header: str,
    total: int,
) -> int:  # fmt: skip
    """Fill one sheet until it is full or the rows end; how many rows are written by now."""
    size = sheet.write(f'{_SHEET_START}<row r="1">{header}</row>'.encode())
    used = 1
    while used < MOST_ROWS and size < _MOST_SHEET_BYTES:
        pieces = []
        for row in islice(rows, min(_CHUNK, MOST_ROWS - used)):
            used += 1
            cells = "".join(
                _cell(f"{at}{used}", row.get(column), total + used, column)
                for at, column in zip(letters, columns, strict=True)
            )
            pieces.append(f'<row r="{used}">{cells}</row>')
        if not pieces:
            break
        size += sheet.write("".join(pieces).encode())
    sheet.write(b"</sheetData></worksheet>")
    return total + used - 1


def _cell(at: str, value: Value, row: int, column: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return f'<c r="{at}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float | Decimal) and math.isfinite(value) and -_MOST_DIGITS < value < _MOST_DIGITS:
        return f'<c r="{at}"><v>{value}</v></c>'
    text = defuse(value) if isinstance(value, str) else text_of(value)
    return _text_cell(at, text, row, column)


def _text_cell(at: str, text: str, row: int, column: str, style: int = 0) -> str:
    if len(text) * 2 > MOST_CHARACTERS and len(text.encode("utf-16-le", "replace")) // 2 > MOST_CHARACTERS:
        raise LongCell(
            f"The text is longer than the {MOST_CHARACTERS:,} characters a cell may have. Leave the column out, "
            "or use CSV or JSON Lines.",
            row=row,
            field=column,
        )
    if not text.isprintable():
        if any("\ud800" <= char <= "\udfff" for char in text):
            raise UnwritableCell("A value holds half a character.", row=row, field=column)
        text = _ESCAPED.sub(_escape, text)
    elif "_x" in text:
        text = _ESCAPED.sub(_escape, text)
    styled = f' s="{style}"' if style else ""
    return f'<c r="{at}"{styled} t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _escape(found: re.Match[str]) -> str:
    return f"_x{ord(found[0]):04X}_"


def _letters(number: int) -> str:
    """Column names as spreadsheets count: A, B, ... Z, AA."""
    name = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def _write_frame(book: zipfile.ZipFile, sheets: int) -> None:
    """The parts around the sheets, once their number is known."""
    numbers = range(1, sheets + 1)
    names = ["1", *(f"{number} (continued)" for number in numbers[1:])]
    listed = "".join(f'<sheet name="{names[n - 1]}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_REL}/worksheet" Target="worksheets/sheet{n}.xml"/>' for n in numbers
    )
    typed = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_TYPE}.worksheet+xml"/>' for n in numbers
    )
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{_NS}" xmlns:r="{_REL}"><sheets>{listed}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">{related}'
            f'<Relationship Id="rId{sheets + 1}" Type="{_REL}/styles" Target="styles.xml"/></Relationships>'
        ),
        "_rels/.rels": (
            f'<Relationships xmlns="{_PACKAGE}/relationships">'
            f'<Relationship Id="rId1" Type="{_REL}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
        ),
        "[Content_Types].xml": (
            f'<Types xmlns="{_PACKAGE}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
            f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{typed}</Types>'
        ),
    }
    book.writestr("xl/styles.xml", _STYLES)
    for name, xml in parts.items():
        book.writestr(name, _HEAD + xml)


def read(source: Source, *, name: str = "", sheet: str | None = None) -> Iterator[Row]:
    """The rows of one sheet: the named one, or the first together with its continuations as `write` makes them.

    Raises `NotThisFormat`, `BadHeader`, `Inflated`.
    """
    called = name_of(source, name)
    with opened(source) as file:
        book = _book(file, called)
        wanted = [sheet] if sheet else [book.sheet_names[0], *filter(_CONTINUED.fullmatch, book.sheet_names[1:])]
        columns: list[str] = []
        for title in wanted:
            if title not in book.sheet_names:
                raise NotThisFormat(f"There is no sheet {title}; there are {', '.join(book.sheet_names)}.", file=called)
            try:
                cells = book.get_sheet_by_name(title)
            except (CalamineError, ValueError, OSError) as error:
                raise NotThisFormat(f"Its sheet {title} is damaged.", file=called) from error
            columns = yield from _sheet_rows(cells.iter_rows(), columns, called)
        if not columns:
            checked_header([], called)


def sheet_names(source: Source, *, name: str = "") -> list[str]:
    """The sheets of a workbook, for a person to choose from. Raises as `read` does."""
    with opened(source) as file:
        return list(_book(file, name_of(source, name)).sheet_names)


def _sheet_rows(rows: Iterator[list[Any]], columns: list[str], file: str) -> Generator[Row, None, list[str]]:
    header: list[str] = []
    for number, cells in enumerate(rows, 1):
        texts = [_read_text(cell) for cell in cells]
        if not header:
            if any(texts):
                header = checked_header(texts, file, number)
        elif any(texts):
            yield Row(number, zip(header, texts, strict=False))
    return header or columns


def _read_text(value: Any) -> str:
    if isinstance(value, str):
        return restore(value)
    return str(value) if isinstance(value, timedelta) else text_of(value)


def _book(file: IO[bytes], name: str) -> CalamineWorkbook:
    start = file.tell()
    size = file.seek(0, 2) - start
    file.seek(start)
    try:
        with zipfile.ZipFile(file) as container:
            if sum(entry.file_size for entry in container.infolist()) > _MOST_INFLATION * size:
                raise Inflated(f"It unpacks to more than {_MOST_INFLATION} times its size.", file=name)
        file.seek(start)
        return CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise NotThisFormat("The workbook is locked by a password: save a copy without one.", file=name) from error
    except (CalamineError, zipfile.BadZipFile, ValueError, OSError) as error:
        if isinstance(error, Inflated):
            raise
        raise NotThisFormat("This is no XLSX workbook, or it is damaged.", file=name) from error


FORMAT = Format("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", read, write)
