"""What sources say beyond single acts: practice, figures, quotations. None of them counts as an act."""

from __future__ import annotations

from django.db import models

from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.base import Claim, Dated
from tumen.coding.models.parties import Party


class PracticeStatement(Claim, Dated):
    """A general statement (“they always ...”): citable, never counted as an act."""

    type = models.CharField(max_length=120, default="", blank=True)
    place = models.CharField(max_length=80, default="", blank=True)
    attributed_to = SealedField(owner="coding_id", shows=ANYBODY, max_length=300)
    chain = SealedField(owner="coding_id", shows=ANYBODY, help_text="who says so through whom, publisher first")
    summary = SealedField(owner="coding_id", shows="narrative")


class Figure(Claim, Dated):
    """A number that a source gives: a range, of what, of which population, when, and who says so through whom.

    `low` and `high` of `Dated` are days; the figure's own range is in thousandths, so that 66.7 % stays exact.
    """

    low_milli = models.BigIntegerField(null=True, blank=True)
    high_milli = models.BigIntegerField(null=True, blank=True)
    unit = models.CharField(max_length=40)
    counted = SealedField(owner="coding_id", shows=ANYBODY, max_length=500)
    population = SealedField(owner="coding_id", shows=ANYBODY, max_length=500)
    place = models.CharField(max_length=80, default="", blank=True)
    per = models.CharField(max_length=20, default="", blank=True, help_text="year, month; empty for a stock")
    qualifier = models.CharField(max_length=40, default="", blank=True)
    attributed_to = SealedField(owner="coding_id", shows=ANYBODY, max_length=300)
    chain = SealedField(owner="coding_id", shows=ANYBODY, help_text="publisher first, origin last")


class Quotation(Claim):
    """Words in quotation marks: who spoke, as what, through whom. The words themselves are its passage."""

    speaker = models.ForeignKey(Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    speaker_told = SealedField(owner="coding_id")
    role = SealedField(owner="coding_id", shows=ANYBODY, max_length=300)
    chain = SealedField(owner="coding_id", shows=ANYBODY)
