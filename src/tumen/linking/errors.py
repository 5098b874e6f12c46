"""What can go wrong with judgements."""


class LinkingError(Exception):
    """Base of everything that can go wrong with linking; never raised itself."""


class CannotJudge(LinkingError):
    """The two records are one, are of different kinds, are no act, party or incident, or one does not exist."""


class Contradiction(LinkingError):
    """Two records that chains of "same" join are also judged different; `chain` is all that is joined."""

    def __init__(self, records: tuple[int, int], chain: tuple[int, ...]) -> None:
        joined = ", ".join(f"#{record}" for record in chain)
        super().__init__(
            f"#{records[0]} and #{records[1]} are judged different, yet “same” joins them: {joined}. "
            "Take back one of these judgements first."
        )
        self.records, self.chain = records, chain


class CannotErase(LinkingError):
    """What was named to be erased is no party or no source of this archive."""
