"""Ids: integers below 2^53 made of a pack number (a laptop, a site; 12 bits) and a counter (40 bits).

One space for every record of every kind. Two packs never give the same id, an id never changes, and JavaScript can
hold it exactly.
"""

from __future__ import annotations

from django.db import transaction

from tumen.archive.backend.base import plainly
from tumen.archive.models import Pack

COUNTER_BITS = 40
MAX_PACK = (1 << 12) - 1


def make(pack: int, counter: int) -> int:
    """Return the id of `counter` in `pack`."""
    if not 0 <= pack <= MAX_PACK or not 0 < counter < 1 << COUNTER_BITS:
        raise ValueError(f"pack {pack} or counter {counter} out of range")
    return pack << COUNTER_BITS | counter


def split(number: int) -> tuple[int, int]:
    """Return (pack, counter) of an id."""
    return number >> COUNTER_BITS, number & ((1 << COUNTER_BITS) - 1)


def first_of(pack: int) -> int:
    """Return the number below every id of `pack` and above every id of the packs before it."""
    return pack << COUNTER_BITS


def reserve(count: int = 1) -> int:
    """Take `count` consecutive ids out of the counter ahead of the change that will use them; returns the first.

    For work whose files or keys come before its rows. Raises DiskFull.
    """
    with plainly("reserving ids"), transaction.atomic(durable=True):
        counter = Counter()
        first = counter.take(count)
        counter.keep()
    return first


class Counter:
    """This copy's ids within one change: read at its start, kept at its end, gone with it if it fails."""

    def __init__(self) -> None:
        pack = Pack.objects.get()
        self._pack, self._next = pack.number, pack.next
        self._first = pack.next

    def take(self, count: int = 1) -> int:
        """Return the first of `count` consecutive new ids."""
        first = make(self._pack, self._next)
        self._next += count
        make(self._pack, self._next)
        return first

    def keep(self) -> None:
        """Write the counter back."""
        if self._next != self._first:
            Pack.objects.filter(number=self._pack).update(next=self._next)
