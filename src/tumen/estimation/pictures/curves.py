"""The total as each assumption of a model is changed."""

from __future__ import annotations

import math
from collections.abc import Sequence

from tumen.estimation.pictures.svg import DASHES, INK, LINE, SERIES, SOFT, Drawing, Scale
from tumen.estimation.printing import columns_of
from tumen.estimation.sensitivity import Curve
from tumen.estimation.sentences import Language, say, tell

LEFT, WIDE, TOP, TALL = 80, 460, 50, 300
KEY_TEXT = 42  # from the curves to the words of the key


def sensitivity_plot(curves: Sequence[Curve], method: str = "bic", language: Language = "en") -> str:
    """One line an assumption over odds ratios from 1/2 to 2; uninformative ones are named in the key, and not drawn."""
    drawn = [curve for curve in curves if curve.is_informative]
    known = [total for curve in drawn for total in curve.totals if math.isfinite(total)] or [1.0, 2.0]
    ratios = curves[0].odds_ratios if curves else (0.5, 2.0)
    names = [
        tell(curve.name if curve.is_informative else say("sensitivity_flat", name=curve.name), language)
        for curve in curves
    ]
    key = KEY_TEXT + 20 + 6.2 * max([columns_of(name) for name in names], default=0)
    height = max(TOP + TALL + 60, TOP + 18 * (len(curves) + 1))
    picture = Drawing(
        LEFT + WIDE + key, height, tell(say("sensitivity_title"), language),
        tell(say("sensitivity_says", low=min(known), high=max(known)), language),
    )  # fmt: skip
    picture.text((10, 22), tell(say("sensitivity_head", method=method), language), size=14)
    across = Scale(ratios[0], ratios[-1], LEFT, LEFT + WIDE, logarithmic=True)
    up = Scale(min(known) * 0.97, max(known) * 1.03, TOP + TALL, TOP)
    for tick in up.ticks():
        picture.line((LEFT, up(tick)), (LEFT + WIDE, up(tick)), LINE)
        picture.text((LEFT - 8, up(tick) + 4), f"{tick:,.0f}", "end", SOFT, 11)
    for ratio, words in ((0.5, "1/2"), (1.0, "1"), (2.0, "2")):
        picture.line((across(ratio), TOP), (across(ratio), TOP + TALL), SOFT if ratio == 1 else LINE)
        picture.text((across(ratio), TOP + TALL + 18), words, "middle", SOFT, 11)
    picture.text((LEFT + WIDE / 2, TOP + TALL + 40), tell(say("sensitivity_axis"), language), "middle", SOFT)
    for at, (curve, name) in enumerate(zip(curves, names, strict=True)):
        y = TOP + 18 * at
        colour, dashes = SERIES[at % len(SERIES)], DASHES[at % len(DASHES)]
        if not curve.is_informative:
            picture.text((LEFT + WIDE + KEY_TEXT, y + 4), name, colour=SOFT, size=11)
            continue
        picture.path([(across(x), up(total)) for x, total in zip(ratios, curve.totals, strict=True)], colour, 2, dashes)
        picture.path([(LEFT + WIDE + 10, y), (LEFT + WIDE + 36, y)], colour, 2, dashes)
        picture.text((LEFT + WIDE + KEY_TEXT, y + 4), name, colour=INK, size=11)
    return str(picture)
