"""The estimates of all methods side by side, refusals among them."""

from __future__ import annotations

import math

from tumen.estimation.comparing import Comparison
from tumen.estimation.pictures.svg import ACCENT, INK, LINE, SOFT, Drawing, Scale
from tumen.estimation.printing import number
from tumen.estimation.results import Estimate
from tumen.estimation.sentences import Language, say, tell

ROW, LEFT, WIDE, TOP, FIGURES = 34, 90, 500, 56, 210
FOOT = 66  # under the rows: the axis, who was recorded, and the key


def side_by_side(comparison: Comparison, language: Language = "en") -> str:
    """A row a method, on one logarithmic axis: point and interval and their figures, an arrow for an open limit, words
    for a refusal."""
    table, level = comparison.table, comparison.settings.level
    rows = list(comparison.outcomes.items())
    estimates = [outcome for _, outcome in rows if isinstance(outcome, Estimate)]
    says = say(
        "estimates_says",
        methods=len(rows),
        refused=len(rows) - len(estimates),
        level=100 * level,
        verdict=comparison.verdict.text,
    )
    height = TOP + ROW * len(rows) + FOOT
    title = tell(say("estimates_title"), language)
    picture = Drawing(LEFT + WIDE + FIGURES, height, title, tell(says, language))
    picture.text((10, 22), tell(say("estimates_head", level=100 * level), language), size=14)
    values = [float(table.n)]
    for each in estimates:
        interval = each.interval(level)
        values += [value for value in (each.N, interval.lower, interval.upper) if math.isfinite(value)]
    scale = Scale(min(values) * 0.95, max(values) * 1.1, LEFT, LEFT + WIDE, logarithmic=True)
    base = TOP + ROW * len(rows)
    for tick in scale.ticks():
        picture.line((scale(tick), TOP - 12), (scale(tick), base), LINE)
        picture.text((scale(tick), base + 16), f"{tick:,.0f}", "middle", SOFT, 11)
    picture.line((scale(table.n), TOP - 12), (scale(table.n), base + 22), SOFT, 1, dashed=True)
    picture.text(
        (scale(table.n) + 4, base + 32), tell(say("estimates_recorded", n=table.n), language), "start", SOFT, 11
    )
    picture.text((LEFT, base + 54), tell(say("estimates_key"), language), "start", SOFT, 11)
    for at, (name, outcome) in enumerate(rows):
        y = TOP + ROW * (at + 0.5) - 8
        picture.text((LEFT - 12, y + 4), name, "end")
        if isinstance(outcome, Estimate):
            _draw(picture, outcome, level, scale, y)
            picture.text((LEFT + WIDE + FIGURES - 12, y + 4), _figures(outcome, level, language), "end", SOFT, 11)
        else:
            refused = say("estimates_refused", code=str(outcome.code))
            picture.text((LEFT + 24, y + 4), tell(refused, language), colour=SOFT)
    return str(picture)


def _draw(picture: Drawing, outcome: Estimate, level: float, scale: Scale, y: float) -> None:
    interval, point = outcome.interval(level), scale(outcome.N)
    low = scale(interval.lower) if math.isfinite(interval.lower) else point
    high = LEFT + WIDE + 8 if interval.is_open else scale(interval.upper)
    picture.line((low, y), (high if math.isfinite(high) else point, y), ACCENT, 3)
    if interval.is_open:
        picture.path([(high - 7, y - 5), (high, y), (high - 7, y + 5)], ACCENT, 2)
    if not math.isfinite(interval.lower):
        picture.text((low - 14, y + 5), "?", "middle", SOFT, 13)
    if math.isnan(interval.upper):
        picture.text((point + 14, y + 5), "?", "middle", SOFT, 13)
    (picture.diamond if outcome.interval_kind == "bound" else picture.dot)((point, y), 6, INK)


def _figures(outcome: Estimate, level: float, language: Language) -> str:
    interval = outcome.interval(level)
    lower, upper = (tell(number(limit), language) for limit in (interval.lower, interval.upper))
    return f"{outcome.N:,.0f}  [{lower}, {upper}]"
