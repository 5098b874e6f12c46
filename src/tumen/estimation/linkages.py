"""Uncertainty of linkage: which records are the same person is itself estimated (linkage averaging, Sadinle 2018,
arXiv 1812.09590).

Each sampled resolution of the records gives a table of its own. The whole procedure, model choice included, runs on
each; their draws are pooled. Tables or limits are never averaged: an average table is a table that no resolution gives.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.errors import BadTable
from tumen.estimation.registry import Settings, run
from tumen.estimation.results import Estimate, FromDraws, Outcome, Refusal, RefusalCode, mean_weights, spread
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

_MOST_REFUSED = 0.05
_DRAWS = 2000  # from each table


def combine_linkages(tables: Sequence[CaptureTable], method: str = "bic", settings: Settings | None = None) -> Outcome:
    """Estimate the total over sampled resolutions, one table each, of the same lists.

    The point is the mean of the points, the interval that of the pooled draws (as many from each table), and
    `linkage_share` the share of the draws' variance on the log scale that lies between the tables. Refused when
    more than 5 % of the tables are; fewer are told in a warning, and count as an open upper end.

    Raises `BadTable` for fewer than two tables or tables of different lists, and `UnknownMethod`.
    """
    if len(tables) < 2:
        raise BadTable("Linkage is averaged over two sampled resolutions or more.")
    if any(table.lists != tables[0].lists for table in tables):
        raise BadTable("The tables are of different lists, or order them differently.")
    settings = settings or Settings()
    seeds = np.random.SeedSequence(settings.seed).generate_state(len(tables))
    outcomes = [
        run(method, table, replace(settings, seed=int(seed))) for table, seed in zip(tables, seeds, strict=True)
    ]
    found = [outcome for outcome in outcomes if isinstance(outcome, Estimate)]
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
    if len(refused) > _MOST_REFUSED * len(outcomes) or len(found) < 2:
        return _refusal(method, refused, outcomes, settings)
    drawn = np.stack([spread(outcome, _DRAWS) for outcome in found])
    pooled = np.concatenate([drawn.ravel(), np.full(len(refused) * _DRAWS, np.inf)])
    return replace(
        found[0],
        N=float(np.mean([outcome.N for outcome in found])),
        n=round(float(np.mean([outcome.n for outcome in found]))),
        rule=FromDraws(pooled),
        draws=pooled,
        mc_error=float(np.std([outcome.N for outcome in found], ddof=1) / np.sqrt(len(found))),
        models=dict(sorted(mean_weights(found).items(), key=lambda item: -item[1])),
        linkage_share=_share_between(drawn),
        diagnostics={
            "tables": len(tables),
            "refused": len(refused),
            "points": tuple(outcome.N for outcome in found),
            "recorded": tuple(outcome.n for outcome in found),
        },
        warnings=(*found[0].warnings, *_told(refused, outcomes)),
        seed=settings.seed,
        certificate=None,
    )


def _share_between(drawn: NDArray[np.float64]) -> float:
    """The share of the variance of the logarithms that lies between the rows. The same places in each row are infinite
    in none or left out of all: else a row would be judged by its lower draws."""
    logs = np.log(drawn[:, np.isfinite(drawn).all(axis=0)])
    if not logs.size:
        return math.nan
    whole = float(np.var(logs))
    return float(np.var(logs.mean(axis=1))) / whole if whole > 0 else 0.0


def _told(refused: Sequence[Refusal], outcomes: Sequence[Outcome]) -> tuple[Sentence, ...]:
    if not refused:
        return ()
    counted = {"refused": len(refused), "tables": len(outcomes)}
    return (say("tables_without_estimate", reason=refused[0].reason, **counted),)


def _refusal(method: str, refused: Sequence[Refusal], outcomes: Sequence[Outcome], settings: Settings) -> Refusal:
    codes = [outcome.code for outcome in refused]
    code = max(set(codes), key=codes.count) if codes else RefusalCode.NOT_CONVERGED
    most_often = next((outcome.reason for outcome in refused if outcome.code == code), say("no_admissible_model"))
    reason = say("linkages_refused", refused=len(refused), tables=len(outcomes), reason=most_often)
    return Refusal(method, code, reason, n=outcomes[0].n, lists=outcomes[0].lists, seed=settings.seed)
