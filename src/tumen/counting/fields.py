"""What can be asked and counted: the fields and units of each kind of row, built from the archive's vocabularies.

A frame is one kind of row: acts, persons (parties of all kinds), sources, figures. Units such as victims or tellings
are counts over the frame of acts. Labels are message keys; pages translate them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from django.db import connection
from django.utils.translation import gettext_noop as _

from tumen.archive import folder
from tumen.coding import reference
from tumen.columns import DECADES, YEARS, Across, Domain, Field, Fields, Kind, Scheme, Unit
from tumen.columns.arrays import Int32s
from tumen.places import Gazetteer, Precision
from tumen.sources.names import REVIEWED, WAITING
from tumen.vocabularies import Vocabularies

ACTS, PERSONS, SOURCES, FIGURES, INTERVIEWS = "acts", "persons", "sources", "figures", "interviews"
ACT_UNITS = frozenset({"acts", "victims", "groups", "incidents", "tellings", "act_sources", "episodes"})
PARTY_UNITS = frozenset({"persons", "parties"})

AGES = Scheme("ten", starts=("10", "20", "30", "40", "50", "60"))
AGES_CTDC = Scheme("ctdc", starts=("9", "18", "21", "24", "27", "30", "39", "48"))
PERIODS = Scheme("paper", starts=("1990", "2000", "2010", "2020"))

UNIT_LABELS = {
    "acts": _("Acts"),
    "victims": _("Victims (persons)"),
    "groups": _("Victims (groups)"),
    "incidents": _("Incidents"),
    "tellings": _("Tellings"),
    "act_sources": _("Sources telling of acts"),
    "episodes": _("Trafficking episodes"),
    "persons": _("Persons"),
    "parties": _("Persons, families, groups and units"),
    "sources": _("Sources"),
    "figures": _("Figures"),
    "interviews": _("Interviews"),
}

STANCES = ("supported", "denied", "contested", "untold")
"""What the tellings of an act say together. Their codes are 1, 2, 3 and 4: for, against, both, no telling."""
STANCE_JOINS = (0, 1, 2, 3, 4, 1, 3, 3)
"""What the bitwise or of such codes means: a record without a telling is told by its source, and so is for."""

ROLES = ("victim", "perpetrator", "informant", "other")
"""Roles in acts and tellings. A person's main role is the first of these that she has, as printed tables count."""

COMPARED = {
    "acts": ("type", "period", "place", "place_type", "sex", "age", "occupation", "fate", "cause", "specificity",
             "status_after", "victim_kind", "victim_size"),
    "persons": ("party_kind", "sex", "birth", "origin", "occupation", "fate", "marital"),
}  # fmt: skip
"""The fields in which records of one act or person can contradict each other."""

LISTS = {
    "type": "act_type",
    "nkdb": "nkdb",
    "place_type": "place_type",
    "evidence": "evidence_form",
    "connection": "connection",
    "source_kind": "source_kind",
    "source_kinds": "source_kind",
    "source_language": "language",
    "sex": "sex",
    "occupation": "occupation",
    "fate": "fate",
    "agency": "agency",
    "perpetrator_sex": "sex",
    "degree": "degree",
    "method": "method",
    "circumstance": "circumstance",
    "consequence": "consequence",
    "cause": "cause",
    "specificity": "specificity",
    "status_after": "status_after",
    "party_kind": "party_kind",
    "marital": "marital",
    "kind": "source_kind",
    "language": "language",
    "reliability": "reliability",
    "figure_unit": "figure_unit",
    "qualifier": "qualifier",
    "way": "interview_channel",
    "place_class": "interview_place",
    "spoken": "language",
}
"""The vocabulary that the terms of a field come from."""

PLACES = frozenset({"place", "origin", "figure_place"})
"""The fields whose terms are places of the gazetteer."""

DEFAULT_COLUMNS = {
    "parties": ("party_kind", "role", "sex", "birth", "origin", "fate"),
    "victims": ("sex", "age", "occupation", "fate", "type", "period"),
    "groups": ("victim_size", "sex", "type", "period", "place"),
    "acts": ("type", "period", "place", "sex", "age", "evidence", "source_kind"),
    "persons": ("role", "sex", "birth", "origin", "fate", "acts_told"),
    "sources": ("kind", "language", "published", "status", "acts_coded"),
    "figures": ("figure_unit", "value", "figure_period", "figure_place", "source_kind"),
    "interviews": ("interview_date", "way", "place_class", "spoken", "duration"),
}
DEFAULT_FACETS = {
    "acts": ("type", "period:paper", "place", "place_type", "evidence", "source_kind", "sex", "age:ten",
             "agency", "fate", "stance", "conflict"),
    "persons": ("role", "sex", "birth:decade", "origin", "fate", "source_kind", "conflict"),
    "sources": ("kind", "language", "published:year", "status", "names"),
    "figures": ("figure_unit", "figure_period:year", "figure_place", "source_kind"),
    "interviews": ("interview_date:year", "way", "place_class", "spoken"),
}  # fmt: skip


@dataclass(frozen=True)
class Schema:
    """All fields, for each frame its own fields and units, and what each frame calls a field."""

    fields: Fields
    frames: dict[str, tuple[tuple[Field, ...], tuple[Unit, ...]]]
    words: dict[tuple[str, str], str]


def frame_of(unit: str) -> str:
    """Return the frame whose rows are counted in `unit`."""
    return ACTS if unit in ACT_UNITS else PERSONS if unit in PARTY_UNITS else unit


def newest() -> int:
    """Return the seq of the newest change, past the ORM: every part of a page asks for it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT MAX(seq) FROM archive_change")
        row = cursor.fetchone()
    return row[0] or 0 if row else 0


_kept: tuple[tuple[str, int], Schema] | None = None


def schema() -> Schema:
    """Return the schema for the vocabularies and places as they stand; the same object until one of them changes."""
    global _kept
    now = (str(folder.current().folder), newest())
    kept = _kept
    if kept is not None and kept[0] == now:
        return kept[1]
    made = _schema(reference.vocabularies(), reference.places())
    _kept = (now, made)
    return made


@lru_cache(maxsize=2)
def _schema(lists: Vocabularies, places: Gazetteer) -> Schema:
    acts, persons, sources, figures, interviews = _Declared(lists, places).all()
    fields = Fields()
    by_name: dict[str, Field] = {}
    for field in (*acts, *persons, *sources, *figures, *interviews):
        known = by_name.get(field.name)
        by_name[field.name] = field if known is None else _shared(known, field)
    fields.register(*by_name.values())
    frames = {
        ACTS: (tuple(by_name[f.name] for f in acts), ACT_FRAME_UNITS),
        PERSONS: (
            tuple(by_name[f.name] for f in persons),
            (Unit("persons", only=("party_kind", "person")), Unit("parties")),
        ),
        SOURCES: (tuple(by_name[f.name] for f in sources), (Unit("sources"),)),
        FIGURES: (tuple(by_name[f.name] for f in figures), (Unit("figures"),)),
        INTERVIEWS: (tuple(by_name[f.name] for f in interviews), (Unit("interviews"),)),
    }
    declared = {ACTS: acts, PERSONS: persons, SOURCES: sources, FIGURES: figures, INTERVIEWS: interviews}
    words = {(frame, field.name): field.label_key for frame, listed in declared.items() for field in listed}
    return Schema(fields, frames, words)


_DENIED = ("stance", "denied")
ACT_FRAME_UNITS = (
    Unit("acts", left_out=_DENIED),
    Unit("victims", counts="victim", only=("victim_kind", "person"), beside="groups", left_out=_DENIED),
    Unit("groups", counts="victim", only=("victim_kind", "group"), size="victim_size", left_out=_DENIED),
    Unit("incidents", counts="incident", left_out=_DENIED),
    Unit("tellings", sums="tellings_told", every_telling=True, left_out=_DENIED),
    Unit("act_sources", counts="source", every_telling=True, left_out=_DENIED),
    Unit("episodes", counts="episode", every_telling=True, left_out=_DENIED),
)


class _Declared:
    """The fields of each frame over one set of vocabularies and places."""

    def __init__(self, lists: Vocabularies, places: Gazetteer) -> None:
        self._lists = lists
        self._tree = Domain((place.code, place.parent) for place in places)
        self._told = {cap.value: _told(places, self._tree, cap) for cap in Precision if cap is not Precision.EXACT}
        compared = Domain.flat(dict.fromkeys((*COMPARED[ACTS], *COMPARED[PERSONS])))
        self._conflict = Field(
            "conflict", Kind.MULTI, _("In conflict"), ACT_UNITS | PARTY_UNITS, domain=compared,
            across=Across.DIFFERENCES,
        )  # fmt: skip

    def all(self) -> tuple[tuple[Field, ...], ...]:
        """Return the fields of acts, persons, sources, figures, interviews."""
        return self._acts(), self._persons(), self._sources(), self._figures(), self._interviews()

    def _terms(self, field: str) -> Domain:
        return Domain((term.code, term.parent) for term in self._lists[LISTS[field]])

    def _acts(self) -> tuple[Field, ...]:
        units = ACT_UNITS
        single, tree, multi = Kind.SINGLE, Kind.HIERARCHY, Kind.MULTI
        return (
            Field("type", tree, _("Type of act"), units, domain=self._terms("type")),
            Field("nkdb", tree, _("NKDB type"), units, domain=self._terms("nkdb")),
            Field("period", Kind.INTERVAL, _("Date"), units, schemes=(PERIODS, DECADES, YEARS)),
            Field("place", tree, _("Place"), units, domain=self._tree, told=self._told),
            Field("place_type", tree, _("Type of place"), units, domain=self._terms("place_type")),
            Field("evidence", multi, _("Evidence form"), units, domain=self._terms("evidence")),
            Field("connection", multi, _("Connection to the information"), units, domain=self._terms("connection")),
            Field(
                "source_kind",
                tree,
                _("Kind of source"),
                units | PARTY_UNITS | {"figures", "interviews"},
                domain=self._terms("source_kind"),
            ),
            Field(
                "source_kinds",
                multi,
                _("Kinds of source, of all tellings"),
                units | PARTY_UNITS,
                domain=self._terms("source_kinds"),
            ),
            Field("source_language", single, _("Language of the source"), units, domain=self._terms("source_language")),
            Field("sex", single, _("Sex of the victim"), units | PARTY_UNITS, domain=self._terms("sex")),
            Field("age", Kind.NUMBER, _("Age at the act"), units, schemes=(AGES, AGES_CTDC)),
            Field("occupation", tree, _("Occupation"), units | PARTY_UNITS, domain=self._terms("occupation")),
            Field("fate", tree, _("Fate"), units | PARTY_UNITS, domain=self._terms("fate")),
            Field("agency", multi, _("Agency of the perpetrator"), units, domain=self._terms("agency")),
            Field("perpetrator_sex", multi, _("Sex of the perpetrator"), units, domain=self._terms("perpetrator_sex")),
            Field("degree", multi, _("Degree of involvement"), units, domain=self._terms("degree")),
            Field("method", multi, _("Method"), units, domain=self._terms("method")),
            Field("circumstance", multi, _("Circumstances"), units, domain=self._terms("circumstance")),
            Field("consequence", multi, _("Consequences"), units, domain=self._terms("consequence")),
            Field("cause", tree, _("Cause"), units, domain=self._terms("cause")),
            Field("specificity", single, _("Specificity"), units, domain=self._terms("specificity")),
            Field("status_after", tree, _("Status at the end of the act"), units, domain=self._terms("status_after")),
            Field("victim_kind", single, _("Kind of victim"), units, domain=Domain.flat(("person", "group"))),
            Field("victim_size", Kind.NUMBER, _("Size of the group"), units),
            Field("tellings_told", Kind.NUMBER, _("Tellings"), units, across=Across.SUM),
            Field(
                "stance",
                single,
                _("Stance of the tellings"),
                units,
                domain=Domain.flat(STANCES),
                across=Across.OR,
                joins=STANCE_JOINS,
            ),
            self._conflict,
            Field("victim", Kind.REF, _("Victim"), units, resolved=True),
            Field("incident", Kind.REF, _("Incident"), units, resolved=True),
            Field("episode", Kind.REF, _("Episode"), units, across=Across.UNION, tied_by="victim"),
            Field(
                "source",
                Kind.REF,
                _("Source"),
                units | PARTY_UNITS | {"figures", "interviews"},
                across=Across.UNION,
            ),
        )

    def _persons(self) -> tuple[Field, ...]:
        units = PARTY_UNITS
        roles = Domain.flat(ROLES)
        return (
            Field("party_kind", Kind.SINGLE, _("Kind of party"), units, domain=self._terms("party_kind")),
            Field("role", Kind.MULTI, _("Role"), units, domain=roles, rest="other"),
            Field("main_role", Kind.SINGLE, _("Main role"), units, domain=roles, across=Across.LEADING),
            Field("sex", Kind.SINGLE, _("Sex"), units, domain=self._terms("sex")),
            Field("birth", Kind.INTERVAL, _("Born"), units, schemes=(DECADES, YEARS)),
            Field("origin", Kind.HIERARCHY, _("Origin"), units, domain=self._tree, told=self._told),
            Field("occupation", Kind.HIERARCHY, _("Occupation"), units, domain=self._terms("occupation")),
            Field("fate", Kind.HIERARCHY, _("Fate"), units, domain=self._terms("fate")),
            Field("marital", Kind.SINGLE, _("Marital status"), units, domain=self._terms("marital")),
            Field("source_kind", Kind.HIERARCHY, _("Kind of source"), units, domain=self._terms("source_kind")),
            Field(
                "source_kinds",
                Kind.MULTI,
                _("Kinds of source, of all records"),
                units,
                domain=self._terms("source_kinds"),
            ),
            Field("acts_told", Kind.NUMBER, _("Acts suffered"), units, across=Across.TALLY, tally=(ACTS, "victim")),
            self._conflict,
            Field("source", Kind.REF, _("Source"), units, across=Across.UNION),
        )

    def _sources(self) -> tuple[Field, ...]:
        units = frozenset({"sources"})
        return (
            Field("kind", Kind.HIERARCHY, _("Kind of source"), units, domain=self._terms("kind")),
            Field("language", Kind.SINGLE, _("Language"), units, domain=self._terms("language")),
            Field("published", Kind.INTERVAL, _("Published or told"), units, schemes=(YEARS, DECADES)),
            Field("status", Kind.SINGLE, _("Status"), units, domain=Domain.flat(("new", "coding", "coded", "checked"))),
            Field("reliability", Kind.SINGLE, _("Reliability"), units, domain=self._terms("reliability")),
            Field("names", Kind.SINGLE, _("Names in texts"), units, domain=Domain.flat((WAITING, REVIEWED))),
            Field("acts_coded", Kind.NUMBER, _("Acts"), units),
        )

    def _figures(self) -> tuple[Field, ...]:
        units = frozenset({"figures"})
        return (
            Field("figure_unit", Kind.HIERARCHY, _("Unit of the figure"), units, domain=self._terms("figure_unit")),
            Field("qualifier", Kind.SINGLE, _("Qualifier"), units, domain=self._terms("qualifier")),
            Field("value", Kind.NUMBER, _("Value"), units),
            Field("figure_period", Kind.INTERVAL, _("Period"), units, schemes=(YEARS, DECADES)),
            Field("figure_place", Kind.HIERARCHY, _("Place"), units, domain=self._tree, told=self._told),
            Field("source_kind", Kind.HIERARCHY, _("Kind of source"), units, domain=self._terms("source_kind")),
            Field("source", Kind.REF, _("Source"), units),
        )

    def _interviews(self) -> tuple[Field, ...]:
        units, single = frozenset({"interviews"}), Kind.SINGLE
        return (
            Field("interview_date", Kind.INTERVAL, _("Date"), units, schemes=(YEARS, DECADES)),
            Field("way", single, _("Way to the interview"), units, domain=self._terms("way")),
            Field("place_class", single, _("Kind of place"), units, domain=self._terms("place_class")),
            Field("spoken", single, _("Language"), units, domain=self._terms("spoken")),
            Field("duration", Kind.NUMBER, _("Duration in minutes"), units),
            Field("source_kind", Kind.HIERARCHY, _("Kind of source"), units, domain=self._terms("source_kind")),
            Field("source", Kind.REF, _("Source"), units),
        )


def _told(places: Gazetteer, tree: Domain, cap: Precision) -> Int32s:
    """For each code of the tree of places the code it is told as at a precision, 0 where nothing is coarse enough."""
    codes = [0]
    for key in tree.keys[1:]:
        told = places.told_at(key, cap)
        codes.append(tree.code(told) if told else 0)
    return np.array(codes, np.int32)


def _shared(one: Field, other: Field) -> Field:
    """Merge two declarations of one name: the same field seen from two frames."""
    return replace(one, units=one.units | other.units)


DAY_ONE = 719163
"""The ordinal of 1970-01-01: records count days from 0001-01-01, columns from 1970."""
