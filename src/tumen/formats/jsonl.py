"""JSON Lines: one object a line, in UTF-8. Types are kept in the file; reading gives text, as from every format."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import IO, Any

from tumen.formats.errors import BadRow, UnwritableCell
from tumen.formats.rows import Format, Row, Source, Value, Written, name_of, opened, text_of


def read(source: Source, *, name: str = "") -> Iterator[Row]:
    """One row a line; lists and objects within a value stay JSON text. Raises `BadRow`."""
    called = name_of(source, name)
    with opened(source) as file:
        for number, line in enumerate(file, 1):
            if number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if not line.strip():
                continue
            try:
                found = json.loads(line)
            except (ValueError, RecursionError) as error:  # broken JSON and broken UTF-8
                raise BadRow("This line is no JSON in UTF-8.", file=called, row=number) from error
            if not isinstance(found, dict):
                raise BadRow("This line is JSON but no object: it should look like {...}.", file=called, row=number)
            yield Row(number, ((column, _text(value)) for column, value in found.items()))


def write(rows: Iterable[Mapping[str, Value]], file: IO[bytes], columns: Sequence[str]) -> Written:
    """One object a row with all `columns`; None is null, dates are ISO 8601 text. Raises `UnwritableCell`."""
    count = 0
    for count, row in enumerate(rows, 1):
        line = json.dumps({column: _plain(row.get(column)) for column in columns}, ensure_ascii=False)
        try:
            file.write(line.encode() + b"\n")
        except UnicodeEncodeError as error:
            raise UnwritableCell("A value holds half a character.", row=count) from error
    return Written(count)


def _plain(value: Value) -> str | int | float | None:
    return text_of(value) if isinstance(value, date | Decimal) else value


def _text(value: Any) -> str:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return text_of(value)


FORMAT = Format("jsonl", "application/jsonl", read, write)
