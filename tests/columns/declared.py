"""The fields and units of acts that random worlds and benchmarks are made of; the terms are theirs."""

from __future__ import annotations

from tumen.columns import DECADES, YEARS, Across, Domain, Field, Fields, Kind, Scheme, Unit

UNITS = frozenset(("acts", "victims", "groups", "incidents", "sources", "episodes", "tellings"))
SEX = Domain.flat(["female", "male"])
KINDS = Domain.flat(["person", "group"])
STANCES = Domain.flat(["supported", "denied", "contested", "untold"])
STANCE_JOINS = (0, 1, 2, 3, 4, 1, 3, 3)
SINGLE = ("type", "sex", "period", "age", "victim_kind", "victim_size")
"""The fields in which tellings of one act can contradict each other."""


def act_fields(types: Domain, evidence: Domain, rest: str = "", more: tuple[Field, ...] = ()) -> Fields:
    """The fields of acts over these types and evidence forms."""
    victim, union = "victim", Across.UNION
    return Fields(
        [
            Field("type", Kind.HIERARCHY, units=UNITS, domain=types),
            Field("evidence", Kind.MULTI, units=UNITS, domain=evidence, rest=rest),
            Field("sex", Kind.SINGLE, units=UNITS, domain=SEX, field_class=victim),
            Field("period", Kind.INTERVAL, units=UNITS, schemes=(YEARS, DECADES)),
            Field(
                "age",
                Kind.NUMBER,
                units=UNITS,
                schemes=(Scheme("band", starts=("10", "18", "30")),),
                field_class=victim,
            ),
            Field("stance", Kind.SINGLE, units=UNITS, domain=STANCES, across=Across.OR, joins=STANCE_JOINS),
            Field("conflict", Kind.MULTI, units=UNITS, domain=Domain.flat(SINGLE), across=Across.DIFFERENCES),
            Field("first", Kind.SINGLE, units=UNITS, domain=Domain.flat(["a", "b", "c"]), across=Across.LEADING),
            Field("victim", Kind.REF, units=UNITS, resolved=True),
            Field("victim_kind", Kind.SINGLE, units=UNITS, domain=KINDS),
            Field("victim_size", Kind.NUMBER, units=UNITS),
            Field("incident", Kind.REF, units=UNITS, resolved=True),
            Field("source", Kind.REF, units=UNITS, across=union),
            Field("episode", Kind.REF, units=UNITS, across=union, tied_by="victim"),
            Field("tellings", Kind.NUMBER, units=UNITS, across=Across.SUM, schemes=(Scheme("few", starts=("2", "4")),)),
            *more,
        ]
    )


_DENIED = ("stance", "denied")
ACT_UNITS = (
    Unit("acts", left_out=_DENIED),
    Unit("victims", counts="victim", only=("victim_kind", "person"), beside="groups", left_out=_DENIED),
    Unit("groups", counts="victim", only=("victim_kind", "group"), size="victim_size", left_out=_DENIED),
    Unit("incidents", counts="incident", left_out=_DENIED),
    Unit("sources", counts="source", every_telling=True, left_out=_DENIED),
    Unit("episodes", counts="episode", every_telling=True, left_out=_DENIED),
    Unit("tellings", sums="tellings", every_telling=True, left_out=_DENIED),
)
