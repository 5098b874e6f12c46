"""Type-ahead over a list: what a coder types, in any of three languages, to the terms it may mean."""

import math
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from tumen.vocabularies.terms import LANGUAGES, Language, Term

# Ranks of a match, best first.
_LABEL_START, _OTHER_START, _WORD_START, _INSIDE, _NO_MATCH = range(5)

_FIRST_SYLLABLE, _LAST_SYLLABLE, _SYLLABLES_PER_INITIAL = ord("가"), ord("힣"), 588
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def fold(text: str) -> str:
    """Return a text in the form in which it is compared: no case, no width, no accents, Hangul in its letters.

    Hangul is taken apart because an input method sends half-composed syllables: 북소 is then a start of 북송.
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def initials(text: str) -> str:
    """Return a text with each Hangul syllable replaced by its first consonant (강제 -> ㄱㅈ)."""
    return "".join(
        _INITIALS[(ord(char) - _FIRST_SYLLABLE) // _SYLLABLES_PER_INITIAL]
        if _FIRST_SYLLABLE <= ord(char) <= _LAST_SYLLABLE
        else char
        for char in text
    )


@dataclass(frozen=True, slots=True)
class _Entry:
    """A term with everything it can be found by, folded once."""

    term: Term
    labels: dict[Language, str]
    texts: tuple[str, ...]
    closed: tuple[str, ...]
    initials: tuple[str, ...]


class SearchIndex:
    """The folded words of a list. Lists have hundreds of terms, so a search reads all of them."""

    def __init__(self, terms: Iterable[Term]) -> None:
        self._entries = [_entry(term) for term in terms if term.retired is None]

    def find(self, text: str, lang: Language) -> tuple[Term, ...]:
        """Return the terms that hold every word of `text`: label starts first, then favourites, then list order."""
        words = fold(text).split()
        if not words:
            return ()
        typed = "".join(text.split())
        by_initials = all(char in _INITIALS for char in typed)
        found: list[tuple[int, float, Term]] = []
        for entry in self._entries:
            rank = _initials_rank(entry, typed) if by_initials else _rank(entry, words, lang)
            if rank < _NO_MATCH:
                favourite = math.inf if entry.term.favourite is None else entry.term.favourite
                found.append((rank, favourite, entry.term))
        return tuple(hit[-1] for hit in sorted(found, key=lambda hit: hit[:2]))


def _entry(term: Term) -> _Entry:
    labels = {lang: fold(term.label.own(lang)) for lang in LANGUAGES}
    texts = (*labels.values(), *map(fold, term.also), fold(term.code))
    return _Entry(
        term,
        labels,
        texts,
        closed=tuple(text.replace(" ", "") for text in texts),
        initials=tuple(initials(word).replace(" ", "") for word in (term.label.ko, *term.also)),
    )


def _rank(entry: _Entry, words: list[str], lang: Language) -> int:
    """Rank folded words against a term: as one phrase first, else word by word, the worst word deciding."""
    phrase = _word_rank(entry, " ".join(words), lang)
    if phrase < _NO_MATCH or len(words) == 1:
        return phrase
    return max(_word_rank(entry, word, lang) for word in words)


def _word_rank(entry: _Entry, word: str, lang: Language) -> int:
    if entry.labels[lang].startswith(word):
        return _LABEL_START
    if any(text.startswith(word) for text in entry.texts):
        return _OTHER_START
    if any(f" {word}" in text for text in entry.texts):
        return _WORD_START
    # Korean is typed with and without spaces.
    spaceless = word.replace(" ", "")
    if any(spaceless in text for text in entry.closed):
        return _INSIDE
    return _NO_MATCH


def _initials_rank(entry: _Entry, typed: str) -> int:
    if any(word.startswith(typed) for word in entry.initials):
        return _OTHER_START
    return _INSIDE if any(typed in word for word in entry.initials) else _NO_MATCH
