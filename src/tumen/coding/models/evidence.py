"""What a claim rests on: the passage of each field, the telling, and codes that come in numbers."""

from __future__ import annotations

from django.db import models

from tumen.archive.models import Record
from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.base import Claim
from tumen.coding.models.parties import Party
from tumen.sources.models import Passage


class Anchor(Record):
    """The passage that one field of one record rests on; an empty field means the record as a whole."""

    record = models.BigIntegerField(db_index=True)
    field = models.CharField(max_length=60, default="", blank=True)
    passage = models.ForeignKey(
        Passage, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="anchors"
    )

    class Meta:
        # Covering: a search goes from passages to records without touching the rows between.
        indexes = [models.Index(fields=["passage", "retracted", "record"], name="anchor_of_passage")]


class Mark(Record):
    """One code of a field that can hold several: circumstances, methods, Palermo elements."""

    record = models.BigIntegerField(db_index=True)
    field = models.CharField(max_length=60)
    term = models.CharField(max_length=120)


class Telling(Claim):
    """Who tells the claim and how they know: connection, evidence form, stance, credibility."""

    claim = models.BigIntegerField(db_index=True, help_text="the act or other claim that is told")
    informant = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    connection = models.CharField(max_length=80, default="", blank=True)
    evidence_form = models.CharField(max_length=80, default="", blank=True)
    stance = models.CharField(max_length=20, default="supports", blank=True)
    credibility = models.CharField(max_length=1, default="", blank=True)
    chain = SealedField(owner="coding_id", shows=ANYBODY, help_text="hearsay, nearest first: neighbour < guard")
