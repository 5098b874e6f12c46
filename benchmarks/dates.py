"""Parses a second of tumen.dates, uncached and cached, against the `edtf` package in the same run.

Run with: PYTHONPATH=src python benchmarks/dates.py
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from statistics import median

import edtf

from tumen.dates import bounds_many, parse, parse_afresh

SEED = 20110224
REPEATS = 5
PEER_SAMPLE = 100  # the peer takes milliseconds a parse


def testimony_dates(count: int, rng: random.Random) -> list[str]:
    """Return distinct-ish dates in the proportions of coded testimony: most plain, some partial, some intervals."""
    shapes: tuple[tuple[int, Callable[[int, int, int], str]], ...] = (
        (30, lambda y, m, d: f"{y}"),
        (25, lambda y, m, d: f"{y}-{m:02}"),
        (20, lambda y, m, d: f"{y}-{m:02}-{d:02}"),
        (8, lambda y, m, d: f"{y}~"),
        (5, lambda y, m, d: f"{y}-{20 + (m + 2) // 3}"),
        (4, lambda y, m, d: f"{y}-{m:02}-XX"),
        (3, lambda y, m, d: f"{y // 10}X"),
        (3, lambda y, m, d: f"{y}-{m:02}/{y + 1}"),
        (1, lambda y, m, d: f"{y}?-{m:02}-~{d:02}"),
        (1, lambda y, m, d: f"[{y}..{y + 2}]"),
    )
    chosen = rng.choices([make for _, make in shapes], [weight for weight, _ in shapes], k=count)
    return [make(rng.randint(1950, 2025), rng.randint(1, 12), rng.randint(1, 28)) for make in chosen]


def rate(work: Callable[[], object], count: int) -> float:
    """Return items a second of processor time, the median of several runs."""
    taken = []
    for _ in range(REPEATS):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return count / median(taken)


def each(function: Callable[[str], object], texts: Iterable[str]) -> None:
    """Call the function on every text."""
    for text in texts:
        function(text)


def main() -> None:
    """Measure and print."""
    texts = testimony_dates(100_000, random.Random(SEED))
    sample = texts[:PEER_SAMPLE]
    each(parse, texts)  # fills the cache
    uncached = rate(lambda: each(parse_afresh, texts), len(texts))
    cached = rate(lambda: each(parse, texts), len(texts))
    packed = rate(lambda: bounds_many(texts), len(texts))
    full_days = [
        f"{year}-{month:02}-{day:02}" for year in range(1950, 2020) for month in range(1, 13) for day in range(1, 29)
    ]
    days = rate(lambda: each(parse_afresh, full_days), len(full_days))
    peer = rate(lambda: each(edtf.parse_edtf, sample), len(sample))
    own_on_sample = rate(lambda: [each(parse_afresh, sample) for _ in range(100)], 100 * len(sample))
    print(f"parse, uncached, mixed dates   {uncached:12,.0f} /s")
    print(f"parse, uncached, full days     {days:12,.0f} /s")
    print(f"parse, cached, mixed dates     {cached:12,.0f} /s")
    print(f"bounds_many, mixed dates       {packed:12,.0f} /s")
    print(f"edtf.parse_edtf, {PEER_SAMPLE} mixed dates {peer:9,.0f} /s")
    print(f"ratio to edtf, uncached, same dates {own_on_sample / peer:7,.0f}x")


if __name__ == "__main__":
    main()
