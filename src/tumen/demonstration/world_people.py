"""Birth, name, fate and family of the victims; the perpetrators and their acts; witnesses and others."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .capture import STRATA
from .data_files import act_kinds, shares
from .names import draw_names
from .quotas import deal
from .truth import FEMALE, GROUP, I8, I16, I32, MALE, OTHER, PERPETRATOR, VICTIM, WITNESS, Persons
from .world_acts import AGENCIES
from .world_victims import DEAD, TRAFFICKED, Cast

FATES = ("south", "china", "north", "dead", "executed", "detained", "missing", "unconfirmed")
CATEGORIES = ("officer", "police", "broker", "buyer")
"""What a perpetrator who can be told apart is."""
_TELLS = dict(zip(STRATA, (0.72, 0.75, 0.0, 0.15, 0.03, 0.5, 0.62, 0.5, 0.55), strict=True))
"""How many victims of each stratum live where they can be interviewed."""


def trafficking_ages(
    cast: Cast, kind: I8, victim: I32, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Age at the start of each victim's story, in years, and whether her age is ever told.

    Among the trafficked the acts by age band hold the published counts; what those leave over is older or untold.
    """
    n = len(cast.stratum)
    age = np.clip(rng.gamma(5.0, 7.0, size=n) + 4, 5, 80).astype(np.int64)
    known = rng.random(n) < 0.8
    published = shares()
    bands = [count for count, _ in published["trafficking_ages"].values()]
    rest = published["level2"]["L3"] - sum(bands)
    here = np.flatnonzero(cast.stratum == TRAFFICKED)
    figures = np.isin(kind, [number for number, k in enumerate(act_kinds()) if k.figure == "L3"])
    weight = np.bincount(victim[figures], minlength=n)[here]
    band = deal(weight, [*bands, rest * 0.4, rest * 0.6], rng)
    low = np.array([14, 20, 30, 40, 17])[band]
    high = np.array([19, 28, 38, 49, 45])[band]
    age[here] = rng.integers(low, high)
    known[here] = band < 4
    return age, known


def build_persons(
    cast: Cast,
    roles: NDArray[np.int64],
    groups: NDArray[np.int64],
    group_clusters: I32,
    start: I32,
    homes: tuple[I16, I16],
    ages: tuple[NDArray[np.int64], NDArray[np.bool_]],
    rng: np.random.Generator,
) -> Persons:
    """All persons and groups as arrays. `start`, and the two `homes` (at home, abroad), are by cluster."""
    victims = len(cast.stratum)
    counts = [victims, *roles[1:].tolist(), len(groups)]
    role = np.repeat(np.array([VICTIM, PERPETRATOR, WITNESS, OTHER, GROUP], dtype=np.int8), counts)
    n = len(role)
    story = np.zeros(n, dtype=np.int32)
    cluster = np.full(n, -1, dtype=np.int32)
    cluster[:victims] = cast.cluster
    cluster[n - len(groups) :] = group_clusters
    mine = cluster >= 0
    story[mine] = start[cluster[mine]]

    sex = rng.integers(0, 2, size=n).astype(np.int8)
    sex[:victims] = cast.sex
    sex_known = np.ones(n, dtype=np.bool_)
    sex_known[:victims] = cast.sex_known
    guilty = role == PERPETRATOR
    men, women = (shares()["other_shares"][f"perpetrators_{which}"] for which in ("men", "women"))
    label = deal(np.ones(int(guilty.sum())), [women, men, 100 - women - men], rng)
    sex[guilty] = np.where(label < 2, label, MALE)
    sex_known[guilty] = label < 2

    age = np.clip(rng.gamma(6.0, 6.0, size=n) + 8, 18, 80).astype(np.int64)
    age[:victims] = ages[0]
    years_since = rng.integers(0, 365, size=n)
    anchor = np.where(mine, story, 11_000)
    born = (anchor - (age * 365.2425).astype(np.int64) - years_since).astype(np.int32)
    age_known = rng.random(n) < 0.5
    age_known[:victims] = ages[1]

    surname, given1, given2 = draw_names(sex, np.zeros(n, dtype=np.bool_), rng)
    # Most of a family carries the family's surname.
    same = mine & (rng.random(n) < 0.75)
    _, first = np.unique(cluster[mine], return_index=True)
    head = np.zeros(int(cluster.max(initial=0)) + 1, dtype=np.int16)
    head[cluster[mine][first]] = surname[mine][first]
    surname[same] = head[cluster[same]]

    stratum = np.full(n, -1, dtype=np.int8)
    stratum[:victims] = cast.stratum
    home, abroad = rng.choice(homes[0], size=n), rng.choice(homes[1], size=n)
    home[mine], abroad[mine] = homes[0][cluster[mine]], homes[1][cluster[mine]]
    tells = np.array([_TELLS[name] for name in STRATA])
    can_tell = np.zeros(n, dtype=np.bool_)
    can_tell[:victims] = rng.random(victims) < tells[cast.stratum]
    return Persons(
        role=role,
        sex=sex,
        sex_known=sex_known,
        born=born,
        age_known=age_known,
        surname=surname,
        given1=given1,
        given2=given2,
        chinese=np.zeros(n, dtype=np.bool_),
        home=home,
        abroad=abroad,
        cluster=cluster,
        stratum=stratum,
        fate=_fates(role, stratum, can_tell, rng),
        can_tell=can_tell,
        story=story,
        category=np.full(n, -1, dtype=np.int8),
    )


def _fates(role: I8, stratum: I8, can_tell: NDArray[np.bool_], rng: np.random.Generator) -> I8:
    """What became of each person: those who tell live in the South, the dead are dead, of most little is known."""
    likely = {"trafficked": "china", "camp": "detained", "abducted": "missing", "repatriated": "north"}
    fate = np.where(rng.random(len(role)) < 0.5, FATES.index("unconfirmed"), FATES.index("north")).astype(np.int8)
    for name, word in likely.items():
        fate[(stratum == STRATA.index(name)) & (rng.random(len(role)) < 0.5)] = FATES.index(word)
    fate[can_tell] = FATES.index("south")
    fate[stratum == DEAD] = FATES.index("dead")
    return fate


def assign_perpetrators(persons: Persons, acts: dict[str, NDArray[Any]], rng: np.random.Generator) -> tuple[I32, I32]:
    """Give acts the perpetrators who can be told apart: (perpetrator, buyer) by act, -1 for none.

    Each perpetrator first gets one act of his own; then he is carried along the later acts of the same unit (an
    officer) or county (a broker), so that one person stands behind several acts in several sources.
    """
    kinds = act_kinds()
    kind, unit, place, when, agency = (acts[name] for name in ("kind", "unit", "place", "day", "agency"))
    guilty = np.flatnonzero(persons.role == PERPETRATOR)
    brokers = np.isin(agency, [AGENCIES.index("brokers")])
    sales = np.flatnonzero(np.array([k.key in ("sale", "forced_marriage") for k in kinds])[kind])
    officers = np.flatnonzero((unit >= 0) & ~brokers)
    n_broker, n_buyer = min(len(guilty) * 3 // 10, len(sales)), min(len(guilty) * 2 // 10, len(sales))
    parts = np.split(rng.permutation(guilty), [n_broker, n_broker + n_buyer])

    perpetrator = np.full(len(kind), -1, dtype=np.int32)
    buyer = np.full(len(kind), -1, dtype=np.int32)
    broker_acts = np.flatnonzero(brokers)
    perpetrator[rng.choice(broker_acts, size=n_broker, replace=False)] = parts[0]
    buyer[rng.choice(sales, size=n_buyer, replace=False)] = parts[1]
    perpetrator[rng.choice(officers, size=len(parts[2]), replace=False)] = parts[2]

    _carry(perpetrator, broker_acts, place, when, 0.3, rng)
    _carry(perpetrator, officers, unit, when, 0.08, rng)
    persons.category[parts[0]] = CATEGORIES.index("broker")
    persons.category[parts[1]] = CATEGORIES.index("buyer")
    persons.category[parts[2]] = CATEGORIES.index("officer")
    _, first = np.unique(perpetrator, return_index=True)
    by_china = first[agency[first] == AGENCIES.index("cn_police")]
    police = perpetrator[by_china]
    persons.category[police[police >= 0]] = CATEGORIES.index("police")
    foreign = np.isin(persons.category, [CATEGORIES.index("police"), CATEGORIES.index("buyer")])
    foreign |= (persons.category == CATEGORIES.index("broker")) & (rng.random(len(foreign)) < 0.4)
    persons.chinese[:] = foreign
    names = draw_names(persons.sex[foreign], np.ones(int(foreign.sum()), dtype=np.bool_), rng)
    persons.surname[foreign], persons.given1[foreign], persons.given2[foreign] = names

    # Some of those who were sold later sold others: a person is role-free.
    extra = broker_acts[(perpetrator[broker_acts] < 0) & (rng.random(len(broker_acts)) < 0.02)]
    trafficked = np.flatnonzero((persons.stratum == TRAFFICKED) & (persons.sex == FEMALE))
    chosen = rng.choice(trafficked, size=len(extra)).astype(np.int32)
    ok = chosen != acts["victim"][extra]
    perpetrator[extra[ok]] = chosen[ok]
    _chain(perpetrator, buyer, np.flatnonzero(np.array([k.key == "sale" for k in kinds])[kind]), acts["victim"])
    return perpetrator, buyer


def _carry(
    perpetrator: I32,
    among: NDArray[np.int64],
    key: NDArray[Any],
    when: I32,
    chance: float,
    rng: np.random.Generator,
) -> None:
    """Carry each perpetrator along later acts with the same key within four years, with the chance given."""
    order = among[np.lexsort((when[among], key[among]))]
    known = perpetrator[order] >= 0
    last = np.maximum.accumulate(np.where(known, np.arange(len(order)), -1))
    source = order[np.maximum(last, 0)]
    near = (last >= 0) & (key[source] == key[order]) & (when[order] - when[source] < 4 * 365)
    near &= ~known & (rng.random(len(order)) < chance)
    perpetrator[order[near]] = perpetrator[source[near]]


def _chain(perpetrator: I32, buyer: I32, sales: NDArray[np.int64], victim: I32) -> None:
    """Whoever sells a victim on is the one who bought her: the buyer of a sale is the seller of the next, where known.

    `sales` are in the order of victims and time. A broker who sold her twice did not buy her between.
    """
    earlier, later = sales[:-1], sales[1:]
    sold_on = victim[earlier] == victim[later]
    earlier, later = earlier[sold_on], later[sold_on]
    open_end = (buyer[earlier] < 0) & (perpetrator[earlier] != perpetrator[later])
    buyer[earlier[open_end]] = perpetrator[later[open_end]]
