"""How logs are written: code and counts, never what people typed."""

from __future__ import annotations

import logging
import traceback
from types import TracebackType

Caught = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Discreet(logging.Formatter):
    """Writes of an exception its class and the lines of code it passed, but no message: that may quote a record."""

    def formatException(self, ei: Caught) -> str:  # noqa: N802 (logging's name)
        """Return the lines of code, and the classes of the exception and of those that caused it."""
        lines: list[str] = []
        error = ei[1]
        while error is not None:
            lines.insert(0, "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__)
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
