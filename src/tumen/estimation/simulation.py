"""Tables whose truth is known: a scenario of a population and its lists, and tables drawn from it.

The only populations of known size are made ones. A scenario says how the lists depend on each other, how people differ,
how they are recorded together and how linkage fails, so that a method is judged where its assumption
holds and where not.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadPlan
from tumen.estimation.people import People
from tumen.estimation.table import CaptureTable

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_NODES = 31  # of the quadrature over how easily people are recorded
_SETTLED = 1e-12


@dataclass(frozen=True)
class Scenario:
    """A population and its lists.

    Attributes:
        people: how many people there are (the truth).
        capture: the chance of being on each list, averaged over those who can be recorded.
        pair_odds: odds ratios of pairs of lists, given the others and the person ("A B": 3.0); 1 where not named.
        heterogeneity: standard deviation, on the logit scale, of how easily a person is recorded by all lists.
        cluster_mean: mean size of the events or families through which people are recorded; 1 is each alone.
        together: the chance that a member of a cluster has the cluster's pattern of capture and not one of her own.
        missed_links: the chance that a person on several lists stands there as two people.
        unreachable: the share of people who have no chance of being on any list.
        never_together: groups of lists that nobody can be on together.
        replicates, seed: how many tables, and the seed from which they are drawn.
    """

    people: int
    capture: Mapping[str, float]
    pair_odds: Mapping[str, float] = field(default_factory=dict)
    heterogeneity: float = 0.0
    cluster_mean: float = 1.0
    together: float = 1.0
    missed_links: float = 0.0
    unreachable: float = 0.0
    never_together: tuple[tuple[str, ...], ...] = ()
    replicates: int = 200
    seed: int = 1
    name: str = ""

    def __post_init__(self) -> None:
        if self.people < 1 or self.replicates < 1:
            raise BadPlan("A scenario needs at least one person and one replicate.")
        if not 2 <= len(self.capture) <= 10:
            raise BadPlan(f"A scenario has 2 to 10 lists, this has {len(self.capture)}.")
        for name, chance in self.capture.items():
            if not 0 < chance < 1:
                raise BadPlan(f"The chance of being on list {name} must lie between 0 and 1, not {chance}.")
        for pair, odds in self.pair_odds.items():
            if len(pair.split()) != 2 or not set(pair.split()) <= set(self.capture) or not odds > 0:
                raise BadPlan(f"The odds ratio {pair!r} = {odds} must be a positive number for two of the lists.")
        shares = {name: getattr(self, name) for name in ("together", "missed_links", "unreachable")}
        for name, share in shares.items():
            if not 0 <= share <= 1 or (name == "unreachable" and share == 1):
                raise BadPlan(f"{name} is a share between 0 and 1, not {share}.")
        if self.heterogeneity < 0 or self.cluster_mean < 1:
            raise BadPlan("heterogeneity is 0 or more, cluster_mean 1 or more.")
        for group in self.never_together:
            if len(group) < 2 or not set(group) <= set(self.capture):
                raise BadPlan(f"never_together must name two of the lists or more, not {', '.join(group)}.")

    @classmethod
    def from_toml(cls, path: Path | str) -> Self:
        """Read a scenario. Raises `BadPlan`, naming what is wrong, and `OSError`."""
        try:
            told: dict[str, Any] = tomllib.loads(Path(path).read_text("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise BadPlan(f"{Path(path).name} is not TOML: {error}.") from error
        unknown = [key for key in told if key not in cls.__dataclass_fields__]
        if unknown:
            raise BadPlan(
                f"The scenario has the unknown field {unknown[0]}; there are {', '.join(cls.__dataclass_fields__)}."
            )
        for key in ("people", "capture"):
            if key not in told:
                raise BadPlan(f"The scenario lacks {key}.")
        if "never_together" in told:
            told["never_together"] = tuple(tuple(group) for group in told["never_together"])
        try:
            return cls(**told)
        except (TypeError, AttributeError) as error:
            raise BadPlan(f"A field of the scenario is of the wrong kind: {error}.") from error

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists, in the order of `capture`."""
        return tuple(self.capture)

    @cached_property
    def cells(self) -> Floats:
        """The chance of each pattern of capture, by mask, for a person who can be recorded.

        The log-linear main effects are solved for so that the margins are `capture` while the odds ratios stay.
        """
        lists = len(self.lists)
        masks = np.arange(1 << lists)
        inside = (masks[:, None] >> np.arange(lists) & 1).astype(float)
        fixed = np.zeros(masks.size)
        for pair, odds in self.pair_odds.items():
            both = self._mask(pair.split())
            fixed[masks & both == both] += np.log(odds)
        for group in self.never_together:
            both = self._mask(group)
            fixed[masks & both == both] = -np.inf
        nodes, weights = np.polynomial.hermite_e.hermegauss(_NODES)
        weights = weights / weights.sum()
        shift = self.heterogeneity * nodes[:, None] * inside.sum(1)
        wanted = np.array(list(self.capture.values()))
        effects = np.log(wanted / (1 - wanted))
        for _ in range(500):
            powers = np.exp(fixed + shift + inside @ effects)
            cells: Floats = weights @ (powers / powers.sum(1, keepdims=True))
            margins = cells @ inside
            step = np.log(wanted / (1 - wanted)) - np.log(margins / (1 - margins))
            effects = effects + step
            if float(np.abs(step).max()) < _SETTLED:
                break
        else:
            raise BadPlan("No population has these chances together with these odds ratios and impossible groups.")
        return cells

    def _mask(self, names: Any) -> int:
        return sum(1 << self.lists.index(name) for name in names)


@dataclass(frozen=True)
class Simulated:
    """Tables drawn from a scenario; `truth` is the number of people, those no list could reach included."""

    scenario: Scenario

    @property
    def truth(self) -> int:
        """How many people there are."""
        return self.scenario.people

    def __len__(self) -> int:
        return self.scenario.replicates

    def __iter__(self) -> Iterator[CaptureTable]:
        for number in range(self.scenario.replicates):
            yield self.table(number)

    def table(self, number: int) -> CaptureTable:
        """One table by its number; the same number gives the same table."""
        scenario = self.scenario
        stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([scenario.seed, number])))
        reachable = int(stream.binomial(scenario.people, 1 - scenario.unreachable))
        impossible = frozenset(np.flatnonzero(scenario.cells == 0).tolist())
        if scenario.cluster_mean == 1:
            counts = stream.multinomial(reachable, scenario.cells).astype(np.int64)
            counts = _missed(counts, scenario.missed_links, stream)
            counts[0] = 0
            return CaptureTable(scenario.lists, counts, impossible)
        pattern, cluster = _clustered(scenario, reachable, stream)
        pattern, cluster = _missed_people(pattern, cluster, scenario.missed_links, stream)
        seen = pattern > 0
        people = People(pattern[seen], np.unique(cluster[seen], return_inverse=True)[1].astype(np.int64))
        return CaptureTable(scenario.lists, people.counts(1 << len(scenario.lists)), impossible, people)


def simulate(scenario: Scenario) -> Simulated:
    """The tables of a scenario, drawn one by one as they are asked for."""
    _ = scenario.cells  # a scenario that no population can have fails here
    return Simulated(scenario)


def _clustered(scenario: Scenario, reachable: int, stream: np.random.Generator) -> tuple[Ints, Ints]:
    """Patterns and clusters of people in clusters of 1 + Poisson members."""
    sizes = 1 + stream.poisson(scenario.cluster_mean - 1, reachable)
    cluster = np.repeat(np.arange(reachable), sizes)[:reachable]
    of_cluster = stream.choice(scenario.cells.size, int(cluster[-1]) + 1, p=scenario.cells)
    own = stream.choice(scenario.cells.size, reachable, p=scenario.cells)
    pattern = np.where(stream.random(reachable) < scenario.together, of_cluster[cluster], own)
    return pattern.astype(np.int64), cluster.astype(np.int64)


def _missed(counts: Ints, share: float, stream: np.random.Generator) -> Ints:
    """Split a share of the people on several lists in two: one list's record stands alone."""
    split = counts.copy()
    for mask in range(counts.size):
        held = [j for j in range(counts.size.bit_length() - 1) if mask >> j & 1]
        if len(held) < 2 or share == 0:
            continue
        lost = int(stream.binomial(counts[mask], share))
        split[mask] -= lost
        for j, number in zip(held, stream.multinomial(lost, [1 / len(held)] * len(held)), strict=True):
            split[1 << j] += number
            split[mask & ~(1 << j)] += number
    return split


def _missed_people(pattern: Ints, cluster: Ints, share: float, stream: np.random.Generator) -> tuple[Ints, Ints]:
    alone: list[int] = []
    theirs: list[int] = []
    pattern = pattern.copy()
    for at in np.flatnonzero((pattern & (pattern - 1) != 0) & (stream.random(pattern.size) < share)):
        held = [j for j in range(int(pattern[at]).bit_length()) if pattern[at] >> j & 1]
        lost = 1 << held[int(stream.integers(len(held)))]
        pattern[at] &= ~lost
        alone.append(lost)
        theirs.append(int(cluster[at]))
    return np.append(pattern, alone).astype(np.int64), np.append(cluster, theirs).astype(np.int64)
