"""What can go wrong in counting."""


class CountingError(Exception):
    """Base of everything that can go wrong in a count; never raised itself."""


class NotKnownThen(CountingError):
    """A count was asked for as of a change that has not happened yet."""


class NoSuchText(CountingError):
    """An address carries a search token that this archive does not know: it was made elsewhere, or by another user."""
