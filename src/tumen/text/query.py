"""What a person types into the search box, and the FTS5 expression that asks it.

Words are ANDed: 구타 보위부 finds passages with both. "Quotation marks" keep words together in this order, `OR`
(in capitals) between two terms accepts either and binds tighter than the blank, `-word` excludes, `tortur*` accepts any
ending. CJK terms need no star: they are found as substrings. Nothing else has a meaning, and no FTS5 syntax passes
through.
"""

import re
from dataclasses import dataclass
from operator import add

from tumen.text.tokens import END, RUN, fold, is_cjk

_TERM = re.compile(r'(?P<minus>-?)(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))')
_QUOTES = str.maketrans(dict.fromkeys("“”„‟＂«»", '"'))


class OnlyExclusions(ValueError):
    """The query says what to leave out but not what to find (`-word` alone): the index cannot answer it."""

    def __init__(self) -> None:
        super().__init__("The search only says what to leave out. Add at least one word to look for.")


@dataclass(frozen=True)
class Phrase:
    """Runs (CJK substrings or words, folded) that follow each other; the last may go on when `open_ended`."""

    runs: tuple[str, ...]
    open_ended: bool = False

    def expression(self) -> str:
        """The FTS5 phrase. A last CJK run is a substring, so its end is not marked; one syllable is a prefix."""
        *inner, last = self.runs
        tokens: list[str] = []
        for run in inner:
            tokens += map(add, run, run[1:] + END) if is_cjk(run) else [run]
        syllable = len(last) == 1
        if is_cjk(last):
            tokens += [last] if syllable else map(add, last, last[1:])
            prefix = syllable
        else:
            tokens.append(last)
            prefix = self.open_ended
        return f'"{" ".join(tokens)}"' + (" *" if prefix else "")


@dataclass(frozen=True)
class Terms:
    """A parsed query: every group must match by at least one of its phrases, and no phrase of `without` may."""

    groups: tuple[tuple[Phrase, ...], ...]
    without: tuple[Phrase, ...] = ()


def parse(query: str) -> Terms:
    """Read what the user typed. Anything is accepted; what has no letter or digit in it says nothing."""
    groups: list[tuple[Phrase, ...]] = []
    without: list[Phrase] = []
    joins = False
    for term in _TERM.finditer(query.translate(_QUOTES)):
        if term["plain"] == "OR" and not term["minus"]:
            joins = bool(groups)
            continue
        text = term["plain"] if term["quoted"] is None else term["quoted"]
        runs = tuple(RUN.findall(fold(text)))
        if not runs:
            continue
        phrase = Phrase(runs, open_ended=text.endswith("*") and not is_cjk(runs[-1]))
        if term["minus"]:
            without.append(phrase)
        elif joins:
            groups[-1] += (phrase,)
        else:
            groups.append((phrase,))
        joins = False
    return Terms(tuple(groups), tuple(without))


def match_query(text: str) -> str | None:
    """The right-hand side of FTS5's MATCH for what the user typed; None when there is nothing to search for.

    Raises `OnlyExclusions` when every term is excluded.
    """
    terms = parse(text)
    if not terms.groups:
        if terms.without:
            raise OnlyExclusions
        return None
    wanted = " AND ".join(_either(group) for group in terms.groups)
    return f"({wanted}) NOT {_either(terms.without)}" if terms.without else wanted


def _either(phrases: tuple[Phrase, ...]) -> str:
    expressions = " OR ".join(phrase.expression() for phrase in phrases)
    return f"({expressions})" if len(phrases) > 1 else expressions
