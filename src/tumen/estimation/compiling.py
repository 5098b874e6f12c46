"""`python -m tumen.estimation.compiling`: compile everything once, so that the first estimate comes at once.

Numba keeps what it compiles beside the modules (or, where it may not write there, in the user's cache), for this
processor and these sources. `make setup` runs this.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from tumen.estimation.registry import METHODS, Bootstrap, Settings, run
from tumen.estimation.selection import Downhill, select_bic
from tumen.estimation.table import CaptureTable

QUICK = Settings(bootstrap=Bootstrap("person", 250))


def compile_all() -> None:
    """Run every method on a small table."""
    table = CaptureTable(("A", "B", "C"), np.array([0, 400, 500, 80, 600, 90, 70, 15]))
    for method in METHODS:
        run(method, table, replace(QUICK, seed=2))
    select_bic(table, search="downhill", bootstrap=QUICK.bootstrap)
    Downhill(table, 2, 1).fixed(np.flatnonzero(table.counts), table.counts[None, table.counts > 0].astype(float))


if __name__ == "__main__":
    compile_all()
