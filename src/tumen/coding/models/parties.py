"""Parties and what is told of them. A party is role-free: victim, perpetrator and witness are roles in acts."""

from __future__ import annotations

from django.db import models

from tumen.archive.sealed import ANYBODY, SealedField
from tumen.coding.models.base import Claim, Dated
from tumen.coding.models.reference import Unit


class Party(Claim):
    """A person, family, group or unit as one source speaks of it; it may have no name."""

    kind = models.CharField(max_length=40, default="person")
    sex = models.CharField(max_length=20, default="", blank=True)
    birth = models.CharField(max_length=60, default="", blank=True, help_text="EDTF, no finer than the year")
    birth_low = models.IntegerField(null=True, blank=True)
    birth_high = models.IntegerField(null=True, blank=True)
    birth_day = SealedField()
    origin = models.CharField(max_length=80, default="", blank=True, help_text="place")
    birthplace = models.CharField(max_length=80, default="", blank=True, help_text="place")
    residence = models.CharField(max_length=80, default="", blank=True, help_text="place; last known before leaving")
    occupation = models.CharField(max_length=80, default="", blank=True)
    education = models.CharField(max_length=80, default="", blank=True)
    membership = models.CharField(max_length=80, default="", blank=True, help_text="of the Workers' Party")
    religion = models.CharField(max_length=80, default="", blank=True)
    marital = models.CharField(max_length=80, default="", blank=True)
    size_low = models.IntegerField(null=True, blank=True)
    size_high = models.IntegerField(null=True, blank=True)
    fate = models.CharField(max_length=80, default="", blank=True)
    fate_as_of = models.CharField(max_length=60, default="", blank=True, help_text="EDTF")
    description = SealedField(help_text="“the guard with a scar”: how the source speaks of someone unnamed")
    features = SealedField()
    contact = SealedField()
    note = SealedField(shows="notes")


class Name(Claim):
    """One spelling of a party's name, as the source has it."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="names")
    text = SealedField(owner="party_id")
    script = models.CharField(max_length=10, default="", blank=True)
    kind = models.CharField(max_length=40, default="", blank=True)


class Relation(Claim, Dated):
    """How one party stands to another, or to a unit: kin, broker of, cellmate, post held."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="relations")
    other = models.ForeignKey(
        Party, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False, related_name="relations_to"
    )
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, db_constraint=False)
    kind = models.CharField(max_length=80)
    post = SealedField(owner="party_id", shows=ANYBODY, max_length=200)
    rank = SealedField(owner="party_id", shows=ANYBODY, max_length=200)
    note = SealedField(owner="party_id", shows="notes")


class LifeEvent(Claim, Dated):
    """A station on a party's way: crossing, arrival, marriage, birth, transfer, release, death."""

    party = models.ForeignKey(Party, on_delete=models.PROTECT, db_constraint=False, related_name="life_events")
    kind = models.CharField(max_length=80)
    from_place = models.CharField(max_length=80, default="", blank=True)
    to_place = models.CharField(max_length=80, default="", blank=True)
    crossing = models.CharField(max_length=80, default="", blank=True, help_text="place, never finer than a county")
    authorities = models.CharField(max_length=80, default="", blank=True, help_text="agency")
    sequence = models.IntegerField(null=True, blank=True)
    note = SealedField(owner="party_id", shows="notes")
