"""Tables, facets and pages on code columns, against bare DuckDB on the same data in the same run, one thread each.

    python -m benchmarks.columns [--rows N ...]

Everything is synthetic: skewed draws from a fixed seed. DuckDB is given the rolled-up columns ready-made (level-1 type,
province, decade), which the code columns work out on the fly; it counts cells only, the columns totals too.
"""

from __future__ import annotations

import argparse
import io
import resource
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
from tests.columns.declared import ACT_UNITS, UNITS, act_fields

from benchmarks import summary
from tumen.columns import (
    ALL,
    OPEN_HIGH,
    OPEN_LOW,
    Condition,
    Domain,
    Field,
    Frame,
    Kind,
    Mask,
    Op,
    Query,
    crosstab,
    dump,
    facets,
    load,
    page,
    select,
)

RUN = 1


def tree(tops: int, total: int) -> Domain:
    """Three levels: `tops` at the first, 4 below each, the rest below those."""
    terms: list[tuple[str, str | None]] = [(f"t{top}", None) for top in range(tops)]
    terms += [(f"t{top}.{mid}", f"t{top}") for top in range(tops) for mid in range(4)]
    middles = [key for key, _ in terms[tops:]]
    terms += [(f"{middles[n % len(middles)]}.{n}", middles[n % len(middles)]) for n in range(total - len(terms))]
    return Domain(terms)


TYPES, PLACES = tree(16, 200), tree(14, 300)
EVIDENCE, SOURCES = Domain.flat(f"e{n}" for n in range(12)), Domain.flat(f"s{n}" for n in range(12))
AGENCY, STATUS = tree(6, 60), Domain.flat(f"st{n}" for n in range(6))
FIELDS = act_fields(
    TYPES,
    EVIDENCE,
    more=(
        Field("place", Kind.HIERARCHY, units=UNITS, domain=PLACES),
        Field("source_kind", Kind.SINGLE, units=UNITS, domain=SOURCES),
        Field("agency", Kind.HIERARCHY, units=UNITS, domain=AGENCY),
        Field("status", Kind.SINGLE, units=UNITS, domain=STATUS),
    ),
)
MASK = Mask(frozenset((1, 2, 3, 5)), frozenset(("victim",)))
DIMS = ["type:1", "period:decade", "place:1"]
FACETS = ["type", "place", "period:decade", "evidence", "source_kind", "sex"]


@dataclass
class Data:
    """Plain arrays of one synthetic archive."""

    columns: dict[str, np.ndarray]
    evidence: tuple[np.ndarray, np.ndarray]
    run: tuple[np.ndarray, np.ndarray]


def make(rows: int, seed: int = 1) -> Data:
    """Draw an archive: Zipf-like types and places, 40 years, two thirds as many persons as acts, most with one act."""
    rng = np.random.default_rng(seed)

    def skewed(size: int, unknown: float) -> np.ndarray:
        weights = 1 / np.arange(1, size + 1) ** 1.1
        codes = rng.choice(rng.permutation(size) + 1, rows, p=weights / weights.sum())
        return np.where(rng.random(rows) < unknown, 0, codes)

    persons = 2 * rows // 3
    crowd = (rng.pareto(1.2, rows) * persons / 50).astype(np.int64) % persons
    day = np.datetime64("1984-01-01", "D").astype(np.int64) + rng.integers(0, 40 * 365, rows)
    precise = rng.random(rows)
    length = np.where(precise < 0.5, 0, np.where(precise < 0.9, 364, 4000))
    known = rng.random(rows) > 0.08
    people = np.where(rng.random(rows) < 0.55, rng.integers(0, persons, rows), crowd)
    columns = {
        "id": np.arange(1, rows + 1),
        "compartment": rng.choice([1, 2, 3, 4, 5, 6], rows, p=[0.5, 0.2, 0.1, 0.1, 0.05, 0.05]),
        "type": skewed(len(TYPES) - 1, 0.01),
        "place": skewed(len(PLACES) - 1, 0.15),
        "low": np.where(known, day, OPEN_LOW),
        "high": np.where(known, day + length, OPEN_HIGH),
        "source_kind": skewed(12, 0.0),
        "sex": np.where(rng.random(rows) < 0.1, 0, 1 + (rng.random(rows) < 0.35)),
        "agency": skewed(len(AGENCY) - 1, 0.3),
        "status": skewed(6, 0.2),
        "victim": 10_000_000_000 + people,
        "victim_kind": np.where(people % 40 == 0, 2, 1),
        "incident": 20_000_000_000 + rng.integers(0, rows // 2, rows),
        "source": 30_000_000_000 + rng.integers(0, max(rows // 30, 1), rows),
        "episode": np.where(rng.random(rows) < 0.1, 40_000_000_000 + rng.integers(0, rows // 40, rows), -1),
        "tellings": rng.integers(1, 4, rows),
        "stance": rng.choice([1, 2, 4], rows, p=[0.98, 0.01, 0.01]),
    }
    first = rng.integers(1, 13, rows)
    second = np.where(rng.random(rows) < 0.4, rng.integers(1, 13, rows), 0)
    counts = (second > 0).astype(np.int64) + (first > 2)
    pairs = np.stack((np.where(first > 2, first, 0), second), axis=1).ravel()
    joined = rng.permutation(rows)[: rows // 3] + 1
    return Data(columns, (counts, pairs[pairs > 0]), (joined, np.sort(joined)[np.arange(len(joined)) // 3 * 3]))


def frame_of(data: Data) -> Frame:
    """The frame, with one run that joins a third of the acts by threes."""
    frame = Frame("acts", FIELDS.values(), ACT_UNITS)
    given = {name: values for name, values in data.columns.items() if name not in ("id", "low", "high")}
    given |= {"period": (data.columns["low"], data.columns["high"]), "evidence": data.evidence}
    frame.upsert(data.columns["id"], given, change=1)
    records, clusters = data.run
    order = np.argsort(records)
    frame.resolve(RUN, records[order], clusters)
    return frame


def database_of(data: Data) -> duckdb.DuckDBPyConnection:
    """DuckDB with the same rows and the roll-ups ready-made."""
    con = duckdb.connect(config={"threads": 1})
    columns = data.columns
    decade = columns["low"].astype("M8[D]").astype("M8[Y]").astype(np.int64) // 10
    high = columns["high"].astype("M8[D]").astype("M8[Y]").astype(np.int64) // 10
    decade = np.where(columns["low"] == OPEN_LOW, 0, np.where(decade == high, decade + 200, 1)).astype(np.uint8)
    counts, values = data.evidence
    ready = {  # noqa: F841 -- DuckDB reads the variable by name
        **{name: values.astype(np.int64) for name, values in columns.items() if name in ("id", "victim", "source")},
        **{name: columns[name].astype(np.int32) for name in ("low", "high")},
        **{
            name: columns[name].astype(np.uint16)
            for name in ("compartment", "type", "place", "source_kind", "sex", "agency", "victim_kind")
        },
        "type1": TYPES.rollup(1)[columns["type"]].astype(np.uint8),
        "place1": PLACES.rollup(1)[columns["place"]].astype(np.uint16),
        "decade": decade,
    }
    con.execute("create table acts as select * from ready")
    pairs = {"id": np.repeat(columns["id"], counts), "term": values.astype(np.uint8)}  # noqa: F841
    con.execute("create table evidence as select * from pairs")
    return con


def clock(task: Callable[[], object], times: int) -> list[float]:
    """CPU milliseconds of each of several runs, after one that is not counted."""
    task()
    found = []
    for _ in range(times):
        start = time.process_time()
        task()
        found.append((time.process_time() - start) * 1e3)
    return found


def line(
    what: str,
    ours: Callable[[], object],
    theirs: Callable[[], object] | None = None,
    limit: float = 0,
    promised: str = "",
) -> None:
    """Print median and p95 of 20 runs, DuckDB's median of 5, and how many times as long it takes.

    What is `promised` is noted: p95 within the limit, and never slower than DuckDB.
    """
    mine = clock(ours, 20)
    p95 = sorted(mine)[18]
    if promised and limit:
        summary.note(f"{promised}, p95 CPU", limit, p95, " ms")
    text = f"{what:58} {statistics.median(mine):8.2f} {p95:8.2f}"
    if theirs is not None:
        peer = statistics.median(clock(theirs, 5))
        if promised:
            times = statistics.median(mine) / peer
            summary.note(f"{promised}, against DuckDB", 1, times, "x", f"bare DuckDB, {peer:.1f} ms")
        text += f" {peer:9.1f} {peer / statistics.median(mine):7.1f}x"
    else:
        text += " " * 19
    print(text + (f"   {'met' if p95 <= limit else 'MISSED'} ({limit:g} ms)" if limit else ""))


def measure(rows: int) -> None:
    """Print the figures for one size."""
    data = make(rows)
    start = time.perf_counter()
    frame = frame_of(data)
    built = time.perf_counter() - start
    con = database_of(data)
    held = sum(array.nbytes for array in frame.buffers()[0].values())
    index = sum(12 * len(view.ids) for view in frame.snapshot().columns.values() if hasattr(view, "ids")) + 12 * rows
    print(f"\n{rows:,} act rows: built and resolved in {built:.2f} s, {held / rows:.0f} bytes a row in columns")
    print(f"and {index / rows:.0f} in id indexes; peak memory of this process with DuckDB's copy")
    print(f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")
    print(f"{'CPU ms, 1 thread':58} {'median':>8} {'p95':>8} {'DuckDB':>9} {'ratio':>8}")

    query = Query("acts")
    narrowed = query.narrowed(Condition("source_kind", Op.IN, ("s0", "s1", "s2", "s5", "s7")))
    resolved = Query("acts", resolution=RUN)
    seen = "compartment in (1, 2, 3, 5)"
    few = f"{seen} and source_kind in (1, 2, 3, 6, 8)"
    cube = "type1, decade, place1"
    large = rows > 1_000_000

    def touch() -> None:
        frame.upsert(np.array([5]), {"status": np.array([int(time.perf_counter_ns()) % 6])})

    def sql(text: str) -> Callable[[], object]:
        return lambda: con.execute(text).fetchnumpy()

    table = sql(f"select {cube}, count(*) from acts where {seen} group by all")
    line(
        "table of 3 dimensions, mask",
        lambda: crosstab(frame, query, MASK, DIMS),
        table,
        60 if large else 0,
        f"table of three dimensions, mask, {rows:,}",
    )
    line(
        "  with a filter",
        lambda: crosstab(frame, narrowed, MASK, DIMS),
        sql(f"select {cube}, count(*) from acts where {few} group by all"),
        60 if large else 0,
    )
    line("  just after an edit", lambda: (touch(), crosstab(frame, query, MASK, DIMS)), table, 60 if large else 0)
    line("  of resolved acts", lambda: crosstab(frame, resolved, MASK, DIMS), None, 60 if large else 0)
    line("  by evidence (multiple response)", lambda: crosstab(frame, query, MASK, ["type:1", "evidence"]))
    line("  by evidence, of resolved acts", lambda: crosstab(frame, resolved, MASK, ["type:1", "evidence"]))

    def edit() -> None:
        ids = np.array([5])
        frame.upsert(ids, {"evidence": (np.array([1]), np.array([1 + time.perf_counter_ns() % 12]))})

    line("  just after an edit to evidence", lambda: (edit(), crosstab(frame, resolved, MASK, ["type:1", "evidence"])))
    people = f"from acts where {seen} and victim_kind = 1 group by"
    line(
        "distinct persons, 3 dimensions, mask, all totals",
        lambda: crosstab(frame, query, MASK, DIMS, "victims"),
        sql(f"select {cube}, count(distinct victim) {people} all"),
        150 if large else 0,
        f"distinct persons, three dimensions, mask, {rows:,}",
    )
    line(
        "  just after an edit",
        lambda: (touch(), crosstab(frame, query, MASK, DIMS, "victims")),
        None,
        150 if large else 0,
        f"distinct persons just after an edit, {rows:,}",
    )
    line(
        "  the same, DuckDB working out the totals too (cube)",
        lambda: crosstab(frame, query, MASK, DIMS, "victims"),
        sql(f"select {cube}, count(distinct victim) {people} cube ({cube})"),
    )
    line("  of resolved acts", lambda: crosstab(frame, resolved, MASK, DIMS, "victims"), None, 150 if large else 0)
    line("resolved episodes", lambda: crosstab(frame, resolved, MASK, DIMS, "episodes"))
    line("contradictions of resolved acts", lambda: crosstab(frame, resolved, MASK, ["conflict"]))
    line("distinct sources of resolved acts", lambda: crosstab(frame, resolved, MASK, DIMS, "sources"))

    def search(asked: Query) -> None:
        snapshot = frame.snapshot()
        page(select(snapshot, asked, MASK), sort=("-period",))
        facets(snapshot, asked, MASK, FACETS)

    grouped = [
        f"select {name}, count(*) from acts where {{}} group by all" for name in ("type", "place", "decade", "sex")
    ]
    grouped += ["select source_kind, count(*) from acts where {} group by all"]
    grouped += ["select term, count(*) from evidence join acts using (id) where {} group by all"]
    grouped += ["select id from acts where {} order by low desc, id limit 50"]

    def duck(where: str) -> Callable[[], object]:
        return lambda: [con.execute(text.format(where)).fetchnumpy() for text in grouped]

    line("six facets and page 1 of 50, newest first", lambda: search(query), duck(seen), 60 if large else 5)
    line("  with a filter", lambda: search(narrowed), duck(few), 60 if large else 5)
    line("  just after an edit", lambda: (touch(), search(query)), duck(seen), 60 if large else 5)
    line("  of resolved acts", lambda: search(resolved), None, 60 if large else 5)
    victims = Query("victims")
    line("six facets counted in distinct persons", lambda: facets(frame, victims, MASK, FACETS))
    line(
        "page 1,000 of 50 by type, then period", lambda: page(select(frame, query, MASK), ("type", "period"), 50, 1000)
    )
    line("everything visible (mask ALL): table", lambda: crosstab(frame, query, Mask(ALL, MASK.classes), DIMS))

    def upsert() -> None:
        ids = np.array([17, rows + 1])
        frame.upsert(ids, {"compartment": np.array([1, 1]), "type": np.array([3, 4]) + int(time.time_ns() % 90)})

    line("one edit and its snapshot", lambda: (upsert(), frame.snapshot()))
    file = io.BytesIO()
    line("snapshot file written", lambda: (file.seek(0), dump(frame, file)), None, 1000 if large else 0)
    line(
        "snapshot file read",
        lambda: (file.seek(0), load(file, "acts", FIELDS.values(), ACT_UNITS)),
        None,
        1000 if large else 0,
    )
    print(f"snapshot file: {file.getbuffer().nbytes / 1e6:,.0f} MB")


def main() -> None:
    """Run at three sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, action="append", help="sizes to measure; 10,000, 100,000 and 1.5 million if not given"
    )
    for rows in parser.parse_args().rows or (10_000, 100_000, 1_500_000):
        measure(rows)


if __name__ == "__main__":
    main()
