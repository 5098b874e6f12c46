"""A model fitted by the parts of its graph is the model fitted on all patterns; many lists are searched in time."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tumen.estimation import Bootstrap, CaptureTable, Estimate, select_bic
from tumen.estimation.existence import EXISTS, is_surely_identified
from tumen.estimation.factored import fit_factored, parts_of
from tumen.estimation.fitting import PRECISE, WHATEVER, decide_and_fit
from tumen.estimation.simulation import Scenario, simulate
from tumen.estimation.transforms import superset_sums


def drawn(lists: int, people: int, rng: np.random.Generator) -> np.ndarray:
    on = rng.random((people, lists)) < rng.uniform(0.05, 0.3, lists)
    counts = np.bincount(on @ (1 << np.arange(lists)), minlength=1 << lists).astype(float)
    counts[0] = 0
    return counts


@pytest.mark.parametrize("share", [0.0, 0.15, 0.5])
@pytest.mark.parametrize("with_empty_pair", [False, True])
def test_a_fit_by_parts_is_the_fit_on_all_patterns(share: float, with_empty_pair: bool):
    rng, compared = np.random.default_rng(1), 0
    for lists in (3, 5, 8):
        for _ in range(6):
            counts = drawn(lists, 3000, rng)
            pairs = [1 << i | 1 << j for i in range(lists) for j in range(i) if rng.random() < share]
            if with_empty_pair and pairs:
                counts[np.arange(counts.size) & pairs[0] == pairs[0]] = 0
            terms = np.array([0, *(1 << np.arange(lists)), *pairs], np.int64)
            marginals = superset_sums(counts)
            if not is_surely_identified(terms[marginals[terms] > 0], np.flatnonzero(counts)):
                continue
            start = np.full(terms.size, math.nan)
            cells, offset = np.arange(1, counts.size), np.zeros(counts.size)
            code, number, likelihood = decide_and_fit(terms, counts, marginals, cells, offset, start, PRECISE, WHATEVER)
            assert code == EXISTS
            for begin in (np.full(terms.size, math.nan), start + rng.normal(0, 0.1, terms.size)):
                found, reached, settled = fit_factored(lists, terms, marginals, begin, PRECISE, WHATEVER)
                assert settled and found == pytest.approx(number, rel=1e-10)
                assert reached == pytest.approx(likelihood, rel=1e-12) and begin == pytest.approx(start, abs=1e-9)
                compared += 1
    assert compared > 20


@pytest.mark.parametrize("share", [0.2, 0.6])
def test_a_fit_is_given_up_only_when_what_is_enough_cannot_be_reached(share: float):
    rng, given_up = np.random.default_rng(2), 0
    for _ in range(60):
        lists = int(rng.integers(3, 7))
        counts = drawn(lists, 2000, rng)
        pairs = [1 << i | 1 << j for i in range(lists) for j in range(i) if rng.random() < share]
        terms, marginals = np.array([0, *(1 << np.arange(lists)), *pairs], np.int64), superset_sums(counts)
        cells, offset = np.arange(1, counts.size), np.zeros(counts.size)
        best = np.full(terms.size, math.nan)
        code, number, highest = decide_and_fit(terms, counts, marginals, cells, offset, best, PRECISE, WHATEVER)
        if code != EXISTS or not is_surely_identified(terms[marginals[terms] > 0], np.flatnonzero(counts)):
            continue
        for enough in (highest - 1e-6, highest + 0.5, highest + 5):
            start = best + rng.normal(0, 0.02, best.size)
            _, found, reached = decide_and_fit(terms, counts, marginals, cells, offset, start.copy(), PRECISE, enough)
            by_parts, likelihood, _ = fit_factored(lists, terms, marginals, start.copy(), PRECISE, enough)
            if enough < highest:
                assert found == pytest.approx(number) == by_parts and reached == pytest.approx(likelihood)
            assert reached <= highest + 1e-6 and likelihood <= highest + 1e-6
            given_up += abs(reached - highest) > 1e-6
    assert given_up > 40


def test_parts_are_the_lists_that_chains_of_terms_join():
    terms = np.array([0, 1, 2, 4, 8, 16, 0b00011, 0b00110, 0b11000], np.int64)
    assert parts_of(5, terms).tolist() == [0b00111] * 3 + [0b11000] * 2


def test_a_search_downhill_finds_the_best_of_all_models_of_pairs():
    chances = dict(zip("ABCDE", (0.3, 0.25, 0.2, 0.2, 0.15), strict=True))
    for table in simulate(Scenario(3000, chances, {"A B": 3.0, "C E": 0.3}, replicates=5)):
        down, all_of_them = (
            select_bic(table, max_order=2, search=search, bootstrap=Bootstrap("person", 250))
            for search in ("downhill", "exhaustive")
        )
        assert isinstance(down, Estimate) and isinstance(all_of_them, Estimate)
        assert down.N == pytest.approx(all_of_them.N, rel=1e-9) and down.models == all_of_them.models
        assert np.mean(np.abs(down.draws / all_of_them.draws - 1) < 1e-5) > 0.98


def test_fourteen_lists_are_searched_from_independence():
    chances = dict(zip("ABCDEFGHIJKLMN", np.linspace(0.05, 0.2, 14).tolist(), strict=True))
    cells = drawn_with_a_pair(4000, list(chances.values()), np.random.default_rng(3))
    outcome = select_bic(CaptureTable(tuple(chances), cells), bootstrap=Bootstrap("person", 250))
    assert isinstance(outcome, Estimate) and outcome.interval(0.8).holds(4000)
    assert "M N" in next(iter(outcome.models))


def drawn_with_a_pair(people: int, chances: list[float], rng: np.random.Generator) -> np.ndarray:
    """Independent lists, but that half of those on the last but one are on the last as well."""
    on = rng.random((people, len(chances))) < np.array(chances)
    on[:, -1] |= on[:, -2] & (rng.random(people) < 0.5)
    counts = np.bincount(on @ (1 << np.arange(len(chances))), minlength=1 << len(chances))
    counts[0] = 0
    return counts
