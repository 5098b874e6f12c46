"""What consent means: the grid of purpose, audience and granularity, and what follows from a history of decisions.

Plain values without a database. `queries.consent` reads the decisions of an archive, `services.consent` records them;
why the rules are as they are: docs/decisions/consent.md.
"""

from tumen.coding.consent.grid import (
    AUDIENCES,
    GRAINS,
    PURPOSES,
    REASONS,
    STATES,
    BadAnswer,
    Block,
    Grid,
    State,
    as_json,
    block,
    usable,
)
from tumen.coding.consent.history import Decision, decided
from tumen.coding.consent.standing import Held, Standing

__all__ = [
    # the grid
    "Grid", "State", "Block", "block", "as_json", "usable", "REASONS", "PURPOSES", "AUDIENCES", "GRAINS", "STATES",
    "BadAnswer",
    # what follows from decisions
    "Decision", "decided", "Held", "Standing",
]  # fmt: skip
