"""What counting keeps: saved tables, column snapshots for a fast start, and the words that addresses must not carry."""

from __future__ import annotations

from django.db import models

from tumen.archive.models import Record
from tumen.archive.sealed import ANYBODY, SealedField
from tumen.guard.models import Compartment


class ColumnSnapshot(models.Model):
    """A part of a frame's saved columns; derived, made again when it does not fit."""

    frame = models.CharField(max_length=40)
    part = models.IntegerField()
    data = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["frame", "part"], name="column_snapshot_once")]


class FreeText(models.Model):
    """Words somebody searched for, kept here so that an address holds only a token for them."""

    token = models.CharField(max_length=32, primary_key=True)
    user = models.BigIntegerField()
    text = models.TextField()
    at = models.DateTimeField()


class Definition(Record):
    """A table that somebody saved: what it asks, not what it counted."""

    title = SealedField(shows=ANYBODY, max_length=200)
    asks = models.TextField(help_text="text form of the table")
    user = models.BigIntegerField(help_text="who saved it")
    compartment = models.ForeignKey(
        Compartment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="whose people see it too",
    )
