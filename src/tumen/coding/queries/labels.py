"""What records are called on a page: by name where the mask allows it, by role where it does not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from tumen import dates
from tumen.archive import versions
from tumen.archive.models import Record
from tumen.coding import reference
from tumen.coding.kinds import kind_of
from tumen.coding.kinds.model import LINK
from tumen.coding.models import Coding, Name, Party, Unit
from tumen.columns import Mask
from tumen.guard import reading


@dataclass(frozen=True)
class Called:
    """How a page calls a party: its words, and whether they stand in for a name that this user may not see."""

    text: str
    masked: bool = False
    pk: int | None = None

    def __str__(self) -> str:
        return self.text


class Labels:
    """What the records of one coding are called, its parties read once."""

    def __init__(self, mask: Mask, coding: Coding | None) -> None:
        self.mask, self.coding = mask, coding

    @cached_property
    def parties(self) -> dict[int, Called]:
        """Every party of the coding, retracted ones too, so that the numbers of unnamed ones never change."""
        rows = list(Party.objects.filter(coding=self.coding.pk).order_by("pk")) if self.coding else []
        names: dict[int, reading.Shown] = {}
        spelled = list(versions.visible(Name.objects.filter(party__in=[row.pk for row in rows])).order_by("pk"))
        opened = reading.read(self.mask, spelled, "text")
        for name in spelled:
            names.setdefault(name.party_id, opened[name.pk])
        described = reading.read(self.mask, rows, "description")
        counts: Counter[str] = Counter()
        called: dict[int, Called] = {}
        for row in rows:
            noun = _noun(row)
            counts[noun] += 1
            told = [shown for shown in (names.get(row.pk), described[row.pk]) if shown is not None]
            own = next((shown for shown in told if shown), None)
            hidden = any(shown.why == "masked" for shown in told)
            called[row.pk] = Called(str(own) if own else f"{noun} {counts[noun]}", not own and hidden, row.pk)
        return called

    def party(self, number: int | None) -> Called | None:
        """Return what a party is called; None for none."""
        if number is None:
            return None
        return self.parties.get(number) or Called(_("party {n}").format(n=number), masked=True, pk=number)

    def place(self, code: str) -> str:
        """Return a place with the places around it, no finer than the mask tells it."""
        return reference.place_label(told) if (told := reference.told_place(code, self.mask)) else ""

    def title(self, record: Record) -> str:
        """Return a line that tells a claim from its neighbours."""
        kind = kind_of(record)
        make = getattr(self, "_" + kind.slug.replace("-", "_"), None)
        return (make(record) if make else "") or str(kind.label)

    def _act(self, act: Any) -> str:
        return reference.label("act_type", act.type)

    def _party(self, party: Any) -> str:
        return str(self.party(party.pk))

    def _figure(self, figure: Any) -> str:
        return f"{amount(figure)} {reading.public(figure, 'counted')}".strip()

    def _quotation(self, quotation: Any) -> str:
        speaker = self.party(quotation.speaker_id) or reading.read_one(self.mask, quotation, "speaker_told")
        return str(speaker) or str(reading.public(quotation, "role")) or _("speaker not told")

    def _life_event(self, event: Any) -> str:
        return f"{reference.label('life_event', event.kind)}: {self.party(event.party_id)}"

    def _practice_statement(self, statement: Any) -> str:
        return reference.label("act_type", statement.type) or str(reading.read_one(self.mask, statement, "summary"))

    def _relation(self, relation: Any) -> str:
        other = self.party(relation.other_id) or (relation.unit and unit_label(relation.unit)) or ""
        return f"{self.party(relation.party_id)}: {reference.label('relation', relation.kind)} {other}".strip()

    def _incident(self, incident: Any) -> str:
        told = reading.read_one(self.mask, incident, "title")
        parts = [str(told), date(incident.date), self.place(incident.place)]
        return ", ".join(part for part in parts if part) or _("Incident {n}").format(n=incident.pk)

    def _interview(self, interview: Any) -> str:
        teller = self.party(interview.teller_id) or reading.read_one(self.mask, interview, "pseudonym")
        parts = [str(teller), date(interview.date)]
        return ", ".join(part for part in parts if part) or _("Interview {n}").format(n=interview.pk)

    def _episode(self, episode: Any) -> str:
        return _("Episode of {victim}").format(victim=self.party(episode.victim_id))


def date(text: str) -> str:
    """Return an EDTF date in words of the page's language."""
    value = dates.try_parse(text) if text else None
    return dates.describe(value, reference.language()) if value is not None else text


def chain(claim: Record) -> str:
    """Return through whom a claim came, nearest first."""
    return str(reading.public(claim, "chain")).replace(LINK, " ← ")


def amount(figure: Any) -> str:
    """Return the value of a figure in words: qualifier, range, unit."""
    low, high = decimal(figure.low_milli), decimal(figure.high_milli)
    value = (low or high) if figure.qualifier in ("more_than", "less_than") and not (low and high) else span(low, high)
    qualifier = reference.label("qualifier", figure.qualifier)
    if figure.qualifier in ("exactly", "between", "at_least", "at_most"):
        qualifier = "" if value else qualifier
    unit = reference.label("figure_unit", figure.unit)
    per = {"year": _("a year"), "month": _("a month"), "day": _("a day")}.get(figure.per, "")
    return " ".join(part for part in (qualifier.lower() if value else qualifier, value, unit, per) if part)


def span(low: str, high: str) -> str:
    """Return a range in words: a number, from and to, a limit; empty when it has no bounds."""
    if low and high:
        return low if low == high else f"{low}–{high}"
    if low:
        return pgettext("a number that is a lower limit", "{n} or more").format(n=low)
    return pgettext("a number that is an upper limit", "{n} or fewer").format(n=high) if high else ""


def unit_label(unit: Unit) -> str:
    """Return a unit's name in the language of the page."""
    return str(unit.labels.get(reference.language()) or unit.name)


def units() -> Iterable[Unit]:
    """Return every unit, for a list to choose from."""
    return versions.visible(Unit.objects.all()).order_by("name")


def decimal(milli: int | None) -> str:
    """Return thousandths as a number with separators."""
    if milli is None:
        return ""
    whole, rest = divmod(abs(milli), 1000)
    return f"{'-' if milli < 0 else ''}{whole:,}" + (f".{rest:03}".rstrip("0") if rest else "")


def _noun(party: Party) -> str:
    if party.kind == "person":
        return {"female": _("Woman"), "male": _("Man")}.get(party.sex, _("Person"))
    return {"group": _("Group"), "family": _("Family"), "unit": _("Unit")}.get(party.kind, _("Party"))
