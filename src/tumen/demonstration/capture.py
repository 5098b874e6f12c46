"""Who is captured by which list: a population of victims, most of whom no source ever speaks of.

Each victim meets six lists in turn. Her chance of being on one depends on the list, on herself (heterogeneity), on
her family or crossing group (cluster capture: those who lived through it together are recorded together) and on the
lists she is already on: some lists send people on to each other, others avoid those already interviewed. Persons are
drawn until the recorded ones are as many as asked, so the size of the population is known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

STRATA = ("trafficked", "repatriated", "dead", "camp", "abducted", "belief", "other_rights", "banished", "inside")
"""What befell a victim first of all; lists reach the strata unequally."""


@dataclass(frozen=True, slots=True)
class List:
    """One list: its name, the source kinds it holds (full-size counts are the White Paper's), and its chances.

    `base` is the log-odds of capture for an average victim; `own` and `shared` are the standard deviations of the
    personal and of the cluster effect; `after` adds to the log-odds when she is on an earlier list; `reach` does so
    for a stratum.
    """

    key: str
    name: str
    kinds: tuple[str, ...]
    base: float
    own: float
    shared: float
    after: tuple[tuple[str, float], ...] = ()
    reach: tuple[tuple[str, float], ...] = ()


LISTS = (
    List("centre", "Resettlement centre interviews", ("interview",), -1.55, 0.7, 0.9, (), (("abducted", -0.4),)),
    List("snowball", "Snowball interviews", ("interview",), -3.35, 0.8, 1.1, (("centre", 0.8),), (("inside", 0.2),)),
    List(
        "partner",
        "Partner organisation interviews",
        ("interview",),
        -3.6,
        0.8,
        1.0,
        (("centre", -1.0),),
        (("trafficked", 1.0), ("repatriated", 0.4)),
    ),
    List("memoir", "Memoirs and publications", ("memoir",), -4.65, 1.0, 0.6, (("snowball", 0.6),), (("camp", 0.8),)),
    List(
        "press",
        "Press and broadcasts",
        ("article", "press_release", "broadcast"),
        -4.9,
        0.8,
        0.4,
        (("memoir", 1.2),),
        (("dead", 0.5), ("abducted", 0.5)),
    ),
    List(
        "written",
        "Questionnaires, letters and other papers",
        ("questionnaire", "letter", "translated", "other"),
        -5.4,
        0.7,
        0.8,
        (("centre", -0.3), ("partner", 0.5)),
    ),
)
CLUSTER_SIZES = (0.66, 0.19, 0.09, 0.04, 0.02)
"""How many clusters (families, crossing groups) hold 1, 2, 3, 4, 5 victims."""


@dataclass(frozen=True, slots=True)
class Captured:
    """The recorded victims of one stratum, and how many were never recorded.

    `history` holds a bit for each list (bit 0: the first); `cluster` numbers families and crossing groups from 0.
    """

    history: NDArray[np.uint8]
    cluster: NDArray[np.int32]
    never: int


def draw_stratum(stratum: str, wanted: int, rng: np.random.Generator) -> Captured:
    """Draw victims of `stratum`, cluster by cluster, until `wanted` are on at least one list."""
    histories: list[NDArray[np.uint8]] = []
    clusters: list[NDArray[np.int32]] = []
    found = never = made = 0
    while found < wanted:
        batch = max(64, int((wanted - found) * 1.9))
        history, cluster = _draw(stratum, batch, rng)
        recorded = np.flatnonzero(history)
        last = int(recorded[wanted - found - 1]) if len(recorded) >= wanted - found else len(history) - 1
        kept = recorded[recorded <= last]
        histories.append(history[kept])
        clusters.append(cluster[kept] + np.int32(made))
        made += int(cluster[-1]) + 1
        found += len(kept)
        never += last + 1 - len(kept)
    if not histories:
        return Captured(np.empty(0, np.uint8), np.empty(0, np.int32), 0)
    _, renumbered = np.unique(np.concatenate(clusters), return_inverse=True)
    return Captured(np.concatenate(histories), renumbered.astype(np.int32), never)


def _draw(stratum: str, clusters: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    sizes = rng.choice(np.arange(1, 6), size=clusters, p=CLUSTER_SIZES)
    cluster = np.repeat(np.arange(clusters, dtype=np.int32), sizes)
    shared = rng.standard_normal(clusters).astype(np.float32)[cluster]
    own = rng.standard_normal(len(cluster), dtype=np.float32)
    history = np.zeros(len(cluster), dtype=np.uint8)
    for bit, listed in enumerate(LISTS):
        odds = listed.base + dict(listed.reach).get(stratum, 0.0) + listed.own * own + listed.shared * shared
        for earlier, shift in listed.after:
            odds += np.float32(shift) * (history >> list_index(earlier) & 1)
        history |= (rng.random(len(cluster), dtype=np.float32) < 1 / (1 + np.exp(-odds))).astype(np.uint8) << bit
    return history, cluster


def list_index(key: str) -> int:
    """The position (and bit) of the list `key`."""
    return next(number for number, listed in enumerate(LISTS) if listed.key == key)
