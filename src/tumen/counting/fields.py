"""What can be asked and counted: the fields and units of each kind of row, built from the archive's vocabularies.

A frame is one kind of row: acts, persons (parties of all kinds), sources, figures. Units such as victims or tellings
are counts over the frame of acts. Labels are message keys; pages translate them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_noop as _

from tumen.coding import reference
from tumen.columns import DECADES, YEARS, Domain, Field, Fields, Kind, Scheme, Unit
from tumen.vocabularies import Vocabulary

ACTS, PERSONS, SOURCES, FIGURES = "acts", "persons", "sources", "figures"
ACT_UNITS = frozenset({"acts", "victims", "groups", "incidents", "tellings", "act_sources", "episodes"})

AGES = Scheme("decade of age", starts=("10", "20", "30", "40", "50", "60"))
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
    "sources": _("Sources"),
    "figures": _("Figures"),
}

DEFAULT_COLUMNS = {
    "acts": ("type", "period", "place", "sex", "age", "evidence", "source_kind"),
    "persons": ("role", "sex", "birth", "origin", "fate", "acts_told"),
    "sources": ("kind", "language", "published", "status", "acts_coded"),
    "figures": ("figure_unit", "value", "figure_period", "figure_place", "source_kind"),
}
DEFAULT_FACETS = {
    "acts": ("type", "period:paper", "place", "place_type", "evidence", "source_kind", "sex", "age:decade of age",
             "agency", "fate"),
    "persons": ("role", "party_kind", "sex", "birth:decade", "origin", "fate"),
    "sources": ("kind", "language", "published:year", "status"),
    "figures": ("figure_unit", "figure_period:year", "figure_place", "source_kind"),
}  # fmt: skip


@dataclass(frozen=True)
class Schema:
    """All fields, and for each frame its own fields and units."""

    fields: Fields
    frames: dict[str, tuple[tuple[Field, ...], tuple[Unit, ...]]]
    state: int

    def frame_of(self, unit: str) -> str:
        """Return the frame whose rows are counted in `unit`."""
        return ACTS if unit in ACT_UNITS else unit


def schema() -> Schema:
    """Return the schema for the vocabularies as they stand."""
    return _schema(reference.state())


@lru_cache(maxsize=2)
def _schema(state: int) -> Schema:
    acts = _act_fields()
    persons = _person_fields()
    sources = _source_fields()
    figures = _figure_fields()
    fields = Fields()
    by_name: dict[str, Field] = {}
    for field in (*acts, *persons, *sources, *figures):
        known = by_name.get(field.name)
        by_name[field.name] = field if known is None else _shared(known, field)
    fields.register(*by_name.values())
    frames = {
        ACTS: (tuple(by_name[f.name] for f in acts), ACT_FRAME_UNITS),
        PERSONS: (tuple(by_name[f.name] for f in persons), (Unit("persons", only=("party_kind", "person")),)),
        SOURCES: (tuple(by_name[f.name] for f in sources), (Unit("sources"),)),
        FIGURES: (tuple(by_name[f.name] for f in figures), (Unit("figures"),)),
    }
    return Schema(fields, frames, state)


ACT_FRAME_UNITS = (
    Unit("acts"),
    Unit("victims", counts="victim", only=("victim_kind", "person"), beside="groups"),
    Unit("groups", counts="victim", only=("victim_kind", "group"), size="victim_size"),
    Unit("incidents", counts="incident"),
    Unit("tellings", sums="tellings_told", every_telling=True),
    Unit("act_sources", counts="source", every_telling=True),
    Unit("episodes", counts="episode"),
)


def _act_fields() -> tuple[Field, ...]:
    units = ACT_UNITS
    single, tree, multi = Kind.SINGLE, Kind.HIERARCHY, Kind.MULTI
    return (
        Field("type", tree, _("Type of act"), units, domain=_terms("act_type")),
        Field("nkdb", tree, _("NKDB type"), units, domain=_terms("nkdb")),
        Field("period", Kind.INTERVAL, _("Date"), units, schemes=(PERIODS, DECADES, YEARS)),
        Field("place", tree, _("Place"), units, domain=_places()),
        Field("place_type", tree, _("Type of place"), units, domain=_terms("place_type")),
        Field("evidence", multi, _("Evidence form"), units, domain=_terms("evidence_form")),
        Field("connection", multi, _("Connection to the information"), units, domain=_terms("connection")),
        Field("source_kind", tree, _("Kind of source"), units | {"persons", "figures"}, domain=_terms("source_kind")),
        Field("source_language", single, _("Language of the source"), units, domain=_terms("language")),
        Field("sex", single, _("Sex of the victim"), units | {"persons"}, domain=_terms("sex")),
        Field("age", Kind.NUMBER, _("Age at the act"), units, schemes=(AGES, AGES_CTDC)),
        Field("occupation", tree, _("Occupation"), units | {"persons"}, domain=_terms("occupation")),
        Field("fate", tree, _("Fate"), units | {"persons"}, domain=_terms("fate")),
        Field("agency", multi, _("Agency of the perpetrator"), units, domain=_terms("agency")),
        Field("perpetrator_sex", multi, _("Sex of the perpetrator"), units, domain=_terms("sex")),
        Field("degree", multi, _("Degree of involvement"), units, domain=_terms("degree")),
        Field("method", multi, _("Method"), units, domain=_terms("method")),
        Field("circumstance", multi, _("Circumstances"), units, domain=_terms("circumstance")),
        Field("cause", tree, _("Cause"), units, domain=_terms("cause")),
        Field("specificity", single, _("Specificity"), units, domain=_terms("specificity")),
        Field("status_after", tree, _("Status at the end of the act"), units, domain=_terms("status_after")),
        Field("victim_kind", single, _("Kind of victim"), units, domain=Domain.flat(("person", "group"))),
        Field("victim_size", Kind.NUMBER, _("Size of the group"), units),
        Field("tellings_told", Kind.NUMBER, _("Tellings"), units),
        Field("victim", Kind.REF, _("Victim"), units, resolved=True),
        Field("incident", Kind.REF, _("Incident"), units, resolved=True),
        Field("episode", Kind.REF, _("Episode"), units),
        Field("source", Kind.REF, _("Source"), units | {"persons", "figures"}),
    )


def _person_fields() -> tuple[Field, ...]:
    units = frozenset({"persons"})
    roles = Domain.flat(("victim", "perpetrator", "informant", "other"))
    return (
        Field("party_kind", Kind.SINGLE, _("Kind of party"), units, domain=_terms("party_kind")),
        Field("role", Kind.MULTI, _("Role"), units, domain=roles),
        Field("sex", Kind.SINGLE, _("Sex"), units, domain=_terms("sex")),
        Field("birth", Kind.INTERVAL, _("Born"), units, schemes=(DECADES, YEARS)),
        Field("origin", Kind.HIERARCHY, _("Origin"), units, domain=_places()),
        Field("occupation", Kind.HIERARCHY, _("Occupation"), units, domain=_terms("occupation")),
        Field("fate", Kind.HIERARCHY, _("Fate"), units, domain=_terms("fate")),
        Field("marital", Kind.SINGLE, _("Marital status"), units, domain=_terms("marital")),
        Field("source_kind", Kind.HIERARCHY, _("Kind of source"), units, domain=_terms("source_kind")),
        Field("acts_told", Kind.NUMBER, _("Acts suffered"), units),
        Field("source", Kind.REF, _("Source"), units),
    )


def _source_fields() -> tuple[Field, ...]:
    units = frozenset({"sources"})
    return (
        Field("kind", Kind.HIERARCHY, _("Kind of source"), units, domain=_terms("source_kind")),
        Field("language", Kind.SINGLE, _("Language"), units, domain=_terms("language")),
        Field("published", Kind.INTERVAL, _("Published or told"), units, schemes=(YEARS, DECADES)),
        Field("status", Kind.SINGLE, _("Status"), units, domain=Domain.flat(("new", "coding", "coded", "checked"))),
        Field("reliability", Kind.SINGLE, _("Reliability"), units, domain=_terms("reliability")),
        Field("acts_coded", Kind.NUMBER, _("Acts"), units),
    )


def _figure_fields() -> tuple[Field, ...]:
    units = frozenset({"figures"})
    return (
        Field("figure_unit", Kind.HIERARCHY, _("Unit"), units, domain=_terms("figure_unit")),
        Field("qualifier", Kind.SINGLE, _("Qualifier"), units, domain=_terms("qualifier")),
        Field("value", Kind.NUMBER, _("Value"), units),
        Field("figure_period", Kind.INTERVAL, _("Period"), units, schemes=(YEARS, DECADES)),
        Field("figure_place", Kind.HIERARCHY, _("Place"), units, domain=_places()),
        Field("source_kind", Kind.HIERARCHY, _("Kind of source"), units, domain=_terms("source_kind")),
        Field("source", Kind.REF, _("Source"), units),
    )


def _shared(one: Field, other: Field) -> Field:
    """Merge two declarations of one name: the same field seen from two frames."""
    return Field(
        one.name, one.kind, one.label_key, one.units | other.units, one.field_class, one.domain, one.scale, one.schemes,
        one.resolved,
    )  # fmt: skip


def _terms(name: str) -> Domain:
    vocabulary: Vocabulary = reference.vocabularies()[name]
    return Domain((term.code, term.parent) for term in vocabulary)


def _places() -> Domain:
    return Domain((place.code, place.parent or None) for place in reference.gazetteer())


DAY_ONE = 719163
"""The ordinal of 1970-01-01: records count days from 0001-01-01, columns from 1970."""
