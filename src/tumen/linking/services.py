"""Verbs of linking: judging two records, and resolving by judgements alone.

The run by judgements follows every judgement, undo and redo included: its clusters are worked out anew within the
change that writes one, so that a count is never made over clusters that nobody stands behind.
"""

from __future__ import annotations

from django.db import transaction

from tumen.archive import versions
from tumen.archive.changes import OpenChange, change, derives
from tumen.linking import clusters, queries
from tumen.linking.errors import CannotJudge
from tumen.linking.models import Judgement, Redirect, Resolution, Run


def judge(c: OpenChange, a: int, b: int, answer: str, reason: str, reviewer: int) -> Judgement:
    """Record whether two records speak of the same person, act or incident; a reviewer's earlier answer is replaced.

    Raises CannotJudge, and Contradiction when the answer goes against what chains of judgements say.
    """
    a, b = sorted((a, b))
    kinds = (queries.kind_of(a), queries.kind_of(b))
    if a == b or None in kinds or kinds[0] is not kinds[1]:
        raise CannotJudge(f"#{a} and #{b} cannot be judged: two acts, two parties or two incidents are needed.")
    if answer not in Judgement.Answer.values:
        raise CannotJudge(f"{answer!r} is no answer; there are {', '.join(Judgement.Answer.values)}.")
    before = versions.visible(Judgement.objects.filter(a=a, b=b, reviewer=reviewer)).first()
    if before is not None:
        return c.update(before, answer=answer, reason=reason)
    return c.insert(Judgement, a=a, b=b, answer=answer, reason=reason, reviewer=reviewer)


def resolve_by_judgements(actor: int) -> Run:
    """Return the run that resolves by judgements alone, made when there is none yet. Raises Contradiction.

    Called after the first judgement, and after judgements came in bulk; otherwise the run keeps itself in step.
    """
    run = queries.judgements_run()
    if run is None:
        with change(actor, "resolving by judgements", kind="resolve") as c:
            run = c.insert(Run, label="Judgements", model=queries.JUDGEMENTS, up_to=c.seq)
            _resolve(run)
        return run
    with transaction.atomic():
        _resolve(run)
    return run


def _resolve(run: Run) -> None:
    """Bring the run's clusters in step with the judgements, touching only what differs. Raises Contradiction."""
    rows = versions.visible(Judgement.objects.all()).values("a", "b", "answer")
    before = dict(Resolution.objects.filter(run=run.pk).values_list("record", "cluster"))
    now = clusters.named(queries.judged(rows), before)
    gone = [record for record in before if now.get(record) != before[record]]
    Resolution.objects.filter(run=run.pk, record__in=gone).delete()
    fresh = [Resolution(run_id=run.pk, record=r, cluster=name) for r, name in now.items() if before.get(r) != name]
    Resolution.objects.bulk_create(fresh)
    known = dict(Redirect.objects.filter(run=run.pk).values_list("old", "new"))
    moved = clusters.redirects(before, now, known)
    if moved != known:
        Redirect.objects.filter(run=run.pk).delete()
        Redirect.objects.bulk_create([Redirect(run_id=run.pk, old=old, new=new) for old, new in moved.items()])


def _follow(_judgement: Judgement) -> None:
    run = queries.judgements_run()
    if run is not None:
        _resolve(run)


derives(Judgement, _follow)
