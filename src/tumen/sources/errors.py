"""What can go wrong with sources."""


class SourceError(Exception):
    """Base of everything that can go wrong with a source; never raised itself."""


class BadPassage(SourceError):
    """A passage was asked for outside its text, or empty."""


class NotVisible(SourceError):
    """The source does not exist, or stands in a compartment this user may not see; the two are told alike."""
