"""Small random archives of acts, as plain rows and as a frame, for tests against the naive reference."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from hypothesis import strategies as st
from tests.columns.declared import ACT_UNITS, KINDS, SEX, STANCES, act_fields

from tumen.columns import ALL, OPEN_HIGH, OPEN_LOW, Condition, Domain, Frame, Mask, Op, Query

TYPES = Domain(
    [
        ("life", None),
        ("liberty", None),
        ("liberty.detention", "liberty"),
        ("liberty.detention.secret", "liberty.detention"),
        ("liberty.travel", "liberty"),
        ("integrity", None),
        ("integrity.beating", "integrity"),
    ]
)
EVIDENCE = Domain([("said", None), ("said.seen", "said"), ("said.heard", "said"), ("photo", None)])
FIELDS = act_fields(TYPES, EVIDENCE, rest="photo")
COUNTED = ACT_UNITS
RUN = 3


@dataclass
class World:
    """Rows as dictionaries, and the run's clusters: record id -> cluster id."""

    rows: list[dict]
    clusters: dict[int, int] = field(default_factory=dict)


def days(year: int, month: int = 1, day: int = 1) -> int:
    """Days since 1970."""
    return int(np.datetime64(f"{year:04}-{month:02}-{day:02}", "D").astype(int))


def code_of(domain: Domain, keys: list[str | None]) -> np.ndarray:
    return domain.encode(keys)


def columns_of(rows: list[dict]) -> dict:
    """The columns of plain rows, as `Frame.upsert` takes them."""

    def pair(name):
        low = [OPEN_LOW if row[name] is None or row[name][0] is None else row[name][0] for row in rows]
        high = [OPEN_HIGH if row[name] is None or row[name][1] is None else row[name][1] for row in rows]
        return np.array(low, np.int64), np.array(high, np.int64)

    def ref(name):
        return np.array([-1 if row[name] is None else row[name] for row in rows], np.int64)

    evidence = [[EVIDENCE.code(key) for key in row["evidence"]] for row in rows]
    return {
        "compartment": np.array([row["compartment"] for row in rows], np.int64),
        "order": np.array([row["order"] for row in rows], np.int64),
        "retracted": np.array([row["retracted"] for row in rows], bool),
        "checked": np.array([row["checked"] for row in rows], bool),
        "type": TYPES.encode([row["type"] for row in rows]),
        "sex": SEX.encode([row["sex"] for row in rows]),
        "victim_kind": KINDS.encode([row["victim_kind"] for row in rows]),
        "stance": STANCES.encode([row.get("stance") for row in rows]),
        "first": FIELDS["first"].terms.encode([row.get("first") for row in rows]),
        "evidence": (
            np.array([len(codes) for codes in evidence], np.int64),
            np.array([code for codes in evidence for code in codes], np.int64),
        ),
        **{name: pair(name) for name in ("period", "age", "victim_size", "tellings")},
        **{name: ref(name) for name in ("victim", "incident", "source", "episode")},
    }


def frame_of(world: World, batches: int = 1) -> Frame:
    """A frame of a world's rows, written in so many batches, with its run loaded."""
    frame = Frame("acts", FIELDS.values(), COUNTED)
    size = -(-len(world.rows) // batches) or 1
    for start in range(0, len(world.rows), size):
        rows = world.rows[start : start + size]
        frame.upsert(np.array([row["id"] for row in rows], np.int64), columns_of(rows))
    records = np.array(list(world.clusters), np.int64)
    frame.resolve(RUN, records, np.array([world.clusters[record] for record in world.clusters], np.int64))
    return frame


def _spans(low, high):
    bounds = st.tuples(st.integers(low, high), st.integers(0, 800))
    closed = bounds.map(lambda pair: (pair[0], pair[0] + (0 if pair[1] < 400 else pair[1])))
    return st.one_of(
        closed, closed, closed, st.none(), closed.map(lambda p: (None, p[1])), closed.map(lambda p: (p[0], None))
    )


def _without_rest(terms):
    """No row says "photo" beside something else, of which it is the rest."""
    return [term for term in terms if term != "photo"] if len(terms) > 1 else terms


def evidence():
    """The evidence forms of a row."""
    return st.lists(st.sampled_from(EVIDENCE.keys[1:]), max_size=3, unique=True).map(_without_rest)


def _row(number):
    return st.fixed_dictionaries(
        {
            "id": st.just(number),
            "compartment": st.sampled_from([7, 8, 9]),
            "order": st.integers(0, 3),
            "retracted": st.sampled_from([False, False, False, True]),
            "checked": st.booleans(),
            "type": st.sampled_from([None, *TYPES.keys[1:]]),
            "sex": st.sampled_from([None, "female", "male"]),
            "victim_kind": st.sampled_from([None, "person", "person", "group"]),
            "stance": st.sampled_from([None, "supported", "supported", "denied", "denied", "contested", "untold"]),
            "first": st.sampled_from([None, "a", "b", "c"]),
            "evidence": evidence(),
            "period": _spans(days(1998), days(2012)),
            "age": st.one_of(
                st.none(), st.integers(5, 40).map(lambda n: (n, n)), st.just((15, 25)), st.just((None, 9))
            ),
            "victim_size": st.one_of(st.none(), st.just((2, 5)), st.just((10, None)), st.just((3, 3))),
            "tellings": st.one_of(st.none(), st.integers(1, 3).map(lambda n: (n, n))),
            "victim": st.one_of(st.none(), st.integers(1001, 1006)),
            "incident": st.one_of(st.none(), st.integers(2001, 2004)),
            "source": st.one_of(st.none(), st.integers(3001, 3004)),
            "episode": st.one_of(st.none(), st.integers(4001, 4003)),
        }
    )


@st.composite
def worlds(draw, max_rows=24):
    """A world whose run joins some acts, persons and incidents."""
    numbers = draw(st.lists(st.integers(1, 60), max_size=max_rows, unique=True))
    rows = [draw(_row(number)) for number in numbers]
    clusters: dict[int, int] = {}
    for ids in (numbers, range(1001, 1007), range(2001, 2005)):
        for record in ids:
            name = draw(st.sampled_from([record, record, *list(ids)[:2]]))
            clusters[record] = name if clusters.get(name, name) == name else record
    for record, name in list(clusters.items()):
        clusters[name] = name if name in clusters else clusters.setdefault(name, name)
        clusters[record] = clusters[record] if clusters[clusters[record]] == clusters[record] else record
    return World(rows, clusters)


def conditions():
    """Conditions on every kind of field."""
    dates = st.sampled_from(["1999", "2001-03", "2004", "2009-12-31", "2011"])

    def between(name, bounds, ops):
        return st.tuples(st.sampled_from(ops), bounds, bounds).map(
            lambda t: Condition(name, t[0], tuple(sorted((t[1], t[2]), key=lambda b: (b != "..", b.zfill(4)))))
        )

    def listed(name, values, ops):
        return st.tuples(st.sampled_from(ops), st.lists(st.sampled_from(values), min_size=1, max_size=3)).map(
            lambda t: Condition(name, t[0], tuple(t[1]))
        )

    terms = [Op.IN, Op.IN, Op.NOT_IN, Op.EXACTLY]
    return st.one_of(
        listed("type", TYPES.keys, terms),
        listed("evidence", EVIDENCE.keys, terms),
        listed("sex", SEX.keys, terms),
        listed("stance", STANCES.keys, terms),
        listed("conflict", FIELDS["conflict"].terms.keys, terms),
        between("period", dates, [Op.BETWEEN, Op.TOUCHES]),
        dates.map(lambda date: Condition("period", Op.BETWEEN, ("..", date))),
        dates.map(lambda date: Condition("period", Op.TOUCHES, (date, ".."))),
        between("age", st.sampled_from(["8", "12", "18", "25", "33"]), [Op.BETWEEN, Op.TOUCHES]),
        listed("victim", range(1001, 1008), [Op.IN, Op.NOT_IN]),
        listed("source", range(3001, 3005), [Op.IN, Op.NOT_IN]),
        listed("episode", range(4001, 4004), [Op.IN, Op.NOT_IN]),
        between("tellings", st.sampled_from(["1", "2", "3", "5"]), [Op.BETWEEN, Op.TOUCHES]),
        st.sampled_from(
            ["type", "evidence", "sex", "period", "age", "victim", "source", "episode", "stance", "conflict"]
        ).map(lambda name: Condition(name, Op.IS_UNKNOWN)),
        st.sampled_from(["year", "decade"]).map(lambda scheme: Condition("period", Op.SPANS, (scheme,))),
        st.just(Condition("age", Op.SPANS, ("band",))),
    )


def queries():
    """Queries of every unit, over records and the run."""
    return st.builds(
        Query,
        unit=st.sampled_from([unit.name for unit in COUNTED]),
        where=st.lists(conditions(), max_size=3).map(tuple),
        resolution=st.sampled_from(["records", RUN]),
        checked=st.sampled_from([False, False, True]),
    )


def masks():
    """Masks with every class open and some compartments."""
    some = st.frozensets(st.sampled_from([7, 8, 9, 10]))
    return st.one_of(st.just(ALL), some, some).map(lambda seen: Mask(seen, frozenset(("victim",))))
