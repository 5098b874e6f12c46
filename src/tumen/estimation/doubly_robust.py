"""Two lists that are independent among people with the same covariates (Das, Kennedy & Jewell, arXiv 2104.14091).

The estimator is doubly robust: an error in one of the models for who is on which list is multiplied by the error in
another, so that flexible models cost little. The models for a person are fitted on other people (cross-fitting).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from tumen.estimation.errors import BadTable
from tumen.estimation.multinomial import best_prediction, features
from tumen.estimation.resampling import one_by_one
from tumen.estimation.results import Estimate, Fixed, Outcome, RefusalCode, refuser
from tumen.estimation.sentences import Sentence, say
from tumen.estimation.table import CaptureTable

_LEAST_OVERLAP = 20
_FLOOR = 0.01  # below it the chance of being on both lists is held, and the estimate says so
_DRAWS = 10_000


def doubly_robust(
    table: CaptureTable,
    *,
    covariates: Mapping[str, Sequence[Any]],
    pair: tuple[str, str] | None = None,
    folds: int = 5,
    seed: int = 1,
) -> Outcome:
    """Estimate the total from a table made with `from_individuals` and what is known of each person.

    `covariates` are columns with one entry a person, in the order in which the table was made; `pair` the two lists
    that are independent given them (by default the two with most people in common). Other lists only add people.
    Clusters of the table stay together in the folds and in the variance.

    Raises `BadTable` when the table has no individuals or a column has another length. Void when something that is not
    among the covariates makes people likely, or unlikely, to be on both lists.
    """
    if table.people is None:
        raise BadTable("The table has no individuals. Make it with CaptureTable.from_individuals.")
    people = table.people.pattern
    for name, column in covariates.items():
        if len(column) != people.size:
            raise BadTable(f"Covariate {name} has {len(column)} entries for {people.size} people.")
    one, other = sorted(pair or _largest_overlap(table))
    first = people & table.mask([one]) > 0
    second = people & table.mask([other]) > 0

    refuse = refuser("doubly-robust", table, seed)
    both = int((first & second).sum())
    if both < _LEAST_OVERLAP:
        return refuse(
            RefusalCode.TOO_SPARSE,
            say("too_little_overlap", both=both, one=one, other=other, least=_LEAST_OVERLAP),
        )
    groups = table.people.cluster if table.people.cluster is not None else np.arange(people.size)
    groups = _by_content(groups, list(zip(first.tolist(), second.tolist(), *covariates.values(), strict=True)))
    influence, held = _influence(first, second, covariates, groups, folds, seed)
    total = float(influence.sum())
    unseen = total - table.n
    if unseen <= 0:
        return refuse(RefusalCode.TOO_SPARSE, say("below_recorded", total=total, n=table.n))
    variance = float((np.bincount(groups, weights=influence) ** 2).sum()) - total
    spread = math.sqrt(max(variance, 0.0)) / unseen

    def limits(level: float) -> tuple[float, float]:
        """Limits on the logarithm of the number unrecorded."""
        factor = math.exp(float(ndtri((1 + level) / 2)) * spread)
        return table.n + unseen / factor, table.n + unseen * factor

    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, table.n, 2])))
    given = ", ".join(covariates) or "nothing"
    return Estimate(
        method="doubly-robust",
        N=total,
        n=table.n,
        rule=Fixed(limits),
        interval_kind="confidence",
        assumption=say("pair_given_covariates", one=one, other=other, given=tuple(covariates) or say("given_nothing")),
        lists=table.lists,
        models={f"{one} and {other} given {given}": 1.0},
        draws=table.n + unseen * np.exp(spread * stream.standard_normal(_DRAWS)),
        diagnostics={"both": both, "standard_error": math.sqrt(max(variance, 0.0)), "held_at_floor": held},
        warnings=tuple(_warnings(table, held)),
        seed=seed,
        table_fingerprint=table.fingerprint,
    )


def _warnings(table: CaptureTable, held: float) -> Iterator[Sentence]:
    if held:
        yield say("held_at_floor", held=held, floor=_FLOOR)
    if not table.is_clustered:
        yield one_by_one(None)


def _influence(
    first: NDArray[np.bool_],
    second: NDArray[np.bool_],
    covariates: Mapping[str, Sequence[Any]],
    groups: NDArray[np.int64],
    folds: int,
    seed: int,
) -> tuple[NDArray[np.float64], float]:
    """What each recorded person adds to the total, (q1 q2 / q12) (Y1/q1 + Y2/q2 - Y1 Y2/q12), and the share held at
    the floor. The q are chances of being on a list, given the covariates, for people who are recorded at all."""
    kinds, outcome = np.unique(first + 2 * second.astype(np.int64), return_inverse=True)
    designs = features(covariates) if covariates else (np.zeros((first.size, 0)),)
    stream = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, first.size])))
    parts = stream.permutation(int(groups.max()) + 1)[groups] % folds
    chances = np.zeros((first.size, 4))
    for fold in range(folds):
        train = parts != fold
        chances[np.ix_(~train, kinds)] = best_prediction(designs, outcome, train, parts)
    q12 = np.maximum(chances[:, 3], _FLOOR)
    q1, q2 = chances[:, 1] + q12, chances[:, 2] + q12
    inverse = np.maximum(q1 * q2 / q12, 1.0)  # nobody is recorded with a chance above 1
    influence = inverse * (first / q1 + second / q2 - (first & second) / q12)
    return influence, float((chances[:, 3] < _FLOOR).mean())


def _by_content(groups: NDArray[np.int64], rows: Sequence[tuple[Any, ...]]) -> NDArray[np.int64]:
    """The groups numbered by what is known of their members: so the folds do not depend on the order of the rows."""
    _, kind = np.unique(np.array([repr(row) for row in rows]), return_inverse=True)
    order = np.lexsort((kind, groups))
    edges = np.flatnonzero(np.diff(groups[order])) + 1
    members = [tuple(each) for each in np.split(kind[order], edges)]
    numbers = np.empty(len(members), np.int64)
    numbers[sorted(range(len(members)), key=members.__getitem__)] = np.arange(len(members))
    renumbered: NDArray[np.int64] = numbers[groups]
    return renumbered


def _largest_overlap(table: CaptureTable) -> tuple[str, str]:
    overlaps = table.overlaps().copy()
    np.fill_diagonal(overlaps, -1)
    j, k = sorted(int(at) for at in np.unravel_index(int(overlaps.argmax()), overlaps.shape))
    return table.lists[j], table.lists[k]
