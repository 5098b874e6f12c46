"""A group's own lists from a file: a vocabulary (TOML, CSV) or places (CSV), told apart by what is in it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePath

from django.utils.translation import gettext as _

from tumen import places
from tumen.archive.changes import change
from tumen.archive.sentences import told
from tumen.coding.errors import BadList
from tumen.coding.services.reference import add_places, load_list
from tumen.text import safe_name
from tumen.vocabularies import Vocabulary, VocabularyFileError, csv_files, toml_files

LARGEST = 4 * 1024 * 1024


@dataclass(frozen=True)
class Done:
    """What a load did, in words, and the list it changed."""

    words: str
    list_code: str


def load(user: int, name: str, data: bytes) -> Done:
    """Load a file of terms or places as one change.

    Raises VocabularyFileError or PlaceFileError with file, row and field, or BadList; nothing is changed then.
    """
    if len(data) > LARGEST:
        raise BadList(_("{file} is larger than a list can be.").format(file=name))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem, remedy = f"not UTF-8 text (byte {error.start})", "Save the file as UTF-8"
        raise VocabularyFileError(name, 0, "file", problem, remedy) from None
    if name.lower().endswith(".csv") and text.partition("\n")[0].startswith("code,parent,kind,"):
        return _places(user, name, data)
    new = _vocabulary(name, text)
    with change(user, f"list {new.code} loaded from a file", kind="vocabulary") as c:
        done = load_list(c, new)
    words = _("List {list}: {added} added, {changed} changed, {retired} retired, {removed} taken out.")
    return Done(words.format(list=new.code, **done), new.code)


def _vocabulary(name: str, text: str) -> Vocabulary:
    ending = PurePath(name).suffix.lower()
    if ending == ".toml":
        return toml_files.parse(text, name)
    if ending == ".csv":
        return csv_files.parse(text, name)
    raise VocabularyFileError(name, 0, "file", f"unknown ending {ending!r}", "Use a file that ends in .toml or .csv")


def _places(user: int, name: str, data: bytes) -> Done:
    more = list(places.read(_Uploaded(name, data)))
    with change(user, "places loaded from a file", kind="vocabulary") as c:
        count = add_places(c, more)
    return Done(_("{n} places loaded.").format(n=count), "")


def explained(error: VocabularyFileError | places.PlaceFileError) -> str:
    """Return what is wrong with a file, and where, and what to do, in the language of the page."""
    advice = error.remedy if isinstance(error, VocabularyFileError) else error.advice
    problem, advice = (told(text, about="files").rstrip(".。") for text in (error.problem, advice))
    said = {"file": safe_name(error.file), "field": error.field, "problem": problem, "advice": advice}
    if not error.row:
        return _("{file}, {field}: {problem}. {advice}.").format(**said)
    return _("{file}, row {row}, {field}: {problem}. {advice}.").format(row=error.row, **said)


@dataclass(frozen=True)
class _Uploaded:
    """A file that came by the browser, as the reader of places takes it."""

    name: str
    data: bytes

    def read_bytes(self) -> bytes:
        return self.data
