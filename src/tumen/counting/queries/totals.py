"""T1: how much the archive holds in each unit, now and at an earlier moment, and the growth between."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext_noop as noop

from tumen.columns import RECORDS, BadQuery, Mask, Query, select
from tumen.counting.fields import UNIT_LABELS, frame_of
from tumen.counting.queries import asking
from tumen.counting.queries.head import Head, head
from tumen.counting.queries.labels import Labels, Language
from tumen.counting.store import RESOLVED


@dataclass(frozen=True)
class Total:
    """One unit: its total, the address of its list, and the total before with the growth in percent."""

    unit: str
    label: str
    count: int
    address: str
    before: int | None
    before_address: str
    growth: str
    hidden: int
    left_out: int


@dataclass(frozen=True)
class TotalsPage:
    """The totals of every unit."""

    head: Head
    rows: list[Total]
    since: str
    since_change: int | None


def totals_page(query: Query, since: str, mask: Mask, language: Language) -> TotalsPage:
    """Return the totals as the query stands, beside those known at the end of the day `since` when one is given.

    Raises BadQuery, NotKnownThen, UnknownRun.
    """
    try:
        before = asking.known_on(date.fromisoformat(since)) if since else None
    except ValueError:
        raise BadQuery(noop("{value!r} is not a day: write YYYY-MM-DD"), value=since) from None
    labels = Labels(language, query.unit)
    rows = [_total(replace(query, unit=unit), before, mask, labels) for unit in UNIT_LABELS]
    acts = rows[0]
    return TotalsPage(head(query, labels, acts.count, acts.hidden, 0, (), left_out=acts.left_out), rows, since, before)


def _total(query: Query, before: int | None, mask: Mask, labels: Labels) -> Total:
    if frame_of(query.unit) not in RESOLVED:
        query = replace(query, resolution=RECORDS)
    found = select(asking.columns_for(query), query, mask)
    earlier, growth = None, ""
    past = replace(query, as_of=before)
    if before is not None:
        earlier = select(asking.columns_for(past), past, mask).total
        growth = f"{100 * (found.total - earlier) / earlier:+.1f} %" if earlier else ""
    return Total(
        query.unit,
        labels.unit(query.unit),
        found.total,
        asking.to_text(query),
        earlier,
        asking.to_text(past),
        growth,
        found.hidden,
        found.left_out,
    )
