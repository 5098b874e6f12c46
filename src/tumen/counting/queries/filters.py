"""The filters of a list: facets with what each choice would leave, and chips for those in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tumen.columns import UNKNOWN, Condition, Dim, Domain, FacetCount, HeaderKind, Op, Query
from tumen.counting.queries import asking
from tumen.counting.queries.labels import Labels


@dataclass
class Entry:
    """One choice of a facet.

    Attributes:
        share: its count in percent of the facet's largest, for the bar.
        state: "on" chosen, "within" inside something chosen, "part" around something chosen, "" not chosen.
        address: the question with this choice made, or taken back.
        below: narrower choices that are shown.
        more: whether there are narrower choices that are not shown.
    """

    label: str
    count: int
    share: int
    state: str
    address: str
    below: list[Entry] = field(default_factory=list)
    more: bool = False


@dataclass(frozen=True)
class Facet:
    """One field's choices. `rest` is how many are not shown until all are asked for; `waiting`: none is counted yet."""

    name: str
    label: str
    dim: str
    entries: list[Entry]
    open: bool
    ranged: bool
    rest: int
    low: str = ""
    high: str = ""
    waiting: bool = False


@dataclass(frozen=True)
class Chip:
    """A filter in force: the address without it, and the address with its opposite, where it has one."""

    name: str
    text: str
    without: str
    opposite: str = ""


def chips(query: Query, labels: Labels) -> list[Chip]:
    """Return the conditions of a query, its words first."""
    from django.utils.translation import gettext as _

    found = []
    if query.text is not None:
        found.append(Chip(_("Words"), query.text, asking.to_text(replace(query, text=None, token=None, page=1))))
    if query.purpose is not None:
        name = _("May be used for") if query.because is None else _("May not be used for")
        bare = replace(query, purpose=None, audience=None, grain=None, because=None, page=1)
        found.append(Chip(name, labels.consent(query), asking.to_text(bare)))
    for condition in query.where:
        others = tuple(each for each in query.where if each != condition)
        opposite = ""
        if condition.op in (Op.IN, Op.NOT_IN):
            turned = Condition(condition.field, Op.NOT_IN if condition.op is Op.IN else Op.IN, condition.values)
            opposite = asking.to_text(replace(query, where=(*others, turned), page=1))
        without = asking.to_text(replace(query, where=others, page=1))
        found.append(Chip(labels.field(condition.field), labels.condition(condition), without, opposite))
    return found


def panel(
    query: Query, counts: Mapping[str, Sequence[FacetCount]], labels: Labels, whole: str = "", opened: int = 4
) -> list[Facet]:
    """Return the facets of a list; that of the field `whole` with all its choices, others with the upper ones."""
    used = {condition.field for condition in query.where}
    found = []
    for number, (asked, listed) in enumerate(counts.items()):
        dim = Dim.parse(asked)
        ranged = labels.schema.fields[dim.field].kind.ranged
        entries, rest = (
            (_classes(query, dim, listed, labels), 0)
            if ranged
            else _tree(query, dim, listed, labels, whole == dim.field)
        )
        low, high = _bounds(query, dim.field) if ranged else ("", "")
        is_open = number < opened or dim.field in used or whole == dim.field
        found.append(Facet(dim.field, labels.field(dim.field), asked, entries, is_open, ranged, rest, low, high))
    return found


def waiting(dims: Sequence[str], labels: Labels) -> list[Facet]:
    """Return closed facets that are counted when somebody opens them."""
    names = [Dim.parse(asked).field for asked in dims]
    return [
        Facet(name, labels.field(name), asked, [], False, labels.schema.fields[name].kind.ranged, 0, waiting=True)
        for name, asked in zip(names, dims, strict=True)
    ]


def _classes(query: Query, dim: Dim, listed: Sequence[FacetCount], labels: Labels) -> list[Entry]:
    """The classes of dates or numbers, of which one at a time can be chosen."""
    most = max((each.count for each in listed), default=0)
    entries = []
    for each in listed:
        condition = each.header.condition()
        chosen = condition in query.where
        bare = query.without(dim.field)
        address = asking.to_text(bare if chosen else bare.narrowed(condition))
        share = _share(each.count, most)
        entries.append(Entry(labels.header(each.header), each.count, share, "on" if chosen else "", address))
    return entries


def _bounds(query: Query, name: str) -> tuple[str, str]:
    for condition in query.where:
        if condition.field == name and condition.op is Op.BETWEEN:
            low, high = (str(value) for value in condition.values)
            return low.replace("..", ""), high.replace("..", "")
    return "", ""


def _tree(query: Query, dim: Dim, listed: Sequence[FacetCount], labels: Labels, whole: bool) -> tuple[list[Entry], int]:
    """The terms of a facet; below the top only what is chosen, its ancestors' children and its own."""
    domain = labels.schema.fields[dim.field].terms
    condition, chosen = _chosen(query, dim.field)
    around = _around(domain, chosen)
    tops = [each for each in listed if each.header.level == 1]
    deep = whole or len(tops) < 3
    most = max((each.count for each in listed), default=0)
    entries: list[Entry] = []
    path: list[tuple[int, Entry]] = []
    rest = 0
    for each in listed:
        level, key = each.header.level, each.header.key
        while path and path[-1][0] >= level:
            path.pop()
        parent = domain.keys[domain.parent[domain.code(key)]] if level > 1 else ""
        shown = level <= 1 or whole or parent in around or (deep and level == 2)
        if not shown:
            rest += 1
            if path:
                path[-1][1].more = True
            continue
        within = any(key != one and _is_within(domain, key, one) for one in chosen)
        state = "on" if key in chosen else "within" if within else "part" if key in around else ""
        entry = Entry(
            labels.header(each.header),
            each.count,
            _share(each.count, most),
            state,
            asking.to_text(_toggled(query, dim.field, condition, chosen, key, domain)),
        )
        (path[-1][1].below if path and level > 1 else entries).append(entry)
        if each.header.kind is not HeaderKind.UNKNOWN:
            path.append((level, entry))
    return entries, rest


def _chosen(query: Query, name: str) -> tuple[Condition | None, tuple[str, ...]]:
    for condition in query.where:
        if condition.field == name and condition.op in (Op.IN, Op.IS_UNKNOWN):
            return condition, tuple(map(str, condition.values)) or (UNKNOWN,)
    return None, ()


def _around(domain: Domain, chosen: Sequence[str]) -> set[str]:
    """The terms whose children are shown: those chosen and those above them."""
    found: set[str] = set()
    for key in chosen:
        code = domain.code(key) if key in domain else 0
        while code > 0:
            found.add(domain.keys[code])
            code = int(domain.parent[code])
    return found


def _is_within(domain: Domain, key: str, wider: str) -> bool:
    code, start = domain.code(key), domain.code(wider)
    return start <= code < int(domain.end[start])


def _toggled(
    query: Query, name: str, condition: Condition | None, chosen: tuple[str, ...], key: str, domain: Domain
) -> Query:
    """The query with a term chosen or not. Choosing inside or around what is chosen replaces that."""
    others = tuple(each for each in query.where if each != condition)
    if key in chosen:
        kept = tuple(one for one in chosen if one != key)
    else:
        kept = (*(o for o in chosen if not _is_within(domain, key, o) and not _is_within(domain, o, key)), key)
    where = (*others, Condition(name, Op.IN, kept)) if kept else others
    return replace(query, where=where, page=1)


def _share(count: int, most: int) -> int:
    return max(1, round(100 * count / most)) if count and most else 0
