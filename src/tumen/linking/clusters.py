"""From judgements to clusters: what "same" joins, what contradicts it, and names that stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from tumen.linking.errors import Contradiction

Pair = tuple[int, int]


def components(same: Iterable[Pair], different: Iterable[Pair]) -> list[list[int]]:
    """Return the records that "same" joins, each component sorted.

    Raises Contradiction when two records of one component are judged different.
    """
    root: dict[int, int] = {}

    def find(record: int) -> int:
        path = []
        while (up := root.setdefault(record, record)) != record:
            path.append(record)
            record = up
        for each in path:
            root[each] = record
        return record

    for a, b in same:
        first, second = find(a), find(b)
        root[max(first, second)] = min(first, second)
    joined: dict[int, list[int]] = {}
    for record in sorted(root):
        joined.setdefault(find(record), []).append(record)
    for a, b in different:
        if a in root and b in root and find(a) == find(b):
            raise Contradiction((a, b), tuple(joined[find(a)]))
    return list(joined.values())


def named(joined: Iterable[list[int]], before: Mapping[int, int]) -> dict[int, int]:
    """Return each record's cluster name. A name is the id of a record in its cluster.

    `before` maps records to names given earlier. A cluster keeps the name that most of its records went by, if the
    record of that name is still among them; a new one is named after its oldest record.
    """
    names: dict[int, int] = {}
    for component in joined:
        members = set(component)
        held = Counter(before[record] for record in component if record in before and before[record] in members)
        most = max(held.values(), default=0)
        name = min((each for each, count in held.items() if count == most), default=component[0])
        names.update(dict.fromkeys(component, name))
    return names


def redirects(before: Mapping[int, int], now: Mapping[int, int], known: Iterable[int]) -> dict[int, int]:
    """Return, for every name given earlier that no cluster goes by now, the name of the cluster its record is in.

    `known` are the names redirected so far; a name that is a cluster, or a record standing alone, again has none.
    """
    found = {}
    for old in {*before.values(), *known}:
        new = now.get(old, old)
        if new != old:
            found[old] = new
    return found
