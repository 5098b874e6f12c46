"""One pass of coding, what every claim has, and drafts."""

from __future__ import annotations

from django.db import models

from tumen.archive.models import Record
from tumen.archive.sealed import SealedField
from tumen.sources.models import Source


class Coding(Record):
    """One coder's pass over one source. Only the adopted coding of a source counts."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="codings")
    coder = models.BigIntegerField(help_text="user")
    adopted = models.BooleanField(default=True)
    checked = models.BooleanField(default=False, help_text="a second person has checked it")


class Claim(Record):
    """What one source says, in one coding."""

    coding = models.ForeignKey(Coding, on_delete=models.PROTECT, db_constraint=False)
    gaps = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class Dated(models.Model):
    """A date as testimony gives it: EDTF, with the days it can lie between (day 1 = 0001-01-01)."""

    date = models.CharField(max_length=120, default="", blank=True)
    low = models.IntegerField(null=True, blank=True)
    high = models.IntegerField(null=True, blank=True)

    class Meta:
        abstract = True


class Draft(models.Model):
    """What a user has typed into a form and not saved yet; not a record, and gone once the form is saved."""

    user = models.BigIntegerField()
    source = models.BigIntegerField()
    form = models.CharField(max_length=200)
    data = SealedField(owner="source", shows="narrative")
    saved = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "source", "form"], name="draft_once")]
