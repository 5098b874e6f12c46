"""How many people each pattern of lists holds (an UpSet plot, Lex et al. 2014)."""

from __future__ import annotations

import numpy as np

from tumen.estimation.pictures.svg import ACCENT, INK, LINE, SOFT, Drawing
from tumen.estimation.table import CaptureTable

MOST = 40  # patterns drawn; the picture says how many are left out
ROW, COLUMN, TALL, LEFT, TOP = 22, 22, 180, 190, 40


def upset(table: CaptureTable) -> str:
    """Patterns by size, the largest first, over a grid that shows which lists each has."""
    cells = np.flatnonzero(table.counts)
    cells = cells[np.argsort(-table.counts[cells], kind="stable")]
    shown = cells[:MOST]
    width, height = LEFT + COLUMN * (len(shown) + 1), TOP + TALL + ROW * table.K + 40
    largest = int(table.counts[shown[0]])
    picture = Drawing(
        width, height, "People by the lists that recorded them",
        f"{table.n} people; {len(shown)} of {cells.size} patterns shown, the largest with {largest} people.",
    )  # fmt: skip
    picture.text((10, 22), f"{table.n:,} people, {cells.size} patterns", colour=INK, size=14)
    sizes = table.overlaps().diagonal()
    base = TOP + TALL
    for j, name in enumerate(table.lists):
        y = base + ROW * (j + 0.5) + 8
        picture.text((LEFT - 14, y + 4), f"{name} ({sizes[j]:,})", "end")
        picture.line((LEFT, y), (width - COLUMN / 2, y))
    for at, mask in enumerate(shown):
        x = LEFT + COLUMN * (at + 0.5)
        tall = TALL * table.counts[mask] / largest * 0.88
        picture.bar(x - 7, base - tall, 14, tall, ACCENT)
        picture.text((x, base - tall - 4), str(table.counts[mask]), "middle", SOFT, 9)
        rows = [base + ROW * (j + 0.5) + 8 for j in range(table.K) if mask >> j & 1]
        for j in range(table.K):
            picture.dot((x, base + ROW * (j + 0.5) + 8), 5, INK if mask >> j & 1 else LINE)
        picture.line((x, rows[0]), (x, rows[-1]), INK, 2)
    if cells.size > len(shown):
        left_out = int(table.counts[cells[MOST:]].sum())
        note = f"{cells.size - MOST} smaller patterns with {left_out:,} people are not drawn"
        picture.text((LEFT, height - 12), note, colour=SOFT)
    return str(picture)
