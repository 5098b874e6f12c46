"""When and where each act happened: stories put in order, acts joined into incidents, places and units found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .capture import STRATA
from .data_files import act_kinds, places, shares
from .quotas import deal
from .truth import I8, I16, I32, Flags
from .units import tree

PLACE_TYPES = (
    "mss", "camp", "china_detention", "training", "collection", "kyohwaso", "mps_station", "public", "home",
    "buyer_home", "broker_home", "street", "workplace", "school", "hospital", "market", "court", "border", "transit",
    "sea", "venue", "other",
)  # fmt: skip
"""Kinds of places, in the order that numbers them in the truth arrays."""
AGENCIES = ("mss", "mps", "camps", "army", "committee", "cn_police", "other_state", "brokers", "buyers")
PERIODS = ((1950, 1990), (1990, 2000), (2000, 2010), (2010, 2020), (2020, 2024))
"""The years each period runs from and to (not included)."""
IN_CUSTODY = ("beating", "stress_position", "standing", "sexual_violence", "body_search")
"""Acts of the liberty group that are placed so that the published shares by place hold."""
_FACILITIES = ("camp", "kyohwaso", "collection", "china_detention")
_LATE = ("trafficked", "repatriated")


@dataclass(slots=True)
class Places:
    """Where clusters come from and went: home county, county abroad, and other countries, as place indexes."""

    home: I16
    abroad: I16
    third: I16


def day(year: float) -> int:
    """The first day of a year (with a fraction: a day within it), in days since 1970."""
    return int(np.datetime64(f"{int(year):04d}-01-01", "D").astype(int)) + int((year - int(year)) * 365)


def draw_places(clusters: int, rng: np.random.Generator) -> Places:
    """Give each cluster a home county, a county in China and a third country, by the weights of places.csv."""

    def drawn(prefixes: tuple[str, ...], without: tuple[str, ...] = ()) -> I16:
        found = [
            (number, place.weight)
            for number, place in enumerate(places())
            if place.weight and place.code.startswith(prefixes) and not (without and place.code.startswith(without))
        ]
        weights = np.array([weight for _, weight in found])
        numbers = np.array([number for number, _ in found], dtype=np.int16)
        chosen: I16 = numbers[rng.choice(len(numbers), size=clusters, p=weights / weights.sum())]
        return chosen

    return Places(drawn(("KP",)), drawn(("CN",)), drawn(("",), ("KP", "CN")))


def period_shares(kind_counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """The acts wanted by [liberty or other][period or unknown], from the published shares by period."""
    published = shares()
    total = float(kind_counts.sum())
    liberty = float(sum(n for kind, n in zip(act_kinds(), kind_counts.tolist(), strict=True) if kind.right == "V1"))
    chosen, periods, within = published["chosen"], published["periods"], published["liberty_in_period"]
    twenties = chosen["period_2020s"] / 100 * total
    sizes = [
        periods["1990s"] / 100 * total,
        periods["2000s"] / 100 * total,
        periods["2010+"] / 100 * total - twenties,
        twenties,
    ]
    parts = [chosen["liberty_in_1990s"], within["2000s"], within["2010s"], within["2020+"]]
    free = np.array([size * part / 100 for size, part in zip(sizes, parts, strict=True)])
    other = np.array(sizes) - free
    rest = total - sum(sizes)
    unknown = chosen["unknown_period"] / 100 * total / rest
    free_rest, other_rest = liberty - free.sum(), total - liberty - other.sum()
    return np.array(
        [
            [free_rest * (1 - unknown), *free, free_rest * unknown],
            [other_rest * (1 - unknown), *other, other_rest * unknown],
        ]
    )


def deal_periods(
    wanted: NDArray[np.float64], cluster: I32, stratum: I8, liberty: Flags, rng: np.random.Generator
) -> tuple[I8, Flags]:
    """Give each cluster a period, so that acts by period and by liberty or not come out as `wanted`.

    `cluster`, `stratum` and `liberty` are by act. Two shares are solved for, one for clusters whose acts are mostly
    of the liberty group and one for the others; what is over in a cell afterwards are the acts with no date told.
    Returns the period by act and whether its date is ever told.
    """
    n = int(cluster.max()) + 1
    mostly_liberty = np.isin(
        stratum, [STRATA.index(s) for s in ("trafficked", "repatriated", "camp", "abducted", "inside")]
    )
    side_of = np.zeros(n, dtype=np.int8)
    side_of[cluster] = np.where(mostly_liberty, 0, 1)
    late = np.zeros(n)
    late[cluster] = np.isin(stratum, [STRATA.index(s) for s in _LATE]) * 0.5
    weight = np.bincount(cluster, minlength=n)

    cells = np.array([[(liberty == is_liberty)[mostly_liberty == side].sum() for side in (True, False)]
                      for is_liberty in (True, False)], dtype=np.float64)  # fmt: skip
    known = wanted[:, :-1] * (wanted.sum(axis=1) / wanted[:, :-1].sum(axis=1))[:, None]
    aim = known.copy()
    period_of = np.zeros(n, dtype=np.int8)
    sides = [np.flatnonzero((side_of == side) & (weight > 0)) for side in (0, 1)]
    shuffle = int(rng.integers(2**32))
    # Those who crossed lean towards later periods and have acts of both groups, so the first solution is a little off:
    # correct the aim by what was missed, with the same shuffle each time.
    for _ in range(6):
        solved = np.clip(np.linalg.solve(cells, aim), 0, None)
        again = np.random.default_rng(shuffle)
        for side, chosen in enumerate(sides):
            period_of[chosen] = deal(weight[chosen], solved[side], again, late[chosen])
        got = np.array([np.bincount(period_of[cluster[liberty == is_liberty]], minlength=len(PERIODS))
                        for is_liberty in (True, False)])  # fmt: skip
        aim += known - got

    period = period_of[cluster]
    told = np.ones(len(cluster), dtype=np.bool_)
    for row, is_liberty in enumerate((True, False)):
        for column in range(len(PERIODS)):
            cell = np.flatnonzero((period == column) & (liberty == is_liberty))
            over = len(cell) - round(float(wanted[row, column]))
            if over > 0:
                told[rng.choice(cell, size=over, replace=False)] = False
    return period, told


def story_starts(period_of_cluster: I8, rng: np.random.Generator) -> I32:
    """A day within each cluster's period on which its story begins."""
    u = rng.random(len(period_of_cluster))
    # Late in the periods before 2000, early in the 2010s: the famine years and the years just after them are told most.
    shape = np.array([0.5, 0.45, 0.9, 1.5, 1.0])[period_of_cluster]
    start = np.array([day(first) for first, _ in PERIODS])[period_of_cluster]
    stop = np.array([day(last) for _, last in PERIODS])[period_of_cluster]
    started: I32 = (start + (stop - start) * u**shape * 0.97).astype(np.int32)
    return started


def join_incidents(cluster: I32, kind: I8, victim: I32, ordinal: I8, place_type: I8, rng: np.random.Generator) -> I32:
    """Number the incidents: what members of a cluster went through together, and what was done while held.

    Acts are in the order of victims and time. The n-th act of a kind of all members of a cluster is one incident; what
    was done to a victim in the place she had just been put into belongs to the incident of her detention, as a rule.
    """
    kinds = act_kinds()
    key = (cluster.astype(np.int64) * len(kinds) + kind) * 64 + np.minimum(ordinal, 63)
    _, incident = np.unique(key, return_inverse=True)
    held = np.array([k.detention for k in kinds])[kind]
    joins = np.zeros(len(kind), dtype=np.bool_)
    joins[1:] = (victim[1:] == victim[:-1]) & (place_type[1:] == place_type[:-1]) & ~held[1:]
    joins &= rng.random(len(kind)) < 0.7
    start = np.maximum.accumulate(np.where(joins, 0, np.arange(len(kind))))
    joins &= held[start]
    start = np.maximum.accumulate(np.where(joins, 0, np.arange(len(kind))))
    _, renumbered = np.unique(incident[start], return_inverse=True)
    joined: I32 = renumbered.astype(np.int32)
    return joined


def date_incidents(
    incident: I32, cluster: I32, kind: I8, ordinal: I8, start: I32, stop: I32, rng: np.random.Generator
) -> I32:
    """The day of each act: incidents of a cluster follow each other by stage, weeks to months apart.

    `start` and `stop` are by cluster: the first day of its story and the last day of its period.
    """
    stages = np.array([k.stage for k in act_kinds()])
    _, first = np.unique(incident, return_index=True)
    where, stage = cluster[first], stages[kind[first]]
    order = np.lexsort((ordinal[first], stage, where))
    gaps = rng.exponential(45.0, size=len(order)) + 2
    begins = np.flatnonzero(np.r_[True, where[order][1:] != where[order][:-1]])
    gaps[begins] = 0
    running = np.cumsum(gaps)
    since = running - np.repeat(running[begins], np.diff(np.r_[begins, len(order)]))
    when = np.empty(len(order))
    when[order] = since
    days: I32 = np.minimum(start[cluster] + when[incident], stop[cluster] - 1).astype(np.int32)
    return days


def draw_place_types(kind: I8, victim: I32, liberty_total: int, rng: np.random.Generator) -> I8:
    """The kind of place of each act; in the liberty group the published shares by place hold."""
    kinds = act_kinds()
    index = {name: number for number, name in enumerate(PLACE_TYPES)}
    found = np.empty(len(kind), dtype=np.int8)
    for number, act_kind in enumerate(kinds):
        here = np.flatnonzero(kind == number)
        options = [index[name] for name, _ in act_kind.places]
        weights = np.array([weight for _, weight in act_kind.places])
        found[here] = rng.choice(options, size=len(here), p=weights / weights.sum())
    keys = [k.key for k in kinds]
    pool = np.flatnonzero(np.isin(kind, [keys.index(key) for key in IN_CUSTODY]))
    in_custody = np.isin(kind, [n for n, k in enumerate(kinds) if k.detention])
    # What a victim went through after a detention mostly happened in it.
    last = np.maximum.accumulate(np.where(in_custody, np.arange(len(kind)), 0))
    after = np.where(in_custody[last] & (victim[last] == victim), found[last], -1)
    free = np.ones(len(pool), dtype=np.bool_)
    for name, share in shares()["liberty_places"].items():
        missing = round(share / 100 * liberty_total) - int(((found == index[name]) & in_custody).sum())
        keen = rng.random(len(pool)) + (after[pool] == index[name]) - 10 * ~free
        taken = np.argsort(-keen, kind="stable")[: max(0, missing)]
        found[pool[taken]] = index[name]
        free[taken] = False
    # The White Paper counts State security and police interrogation together; a third of what is not plain detention
    # there is put with the police.
    moved = pool[(found[pool] == index["mss"]) & (rng.random(len(pool)) < 1 / 3)]
    found[moved] = index["mps_station"]
    return found


def find_units(
    place: I16, place_type: I8, agency: I8, cluster: I32, abroad: Flags, rng: np.random.Generator
) -> tuple[I16, I16]:
    """The unit that fits each act (-1: none), and the act's county, which is the facility's where it was in one."""
    units = tree()
    n = int(cluster.max()) + 1
    unit = np.full(len(place), -1, dtype=np.int16)
    for name in ("mss", "mps", "committee"):
        here = (agency == AGENCIES.index(name)) & ~abroad
        unit[here] = units.office[name][place[here]]
    for name in _FACILITIES:
        candidates, weights = units.kept[name]
        # One facility of a kind to a cluster: those taken together were held together.
        chosen = candidates[rng.choice(len(candidates), size=n, p=weights)]
        here = place_type == PLACE_TYPES.index(name)
        unit[here] = chosen[cluster[here]]
    ring = np.where(rng.random(n) < 0.5, units.rings[rng.integers(0, len(units.rings), size=n)], -1).astype(np.int16)
    here = agency == AGENCIES.index("brokers")
    unit[here] = ring[cluster[here]]
    inside = np.isin(place_type, [PLACE_TYPES.index(name) for name in _FACILITIES]) & (unit >= 0)
    county: I16 = np.where(inside, units.county[unit], place).astype(np.int16)
    return unit, county
