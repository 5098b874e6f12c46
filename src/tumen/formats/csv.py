"""Comma-separated values (RFC 4180), with a byte-order mark so that Excel reads them as UTF-8."""

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import IO

from tumen.formats.defuse import defuse, restore
from tumen.formats.errors import NotThisFormat, RaggedRow, UnwritableCell
from tumen.formats.rows import Format, Row, Source, Value, Written, checked_header, name_of, opened, text_of
from tumen.text import NotText, decode

_SAMPLE = 1024 * 1024
_DELIMITERS = ",;\t"

csv.field_size_limit(2**31 - 1)  # the module's default refuses a testimony of more than 131,072 characters


def read(source: Source, *, name: str = "", encoding: str | None = None) -> Iterator[Row]:
    """The rows after the header. Encoding (unless given) and delimiter (comma, semicolon, tab) are found out.

    Raises `NotThisFormat`, `BadHeader`, `RaggedRow`.
    """
    called = name_of(source, name)
    with opened(source) as file:
        start = file.tell()
        sample = file.read(_SAMPLE)
        file.seek(start)
        text = io.TextIOWrapper(file, encoding or _encoding(sample, called), newline="")
        number = 0
        try:
            header_line = text.readline().removeprefix("\ufeff")
            delimiter = max(_DELIMITERS, key=header_line.count)
            records = csv.reader(chain([header_line], text), delimiter=delimiter, strict=True)
            columns: list[str] = []
            for number, cells in enumerate(records, 1):
                if not columns:
                    columns = checked_header([restore(cell) for cell in cells], called)
                elif cells:
                    yield Row(number, zip(columns, _checked(cells, columns, number, called), strict=True))
            if not columns:
                checked_header([], called)
        except UnicodeDecodeError as error:
            raise NotThisFormat(
                f"Bytes that are no {text.encoding} follow. Save the file as UTF-8.", file=called, row=number + 1
            ) from error
        except csv.Error as error:
            raise NotThisFormat(f"The quoting is broken ({error}).", file=called, row=number + 1) from error
        finally:
            text.detach()


def write(rows: Iterable[Mapping[str, Value]], file: IO[bytes], columns: Sequence[str], *, bom: bool = True) -> Written:
    """Rows as CSV in UTF-8 with CRLF line ends, formulas defused. Raises `UnwritableCell`."""
    if bom:
        file.write(codecs.BOM_UTF8)
    text = io.TextIOWrapper(file, "utf-8", newline="", write_through=False)
    writer = csv.writer(text)
    count = 0
    try:
        writer.writerow([defuse(column) for column in columns])
        for count, row in enumerate(rows, 1):
            try:
                writer.writerow([_cell(row.get(column)) for column in columns])
            except UnicodeEncodeError as error:
                raise UnwritableCell("A value holds half a character.", row=count + 1) from error
        text.flush()
    finally:
        text.detach()
    return Written(count)


def _cell(value: Value) -> str:
    text = text_of(value)
    return defuse(text) if isinstance(value, str) else text


def _checked(cells: list[str], columns: list[str], number: int, file: str) -> Iterator[str]:
    if len(cells) > len(columns) and not any(cells[len(columns) :]):
        cells = cells[: len(columns)]  # trailing delimiters, as spreadsheets leave them
    if len(cells) != len(columns):
        found = f"There are {len(cells)} cells under {len(columns)} columns."
        raise RaggedRow(f"{found} Look for a comma or line break without quotes.", file=file, row=number)
    return map(restore, cells)


def _encoding(sample: bytes, file: str) -> str:
    """The encoding of the file, judged by its beginning."""
    if sample.startswith(codecs.BOM_UTF8):
        return "utf-8"
    if len(sample) == _SAMPLE and b"\0" not in sample:
        sample = sample[: sample.rfind(b"\n") + 1] or sample
    try:
        found = decode(sample).encoding
    except NotText as error:
        raise NotThisFormat("This is no text, so no CSV either.", file=file) from error
    return "utf-16" if found.startswith("utf-16") and sample[:2] in {b"\xff\xfe", b"\xfe\xff"} else found


FORMAT = Format("csv", "text/csv", read, write)
