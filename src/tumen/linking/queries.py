"""Reading what is linked: clusters, their members, the judgements behind them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import Max, Q
from numpy.typing import NDArray

from tumen.archive import versions
from tumen.coding.models import Act, Claim, Incident, Party
from tumen.columns import Everything, Mask
from tumen.linking import clusters
from tumen.linking.models import Judgement, Redirect, Resolution, Run

JUDGEMENTS = "judgements"
"""The model of the run that resolves by people's judgements alone."""

KINDS: tuple[type[Claim], ...] = (Act, Party, Incident)
"""The kinds of records that can be judged."""

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class Members:
    """The records of a cluster that a user may see. Whether there are others is not told, nor how many."""

    cluster: int
    records: list[int]


def judgements_run() -> Run | None:
    """Return the run that resolves by judgements, or None before the first one."""
    return versions.visible(Run.objects.filter(model=JUDGEMENTS)).order_by("pk").first()


def kind_of(record: int) -> type[Claim] | None:
    """Return the kind of a record that can be judged, or None for any other."""
    return next((kind for kind in KINDS if kind._base_manager.filter(pk=record, retracted=False).exists()), None)


def visible(mask: Mask, records: list[int]) -> list[int]:
    """Return those of `records` that stand in compartments the mask allows and are not retracted, sorted."""
    found: list[int] = []
    for kind in KINDS:
        rows = versions.visible(kind._base_manager.filter(pk__in=records))
        if not isinstance(mask.compartments, Everything):
            rows = rows.filter(coding__source__compartment__in=mask.compartments)
        found.extend(rows.values_list("pk", flat=True))
    return sorted(found)


def cluster_of(run: Run, name: int) -> int:
    """Return the cluster a record, or a name printed earlier, belongs to now."""
    row = Resolution.objects.filter(run=run.pk, record=name).values_list("cluster", flat=True).first()
    if row is not None:
        return row
    return Redirect.objects.filter(run=run.pk, old=name).values_list("new", flat=True).first() or name


def cluster_members(run: Run, record: int, mask: Mask) -> Members:
    """Return the records of the cluster that a record belongs to, itself included."""
    cluster = cluster_of(run, record)
    every = list(Resolution.objects.filter(run=run.pk, cluster=cluster).values_list("record", flat=True)) or [record]
    return Members(cluster, visible(mask, every))


def judgements_on(record: int, mask: Mask) -> list[Judgement]:
    """Return the judgements that name a record and another that the mask shows, newest first."""
    found = list(versions.visible(Judgement.objects.filter(Q(a=record) | Q(b=record))).order_by("-change"))
    seen = set(visible(mask, [number for each in found for number in (each.a, each.b)]))
    return [each for each in found if {each.a, each.b} <= seen]


def newest_judgement() -> int:
    """Return the change that last wrote a judgement: with it the clusters by judgements change."""
    newest: int | None = Judgement.objects.aggregate(newest=Max("change"))["newest"]
    return newest or 0


def resolution(run: Run, as_of: int | None = None) -> tuple[Ids, Ids]:
    """Return (records, clusters) of a run. By judgements, the past is resolved by what was judged by then."""
    if as_of is not None and run.model == JUDGEMENTS:
        return _by_judgements_at(as_of)
    with connection.cursor() as cursor:
        cursor.execute("SELECT record, cluster FROM linking_resolution WHERE run_id = %s", [run.pk])
        pairs = np.asarray(cursor.fetchall(), np.int64).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def judged(rows: Iterable[Mapping[str, Any]]) -> list[list[int]]:
    """Return the components of judgements given as plain rows. Raises Contradiction."""
    by_answer: dict[str, list[tuple[int, int]]] = {answer: [] for answer in Judgement.Answer.values}
    for row in rows:
        by_answer[row["answer"]].append((row["a"], row["b"]))
    return clusters.components(by_answer[Judgement.Answer.SAME], by_answer[Judgement.Answer.DIFFERENT])


def _by_judgements_at(as_of: int) -> tuple[Ids, Ids]:
    rows = [row for row in versions.rows_at(Judgement, as_of) if not row["retracted"]]
    names = clusters.named(judged(rows), {})
    return np.asarray(list(names), np.int64), np.asarray(list(names.values()), np.int64)
