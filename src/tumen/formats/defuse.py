"""Text that a spreadsheet would run as a formula, made harmless and back.

A cell that begins with = + - @, their full-width forms, a tab or a line break gets an apostrophe before it, and so
does one that already has apostrophes before such a character; `restore` takes one off again. Plain numbers (-5, +3.2)
stay as they are. Every text survives the way there and back.
"""

import re

_RISKY = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
_DEFUSED = re.compile("'+[=+\\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?\Z", re.ASCII)


def defuse(text: str) -> str:
    """The text as it is safe to write into a cell."""
    return "'" + text if _RISKY.match(text) and not _NUMBER.match(text) else text


def restore(text: str) -> str:
    """What `defuse` was given."""
    return text[1:] if _DEFUSED.match(text) else text
