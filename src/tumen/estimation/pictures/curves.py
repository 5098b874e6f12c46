"""The total as each assumption of a model is changed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tumen.estimation.pictures.svg import INK, LINE, SERIES, SOFT, Drawing, Scale
from tumen.estimation.sensitivity import Curve

LEFT, WIDE, TOP, TALL, KEY = 80, 460, 50, 300, 260


def sensitivity_plot(curves: Sequence[Curve]) -> str:
    """One line an assumption over odds ratios from 1/2 to 2; uninformative ones are named in the key, and not drawn."""
    drawn = [curve for curve in curves if curve.is_informative]
    known = [total for curve in drawn for total in curve.totals if math.isfinite(total)] or [1.0, 2.0]
    ratios = curves[0].odds_ratios if curves else (0.5, 2.0)
    height = max(TOP + TALL + 60, TOP + 18 * (len(curves) + 1))
    picture = Drawing(
        LEFT + WIDE + KEY, height, "Sensitivity of the total",
        f"The total as odds ratios fixed at 1 run from {ratios[0]:g} to {ratios[-1]:g}:"
        f" from {min(known):,.0f} to {max(known):,.0f} people.",
    )  # fmt: skip
    picture.text((10, 22), "People in all, when an odds ratio taken to be 1 is not", size=14)
    across = Scale(ratios[0], ratios[-1], LEFT, LEFT + WIDE, logarithmic=True)
    up = Scale(min(known) * 0.97, max(known) * 1.03, TOP + TALL, TOP)
    for tick in up.ticks():
        picture.line((LEFT, up(tick)), (LEFT + WIDE, up(tick)), LINE)
        picture.text((LEFT - 8, up(tick) + 4), f"{tick:,.0f}", "end", SOFT, 11)
    for ratio, words in ((0.5, "1/2"), (1.0, "1"), (2.0, "2")):
        picture.line((across(ratio), TOP), (across(ratio), TOP + TALL), SOFT if ratio == 1 else LINE)
        picture.text((across(ratio), TOP + TALL + 18), words, "middle", SOFT, 11)
    picture.text((LEFT + WIDE / 2, TOP + TALL + 40), "odds ratio", "middle", SOFT)
    for at, curve in enumerate(curves):
        y = TOP + 18 * at
        colour = SERIES[at % len(SERIES)]
        name = f"{curve.kind}: {curve.what}"
        if not curve.is_informative:
            picture.text((LEFT + WIDE + 40, y + 4), f"{name} (uninformative)", colour=SOFT, size=11)
            continue
        picture.path([(across(x), up(total)) for x, total in zip(ratios, curve.totals, strict=True)], colour, 2)
        picture.line((LEFT + WIDE + 16, y), (LEFT + WIDE + 34, y), colour, 3)
        picture.text((LEFT + WIDE + 40, y + 4), name, colour=INK, size=11)
    return str(picture)
