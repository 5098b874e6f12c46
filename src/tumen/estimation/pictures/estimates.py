"""The estimates of all methods side by side, refusals among them."""

from __future__ import annotations

import math

from tumen.estimation.comparing import Comparison
from tumen.estimation.pictures.svg import ACCENT, INK, LINE, SOFT, Drawing, Scale
from tumen.estimation.results import Estimate

ROW, LEFT, WIDE, TOP = 34, 120, 560, 56


def side_by_side(comparison: Comparison) -> str:
    """A row a method, on one logarithmic axis: point and interval, an arrow for an open limit, words for a refusal."""
    table, level = comparison.table, comparison.settings.level
    rows = list(comparison.outcomes.items())
    values = [float(table.n)]
    for _, outcome in rows:
        if isinstance(outcome, Estimate):
            interval = outcome.interval(level)
            values += [value for value in (outcome.N, interval.lower, interval.upper) if math.isfinite(value)]
    height = TOP + ROW * len(rows) + 44
    refused = sum(not isinstance(outcome, Estimate) for _, outcome in rows)
    picture = Drawing(
        LEFT + WIDE + 40, height, "Estimates side by side",
        f"{len(rows)} methods, {refused} refused; intervals at {100 * level:g} %. {comparison.verdict.text}",
    )  # fmt: skip
    picture.text((10, 22), f"People in all, by method ({100 * level:g} % intervals)", size=14)
    scale = Scale(min(values) * 0.95, max(values) * 1.1, LEFT, LEFT + WIDE, logarithmic=True)
    base = TOP + ROW * len(rows)
    for tick in scale.ticks():
        picture.line((scale(tick), TOP - 12), (scale(tick), base), LINE)
        picture.text((scale(tick), base + 16), f"{tick:,.0f}", "middle", SOFT, 11)
    picture.line((scale(table.n), TOP - 12), (scale(table.n), base), SOFT, 1, dashed=True)
    picture.text((scale(table.n) + 4, base + 32), f"{table.n:,} recorded", "start", SOFT, 11)
    for at, (name, outcome) in enumerate(rows):
        y = TOP + ROW * (at + 0.5) - 8
        picture.text((LEFT - 12, y + 4), name, "end")
        if not isinstance(outcome, Estimate):
            picture.text((LEFT + 24, y + 4), f"refuses: {outcome.code}", colour=SOFT)
            continue
        interval = outcome.interval(level)
        low = scale(outcome.N if math.isnan(interval.lower) else max(interval.lower, min(values)))
        high = (
            LEFT + WIDE + 20 if interval.is_open else scale(outcome.N if math.isnan(interval.upper) else interval.upper)
        )
        picture.line((low, y), (high, y), ACCENT, 3)
        if interval.is_open:
            picture.path([(high - 7, y - 5), (high, y), (high - 7, y + 5)], ACCENT, 2)
        for missing, end in ((math.isnan(interval.lower), low), (math.isnan(interval.upper), high)):
            if missing:
                picture.text((end, y - 6), "?", "middle", SOFT, 11)
        picture.dot((scale(outcome.N), y), 5, INK)
    return str(picture)
