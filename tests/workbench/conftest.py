"""A small demonstration archive, made by the command itself, once for all tests of the workbench."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.workbench.running import Kept, tumen


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    """`tumen demo --acts 500`; tests that write take a copy."""
    place: Path = tmp_path_factory.mktemp("demo")
    kept = Kept(place / "archive", place / "passphrase")
    made = tumen("demo", kept.path, "--acts", "500", "--write-passphrase", kept.passphrase_file)
    assert made.returncode == 0, made.stderr
    return kept
