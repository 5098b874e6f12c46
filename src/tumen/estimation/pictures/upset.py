"""How many people each pattern of lists holds (an UpSet plot, Lex et al. 2014)."""

from __future__ import annotations

import numpy as np

from tumen.estimation.pictures.svg import ACCENT, INK, LINE, SOFT, Drawing
from tumen.estimation.printing import columns_of
from tumen.estimation.sentences import Language, say, tell
from tumen.estimation.table import CaptureTable

MOST = 40  # patterns drawn; the picture says how many are left out
ROW, COLUMN, TALL, TOP = 22, 22, 180, 40
LEAST_LEFT, LEAST_WIDTH = 60, 460  # room for the names of the lists; for the heading


def upset(table: CaptureTable, language: Language = "en") -> str:
    """Patterns by size, the largest first, over a grid that shows which lists each has."""
    cells = np.flatnonzero(table.counts)
    cells = cells[np.argsort(-table.counts[cells], kind="stable")]
    shown = cells[:MOST]
    sizes = table.overlaps().diagonal()
    names = [tell(say("upset_list", name=name, size=int(sizes[j])), language) for j, name in enumerate(table.lists)]
    left = max([LEAST_LEFT, *(30 + 7 * columns_of(name) for name in names)])
    width, height = max(left + COLUMN * (len(shown) + 1), LEAST_WIDTH), TOP + TALL + ROW * table.K + 40
    largest = int(table.counts[shown[0]])
    picture = Drawing(
        width, height, tell(say("upset_title"), language),
        tell(say("upset_says", n=table.n, shown=len(shown), patterns=cells.size, largest=largest), language),
    )  # fmt: skip
    picture.text((10, 22), tell(say("upset_head", n=table.n, patterns=cells.size), language), size=14)
    base = TOP + TALL
    for j, name in enumerate(names):
        y = base + ROW * (j + 0.5) + 8
        picture.text((left - 14, y + 4), name, "end")
        picture.line((left, y), (left + COLUMN * len(shown), y))
    for at, mask in enumerate(shown):
        x = left + COLUMN * (at + 0.5)
        tall = TALL * table.counts[mask] / largest * 0.88
        picture.bar(x - 7, base - tall, 14, tall, ACCENT)
        picture.text((x, base - tall - 4), f"{table.counts[mask]:,}", "middle", SOFT, 9)
        rows = [base + ROW * (j + 0.5) + 8 for j in range(table.K) if mask >> j & 1]
        for j in range(table.K):
            picture.dot((x, base + ROW * (j + 0.5) + 8), 5, INK if mask >> j & 1 else LINE)
        picture.line((x, rows[0]), (x, rows[-1]), INK, 2)
    if cells.size > len(shown):
        left_out = int(table.counts[cells[MOST:]].sum())
        note = say("upset_left_out", patterns=cells.size - MOST, people=left_out)
        picture.text((left, height - 12), tell(note, language), colour=SOFT)
    return str(picture)
