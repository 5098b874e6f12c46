"""Consent: the forms people were asked by, how legacy forms are read, and every decision, one upon the other."""

from __future__ import annotations

from django.db import models

from tumen.archive.errors import ArchiveError
from tumen.archive.models import Record
from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.parties import Party
from tumen.sources.models import Source


class DecisionStands(ArchiveError):
    """A decision about consent was about to be changed; what a person said stands, and a new decision follows it."""


class ConsentForm(Record):
    """One version of a form by which people are asked, with its text and what each of its questions asks for."""

    code = models.CharField(max_length=60, unique=True, help_text="the form and its version, as printed on it")
    language = models.CharField(max_length=20, default="", blank=True)
    since = models.CharField(max_length=60, default="", blank=True, help_text="EDTF; when it came into use")
    legacy = models.BooleanField(default=False, help_text="it did not ask in the terms of the grid")
    title = SealedField(shows=ANYBODY, max_length=200)
    text = SealedField(shows=ANYBODY, help_text="what it says, word for word")
    questions = SealedField(shows=ANYBODY, help_text="JSON: key, what is asked, the cells that an answer is for")


class FormReading(Record):
    """A judgement: what a signature under a legacy form covers, with the reason. The latest reading counts."""

    form = models.ForeignKey(ConsentForm, on_delete=models.PROTECT, db_constraint=False, related_name="readings")
    answers = models.JSONField(help_text="blocks of cells and their state, as in a decision")
    reviewer = models.BigIntegerField(help_text="user")
    reason = SealedField(shows="notes")


class Consent(Record):
    """One decision of a data subject about one source. Decisions are added and never changed; the latest counts.

    `subject` is empty for the teller. A decision speaks of some cells of the grid; those it does not speak of stay as
    they were decided before.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, db_constraint=False, related_name="consents")
    subject = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="consents"
    )
    form = models.ForeignKey(
        ConsentForm, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="decisions"
    )
    answers = models.JSONField(help_text="blocks [state, purposes, audiences, granularity]")
    date = models.CharField(max_length=120, default="", blank=True, help_text="EDTF; when she said so")
    low = models.IntegerField(help_text="its first day")
    high = models.IntegerField(help_text="its last day")
    starts = models.IntegerField(null=True, blank=True, help_text="a yes counts from this day on: an embargo")
    ends = models.IntegerField(null=True, blank=True, help_text="a yes counts to this day and no longer")
    guardian = SealedField(max_length=200, help_text="who decided for a child or for somebody who could not")
    words = SealedField(shows="notes", help_text="what was said, by whom it was taken down, why it was recorded so")

    def clean(self) -> None:
        """Refuse to write over what was decided; taking back an entry made in error, and erasing, are something else.

        Raises DecisionStands.
        """
        names = ("source_id", "subject_id", "form_id", "answers", "low", "high", "starts", "ends")
        before = Consent._base_manager.filter(pk=self.pk).values(*names).first()
        if before is not None and any(before[name] != getattr(self, name) for name in names):
            raise DecisionStands(f"Decision {self.pk} stands as it was made: record another one that follows it.")
