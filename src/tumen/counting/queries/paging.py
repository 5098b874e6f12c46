"""Where in a list one is, and the addresses of its other pages."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tumen.columns import Query
from tumen.counting.queries import asking


@dataclass(frozen=True)
class Pages:
    """Where in the list one is. `numbers` holds (number, address), 0 for a gap."""

    number: int
    count: int
    first: int
    last: int
    entries: int
    numbers: list[tuple[int, str]]
    previous: str
    next: str


def pages_of(query: Query, number: int, count: int, entries: int, suffix: str = "") -> Pages:
    """Where in a list page `number` of `count` is; `suffix` is what the page's addresses carry behind the query."""

    def at(page_number: int) -> str:
        return asking.to_text(replace(query, page=page_number)) + suffix

    near = sorted({1, count, *(n for n in range(number - 2, number + 3) if 1 <= n <= count)})
    numbers: list[tuple[int, str]] = []
    for n in near:
        if numbers and n > numbers[-1][0] + 1:
            numbers.append((0, ""))
        numbers.append((n, at(n)))
    first = (number - 1) * query.page_size
    return Pages(
        number,
        count,
        min(first + 1, entries),
        min(first + query.page_size, entries),
        entries,
        numbers,
        at(number - 1) if number > 1 else "",
        at(number + 1) if number < count else "",
    )
