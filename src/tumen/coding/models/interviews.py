"""Interviews: how a source came to be told."""

from __future__ import annotations

from django.db import models

from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.base import Claim, Dated
from tumen.coding.models.parties import Party


class Interview(Claim, Dated):
    """How one source was told: by whom, to whom, when, in what kind of place, and what bears on it.

    Its compartment, texts and files are those of its source. Where it took place is a class of places, never a place:
    an address would lead to people in hiding.
    """

    teller = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="interviews"
    )
    pseudonym = SealedField(owner="coding_id", max_length=200)
    interviewers = SealedField(owner="coding_id", max_length=300)
    interpreter = SealedField(owner="coding_id", max_length=200)
    introducer = SealedField(owner="coding_id", max_length=200, help_text="who brought teller and group together")
    channel = models.CharField(max_length=40, default="", blank=True, help_text="term of interview_channel")
    place_class = models.CharField(max_length=40, default="", blank=True, help_text="term of interview_place")
    language = models.CharField(max_length=20, default="", blank=True, help_text="term of language")
    duration_low = models.IntegerField(null=True, blank=True, help_text="minutes")
    duration_high = models.IntegerField(null=True, blank=True)
    questionnaire = SealedField(owner="coding_id", shows=ANYBODY, max_length=80, help_text="version, if there was one")
    earlier = SealedField(owner="coding_id", shows="notes", help_text="earlier interviews and media exposure")
    distress = SealedField(owner="coding_id", shows="notes")
    promises = SealedField(owner="coding_id", shows="notes")
    expenses = SealedField(owner="coding_id", shows="notes", max_length=200)
