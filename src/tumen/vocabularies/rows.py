"""The rules a row of a vocabulary file must obey, the same for TOML and CSV, and what is said when it does not."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from tumen.vocabularies.errors import VocabularyFileError
from tumen.vocabularies.terms import LANGUAGES, TEXTS, Retirement, Term, Trilingual

MAX_LEVELS = 5

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9][A-Za-z0-9_-]*)*")
_SCHEME = re.compile(r"[a-z][a-z0-9_]*")
FIELDS = ("code", "also", *TEXTS, "crosswalk", "favourite", "retired")


class Row:
    """One row of a file with the place it stands at, so that every complaint can name it."""

    def __init__(self, file: str, number: int, values: Mapping[str, object]) -> None:
        self._file, self.number, self._values = file, number, values

    def error(self, field: str, problem: str, remedy: str) -> VocabularyFileError:
        """Return the complaint about a field of this row."""
        return VocabularyFileError(self._file, self.number, field, problem, remedy)

    def term(self) -> Term:
        """Return the row as a term. Raises VocabularyFileError for the first field that breaks a rule."""
        for name in self._values:
            if name not in FIELDS:
                raise self.error(name, "unknown field", f"The fields are {', '.join(FIELDS)}")
        texts = {name: self._trilingual(name) for name in TEXTS}
        if texts["label"] == Trilingual():
            raise self.error("label", "no label in any language", "Write at least one of en, ko, zh")
        return Term(
            code=self._code(),
            also=self._words("also", self._values.get("also", ())),
            crosswalks=self._crosswalks(),
            favourite=self._favourite(),
            retired=self._retired(),
            **texts,
        )

    def _code(self) -> str:
        code = self._text("code", self._values.get("code", ""))
        if not _CODE.fullmatch(code):
            raise self.error(
                "code",
                f"{code!r} is no code",
                "Use letters, digits, _ and -, with a dot between levels: liberty.detention",
            )
        if code.count(".") >= MAX_LEVELS:
            raise self.error("code", f"{code!r} is deeper than {MAX_LEVELS} levels", "Put the term higher up")
        return code

    def _text(self, field: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(field, f"{value!r} is not text", "Write it in quotation marks")
        return value.strip()

    def _table(self, field: str) -> Mapping[str, object]:
        value = self._values.get(field, {})
        if not isinstance(value, Mapping):
            raise self.error(field, f"{value!r} is not a table", f'Write {field} = {{ name = "value" }}')
        return value

    def _trilingual(self, field: str) -> Trilingual:
        table = self._table(field)
        for lang in table:
            if lang not in LANGUAGES:
                raise self.error(field, f"unknown language {lang!r}", f"The languages are {', '.join(LANGUAGES)}")
        texts = {lang: self._text(f"{field}.{lang}", text) for lang, text in table.items()}
        return Trilingual(**texts)

    def _words(self, field: str, value: object) -> tuple[str, ...]:
        if isinstance(value, str) or not isinstance(value, Sequence):
            raise self.error(field, f"{value!r} is not a list", 'Write it as ["one", "another"]')
        words = tuple(self._text(field, word) for word in value)
        for word in words:
            # A semicolon separates the words of a CSV cell.
            if not word or ";" in word:
                raise self.error(field, f"{word!r} is empty or holds a semicolon", "Split or remove it")
        return words

    def _crosswalks(self) -> Mapping[str, tuple[str, ...]]:
        crosswalks: dict[str, tuple[str, ...]] = {}
        for scheme, codes in self._table("crosswalk").items():
            if not _SCHEME.fullmatch(scheme):
                raise self.error("crosswalk", f"{scheme!r} is no name of a scheme", "Use small letters, digits and _")
            crosswalks[scheme] = self._words(f"crosswalk.{scheme}", codes)
        return crosswalks

    def _favourite(self) -> int | None:
        rank = self._values.get("favourite")
        if rank is None:
            return None
        if not isinstance(rank, int) or isinstance(rank, bool) or rank < 1:
            raise self.error("favourite", f"{rank!r} is no rank", "Use a whole number from 1, or leave it out")
        return rank

    def _retired(self) -> Retirement | None:
        if "retired" not in self._values:
            return None
        table = self._table("retired")
        on = table.get("on")
        if type(on) is not date:
            raise self.error("retired", f"{on!r} is not a date", "Write on = 2026-01-31")
        for name in table:
            if name not in ("on", "replaced_by"):
                raise self.error("retired", f"unknown entry {name!r}", "Use on and replaced_by")
        return Retirement(on, self._text("retired.replaced_by", table.get("replaced_by", "")))


def check_together(rows: Sequence[tuple[Row, Term]]) -> tuple[Term, ...]:
    """Return the terms of all rows if they make a list: unique codes and ranks, parents and replacements present."""
    seen: dict[str, int] = {}
    ranks: dict[int, str] = {}
    for row, term in rows:
        if term.code in seen:
            raise row.error("code", f"{term.code!r} stands in row {seen[term.code]} already", "Remove one of the two")
        seen[term.code] = row.number
        if term.favourite is not None and ranks.setdefault(term.favourite, term.code) != term.code:
            raise row.error(
                "favourite",
                f"rank {term.favourite} belongs to {ranks[term.favourite]!r}",
                "Give each favourite its own",
            )
    for row, term in rows:
        if term.parent is not None and term.parent not in seen:
            raise row.error(
                "code", f"{term.code!r} has no parent {term.parent!r}", f"Add a row with code {term.parent!r}"
            )
        if term.retired and term.retired.replaced_by and term.retired.replaced_by not in seen:
            raise row.error(
                "retired.replaced_by",
                f"{term.retired.replaced_by!r} is no code of this file",
                "Correct it or leave it out",
            )
        if term.retired and term.retired.replaced_by == term.code:
            raise row.error("retired.replaced_by", "a term cannot replace itself", "Name another code or leave it out")
    return tuple(term for _, term in rows)
