"""The fictional world, built before anybody tells of it: persons, acts, families, incidents, captures."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .capture import STRATA
from .data_files import act_kinds
from .noise import Noise
from .plan import Plan, make_plan
from .truth import GROUP, Acts, Truth
from .world_acts import (
    AGENCIES,
    PERIODS,
    PLACE_TYPES,
    date_incidents,
    day,
    deal_periods,
    draw_place_types,
    draw_places,
    find_units,
    join_incidents,
    period_shares,
    story_starts,
)
from .world_people import assign_perpetrators, build_persons, trafficking_ages
from .world_victims import deal_acts, draw_cast


def build_truth(acts: int, seed: int, noise: Noise) -> tuple[Truth, Plan]:
    """Build the true world of `acts` resolved acts. The same arguments give the same arrays."""
    plan = make_plan(acts)
    rng = np.random.default_rng([seed, 1])
    kinds = act_kinds()
    cast = draw_cast(plan, rng)
    kind, victim = deal_acts(plan, cast, rng)

    stages = np.array([k.stage for k in kinds])
    order = np.lexsort((rng.random(len(kind)), stages[kind], victim))
    kind, victim = kind[order], victim[order]
    victims, first_cluster = len(cast.stratum), int(cast.cluster.max()) + 1
    of_group = victim >= victims
    cluster = np.empty(len(kind), dtype=np.int32)
    cluster[~of_group] = cast.cluster[victim[~of_group]]
    cluster[of_group] = first_cluster + (victim[of_group] - victims)
    clusters = int(cluster.max()) + 1
    ordinal = _ordinals(victim, kind)

    liberty = np.array([k.right == "V1" for k in kinds])[kind]
    stratum = np.empty(len(kind), dtype=np.int8)
    stratum[~of_group] = cast.stratum[victim[~of_group]]
    stratum[of_group] = np.where(liberty[of_group], STRATA.index("inside"), STRATA.index("other_rights"))
    period, told = deal_periods(period_shares(plan.kinds), cluster, stratum, liberty, rng)
    period_of_cluster = np.zeros(clusters, dtype=np.int8)
    period_of_cluster[cluster] = period
    start = story_starts(period_of_cluster, rng)
    stop = np.array([day(last) for _, last in PERIODS], dtype=np.int32)[period_of_cluster]

    place_type = draw_place_types(kind, victim, int(liberty.sum()), rng)
    incident = join_incidents(cluster, kind, victim, ordinal, place_type, rng)
    when = date_incidents(incident, cluster, kind, ordinal, start, stop, rng)
    where = draw_places(clusters, rng)
    country = np.array([k.country for k in kinds])[kind]
    place = np.where(country == "KP", where.home[cluster], where.abroad[cluster])
    place = np.where(country == "XX", where.third[cluster], place).astype(np.int16)
    agency = np.array([AGENCIES.index(k.agency) for k in kinds], dtype=np.int8)[kind]
    agency[(place_type == PLACE_TYPES.index("mps_station"))] = AGENCIES.index("mps")
    in_china = place_type == PLACE_TYPES.index("china_detention")
    place[in_china] = where.abroad[cluster[in_china]]
    agency[in_china] = AGENCIES.index("cn_police")
    unit, place = find_units(place, place_type, agency, cluster, country != "KP", rng)

    persons = build_persons(
        cast,
        plan.roles,
        np.flatnonzero(of_group),
        cluster[of_group],
        start,
        (where.home, where.abroad),
        trafficking_ages(cast, kind, victim, rng),
        rng,
    )
    persons.home[persons.role == GROUP] = where.home[cluster[of_group]]
    # Groups are numbered after all persons.
    victim = np.where(of_group, victim - victims + int((persons.role != GROUP).sum()), victim).astype(np.int32)
    by_act: dict[str, NDArray[Any]] = {
        "kind": kind, "unit": unit, "place": place, "day": when, "agency": agency, "victim": victim,
    }  # fmt: skip
    perpetrator, buyer = assign_perpetrators(persons, by_act, rng)
    held = np.array([k.detention for k in kinds])[kind]
    known = Acts(
        victim=victim,
        kind=kind,
        day=when,
        days=_durations(held, when, rng),
        place=place,
        place_type=place_type,
        unit=unit,
        agency=agency,
        perpetrator=perpetrator,
        buyer=buyer,
        incident=incident,
        ordinal=ordinal,
        price=_prices(kind, when, rng),
        date_told=told,
    )
    return Truth(seed, noise, persons, known, int(of_group.sum()), cast.history, cast.never), plan


def _ordinals(victim: NDArray[np.int32], kind: NDArray[np.int8]) -> NDArray[np.int8]:
    """How many acts of the same kind the victim went through before each act (0: none)."""
    order = np.lexsort((np.arange(len(kind)), kind, victim))
    new = np.r_[True, (victim[order][1:] != victim[order][:-1]) | (kind[order][1:] != kind[order][:-1])]
    begins = np.flatnonzero(new)
    count = np.arange(len(kind)) - np.repeat(begins, np.diff(np.r_[begins, len(kind)]))
    ordinal = np.empty(len(kind), dtype=np.int8)
    ordinal[order] = np.minimum(count, 127)
    return ordinal


def _durations(held: NDArray[np.bool_], when: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int16]:
    """How many days each detention lasted, ending before the last year of the archive; 0 for other acts."""
    lasted = np.clip(rng.exponential(120, size=len(when)), 3, 3000)
    days: NDArray[np.int16] = np.where(held, np.minimum(lasted, np.maximum(day(2024) - when, 1)), 0).astype(np.int16)
    return days


def _prices(kind: NDArray[np.int8], when: NDArray[np.int32], rng: np.random.Generator) -> NDArray[np.int32]:
    """Prices of sales in yuan, rising over the years; 0 where nothing was sold."""
    keys = [k.key for k in act_kinds()]
    years = np.clip((when - day(1995)) / 365, 0, 25)
    price = 2500 * np.exp(0.09 * years + 0.5 * rng.standard_normal(len(kind)))
    rounded: NDArray[np.int32] = np.where(kind == keys.index("sale"), (price // 500 + 1) * 500, 0).astype(np.int32)
    return rounded
