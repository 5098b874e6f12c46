"""What consent costs: a question asked for a purpose, against the same question without it, in one run.

    python -m benchmarks.consent [--rows N ...]

The rows are those of `benchmarks.columns`, the sources a thirtieth of them, each with a decision, one in fifty with a
later withdrawal. "First" is the first question after consent changed (it works out the state of every row), "next" the
ones after it. CPU time of one thread.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from benchmarks import summary
from benchmarks.columns import DIMS, MASK, RUN, Data, clock, frame_of, make
from tumen.archive import setup

setup.start_django()

from tumen.coding.consent import Block, Decision, Grid, Held, Standing, decided  # noqa: E402
from tumen.columns import Query, crosstab, select, withheld  # noqa: E402
from tumen.counting.usable import Usable  # noqa: E402

GRID = Grid(
    ("documentation", "reporting", "advocacy", "accountability", "research", "assistance"),
    ("own", "partners", "courts", "un", "researchers", "public"),
    ("aggregate", "coded", "narrative", "named"),
)
TODAY = 739_000
NOBODY = np.zeros(0, np.int64)


def histories(sources: np.ndarray, seed: int = 2) -> dict[int, list[Decision]]:
    """A decision of each source, by one of thirty patterns of answers, and withdrawals of one in fifty."""
    rng = np.random.default_rng(seed)
    forms = [
        tuple(
            Block(
                "given" if rng.random() < 0.7 else "refused",
                tuple(rng.choice(GRID.purposes, 2, replace=False).tolist()),
                tuple(rng.choice(GRID.audiences, 3, replace=False).tolist()),
                GRID.grains[int(rng.integers(0, 4))],
            )
            for _ in range(5)
        )
        for _ in range(30)
    ]
    gone = (Block("withdrawn", GRID.purposes, GRID.audiences, "aggregate"),)
    chosen, withdrawn = rng.integers(0, len(forms), len(sources)), rng.random(len(sources)) < 0.02
    return {
        source: [Decision(forms[form], 1, 1, 1), *([Decision(gone, 2, 2, 2)] if later else [])]
        for source, form, later in zip(sources.tolist(), chosen.tolist(), withdrawn.tolist(), strict=True)
    }


def standing_of(histories: dict[int, list[Decision]]) -> Standing:
    """Where consent stands after these histories, single decisions that are alike decided once, as an archive does."""
    alike: dict[int, np.ndarray] = {}
    states = {}
    for source, history in histories.items():
        if len(history) > 1:
            states[source] = decided(GRID, history, {}, TODAY)
            continue
        key = id(history[0].answers)
        if key not in alike:
            alike[key] = decided(GRID, history, {}, TODAY)
        states[source] = alike[key]
    return Standing(GRID, Held.of(GRID, states), Held.of(GRID, {}), NOBODY, NOBODY, NOBODY)


def measure(rows: int) -> None:
    """Print the figures for one size."""
    data: Data = make(rows)
    frame = frame_of(data)
    told = histories(np.unique(data.columns["source"]))
    start = time.process_time()
    standing = standing_of(told)
    built = (time.process_time() - start) * 1e3
    frame.consent(Usable(standing))
    print(f"\n{rows:,} act rows of {len(told):,} sources: where consent stands worked out in {built:.0f} ms CPU")
    print(f"{'CPU ms, 1 thread':34} {'without':>9} {'next':>9} {'ratio':>7} {'first':>9} {'ratio':>7}")
    for resolution, name in (("records", "records"), (RUN, "resolved")):
        bare = Query("acts", resolution=resolution)  # type: ignore[arg-type]
        asked = replace(bare, purpose="reporting", audience="public")
        line(f"list, {name}", frame, standing, lambda q: select(frame, q, MASK), bare, asked, rows)
        line(f"table of 3 dimensions, {name}", frame, standing, lambda q: crosstab(frame, q, MASK, DIMS), bare, asked,
             rows)  # fmt: skip
    selection = select(frame, Query("acts", resolution=RUN), MASK)

    def grid() -> None:
        for purpose in GRID.purposes:
            for audience in GRID.audiences:
                withheld(selection, purpose, audience)

    print(f"{'the page: all 36 purposes and audiences':34} {statistics.median(clock(grid, 5)):9.1f}")


def line(
    what: str,
    frame: object,
    standing: Standing,
    ask: Callable[[Query], object],
    bare: Query,
    asked: Query,
    rows: int,
) -> None:
    """Print one question: without consent, with it, and with it just after consent changed."""
    without = statistics.median(clock(lambda: ask(bare), 15))
    following = statistics.median(clock(lambda: ask(asked), 15))

    def changed() -> object:
        frame.consent(Usable(replace(standing)))  # type: ignore[attr-defined]
        return ask(asked)

    first = statistics.median(clock(changed, 7))
    print(f"{what:34} {without:9.2f} {following:9.2f} {following / without:6.2f}x {first:9.2f} {first / without:6.1f}x")
    if what.startswith("table"):
        times = following / without
        summary.note(f"{what} asked for a purpose, {rows:,}", 1.2, times, "x", f"without, {without:.1f} ms")


def main() -> None:
    """Run at two sizes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="sizes; 87,317 and 1.5 million if not given")
    for rows in parser.parse_args().rows or (87_317, 1_500_000):
        measure(rows)


if __name__ == "__main__":
    main()
