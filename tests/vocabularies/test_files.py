"""A list written to a file comes back the same; a bad file says which row and field, and what to do."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.vocabularies.strategies import vocabularies

from tumen.vocabularies import Trilingual, Vocabulary, VocabularyFileError, csv_files, load, read, toml_files, write

SEX_TOML = toml_files.form(load()["sex"])
SEX_CSV = csv_files.form(load()["sex"])


@st.composite
def bent_files(draw: st.DrawFn) -> str:
    """A good file with one stretch of it replaced."""
    good = (SEX_TOML, SEX_CSV)[draw(st.booleans())]
    start = draw(st.integers(0, len(good)))
    end = draw(st.integers(start, min(start + 10, len(good))))
    return good[:start] + draw(st.text('[]{}=",.;a\n', max_size=5)) + good[end:]


HEAD = 'list = "own"\n'
TERM = '[[term]]\ncode = "a"\nlabel = { en = "A" }\n'


@settings(max_examples=60, deadline=None)
@given(vocabularies())
def test_a_list_written_as_toml_is_read_back_equal(vocabulary: Vocabulary) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.toml")
        write(vocabulary, path)
        assert read(path) == vocabulary


@settings(max_examples=60, deadline=None)
@given(vocabularies())
def test_a_list_written_as_csv_is_read_back_with_the_same_terms(vocabulary: Vocabulary) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "own.csv")
        write(vocabulary, path)
        again = read(path)
    assert again.terms == vocabulary.terms
    assert again.code == "own"


@pytest.mark.parametrize("ending", ["toml", "csv"])
def test_every_list_of_tumen_survives_a_round_trip(ending: str, tmp_path: Path) -> None:
    for vocabulary in load():
        path = tmp_path / f"{vocabulary.code}.{ending}"
        write(vocabulary, path)
        assert read(path).terms == vocabulary.terms, vocabulary.code


def test_a_csv_file_from_a_spreadsheet_is_read(tmp_path: Path) -> None:
    path = tmp_path / "methods.csv"
    path.write_bytes(
        "\ufeffcode,label_en,label_ko,also,favourite,crosswalk_nkdb\r\n"
        "water,Water,물,물고문; soaked,1,-\r\n"
        ",,,,,\r\n"
        '"water.cold","Cold water",,,,liberty\r\n'.encode()
    )
    vocabulary = read(path)
    assert vocabulary.code == "methods"
    assert vocabulary.codes == ("water", "water.cold")
    assert vocabulary.term("water").label == Trilingual(en="Water", ko="물")
    assert vocabulary.term("water").also == ("물고문", "soaked")
    assert vocabulary.crosswalk("water", "nkdb") == ()
    assert vocabulary.crosswalk("water.cold", "nkdb") == ("liberty",)
    assert [term.code for term in vocabulary.favourites()] == ["water"]


@pytest.mark.parametrize(
    ("content", "row", "field"),
    [
        ("list = ", 0, "file"),
        ("list = " + "[" * 5000, 0, "file"),
        (HEAD + TERM + "favourite = " + "9" * 5000, 0, "file"),
        ("", 0, "list"),
        ('list = "own"\nterms = 1\n', 0, "terms"),
        ('list = "own"\nterm = 1\n', 0, "term"),
        ('list = "own"\ntitle = { fr = "x" }\n', 0, "title"),
        ('list = "own"\nabout = 3\n', 0, "about"),
        (HEAD + TERM + TERM, 2, "code"),
        (HEAD + TERM + '[[term]]\ncode = "b.c"\nlabel = { en = "C" }\n', 2, "code"),
        (HEAD + '[[term]]\ncode = "a b"\nlabel = { en = "A" }\n', 1, "code"),
        (HEAD + '[[term]]\ncode = 4\nlabel = { en = "A" }\n', 1, "code"),
        (HEAD + '[[term]]\ncode = "a.b.c.d.e.f"\nlabel = { en = "A" }\n', 1, "code"),
        (HEAD + '[[term]]\ncode = "a"\n', 1, "label"),
        (HEAD + '[[term]]\ncode = "a"\nlabel = "A"\n', 1, "label"),
        (HEAD + '[[term]]\ncode = "a"\nlabel = { en = 5 }\n', 1, "label.en"),
        (HEAD + '[[term]]\ncode = "a"\nlabel = { fr = "A" }\n', 1, "label"),
        (HEAD + TERM + "colour = 1\n", 1, "colour"),
        (HEAD + TERM + 'also = "x"\n', 1, "also"),
        (HEAD + TERM + 'also = ["x; y"]\n', 1, "also"),
        (HEAD + TERM + "includes = 1\n", 1, "includes"),
        (HEAD + TERM + 'crosswalk = { nkdb = "x" }\n', 1, "crosswalk.nkdb"),
        (HEAD + TERM + 'crosswalk = { "N K" = ["x"] }\n', 1, "crosswalk"),
        (HEAD + TERM + "favourite = 0\n", 1, "favourite"),
        (HEAD + TERM + "favourite = true\n", 1, "favourite"),
        (HEAD + TERM + 'favourite = 1\n[[term]]\ncode = "b"\nlabel = { en = "B" }\nfavourite = 1\n', 2, "favourite"),
        (HEAD + TERM + 'retired = { on = "yesterday" }\n', 1, "retired"),
        (HEAD + TERM + "retired = { on = 2026-01-01, why = 1 }\n", 1, "retired"),
        (HEAD + TERM + 'retired = { on = 2026-01-01, replaced_by = "z" }\n', 1, "retired.replaced_by"),
        (HEAD + TERM + 'retired = { on = 2026-01-01, replaced_by = "a" }\n', 1, "retired.replaced_by"),
    ],
)
def test_a_bad_toml_file_names_its_row_and_field(content: str, row: int, field: str, tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyFileError) as caught:
        read(path)
    assert (caught.value.file, caught.value.row, caught.value.field) == ("own.toml", row, field)
    assert caught.value.remedy
    assert str(caught.value).startswith("own.toml")


@pytest.mark.parametrize(
    ("content", "row", "field"),
    [
        ("", 0, "file"),
        ("code,colour\n", 1, "colour"),
        ("code,code\n", 1, "code"),
        ("code,label_en\na\n", 2, "row"),
        ("code,label_en\na,A\n\nb,\n", 4, "label"),
        ('code,label_en\na,"A\n', 2, "row"),
        ("code,label_en\n,A\n", 2, "code"),
        ("code,label_en,favourite\na,A,first\n", 2, "favourite"),
        ("code,label_en,favourite\na,A," + "9" * 5000 + "\n", 2, "favourite"),
        ("code,label_en,retired_on\na,A,2026-13-01\n", 2, "retired"),
        ("code,label_en,replaced_by\na,A,b\n", 2, "retired"),
    ],
)
def test_a_bad_csv_file_names_its_line_and_column(content: str, row: int, field: str, tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(VocabularyFileError) as caught:
        read(path)
    assert (caught.value.row, caught.value.field) == (row, field)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["own.toml", "own.csv"]), st.text('[]{}=",.;a\n#-_1') | st.text() | bent_files())
def test_whatever_a_file_holds_it_is_read_or_refused_by_name(name: str, content: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content.encode())
        try:
            assert isinstance(read(path), Vocabulary)
        except VocabularyFileError as refusal:
            assert refusal.file == name


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "own.csv"
    path.write_bytes("code,label_ko\na,물\n".encode("cp949"))
    with pytest.raises(VocabularyFileError, match="Save the file as UTF-8"):
        read(path)


@pytest.mark.parametrize("action", [read, lambda path: write(load()["sex"], path)])
def test_another_ending_is_refused(action: object, tmp_path: Path) -> None:
    assert callable(action)
    with pytest.raises(VocabularyFileError, match=r"ends in \.toml or \.csv"):
        action(tmp_path / "own.xlsx")
