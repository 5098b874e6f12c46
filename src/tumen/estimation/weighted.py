"""What the Bayesian methods share: quantiles of weighted values, how far a prior moves an answer, and clusters."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from tumen.estimation.bounds import with_list_effects
from tumen.estimation.resampling import design_effect, one_by_one
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

Floats = npt.NDArray[np.float64]
MOST_MOVED = 0.1  # of the median or the upper limit, by doubling a prior, beyond which the prior decides


def weighted_quantiles(values: Floats, weights: Floats, levels: Sequence[float]) -> Floats:
    """The smallest values whose cumulative weight reaches each level (0 to 1) of the whole."""
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weights[order])
    places = np.searchsorted(reached, np.asarray(levels) * reached[-1])
    found: Floats = values[order][np.minimum(places, len(values) - 1)]
    return found


def moved(before: Floats, after: Floats) -> float:
    """The largest relative change between two summaries, element by element."""
    return float(np.max(np.abs(np.asarray(after) / np.asarray(before) - 1)))


def clusters_told(table: CaptureTable) -> tuple[float | None, tuple[Sentence, ...]]:
    """The design effect (of Chao's bound, whose total is at hand) and the warning that a method which takes people as
    recorded one by one must carry."""
    effect = design_effect(table, lambda support, tables: with_list_effects(support, table.K, tables))
    return effect, (one_by_one(effect),)


def prior_driven(shifts: Mapping[str, float]) -> Sentence | None:
    """What to say when doubling a scale of the prior or a bound, each by name, moved the answer by more than a tenth;
    nothing when none did."""
    moves = tuple(
        say("prior_moves", what=what, shift=shift) if math.isfinite(shift) else say("prior_breaks", what=what)
        for what, shift in shifts.items()
        if not shift <= MOST_MOVED
    )
    return say("prior_decides", moves=moves) if moves else None
