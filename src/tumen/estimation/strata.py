"""Totals over strata: sums of joint draws, never of limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadTable
from tumen.estimation.people import People
from tumen.estimation.registry import Settings, run
from tumen.estimation.results import Estimate, FromDraws, Interval, Outcome, Refusal, mean_weights, spread
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

DRAWS = 4_000
IMPUTATIONS = 10
IMPUTED = "imputations"  # the entry of the diagnostics that says how many blocks the draws of a stratum come in


@dataclass(frozen=True)
class Total:
    """The sum over strata. When a stratum was refused, `is_at_least` says that the total is a floor: the refused
    strata enter with the people recorded in them only, and `refused` names them."""

    N: float
    n: int
    draws: NDArray[np.float64]
    refused: tuple[str, ...]
    seed: int

    @property
    def is_at_least(self) -> bool:
        """Whether the true total must be larger than this, because a stratum has no estimate."""
        return bool(self.refused)

    def interval(self, level: float = 0.95) -> Interval:
        """Equal-tailed limits of the summed draws; no upper limit when a stratum was refused."""
        found = FromDraws(self.draws)(level)
        return replace(found, upper=float("inf"), note=say("stratum_without_estimate")) if self.refused else found


def total(strata: Mapping[str, Outcome], seed: int = 1) -> Total:
    """Add up strata, independent given who is in which: each stratum's draws are shuffled and added draw by draw, those
    of imputed strata within each imputation. An estimate without draws enters with its point."""
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, len(strata)])))
    draws, point, recorded, refused = np.zeros(DRAWS), 0.0, 0, []
    for name, outcome in sorted(strata.items()):
        recorded += outcome.n
        if isinstance(outcome, Refusal):
            refused.append(name)
            point += outcome.n
            draws += outcome.n
            continue
        point += outcome.N
        draws += _shuffled(outcome, stream)
    return Total(point, recorded, draws, tuple(refused), seed)


def _shuffled(outcome: Estimate, stream: np.random.Generator) -> NDArray[np.float64]:
    """Draws of a stratum in random order; within the block of their imputation, as whoever is imputed to one stratum is
    not in another."""
    if not outcome.draws.size:
        return np.full(DRAWS, outcome.N)
    blocks = int(outcome.diagnostics.get(IMPUTED, 1))
    return np.concatenate([stream.choice(block, DRAWS // blocks) for block in np.split(outcome.draws, blocks)])


def by_strata(table: CaptureTable, method: str, settings: Settings) -> dict[str, Outcome]:
    """Run a method in each stratum of a table made with `from_individuals(..., strata=)`.

    People of unknown stratum are given one at random, ten times over: with the frequencies of the strata among people
    of the same pattern of capture (all people where nobody of the pattern has one), themselves drawn anew each time
    (the Bayesian bootstrap, Rubin 1981). Each stratum's draws are pooled over the ten tables, as many from each; a
    stratum that is refused in one of them is refused. Raises `BadTable` without strata.
    """
    people = table.people
    if people is None or people.stratum is None or not people.strata:
        raise BadTable("The table has no strata. Make it with from_individuals(..., strata=).")
    if (people.stratum >= 0).all():
        return {str(name): run(method, part, settings) for name, part in table.by_stratum().items()}
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([settings.seed, people.pattern.size])))
    runs: dict[str, list[Outcome]] = {name: [] for name in people.strata}
    for _ in range(IMPUTATIONS):
        filled = replace(table, people=replace(people, stratum=_imputed(people, stream)))
        for name, part in filled.by_stratum().items():
            runs[str(name)].append(run(method, part, settings))
    return {name: _pooled(outcomes) for name, outcomes in runs.items()}


def _imputed(people: People, stream: np.random.Generator) -> NDArray[np.int64]:
    assert people.stratum is not None
    stratum = people.stratum.copy()
    size = len(people.strata)
    everybody = np.bincount(stratum[stratum >= 0], minlength=size).astype(float)
    for pattern in np.unique(people.pattern[stratum < 0]):
        here = people.pattern == pattern
        known = np.bincount(people.stratum[here & (people.stratum >= 0)], minlength=size).astype(float)
        share = stream.gamma(known if known.sum() else everybody)
        unknown = here & (people.stratum < 0)
        stratum[unknown] = stream.choice(size, int(unknown.sum()), p=share / share.sum())
    return stratum


def _pooled(outcomes: list[Outcome]) -> Outcome:
    estimates = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    refusal = next((outcome for outcome in outcomes if isinstance(outcome, Refusal)), None)
    if refusal is not None:
        return refusal
    draws = np.concatenate([spread(each, DRAWS // len(estimates)) for each in estimates])
    return replace(
        estimates[0],
        N=float(np.mean([each.N for each in estimates])),
        n=round(float(np.mean([each.n for each in estimates]))),
        draws=draws,
        rule=FromDraws(draws),
        models=mean_weights(estimates),
        diagnostics={IMPUTED: len(estimates), "points": tuple(each.N for each in estimates)},
        certificate=None,
        warnings=(*estimates[0].warnings, say("strata_imputed", times=len(estimates))),
    )
