"""Existence against an independent oracle: one linear program a table and rank by fractions."""

from __future__ import annotations

import itertools
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog
from tests.estimation.data import needs_shared, published, table_of

from tumen.estimation import CertificateFails, Refusal
from tumen.estimation.certifying import certify, check, existence
from tumen.estimation.existence import EXISTS, UNBOUNDED, decide, decide_exactly
from tumen.estimation.loglinear import LogLinear
from tumen.estimation.models import all_models
from tumen.estimation.transforms import superset_sums


def oracle(terms: NDArray[np.int64], counts: NDArray[np.int64]) -> bool:
    """Facial set by maximising how many cells fall, then the unobserved row's membership in its row space."""
    cells = np.arange(1, counts.size)
    rows = np.array([[int(term & ~cell == 0) for term in terms] for cell in cells])
    seen = counts[1:] > 0
    empty = int((~seen).sum())
    facial = np.ones(cells.size, bool)
    if empty:
        found = linprog(
            np.r_[np.zeros(terms.size), -np.ones(empty)],
            A_ub=np.hstack([rows[~seen], np.eye(empty)]),
            b_ub=np.zeros(empty),
            A_eq=np.hstack([rows[seen], np.zeros((int(seen.sum()), empty))]),
            b_eq=np.zeros(int(seen.sum())),
            bounds=[(None, None)] * terms.size + [(0, 1)] * empty,
        )
        facial[np.flatnonzero(~seen)[found.x[terms.size :] > 0.5]] = False
    unobserved = np.eye(1, terms.size, dtype=int)
    return rank(rows[facial]) == rank(np.vstack([rows[facial], unobserved]))


def rank(matrix: NDArray[Any]) -> int:
    rows = [[Fraction(int(value)) for value in row] for row in matrix]
    found = 0
    for column in range(matrix.shape[1]):
        pivot = next((i for i in range(found, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / rows[found][column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[found], strict=True)]
        found += 1
    return found


def decided(terms: NDArray[np.int64], counts: NDArray[np.int64]) -> int:
    return int(decide_exactly(terms, superset_sums(counts), counts, np.arange(1, counts.size))[0])


def test_all_supports_and_models_of_three_lists_agree_with_the_linear_program() -> None:
    models, sizes = all_models(3, 2)
    for support in range(1, 128):
        counts = np.array([0, *(support >> bit & 1 for bit in range(7))])
        for model, size in zip(models, sizes, strict=True):
            assert (decided(model[:size], counts) == EXISTS) == oracle(model[:size], counts), (support, model)


def random_cases(size: int, seed: int) -> Any:
    stream = np.random.default_rng(seed)
    models, sizes = all_models(4, 3)
    while size:
        counts = (stream.random(16) < stream.random()).astype(np.int64)
        counts[0] = 0
        if counts.any():
            size -= 1
            model = stream.integers(sizes.size)
            yield models[model, : sizes[model]], counts


def agree(cases: Any) -> None:
    known: dict[tuple[bytes, bytes], bool] = {}
    for terms, counts in cases:
        key = (terms.tobytes(), counts.tobytes())
        if key not in known:
            known[key] = oracle(terms, counts)
        assert (decided(terms, counts) == EXISTS) == known[key], (terms, counts)


def test_random_tables_of_four_lists_agree_with_the_linear_program() -> None:
    agree(random_cases(1_000, 1))


@pytest.mark.soak
def test_a_hundred_thousand_tables_of_four_lists_agree_with_the_linear_program() -> None:
    agree(random_cases(100_000, 2))


def test_certificates_prove_what_was_decided_and_unbounded_integers_decide_alike() -> None:
    reasons = {0: "", 1: "NoExtendedMLE", 2: "NotIdentified"}
    for terms, counts in random_cases(300, 3):
        cells = np.arange(1, 16)
        code, _, facial = decide_exactly(terms, superset_sums(counts), counts, cells)
        slow, _, same = decide(terms, superset_sums(counts), counts, cells, UNBOUNDED, 0)
        certificate = certify(tuple(terms.tolist()), cells.tolist(), np.flatnonzero(counts).tolist(), "ABCD")
        check(certificate)
        assert (code, facial.tolist()) == (slow, same.tolist())
        assert certificate.reason == reasons[code]
        assert list(certificate.facial) == facial.tolist()


def test_adding_a_count_to_an_empty_cell_never_destroys_existence() -> None:
    for terms, counts in random_cases(200, 4):
        if decided(terms, counts) == EXISTS:
            for cell in np.flatnonzero(counts[1:] == 0) + 1:
                more = counts.copy()
                more[cell] = 1
                assert decided(terms, more) == EXISTS


def test_a_face_without_an_empty_margin_can_still_determine_the_total() -> None:
    # Haberman's two opposite zeros, inside list D only: no margin is empty, and the rest of the table determines all.
    terms = np.array(sorted((m for m in range(16) if m not in (7, 15)), key=lambda m: (m.bit_count(), m)))
    counts = np.array([0, *([5] * 15)])
    counts[[8, 15]] = 0
    code, _, facial = decide_exactly(terms, superset_sums(counts), counts, np.arange(1, 16))
    assert code == EXISTS
    assert not {8, 15} & set(facial.tolist())


@needs_shared
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("[A][B][C]", ""),
        ("[A C][B C]", ""),
        ("[A C]", ""),
        ("[A B]", "NoExtendedMLE"),
        ("[A B][A C]", "NoExtendedMLE"),
        ("[A B][B C]", "NoExtendedMLE"),
        ("[A B][A C][B C]", "NotIdentified"),
    ],
)
def test_the_artificial_table_of_chan_silverman_and_vincent(model: str, reason: str) -> None:
    assert existence(model, published("Artificial_3")).reason == reason


def test_a_boundary_solution_is_refused() -> None:
    table = table_of(0, 0, 5, 0, 5, 5, 5)  # nobody on one list alone: N = n would fit best
    assert isinstance(LogLinear("[A B][A C][B C]").fit(table), Refusal)


def test_a_changed_certificate_fails() -> None:
    certificate = existence("[A][B][C]", table_of(5, 4, 3, 3, 2, 1, 1))
    check(certificate)
    wrong = (certificate.combination[0] + 1, *certificate.combination[1:])
    with pytest.raises(CertificateFails):
        check(replace(certificate, combination=wrong))
    with pytest.raises(CertificateFails):
        check(replace(certificate, facial=certificate.facial[1:], weights=certificate.weights[1:]))


def test_every_refusal_can_be_checked() -> None:
    for pattern in itertools.product((0, 4), repeat=7):
        if any(pattern):
            check(existence("[A B][B C]", table_of(*pattern)))
