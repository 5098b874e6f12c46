"""The page of the coverage study, made from its counts."""

from typing import Any


def write_page(settings: Any, rows: Any) -> None:
    """Write the page."""
