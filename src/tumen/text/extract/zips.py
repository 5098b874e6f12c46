"""Parts of a ZIP container, inflated under limits: the directory is checked first, and not believed."""

import io
import zipfile
import zlib

from tumen.text.extract.errors import Damaged, Encrypted, TooLarge, Unsafe
from tumen.text.extract.model import MEBIBYTE, Limits
from tumen.text.extract.sentences import INFLATES, MANY_PARTS

_MOST_ENTRIES = 10_000
_SMALL = MEBIBYTE  # below this, any ratio is harmless


class Container:
    """A ZIP file whose parts are read one by one; `budget` is shared by all of them."""

    def __init__(self, data: bytes, limits: Limits) -> None:
        """Raises `Damaged` when the directory cannot be read, `TooLarge` when it promises too much."""
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            entries = self._zip.infolist()
        except (zipfile.BadZipFile, ValueError, OverflowError, NotImplementedError, UnicodeDecodeError) as error:
            raise Damaged("The ZIP container is cut short or damaged.") from error
        self._limits = limits
        self._budget = limits.inflated_bytes
        if len(entries) > _MOST_ENTRIES:
            raise TooLarge(MANY_PARTS.format(n=f"{len(entries):,}"))
        if sum(entry.file_size for entry in entries) > limits.inflated_bytes:
            raise TooLarge("The container would unpack to more than the limit.")
        for entry in entries:
            self._check_ratio(entry, entry.file_size)

    def names(self) -> set[str]:
        """The names of all parts, as the directory gives them."""
        return set(self._zip.namelist())

    def part(self, name: str) -> bytes:
        """One part, inflated. Raises `KeyError` when there is none, and the failures named in this module's imports."""
        entry = self._zip.getinfo(name)
        if entry.flag_bits & 0x1:
            raise Encrypted(where=name)
        inflated = bytearray()
        try:
            with self._zip.open(entry) as stream:
                while chunk := stream.read(65_536):
                    inflated += chunk
                    if len(inflated) > self._budget:
                        raise TooLarge("It unpacks to more than the limit.", where=name)
                    self._check_ratio(entry, len(inflated))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise Damaged("A part of the ZIP container is cut short or damaged.", where=name) from error
        self._budget -= len(inflated)
        return bytes(inflated)

    def xml(self, name: str) -> bytes:
        """One part that is XML. Raises `Unsafe` when it declares a document type: the way to every entity attack."""
        data = self.part(name)
        if b"<!DOCTYPE" in data.replace(b"\0", b""):  # without the zeros of UTF-16
            raise Unsafe("It declares XML entities, which no document of this kind needs.", where=name)
        return data

    def _check_ratio(self, entry: zipfile.ZipInfo, size: int) -> None:
        if size > _SMALL and size > self._limits.inflation_ratio * max(1, entry.compress_size):
            raise TooLarge(INFLATES.format(n=self._limits.inflation_ratio), where=entry.filename)
