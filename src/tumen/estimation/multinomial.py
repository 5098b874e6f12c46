"""Ridge-penalised multinomial logistic regression, chosen by held-out deviance, for `doubly_robust`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_PENALTIES = (0.3, 3.0, 30.0)  # on standardised features; a sum of squares, so that large samples outweigh it
_STEPS = 50


def features(covariates: Mapping[str, Sequence[Any]]) -> tuple[Floats, Floats]:
    """Two designs, both standardised: main effects, and with squares and products of the columns.

    Numbers stay numbers, an unknown number gets the mean and a column of its own; anything else becomes indicators.
    """
    columns: list[Floats] = []
    numeric: list[Floats] = []
    for values in covariates.values():
        parts, is_number = _columns(list(values))
        columns += parts
        numeric += parts[:1] if is_number else parts
    main = _standard(np.column_stack(columns)) if columns else np.zeros((0, 0))
    wide = [main]
    base = _standard(np.column_stack(numeric)) if numeric else main
    pairs = [base[:, i] * base[:, j] for i in range(base.shape[1]) for j in range(i, base.shape[1])]
    if pairs:
        wide.append(_standard(np.column_stack(pairs)))
    return main, np.hstack(wide)


def _columns(values: list[Any]) -> tuple[list[Floats], bool]:
    known = [value for value in values if value is not None and value == value and value != ""]
    if all(isinstance(value, int | float | np.number) and not isinstance(value, bool) for value in known):
        numbers = np.array([float(v) if v is not None and v == v and v != "" else np.nan for v in values])
        unknown = np.isnan(numbers)
        filled = np.where(unknown, np.nanmean(numbers) if len(known) else 0.0, numbers)
        return [filled, unknown.astype(float)] if unknown.any() else [filled], True
    labels = [str(value) for value in values]
    return [np.array([label == level for label in labels], float) for level in sorted(set(labels))[1:]] or [
        np.zeros(len(values))
    ], False


def _standard(columns: Floats) -> Floats:
    spread = columns.std(0)
    kept = columns[:, spread > 1e-12]
    standard: Floats = (kept - kept.mean(0)) / kept.std(0)
    return standard


def fit(design: Floats, outcome: Ints, classes: int, penalty: float) -> Floats:
    """Coefficients [feature and intercept, class], the first class being the base, by Newton's method."""
    rows = np.column_stack([np.ones(len(design)), design])
    width = rows.shape[1]
    beta = np.zeros((width, classes))
    onehot = np.eye(classes)[outcome]
    ridge = np.full(width, penalty)
    ridge[0] = 1e-6
    for _ in range(_STEPS):
        share = _shares(rows @ beta)
        gradient = (rows.T @ (onehot - share))[:, 1:] - ridge[:, None] * beta[:, 1:]
        hessian = np.zeros((width * (classes - 1), width * (classes - 1)))
        for a in range(1, classes):
            for b in range(1, classes):
                weight = share[:, a] * ((a == b) - share[:, b])
                block = (rows.T * weight) @ rows + (np.diag(ridge) if a == b else 0.0)
                hessian[(a - 1) * width : a * width, (b - 1) * width : b * width] = block
        step = np.linalg.solve(hessian, gradient.T.ravel()).reshape(classes - 1, width).T
        beta[:, 1:] += step * min(1.0, 4.0 / max(float(np.abs(step).max()), 1e-300))
        if float(np.abs(step).max()) < 1e-8:
            break
    return beta


def _shares(predictor: Floats) -> Floats:
    powers = np.exp(predictor - predictor.max(1, keepdims=True))
    shares: Floats = powers / powers.sum(1, keepdims=True)
    return shares


def predict(beta: Floats, design: Floats) -> Floats:
    """The probability of each class, row by row."""
    return _shares(np.column_stack([np.ones(len(design)), design]) @ beta)


def best_prediction(designs: Sequence[Floats], outcome: Ints, train: NDArray[np.bool_], parts: Ints) -> Floats:
    """Probabilities for the rows outside `train`, from the design and penalty that predict best within it.

    `parts` numbers the folds; each candidate is judged on the first two folds of the training rows.
    """
    classes = int(outcome.max()) + 1
    inner = np.unique(parts[train])[:2]
    best: tuple[float, Floats, float] | None = None
    for design in designs:
        for penalty in _PENALTIES:
            loss = 0.0
            for part in inner:
                held = train & (parts == part)
                fitted = fit(design[train & ~held], outcome[train & ~held], classes, penalty)
                chances = predict(fitted, design[held])[np.arange(int(held.sum())), outcome[held]]
                loss -= float(np.log(np.maximum(chances, 1e-12)).sum())
            if best is None or loss < best[0]:
                best = (loss, design, penalty)
    assert best is not None
    _, design, penalty = best
    return predict(fit(design[train], outcome[train], classes, penalty), design[~train])
