"""Acts: what was done to whom, by whom, when and where."""

from __future__ import annotations

from django.db import models

from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.base import Claim, Dated
from tumen.coding.models.parties import Party
from tumen.coding.models.reference import Unit


class Incident(Claim, Dated):
    """One source's account of what happened in one go."""

    title = SealedField(owner="coding_id", shows="narrative")
    place = models.CharField(max_length=80, default="", blank=True)


class Episode(Claim):
    """The acts of one trafficking story of one victim: one sale and three resales are four acts, one episode."""

    victim = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="episodes")
    note = SealedField(owner="victim_id", shows="notes")


class Act(Claim, Dated):
    """One conduct against one victim (a person, or a group as a group). The unit called 사건 by NKDB."""

    incident = models.ForeignKey(Incident, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    episode = models.ForeignKey(Episode, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    victim = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="acts")
    type = models.CharField(max_length=120)
    place_told = SealedField(owner="victim_id", shows="narrative", help_text="as the source puts it")
    place = models.CharField(max_length=80, default="", blank=True, help_text="gazetteer code")
    precision = models.CharField(max_length=20, default="", blank=True)
    place_type = models.CharField(max_length=80, default="", blank=True)
    specificity = models.CharField(max_length=40, default="", blank=True)
    times_low = models.IntegerField(null=True, blank=True)
    times_high = models.IntegerField(null=True, blank=True)
    part_of = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, db_index=False
    )
    reason = SealedField(owner="victim_id", shows="narrative", help_text="the reason that was given")
    cause = models.CharField(max_length=80, default="", blank=True)
    age_low = models.IntegerField(null=True, blank=True)
    age_high = models.IntegerField(null=True, blank=True)
    status_after = models.CharField(max_length=80, default="", blank=True)
    summary = SealedField(owner="victim_id", shows="narrative")
    note = SealedField(owner="victim_id", shows="notes")


class Involvement(Claim):
    """Who did it, or had a part in it: a party, a unit, or someone unknown of an agency."""

    act = models.ForeignKey(Act, on_delete=models.PROTECT, db_constraint=False, related_name="involvements")
    party = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="involvements"
    )
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    degree = models.CharField(max_length=80, default="", blank=True)
    agency = models.CharField(max_length=80, default="", blank=True)
    rank = SealedField(owner="coding_id", shows=ANYBODY, max_length=200)
    post = SealedField(owner="coding_id", shows=ANYBODY, max_length=200)


class Transfer(Claim):
    """What an act of sale or handing over adds: from and to, seller and buyer, price. One for one with its act."""

    act = models.OneToOneField(Act, on_delete=models.PROTECT, db_constraint=False, related_name="transfer")
    kind = models.CharField(max_length=80, default="", blank=True, help_text="term of transfer")
    from_place = models.CharField(max_length=80, default="", blank=True)
    to_place = models.CharField(max_length=80, default="", blank=True)
    seller = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="sales"
    )
    buyer = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="purchases"
    )
    price_low = models.IntegerField(null=True, blank=True)
    price_high = models.IntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
