"""The documents that lie beside the repository, when they do."""

from functools import cache
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "documents"


@cache
def _read() -> dict[str, str]:
    return {path.stem: path.read_bytes().decode() for path in sorted(FOLDER.glob("*.txt"))}


def documents() -> dict[str, str]:
    """The texts by number; the calling test is skipped when they are not here."""
    found = _read()
    if not found:
        pytest.skip("the documents of ../shared/data are not here")
    return found
