"""A drawing surface: shapes in, one self-contained SVG document out, without styles or scripts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

INK, SOFT, LINE, ACCENT = "#1f2430", "#6b7280", "#d5d9e0", "#2f5d8a"
SERIES = ("#2f5d8a", "#b4552d", "#3f7d4e", "#7a5195", "#8a7a2f", "#2f8a86", "#a83a5b", "#5b5b5b")  # read apart in grey
DASHES = ("", "7 3", "2 3", "9 3 2 3", "4 2")  # told apart in black and white
Point = tuple[float, float]


class Drawing:
    """Collects shapes; sizes and positions are in pixels from the upper left."""

    def __init__(self, width: float, height: float, title: str, description: str) -> None:
        self.width, self.height = width, height
        self._title, self._description = title, description
        self._shapes: list[str] = []

    def line(self, start: Point, end: Point, colour: str = LINE, width: float = 1, dashed: bool = False) -> None:
        """A straight line."""
        dash = ' stroke-dasharray="4 3"' if dashed else ""
        self._shapes.append(
            f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}"'
            f' stroke="{colour}" stroke-width="{width:g}"{dash}/>'
        )

    def path(self, points: Sequence[Point], colour: str, width: float = 1.5, dashes: str = "") -> None:
        """A line through points; a point that is not a number breaks it. `dashes` are lengths drawn and left out."""
        parts, pen = [], "M"
        for x, y in points:
            if not (math.isfinite(x) and math.isfinite(y)):
                pen = "M"
                continue
            parts.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        if parts:
            dash = f' stroke-dasharray="{dashes}"' if dashes else ""
            self._shapes.append(
                f'<path d="{" ".join(parts)}" fill="none" stroke="{colour}" stroke-width="{width:g}"{dash}/>'
            )

    def bar(self, x: float, y: float, width: float, height: float, colour: str = ACCENT) -> None:
        """A filled rectangle."""
        self._shapes.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'
        )

    def dot(self, at: Point, radius: float = 4, colour: str = INK) -> None:
        """A filled circle."""
        self._shapes.append(f'<circle cx="{at[0]:.1f}" cy="{at[1]:.1f}" r="{radius:g}" fill="{colour}"/>')

    def diamond(self, at: Point, radius: float = 5, colour: str = INK) -> None:
        """A filled diamond."""
        x, y = at
        corners = " ".join(
            f"{a:.1f},{b:.1f}" for a, b in ((x - radius, y), (x, y - radius), (x + radius, y), (x, y + radius))
        )
        self._shapes.append(f'<polygon points="{corners}" fill="{colour}"/>')

    def text(self, at: Point, words: str, anchor: str = "start", colour: str = INK, size: float = 12) -> None:
        """One line of text; `anchor` is start, middle or end."""
        self._shapes.append(
            f'<text x="{at[0]:.1f}" y="{at[1]:.1f}" text-anchor="{anchor}" fill="{colour}"'
            f' font-size="{size:g}">{escape(words)}</text>'
        )

    def __str__(self) -> str:
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width:g} {self.height:g}"'
            f' width="{self.width:g}" height="{self.height:g}" role="img" font-family="sans-serif">'
            f"<title>{escape(self._title)}</title><desc>{escape(self._description)}</desc>"
            f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(self._shapes)}</svg>\n'
        )


class Scale:
    """Places values between two pixels, evenly or by their logarithms."""

    def __init__(self, low: float, high: float, start: float, end: float, logarithmic: bool = False) -> None:
        self._logarithmic = logarithmic
        self._low, self._high = self._inner(low), self._inner(high if high > low else low + 1)
        self._start, self._end = start, end

    def _inner(self, value: float) -> float:
        return math.log(value) if self._logarithmic else value

    def __call__(self, value: float) -> float:
        """The pixel of a value; not a number stays so."""
        if not math.isfinite(value) or (self._logarithmic and value <= 0):
            return math.nan
        return self._start + (self._inner(value) - self._low) / (self._high - self._low) * (self._end - self._start)

    def ticks(self, most: int = 6) -> list[float]:
        """Round values within the scale."""
        low, high = (math.exp(self._low), math.exp(self._high)) if self._logarithmic else (self._low, self._high)
        if self._logarithmic and high / low > 4:
            powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
            found = [factor * 10.0**power for power in powers for factor in (1, 2, 5)]
            inside = [value for value in found if low <= value <= high]
            return inside[:: max(1, -(-len(inside) // most))]
        step = 10.0 ** math.floor(math.log10((high - low) / most))
        step = next(step * factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= most)
        first = math.ceil(low / step) * step
        return [first + at * step for at in range(most + 1) if first + at * step <= high + 1e-9 * step]
