"""The command of the study; see the package."""

from __future__ import annotations

import time
from argparse import ArgumentParser

import benchmarks.estimation_coverage as study
from benchmarks.estimation_coverage.counts import read
from benchmarks.estimation_coverage.page import PAGE, page
from benchmarks.estimation_coverage.running import run_clean, run_grid
from benchmarks.estimation_coverage.settings import settings
from tumen.estimation.registry import METHODS


def main() -> None:
    """Go on with the study, or write its page."""
    parser = ArgumentParser(description=study.__doc__)
    parser.add_argument("--minutes", type=float, default=1e6)
    parser.add_argument("--only", default="", help="settings whose name contains this")
    parser.add_argument("--methods", default=",".join(METHODS))
    parser.add_argument("--anew", action="store_true")
    parser.add_argument("--clean", action="store_true")
    parser.add_argument("--page", action="store_true")
    asked = parser.parse_args()
    until = time.monotonic() + 60 * asked.minutes
    if asked.page:
        PAGE.write_text(page(settings(), read()), "utf-8")
    elif asked.clean:
        run_clean(until, asked.anew)
    else:
        chosen = [setting for setting in settings() if asked.only in setting.name]
        run_grid(chosen, asked.methods.split(","), until, asked.anew)


if __name__ == "__main__":
    main()
