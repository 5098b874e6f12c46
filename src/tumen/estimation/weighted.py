"""What the Bayesian methods share: quantiles of weighted values, how far a prior moves an answer, and a warning."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tumen.estimation.table import CaptureTable

Floats = npt.NDArray[np.float64]


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


def clustered_warning(table: CaptureTable) -> tuple[str, ...]:
    """What a method that takes people as recorded one by one must say of a table of clusters."""
    if not table.is_clustered:
        return ()
    return ("People were recorded in clusters; this method takes them one by one, and its interval is too short.",)
