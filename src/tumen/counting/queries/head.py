"""The head of every count: unit, checked or all, records or resolved, as of when, unknown, hidden from you."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tumen.archive import properties
from tumen.columns import RECORDS, Condition, Op, Query, Sizes
from tumen.counting.fields import ACTS, frame_of
from tumen.counting.queries import asking
from tumen.counting.queries.labels import Labels
from tumen.counting.store import RESOLVED, runs


@dataclass(frozen=True)
class Choice:
    """One value of a setting, and the address of the same question with it."""

    label: str
    address: str
    chosen: bool = False


@dataclass(frozen=True)
class Head:
    """What a count is a count of.

    Attributes:
        total: how many of the unit.
        beside: the companion unit's name and its sizes, never added.
        resolutions: records, and each run that could be counted over; empty where nothing is ever joined.
        moment: when the change was made as of which the archive is read; None for now.
        unknown: for each field that is filtered by, how many of the unit have no known value there.
        uncounted: acts that meet the question and name nothing of the unit.
        left_out: acts that meet the question and are only denied, and the address of their list; None for none.
        hidden: how many of the unit this user may not see.
    """

    unit: str
    label: str
    total: int
    beside: tuple[str, Sizes] | None
    checked: tuple[Choice, ...]
    resolution: str
    resolutions: tuple[Choice, ...]
    as_of: int | None
    moment: datetime | None
    unknown: tuple[tuple[str, int], ...]
    uncounted: int
    left_out: tuple[int, str] | None
    hidden: int
    demonstration: bool


def head(
    query: Query,
    labels: Labels,
    total: int,
    hidden: int,
    uncounted: int,
    unknown: tuple[tuple[str, int], ...],
    beside: Sizes | None = None,
    suffix: str = "",
    left_out: int = 0,
) -> Head:
    """Say what a count is a count of. `suffix` is what the page's own addresses carry behind the query."""
    from django.utils.translation import gettext as _

    def at(**changes: object) -> str:
        return asking.to_text(replace(query, page=1, **changes)) + suffix  # type: ignore[arg-type]

    known = {run.pk: run.label for run in runs()}
    resolutions: tuple[Choice, ...] = ()
    if frame_of(query.unit) in RESOLVED:
        resolutions = (
            *(Choice(label, at(resolution=pk), query.resolution == pk) for pk, label in known.items()),
            Choice(_("Records as coded"), at(resolution=RECORDS), query.resolution == RECORDS),
        )
    return Head(
        unit=query.unit,
        label=labels.unit(query.unit),
        total=total,
        beside=None if beside is None else (labels.unit(beside.unit), beside),
        checked=(
            Choice(_("All"), at(checked=False), not query.checked),
            Choice(_("Checked only"), at(checked=True), query.checked),
        ),
        resolution=labels.resolution(query.resolution, known),
        resolutions=resolutions,
        as_of=query.as_of,
        moment=None if query.as_of is None else asking.moment_of(query.as_of),
        unknown=unknown,
        uncounted=uncounted,
        left_out=(left_out, asking.to_text(_denied(query))) if left_out else None,
        hidden=hidden,
        demonstration=properties.is_demonstration(),
    )


def _denied(query: Query) -> Query:
    """The acts that a question leaves out because they are only denied."""
    return replace(query.narrowed(Condition("stance", Op.IN, ("denied",))), unit=ACTS, sort=(), columns=())
