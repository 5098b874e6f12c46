"""The same counts by dictionaries, sets and loops: slow, plain, and written from the definitions alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations, product

import numpy as np
from tests.columns.declared import KINDS, SEX, SINGLE, STANCES
from tests.columns.worlds import EVIDENCE, FIELDS, TYPES, World

from tumen.columns import ALL, Mask, Op, Query

TREES = {
    "type": TYPES,
    "evidence": EVIDENCE,
    "sex": SEX,
    "victim_kind": KINDS,
    "stance": STANCES,
    "conflict": FIELDS["conflict"].terms,
    "first": FIELDS["first"].terms,
}
REFS = {"victims": "victim", "groups": "victim", "incidents": "incident", "sources": "source", "episodes": "episode"}
BANDS = {
    "age": [(None, 9), (10, 17), (18, 29), (30, None)],
    "tellings": [(None, 1), (2, 3), (4, None)],
}


@dataclass
class Act:
    """One act: its visible tellings, the first of which is principal, and what they say together."""

    tellings: list[dict]
    said: dict = field(default_factory=dict)

    @property
    def head(self) -> dict:
        return self.tellings[0]


def together(rows: list[dict]) -> dict:
    """What tellings say of one act: the first one's values but for those that all have a say in."""
    said = {**rows[0], "conflict": [name for name in SINGLE if contradicted(name, [row[name] for row in rows])]}
    said["evidence"] = sorted({term for row in rows for term in row["evidence"]})
    if len(said["evidence"]) > 1 and len(rows) > 1:
        said["evidence"] = [term for term in said["evidence"] if term != "photo"]
    said["first"] = min((row["first"] for row in rows if row["first"]), default=None)
    said["stance"] = stance_of([row["stance"] for row in rows])
    told = [row["tellings"] for row in rows]
    known = [each[0] for each in told if each]
    said["tellings"] = None if not known else (sum(known), None if None in told else sum(known))
    return said


def stance_of(stances: list[str | None]) -> str | None:
    """Of one telling its own. For and against, or against what a source tells without a telling of it: contested."""
    found = set(stances)
    against = bool(found & {"denied", "contested"})
    if found & {"supported", "contested"}:
        return "contested" if against else "supported"
    if "untold" in found:
        return "contested" if against else "untold"
    return "denied" if against else None


def contradicted(name: str, values: list) -> bool:
    """Whether some two of the values cannot both hold."""
    known = [value for value in values if value not in (None, (None, None))]
    if name in TREES:
        return any(
            one not in ancestors(TREES[name], other) and other not in ancestors(TREES[name], one)
            for one, other in combinations(known, 2)
        )
    return any(
        (a[0] is not None and b[1] is not None and a[0] > b[1])
        or (b[0] is not None and a[1] is not None and b[0] > a[1])
        for a, b in combinations(known, 2)
    )


def stories(world: World, query: Query, mask: Mask) -> dict[int, int]:
    """For each episode the one it is a part of: two of one victim that a resolved act names are one."""
    parts = {row["episode"]: {row["episode"]} for row in world.rows if row["episode"] is not None}
    if query.resolution != "records":
        for act in acts(world, query, mask):
            for one, other in combinations(act.tellings, 2):
                named = None not in (one["episode"], other["episode"], one["victim"])
                if named and victim(world, query, one, "victim") == victim(world, query, other, "victim"):
                    joined = parts[one["episode"]] | parts[other["episode"]]
                    parts.update(dict.fromkeys(joined, joined))
    return {episode: min(joined) for episode, joined in parts.items()}


def sees(mask: Mask, row: dict) -> bool:
    return mask.compartments is ALL or row["compartment"] in mask.compartments


def name_of(world: World, query: Query, record: int | None) -> int | None:
    if record is None or query.resolution == "records":
        return record
    return world.clusters.get(record, record)


def victim(world, query, row, field):
    """The resolved id in a ref field; sources and episodes are not resolved."""
    return name_of(world, query, row[field]) if field in ("victim", "incident") else row[field]


def acts(world: World, query: Query, mask: Mask) -> list[Act]:
    found: dict[int, list[dict]] = {}
    for row in world.rows:
        if not row["retracted"] and sees(mask, row) and (row["checked"] or not query.checked):
            found.setdefault(name_of(world, query, row["id"]), []).append(row)
    listed = [sorted(rows, key=lambda row: (row["order"], row["id"])) for rows in found.values()]
    return [Act(rows, together(rows)) for rows in listed]


def ancestors(domain, key):
    """The term and everything above it."""
    code, above = domain.code(key), []
    while code > 0:
        above.append(domain.keys[code])
        code = int(domain.parent[code])
    return above


def terms(row, field):
    """The terms of a row, unknown if none."""
    value = row[field]
    values = value if isinstance(value, list) else [value]
    return [v for v in values if v is not None] or ["unknown"]


def bounds(field, values):
    def edge(text, last):
        if text == "..":
            return None
        if field in ("age", "tellings"):
            return int(text)
        start = np.datetime64(text)
        return int(((start + 1).astype("M8[D]") - 1 if last else start.astype("M8[D]")).astype(int))

    return edge(values[0], False), edge(values[1], True)


def category(row, field, scheme):
    """The class of an interval or number: "unknown", "spans", or (first, last)."""
    if row[field] is None or row[field] == (None, None):
        return "unknown"
    low, high = row[field]
    if field in BANDS:
        for first, last in BANDS[field]:
            if (first is None or (low is not None and low >= first)) and (
                last is None or (high is not None and high <= last)
            ):
                return ".." if first is None else str(first), ".." if last is None else str(last)
        return "spans"
    if low is None or high is None:
        return "spans"
    step = {"year": 1, "decade": 10}[scheme]
    years = [int(str(np.datetime64(day, "D"))[:4]) // step * step for day in (low, high)]
    return (str(years[0]), str(years[0] + step - 1)) if years[0] == years[1] else "spans"


def meets(world, query, mask, act, condition) -> bool:
    field, op, values = condition.field, condition.op, condition.values
    row = act.said
    if field in TREES:
        have = terms(row, field)
        if op is Op.IS_UNKNOWN:
            return have == ["unknown"]
        if op is Op.EXACTLY:
            return any(v in values for v in have)
        wide = {above for v in have for above in (ancestors(TREES[field], v) or ["unknown"])}
        return bool(wide & set(values)) == (op is Op.IN)
    if field in ("victim", "source", "episode"):
        story = stories(world, query, mask) if field == "episode" else {}
        rows = [act.head] if field == "victim" else act.tellings
        have = {victim(world, query, each, field) for each in rows} - {None}
        if op is Op.IS_UNKNOWN:
            return not have
        asked = {name_of(world, query, v) if field == "victim" else story.get(v, v) for v in values}
        return bool({story.get(v, v) for v in have} & asked) == (op is Op.IN)
    if op is Op.IS_UNKNOWN:
        return category(row, field, "year") == "unknown"
    if op is Op.SPANS:
        return category(row, field, values[0]) == "spans"
    if row[field] is None or row[field] == (None, None):
        return False
    low, high = (
        float("-inf") if row[field][0] is None else row[field][0],
        float("inf") if row[field][1] is None else row[field][1],
    )
    a, b = bounds(field, values)
    a, b = float("-inf") if a is None else a, float("inf") if b is None else b
    return low >= a and high <= b if op is Op.BETWEEN else low <= b and high >= a


def selected(world, query, mask, text_ids=None, without=None) -> list[Act]:
    """The acts a query means: those that are only denied are not among them unless it speaks of the stance."""
    spoken_of = {without, *(condition.field for condition in query.where)}
    return [
        act
        for act in acts(world, query, mask)
        if all(meets(world, query, mask, act, c) for c in query.where if c.field != without)
        and (text_ids is None or any(row["id"] in text_ids for row in act.tellings))
        and ("stance" in spoken_of or act.said["stance"] != "denied")
    ]


def counted_ids(world, query, unit, act, story=None) -> set[int]:
    """What one act contributes to a distinct unit; `story` says which episodes are one."""
    rows = act.tellings if unit in ("sources", "episodes") else [act.head]
    only = {"victims": "person", "groups": "group"}.get(unit)
    ids = {victim(world, query, row, REFS[unit]) for row in rows if only is None or row["victim_kind"] == only}
    return {(story or {}).get(each, each) for each in ids - {None}}


def count(world, query, unit, some: list[Act], mask: Mask) -> int:
    if unit == "acts":
        return len(some)
    if unit == "tellings":
        return sum(row["tellings"][0] for act in some for row in act.tellings if row["tellings"])
    story = stories(world, query, mask) if unit == "episodes" else None
    return len(set().union(*(counted_ids(world, query, unit, act, story) for act in some)))


def size_of(world, query, mask, group) -> tuple[int | None, int | None]:
    """The size of a victim group: that of its first visible act."""
    having = [act.head for act in acts(world, query, mask) if group in counted_ids(world, query, "groups", act)]
    first = min(having, key=lambda row: (row["order"], row["id"]))
    return first["victim_size"] or (None, None)


def sizes(world, query, mask, some) -> tuple[int, int, int, int, int]:
    groups = set().union(*(counted_ids(world, query, "groups", act) for act in some))
    pairs = [size_of(world, query, mask, group) for group in groups]
    return (
        len(groups),
        sum(low or 0 for low, _ in pairs),
        sum(high or 0 for _, high in pairs),
        sum(low is None for low, _ in pairs),
        sum(high is None for _, high in pairs),
    )


def uncounted(world, query, unit, some) -> int:
    if unit in ("acts", "tellings"):
        return 0
    units = ("victims", "groups") if unit == "victims" else (unit,)
    return sum(not any(counted_ids(world, query, u, act) for u in units) for act in some)


def hidden(world, query, mask) -> int:
    """Of the unit, what a reader of everything counts and this one does not."""
    if mask.compartments is ALL:
        return 0
    unit, bare, everything = query.unit, replace(query, where=(), checked=False), replace(mask, compartments=ALL)
    whole = selected(world, bare, everything)
    if unit == "tellings":
        return sum(r["tellings"][0] for act in whole for r in act.tellings if not sees(mask, r) and r["tellings"])
    if unit == "acts":
        return sum(not any(sees(mask, row) for row in act.tellings) for act in whole)
    story = stories(world, bare, everything) if unit == "episodes" else None
    sides = [
        set().union(*(counted_ids(world, query, unit, act, story) for act in some))
        for some in (whole, selected(world, bare, mask))
    ]
    return len(sides[0] - sides[1])


def facet(world, query, mask, field, text_ids=None) -> dict[str, int]:
    """Counts of every term of a tree field at every level, and unknown."""
    some = selected(world, query, mask, text_ids, without=field)
    result = {}
    for key in TREES[field].keys:
        having = [
            act for act in some if key in {a for t in terms(act.said, field) for a in ancestors(TREES[field], t) or [t]}
        ]
        number = count(world, query, query.unit, having, mask)
        if number or key == "unknown":
            result[key] = number
    return result


def categories(row, dim) -> set:
    """What a row counts under in one dimension."""
    if dim.field not in TREES:
        return {category(row, dim.field, dim.scheme)}
    domain = TREES[dim.field]
    level = dim.level or domain.depth
    result = set()
    for term in terms(row, dim.field):
        above = [a for a in ancestors(domain, term) if domain.level[domain.code(a)] <= level]
        result.add(above[0] if above else "unknown")
    return result


def cells(world, query, mask, dims, text_ids=None) -> dict[tuple, list[Act]]:
    """The acts in every cell; None stands for the total over a dimension."""
    result: dict[tuple, list[Act]] = {}
    without = next((dim.field for dim in dims if dim.field == "stance"), None)
    kept = {c.field for c in query.where}
    for act in selected(world, query, mask, text_ids, without=None if without in kept else without):
        for place in product(*[[*categories(act.said, dim), None] for dim in dims]):
            result.setdefault(place, []).append(act)
    return result
