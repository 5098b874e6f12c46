"""What can be wrong with what estimation is given. What cannot be estimated is no error but a `Refusal`."""

from __future__ import annotations


class EstimationError(ValueError):
    """Something given to estimation is wrong; the message says what, where and what to do."""


class BadTable(EstimationError):
    """A capture table cannot be read as one: a negative or fractional count, a row on no list, a repeated pattern,
    fewer than 2 or more than 20 lists. `row` is the line of the file, the header being line 1, or None when the whole
    table is to blame; `field` the column, where one is."""

    def __init__(self, problem: str, *, row: int | None = None, file: str = "", field: str = "") -> None:
        place = (file, f"row {row}" if row is not None else "", field and f"field {field}")
        where = ", ".join(part for part in place if part)
        super().__init__(f"{where}: {problem}" if where else problem)
        self.problem = problem
        self.row = row
        self.file = file
        self.field = field


class UnknownList(EstimationError):
    """A list is named that the table does not have; the message names those that it has."""


class BadModel(EstimationError):
    """A log-linear model's formula cannot be read, or asks for a term that the table cannot carry."""


class BadPlan(EstimationError):
    """An analysis plan or a scenario cannot be read: a field is missing, unknown or of the wrong kind."""


class UnknownMethod(EstimationError):
    """A method is named that there is not; the message names those that there are."""
