"""Reading consent: where it stands now for the whole archive, and the decisions of one source.

Where consent stands is kept in memory and asked for before every use: one look at the newest change says whether it is
still so, and only the sources that a change touched are decided anew.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from django.db.models import Count, Max, TextField
from django.db.models.functions import Cast
from django.utils import timezone

from tumen import dates
from tumen.archive import folder, versions
from tumen.archive.models import Batch, Record
from tumen.coding import reference
from tumen.coding.consent import (
    AUDIENCES,
    GRAINS,
    PURPOSES,
    Block,
    Decision,
    Grid,
    Held,
    Standing,
    block,
    decided,
)
from tumen.coding.consent.history import States
from tumen.coding.consent.standing import Ids
from tumen.coding.models import Consent, ConsentForm, FormReading, Interview
from tumen.sources.models import Source
from tumen.vocabularies import Vocabularies

_COLUMNS = ("source_id", "subject_id", "text", "low", "high", "change", "starts", "ends", "form_id")
Readings = dict[int, tuple[Block, ...]]


def grid() -> Grid:
    """Return the grid over the lists of this archive."""
    return _grid(reference.vocabularies())


def today() -> int:
    """Return the day of today as records count days."""
    return timezone.localdate().toordinal()


def allows(purpose: str, audience: str, granularity: str) -> Ids:
    """Return the sources that may be used for this purpose, by this audience, at this granularity, as of now.

    Which claims and parties follow from it: `counting.usable`. Raises BadAnswer.
    """
    return standing().allowed(purpose, audience, granularity)


def standing() -> Standing:
    """Return where consent stands at the newest change, today."""
    return _kept.now()


def forms() -> list[ConsentForm]:
    """Return the registered forms, the newest first."""
    return list(versions.visible(ConsentForm.objects.all()).order_by("-pk"))


def readings(form: int | None = None) -> list[FormReading]:
    """Return how legacy forms were read, the latest first."""
    rows = versions.visible(FormReading.objects.all())
    return list((rows if form is None else rows.filter(form=form)).order_by("-change", "-pk"))


def decisions(source: int) -> list[Consent]:
    """Return the decisions about a source, the latest first."""
    rows = versions.visible(Consent.objects.filter(source=source)).select_related("form")
    return sorted(rows, key=lambda row: (row.high, row.change, row.pk), reverse=True)


def states_of(rows: Iterable[Consent]) -> States:
    """Return the state of every cell after these decisions, as of today."""
    return decided(grid(), map(_decision, rows), _readings(), today())


@lru_cache(maxsize=2)
def _grid(lists: Vocabularies) -> Grid:
    return Grid(*(tuple(term.code for term in lists[name]) for name in (PURPOSES, AUDIENCES, GRAINS)))  # type: ignore[arg-type]


def _decision(row: Consent) -> Decision:
    return Decision(blocks(row.answers), row.low, row.high, row.change, row.starts, row.ends, row.form_id)


def blocks(kept: Sequence[Sequence[Any]]) -> tuple[Block, ...]:
    """Return answers from how a record keeps them."""
    return tuple(map(block, kept))


def _readings() -> Readings:
    found: Readings = {}
    for row in readings():
        found.setdefault(row.form_id, blocks(row.answers))
    return found


Key = tuple[int, int | None]
"""A source and its data subject, None for the teller."""


@dataclass
class _Built:
    """What was built at one moment, and what it was built from."""

    grid: Grid
    day: int
    stands: tuple[object, ...]
    newest: int
    states: dict[Key, States]
    standing: Standing


@dataclass
class _Kept:
    """Where consent stands, built again as far as changes touch it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    seen: object = None
    built: _Built | None = None

    def now(self) -> Standing:
        asked = (str(folder.current().folder), versions.newest(), today(), grid())
        with self.lock:
            if self.built is None or self.seen != asked:
                self.built = self._build(self.built if self.seen and self.seen[0] == asked[0] else None, *asked[1:])  # type: ignore[index]
                self.seen = asked
            return self.built.standing

    def _build(self, before: _Built | None, newest: int, day: int, axes: Grid) -> _Built:
        with versions.one_moment():
            stands = _stands()
            if before is not None and (before.grid, before.day, before.stands[1:]) == (axes, day, stands[1:]):
                if before.stands == stands:
                    before.newest = newest
                    return before
                touched = set(
                    Consent._base_manager.filter(change__gt=before.newest).values_list("source_id", flat=True)
                )
                states = {key: found for key, found in before.states.items() if key[0] not in touched}
                states |= _states(axes, day, touched)
            else:
                states = _states(axes, day, None)
            return _Built(axes, day, stands, newest, states, _standing(axes, states, day))


_kept = _Kept()


def _stands() -> tuple[object, ...]:
    """Return what is another value once anything changes that consent hangs on; first what touches single sources."""
    embargoed = Source._base_manager.exclude(embargo="")
    batches = Batch.objects.aggregate(closed=Max("closed_seq"))["closed"]
    unseen = Batch.objects.filter(state__in=Batch.State.unseen()).count()
    return (_newest(Consent), _newest(ConsentForm), _newest(FormReading), _newest(Interview), batches, unseen,
            embargoed.aggregate(newest=Max("change"), count=Count("pk")))  # fmt: skip


def _newest(model: type[Record]) -> int:
    found: int | None = model._base_manager.aggregate(newest=Max("change"))["newest"]
    return found or 0


def _states(axes: Grid, day: int, sources: set[int] | None) -> dict[Key, States]:
    rows = versions.visible(Consent.objects.all())
    if sources is not None:
        rows = rows.filter(source__in=sources)
    read, found = _readings(), dict[Key, list[Decision]]()
    known: dict[str, tuple[Block, ...]] = {}
    # Most decisions say the same: what they say is read once.
    for source, subject, text, *rest in rows.annotate(text=Cast("answers", TextField())).values_list(*_COLUMNS):
        answers = known.get(text)
        if answers is None:
            answers = known[text] = blocks(json.loads(text))
        found.setdefault((source, subject), []).append(Decision(answers, *rest))
    alike: dict[object, States] = {}
    states: dict[Key, States] = {}
    for key, listed in found.items():
        if len(listed) > 1:
            states[key] = decided(axes, listed, read, day)
            continue
        # Of a single decision its day does not matter, only which side of its bounds today is.
        (only,) = listed
        same = (id(only.answers), only.form, only.starts, only.ends)
        if same not in alike:
            alike[same] = decided(axes, listed, read, day)
        states[key] = alike[same]
    return states


def _standing(axes: Grid, states: dict[Key, States], day: int) -> Standing:
    tellers = {source: found for (source, subject), found in states.items() if subject is None}
    subjects = {subject: found for (_source, subject), found in states.items() if subject is not None}
    interviews = versions.visible(Interview.objects.filter(coding__retracted=False))
    told = interviews.values_list("coding__source_id", "teller_id")
    rows = np.array([(source, teller or -1) for source, teller in told], np.int64).reshape(-1, 2)
    return Standing(
        axes,
        Held.of(axes, tellers),
        Held.of(axes, subjects),
        np.unique(rows[:, 0]),
        np.unique(rows[:, 1][rows[:, 1] >= 0]),
        _embargoed(day),
    )


def _embargoed(day: int) -> Ids:
    """Return the sources whose embargo lasts; one whose date nobody can read lasts."""
    found = []
    for source, text in Source._base_manager.exclude(embargo="").values_list("pk", "embargo"):
        until = dates.try_parse(text)
        last = until.bounds.high if until is not None else None
        if last is None or day < last:
            found.append(source)
    return np.array(sorted(found), np.int64)
