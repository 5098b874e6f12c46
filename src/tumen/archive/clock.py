"""What a date means when clocks are wrong: a laptop's battery dies and it is 1970, someone sets the year ahead.

A change's `seq` is the order in which things happened, and is never in doubt. Its `at` is what the machine's clock
said, and stays as it was said. Where the two disagree, the dates of the longest run of changes whose dates agree with
their order are believed, and a change outside it happened when the believed one before it did. So "as known on" a day
is always everything up to some change, a later day never knows less, and one hour with a wrong clock neither hides what
came after it nor puts what came before it into another year.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import datetime

from django.db import connection

from tumen.archive.models import Change

_STEPS_BACK = "SELECT COUNT(*) FROM archive_change a JOIN archive_change b ON b.seq = a.seq + 1 WHERE b.at < a.at"


def steps_back() -> int:
    """Return how often a change is dated before the one before it."""
    with connection.cursor() as cursor:
        cursor.execute(_STEPS_BACK)
        return int(cursor.fetchone()[0])


def newest_before(moment: datetime) -> int:
    """Return the newest change that was made before a moment, 0 when there is none."""
    if not steps_back():
        return Change.objects.filter(at__lt=moment).order_by("-seq").values_list("seq", flat=True).first() or 0
    rows = list(Change.objects.order_by("seq").values_list("seq", "at"))
    dates = [at for _, at in rows]
    believed = in_order(dates)
    count = bisect_left([dates[place] for place in believed], moment)
    # Up to the first change that is believed to be later, those between included.
    end = believed[count] if count < len(believed) else len(rows)
    return rows[end - 1][0] if end and count else 0


def in_order(dates: list[datetime]) -> list[int]:
    """Return the places of the longest run that never goes back, ascending: patience sorting, in n log n steps."""
    last: list[datetime] = []  # of runs of each length, the earliest date one can end with
    places: list[int] = []  # where that date stands
    before: list[int] = []  # for each place, the one before it in its run
    for place, date in enumerate(dates):
        length = bisect_right(last, date)
        before.append(places[length - 1] if length else -1)
        last[length : length + 1] = [date]
        places[length : length + 1] = [place]
    run, place = [], places[-1] if places else -1
    while place >= 0:
        run.append(place)
        place = before[place]
    return run[::-1]
