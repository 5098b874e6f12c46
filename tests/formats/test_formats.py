"""Every format gives back the rows it was given, and harmless cells to spreadsheets."""

import io
import json
import re
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tumen import formats
from tumen.formats import Row, Value, Written, text_of

every_format = pytest.mark.parametrize("name", formats.NAMES)

characters = st.characters(exclude_categories=["Cs"])
texts = st.one_of(
    st.text(alphabet=characters, max_size=20),
    st.text(alphabet="=+-@＝'\t\r\n,;\"_x0041 1.é구", max_size=8),
    st.sampled_from(["=1+1", "-5", "'-5", "''=x", "+82 10", "_x000D_", "true", "007", "@SUM(A1)", "\ufeffx", "1e5"]),
)
values = st.one_of(
    texts,
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(-1e9, 1e9),
    st.decimals(-1000, 1000, places=2),
    st.dates(),
)
headers = st.lists(
    st.text(alphabet="abc가나=-' ", min_size=1, max_size=5).map(str.strip).filter(bool),
    min_size=1,
    max_size=4,
    unique=True,
)


def written(name: str, rows: Sequence[Mapping[str, Value]], columns: Sequence[str]) -> tuple[io.BytesIO, Written]:
    file = io.BytesIO()
    said = formats.get(name).write(iter(rows), file, columns)
    file.seek(0)
    return file, said


def read(name: str, data: bytes) -> list[Row]:
    return list(formats.get(name).read(io.BytesIO(data), name=f"list.{name}"))


@every_format
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_rows_come_back_as_they_were(name: str, data: st.DataObject) -> None:
    columns = data.draw(headers)
    # An empty row of a spreadsheet is no row: give every row a first cell.
    first = st.text(alphabet=characters, min_size=1, max_size=5)
    row = st.tuples(first, st.tuples(*[values for _ in columns[1:]])).map(
        lambda cells: dict(zip(columns, (cells[0], *cells[1]), strict=True))
    )
    rows = data.draw(st.lists(row, max_size=5))
    file, said = written(name, rows, columns)
    assert said == Written(len(rows))
    assert list(formats.get(name).read(file)) == [{c: text_of(row[c]) for c in columns} for row in rows]


@every_format
def test_rows_know_their_number_as_a_spreadsheet_counts(name: str) -> None:
    file, _ = written(name, [{"a": "x"}, {"a": "y"}], ["a"])
    first = 1 if name == "jsonl" else 2
    assert [row.number for row in formats.get(name).read(file)] == [first, first + 1]


@every_format
def test_only_the_chosen_columns_are_written_in_their_order(name: str) -> None:
    file, _ = written(name, [{"b": "2", "a": "1", "secret": "x"}, {}], ["a", "b"])
    rows = list(formats.get(name).read(file))
    assert list(rows[0].items()) == [("a", "1"), ("b", "2")]
    assert b"secret" not in file.getvalue()


@every_format
def test_a_path_is_read_too(name: str, tmp_path) -> None:
    path = tmp_path / f"rows.{name}"
    with path.open("wb") as file:
        formats.get(name).write([{"이름": "값"}], file, ["이름"])
    assert list(formats.get(name).read(path)) == [{"이름": "값"}]


@every_format
def test_half_a_character_is_refused_with_its_row(name: str) -> None:
    with pytest.raises(formats.UnwritableCell, match="half a character"):
        written(name, [{"a": "x"}, {"a": "\ud83d"}], ["a"])


def test_an_unknown_format_names_the_known_ones() -> None:
    with pytest.raises(formats.UnknownFormat, match="csv, xlsx, jsonl"):
        formats.get("ods")


@pytest.mark.parametrize(
    "risky", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x"]
)
@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_no_cell_can_begin_a_formula(name: str, risky: str) -> None:
    file, _ = written(name, [{"a": risky}], ["a"])
    if name == "csv":
        assert f"'{risky}" in file.getvalue().decode()
    else:
        sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
        assert "<f" not in sheet
        assert re.findall(r">('[^<]*)</t>", sheet)
    file.seek(0)
    assert list(formats.get(name).read(file)) == [{"a": risky}]


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_numbers_stay_numbers(name: str) -> None:
    file, _ = written(name, [{"a": -5, "b": "-5", "c": Decimal("-2.50"), "d": 1.5, "e": 2**53}], list("abcde"))
    if name == "csv":
        assert file.getvalue().decode().splitlines()[1] == "-5,-5,-2.5,1.5,9007199254740992"
    else:
        sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
        assert '<c r="A2"><v>-5</v></c>' in sheet
        assert ">9007199254740992</t>" in sheet  # more than the 15 digits that Excel keeps


def test_json_lines_keep_their_types() -> None:
    row = {"n": 5, "x": None, "t": True, "d": date(2013, 3, 1), "s": "구타"}
    file, _ = written("jsonl", [row], list(row))
    assert json.loads(file.getvalue()) == {"n": 5, "x": None, "t": True, "d": "2013-03-01", "s": "구타"}


def test_csv_from_a_korean_spreadsheet_is_read() -> None:
    data = "이름;사건\r\n김○○;강제송환, 구타\r\n".encode("cp949")
    assert read("csv", data) == [{"이름": "김○○", "사건": "강제송환, 구타"}]


def test_csv_keeps_long_testimonies_whole() -> None:
    told = "그는 말했다.\n" * 50_000
    file, _ = written("csv", [{"text": told}], ["text"])
    assert next(iter(formats.get("csv").read(file)))["text"] == told


def test_a_cell_too_long_for_a_spreadsheet_is_refused_not_cut() -> None:
    written("xlsx", [{"text": "가" * 32_767}], ["text"])
    with pytest.raises(formats.LongCell, match="row 3, field text: The text is longer than the 32,767"):
        written("xlsx", [{"text": "x"}, {"text": "가" * 32_768}], ["text"])
    with pytest.raises(formats.LongCell):
        written("xlsx", [{"text": "😀" * 16_384}], ["text"])  # two UTF-16 units each


def test_a_long_list_goes_on_on_further_sheets_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tumen.formats.xlsx.MOST_ROWS", 11)
    rows = [{"a": number} for number in range(25)]
    file, said = written("xlsx", rows, ["a"])
    assert said.rows == 25
    assert said.notes == ("The 25 rows stand on 3 sheets, because a sheet of a workbook holds 11 rows.",)
    assert formats.xlsx.sheet_names(file) == ["1", "2 (continued)", "3 (continued)"]
    file.seek(0)
    assert [row["a"] for row in formats.get("xlsx").read(file)] == [str(number) for number in range(25)]


def test_a_list_that_ends_where_the_sheet_ends_has_no_empty_sheet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tumen.formats.xlsx.MOST_ROWS", 11)
    file, said = written("xlsx", [{"a": number} for number in range(10)], ["a"])
    assert said == Written(10)
    assert formats.xlsx.sheet_names(file) == ["1"]


def test_more_columns_than_a_sheet_has_are_refused() -> None:
    with pytest.raises(formats.TooManyColumns, match="16,384"):
        written("xlsx", [], [str(n) for n in range(16_385)])


def test_a_workbook_of_another_program_is_read() -> None:
    xlsxwriter = pytest.importorskip("xlsxwriter")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Cases")
    sheet.write_row(2, 1, ["name", "age", "told"])
    sheet.write_row(3, 1, ["A", 23, True])
    sheet.write_datetime(4, 2, date(2013, 3, 1), book.add_format({"num_format": "yyyy-mm-dd"}))
    sheet.write_string(4, 1, "B")
    book.close()
    file.seek(0)
    rows = list(formats.get("xlsx").read(file))
    assert [(row["name"], row["age"], row["told"]) for row in rows] == [("A", "23", "true"), ("B", "2013-03-01", "")]
    assert [row.number for row in rows] == [4, 5]


def bomb() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as container:
        container.writestr("xl/worksheets/sheet1.xml", " " * 50_000_000)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "failure", "said"),
    [
        ("csv", b"", formats.BadHeader, "row 1: The first row should name the columns"),
        ("csv", b"a,,b\n", formats.BadHeader, "Column 2 has no name"),
        ("csv", b"a,a\n", formats.BadHeader, "row 1, field a: Two columns have this name"),
        ("csv", b"a,b\n1,2\n1,2,3\n", formats.RaggedRow, "row 3: There are 3 cells under 2 columns"),
        ("csv", b"a,b\n1\n", formats.RaggedRow, "row 2: There are 1 cells"),
        ("csv", b'a\n"x\n', formats.NotThisFormat, "row 2: The quoting is broken"),
        ("csv", b"GIF89a\0\0\0\0\0", formats.NotThisFormat, "no text"),
        ("xlsx", b"PK\x03\x04 nothing", formats.NotThisFormat, "no XLSX workbook"),
        ("xlsx", b"a,b\n", formats.NotThisFormat, "no XLSX workbook"),
        ("xlsx", bomb(), formats.Inflated, "200 times"),
        ("jsonl", b'{"a": 1}\n{"a": \n', formats.BadRow, "row 2: This line is no JSON"),
        ("jsonl", b"[1, 2]\n", formats.BadRow, "row 1: This line is JSON but no object"),
        ("jsonl", b'{"a": "\xb1\xb8"}\n', formats.BadRow, "no JSON in UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_row(
    name: str, data: bytes, failure: type[formats.FormatError], said: str
) -> None:
    with pytest.raises(formats.FormatError, match=re.escape(said)) as raised:
        read(name, data)
    assert type(raised.value) is failure
    assert str(raised.value).startswith(f"list.{name}")


def test_bytes_of_another_encoding_far_down_are_refused_with_their_row() -> None:
    data = b"a\n" + b"word word word\n" * 100_000 + "구타\n".encode("cp949")
    with pytest.raises(formats.NotThisFormat, match="Bytes that are no utf-8 follow"):
        read("csv", data)
