"""What chains did: their paths, and the ranks of their draws among all draws (Vehtari et al. 2021)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tumen.estimation.pictures.svg import ACCENT, LINE, SERIES, SOFT, Drawing, Scale
from tumen.estimation.sentences import Language, say, tell

LEFT, WIDE, TOP, TALL = 70, 640, 50, 240
MOST_POINTS = 400  # drawn a chain; the draws between are skipped
BINS = 20
MOST_RANKED = 1.5  # times the even height, beyond which a bar is cut


def trace_plot(chains: Any, name: str, language: Language = "en") -> str:
    """The number unobserved along each chain, on a logarithmic axis. `chains` has a row for each."""
    draws = _checked(chains)
    step = max(1, draws.shape[1] // MOST_POINTS)
    shown = draws[:, ::step]
    picture = Drawing(
        LEFT + WIDE + 30, TOP + TALL + 50, tell(say("trace_title", name=name), language),
        tell(say("trace_says", chains=draws.shape[0], draws=draws.shape[1], step=step), language),
    )  # fmt: skip
    picture.text((10, 22), tell(say("trace_head", chains=draws.shape[0], name=name), language), size=14)
    across = Scale(0, draws.shape[1], LEFT, LEFT + WIDE)
    up = Scale(max(float(shown.min()), 0.5), float(shown.max()) * 1.05 + 1, TOP + TALL, TOP, logarithmic=True)
    for tick in up.ticks():
        picture.line((LEFT, up(tick)), (LEFT + WIDE, up(tick)), LINE)
        picture.text((LEFT - 8, up(tick) + 4), f"{tick:,.0f}", "end", SOFT, 11)
    for at, chain in enumerate(shown):
        picture.path([(across(k * step), up(max(float(v), 0.5))) for k, v in enumerate(chain)], SERIES[at % 8], 0.7)
    for tick in across.ticks():
        picture.text((across(tick), TOP + TALL + 18), f"{tick:,.0f}", "middle", SOFT, 11)
    picture.text((LEFT + WIDE / 2, TOP + TALL + 36), tell(say("trace_axis"), language), "middle", SOFT)
    return str(picture)


def rank_plot(chains: Any, name: str, language: Language = "en") -> str:
    """A histogram a chain of the ranks of its draws among all: even when the chains tell the same story."""
    draws = _checked(chains)
    ranks = np.argsort(np.argsort(draws, axis=None, kind="stable")).reshape(draws.shape)
    even = draws.shape[1] / BINS
    panel = WIDE / draws.shape[0]
    picture = Drawing(
        LEFT + WIDE + 30, TOP + TALL / 2 + 30, tell(say("rank_title", name=name), language),
        tell(say("rank_says", chains=draws.shape[0], bins=BINS, even=even), language),
    )  # fmt: skip
    picture.text((10, 22), tell(say("rank_head", name=name), language), size=14)
    base = TOP + TALL / 2
    for at, row in enumerate(ranks):
        counts, _ = np.histogram(row, BINS, (0, draws.size))
        for b, count in enumerate(counts):
            tall = min(float(count) / even, MOST_RANKED) * TALL / 3
            picture.bar(LEFT + panel * (at + 0.9 * b / BINS), base - tall, 0.9 * panel / BINS - 0.5, tall, ACCENT)
        picture.text(
            (LEFT + panel * (at + 0.45), base + 18),
            tell(say("rank_chain", number=at + 1), language),
            "middle",
            SOFT,
            10,
        )
    picture.line((LEFT, base - TALL / 3), (LEFT + WIDE, base - TALL / 3), SOFT, 1, dashed=True)
    return str(picture)


def _checked(chains: Any) -> NDArray[np.float64]:
    draws = np.asarray(chains, dtype=float)
    if draws.ndim != 2 or draws.size == 0:
        raise ValueError("Chains are a table with a row for each chain.")
    return draws
