"""Tables to test with: published counts from the shared folder, and small ones made here."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tumen.estimation import CaptureTable

SHARED = Path(__file__).parents[2].parent / "shared" / "data" / "mse"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data folder is not beside the repository")


@cache
def published(name: str) -> CaptureTable:
    return CaptureTable.from_csv(SHARED / f"{name}.csv")


@cache
def reference() -> list[dict[str, Any]]:
    return list(json.loads((SHARED / "reference.json").read_text("utf-8"))["results"])


def reference_for(name: str, method: str) -> dict[str, Any]:
    return next(row for row in reference() if row["dataset"] == name and row["method"] == method)


def table_of(*counts: int, lists: str = "") -> CaptureTable:
    """A table from counts in the order of the masks 1, 2, 3, ..."""
    size = (len(counts) + 1).bit_length() - 1
    return CaptureTable(tuple(lists or "ABCDEFGH"[:size]), np.array([0, *counts]))
