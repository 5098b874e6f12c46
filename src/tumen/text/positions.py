"""Positions in a text, and their form in browsers and in UTF-8.

Inside Tumen a position is a number of code points of the decoded text with LF line ends, unnormalised. Browsers count
UTF-16 units, files count UTF-8 bytes; convert at the boundary and nowhere else. Every function takes many positions at
once, in any order, and answers in the same order; the cost is one pass over the text.
"""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable

_ASTRAL = re.compile("[\U00010000-\U0010ffff]")  # what UTF-16 writes as two units
_LINE_END = re.compile(r"\r\n?")


class OutsideText(ValueError):
    """A position is negative or lies beyond the end of the text: it belongs to another rendition, or was mistyped."""


class InsideCharacter(ValueError):
    """A UTF-16 or UTF-8 position points into the middle of a character, where no passage can begin or end."""


def normalise_line_ends(text: str) -> str:
    """`text` with CRLF and CR as LF; nothing else is touched."""
    return _LINE_END.sub("\n", text) if "\r" in text else text


def to_utf16(text: str, positions: Iterable[int]) -> list[int]:
    """Code points to UTF-16 units, as JavaScript counts. Raises `OutsideText`."""
    astral = _astral(text)
    return [p + bisect_left(astral, p) for p in _checked(positions, len(text))]


def from_utf16(text: str, positions: Iterable[int]) -> list[int]:
    """UTF-16 units to code points. Raises `OutsideText`; `InsideCharacter` between the halves of a surrogate pair."""
    second_halves = [p + before + 1 for before, p in enumerate(_astral(text))]
    halves = set(second_halves)
    answers = []
    for position in _checked(positions, len(text) + len(second_halves)):
        if position in halves:
            raise InsideCharacter(f"UTF-16 position {position} is in the middle of a character.")
        answers.append(position - bisect_left(second_halves, position))
    return answers


def to_utf8(text: str, positions: Iterable[int]) -> list[int]:
    """Code points to UTF-8 bytes. Raises `OutsideText`."""
    wanted = list(_checked(positions, len(text)))
    if text.isascii():
        return wanted
    return _in_one_pass(wanted, lambda start, end: len(text[start:end].encode("utf-8", "surrogatepass")))


def from_utf8(text: str, positions: Iterable[int]) -> list[int]:
    """UTF-8 bytes to code points. Raises `OutsideText`; `InsideCharacter` between the bytes of one character."""
    data = text.encode("utf-8", "surrogatepass")
    wanted = list(_checked(positions, len(data)))
    if len(data) == len(text):
        return wanted
    for position in wanted:
        if position < len(data) and data[position] & 0xC0 == 0x80:
            raise InsideCharacter(f"UTF-8 position {position} is in the middle of a character.")
    return _in_one_pass(wanted, lambda start, end: len(data[start:end].decode("utf-8", "surrogatepass")))


def _astral(text: str) -> list[int]:
    return [found.start() for found in _ASTRAL.finditer(text)]


def _checked(positions: Iterable[int], length: int) -> Iterable[int]:
    for position in positions:
        if not 0 <= position <= length:
            raise OutsideText(f"Position {position} is outside the text (0 to {length}).")
        yield position


def _in_one_pass(positions: list[int], size_of: Callable[[int, int], int]) -> list[int]:
    """The size of everything before each position, measuring every stretch between two positions once."""
    before: dict[int, int] = {}
    reached = size = 0
    for position in sorted(set(positions)):
        size += size_of(reached, position)
        before[position] = size
        reached = position
    return [before[position] for position in positions]
