"""Hide a list whose size is known and estimate it from the others: the only truth that real data hold.

The people on one list are a population of known size. The other lists recorded some of them; who of them is on no other
list is hidden, and estimated (Binette & Steorts 2022). A failure is evidence against a method on these lists. A pass is
no evidence for the total: those on a list are not those whom nobody recorded.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from tumen.estimation.registry import METHODS, Settings, run
from tumen.estimation.results import Estimate, Outcome
from tumen.estimation.sentences import say
from tumen.estimation.table import CaptureTable

MEANING = say("consistency_means")


@dataclass(frozen=True)
class Check:
    """One list hidden from one method: its true size, and what the method made of it."""

    hidden: str
    truth: int
    outcome: Outcome
    level: float

    @property
    def log_error(self) -> float:
        """The logarithm of estimate over truth; not a number for a refusal."""
        return math.log(self.outcome.N / self.truth) if isinstance(self.outcome, Estimate) else math.nan

    @property
    def passes(self) -> bool | None:
        """Whether the interval holds the truth (a lower bound: whether it is not above the truth).

        None for a refusal, and when the limit on the side of the truth is not given.
        """
        if not isinstance(self.outcome, Estimate):
            return None
        interval = self.outcome.interval(self.level)
        if self.outcome.interval_kind == "bound":
            return interval.lower <= self.truth
        limit = interval.lower if self.truth < self.outcome.N else interval.upper
        return None if math.isnan(limit) else interval.holds(self.truth)


def consistency(
    table: CaptureTable,
    *,
    methods: Sequence[str] = (),
    settings: Settings = Settings(),  # noqa: B008  (frozen)
) -> list[Check]:
    """Hide each list in turn from each method, all there are or these. Empty with two lists, as one would remain.

    A list that no other list overlaps gives a refusal, which is kept: refusals are part of the answer.
    """
    checks = []
    for name in table.lists if table.K > 2 else ():
        known = table.condition_on(name)
        truth = int(table.counts @ [mask >> table.lists.index(name) & 1 for mask in range(table.counts.size)])
        checks += [
            Check(name, truth, run(method, known, settings), settings.level)
            for method in (methods or METHODS)
            if truth > 0
        ]
    return checks
