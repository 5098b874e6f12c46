"""A small invented archive, and plain readings of it that know nothing of columns."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from tumen.archive import versions
from tumen.archive.changes import OpenChange, change
from tumen.archive.models import Record
from tumen.coding.models import Act, Anchor, Coding, Figure, Involvement, Mark, Name, Party, Telling
from tumen.columns import ALL, OPEN_HIGH, OPEN_LOW, Kind, Mask, Query, Snapshot
from tumen.columns.scope import scope_of
from tumen.counting.fields import DAY_ONE
from tumen.guard.models import Compartment, User
from tumen.guard.services import enrol, make_compartment
from tumen.sources.models import Source
from tumen.sources.services import add_passage, add_source, add_text

ACTOR = 1
TYPES = ("liberty", "liberty.detention", "liberty.detention.mss", "life")
PLACES = ("", "KP", "CN", "KP-09")
FORMS = ("", "experience", "hearsay", "no such term")


def day(year: int, month: int = 1, date_of_month: int = 1) -> int:
    """A day as records count them."""
    return date(year, month, date_of_month).toordinal()


@dataclass
class World:
    """The records of a small archive, made one change after another."""

    main: Compartment
    closed: Compartment
    codings: list[Coding] = field(default_factory=list)
    parties: list[Party] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)

    @classmethod
    def new(cls) -> World:
        """Two compartments, nothing in them."""
        with change(ACTOR, "compartments") as c:
            return cls(make_compartment(c, "main", "Main"), make_compartment(c, "closed", "Closed"))

    def coding(self, closed: bool = False, **values: Any) -> Coding:
        """Add a source with one coding."""
        with change(ACTOR, "a source") as c:
            where = self.closed if closed else self.main
            source = add_source(
                c, "interview", f"Interview {len(self.codings)}", where, language="ko", published="2011"
            )
            self.codings.append(c.insert(Coding, source=source, coder=ACTOR, **values))
        return self.codings[-1]

    def party(self, coding: Coding | None = None, **values: Any) -> Party:
        """Add a party."""
        with change(ACTOR, "a party") as c:
            self.parties.append(c.insert(Party, coding=coding or self.codings[0], **values))
        return self.parties[-1]

    def act(self, victim: Party | None = None, **values: Any) -> Act:
        """Add an act against a party of one of the codings."""
        victim = victim or self.parties[0]
        with change(ACTOR, "an act") as c:
            self.acts.append(
                c.insert(Act, **{"coding": victim.coding, "victim": victim, "type": "liberty.detention", **values})
            )
        return self.acts[-1]

    def told(self, c: OpenChange, act: Act, words: str) -> None:
        """Give an act a passage of its source in which `words` stand."""
        text = add_text(c, act.coding.source, f"Before it. {words} After it.")
        passage = add_passage(c, text, 11, 11 + len(words))
        c.insert(Anchor, record=act.pk, passage=passage)


def user(world: World, name: str, role: str, *, closed: bool = False) -> User:
    """Someone with a role in the open compartment, and in the closed one if asked."""
    # Without a password: hashing one takes longer than most tests.
    made = User.objects.create(username=name)
    with change(ACTOR, "enrolled") as c:
        enrol(c, made, world.main, role)
        if closed:
            enrol(c, made, world.closed, role)
    return made


def decoded(snapshot: Snapshot) -> dict[int, dict[str, Any]]:
    """The rows that count, as plain values: terms by key, sets of terms, pairs of bounds, ids."""
    rows: dict[int, dict[str, Any]] = {}
    unit = next(iter(snapshot.units))
    columns = scope_of(snapshot, Query(unit), Mask(ALL))
    for at in snapshot.live.nonzero()[0].tolist():
        row: dict[str, Any] = {
            "checked": bool(snapshot.checked[at]),
            "compartment": snapshot.compartment_ids[int(snapshot.compartments[at])],
        }
        for name, described in snapshot.fields.items():
            if described.kind is Kind.MULTI:
                multi = columns.multi(name)
                codes = multi.values[multi.offsets[at] : multi.offsets[at + 1]].tolist()
                row[name] = frozenset(described.terms.keys[code] for code in codes)
            elif described.kind.coded:
                row[name] = described.terms.keys[int(columns.codes(name).values[at])]
            elif described.kind is Kind.REF:
                refs = snapshot.refs(name)
                code = int(refs.codes[at])
                row[name] = None if code < 0 else int(refs.ids[code])
            else:
                spans = columns.spans(name)
                row[name] = (int(spans.lower[at]), int(spans.upper[at]))
        rows[int(snapshot.ids[at])] = row
    return rows


def standing(record: Any) -> bool:
    """Whether a claim counts: it, its coding and its source stand, and the coding is adopted."""
    coding = record.coding
    return not record.retracted and not coding.retracted and coding.adopted and not coding.source.retracted


def acts_naively(terms: dict[str, set[str]]) -> dict[int, dict[str, Any]]:
    """Acts as `decoded` gives them, read row by row; `terms` are the terms each field may hold."""
    found = {}
    for act in versions.visible(Act.objects.select_related("coding__source", "victim")):
        if not standing(act):
            continue
        tellings = _parts(Telling, claim=act.pk)
        involved = _parts(Involvement, act=act.pk)
        marks = _parts(Mark, record=act.pk)
        victim, source = act.victim, act.coding.source
        told = max(1, len(tellings))

        def one(name: str, value: str) -> str:
            return value if value in terms[name] else "unknown"

        def several(name: str, values: list[str]) -> frozenset[str]:
            return frozenset(value for value in values if value in terms[name])

        found[act.pk] = {
            "checked": act.coding.checked,
            "compartment": source.compartment_id,
            "type": one("type", act.type),
            "period": _days(act.low, act.high),
            "place": one("place", act.place),
            "place_type": one("place_type", act.place_type),
            "cause": one("cause", act.cause),
            "specificity": one("specificity", act.specificity),
            "status_after": one("status_after", act.status_after),
            "age": _span(act.age_low, act.age_high),
            "victim": victim.pk,
            "incident": act.incident_id,
            "episode": act.episode_id,
            "source": source.pk,
            "source_kind": one("source_kind", source.kind),
            "source_language": one("source_language", source.language),
            "victim_kind": "person" if victim.kind == "person" else "group",
            "sex": one("sex", victim.sex),
            "occupation": one("occupation", victim.occupation),
            "fate": one("fate", victim.fate),
            "victim_size": _span(victim.size_low, victim.size_high),
            "source_kinds": several("source_kinds", [source.kind]),
            "tellings_told": (told, told),
            "stance": stance_of(tellings),
            "conflict": frozenset(),
            "evidence": several("evidence", [t.evidence_form for t in tellings]),
            "connection": several("connection", [t.connection for t in tellings]),
            "agency": several("agency", [i.agency for i in involved]),
            "degree": several("degree", [i.degree for i in involved]),
            "perpetrator_sex": several("perpetrator_sex", [i.party.sex if i.party else "" for i in involved]),
            "method": several("method", [m.term for m in marks if m.field == "methods"]),
            "consequence": several("consequence", [m.term for m in marks if m.field == "consequences"]),
            "circumstance": several("circumstance", [m.term for m in marks if m.field == "circumstances"]),
        }
    return found


def stance_of(tellings: list[Telling]) -> str:
    """What the tellings of one act record say of it."""
    if not tellings:
        return "untold"
    stances = {telling.stance or "supports" for telling in tellings}
    against = bool(stances & {"denies", "contradicts"})
    if "supports" in stances:
        return "contested" if against else "supported"
    return "denied" if against else "unknown"


def persons_naively() -> dict[int, dict[str, Any]]:
    """The roles and acts of parties, read row by row."""
    found = {}
    for party in versions.visible(Party.objects.select_related("coding__source")):
        if not standing(party):
            continue
        acts = _parts(Act, victim=party.pk)
        counted = [act for act in acts if standing(act) and stance_of(_parts(Telling, claim=act.pk)) != "denied"]
        roles = {"victim"} if acts else set()
        if any(not part.act.retracted for part in _parts(Involvement, party=party.pk)):
            roles.add("perpetrator")
        if _parts(Telling, informant=party.pk):
            roles.add("informant")
        found[party.pk] = {
            "role": frozenset(roles or {"other"}),
            "main_role": next(
                role for role in ("victim", "perpetrator", "informant", "other") if role in (roles or {"other"})
            ),
            "acts_told": (len(counted), len(counted)),
            "sex": party.sex or "unknown",
        }
    return found


def _parts(model: type[Record], **of: Any) -> list[Any]:
    return list(versions.visible(model._base_manager.filter(**of)))


def _days(low: int | None, high: int | None) -> tuple[int, int]:
    return _span(None if low is None else low - DAY_ONE, None if high is None else high - DAY_ONE)


def _span(low: int | None, high: int | None) -> tuple[int, int]:
    return (OPEN_LOW if low is None else low, OPEN_HIGH if high is None else high)


__all__ = ["Figure", "Name", "Source", "World", "acts_naively", "day", "decoded", "persons_naively", "user"]
