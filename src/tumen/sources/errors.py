"""What can go wrong with sources: one class a failure, each saying how it arises."""


class SourceError(Exception):
    """Base of everything that can go wrong with a source; never raised itself."""


class BadPassage(SourceError):
    """A passage was asked for outside its text, or empty."""


class Superseded(SourceError):
    """A text was to be corrected that somebody had corrected since it was opened; `newest` is the corrected one."""

    def __init__(self, old: int, newest: int) -> None:
        super().__init__(f"Text {old} was corrected meanwhile; text {newest} stands in its place.")
        self.newest = newest


class NotVisible(SourceError):
    """The source does not exist, or stands in a compartment this user may not see; the two are told alike."""


class NotAllowed(SourceError):
    """The user may see this, but may not change it or add to it: her role in the compartment does not let her."""


class UnknownKind(SourceError):
    """The kind given for a source is no term of the list of source kinds."""


class NoSuchSource(SourceError):
    """A citation names a source that is not there, or whose title several sources share."""


class CircularCitation(SourceError):
    """A source would come to rest on itself, directly or through others."""


class NoSuchUpload(SourceError):
    """The upload does not exist, is somebody else's, or was given up and swept."""


class WrongOffset(SourceError):
    """A piece of an upload does not begin where the last one ended; `received` says where that is."""

    def __init__(self, received: int) -> None:
        super().__init__(f"{received} bytes have arrived; send on from there")
        self.received = received


class TooMuch(SourceError):
    """An upload holds more bytes than it announced, or announces more than is taken in."""


class BrokenOff(SourceError):
    """The connection ended in the middle of a piece; what arrived whole before it is kept."""


class UnreadableMarks(SourceError):
    """The names marked in a text are stored in a form that this version does not know; the text stays closed."""


class MarksChanged(SourceError):
    """A text's names were to be called complete by somebody who had not seen what another has marked meanwhile."""
