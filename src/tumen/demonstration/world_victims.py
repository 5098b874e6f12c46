"""Who suffered what: recorded victims with their families, and the published numbers of acts dealt out to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .capture import STRATA, draw_stratum
from .data_files import act_kinds, shares
from .plan import Plan
from .quotas import deal, largest_remainder, spread
from .truth import FEMALE, I8, I32, MALE, Bits, Flags

TRAFFICKED = STRATA.index("trafficked")
REPATRIATED = STRATA.index("repatriated")
DEAD = STRATA.index("dead")


@dataclass(slots=True)
class Cast:
    """The recorded victims, stratum by stratum, family by family."""

    stratum: I8
    cluster: I32
    history: Bits
    never: dict[str, int]
    sex: I8
    sex_known: Flags


def draw_cast(plan: Plan, rng: np.random.Generator) -> Cast:
    """Draw the victims of each stratum until as many are recorded as the plan says. Sex is dealt later."""
    strata, clusters, histories = [], [], []
    never: dict[str, int] = {}
    offset = 0
    for number, name in enumerate(STRATA):
        drawn = draw_stratum(name, int(plan.strata[number]), rng)
        never[name] = drawn.never
        histories.append(drawn.history)
        clusters.append(drawn.cluster + np.int32(offset))
        offset += int(drawn.cluster.max(initial=-1)) + 1
        strata.append(np.full(len(drawn.history), number, dtype=np.int8))
    n = sum(map(len, strata))
    return Cast(
        stratum=np.concatenate(strata),
        cluster=np.concatenate(clusters),
        history=np.concatenate(histories),
        never=never,
        sex=np.zeros(n, dtype=np.int8),
        sex_known=np.ones(n, dtype=np.bool_),
    )


def deal_acts(plan: Plan, cast: Cast, rng: np.random.Generator) -> tuple[I8, I32]:
    """Give every act of the plan a victim: (kind, victim) of each act, in no order.

    Every victim gets one act of a kind that defines her stratum; the other acts go to strata in the proportions of
    acts.csv. Acts done to groups get victims numbered from len(cast.stratum). Deals the victims' sex on the way,
    because some kinds of acts are done to women only.
    """
    kinds = act_kinds()
    left = plan.kinds - plan.groups
    members = [np.flatnonzero(cast.stratum == number) for number in range(len(STRATA))]
    dealt: list[tuple[int, NDArray[np.int64]]] = []

    for number, stratum in enumerate(STRATA):
        chosen = [n for n, kind in enumerate(kinds) if kind.primary == stratum]
        weights = [kinds[n].primary_share * float(left[n]) for n in chosen]
        counts = largest_remainder(len(members[number]), weights)
        # By family in random order: a family or crossing group mostly went through the same.
        order = members[number][np.argsort(rng.random(int(cast.cluster.max()) + 1)[cast.cluster[members[number]]])]
        for n, part in zip(chosen, np.split(order, np.cumsum(counts)[:-1]), strict=True):
            dealt.append((n, part))
            left[n] -= len(part)
    if (left < 0).any():
        raise ValueError(f"an archive of {plan.acts} acts is too small to give every victim an act")

    def share_out(women: bool) -> None:
        known_women = (cast.sex == FEMALE) & cast.sex_known
        for n, kind in enumerate(kinds):
            if kind.women != women or not left[n]:
                continue
            counts = largest_remainder(int(left[n]), [weight for _, weight in kind.extra])
            for (stratum, _), count in zip(kind.extra, counts.tolist(), strict=True):
                holders = members[STRATA.index(stratum)]
                dealt.append((n, spread(count, holders[known_women[holders]] if women else holders, rng)))

    share_out(women=False)
    _deal_sex(cast, dealt, rng)
    share_out(women=True)

    groups = np.repeat(np.arange(len(kinds)), plan.groups)
    kind_of = np.concatenate([np.full(len(part), n) for n, part in dealt] + [groups]).astype(np.int8)
    first_group = len(cast.stratum)
    victim = np.concatenate([part for _, part in dealt] + [first_group + np.arange(len(groups))]).astype(np.int32)
    return kind_of, victim


def _deal_sex(cast: Cast, dealt: list[tuple[int, NDArray[np.int64]]], rng: np.random.Generator) -> None:
    """Set sex so that the shares of trafficking, repatriation and of all victims come out as published."""
    kinds = act_kinds()
    published = shares()
    n = len(cast.stratum)

    def acts_of(figures: tuple[str, ...]) -> NDArray[np.int64]:
        parts = [part for number, part in dealt if kinds[number].figure in figures]
        return np.bincount(np.concatenate(parts), minlength=n)

    trafficked, repatriated = cast.stratum == TRAFFICKED, cast.stratum == REPATRIATED
    acts, women = np.sum(list(published["trafficking_ages"].values()), axis=0)
    share = float(women) / float(acts)
    cast.sex[trafficked] = deal(acts_of(("L3",))[trafficked], [share, 1 - share], rng)

    returns = acts_of(("M1", "M2"))
    wanted = published["other_shares"]["repatriated_women"] / 100 * returns.sum()
    women_left = wanted - returns[trafficked & (cast.sex == FEMALE)].sum()
    of_returns = float(np.clip(women_left / max(1, returns[repatriated].sum()), 0, 1))
    cast.sex[repatriated] = deal(returns[repatriated], [of_returns, 1 - of_returns], rng)

    rest = ~(trafficked | repatriated)
    men = published["other_shares"]["victims_men"] / 100 * n - (~rest & (cast.sex == MALE)).sum()
    women_rest = published["other_shares"]["victims_women"] / 100 * n - (~rest & (cast.sex == FEMALE)).sum()
    unknown = max(0.0, int(rest.sum()) - men - women_rest)
    label = deal(np.ones(int(rest.sum())), np.clip([women_rest, men, unknown], 0, None), rng)
    cast.sex_known[rest] = label < 2
    cast.sex[rest] = np.where(label < 2, label, rng.integers(0, 2, size=len(label)))
