"""What a mask costs: pages of lists and tables under masks that hide something, over those of a reader of everything.

    python -m benchmarks.masks [--acts 3000] [--rounds 40]

A demonstration archive is built, half of its sources moved into a second compartment, and thrown away. CPU of
this process; every round asks for other filters, and asks under each mask in turn. The goal is at most 1.2 times.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import summary

GOAL = 1.2


def main() -> None:
    """Build, measure, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--acts", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=40)
    given = parser.parse_args()
    from tumen.archive import folder, setup

    with tempfile.TemporaryDirectory() as place:
        setup.create(Path(place) / "archive", setup.new_passphrase())
        try:
            _measure(given.acts, given.rounds)
        finally:
            folder.close()


def _measure(acts: int, rounds: int) -> None:
    from tumen.archive.changes import change
    from tumen.columns import Grant, Mask
    from tumen.counting.queries import asking, listing, tables
    from tumen.counting.store import store
    from tumen.guard.masks import SYSTEM
    from tumen.guard.services import make_compartment
    from tumen.sources.models import Source
    from tumen.workbench import demo, services

    user = services.furnish("demo", "fictional-demo").pk
    for _done in demo.fill(acts, 2024, None):
        pass
    sources = list(Source.objects.all())
    main = sources[0].compartment_id
    with change(user, "a second compartment") as c:
        other = make_compartment(c, "other", "Other").pk
        for source in sources[::2]:
            c.update(source, compartment_id=other)
    store().warm()
    every = SYSTEM.classes
    masks = {
        "everything": SYSTEM,
        "one role in both compartments": Mask.of({main: Grant(every), other: Grant(every)}),
        "places to the county": Mask.of({main: Grant(every, "county"), other: Grant(every, "county")}),
        "coder here, reader there": Mask.of({main: Grant(every), other: Grant(frozenset(), "county")}),
        "one compartment of two": Mask.of({main: Grant(every)}),
    }
    pages = {
        "list, facets, 50 rows": lambda n, mask: listing.list_page(
            asking.parse(f"unit=acts&period={1990 + n % 30}/2024&columns=victim,source,place,period&size=50"),
            mask, user, "en",
        ),
        "table of three dimensions": lambda n, mask: tables.table_page(
            asking.parse_table(f"unit=acts&dims=type:1,place:2,sex&period={1990 + n % 30}/2024"), mask, user, "en"
        ),
    }  # fmt: skip
    print(f"{acts:,} acts, {len(sources):,} sources; median CPU in ms, over that of a reader of everything")
    for title, page in pages.items():
        spent: dict[str, list[float]] = {name: [] for name in masks}
        for n in range(rounds + 2):
            for name, mask in masks.items():
                began = time.process_time()
                page(n, mask)
                if n > 1:  # the first rounds work out what later ones keep
                    spent[name].append(1000 * (time.process_time() - began))
        base = statistics.median(spent["everything"])
        for name, times in spent.items():
            ratio = statistics.median(times) / base
            print(f"{title:26} {name:32} {statistics.median(times):8.1f}  {ratio:5.2f}")
            if name != "everything":
                summary.note(f"masks: {title}, {name}", GOAL, ratio, "x")


if __name__ == "__main__":
    main()
