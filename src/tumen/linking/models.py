"""Judgements, runs, and what they resolve to."""

from __future__ import annotations

from django.db import models

from tumen.archive.models import Record
from tumen.archive.sealed import SealedField


class Judgement(Record):
    """A person's answer to: do these two records speak of the same person, act or incident?"""

    class Answer(models.TextChoices):
        """The three answers."""

        SAME = "same"
        DIFFERENT = "different"
        UNSURE = "unsure"

    a = models.BigIntegerField(db_index=True)
    b = models.BigIntegerField(db_index=True)
    answer = models.CharField(max_length=10, choices=Answer.choices)
    reason = SealedField(shows="notes")
    reviewer = models.BigIntegerField()


class Run(Record):
    """One way of resolving records into persons, acts and incidents: by judgements alone, by a model, a known truth."""

    label = models.CharField(max_length=200)
    model = models.CharField(max_length=80, default="judgements")
    up_to = models.BigIntegerField(help_text="the newest change it has seen")


class Resolution(models.Model):
    """Which cluster a record belongs to in a run. Computed, so not a record: it is made again from its run.

    A record without a row is its own cluster. The cluster's name is the id of a record in it and stays.
    """

    run = models.ForeignKey(Run, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    record = models.BigIntegerField()
    cluster = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "record"], name="resolution_once")]
        indexes = [models.Index(fields=["run", "cluster"], name="resolution_cluster")]


class Redirect(models.Model):
    """A cluster name that was given once and now belongs to another cluster, so that printed references stay good."""

    run = models.ForeignKey(Run, on_delete=models.PROTECT, db_constraint=False)
    old = models.BigIntegerField(db_index=True)
    new = models.BigIntegerField()


class Chosen(Record):
    """The value counted for a field of a cluster whose records disagree: by a rule, or by choosing a record."""

    cluster = models.BigIntegerField(db_index=True)
    field = models.CharField(max_length=60)
    rule = models.CharField(max_length=40, default="", blank=True)
    record = models.BigIntegerField(null=True, blank=True)
    reason = SealedField(shows="notes")
