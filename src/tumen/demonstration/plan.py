"""How many acts of each kind and how many persons in each role: the published counts, scaled to the size asked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .capture import LISTS, STRATA
from .data_files import act_kinds, shares
from .quotas import Ints, largest_remainder


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of an archive. At full size every count of `shares.toml` holds to the unit.

    `kinds` counts acts by kind, `groups` those of them done to an unnamed group; `roles` counts victims,
    perpetrators, witnesses and others; `source_kinds` counts acts by the kind of source that first tells of them;
    `strata` counts recorded victims.
    """

    acts: int
    kinds: Ints
    groups: Ints
    roles: Ints
    source_kinds: dict[str, int]
    strata: Ints


def make_plan(acts: int) -> Plan:
    """Scale the published counts to `acts` resolved acts; ValueError when that is too few to hold every stratum."""
    if acts < 500:
        raise ValueError(f"a demonstration archive needs at least 500 acts to hold its proportions, not {acts}")
    published = shares()
    kinds = _kinds(acts)
    groups = np.array([round(kind.group * n) for kind, n in zip(act_kinds(), kinds.tolist(), strict=True)])
    persons = round(published["totals"]["persons"] * acts / published["totals"]["acts"])
    roles = largest_remainder(persons, list(published["roles"].values()))
    names = [kind for listed in LISTS for kind in listed.kinds]
    first = largest_remainder(acts, [published["source_kinds"][name] for name in dict.fromkeys(names)])
    strata = np.zeros(len(STRATA), dtype=np.int64)
    for kind, n in zip(act_kinds(), (kinds - groups).tolist(), strict=True):
        if kind.primary and kind.primary != "inside":
            strata[STRATA.index(kind.primary)] += round(kind.primary_share * n)
    strata[STRATA.index("inside")] = roles[0] - strata.sum()
    source_kinds = dict(zip(dict.fromkeys(names), first.tolist(), strict=True))
    return Plan(acts, kinds, groups, roles, source_kinds, strata)


def _kinds(acts: int) -> Ints:
    """Split the acts by right, each right by its published second level, each of those by kind."""
    kinds = act_kinds()
    published = shares()["rights"]
    counts = np.zeros(len(kinds), dtype=np.int64)
    for right, in_right in zip(published, largest_remainder(acts, list(published.values())).tolist(), strict=True):
        figures = list(dict.fromkeys(kind.figure for kind in kinds if kind.right == right))
        members = [[n for n, k in enumerate(kinds) if k.right == right and k.figure == figure] for figure in figures]
        weights = [sum(kinds[n].count for n in group) for group in members]
        for group, in_group in zip(members, largest_remainder(in_right, weights).tolist(), strict=True):
            counts[group] = largest_remainder(in_group, [kinds[n].count for n in group])
    return counts
