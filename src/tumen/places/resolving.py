"""From a place as told to the places it may mean, ranked, each with the reason in a plain sentence.

The text is cut into the names the index knows, longest first, so that "중국 길림성연길시에서" is read as China, Jilin,
Yanji. A candidate is better the more of the text it and the areas around it explain, the closer the spelling, and the
better it fits the context.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol

from tumen.places.context import Context, Map, cues
from tumen.places.model import Kind, Place
from tumen.places.spelling import TYPE_WORDS, fold, sound, weight, words

_QUALITY = {"name": 1.0, "other": 0.98, "former": 0.93, "sound": 0.75}
_KIND_PENALTY = 0.002
_CONTEXT_SHARE = 0.3
_NO_CONTEXT_FIT = 0.5
_SHORTEST_SOUND = 4
_RANK = {kind: rank for rank, kind in enumerate(Kind)}


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place that a text may mean: the text as told, the place, a score from 0 to 1, and why, in a sentence."""

    as_told: str
    place: Place
    score: float
    reason: str


class Resolvable(Map, Protocol):
    """What resolving needs of a gazetteer."""

    def ancestors(self, code: str) -> tuple[Place, ...]:
        """Return the places around a place, nearest first."""

    def path(self, code: str) -> str:
        """Return the name with the areas around it."""


@dataclass(frozen=True, slots=True)
class _Match:
    """A name of a place, as the index knows it."""

    place: Place
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class _Span:
    """A stretch of the text that spells a known name."""

    key: str
    matches: Sequence[_Match]


class NameIndex:
    """Every name of every place by its folded spelling, and Latin ones by their sound."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._exact: dict[str, dict[str, _Match]] = {}
        self._sound: dict[str, dict[str, _Match]] = {}
        for place in places:
            for name, role in _named(place):
                key = fold(name)
                match = _Match(place, name, role)
                self._exact.setdefault(key, {}).setdefault(place.code, match)
                if key.isascii() and len(key) >= _SHORTEST_SOUND:
                    self._sound.setdefault(sound(key), {}).setdefault(place.code, _Match(place, name, "sound"))
        self._longest = max(map(len, self._exact), default=0)

    def spans(self, text: str) -> tuple[list[_Span], float]:
        """Cut a text into known names, longest first; also return how much of it stayed unexplained.

        Latin names begin and end where words do; Hangul names begin where words do or after another name, so that
        군산시 (Gunsan) is not read as 산시 (Shanxi); Han names may stand anywhere, since Chinese has no spaces.
        """
        parts = words(text)
        whole = "".join(parts)
        edges = {0, *accumulate(map(len, parts))}
        spans: dict[str, _Span] = {}
        left_over: list[str] = []
        position, named = 0, False
        while position < len(whole):
            named = named and position not in edges
            may_begin = position in edges or named or not "가" <= whole[position] <= "힣"
            span = self._longest_from(whole, position, edges) if may_begin else None
            if span is None:
                step = 1 if not whole[position].isascii() else _next_edge(position, edges, len(whole))
                left_over.append(whole[position : position + step])
                position += step
            else:
                spans.setdefault(span.key, span)
                position, named = position + len(span.key), True
        return list(spans.values()), float(sum(map(weight, _joined(left_over))))

    def _longest_from(self, whole: str, start: int, edges: set[int]) -> _Span | None:
        ends = [
            end
            for end in range(min(len(whole), start + self._longest), start, -1)
            if end in edges or not whole[end - 1].isascii()
        ]
        for end in ends:
            key = whole[start:end]
            # One Hangul or Han character alone is a name only when it is all there is.
            if key in self._exact and (len(key) > 1 or key == whole):
                return _Span(key, tuple(self._exact[key].values()))
            if len(key) >= _SHORTEST_SOUND and key.isascii() and (matches := self._sound.get(sound(key))):
                return _Span(key, tuple(matches.values()))
        return None


def resolve(gazetteer: Resolvable, index: NameIndex, text: str, context: Context, limit: int) -> tuple[Candidate, ...]:
    """Rank the places that a text may mean (see `Gazetteer.resolve`)."""
    spans, left_over = index.spans(text)
    by_place: dict[str, dict[str, _Match]] = {}
    for span in spans:
        for match in span.matches:
            by_place.setdefault(match.place.code, {})[span.key] = match
    total = sum(_length(span.key) for span in spans) + left_over
    candidates = [_candidate(gazetteer, context, text, code, by_place, total) for code in by_place]
    return tuple(sorted(candidates, key=lambda candidate: -candidate.score)[: max(0, limit)])


def _candidate(
    gazetteer: Resolvable,
    context: Context,
    text: str,
    code: str,
    by_place: dict[str, dict[str, _Match]],
    total: float,
) -> Candidate:
    own = by_place[code]
    around = [place for place in gazetteer.ancestors(code) if set(by_place.get(place.code, ())) - set(own)]
    explained = set(own).union(*(by_place[place.code] for place in around))
    coverage = sum(map(_length, explained)) / total if total else 0.0
    match = max(own.values(), key=lambda match: (_QUALITY[match.role], len(match.name)))
    base = _QUALITY[match.role] * (0.4 + 0.6 * coverage) - _KIND_PENALTY * _RANK[match.place.kind]

    found = list(cues(gazetteer, context, match.place))
    weights = sum(cue.weight for cue in found)
    fit = sum(cue.fit * cue.weight for cue in found) / weights if weights else _NO_CONTEXT_FIT
    score = (1 - _CONTEXT_SHARE) * base + _CONTEXT_SHARE * fit

    reasons = [_role_words(match, gazetteer.path(code))]
    if around:
        reasons.append("the text also names " + " and ".join(place.name_en for place in around))
    reasons.extend(cue.words for cue in found)
    if coverage < 1:
        reasons.append("part of the text says something else")
    return Candidate(text, match.place, round(min(1.0, max(0.0, score)), 4), "; ".join(reasons) + ".")


def _role_words(match: _Match, path: str) -> str:
    place = match.place
    if match.role == "sound":
        return f"The text is spelled like “{match.name}”, a name of {path}"
    if match.role == "former":
        return f"“{match.name}” is a former name of {path}"
    languages = {place.name_en: "English", place.name_ko: "Korean", place.name_zh: "Chinese"}
    return f"“{match.name}” is {'the ' + languages[match.name] if match.name in languages else 'a'} name of {path}"


def _named(place: Place) -> Iterator[tuple[str, str]]:
    """Yield every spelling to index, with its role; Latin names also with the words for the place's kind."""
    for name in (place.name_en, place.name_ko, place.name_zh):
        yield name, "name"
    for name in place.other_names:
        yield name, "other"
    for name in place.former_names:
        yield name, "former"
    for word in TYPE_WORDS.get(place.kind, ()):
        for name in place.names:
            if name.isascii():
                yield f"{name} {word}", "former" if name in place.former_names else "other"


def _length(key: str) -> int:
    """Count a known name's characters by the same measure as `weight`."""
    return sum(1 if char.isascii() else 2 for char in key)


def _next_edge(position: int, edges: set[int], end: int) -> int:
    return next(edge for edge in range(position + 1, end + 1) if edge in edges) - position


def _joined(pieces: list[str]) -> Iterator[str]:
    """Join neighbouring pieces of other scripts again, so that particles of two syllables are recognised."""
    run = ""
    for piece in pieces:
        if piece.isascii():
            yield piece
        else:
            run += piece
    yield run
