"""One axis of the register: figures of one unit about one population, each with who says so, when, through whom."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from tumen.coding.kinds.model import LINK
from tumen.counting.queries import people
from tumen.counting.queries.cells import Cell
from tumen.counting.queries.labels import Labels

PERCENT = frozenset({"share"})


@dataclass(frozen=True)
class Tick:
    """A mark of an axis: its place in percent and its words."""

    at: float
    label: str


@dataclass(frozen=True)
class Said:
    """One figure: what it says, where its low and high stand on the axis (percent), who says so, when, through whom.

    One told in words alone ("hundreds of thousands"), and nought on an axis of powers of ten, stands nowhere: `low` and
    `high` are None.
    """

    id: int
    words: str
    low: float | None
    high: float | None
    who: str
    when: Cell
    chain: str
    source: int
    source_title: str


@dataclass(frozen=True)
class Axis:
    """Figures that can be compared: of one unit, about one population."""

    unit: str
    counted: str
    population: str
    per: str
    logarithmic: bool
    ticks: list[Tick]
    figures: list[Said]
    total: int
    address: str


@dataclass
class Group:
    """The figures that stand on one axis: (low, high, id) in thousandths, and the newest day one of them is of."""

    unit: str
    counted: str
    population: str
    per: str
    ends: list[tuple[int | None, int | None, int]]
    newest: int = 0

    @property
    def key(self) -> int:
        """The figure by which the axis is asked for."""
        return min(number for *_bounds, number in self.ends)

    @property
    def name(self) -> str:
        """What its axis is headed."""
        return self.counted or self.population


def same(text: str) -> str:
    """What makes two descriptions of a population the same: their words, not their case or spacing."""
    return " ".join(text.casefold().split())


def axis_of(group: Group, rows: list[tuple[Any, ...]], titles: dict[int, str], address: str, labels: Labels) -> Axis:
    """Return the axis of a group with the figures `rows` on it; `address` is that of the axis alone."""
    ends = [bound / 1000 for low, high, _number in group.ends for bound in (low, high) if bound is not None]
    percent = group.unit in PERCENT
    # Figures that do not say of whom they speak cannot be compared: they are listed and not drawn.
    low, high, ticks = _scale(ends, percent) if group.name else (0.0, 0.0, [])
    said = []
    for number, _coding, low_milli, high_milli, qualifier, who, chain, day, source in rows:
        bounds = [None if bound is None else bound / 1000 for bound in (low_milli, high_milli)]
        known = [bound for bound in bounds if bound is not None]
        drawn = bool(group.name and known) and (percent or max(known) > 0)
        said.append(
            Said(
                id=number,
                words=words(bounds[0], bounds[1], qualifier, labels),
                low=_place(min(known), low, high, percent) if drawn else None,
                high=_place(max(known), low, high, percent) if drawn else None,
                who=who,
                when=people.date_cell(day or "", labels.language),
                chain=chain.replace(LINK, " ← "),
                source=source,
                source_title=titles.get(source, ""),
            )
        )
    unit = labels.term("figure_unit", group.unit)
    return Axis(unit, group.counted, group.population, group.per, not percent, ticks, said, len(group.ends), address)


def words(low: float | None, high: float | None, qualifier: str, labels: Labels) -> str:
    """Return a figure in words: 150,000-200,000, about 70 %."""
    if low is None and high is None:
        return labels.term("qualifier", qualifier) if qualifier else labels.term("qualifier", "unknown")
    if low is not None and high is not None and low != high:
        number = f"{_plain(low)}–{_plain(high)}"
    else:
        number = _plain(low if low is not None else high or 0)
    if qualifier and qualifier not in ("exactly", "between"):
        return f"{labels.term('qualifier', qualifier)} {number}"
    return number


def _plain(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.3f}".rstrip("0")


def _scale(ends: list[float], percent: bool) -> tuple[float, float, list[Tick]]:
    """The ends of an axis (of powers of ten unless it is one of percent) and its ticks."""
    if percent:
        return 0.0, 100.0, [Tick(at, f"{at:.0f} %") for at in (0.0, 25.0, 50.0, 75.0, 100.0)]
    positive = [end for end in ends if end > 0] or [1.0]
    low, high = math.floor(math.log10(min(positive))), math.ceil(math.log10(max(positive)))
    high = max(high, low + 1)
    step = max(1, (high - low) // 5)
    ticks = [Tick(100 * (power - low) / (high - low), f"{10**power:,}" if power >= 0 else f"{10.0**power:g}")
             for power in range(low, high + 1, step)]  # fmt: skip
    return float(low), float(high), ticks


def _place(value: float, low: float, high: float, percent: bool) -> float:
    if percent:
        return max(0.0, min(100.0, value))
    if value <= 0:
        return 0.0
    return round(100 * (math.log10(value) - low) / (high - low), 2)
