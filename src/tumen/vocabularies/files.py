"""Lists from and to files: `read(path)` and `write(vocabulary, path)`, TOML or CSV by the ending of the name."""

from pathlib import Path

from tumen.vocabularies import csv_files, toml_files
from tumen.vocabularies.errors import VocabularyFileError
from tumen.vocabularies.vocabulary import Vocabulary

parse_toml = toml_files.parse


def read(path: Path | str) -> Vocabulary:
    """Read a list from a TOML or CSV file (format: docs/reference/vocabularies.md).

    A CSV file holds terms only: the name of the file without its ending is the code of the list, and there is no title.
    Raises VocabularyFileError if the file is not UTF-8 text or breaks the format, OSError if it cannot be opened.
    """
    path = Path(path)
    parse = {".toml": toml_files.parse, ".csv": csv_files.parse}.get(path.suffix.lower())
    if parse is None:
        raise _wrong_ending(path)
    try:
        # utf-8-sig: spreadsheets put a byte order mark in front. newline="": CSV cells may hold line breaks.
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise VocabularyFileError(
            path.name, 0, "file", f"not UTF-8 text (byte {error.start})", "Save the file as UTF-8"
        ) from None
    return parse(text, path.name)


def write(vocabulary: Vocabulary, path: Path | str) -> None:
    """Write a list to a TOML or CSV file that `read` takes back as the same terms; replaces a file that is there.

    TOML keeps everything; CSV leaves out the list's title and its `about`. Raises VocabularyFileError for any other
    ending.
    """
    path = Path(path)
    form = {".toml": toml_files.form, ".csv": csv_files.form}.get(path.suffix.lower())
    if form is None:
        raise _wrong_ending(path)
    path.write_bytes(form(vocabulary).encode("utf-8"))


def _wrong_ending(path: Path) -> VocabularyFileError:
    return VocabularyFileError(
        path.name, 0, "file", f"unknown ending {path.suffix!r}", "Use a file that ends in .toml or .csv"
    )
