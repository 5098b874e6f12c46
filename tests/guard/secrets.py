"""An archive in which every sealed field, every reason and every free text holds a word found nowhere else.

Records are made from the models themselves, so a field that is sealed tomorrow is sown tomorrow.
"""

from __future__ import annotations

import itertools
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import models
from django.utils import timezone

from tumen.archive import identity, ids, objects, states
from tumen.archive.bulk import open_bulk
from tumen.archive.changes import OpenChange, change
from tumen.archive.models import Job, Record
from tumen.archive.sealed import SealedField, seal_value
from tumen.coding import reference
from tumen.coding.kinds import KINDS, Holds
from tumen.coding.models import Act, Coding, Consent, Figure, Name, Party, Telling
from tumen.coding.services import drafts
from tumen.coding.services.reference import add_places
from tumen.counting import search
from tumen.guard.masks import IDENTITY, NARRATIVE, NOTES
from tumen.guard.models import Compartment, User
from tumen.guard.permissions import ROLES
from tumen.guard.services import enrol, make_compartment
from tumen.linking.models import Judgement
from tumen.linking.services import resolve_by_judgements
from tumen.places import Precision
from tumen.sources.models import Original, Passage, Source, Text, Upload
from tumen.sources.services import add_passage, add_source, add_text

EVERYTHING = "everything"
"""The class of what somebody of another compartment must not see, whatever her role: titles, who says so."""
OWN = "own"
"""The class of what only one user sees: her searches, drafts and uploads."""
BOTH = "both"
"""The class of notes on records in both compartments, or on nothing that is left: notes of every compartment."""
PLACE = "place"
"""The class of the name of a place finer than any precision but the finest."""

ABOUT_THE_ARCHIVE = {"guard.compartment", "guard.membership", "guard.suspension", "coding.term", "coding.place",
                     "coding.unit", "coding.referencepopulation", "coding.consentform", "coding.formreading",
                     "linking.run", "counting.definition"}  # fmt: skip


@dataclass
class Sown:
    """What was written in a compartment, and the words in it by the class that opens them; `beside` is another one."""

    words: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    rows: list[Record] = field(default_factory=list)
    users: dict[str, User] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    place: str = ""
    compartment: Compartment | None = None
    beside: Sown | None = None
    _count: itertools.count[int] = field(default_factory=itertools.count)

    def word(self, kind: str) -> str:
        """Return a new word of a class; lower case, so that no normalising hides it."""
        word = f"qx{next(self._count):05}zj"
        self.words[kind].append(word)
        return word

    def one(self, model: type[Any]) -> Any:
        """Return the first record of a kind."""
        return next(row for row in self.rows if isinstance(row, model))


Roles = Mapping[str, Mapping[str, Sequence[str]]]
"""For each user her roles by compartment: `main`, `other`, or "" for the whole archive."""
EVERY_ROLE = tuple(name for name, role in ROLES.items() if not role.whole_archive)


def sow(roles: Roles) -> Sown:
    """Fill the open archive: two compartments with secrets, and who looks at them; `owner` holds every role in both."""
    sown = Sown()
    owner = sown.users["owner"] = User.objects.create(username="owner")
    with change(owner.pk, "compartments") as c:
        places = {"main": make_compartment(c, "main", "Main"), "other": make_compartment(c, "other", "Other"), "": None}
        for name, held in {"owner": {"main": EVERY_ROLE, "other": EVERY_ROLE}, **roles}.items():
            user = sown.users.setdefault(name, owner if name == "owner" else User.objects.create(username=name))
            for place, listed in held.items():
                for role in listed:
                    enrol(c, user, places[place], role)
        sown.place = _fine_place(c, sown.word(PLACE))
    sown.compartment = places["main"]
    beside = sown.beside = Sown(users=sown.users, place=sown.place, compartment=places["other"], _count=sown._count)
    _fill(beside, owner)
    _fill(sown, owner)
    with change(owner.pk, f"of both {sown.word(BOTH)}") as c:
        a, b = sown.one(Party).pk, beside.one(Party).pk
        sown.rows.append(c.insert(Judgement, a=a, b=b, answer="same", reason=sown.word(BOTH), reviewer=owner.pk))
    resolve_by_judgements(owner.pk)
    return sown


def _fine_place(c: OpenChange, word: str) -> str:
    """Add a place within a county to the gazetteer, with a word for its name."""
    county = next(place for place in reference.places() if place.precision is Precision.COUNTY)
    fine = replace(county, code=f"{county.code}.fine", parent=county.code, name_en=word, name_ko=word, name_zh=word,
                   other_names=(), former_names=(), precision=Precision.RI)  # fmt: skip
    add_places(c, [fine])
    return fine.code


def _fill(sown: Sown, owner: User) -> None:
    assert sown.compartment is not None
    main = sown.compartment
    number = ids.reserve()
    stored = objects.write(number, [f"original {sown.word(NARRATIVE)}".encode()])
    with change(owner.pk, f"why {sown.word(NOTES)}") as c:
        _sources(sown, c, main, number, stored)
    with change(owner.pk, f"why {sown.word(NOTES)}") as c:
        _claims(sown, c)
    with change(owner.pk, f"judged {sown.word(NOTES)}") as c:
        c.update(sown.one(Judgement), answer="different")
    with change(owner.pk, f"saved without an edit {sown.word(BOTH)}") as c:
        c.update(sown.one(Act), gaps={})
    _second_versions(sown, owner)
    _beside_records(sown, owner, main)


def _sources(sown: Sown, c: OpenChange, main: Compartment, number: int, stored: objects.Stored) -> None:
    title = f"Interview {sown.word(EVERYTHING)}"
    source = add_source(c, "news", title, main, publisher=sown.word(EVERYTHING), collector=sown.word(EVERYTHING),
                        channel=sown.word(EVERYTHING), risk=sown.word(NOTES), note=sown.word(NOTES))  # fmt: skip
    original = c.insert(Original, reserved=number, source=source, sha256=stored.sha256, size=stored.size,
                        media_type="text/plain", object=stored.name, file_name=sown.word(IDENTITY))  # fmt: skip
    body = f"She said {sown.word(NARRATIVE)} and {sown.word(NARRATIVE)}."
    text = add_text(c, source, body, "en", original=original)
    passage = add_passage(c, text, 9, len(body) - 1)
    coding = c.insert(Coding, source=source, coder=sown.users["owner"].pk)
    sown.rows += [source, original, text, passage, coding]


def _claims(sown: Sown, c: OpenChange) -> None:
    """Make a record of every kind that is left, those first that others point at."""
    first = [Party, Act]
    kinds = [*first, *(kind for kind in states.record_models().values() if kind not in first)]
    for kind in kinds:
        if kind._meta.label_lower in ABOUT_THE_ARCHIVE or any(type(row) is kind for row in sown.rows):
            continue
        values = {each.name: _value(sown, each) for each in kind._meta.concrete_fields}
        sown.rows.append(c.insert(kind, **{name: value for name, value in values.items() if value is not None}))
    act = sown.one(Act)
    c.update(sown.one(Telling), claim=act.pk)
    c.update(sown.one(Figure), low_milli=5000, unit="persons")
    other = c.insert(Party, coding=sown.one(Coding), kind="person", sex="male", description=sown.word(IDENTITY))
    c.update(sown.one(Judgement), a=sown.one(Party).pk, b=other.pk)
    sown.rows.append(other)


def _value(sown: Sown, described: models.Field[Any, Any]) -> Any:
    coded = {"gaps": {}, "answer": "same", "stance": "supports", "field": "circumstances", "term": "detained",
             "scheme": "a list",
             "answers": [["given", ["reporting"], ["public"], "coded"]]}  # fmt: skip
    if described.model is Consent and described.name in ("low", "high"):
        return 733_000
    if described.name == "marks":
        return "9-12:name"  # positions: nobody's words
    if isinstance(described, SealedField):
        return sown.word(described.shows or EVERYTHING)
    if isinstance(described, models.ForeignKey):
        target = described.remote_field.model
        return next((row for row in sown.rows if isinstance(row, target)), None)
    if described.name in coded:
        return coded[described.name]
    if described.name in PLACES:
        return sown.place
    if described.name == "type":
        return "liberty.detention"
    if described.name in ("record", "claim", "a", "b", "cluster"):
        return sown.one(Act).pk if any(isinstance(row, Act) for row in sown.rows) else 0
    if described.name == "owner":
        return sown.one(Party).pk
    if described.name in ("coder", "reviewer", "up_to"):
        return 1
    return None


def _second_versions(sown: Sown, owner: User) -> None:
    """Change every sealed field once, so that each secret of above stands in an old version."""
    with change(owner.pk, f"why {sown.word(NOTES)}") as c:
        for row in list(sown.rows):
            live = type(row)._base_manager.get(pk=row.pk)
            sealed = [each for each in row._meta.concrete_fields if isinstance(each, SealedField)]
            sealed = [each for each in sealed if each.name != "marks"]
            # A text's body never changes; what is asked here is whether an old state opens.
            values = {each.name: sown.word(each.shows or EVERYTHING) for each in sealed if not isinstance(row, Text)}
            if values:
                c.update(live, **values)
    with change(owner.pk, f"why {sown.word(NOTES)}") as c:
        c.retract(Name.objects.get(pk=sown.one(Name).pk))


def _beside_records(sown: Sown, owner: User, main: Compartment) -> None:
    """Work, drafts, searches and uploads: not records, but just as telling."""
    now = timezone.now()
    Job.objects.create(kind="take in", actor=owner.pk, created=now, state="failed", message=sown.word(OWN),
                       result={"trouble": [sown.word(OWN)]}, params={"upload": sown.word(OWN)})  # fmt: skip
    Job.objects.create(kind="take in", actor=owner.pk, created=now, state="waiting", message=sown.word(OWN))
    open_bulk(owner.pk, f"why {sown.word(BOTH)}")
    done = open_bulk(owner.pk, f"why {sown.word(NOTES)}")
    with done.change() as c:
        c.insert(Party, coding=sown.one(Coding), kind="person", description=sown.word(IDENTITY))
    done.close()
    drafts.keep(owner.pk, sown.one(Source).pk, "act-new-1", {"summary": [sown.word(OWN)]})
    sown.tokens.append(search.remember(owner.pk, sown.word(OWN)))
    number = ids.reserve()
    key = identity.keys_for([number], make=True)[number]
    name = seal_value(key, number, "file_name", 1, sown.word(OWN))
    facts = json.dumps({"title": sown.word(OWN), "compartment": main.pk})
    token = f"token-of-owner-{main.code}"
    Upload.objects.create(pk=token, user=owner, owner=number, file_name=name, length=5, touched=now,
                          facts=seal_value(key, number, "facts", 1, facts), state="failed",
                          trouble=[sown.word(OWN)])  # fmt: skip
    sown.tokens.append(token)


PLACES = {
    column for kind in KINDS.values() for each in kind.fields if each.holds is Holds.PLACE for column in each.columns
} - {"crossing"}  # fmt: skip


def unsown(sown: Sown) -> list[str]:
    """Return the sealed fields of records that hold no secret: what the walk would not prove anything about."""
    found = []
    for label, kind in states.record_models().items():
        for each in kind._meta.concrete_fields if label not in ABOUT_THE_ARCHIVE else ():
            if isinstance(each, SealedField) and not any(
                type(row) is kind and getattr(row, each.name) is not None for row in sown.rows
            ):
                found.append(f"{label}.{each.name}")
    return found


__all__ = ["BOTH", "EVERYTHING", "OWN", "PLACE", "Passage", "Roles", "Sown", "sow", "unsown"]
