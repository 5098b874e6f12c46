"""A statement about the existence of an estimate that anyone can check in exact arithmetic."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from tumen.estimation.errors import EstimationError
from tumen.estimation.sentences import Sentence

Reason = Literal["", "NoExtendedMLE", "NotIdentified"]


class CertificateFails(EstimationError):
    """A certificate does not prove what it says: it was changed, or belongs to another table or model."""


@dataclass(frozen=True)
class Certificate:
    """Whether a model has a finite estimate of the total on a table, with the proof.

    `support` are the patterns counted at least once, `cells` all patterns that can be counted, `terms` the model's
    terms, all as masks. The model's matrix has a row for each cell and a column for each term, 1 where the cell's
    lists contain the term's.

    `facial` is the facial set: the cells whose fitted mean is positive (Fienberg & Rinaldo 2012). `direction` (one
    number a term) proves that the others go to 0: its product with a cell's row is 0 on the facial set and negative
    on every other cell. `weights` (one positive number a facial cell) proves that no more cells go: the weighted rows
    of the facial set sum to what the supported cells alone give. `combination` (one number a facial cell) proves
    that the number unobserved is determined: the rows of the facial set so combined give the unobserved cell's row.
    When it is not determined, `blind` (one number a term) is orthogonal to every facial row and not to the unobserved
    cell's.
    """

    terms: tuple[int, ...]
    cells: tuple[int, ...]
    support: tuple[int, ...]
    facial: tuple[int, ...]
    direction: tuple[Fraction, ...]
    weights: tuple[Fraction, ...]
    combination: tuple[Fraction, ...]
    blind: tuple[Fraction, ...]
    reason: Reason
    why: Sentence

    @property
    def exists(self) -> bool:
        """Whether the model has a finite, determined estimate of the total on this support."""
        return self.reason == ""
