"""Certificates of existence: computed and checked in unbounded rational arithmetic, for everything that is reported."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from tumen.estimation.certificate import Certificate, CertificateFails, Reason
from tumen.estimation.existence import UNBOUNDED, face, incidence
from tumen.estimation.integers import eliminate, null_space
from tumen.estimation.models import Terms, name_of, parse
from tumen.estimation.sentences import Sentence, run_on, say
from tumen.estimation.table import CaptureTable

Row = tuple[Fraction, ...]
MOST_NAMED = 4  # cells or pairs that a refusal names one by one
MOST_CELLS = 2**12  # beyond it, the counted cells are tried alone first: what they determine is determined


def countable(table: CaptureTable) -> np.ndarray[Any, np.dtype[np.int64]]:
    """The patterns that people can have: all but the unobserved one and the structural zeros."""
    return np.array([mask for mask in range(1, table.counts.size) if mask not in table.structural_zeros], np.int64)


def existence(model: str | Terms, table: CaptureTable) -> Certificate:
    """Whether a model has a finite, determined estimate on a table, with the proof. Raises `BadModel`.

    The certificate is checked before it is given away; anybody can check it again with `check(certificate)`.
    """
    terms = parse(model, table.lists) if isinstance(model, str) else model
    support = np.flatnonzero(table.counts).tolist()
    found = None
    if table.counts.size > MOST_CELLS:
        found = certify(terms, support, support, table.lists)
    if found is None or not found.exists:
        found = certify(terms, countable(table).tolist(), support, table.lists)
    check(found)
    return found


def certify(terms: Terms, cells: Sequence[int], support: Sequence[int], lists: Sequence[str]) -> Certificate:
    """Find the facial set and the proofs, in exact arithmetic from beginning to end."""
    dead = [term for term in terms if not any(term & ~cell == 0 for cell in support)]
    active = np.array([term for term in terms if term not in dead], np.int64)
    alive = [cell for cell in cells if not any(term & ~cell == 0 for term in dead)]
    empty = np.array([cell for cell in alive if cell not in set(support)], np.int64)
    counted = np.array(support, np.int64)
    stays, step, group, multipliers, divisor, basis, _ = face(active, counted, empty, UNBOUNDED, 0)
    facial = sorted([*support, *(int(cell) for cell, kept in zip(empty, stays, strict=True) if kept)])
    partial = dict(zip(active.tolist(), (Fraction(int(value)) for value in basis @ step), strict=True))
    depth = 1 + sum((abs(value) for value in partial.values()), Fraction(0))
    direction = tuple(-depth if term in dead else partial[term] for term in terms)
    alike = np.bincount(group, minlength=multipliers.size)
    extra = {
        int(cell): (Fraction(int(multipliers[at]), int(divisor)) + 1) / int(alike[at])
        for cell, at, kept in zip(empty, group, stays, strict=True)
        if kept
    }
    weights = _balance(active, support, facial, extra)
    unobserved = [Fraction(1), *([Fraction(0)] * (active.size - 1))]
    combination = _solve(_rows(facial, active), unobserved)
    blind: Row = ()
    reason: Reason = ""
    why = say("determined")
    if combination is None:
        known = dict(zip(active.tolist(), _blind(facial, active), strict=True))
        blind = tuple(known.get(term, Fraction(0)) for term in terms)
        reason = "NoExtendedMLE" if _solve(_rows(alive, active), unobserved) is not None else "NotIdentified"
        why = _sentence(reason, terms, lists, dead, alive, facial, partial[0])
    return Certificate(
        tuple(terms), tuple(cells), tuple(support), tuple(facial), direction, weights, combination or (), blind, reason,
        why,
    )  # fmt: skip


def check(certificate: Certificate) -> None:
    """Check every proof in a certificate by multiplication alone. Raises `CertificateFails`."""
    terms, facial = certificate.terms, set(certificate.facial)
    if not set(certificate.support) <= facial <= set(certificate.cells):
        raise CertificateFails("The facial set must hold the counted cells and be part of the cells.")
    for cell in certificate.cells:
        fall = _along(certificate.direction, cell, terms)
        if (fall != 0) if cell in facial else (fall >= 0):
            raise CertificateFails(f"The direction does not separate the facial set at cell {cell}.")
    if len(certificate.weights) != len(certificate.facial) or any(weight <= 0 for weight in certificate.weights):
        raise CertificateFails("There must be one positive weight for each cell of the facial set.")
    for term in terms:
        inside = sum(
            (w for w, cell in zip(certificate.weights, certificate.facial, strict=True) if term & ~cell == 0),
            Fraction(0),
        )
        if inside != sum(term & ~cell == 0 for cell in certificate.support):
            raise CertificateFails(f"The weights do not balance the counted cells at term {term}.")
    if certificate.exists:
        for term in terms:
            total = sum(
                (c for c, cell in zip(certificate.combination, certificate.facial, strict=True) if term & ~cell == 0),
                Fraction(0),
            )
            if total != (term == 0):
                raise CertificateFails(f"The combination does not give the unobserved cell at term {term}.")
    elif any(_along(certificate.blind, cell, terms) != 0 for cell in facial) or certificate.blind[terms.index(0)] == 0:
        raise CertificateFails(
            "The blind direction is seen by a cell of the facial set, or not by the unobserved cell."
        )


def _along(direction: Sequence[Fraction], cell: int, terms: Terms) -> Fraction:
    return sum((d for d, term in zip(direction, terms, strict=True) if term & ~cell == 0), Fraction(0))


def _rows(cells: Sequence[int], terms: Any) -> Any:
    return incidence(np.array(cells, np.int64), terms, UNBOUNDED)


def _blind(facial: Sequence[int], active: Any) -> list[Fraction]:
    basis, _ = null_space(_rows(facial, active), 0)
    column = next(j for j in range(basis.shape[1]) if basis[0, j] != 0)
    return [Fraction(int(value)) for value in basis[:, column]]


def _solve(rows: Any, wanted: Sequence[Fraction]) -> Row | None:
    """Numbers, one a row, by which the rows add up to what is wanted; None when there are none."""
    scale = 1
    for value in wanted:
        scale = scale * value.denominator // np.gcd(scale, value.denominator)
    right = np.array([[int(value * scale)] for value in wanted], object)
    matrix = np.hstack([rows.T, right])
    rank, pivots, divisor, _ = eliminate(matrix, 0)
    if rank and pivots[rank - 1] == rows.shape[0]:
        return None
    answer = [Fraction(0)] * rows.shape[0]
    for r in range(rank):
        answer[pivots[r]] = Fraction(int(matrix[r, -1]), int(divisor) * int(scale))
    return tuple(answer)


def _balance(active: Any, support: Sequence[int], facial: Sequence[int], extra: dict[int, Fraction]) -> Row:
    """Positive weights on the facial set whose rows add up to the sum of the counted rows."""
    totals = [
        sum((weight for cell, weight in extra.items() if term & ~cell == 0), Fraction(0)) for term in active.tolist()
    ]
    taken = _solve(_rows(support, active), totals)
    if taken is None:
        raise CertificateFails("The multipliers of the linear program do not lie in the span of the counted cells.")
    back = dict(zip(support, taken, strict=True))
    scale = max([Fraction(0), *taken]) + 1
    return tuple((extra[cell] if cell in extra else scale - back[cell]) / scale for cell in facial)


def _sentence(
    reason: str,
    terms: Terms,
    lists: Sequence[str],
    dead: list[int],
    alive: list[int],
    facial: list[int],
    drift: Fraction,
) -> Sentence:
    model = name_of(terms, lists)
    pairs = tuple(set_name(mask, lists) for mask in dead if mask.bit_count() == 2)[:MOST_NAMED]
    nobody = (say("nobody_on_both", pairs=pairs),) if pairs else ()
    if reason == "NotIdentified":
        return run_on((say("not_identified", model=model), *nobody))
    lost = tuple(set_name(cell, lists) for cell in alive if cell not in set(facial))
    cells: Any = lost[:MOST_NAMED]
    if len(lost) > MOST_NAMED:
        cells = say("and_more", some=cells, more=len(lost) - MOST_NAMED)
    where = "without_bound" if drift > 0 else "to_zero" if drift < 0 else "anywhere"
    return run_on((say(f"no_estimate_{where}", model=model, cells=cells), *nobody))


def set_name(mask: int, lists: Sequence[str]) -> str:
    """The lists of a mask, joined by "&"."""
    return "&".join(name for j, name in enumerate(lists) if mask >> j & 1) or "none"
