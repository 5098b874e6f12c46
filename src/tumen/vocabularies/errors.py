"""What can go wrong with a list: a bad file, a code it does not hold, a load that does not fit."""


class VocabularyFileError(ValueError):
    """A vocabulary file cannot be used.

    Raised by `read` when a file is no TOML or CSV, or a row of it breaks a rule of the format. `row` counts the terms
    of a TOML file from 1; in a CSV file it is the line on which the row ends, the heading being line 1. Row 0 is the
    file as a whole.
    """

    def __init__(self, file: str, row: int, field: str, problem: str, remedy: str) -> None:
        self.file, self.row, self.field, self.problem, self.remedy = file, row, field, problem, remedy
        where = f"{file}, row {row}" if row else file
        super().__init__(f"{where}, field {field}: {problem}. {remedy}.")


class UnknownTermError(KeyError):
    """A code was asked for that the list does not hold, for example one from another version of the list."""

    def __init__(self, list_code: str, code: str) -> None:
        self.list_code, self.code = list_code, code
        super().__init__(code)

    def __str__(self) -> str:
        return f"The list {self.list_code} has no term {self.code!r}. Search the list, or load the version that has it."


class UnknownListError(KeyError):
    """A list was asked for that is not among the vocabularies."""

    def __init__(self, list_code: str, known: tuple[str, ...]) -> None:
        self.list_code = list_code
        self.known = known
        super().__init__(list_code)

    def __str__(self) -> str:
        return f"There is no list {self.list_code!r}. The lists are: {', '.join(self.known)}."


class ListMismatchError(ValueError):
    """A file cannot replace a list: it is another list, or records use codes that neither of the two has."""
