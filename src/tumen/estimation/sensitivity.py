"""How far the total moves when what the model assumes is not so.

A log-linear model fixes odds ratios at 1: those of the pairs of lists that it leaves out, and the one of highest order,
between all lists, which no data can speak about because one of its cells is the unobserved one. Here each is set to
other values, and the total computed again.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from tumen.estimation.loglinear import fit_model
from tumen.estimation.models import Terms
from tumen.estimation.results import Interval
from tumen.estimation.roots import root
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

ODDS_RATIOS = tuple(float(2.0 ** (step / 6)) for step in range(-6, 7))  # 1/2 to 2, 1 among them
FARTHEST = 20.0  # the odds ratio up to which, and its reciprocal, tipping points are looked for
FLAT = 1e-6


@dataclass(frozen=True)
class Curve:
    """The total as one assumption is changed.

    `kind` is "missing cell" (the fit to what was observed is kept, and the highest-order odds ratio moves only the
    unobserved number: Aleshin-Guendel, Sadinle & Wakefield), "highest order" (the same odds ratio, everything fitted
    anew), "pair" (one pair of lists that the model leaves independent) or "joint" (all such pairs at once). `totals`
    has a total for each of `odds_ratios`, not a number where there is no estimate. A curve that is not
    `is_informative` is flat because the data cannot show the assumption's effect, not because there is none.
    """

    kind: str
    what: str
    odds_ratios: tuple[float, ...]
    totals: tuple[float, ...]
    is_informative: bool
    note: Sentence | None = None

    @property
    def name(self) -> Sentence:
        """Which assumption, in a few words."""
        kind = self.kind.replace(" ", "_")
        return say("which_assumption", kind=say(f"kind_{kind}"), what=self.what)

    @property
    def span(self) -> tuple[float, float]:
        """The smallest and the largest total along the curve."""
        known = [total for total in self.totals if not math.isnan(total)]
        return (min(known), max(known)) if known else (math.nan, math.nan)


@dataclass(frozen=True)
class TippingPoint:
    """The odds ratio at which an assumption, changed, moves the total to a threshold; None when none up to 20, or down
    to 1/20, does."""

    kind: str
    what: str
    threshold: str
    total: float
    odds_ratio: float | None


@dataclass(frozen=True)
class _Change:
    kind: str
    what: str
    masks: tuple[int, ...]


def sensitivity(table: CaptureTable, terms: Terms, odds_ratios: tuple[float, ...] = ODDS_RATIOS) -> list[Curve]:
    """A curve for each assumption of a model: the missing cell, the highest order, each pair left out, and all pairs
    left out together. Empty when the model has no estimate."""
    if fit_model(terms, table) is None:
        return []
    curves = []
    for change in _changes(table, terms):
        totals = tuple(_total(table, terms, change, odds_ratio) for odds_ratio in odds_ratios)
        known = [total for total in totals if not math.isnan(total)]
        flat = bool(known) and max(known) - min(known) <= FLAT * max(known)
        note = None
        if flat:
            empty = change.kind == "highest order" and table.counts[-1] == 0
            note = say("flat_nobody_on_all" if empty else "flat_no_people")
        curves.append(Curve(change.kind, change.what, odds_ratios, totals, not flat, note))
    return curves


def tipping_points(table: CaptureTable, terms: Terms, interval: Interval, ratio: float = 1.25) -> list[TippingPoint]:
    """For each assumption, the odds ratios nearest to 1 at which the total leaves the `interval`, and at which it is
    `ratio` times smaller or larger."""
    fitted = fit_model(terms, table)
    if fitted is None:
        return []
    total = table.n + fitted.unobserved
    thresholds = {
        "lower limit": interval.lower,
        "upper limit": interval.upper,
        f"{ratio:g} times smaller": total / ratio,
        f"{ratio:g} times larger": total * ratio,
    }
    found = []
    for change in _changes(table, terms):
        for name, threshold in thresholds.items():
            if math.isfinite(threshold) and threshold > table.n:
                odds_ratio = _crossing(table, terms, change, threshold)
                found.append(TippingPoint(change.kind, change.what, name, threshold, odds_ratio))
    return found


def _changes(table: CaptureTable, terms: Terms) -> list[_Change]:
    everything = (1 << table.K) - 1
    pairs = [1 << j | 1 << k for j, k in combinations(range(table.K), 2)]
    left_out = [mask for mask in pairs if mask not in terms and table.marginals[mask] + _possible(table, mask) > 0]
    changes = [_Change("missing cell", say("all_lists"), ())]
    if table.K > 2 and everything not in table.structural_zeros:
        changes.append(_Change("highest order", say("all_lists"), (everything,)))
    changes += [_Change("pair", table.name(mask), (mask,)) for mask in left_out]
    if len(left_out) > 1:
        changes.append(_Change("joint", say("all_pairs_left_out"), tuple(left_out)))
    return changes


def _possible(table: CaptureTable, mask: int) -> int:
    return sum(cell & mask == mask and cell not in table.structural_zeros for cell in range(1, table.counts.size))


def _total(table: CaptureTable, terms: Terms, change: _Change, odds_ratio: float) -> float:
    if change.kind == "missing cell":
        fitted = fit_model(terms, table)
        # The unobserved cell stands above the line of the odds ratio for an even number of lists, below it for an odd.
        factor = odds_ratio if table.K % 2 == 0 else 1 / odds_ratio
        return math.nan if fitted is None else table.n + fitted.unobserved * factor
    cells = np.arange(table.counts.size)
    offset = np.zeros(cells.size)
    for mask in change.masks:
        offset[cells & mask == mask] += math.log(odds_ratio)
    fitted = fit_model(terms, table, offset)
    return math.nan if fitted is None else table.n + fitted.unobserved


def _crossing(table: CaptureTable, terms: Terms, change: _Change, threshold: float) -> float | None:
    def gap(log_odds: float) -> float:
        return math.log(_total(table, terms, change, math.exp(log_odds)) / threshold)

    at_one, edge = gap(0.0), math.log(FARTHEST)
    found = []
    for end in (-edge, edge):
        at_end = gap(end)
        if math.isfinite(at_end) and at_one * at_end < 0:
            found.append(math.exp(root(gap, 0.0, end, xtol=1e-6)))
    return min(found, key=lambda odds_ratio: abs(math.log(odds_ratio)), default=None)
