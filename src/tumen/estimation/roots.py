"""The root of a function between two ends of different sign, by Brent's method."""

from __future__ import annotations

from collections.abc import Callable


def root(function: Callable[[float], float], low: float, high: float, xtol: float) -> float:
    """Where `function` is 0 between `low` and `high`, to within `xtol`."""
    from scipy.optimize import brentq  # half a second to load, and a point estimate needs none of it

    return float(brentq(function, low, high, xtol=xtol))
