"""One log-linear model, named in advance: its estimate with profile likelihood limits."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtri, gammaln

from tumen.estimation.certifying import countable, existence, set_name
from tumen.estimation.existence import EXISTS, decide_exactly
from tumen.estimation.fitting import PRECISE, WHATEVER, fit
from tumen.estimation.models import Terms, generators, name_of, parse
from tumen.estimation.results import Estimate, Interval, Outcome, Refusal, RefusalCode
from tumen.estimation.roots import root
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable
from tumen.estimation.transforms import superset_sums

MOST_NAMED = 4  # pairs left out that the assumption names one by one
LARGEST_RATIO = 1e9  # an upper limit beyond so many times the people recorded is open


@dataclass(frozen=True)
class LogLinear:
    """A hierarchical log-linear model by its largest terms, `LogLinear("[EXH ABA OSCE][EXH HRW]")` (Cormack 1989).

    Lists not named have their main effect. Terms left out are odds ratios fixed at 1: that is the assumption.
    """

    formula: str

    def fit(self, table: CaptureTable) -> Outcome:
        """The estimate, with profile likelihood limits (Cormack 1992), or a refusal. Raises `BadModel`.

        The limits take the model as given: they are too short when it was chosen on the same table.
        """
        terms = parse(self.formula, table.lists)
        fitted = fit_model(terms, table)
        return refuse("loglinear", terms, table) if fitted is None else fitted.estimate("loglinear")


@dataclass(frozen=True)
class Fitted:
    """A model on a table with its maximum likelihood estimate: the terms that have a margin, their parameters, the
    facial set, and the log-likelihood."""

    table: CaptureTable
    terms: Terms
    active: NDArray[np.int64]
    theta: NDArray[np.float64]
    facial: NDArray[np.int64]
    log_likelihood: float

    @property
    def unobserved(self) -> float:
        """The number unobserved."""
        return float(math.exp(self.theta[0]))

    @property
    def bic(self) -> float:
        """-2 log-likelihood + (number of terms) log n."""
        return -2 * self.log_likelihood + len(self.terms) * math.log(self.table.n)

    def estimate(self, method: str) -> Estimate:
        """The estimate with profile likelihood limits."""
        table = self.table
        return Estimate(
            method=method,
            N=table.n + self.unobserved,
            n=table.n,
            rule=self.profile,
            interval_kind="confidence",
            assumption=assumption(self.terms, table.lists),
            lists=table.lists,
            models={name_of(self.terms, table.lists): 1.0},
            diagnostics={"bic": self.bic, "log_likelihood": self.log_likelihood},
            warnings=tuple(warnings(table)),
            table_fingerprint=table.fingerprint,
            certificate=existence(self.terms, table),
        )

    def profile(self, level: float) -> Interval:
        """Limits from the profile of the multinomial likelihood over the number unobserved."""
        at_best, near = self._profile(self.unobserved), max(self.unobserved, 1e-6)
        drop = float(chdtri(1, 1 - level)) / 2

        def above(log_number: float) -> float:
            return self._profile(math.exp(log_number)) - at_best + drop

        lower, upper = 0.0, math.inf
        low, high = math.log(near), math.log(near)
        while low > math.log(1e-3) and above(low) > 0:
            low -= 0.7
        if above(low) < 0:
            lower = math.exp(root(above, low, math.log(near), xtol=1e-10))
        while high < math.log(LARGEST_RATIO * self.table.n) and above(high) > 0:
            high += 0.7
        if above(high) < 0:
            upper = math.exp(root(above, math.log(near), high, xtol=1e-10))
        return Interval(self.table.n + lower, self.table.n + upper, level, (0.0, 0.0))

    def _profile(self, number: float) -> float:
        counts = self.table.counts.astype(float)
        counts[0] = number
        cells = np.concatenate(([0], self.facial))
        theta = np.full(self.active.size, math.nan)
        total = counts.sum()
        likelihood, _ = fit(
            self.active, cells, counts, superset_sums(counts), np.zeros(counts.size), theta, PRECISE, WHATEVER
        )
        return float(likelihood + total - total * math.log(total) + gammaln(total + 1) - gammaln(number + 1))


def fit_model(terms: Terms, table: CaptureTable, offset: NDArray[np.float64] | None = None) -> Fitted | None:
    """Fit a model, with `offset` added to the predictor of each cell (by mask); None when no estimate exists."""
    counts = table.counts.astype(float)
    marginals = superset_sums(counts)
    code, active, facial = decide_exactly(np.array(terms, np.int64), marginals, counts, countable(table))
    if code != EXISTS:
        return None
    theta = np.full(active.size, math.nan)
    shift = np.zeros(counts.size) if offset is None else offset
    likelihood, settled = fit(active, facial, counts, marginals, shift, theta, PRECISE, WHATEVER)
    if not settled:
        return None
    likelihood -= float(gammaln(counts + 1).sum())
    return Fitted(table, terms, active, theta, facial, float(likelihood))


def refuse(method: str, terms: Terms, table: CaptureTable, seed: int | None = None) -> Refusal:
    """Say, with a certificate, why a model has no estimate on a table."""
    certificate = existence(terms, table)
    code, reason = RefusalCode.NOT_CONVERGED, say("newton_unsettled")
    if not certificate.exists:
        code, reason = RefusalCode(certificate.reason), certificate.why
    overlaps = table.overlaps()
    if not np.any(overlaps[~np.eye(table.K, dtype=bool)]):
        code, reason = RefusalCode.NO_OVERLAP, say("nobody_on_two")
    return Refusal(
        method,
        code,
        reason,
        n=table.n,
        lists=table.lists,
        certificate=certificate,
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def assumption(terms: Terms, lists: tuple[str, ...]) -> Sentence:
    """What a model takes for granted, in a sentence."""
    together = tuple(set_name(mask, lists) for mask in generators(terms) if mask.bit_count() > 1)
    if not together:
        return say("lists_independent")
    pairs = [1 << j | 1 << k for j, k in combinations(range(len(lists)), 2)]
    left_out = tuple(set_name(mask, lists) for mask in pairs if mask not in terms)
    if not left_out:
        apart = say("no_pair_apart")
    elif len(left_out) == 1:
        apart = say("pair_apart", pair=left_out[0])
    elif len(left_out) <= MOST_NAMED:
        apart = say("pairs_apart", pairs=left_out)
    else:
        apart = say("other_pairs_apart", count=len(left_out))
    return say("model_assumes", together=together, apart=apart)


def warnings(table: CaptureTable) -> list[Sentence]:
    """What an analyst must know about a table beside its estimate."""
    found = table.flags()
    if table.structural_zeros:
        found.append(say("patterns_impossible", count=len(table.structural_zeros)))
    return found
