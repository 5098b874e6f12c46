"""What the benchmarks promise and what they found, collected from their processes into one table.

Each benchmark says `note(...)` for a line of the foundation's goals. Run alone it prints the line; run by
`python -m benchmarks` the line goes to the file named in TUMEN_BENCH_NOTES and into the table at the end.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

NOTES = "TUMEN_BENCH_NOTES"


@dataclass(frozen=True)
class Note:
    """One line: what was promised, `measured` against at most `goal` in `unit`, and a ratio against a peer if any."""

    line: str
    goal: float
    measured: float
    unit: str
    peer: str = ""

    @property
    def met(self) -> bool:
        """Whether the goal was reached."""
        return self.measured <= self.goal

    def text(self) -> str:
        """Return the line of the table."""
        goal, measured = (_written(value, self.unit) for value in (self.goal, self.measured))
        return f"{self.line:62} {goal:>9} {measured:>9}  {'met   ' if self.met else 'MISSED'}  {self.peer}"


def _written(value: float, unit: str) -> str:
    return f"{value:.2f}{unit}" if value < 10 else f"{value:.0f}{unit}"


HEADING = f"{'line':62} {'goal':>9} {'measured':>9}  {'':6}  peer, ratio"


def note(line: str, goal: float, measured: float, unit: str, peer: str = "") -> None:
    """Keep one line for the table, or print it when nobody collects them."""
    made = Note(line, goal, measured, unit, peer)
    place = os.environ.get(NOTES)
    if place is None:
        print(made.text())
        return
    with Path(place).open("a", encoding="utf-8") as file:
        file.write(json.dumps(asdict(made)) + "\n")


def table(place: Path) -> str:
    """Return the table of the lines collected in a file."""
    notes = [Note(**json.loads(line)) for line in place.read_text("utf-8").splitlines()]
    missed = sum(not made.met for made in notes)
    return "\n".join((HEADING, *(made.text() for made in notes), f"{len(notes)} lines, {missed} missed"))
