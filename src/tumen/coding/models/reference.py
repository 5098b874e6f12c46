"""Reference rows: the archive's own copy of terms and places, units, and reference populations."""

from __future__ import annotations

from django.db import models

from tumen.archive.models import Record


class Term(Record):
    """One term of a controlled list, as this archive uses it. A used term is retired, never deleted."""

    list = models.CharField(max_length=40)
    code = models.CharField(max_length=120)
    data = models.JSONField(help_text="labels, definition, rules, crosswalks and retirement, as in the list's file")
    position = models.IntegerField(default=0, help_text="depth-first place in the list")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["list", "code"], name="term_once")]


class Place(Record):
    """A place that this archive adds to the shipped gazetteer, or a shipped one it changed."""

    code = models.CharField(max_length=80, unique=True)
    parent = models.CharField(max_length=80, default="", blank=True)
    data = models.JSONField(help_text="as a row of the gazetteer's file")


class Unit(Record):
    """An organisation, office, facility or ring in a tree with dates. A facility is a place and a unit."""

    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=80, default="", blank=True, help_text="agency")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    place = models.CharField(max_length=80, default="", blank=True)
    labels = models.JSONField(default=dict, blank=True, help_text="language -> name")
    since = models.CharField(max_length=60, default="", blank=True, help_text="EDTF")
    until = models.CharField(max_length=60, default="", blank=True, help_text="EDTF")
    cites = models.CharField(max_length=300, default="", blank=True)


class ReferencePopulation(Record):
    """A denominator with its source: arrivals by year and sex, inhabitants of a county."""

    what = models.CharField(max_length=200)
    year = models.IntegerField(null=True, blank=True)
    sex = models.CharField(max_length=20, default="", blank=True)
    place = models.CharField(max_length=80, default="", blank=True)
    n = models.BigIntegerField()
    cites = models.CharField(max_length=300)
