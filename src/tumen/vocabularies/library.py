"""The lists that come with Tumen, loaded once."""

from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files

from tumen.vocabularies.errors import UnknownListError
from tumen.vocabularies.files import parse_toml
from tumen.vocabularies.terms import Term
from tumen.vocabularies.vocabulary import Vocabulary


class Vocabularies:
    """All lists by their code, in alphabetical order. It does not change: `with_list` makes a new one."""

    def __init__(self, lists: Iterable[Vocabulary]) -> None:
        self._lists = {vocabulary.code: vocabulary for vocabulary in sorted(lists, key=lambda each: each.code)}

    def __getitem__(self, list_code: str) -> Vocabulary:
        try:
            return self._lists[list_code]
        except KeyError:
            raise UnknownListError(list_code, self.lists) from None

    def __contains__(self, list_code: object) -> bool:
        return list_code in self._lists

    def __iter__(self) -> Iterator[Vocabulary]:
        return iter(self._lists.values())

    def __len__(self) -> int:
        return len(self._lists)

    @property
    def lists(self) -> tuple[str, ...]:
        """The codes of all lists."""
        return tuple(self._lists)

    def codes_of_list(self, list_code: str) -> tuple[str, ...]:
        """Return the codes of a list, depth first. Raises UnknownListError."""
        return self[list_code].codes

    def favourites(self, list_code: str) -> tuple[Term, ...]:
        """Return the terms of a list that forms offer first. Raises UnknownListError."""
        return self[list_code].favourites()

    def with_list(self, vocabulary: Vocabulary) -> "Vocabularies":
        """Return the same lists with this one added or in place of the one with its code."""
        return Vocabularies({**self._lists, vocabulary.code: vocabulary}.values())


@cache
def load() -> Vocabularies:
    """Return the lists that come with Tumen; read once in the life of a process."""
    data = files("tumen.vocabularies").joinpath("data")
    return Vocabularies(
        parse_toml(file.read_text(encoding="utf-8"), file.name)
        for file in data.iterdir()
        if file.name.endswith(".toml")
    )
