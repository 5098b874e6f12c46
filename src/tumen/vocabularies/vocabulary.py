"""One controlled list: a tree of terms in depth-first order, so that every subtree is a contiguous range of it."""

from collections.abc import Iterable, Iterator

from tumen.vocabularies.errors import UnknownTermError
from tumen.vocabularies.searching import SearchIndex
from tumen.vocabularies.terms import Language, Term, Trilingual


class Vocabulary:
    """A controlled list. It does not change: `merge` and `read` make new ones.

    The terms are taken in the order given, children moved behind their parent. Two vocabularies are equal if they say
    the same in the same order. Codes must be unique and parents present (`read` sees to that for files).
    """

    def __init__(self, code: str, title: Trilingual, terms: Iterable[Term], about: str = "") -> None:
        self.code = code
        self.title = title
        self.about = about
        self.terms: tuple[Term, ...] = _depth_first(code, tuple(terms))
        self._position = {term.code: position for position, term in enumerate(self.terms)}
        self._end = _subtree_ends(self.terms)
        self._search: SearchIndex | None = None

    def __len__(self) -> int:
        return len(self.terms)

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms)

    def __contains__(self, code: object) -> bool:
        return code in self._position

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Vocabulary):
            return NotImplemented
        return (self.code, self.title, self.about, self.terms) == (other.code, other.title, other.about, other.terms)

    def __hash__(self) -> int:
        return hash((self.code, self.terms))

    def __repr__(self) -> str:
        return f"<Vocabulary {self.code}: {len(self)} terms>"

    @property
    def codes(self) -> tuple[str, ...]:
        """All codes, depth first."""
        return tuple(self._position)

    @property
    def roots(self) -> tuple[Term, ...]:
        """The terms of level 1."""
        return tuple(term for term in self.terms if term.parent is None)

    def term(self, code: str) -> Term:
        """Return the term with this code. Raises UnknownTermError."""
        return self.terms[self.position(code)]

    def position(self, code: str) -> int:
        """Return the place of a term in depth-first order, counted from 0. Raises UnknownTermError."""
        try:
            return self._position[code]
        except KeyError:
            raise UnknownTermError(self.code, code) from None

    def span(self, code: str) -> range:
        """Return the positions of a term and everything below it: `position in span(code)` asks "is it a kind of"."""
        start = self.position(code)
        return range(start, self._end[start])

    def subtree(self, code: str) -> tuple[Term, ...]:
        """Return a term and everything below it, depth first. Raises UnknownTermError."""
        span = self.span(code)
        return self.terms[span.start : span.stop]

    def children(self, code: str) -> tuple[Term, ...]:
        """Return the terms directly below a term. Raises UnknownTermError."""
        return tuple(term for term in self.subtree(code) if term.parent == code)

    def ancestors(self, code: str) -> tuple[Term, ...]:
        """Return the terms above a term, level 1 first, without the term itself. Raises UnknownTermError."""
        self.position(code)
        parts = code.split(".")
        return tuple(self.term(".".join(parts[:depth])) for depth in range(1, len(parts)))

    def _upwards(self, code: str) -> tuple[Term, ...]:
        """Return a term and those above it, the nearest first."""
        return (self.term(code), *reversed(self.ancestors(code)))

    def level(self, code: str) -> int:
        """Return the level of a term, 1 at the top. Raises UnknownTermError."""
        return self.term(code).level

    def at_level(self, code: str, level: int) -> Term:
        """Return the term's ancestor at this level, or the term itself if it is higher up. Raises UnknownTermError."""
        return (*self.ancestors(code), self.term(code))[: max(level, 1)][-1]

    def label(self, code: str, lang: Language = "en") -> str:
        """Return a term's label in `lang`, or in another language where that is missing. Raises UnknownTermError."""
        return self.term(code).label.text(lang)

    def path(self, code: str, lang: Language = "en") -> str:
        """Return the labels from level 1 down to the term, joined by " › ". Raises UnknownTermError."""
        return " › ".join(term.label.text(lang) for term in (*self.ancestors(code), self.term(code)))

    def definition(self, code: str, lang: Language = "en") -> str:
        """Return a term's definition in `lang`, or else in another language. Raises UnknownTermError."""
        return self.term(code).definition.text(lang)

    def counting_rule(self, code: str, lang: Language = "en") -> str:
        """Return the rule that says what counts as one, inherited like a crosswalk. Raises UnknownTermError."""
        return next((rule for term in self._upwards(code) if (rule := term.counting_rule.text(lang))), "")

    def excludes(self, code: str, lang: Language = "en") -> tuple[str, ...]:
        """Return what is not coded here: the term's own exclusions and, since they hold for every kind of it, those of
        the terms above, the nearest first. Raises UnknownTermError.
        """
        return tuple(text for term in self._upwards(code) if (text := term.excludes.text(lang)))

    def crosswalk(self, code: str, scheme: str) -> tuple[str, ...]:
        """Return the codes of a term in another scheme, inherited from the nearest term above that gives any.

        A Rome Statute letter (scheme `rome7`) says "may engage" and a Palermo element (`palermo`) says "look here";
        neither is a finding. Raises UnknownTermError.
        """
        for term in self._upwards(code):
            if scheme in term.crosswalks:
                return term.crosswalks[scheme]
        return ()

    def mapped_to(self, scheme: str, target: str) -> tuple[Term, ...]:
        """Return the terms whose crosswalk in `scheme` is `target` or lies below it, depth first."""
        below = target + "."
        return tuple(
            term
            for term in self.terms
            if any(code == target or code.startswith(below) for code in self.crosswalk(term.code, scheme))
        )

    def hints_at_trafficking(self, code: str) -> bool:
        """Say whether conduct of this type is a reason to look at the trafficking elements. Raises UnknownTermError."""
        return bool(self.crosswalk(code, "palermo"))

    def favourites(self) -> tuple[Term, ...]:
        """Return the terms that forms offer first, by their rank."""
        ranked = [(term.favourite, term) for term in self.terms if term.favourite is not None and term.retired is None]
        return tuple(term for _, term in sorted(ranked, key=lambda pair: pair[0]))

    def search(self, text: str, lang: Language = "en", limit: int | None = 20) -> tuple[Term, ...]:
        """Return the terms that match what somebody is typing, the likeliest first; none for an empty text.

        Looks in labels, other words and codes in all three languages. Every word typed must occur; Korean and Chinese
        match inside words, with or without spaces, and Korean also half-composed ("북소" finds 북송) or by initials
        ("ㄱㅈㅅㅎ"). `lang` only decides the order. Retired terms are left out. `limit` None gives all.
        """
        if self._search is None:
            self._search = SearchIndex(self.terms)
        return self._search.find(text, lang)[:limit]


def _depth_first(list_code: str, terms: tuple[Term, ...]) -> tuple[Term, ...]:
    """Order terms so that children follow their parent, brothers keeping the order given."""
    below: dict[str | None, list[Term]] = {}
    codes = {term.code for term in terms}
    if len(codes) != len(terms):
        raise ValueError(f"The list {list_code} holds a code twice.")
    for term in terms:
        if term.parent is not None and term.parent not in codes:
            raise UnknownTermError(list_code, term.parent)
        below.setdefault(term.parent, []).append(term)
    ordered: list[Term] = []
    waiting = list(reversed(below.get(None, [])))
    while waiting:
        term = waiting.pop()
        ordered.append(term)
        waiting.extend(reversed(below.get(term.code, [])))
    return tuple(ordered)


def _subtree_ends(terms: tuple[Term, ...]) -> list[int]:
    """For each position, the position just behind its subtree."""
    ends = [0] * len(terms)
    open_positions: list[int] = []
    for position, term in enumerate(terms):
        while open_positions and terms[open_positions[-1]].level >= term.level:
            ends[open_positions.pop()] = position
        open_positions.append(position)
    for position in open_positions:
        ends[position] = len(terms)
    return ends
