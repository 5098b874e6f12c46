"""The colours of the design system keep the contrasts of WCAG 2.2 AA, in the light and in the dark theme."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parents[2] / "src/tumen/workbench/static/css/tokens.css"
TEXT, CONTROL = 4.5, 3.0
KINDS = [
    "act", "party", "figure", "quotation", "life-event", "practice-statement", "place", "date", "relation", "incident",
    "episode",
]  # fmt: skip


def themes() -> dict[str, dict[str, str]]:
    light, dark = TOKENS.read_text().split("@media (prefers-color-scheme: dark)")
    found = [dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", part)) for part in (light, dark)]
    return {"light": found[0], "dark": found[0] | found[1]}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def pairs() -> list[tuple[str, str, float]]:
    """Foreground, ground, and what they must reach."""
    grounds = ["paper", "surface", "sunken", "accent-soft"]
    texts = [(ink, ground, TEXT) for ink in ("ink", "ink-2", "accent") for ground in grounds]
    tones = [(tone, f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad")]
    tones += [(tone, "surface", TEXT) for tone in ("good", "warn", "bad")]
    kinds = [(kind, "surface", TEXT) for kind in KINDS]
    heat = [("ink", f"heat-{n}", TEXT) for n in range(1, 8)] + [("on-heat-high", f"heat-{n}", TEXT) for n in (8, 9)]
    controls = [("line-strong", "surface", CONTROL), ("line-strong", "paper", CONTROL), ("accent", "surface", CONTROL)]
    return [
        *texts,
        *tones,
        *kinds,
        *heat,
        *controls,
        ("on-accent", "accent", TEXT),
        ("on-accent", "accent-strong", TEXT),
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_pair_of_colours_keeps_its_contrast(theme):
    colours = themes()[theme]
    measured = [(f, g, round(contrast(colours[f], colours[g]), 2), least) for f, g, least in pairs()]
    assert [row for row in measured if row[2] < row[3]] == []


def test_black_on_white_is_21():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0
