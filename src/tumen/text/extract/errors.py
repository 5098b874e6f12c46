"""Why a file cannot be read: one class a failure, each saying what, where and what to do."""

from typing import ClassVar

from tumen.text.scripts import safe_name


class CannotRead(Exception):
    """A file could not be turned into text. `str()` is a sentence or two for the person who added it.

    `name` is the file's name made safe to show, `where` a page or part of the file or "", `detail` what was found,
    `advice` what to do about it.
    """

    what: ClassVar[str] = "The file cannot be read."
    advice: ClassVar[str] = ""

    def __init__(self, detail: str = "", *, where: str = "", name: str = "") -> None:
        self.detail, self.where = detail or self.what, where
        self.name = safe_name(name) if name else ""
        place = ", ".join(part for part in (self.name, where) if part)
        super().__init__(" ".join(part for part in (f"{place}:" if place else "", self.detail, self.advice) if part))

    def of(self, name: str) -> "CannotRead":
        """The same failure, of the file called `name`."""
        return type(self)(self.detail, where=self.where, name=name)


class EmptyFile(CannotRead):
    """The file has no bytes: the upload or the copy failed, or it was never written."""

    what = "The file is empty."
    advice = "Check the original and add it again."


class UnknownKind(CannotRead):
    """The bytes are of a kind that holds no text Tumen can read (a picture, a sound, an old Word file)."""

    what = "This kind of file is not known."
    advice = "Convert it to PDF, DOCX, HTML or plain text and add that as well; the original can still be kept."


class Encrypted(CannotRead):
    """The file opens only with a password (PDF user password, password-protected Word file, encrypted ZIP entry)."""

    what = "The file is protected by a password."
    advice = "Open it with its password, save a copy without one, and add the copy."


class Damaged(CannotRead):
    """The file begins like its kind but breaks its rules: cut short, or changed on the way."""

    what = "The file is damaged."
    advice = "Get it again from where it came; if it opens elsewhere, save it anew and add the copy."


class Unsafe(CannotRead):
    """The file holds a construction that documents of its kind never need and attacks do (XML entity declarations)."""

    what = "The file holds a construction that is used in attacks."
    advice = "Do not open it elsewhere; ask the sender what made it."


class TooLarge(CannotRead):
    """The file, what it unpacks to, its text, or the memory it needs is beyond the limits: huge, or a bomb."""

    what = "The file is too large."
    advice = "Split it, or ask the administrator to raise the limit if you trust where it comes from."


class TooManyPages(CannotRead):
    """The PDF has more pages than the limit."""

    what = "The file has too many pages."
    advice = "Split it into parts and add those."


class TooDeep(CannotRead):
    """The file's parts are nested in each other more deeply than any document needs."""

    what = "The file is nested too deeply."
    advice = "Save it anew with the program that made it, or print it to PDF."


class TooSlow(CannotRead):
    """Reading took longer than the limit on processor time or on waiting, and was stopped."""

    what = "Reading took too long and was stopped."
    advice = "Save it anew or split it; it may be built to waste time."


class NoText(CannotRead):
    """The file is sound but has no text in it: scanned pages, or pictures only."""

    what = "There is no text in the file."
    advice = "If it shows pictures of pages, it needs character recognition (OCR) first."


class ReaderDied(CannotRead):
    """The reading process crashed or broke its protocol on this file; only that process is gone."""

    what = "The reading process stopped on this file."
    advice = "The file may be damaged or hostile. Save it anew with the program that made it and add the copy."


BY_NAME: dict[str, type[CannotRead]] = {
    failure.__name__: failure
    for failure in (
        EmptyFile, UnknownKind, Encrypted, Damaged, Unsafe, TooLarge, TooManyPages, TooDeep, TooSlow, NoText,
        ReaderDied, ) }  # fmt: skip
"""The failures a worker may report by name."""
