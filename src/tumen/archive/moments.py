"""Which moments of a backup are kept: the newest of each of the last days, weeks and months."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_NAME = "%Y%m%dT%H%M%S%fZ"


@dataclass(frozen=True)
class Keeping:
    """How many days, weeks and months back a moment is kept, and for how many days one from before an erasure is.

    A day, week or month without a backup does not count.
    """

    daily: int = 7
    weekly: int = 4
    monthly: int = 12
    window: int = 30


def name_of(at: datetime) -> str:
    """Return the name of a moment."""
    return at.astimezone(UTC).strftime(_NAME)


def time_of(name: str) -> datetime:
    """Return when a moment was, from its name."""
    return datetime.strptime(name, _NAME).replace(tzinfo=UTC)


def kept(names: Iterable[str], keeping: Keeping, erased: datetime | None, now: datetime) -> set[str]:
    """Return those of the moments `names` that stay; the newest always does.

    `erased` is when a person was erased last. A moment from before can still read what she said, so it goes as soon as
    the window has passed, whatever else would keep it.
    """
    newest_first = sorted(names, reverse=True)
    periods: list[tuple[int, Callable[[datetime], object]]] = [
        (keeping.daily, lambda at: at.date()),
        (keeping.weekly, lambda at: at.isocalendar()[:2]),
        (keeping.monthly, lambda at: (at.year, at.month)),
    ]
    stay = set(newest_first[:1])
    for count, period in periods:
        seen: set[object] = set()
        for name in newest_first:
            of = period(time_of(name))
            if of not in seen and len(seen) < count:
                seen.add(of)
                stay.add(name)
    if erased is not None and now - erased >= timedelta(days=keeping.window):
        stay = {name for name in stay if time_of(name) >= erased} | set(newest_first[:1])
    return stay
