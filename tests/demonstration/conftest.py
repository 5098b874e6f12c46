from __future__ import annotations

import pytest

from tumen.demonstration import Chunk, Demonstration, generate


@pytest.fixture(scope="session")
def small() -> Demonstration:
    """An archive of 6,000 acts: two chunks, so that what crosses from one to the other is tested."""
    return generate(acts=6000, seed=7)


@pytest.fixture(scope="session")
def chunks(small: Demonstration) -> list[Chunk]:
    return list(small.chunks())
