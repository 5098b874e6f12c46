"""Does the archive hold the published figures? Counted from the records, over resolved acts and persons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .archive import FULL_SIZE, Demonstration
from .data_files import act_kinds, codes, shares
from .quotas import largest_remainder
from .rows import Chunk
from .tellings import SOURCE_KINDS
from .truth import ROLES

WITHIN = 1.0
"""Percentage points by which a share may miss the published one."""
_PERIODS = ("before 1990", "1990s", "2000s", "2010s", "2020+", "unknown")
_SEXES = ("female", "male", "unknown")


@dataclass(frozen=True, slots=True)
class Check:
    """One published figure: its id in the table of published figures, the value published (a count scaled to the size
    of the archive, or percent), the value counted, and whether it holds.
    """

    id: str
    published: float
    got: float
    ok: bool


@dataclass(slots=True)
class _Counted:
    """What the first telling says of each act, whether any is direct, and what all records say of each person."""

    kind: NDArray[np.int8]
    source: NDArray[np.int8]
    place: NDArray[np.int8]
    period: NDArray[np.int8]
    direct: NDArray[np.bool_]
    age: NDArray[np.int16]
    victim: NDArray[np.int32]
    sex: NDArray[np.int8]
    role: NDArray[np.int8]
    records: int = 0


def check_figures(archive: Demonstration) -> list[Check]:
    """Compare the records with every published figure the archive is built to. Counts by type and by source type must
    hold exactly (at other sizes: as split by largest remainder); other shares within one percentage point, or within
    three standard errors in archives so small that a point is less than that.
    """
    counted = _count(archive)
    return _exact(counted) + _persons(counted) + _shares(counted)


def _count(archive: Demonstration) -> _Counted:
    acts, persons = len(archive.truth.acts.victim), len(archive.truth.persons.role)

    def blank(n: int) -> NDArray[np.int8]:
        return np.full(n, -1, dtype=np.int8)

    counted = _Counted(
        blank(acts), blank(acts), blank(acts), blank(acts), np.zeros(acts, bool), np.full(acts, -1, dtype=np.int16),
        np.full(acts, -1, dtype=np.int32), np.full(persons, 2, dtype=np.int8), np.full(persons, 9, dtype=np.int8),
    )  # fmt: skip
    for chunk in archive.chunks():
        _take(counted, chunk)
    return counted


def _take(counted: _Counted, chunk: Chunk) -> None:
    tables, acts, parties = chunk.tables, chunk.truth["acts"], chunk.truth["parties"]
    first_party = tables["parties"].first
    counted.records += len(acts)
    fresh = np.zeros(len(acts), dtype=np.bool_)
    fresh[np.unique(acts, return_index=True)[1]] = True
    fresh &= counted.kind[acts] < 0
    new = acts[fresh]

    def numbered(values: list[object], words: list[str]) -> NDArray[np.int8]:
        index = {word: number for number, word in enumerate(words)}
        return np.array([index.get(str(value), -1) for value in values], dtype=np.int8)

    table = tables["acts"]
    victims = np.array(table.column("victim")) - first_party
    counted.kind[new] = numbered(table.column("type"), [kind.code for kind in act_kinds()])[fresh]
    counted.place[new] = numbered(table.column("place_type"), list(codes("place_type").values()))[fresh]
    counted.period[new] = np.array([_period(interval) for interval in table.column("interval")], dtype=np.int8)[fresh]
    ages = [-1 if age is None else age - (reckoning == "korean")
            for age, reckoning in zip(table.column("age"), table.column("age_reckoning"), strict=True)]  # fmt: skip
    counted.age[new] = np.array(ages, dtype=np.int16)[fresh]
    counted.victim[new] = parties[victims[fresh]]
    kinds = numbered(tables["sources"].column("kind"), [codes("source_kind")[kind] for kind in SOURCE_KINDS])
    sources = np.array(tables["codings"].column("source"))[np.array(table.column("coding")) - tables["codings"].first]
    counted.source[new] = kinds[sources - tables["sources"].first][fresh]
    of_acts = [row for row in tables["tellings"].rows if row[0] == "acts"]
    forms = numbered([row[5] for row in of_acts], list(codes("evidence_form").values()))
    counted.direct[acts[np.isin(forms, [0, 1])]] = True

    sexes = numbered(tables["parties"].column("sex"), ["female", "male"])
    told = sexes >= 0
    counted.sex[parties[told]] = sexes[told]
    groups = np.array([kind == "group" for kind in tables["parties"].column("kind")])

    def seen(role: str, rows: Sequence[int | None]) -> None:
        entities = parties[np.array([row for row in rows if row is not None], dtype=np.int64) - first_party]
        counted.role[entities] = np.minimum(counted.role[entities], ROLES.index(role))

    seen("other", (first_party + np.arange(len(parties))).tolist())
    seen("witness", [row[2] for row in tables["tellings"].rows])
    seen("perpetrator", tables["involvements"].column("party"))
    seen("victim", table.column("victim"))
    counted.role[parties[groups]] = ROLES.index("group")


def _period(interval: str | None) -> int:
    """The decade an EDTF date begins in, as an index into `_PERIODS`."""
    if interval is None:
        return 5
    year = int(interval[:3] + interval[3].replace("X", "0"))
    return 0 if year < 1990 else min(4, (year - 1980) // 10)


def _exact(counted: _Counted) -> list[Check]:
    """Counts that hold to the unit."""
    published, kinds, total = shares(), act_kinds(), len(counted.kind)
    right = np.array([kind.right for kind in kinds])[counted.kind]
    figure = np.array([kind.figure for kind in kinds])[counted.kind]
    checks = [_check("W24.T", published["totals"]["acts"] * total / FULL_SIZE, total, 0.5)]
    for number, count in enumerate(largest_remainder(total, list(published["source_kinds"].values())).tolist()):
        checks.append(_check(f"W24.S{number + 1}", count, int((counted.source == number).sum()), 0))
    rights = dict(zip(published["rights"], largest_remainder(total, list(published["rights"].values())), strict=True))
    for name, count in rights.items():
        checks.append(_check(f"W24.{name}", int(count), int((right == name).sum()), 0))
    above = {"L": "V1", "D": "V3", "M": "V2", "B": "V5"}
    for name, count in published["level2"].items():
        of = above[name[0]]
        wanted = int(rights[of]) * count / published["rights"][of]
        got = int(np.isin(figure, ["M1", "M2"] if name == "M1" else [name]).sum())
        # Away from full size a count is split twice, so it may be a unit off its own share.
        checks.append(_check(f"W24.{name}", wanted, got, 0 if total == FULL_SIZE else 1.01))
    return checks


def _persons(counted: _Counted) -> list[Check]:
    """Resolved persons by role and sex."""
    published = shares()
    people = counted.role < ROLES.index("group")
    total = int(people.sum())
    wanted = round(published["totals"]["persons"] * len(counted.kind) / FULL_SIZE)
    checks = [_check("W24.P", wanted, total, 0)]
    counts = published["roles"]
    for number, (role, count) in enumerate(counts.items()):
        share = 100 * count / sum(counts.values())
        mine = 100 * (counted.role == ROLES.index(role)).sum() / total
        checks.append(_share(f"W17.P{number + 1}", share, float(mine), total))
    others = published["other_shares"]
    for label, role in (("victims", "victim"), ("perpetrators", "perpetrator")):
        mine = counted.sex[counted.role == ROLES.index(role)]
        for sex, word in enumerate(("women", "men")):
            got = 100 * float((mine == sex).mean())
            checks.append(_share(f"W09.{label}.{word}", others[f"{label}_{word}"], got, len(mine)))
    return checks


def _shares(counted: _Counted) -> list[Check]:
    """Shares of acts that hold within a percentage point."""
    published, kinds = shares(), act_kinds()
    others = published["other_shares"]
    right = np.array([kind.right for kind in kinds])[counted.kind]
    figure = np.array([kind.figure for kind in kinds])[counted.kind]
    liberty, sold, returned = right == "V1", figure == "L3", np.isin(figure, ["M1", "M2"])
    total = len(counted.kind)
    checks: list[Check] = []

    def add(name: str, wanted: float, of: NDArray[np.bool_], these: NDArray[np.bool_]) -> None:
        base = int(of.sum())
        checks.append(_share(name, wanted, 100 * float((of & these).sum()) / max(1, base), base))

    everything = np.ones(total, dtype=np.bool_)
    add("W09.evidence", others["evidence_direct"], everything, counted.direct)
    add("W24.L4", others["abduction_in_liberty"], liberty, figure == "L4")
    place_types = list(codes("place_type"))
    for name, wanted in published["liberty_places"].items():
        here = ["mss", "mps_station"] if name == "mss" else [name]
        at = np.isin(counted.place, [place_types.index(word) for word in here])
        add(f"W24.PL.{name}", wanted, liberty, at)
    for name, wanted in published["periods"].items():
        these = counted.period == _PERIODS.index(name) if name in _PERIODS else np.isin(counted.period, [3, 4])
        add(f"W17.PE.{name}", wanted, everything, these)
    for name, wanted in published["liberty_in_period"].items():
        add(f"W24.PE.{name}", wanted, counted.period == _PERIODS.index(name), liberty)
    women = counted.sex[counted.victim] == _SEXES.index("female")
    for number, (band, (count, of_women)) in enumerate(published["trafficking_ages"].items()):
        low, _, high = band.partition("-")
        aged = sold & (counted.age >= int(low)) & (counted.age <= int(high))
        add(f"W24.X{number + 1}", 100 * count / published["level2"]["L3"], sold, aged)
        add(f"W24.X{number + 1}.women", 100 * of_women / count, aged, women)
    # Groups have no sex: the share is of acts with one victim.
    single = counted.role[counted.victim] != ROLES.index("group")
    add("W24.M3", others["repatriated_women"], returned & single, women)
    # Published as "68 or more" deaths; as a share of its right like the others.
    life = right == "V3"
    add(
        "W24.D3",
        100 * others["life_2020s"] / published["rights"]["V3"],
        life,
        counted.period == _PERIODS.index("2020+"),
    )
    judicial = figure == "D1"
    add("W24.executions.public", others["executions_in_public"], judicial, counted.place == place_types.index("public"))
    return checks


def _check(name: str, published: float, got: float, within: float) -> Check:
    return Check(name, published, got, abs(published - got) <= within)


def _share(name: str, published: float, got: float, base: int) -> Check:
    error = 300 * (published / 100 * (1 - published / 100) / max(base, 1)) ** 0.5
    return Check(name, published, got, abs(published - got) <= (WITHIN if base >= 4000 else max(WITHIN, error)))
