"""A group's own file of places: read when right, refused with file, row, field and advice when wrong."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tumen import places

HEADING = "code,parent,kind,name_en,name_ko,lat,lon,precision,valid_from\n"


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "ours.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write


def test_a_file_with_few_columns_is_enough(file):
    (place,) = places.read(file(HEADING + "KP-09.onsong.example,KP-09.onsong,town,Example-ri,예시리,,,,2001\n"))
    assert place.name_zh == "Example-ri"  # a missing name falls back on one that is there
    assert place.precision is places.Precision.RI
    assert place.coordinate_basis == "none"
    assert places.load().extended([place]).get("KP-09.onsong.example").valid_from == "2001"


def test_a_byte_order_mark_is_no_part_of_the_heading(file):
    assert places.read(file(b"\xef\xbb\xbfcode,parent,kind,name_en\nXX.a,,region,A\n"))[0].code == "XX.a"


@pytest.mark.parametrize(
    ("content", "row", "field", "problem"),
    [
        ("parent,kind,name_en\nKP,city,X\n", 1, "code", "missing"),
        ("", 1, "code", "missing"),
        (HEADING + "onsong,KP-09,county,Onsong,,,,,\n", 2, "code", "'onsong'"),
        (HEADING + "KP-09.x,KP-09,village,X,,,,,\n", 2, "kind", "'village'"),
        (HEADING + "KP-09.x,KP-09,town,,,,,,\n", 2, "name_en", "no name"),
        (HEADING + "KP-09.x,KP-09,town,X,,north,129,,\n", 2, "lat", "'north'"),
        (HEADING + "KP-09.x,KP-09,town,X,,91,129,,\n", 2, "lat", "'91'"),
        (HEADING + "KP-09.x,KP-09,town,X,,42,nan,,\n", 2, "lon", "'nan'"),
        (HEADING + "KP-09.x,KP-09,town,X,,42,,,\n", 2, "lat", "only one"),
        (HEADING + "KP-09.x,KP-09,town,X,,,,roughly,\n", 2, "precision", "'roughly'"),
        (HEADING + "KP-09.x,KP-09,town,X,,,,,last year\n", 2, "valid_from", "'last year'"),
        (HEADING + "KP-09.x,KP-09,town,X,,,,,\n" * 2, 3, "code", "already in row 2"),
        (HEADING + "KP-09.x,KP-09,town,X,,,,,,,,more\n", 2, "row", "more cells"),
        (HEADING + 'KP-09.x,KP-09,town,"X"y,,,,,\n', 1, "row", "well-formed"),
        ("code,parent,kind,name_ko\nKP-09.x,KP-09,town,온성\n".encode("cp949"), 1, "encoding", "not UTF-8"),
    ],
)
def test_a_wrong_file_is_refused_with_row_field_and_advice(file, content, row, field, problem):
    with pytest.raises(places.PlaceFileError) as caught:
        places.read(file(content))
    error = caught.value
    assert (error.file, error.row, error.field) == ("ours.csv", row, field)
    assert problem in error.problem
    assert str(error).startswith(f"ours.csv, row {row}, {field}: ")
    assert error.advice.endswith(".")


class Content:
    name = "any.csv"

    def __init__(self, content):
        self.content = content

    def read_bytes(self):
        return self.content


ROWS = st.text(max_size=300).map(lambda text: (HEADING + text).encode("utf-8", "replace"))


@given(st.one_of(st.binary(max_size=300), ROWS))
def test_any_bytes_are_read_or_refused(content):
    try:
        assert all(isinstance(place, places.Place) for place in places.read(Content(content)))
    except places.PlaceFileError as error:
        assert error.row >= 1
